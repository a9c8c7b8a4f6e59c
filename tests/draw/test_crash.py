"""The power goes at every step of every action: what is left is the state before or after, and no mail is doubled.

A step is a statement that the database is about to carry out or has just carried out, or a commit. What a process
killed there (kill -9) leaves behind are the database's files as the system has them at that instant: they are copied.
"""

import shutil
import sqlite3
from contextlib import contextmanager
from itertools import count

import pytest
import sqlalchemy as sa

from app.contest import store, terms
from app.contest.forms import EntryInput
from app.contest.models import Entry
from app.database import db
from app.draw import actions, delivery, value, winners
from app.draw.models import Rank
from app.outbox import queue
from app.spec.beacon import PRACTICE
from tests.conftest import DATABASE, LOCK_AT, VALUE, on_sqlite, send_letter, swedish

pytestmark = on_sqlite

TABLES = """
    contest_terms contest_contact entry draw_list draw_ticket draw_value draw_rank draw_letter draw_verdict
    draw_cancellation draw_winner_name draw_rehearsal audit_record
""".split()  # noqa: SIM905 – to be read as lines
MAILS = "SELECT kind, contest_id, ticket, number, state FROM outbox_mail ORDER BY id"
OPEN, LOCKED, DRAWN, LATER = (
    swedish(moment) for moment in ("2026-12-11 09:00", LOCK_AT, "2026-12-22 12:01", "2027-01-30 12:00")
)
NAME = winners.Named("Sigrid", "1441", DRAWN.date())


def ticket(place):
    return db.session.scalars(sa.select(Rank.ticket).where(Rank.place == place)).one()


def own(email):
    return db.session.scalars(sa.select(Entry).where(Entry.email == email)).first()


ACTIONS = {
    "save": lambda contest: store.save_entry(contest, EntryInput("ny@example.se", "2030", "1441", None, "n"), OPEN),
    "strike": lambda contest: actions.strike_entry(contest, own("bo@example.se").id, "anställd", OPEN),
    "restore": lambda contest: actions.restore_entry(contest, own("bo@example.se").id, OPEN),
    "withdraw": lambda contest: winners.withdraw_entry(contest, own("bo@example.se").ticket, OPEN),
    "lock": lambda contest: actions.lock_list(contest, LOCKED),
    "draw": lambda contest: value.draw_winners(contest, VALUE, DRAWN),
    "letter": lambda contest: delivery.send_due(),
    "confirm": lambda contest: winners.confirm_winner(contest, 1, DRAWN),
    "skip": lambda contest: winners.skip_place(contest, 1, "svarar inte", LATER),
    "decline": lambda contest: winners.decline_prize(contest, 1, ticket(1), DRAWN),
    "withdraw late": lambda contest: winners.withdraw_entry(contest, ticket(1), DRAWN),
    "cancel": lambda contest: actions.cancel_contest(contest, "Vi har ångrat oss alla.", OPEN),
    "name": lambda contest: winners.publish_name(contest, 2, NAME, LATER),
    "no name": lambda contest: winners.withdraw_name(contest, 2),
}


def contents(path):
    """Every row of every table, as the next process to open the database finds them."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = [sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES]  # noqa: S608
        mails = connection.execute(MAILS).fetchall()
    connection.close()
    assert len({mail[:4] for mail in mails}) == len(mails)
    return [*found, mails]


@contextmanager
def copied_at_each_step(folder):
    """Copy the database's files into a folder of their own at each step; yields how to copy them once more."""
    numbers = count(1)

    def copy_files(*_arguments, **_values):
        target = folder / "steps" / f"{next(numbers):03}"
        target.mkdir(parents=True)
        for name in (DATABASE, f"{DATABASE}-wal"):
            if (folder / name).exists():
                shutil.copyfile(folder / name, target / name)

    engine = db.engine
    events = ("before_cursor_execute", "after_cursor_execute", "commit")
    for event in events:
        sa.event.listen(engine, event, copy_files)
    yield copy_files
    for event in events:
        sa.event.remove(engine, event, copy_files)


def crash(app, folder, action, *about):
    """Return what is left before, after, and after a crash at each step."""
    with app.app_context(), copied_at_each_step(folder) as copy_files:
        copy_files()
        action(*about)
        copy_files()
    left = sorted((folder / "steps").iterdir())
    unchanged, *found, done = [contents(step / DATABASE) for step in left]
    return unchanged, done, found


@pytest.mark.parametrize(
    ("name", "state", "steps"),
    [
        ("save", "open", 13),
        ("strike", "open", 10),
        ("restore", "open", 10),
        ("withdraw", "open", 10),
        ("cancel", "open", 10),
        ("lock", "closed", 25),
        ("draw", "locked", 15),
        ("confirm", "drawn", 8),
        ("skip", "drawn", 12),
        ("decline", "drawn", 12),
        ("withdraw late", "drawn", 12),
        ("name", "finished", 8),
        ("no name", "finished", 6),
    ],
)
def test_a_crash_leaves_before_or_after(app, accept, reach, contest, clock, tmp_path, name, state, steps):
    for person in ("anna", "bo", "anna+igen"):
        accept(f"{person}@example.se")
    accept("david@example.se", answer="2040")
    reach(state)
    with app.app_context():
        if name == "restore":
            ACTIONS["strike"](contest)
        if name == "no name":
            ACTIONS["name"](contest)
        if state == "drawn":
            send_letter(contest, 1, clock.now())
    unchanged, done, found = crash(app, tmp_path, ACTIONS[name], contest)
    assert done != unchanged
    assert len(found) >= steps
    assert [step for step, rows in enumerate(found, 1) if rows not in (unchanged, done)] == []
    assert found[0] == unchanged


def test_no_mail_is_lost_or_doubled(app, accept, reach, contest, clock, tmp_path):
    """A mail that is not noted as sent waits and goes once more as the same file, which bears its Message-ID."""
    accept("anna@example.se")
    reach("drawn")
    unchanged, done, found = crash(app, tmp_path, ACTIONS["letter"], contest)
    queued = [mail[:4] for mail in unchanged[-1]]
    sent = sorted((tmp_path / "mail").glob("*.eml"))
    assert len(sent) == len(queued)
    for rows in found:
        assert [mail[:4] for mail in rows[-1]] == queued
        states = {mail[0]: mail[4] for mail in rows[-1]}
        assert set(states.values()) <= {"waiting", "sent"}
        letters = rows[TABLES.index("draw_letter")]
        assert len(letters) == (states["vinst"] == "sent")
    assert {mail[4] for mail in done[-1]} == {"sent"}
    clock.instant += queue.TAKEN_FOR
    for step in sorted((tmp_path / "steps").iterdir()):
        with app.app_context():
            db.engine.dispose()
            for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
                (tmp_path / name).unlink(missing_ok=True)
            for file in step.glob(f"{DATABASE}*"):
                shutil.copyfile(file, tmp_path / file.name)
            delivery.send_due()
        assert {mail[4] for mail in contents(tmp_path / DATABASE)[-1]} == {"sent"}
        assert sorted((tmp_path / "mail").glob("*.eml")) == sent


def test_crash_while_opening_leaves_none_or_all(make_app, tmp_path):
    app = make_app(opened=False)
    edition = app.extensions["library"].editions[2026]
    unchanged, done, found = crash(app, tmp_path, terms.freeze_terms, edition, OPEN, PRACTICE)
    assert [rows for rows in found if rows[1:3] not in (unchanged[1:3], done[1:3])] == []
    assert {len(rows[0]) for rows in found} == {0, 1}

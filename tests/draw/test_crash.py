"""The power goes at every step of every action: what is left is the state before or after, and no mail is doubled."""

import shutil
import sqlite3
import subprocess
import sys

import pytest

from app.database import db
from tests.conftest import ROOT, on_sqlite, send_letter
from tests.draw.crash import ACTIONS

TABLES = """
    contest_terms contest_contact entry draw_list draw_ticket draw_value draw_rank draw_letter draw_verdict
    draw_cancellation draw_winner_name draw_rehearsal audit_record
""".split()  # noqa: SIM905 – to be read as lines
MAILS = "SELECT kind, contest_id, ticket, number, state FROM outbox_mail ORDER BY id"


def contents(path):
    """Every row of every table, as the next process to open the database finds them."""
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = [sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES]  # noqa: S608
        mails = connection.execute(MAILS).fetchall()
    connection.close()
    assert len({mail[:4] for mail in mails}) == len(mails)
    return [*found, mails]


@on_sqlite
@pytest.mark.parametrize(
    ("name", "state", "steps"),
    [
        ("save", "open", 15),
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
def test_a_crash_leaves_the_state_before_or_after(app, accept, reach, contest, clock, tmp_path, name, state, steps):
    for person in ("anna", "bo", "anna+igen"):
        accept(f"{person}@example.se")
    accept("david@example.se", answer="2040")
    reach(state)
    with app.app_context():
        if name == "restore":
            ACTIONS["strike"](app, contest)
        if name == "no name":
            ACTIONS["name"](app, contest)
        if state == "drawn":
            send_letter(contest, 1, clock.now())
    unchanged, done, found = crash(app, tmp_path, name)
    assert done != unchanged
    assert len(found) > steps
    assert [step for step, rows in found.items() if rows not in (unchanged, done)] == []
    assert found[1] == unchanged


def crash(app, tmp_path, name):
    """What is left before, after, and after a crash at each step."""
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    before = tmp_path / "before.sqlite3"
    shutil.copyfile(tmp_path / "kalender.sqlite3", before)
    subprocess.run([sys.executable, "-m", "tests.draw.crash", before, name], cwd=ROOT, check=True)
    left = [path for path in tmp_path.glob("before.sqlite3.*") if path.suffix[1:].isdigit()]
    found = {int(path.suffix[1:]): contents(path) for path in left}
    return contents(before), found[max(found)], found


@on_sqlite
def test_no_mail_is_lost_or_doubled_when_the_one_who_sends_is_killed(app, accept, reach, contest, tmp_path):
    """Each file is a mail by its Message-ID; one that is not noted as sent waits and goes once more as the same."""
    accept("anna@example.se")
    reach("drawn")
    unchanged, done, found = crash(app, tmp_path, "letter")
    queued = [mail[:4] for mail in unchanged[-1]]
    for rows in found.values():
        assert [mail[:4] for mail in rows[-1]] == queued
        states = {mail[0]: mail[4] for mail in rows[-1]}
        assert set(states.values()) <= {"waiting", "sent"}
        letters = rows[TABLES.index("draw_letter")]
        assert len(letters) == (states["vinst"] == "sent")
    assert {mail[4] for mail in done[-1]} == {"sent"}
    names = [path.name for path in (tmp_path / "mail").glob("*.eml")]
    assert len(names) == len(queued)


@on_sqlite
def test_a_crash_while_opening_leaves_no_terms_or_all(make_app, tmp_path):
    app = make_app(opened=False)
    unchanged, done, found = crash(app, tmp_path, "freeze")
    assert [rows for rows in found.values() if rows[1:3] not in (unchanged[1:3], done[1:3])] == []
    assert {len(rows[0]) for rows in found.values()} == {0, 1}

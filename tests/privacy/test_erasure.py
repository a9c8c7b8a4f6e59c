"""Erasure: at its time, under a decision, with a record; and then no file knows anyone any more."""

import shutil
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.contest import terms
from app.contest.models import ContestContact, Entry
from app.database import db
from app.draw import actions, delivery
from app.errors import NotAllowed
from app.outbox.models import OutboxMail
from app.privacy import erasure
from app.privacy.models import Erasure, ErasureNote
from tests.calendar.test_content import edit
from tests.conftest import freeze, on_sqlite, swedish, token_in
from tests.privacy.conftest import DECISION, shown

FILES = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "protokoll.json")


@pytest.fixture
def app(share_app, decided):
    return share_app(CALENDAR_CONTENT=decided)


@pytest.fixture
def finished(accept, reach, clock):
    """Three entries, a finished draw, and the day on which erasure is due."""
    saved = [accept(f"{name}@example.se") for name in ("anna", "bo", "cecilia")]
    reach("finished")
    clock.forward(days=90)
    return saved


@pytest.fixture
def night(app, clock):
    """The nightly round, once; returns what it told."""

    def go():
        with app.app_context():
            return erasure.erase_due(clock.now())

    return go


def addresses_left(app):
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).where(Entry.email.is_not(None)))


def test_nothing_is_erased_before_its_time_or_contests_end(accept, reach, clock, night, app):
    accept("anna@example.se")
    reach("drawn")
    clock.forward(days=3000)
    assert night() == []
    assert addresses_left(app) == 1


def test_night_after_last_day_erases_and_writes_what_it_did(finished, clock, night, app, acts):
    clock.forward(seconds=-1)
    assert night() == []
    clock.forward(seconds=1)
    assert night() == [
        "Gallrat i mjk-2026: uppgifterna i 3 svar, 0 mejl i filer, 0 meddelanden från sidan Tillgänglighet. "
        f"Beslut: {DECISION}."
    ]
    assert addresses_left(app) == 0
    with app.app_context():
        assert db.session.scalars(sa.select(Erasure)).one().entries == 3
        note = db.session.scalars(sa.select(ErasureNote)).one()
        assert (note.decision, note.ordered_by) == (DECISION, "nattlig gallring")
        assert db.session.scalars(sa.select(ContestContact)).all() == []
    assert acts()[-1] == "gallrad"
    assert night() == []
    assert acts().count("gallrad") == 1


def test_tickets_and_answers_stay_and_nothing_ties_list_to_log(app, finished, night, entry_of):
    with app.app_context():
        db.session.execute(sa.update(Entry).values(language="en"))
        db.session.commit()
    night()
    for saved in finished:
        entry = entry_of(saved.ticket)
        gone = (entry.email, entry.receipt_code, entry.duplicate_key, entry.motivation, entry.nonce, entry.nr)
        assert (*gone, entry.language) == (None,) * 7
        assert (entry.answer, entry.municipality) == ("2030", "1441")


def test_public_record_stays_and_verify_says_what_it_cannot_check(finished, night, client, app):
    before = [client.get(f"/2026/dragning/{name}").data for name in FILES]
    night()
    assert [client.get(f"/2026/dragning/{name}").data for name in FILES] == before
    result = app.test_cli_runner().invoke(args=["draw", "verify"])
    assert result.exit_code == 2
    assert "Uppgifterna är gallrade: lotterna kan inte räknas om" in result.output


def test_contest_never_locked_is_erased_a_year_after_it_closed(accept, clock, night, app, contest):
    accept("anna@example.se")
    clock.instant = contest.closes + timedelta(days=365, seconds=-1)
    assert night() == []
    clock.forward(seconds=1)
    assert len(night()) == 1
    with app.app_context(), pytest.raises(NotAllowed, match="Uppgifterna om deltagarna är gallrade"):
        actions.lock_list(contest, clock.now())


def test_cancelled_contest_is_erased_after_days(accept, clock, night, app, contest):
    accept("anna@example.se")
    clock.set("2026-12-15 12:00")
    with app.app_context():
        actions.cancel_contest(contest, "Vi har ångrat oss alla.", clock.now())
    clock.forward(days=89)
    assert night() == []
    clock.forward(days=1)
    assert len(night()) == 1


@on_sqlite
def test_authority_without_decision_erases_nothing_and_says_what_is_missing(share_app, content, clock):
    app = share_app(CALENDAR_CONTENT=content)
    edit(content, "edition.toml", f'erasure_decision = "{DECISION}"', 'erasure_decision = ""')
    with app.app_context():
        clock.instant = freeze(app).closes + timedelta(days=400)
        app.extensions["library"].refresh(at_once=True)
        terms.refresh_contacts()
        [sentence] = erasure.erase_due(clock.now())
    assert sentence.startswith("Uppgifterna i mjk-2026 gallras inte: en myndighet behöver ett gallringsbeslut.")


@on_sqlite
def test_contest_whose_files_are_gone_is_erased_all_same(finished, night, app, decided):
    shutil.copytree(decided / "2026", decided / "2025")
    shutil.rmtree(decided / "2026")
    with app.app_context():
        app.extensions["library"].refresh(at_once=True)
    assert len(night()) == 1
    assert addresses_left(app) == 0


@on_sqlite
def test_no_file_knows_anyone_after_erasure(finished, night, app, tmp_path, clock):
    with app.app_context():
        clock.forward(days=-1)
        delivery.send_due()
        clock.forward(days=1)
        assert [*delivery.folder().iterdir()]
    night()
    assert [*(tmp_path / "mail").iterdir()] == []
    left = b"".join(path.read_bytes() for path in tmp_path.glob("kalender.sqlite3*"))
    assert b"anna@example.se" not in left
    assert finished[0].code.encode() not in left
    with app.app_context():
        waiting = sa.select(sa.func.count()).where(OutboxMail.state == "waiting")
        assert db.session.scalar(waiting) == 0


@on_sqlite
def test_organiser_erases_when_time_has_come(finished, organiser, app, clock):
    page = organiser.get("/admin/gallring")
    assert "Tiden har kommit" in shown(page)
    done = organiser.post("/admin/gallring", data={"token": token_in(page), "sure": "ja"})
    assert done.status_code == 303
    assert f"Beslut {DECISION}" in shown(organiser.get("/admin/gallring"))
    assert addresses_left(app) == 0


@on_sqlite
def test_page_says_contest_is_under_way(accept, reach, organiser):
    accept("anna@example.se")
    reach("drawn")
    assert "Tävlingen pågår" in shown(organiser.get("/admin/gallring"))


@on_sqlite
def test_the_command_erases_too(finished, app):
    result = app.test_cli_runner().invoke(args=["erase", "2026"])
    assert (result.exit_code, addresses_left(app)) == (0, 0)
    again = app.test_cli_runner().invoke(args=["erase", "2026"])
    assert "Uppgifterna är redan gallrade." in again.output
    assert "Ingen tävling har öppnat 2031." in app.test_cli_runner().invoke(args=["erase", "2031"]).output


@on_sqlite
def test_end_is_counted_from_the_last_prize(finished, app, contest, clock):
    with app.app_context():
        assert erasure.due_at(contest, clock.now()) == clock.now()
        assert erasure.due_at(contest, swedish("2026-12-31 12:00")) == clock.now()

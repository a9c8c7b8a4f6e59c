"""A rehearsal is a whole contest of its own; whatever is done in it, the real one is as before."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.calendar.schema import Contest
from app.contest.models import Entry
from app.database import db
from app.draw import conduct, rehearsal, rehearsing, verdicts
from app.draw.conduct import ActRefused
from app.draw.models import Lock, Rehearsal
from app.draw.standing import standing
from tests.conftest import DRAW_AT, on_sqlite, swedish

NOW = swedish("2026-12-11 14:30:20")


@pytest.fixture
def rehearsed(contest, inside):
    rehearsing.start(contest, 2026, 1, NOW)
    return rehearsing.find(contest, 2026, 1)


def test_a_rehearsal_begins_when_its_contest_has_just_closed(rehearsed, contest):
    found = standing(rehearsed, NOW)
    assert (rehearsed.id, found.state, found.entries) == ("ovning-2026-1", "closed", 12)
    assert (rehearsed.question, rehearsed.prizes) == (contest.question, contest.prizes)


def test_the_whole_way_takes_minutes(rehearsed):
    draw_at = NOW + timedelta(seconds=30)
    conduct.lock(rehearsed, "Regler.\n", draw_at, rehearsal.CHAIN, NOW)
    found = standing(rehearsed, NOW)
    assert found.struck == {"dubblett": 1, "fel svar": 1}
    later = found.lock.draw_at
    conduct.draw(rehearsed, rehearsal.relay_answer(found.lock.round), rehearsal.CHAIN, later)
    verdicts.confirm(rehearsed, 1, later)
    assert standing(rehearsed, later).state == "finished"


def test_the_real_contest_is_as_before(rehearsed, contest, accept):
    accept("anna@example.se")
    conduct.lock(rehearsed, "Regler.\n", NOW + timedelta(seconds=30), rehearsal.CHAIN, NOW)
    found = standing(contest, NOW)
    assert (found.state, found.entries, found.lock) == ("open", 1, None)
    accept("bo@example.se")
    conduct.lock(contest, "Regler.\n", DRAW_AT, rehearsal.CHAIN, swedish("2026-12-21 09:00"))
    assert "antal-med: 2\n" in db.session.get(Lock, contest.id).proof


def test_each_rehearsal_begins_anew(rehearsed, contest):
    conduct.lock(rehearsed, "Regler.\n", NOW + timedelta(seconds=30), rehearsal.CHAIN, NOW)
    rehearsing.start(contest, 2026, 2, NOW)
    second = rehearsing.find(contest, 2026, 2)
    assert standing(second, NOW).state == "closed"
    assert standing(rehearsed, NOW).state == "locked"
    assert rehearsing.started(2026) == 2
    assert rehearsing.started(202) == rehearsing.started(2027) == 0


def test_a_button_pressed_twice_starts_one_rehearsal(contest, app):
    def press(_):
        with app.app_context():
            try:
                rehearsing.start(contest, 2026, 1, NOW)
            except ActRefused as refusal:
                return str(refusal)
            return "done"

    with ThreadPoolExecutor(2) as organisers:
        refused, done = sorted(organisers.map(press, range(2)))
    assert (refused, done) == ("done", "Övning 1 är redan startad. Öppna sidan på nytt för att komma till den.")
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Entry.id))) == 12


@on_sqlite
def test_there_is_an_end_to_rehearsing(contest, inside):
    for number in range(1, rehearsing.MOST + 1):
        db.session.add(Rehearsal(contest_id=f"ovning-2026-{number}", started_at=NOW))
    db.session.commit()
    with pytest.raises(ActRefused, match="Det finns redan 50 övningar"):
        rehearsing.start(contest, 2026, rehearsing.MOST + 1, NOW)


@on_sqlite
@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_rehearsal_that_was_not_started_is_not_there(rehearsed, contest, number):
    assert rehearsing.find(contest, 2026, number) is None


@on_sqlite
def test_no_real_contest_can_take_the_name_of_a_rehearsal(contest):
    with pytest.raises(ValueError, match="får inte börja med ovning-"):
        Contest.model_validate(contest.model_dump() | {"id": "ovning-2026-1"})


@on_sqlite
def test_one_organiser_can_rehearse_a_contest_for_two(contest, inside):
    rehearsing.start(contest.model_copy(update={"two_person": True}), 2026, 1, NOW)
    assert not rehearsing.find(contest, 2026, 1).two_person

"""The numbers of entries are those that counting them one by one would give, whatever has happened to them."""

from collections import Counter

import pytest
import sqlalchemy as sa

from app.clock import SWEDEN
from app.contest import store
from app.contest.models import Entry
from app.database import begin_write, db
from app.draw import actions
from app.draw.status import contest_status
from tests.conftest import swedish


@pytest.fixture
def recounted(app, contest):
    """Count the entries one by one and holds the kept numbers against them."""

    def check():
        with app.app_context():
            entries = db.session.scalars(sa.select(Entry).where(Entry.contest_id == contest.id)).all()
            assert store.count_entries(contest.id) == len(entries)
            for kind in ("municipality", "answer", "struck"):
                one_by_one = Counter(getattr(entry, kind) for entry in entries)
                del one_by_one[None]
                assert store.count_by(kind, contest.id) == one_by_one, kind
            days = Counter(entry.received_at.astimezone(SWEDEN).date() for entry in entries)
            assert store.count_per_day(contest.id) == days
            return len(entries)

    return check


def test_before_first_entry_there_are_none(recounted):
    assert recounted() == 0


def test_every_entry_is_counted(accept, recounted):
    accept("anna@example.se")
    accept("bo@example.se", answer="2027", at="2026-12-11 00:00")
    assert recounted() == 2


@pytest.mark.parametrize("state", ["locked", "finished"])
def test_struck_at_locking_is_counted(accept, reach, recounted, state):
    for name, answer in (("anna", "2030"), ("anna+x", "2030"), ("bo", "2027"), ("cilla", "2030")):
        accept(f"{name}@example.se", answer)
    reach(state)
    assert recounted() == 4


def test_a_strike_that_is_taken_back_is_no_longer_counted(accept, app, contest, clock, recounted):
    accept("anna@example.se")
    with app.app_context():
        actions.strike_entry(contest, 1, "anställd", clock.now())
        assert contest_status(contest, clock.now()).struck == {"anställd": 1}
        actions.restore_entry(contest, 1, clock.now())
        assert contest_status(contest, clock.now()).struck == {}
    assert recounted() == 1


def test_undone_entry_is_not_counted(accept, app, contest, recounted):
    accept("anna@example.se")
    known = {"contest_id": contest.id, "answer": "2030", "municipality": "1480", "received_at": swedish("2026-12-12")}
    with app.app_context():
        begin_write()
        db.session.add_all(Entry(ticket=f"{number:064x}", **known) for number in range(3))
        db.session.flush()
        assert store.count_entries(contest.id) == 4
        db.session.rollback()
    assert recounted() == 1


def test_deleted_entry_is_counted_off(accept, app, recounted):
    for name in ("anna", "bo"):
        accept(f"{name}@example.se")
    with app.app_context():
        db.session.execute(sa.delete(Entry).where(Entry.email == "bo@example.se"))
        db.session.commit()
    assert recounted() == 1


SWEDISH_DAYS = [
    "2026-10-24 23:59:59",
    "2026-10-25 00:00",
    "2026-10-25 23:30",
    "2026-10-26 00:00",
    "2027-03-28 23:59:59",
]


def test_entries_are_counted_per_swedish_day_in_both_seasons(app, contest):
    """Winter time begins on 25 October."""
    known = {"contest_id": contest.id, "answer": "2030", "municipality": "1480"}
    with app.app_context():
        begin_write()
        for number, moment in enumerate(SWEDISH_DAYS):
            db.session.add(Entry(ticket=f"{number:064x}", received_at=swedish(moment), **known))
        db.session.commit()
        assert {str(day): count for day, count in store.count_per_day(contest.id).items()} == {
            "2026-10-24": 1,
            "2026-10-25": 2,
            "2026-10-26": 1,
            "2027-03-28": 1,
        }

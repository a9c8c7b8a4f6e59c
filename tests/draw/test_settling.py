"""Settling in the database does what `entries.settle` defines, on both engines."""

from datetime import timedelta

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contest import entries
from app.contest.entries import Candidate
from app.contest.models import Entry
from app.database import begin_write, db
from app.draw import files

# Person, answer, why struck already, seconds after the closing.
ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["2030", "2027"]),
        st.sampled_from([None, "anställd", "återkallad"]),
        st.sampled_from([-60, 0, 0.999, 1, 60]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_the_database_settles_as_defined(app, contest, rows):
    candidates = [
        Candidate(number, person, answer, contest.closes + timedelta(seconds=late), struck)
        for number, (person, answer, struck, late) in enumerate(rows, 1)
    ]
    expected = {
        each.number: (each.reason, each.stays) for each in entries.settle_entries(candidates, "2030", contest.closes)
    }
    with app.app_context():
        begin_write()
        for each in candidates:
            known = {"contest_id": contest.id, "ticket": str(each.number), "nr": each.number, "municipality": "1480"}
            same = ("duplicate_key", "answer", "received_at", "struck")
            db.session.add(Entry(**known, **{name: getattr(each, name) for name in same}))
        db.session.flush()
        files.settle_list(contest)
        found = db.session.execute(sa.select(Entry.nr, Entry.struck, Entry.stays).where(Entry.struck.is_not(None)))
        settled = {number: (struck, int(stays) if stays else None) for number, struck, stays in found}
        db.session.rollback()
    assert settled == expected

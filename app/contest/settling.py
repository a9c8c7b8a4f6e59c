"""Which entries are struck before the list is locked, found by the database however many there are."""

from datetime import datetime

import sqlalchemy as sa

from app.audit import records
from app.calendar.schema import Contest
from app.contest.models import Entry
from app.database import BATCH, db


def settle(contest: Contest, now: datetime) -> None:
    """Strikes duplicates and wrong answers, inside the caller's write() transaction: the last thing before locking.

    One entry a person, the first one counts; one that the organiser has struck is as if never sent.
    """
    strikes = _strikes(contest)
    query = sa.select(strikes.c.ticket, strikes.c.reason).order_by(strikes.c.id)
    found = db.session.execute(query.execution_options(yield_per=BATCH))
    records.append_all(contest.id, records.STRUCK, now, ({"lott": ticket, "skal": reason} for ticket, reason in found))
    change = sa.update(Entry).where(Entry.id == strikes.c.id).values(struck=strikes.c.reason)
    db.session.execute(change, execution_options={"synchronize_session": False})


def _strikes(contest: Contest) -> sa.Subquery:
    """The entries to strike: id, ticket and reason."""
    person = sa.func.coalesce(Entry.duplicate_key, "")
    first = sa.func.min(Entry.id).over(partition_by=person).label("first")
    waiting = sa.select(Entry.id, Entry.ticket, Entry.answer, first)
    waiting = waiting.where(Entry.contest_id == contest.id, Entry.struck.is_(None))
    each = waiting.subquery("waiting")
    reason = sa.case((each.c.id > each.c.first, "dubblett"), else_="fel svar").label("reason")
    wrong = each.c.answer != contest.answer
    return (
        sa.select(each.c.id, each.c.ticket, reason).where(sa.or_(each.c.id > each.c.first, wrong)).subquery("strikes")
    )

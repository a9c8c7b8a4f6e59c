"""Contests that have left the content while their participants' data is still kept.

Only the content knows until when the data may be kept, and under which decision an authority erases it. So nothing is
guessed: whoever took the folder away is told every night, and on the organisers' first page, to put it back.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from app.calendar.hatches import Edition
from app.calendar.schema import REHEARSED
from app.contest.models import Entry, RulesVersion
from app.database import db


def stranded(editions: Iterable[Edition]) -> list[str]:
    """The ids of contests that have opened, stand in no edition, and have entries that somebody could be found by."""
    known = [edition.contest.id for edition in editions if edition.contest]
    query = sa.select(RulesVersion.contest_id).where(RulesVersion.contest_id.not_in(known)).distinct()
    left = query.where(~RulesVersion.contest_id.startswith(REHEARSED)).order_by(RulesVersion.contest_id)
    return [contest_id for contest_id in db.session.scalars(left) if _knows_somebody(contest_id)]


def _knows_somebody(contest_id: str) -> bool:
    # The duplicate key comes and goes with the address, and has an index.
    query = sa.select(Entry.id).where(Entry.contest_id == contest_id, Entry.duplicate_key.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def in_words(contest_id: str) -> str:
    """What to do about one of them, as Swedish sentences."""
    return (
        f"Tävlingen {contest_id} finns inte längre i kalenderns filer, men uppgifterna om deltagarna finns kvar. Lägg "
        "tillbaka filerna, så gallras uppgifterna när tiden kommer."
    )

"""How many entries there are: read from what the database itself counts as they come, however many there are."""

from collections import Counter
from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa

from app.clock import SWEDEN
from app.contest.models import EntryCount
from app.database import db

Kind = Literal["hour", "municipality", "answer", "struck"]


def by(kind: Kind, contest_id: str) -> dict[str, int]:
    """Entries by hour (UTC, "2026-12-10 08"), code of municipality, answer, or reason of being struck."""
    query = sa.select(EntryCount.value, EntryCount.count).order_by(EntryCount.value)
    query = query.where(EntryCount.contest_id == contest_id, EntryCount.kind == kind, EntryCount.count > 0)
    return {value: int(count) for value, count in db.session.execute(query)}


def total(contest_id: str) -> int:
    """All entries, struck ones too."""
    return sum(by("municipality", contest_id).values())


def per_day(contest_id: str) -> dict[date, int]:
    """Entries per Swedish day, the days in order."""
    found: Counter[date] = Counter()
    # Swedish days begin on an hour of UTC, in summer and in winter.
    for hour, count in by("hour", contest_id).items():
        found[datetime.fromisoformat(f"{hour}:00+00:00").astimezone(SWEDEN).date()] += count
    return dict(found)

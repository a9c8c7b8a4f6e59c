"""How many entries there are, counted when asked: some tens of milliseconds among 300,000."""

from collections import Counter
from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa

from app.clock import SWEDEN
from app.contest.models import Entry
from app.database import db

Kind = Literal["municipality", "answer", "struck"]


def by(kind: Kind, contest_id: str) -> dict[str, int]:
    """Count entries by code of municipality, answer, or reason of being struck."""
    return _counted(getattr(Entry, kind), contest_id)


def total(contest_id: str) -> int:
    """Count all entries, struck ones too."""
    return db.session.scalar(sa.select(sa.func.count()).where(Entry.contest_id == contest_id)) or 0


def per_day(contest_id: str) -> dict[date, int]:
    """Count entries per Swedish day, the days in order."""
    found: Counter[date] = Counter()
    # Swedish days begin on an hour of UTC, in summer and in winter.
    for hour, count in _counted(_hour(), contest_id).items():
        found[datetime.fromisoformat(f"{hour}:00+00:00").astimezone(SWEDEN).date()] += count
    return dict(found)


def _counted(value: Any, contest_id: str) -> dict[str, int]:
    query = sa.select(value, sa.func.count()).where(Entry.contest_id == contest_id, value.is_not(None))
    return {str(found): count for found, count in db.session.execute(query.group_by(value).order_by(value))}


def _hour() -> Any:
    """The hour of an entry in UTC, as "2026-12-10 08"."""
    if db.engine.dialect.name == "sqlite":
        return sa.func.substr(Entry.received_at, 1, 13, type_=sa.String)
    return sa.func.to_char(sa.func.timezone("UTC", Entry.received_at), "YYYY-MM-DD HH24", type_=sa.String)

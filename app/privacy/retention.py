"""How long what is known of people is kept. Pure."""

from datetime import datetime, timedelta

from app.calendar.schema import Contest

LONGEST = timedelta(days=365)
"""From a contest's closing, when its draw is never finished: nothing is kept for ever."""


def erase_at(contest: Contest, finished_at: datetime | None) -> datetime:
    """When the entries' addresses and codes go: so many days after the last prize was accepted."""
    latest = contest.closes + LONGEST
    return min(finished_at + timedelta(days=contest.keep_days), latest) if finished_at else latest


def days_left(erase_at: datetime, now: datetime) -> int:
    """Whole days until `erase_at`, 0 when it has come."""
    return max(0, -(-(erase_at - now) // timedelta(days=1)))

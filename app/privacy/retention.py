"""How long what is known of people is kept. Pure."""

from datetime import datetime, timedelta

from app.calendar.schema import Contest

LONGEST = timedelta(days=365)
"""From a contest's closing, when its list is never locked: nothing is kept for ever."""


def erase_at(contest: Contest, ended_at: datetime | None, is_locked: bool) -> datetime | None:
    """When the entries' addresses and codes go: so many days after the contest ended; None while it goes on.

    A contest whose list was never locked ends a year after its closing.
    """
    if ended_at:
        return ended_at + timedelta(days=contest.keep_days)
    return None if is_locked else contest.closes + LONGEST


def days_left(erase_at: datetime, now: datetime) -> int:
    """Whole days until `erase_at`, 0 when it has come."""
    return max(0, -(-(erase_at - now) // timedelta(days=1)))

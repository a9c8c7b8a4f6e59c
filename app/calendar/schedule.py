"""Which hatches are open when. Pure: the instant is an argument, and every route asks here."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from app.calendar.content import NUMBERS, Edition, Hatch
from app.calendar.edition import CorrectedFact
from app.clock import SWEDEN

Season = Literal["before", "advent", "after"]


def opens_at(year: int, number: int) -> datetime:
    """Return the instant at which a hatch opens, for ever after: midnight in Sweden, given in UTC."""
    return datetime(year, 12, number, tzinfo=SWEDEN).astimezone(UTC)


def is_open(year: int, number: int, now: datetime) -> bool:
    return now >= opens_at(year, number)


def open_numbers(year: int, now: datetime) -> list[int]:
    return [number for number in NUMBERS if is_open(year, number, now)]


def corrections(edition: Edition, now: datetime) -> list[tuple[Hatch, CorrectedFact]]:
    """Return what has been corrected in the hatches that are open, the latest first."""
    opened = [edition.hatches[number] for number in open_numbers(edition.year, now)]
    found = [(hatch, correction) for hatch in opened for correction in hatch.file.corrections]
    return sorted(found, key=lambda pair: (pair[1].date, pair[0].number), reverse=True)


def season(year: int, now: datetime) -> Season:
    """Before 1 December, in the days of the hatches, or after Christmas Eve."""
    if not is_open(year, 1, now):
        return "before"
    return "advent" if now < opens_at(year, 24) + timedelta(days=1) else "after"


def todays_number(year: int, now: datetime) -> int | None:
    """Return the hatch that opened today, or None outside the 24 days."""
    return open_numbers(year, now)[-1] if season(year, now) == "advent" else None


def days_left(year: int, now: datetime) -> int:
    """Days from today's date in Sweden to 1 December."""
    return (datetime(year, 12, 1).date() - now.astimezone(SWEDEN).date()).days


def follow_up(year: int) -> tuple[datetime, datetime]:
    """Return from when, and until when, the calendar asks what readers still do: 15–31 January, in Sweden."""
    begins, ends = (datetime(year + 1, month, day, tzinfo=SWEDEN) for month, day in ((1, 15), (2, 1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def follows_up(year: int, now: datetime) -> bool:
    begins, ends = follow_up(year)
    return begins <= now < ends


def current_year(years: Iterable[int], now: datetime) -> int:
    """Return the edition to show first: this year's from November on, else the newest begun, else the first."""
    today = now.astimezone(SWEDEN)
    begun = [year for year in years if year < today.year or (year == today.year and today.month >= 11)]
    return max(begun) if begun else min(years)


def change_instants(edition: Edition) -> list[datetime]:
    """Return every instant at which a public page of the edition changes by the clock, sorted, in UTC."""
    moments = {opens_at(edition.year, number) for number in NUMBERS}
    # In November the page says how many days are left.
    moments |= {datetime(edition.year, 11, day, tzinfo=SWEDEN).astimezone(UTC) for day in range(1, 31)}
    moments |= {opens_at(edition.year, 24) + timedelta(days=1), *follow_up(edition.year)}
    if contest := edition.file_contest:
        moments |= {contest.opens.astimezone(UTC), contest.closes.astimezone(UTC) + timedelta(seconds=1)}
        # From then on the value is late.
        moments.add(contest.draw_at.astimezone(UTC))
    return sorted(moments)


def all_change_instants(editions: Iterable[Edition]) -> list[datetime]:
    """Return every instant at which a public page of any edition changes by the clock."""
    return [moment for edition in editions for moment in change_instants(edition)]

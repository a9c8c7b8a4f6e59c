"""When a reminder goes, what is agreed to, and until when the list is kept. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.calendar import schedule
from app.calendar.content import NUMBERS, Edition
from app.calendar.gaps import find_organiser_gaps
from app.clock import SWEDEN

HOURS = range(6, 21)
USUAL_HOUR = 7
# A server that was away until late sends nothing in the night.
NIGHT = 22
VALID_FOR = timedelta(days=7)
# By version. A new text gets a new version; the old ones stay, for they are what people agreed to.
CONSENTS = {
    "2026-1": "Jag vill ha påminnelser med mejl till och med julafton, och jag är minst 13 år. Ni får spara min "
    "e-postadress, veckodagar och klockslag för det. Jag kan ångra mig när jag vill.",
}
CONSENT = list(CONSENTS)[-1]


@dataclass(frozen=True)
class Day:
    """A day on which reminders may go: its hatch, the hour that has come, and whether it is a weekday."""

    number: int
    hour: int
    is_weekday: bool


def day_at(year: int, now: datetime) -> Day | None:
    """Return the day of an instant; None outside the 24 days, and in the night."""
    number, local = schedule.todays_number(year, now), now.astimezone(SWEDEN)
    if number is None or is_night(now):
        return None
    return Day(number, local.hour, is_weekday(year, number))


def is_night(now: datetime) -> bool:
    """Check whether no reminder goes at this hour, on any day."""
    return not HOURS[0] <= now.astimezone(SWEDEN).hour < NIGHT


def is_weekday(year: int, number: int) -> bool:
    """Check whether a hatch opens on one of Monday to Friday."""
    return date(year, 12, number).weekday() < 5


def is_last(year: int, number: int, weekdays_only: bool) -> bool:
    """Check whether no reminder goes after that of this hatch."""
    return not any(is_weekday(year, later) or not weekdays_only for later in NUMBERS if later > number)


def number_at_confirming(year: int, hour: int, now: datetime) -> int:
    """Return the newest hatch that a new subscriber gets no mail about: today's, when the hour has passed."""
    number, local = schedule.todays_number(year, now), now.astimezone(SWEDEN)
    if number is None:
        return len(schedule.open_numbers(year, now))
    return number if local.hour >= hour else number - 1


def takes_requests(edition: Edition, demo: bool, now: datetime) -> bool:
    """Check whether people may ask to be reminded: a reminder is to come, and the notice about their data is complete.

    Source: GDPR article 13; an authority also needs its decision before it erases (arkivlagen).
    """
    return not find_organiser_gaps(edition.file, demo) and not schedule.is_open(edition.year, NUMBERS[-1], now)


def erase_at(year: int) -> datetime:
    """Return when an edition's list is erased: as 7 January begins in Sweden, given in UTC."""
    return datetime(year + 1, 1, 7, tzinfo=SWEDEN).astimezone(UTC)


def days_in_words(weekdays_only: bool) -> str:
    return "måndag till fredag" if weekdays_only else "varje dag"

"""The calendar for calendar programs: iCalendar. Pure."""

# The file has all 24 days from the start, but a day whose hatch is locked says only its number.

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from app.calendar.content import NUMBERS, Edition
from app.calendar.feeds.news import host_of, item_of, numbered
from app.calendar.schedule import opens_at
from app.clock import SWEDEN
from app.languages import translate

if TYPE_CHECKING:
    from icalendar import Calendar, Event

# How often readers and calendar programs are asked to look again.
_EVERY = timedelta(hours=1)


def ical(edition: Edition, open_numbers: Sequence[int], now: datetime, site: str, alarm: time | None = None) -> bytes:
    """24 all-day events (RFC 5545), under the names and with the period that Google, Apple and Outlook each read."""
    # With `alarm` each is at that time of its day and rings, and one more in January.
    # It takes 4 MiB and a twentieth of a second, for one file.
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", f"-//{edition.plain_title}//sv")
    calendar.add("version", "2.0")
    calendar.add("name", edition.name)
    calendar.add("x-wr-calname", edition.name)
    calendar.add("refresh-interval", _EVERY, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for number in NUMBERS:
        calendar.add_component(_event(edition, number, number in open_numbers, now, site))
    if alarm:
        _ring(calendar, edition, alarm, site)
    return bytes(calendar.to_ical())


def _event(edition: Edition, number: int, is_open: bool, now: datetime, site: str) -> "Event":
    from icalendar import Event

    event, item, day = Event(), item_of(edition, number, now), date(edition.year, 12, number)
    link = site + edition.hatch_path(number)
    event.add("uid", f"lucka-{number}-{edition.year}@{host_of(site)}")
    event.add("dtstamp", item.updated if is_open else datetime(edition.year, 11, 1, tzinfo=UTC))
    # A program that has the event takes another only when its number is higher: at the opening, and with each edit.
    event.add("sequence", 1 + int((item.updated - item.at).total_seconds()) if is_open else 0)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", item.title if is_open else numbered(number))
    told = item.summary if is_open else translate("Luckan öppnas i dag.")
    event.add("description", f"{told}\n\n{link}")
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event


# Times of day that a calendar file with alarms can be had for, as in its address; the page cache keeps each.
ALARMS = {f"{hour:02}{minute:02}": time(hour, minute) for hour in range(6, 21) for minute in (0, 15, 30, 45)}
# When it is asked what people still do.
_JANUARY = 15


def _ring(calendar: "Calendar", edition: Edition, alarm: time, site: str) -> None:
    """Move each event to a time of its day, and have it ring: most programs do not ring for whole days."""
    from icalendar import Alarm, Event

    last = Event()
    last.add("uid", f"januari-{edition.year}@{host_of(site)}")
    last.add("dtstamp", opens_at(edition.year, 1))
    last.add("dtstart", date(edition.year + 1, 1, _JANUARY))
    last.add("summary", "Håller du fast?")
    last.add("url", f"{site}/{edition.year}/januari")
    last.add("transp", "TRANSPARENT")
    calendar.add_component(last)
    for event in calendar.events:
        start = datetime.combine(event.start, alarm, SWEDEN).astimezone(UTC)
        event.DTSTART, event.DTEND = start, start + timedelta(minutes=5)
        bell = Alarm()
        bell.add("action", "DISPLAY")
        bell.add("description", event["summary"])
        bell.add("trigger", "PT0S", encode=False)
        event.add_component(bell)

"""The calendar for feed readers and calendar programs: Atom, JSON Feed, iCalendar. Pure.

A feed carries a hatch from the instant it opens. The calendar file has all 24 days from the start, but a day whose
hatch is locked says only its number.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from app.calendar.schedule import NUMBERS, Edition, opens_at
from app.clock import SWEDEN

if TYPE_CHECKING:
    from icalendar import Calendar

_ATOM = "http://www.w3.org/2005/Atom"
# How the ids of feeds and their entries begin (RFC 4151); a year follows.
TAG = "tag:miljojulkalendern,"


@dataclass(frozen=True)
class Item:
    """What a feed tells: its name within the edition, where to read it, title, summary, HTML and when it came."""

    name: str
    path: str
    title: str
    summary: str
    html: str
    at: datetime


def items(edition: Edition, open_numbers: Sequence[int], news: Sequence[Item] = ()) -> list[Item]:
    """Return the open hatches, and what else is new in the edition, the newest first."""
    opened = [_item(edition, number) for number in open_numbers]
    return sorted([*opened, *news], key=lambda item: item.at, reverse=True)


def address(edition: Edition, number: int, site: str) -> str:
    return f"{site}/{edition.year}/lucka/{number}"


def atom(edition: Edition, told: Sequence[Item], site: str) -> bytes:
    """Return an Atom feed (RFC 4287) of what is told, the newest first."""
    updated = told[0].at if told else datetime(edition.year, 11, 1, tzinfo=UTC)
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "sv"})
    add_element(feed, "title", edition.name)
    add_element(feed, "id", f"{TAG}{edition.year}:kalender")
    add_element(feed, "updated", updated.isoformat())
    add_element(feed, "link", href=f"{site}/flode.xml", rel="self")
    add_element(feed, "link", href=f"{site}/{edition.year}/")
    add_element(add_element(feed, "author"), "name", edition.file.organiser.name)
    for item in told:
        entry = add_element(feed, "entry")
        add_element(entry, "title", item.title)
        add_element(entry, "id", f"{TAG}{edition.year}:{item.name}")
        add_element(entry, "updated", item.at.isoformat())
        add_element(entry, "link", href=f"{site}{item.path}")
        add_element(entry, "summary", item.summary)
        add_element(entry, "content", item.html, type="html")
    xml: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml


def json_feed(edition: Edition, told: Sequence[Item], site: str) -> bytes:
    """Return the same as JSON Feed 1.1."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.name,
        "language": "sv",
        "home_page_url": f"{site}/{edition.year}/",
        "feed_url": f"{site}/flode.json",
        "items": [
            {
                "id": f"{site}{item.path}",
                "url": f"{site}{item.path}",
                "title": item.title,
                "summary": item.summary,
                "content_html": item.html,
                "date_published": item.at.isoformat(),
            }
            for item in told
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def ical(edition: Edition, open_numbers: Sequence[int], site: str, alarm: time | None = None) -> bytes:
    """24 all-day events (RFC 5545); with `alarm` each at that time of its day, and one more in January."""
    # It takes 4 MiB and a twentieth of a second, for one file.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Miljöjulkalendern//sv")
    calendar.add("version", "2.0")
    calendar.add("name", edition.name)
    for number in NUMBERS:
        event = Event()
        event.add("uid", f"lucka-{number}-{edition.year}@miljojulkalendern")
        event.add("dtstamp", opens_at(edition.year, number))
        event.add("dtstart", date(edition.year, 12, number))
        event.add("dtend", date(edition.year, 12, number) + timedelta(days=1))
        title = f": {edition.hatches[number].file.title}" if number in open_numbers else ""
        event.add("summary", f"Lucka {number}{title}")
        event.add("url", address(edition, number, site))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    if alarm:
        _ring(calendar, edition, alarm, site)
    return bytes(calendar.to_ical())


# Times of day that a calendar file with alarms can be had for, as in its address; the page cache keeps each.
ALARMS = {f"{hour:02}{minute:02}": time(hour, minute) for hour in range(6, 21) for minute in (0, 15, 30, 45)}
# When it is asked what people still do.
_JANUARY = 15


def _ring(calendar: "Calendar", edition: Edition, alarm: time, site: str) -> None:
    """Move each event to a time of its day, and have it ring: most programs do not ring for whole days."""
    from icalendar import Alarm, Event

    last = Event()
    last.add("uid", f"januari-{edition.year}@miljojulkalendern")
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


def sitemap(editions: Sequence[tuple[Edition, Sequence[int]]], site: str) -> bytes:
    """Return the public pages, each edition with its open hatches (sitemaps.org 0.9)."""
    urls = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    found = [f"{site}/", f"{site}/om"]
    for edition, open_numbers in editions:
        found.append(f"{site}/{edition.year}/")
        found += [address(edition, number, site) for number in open_numbers]
    for each in found:
        add_element(add_element(urls, "url"), "loc", each)
    xml: bytes = ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)
    return xml


def _item(edition: Edition, number: int) -> Item:
    hatch = edition.hatches[number]
    return Item(
        name=f"lucka-{number}",
        path=f"/{edition.year}/lucka/{number}",
        title=f"Lucka {number}: {hatch.file.title}",
        summary=hatch.file.summary,
        html=hatch.tip,
        at=opens_at(edition.year, number),
    )


def add_element(
    parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    """Add an element and returns it."""
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element


# RFC 9116 2.5.5 recommends less than a year.
GOOD_FOR = timedelta(days=330)
WARN = timedelta(days=30)


def security_expiry(year: int, now: datetime) -> datetime:
    """Until when the contact holds: eleven months, but not past the day when the next edition names its own."""
    return min(now + GOOD_FOR, datetime(year + 1, 12, 1, tzinfo=UTC))


def security_text(contact: str, good_until: datetime, site: str) -> str:
    """Return the file. `contact` is an e-mail address or an https address; `site` is where the calendar is."""
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {good_until:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: sv, en",
        f"Canonical: {site}/.well-known/security.txt",
    ]
    return "\n".join(lines) + "\n"


def security_fault(file: str, now: datetime) -> str | None:
    """Return what is wrong with the file as it is served, as a Swedish sentence; None when nothing is."""
    fields = dict(line.split(": ", 1) for line in file.splitlines() if ": " in line)
    try:
        left = datetime.fromisoformat(fields["Expires"]) - now
        contact = fields["Contact"]
    except (KeyError, ValueError):
        return "security.txt saknar Contact eller Expires."
    if not contact.startswith(("mailto:", "https://")):
        return f"Kontakten i security.txt är {contact}. Den ska vara en e-postadress eller börja med https://."
    if left <= timedelta(0):
        return "security.txt har gått ut. Lägg in nästa års kalender, så att kontakten är aktuell igen."
    if left < WARN:
        return f"security.txt går ut om {left.days} dygn. Lägg in nästa års kalender, så förnyas den."
    return None

"""The calendar for feed readers and calendar programs: Atom, JSON Feed, iCalendar. Pure.

A feed carries a hatch from the instant it opens. The calendar file has all 24 days from the start, but a day whose
hatch is locked says only its number.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

from app.calendar.hatches import NUMBERS, Edition, Hatch, opens_at

_ATOM = "http://www.w3.org/2005/Atom"
TAG = "tag:miljojulkalendern,"
"""How the ids of feeds and their entries begin (RFC 4151); a year follows."""


def address(edition: Edition, number: int, site: str) -> str:
    return f"{site}/{edition.year}/lucka/{number}"


def atom(edition: Edition, open_numbers: Sequence[int], site: str) -> bytes:
    """An Atom feed (RFC 4287) of the open hatches, the newest first."""
    updated = _updated(edition, open_numbers)
    feed = feed_of(edition.name, f"{TAG}{edition.year}:kalender", updated, f"{site}/flode.xml")
    add(feed, "link", href=f"{site}/{edition.year}/")
    add(add(feed, "author"), "name", edition.file.organiser.name)
    for hatch in _newest_first(edition, open_numbers):
        entry = add(feed, "entry")
        add(entry, "title", f"Lucka {hatch.number}: {hatch.file.title}")
        add(entry, "id", f"{TAG}{edition.year}:lucka-{hatch.number}")
        add(entry, "updated", opens_at(edition.year, hatch.number).isoformat())
        add(entry, "link", href=address(edition, hatch.number, site))
        add(entry, "summary", hatch.file.summary)
        add(entry, "content", hatch.tip, type="html")
    xml: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml


def json_feed(edition: Edition, open_numbers: Sequence[int], site: str) -> bytes:
    """The same as JSON Feed 1.1."""
    items = [
        {
            "id": address(edition, hatch.number, site),
            "url": address(edition, hatch.number, site),
            "title": f"Lucka {hatch.number}: {hatch.file.title}",
            "summary": hatch.file.summary,
            "content_html": hatch.tip,
            "date_published": opens_at(edition.year, hatch.number).isoformat(),
        }
        for hatch in _newest_first(edition, open_numbers)
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.name,
        "language": "sv",
        "home_page_url": f"{site}/{edition.year}/",
        "feed_url": f"{site}/flode.json",
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def ical(edition: Edition, open_numbers: Sequence[int], site: str) -> bytes:
    """24 all-day events (RFC 5545)."""
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
    return bytes(calendar.to_ical())


def sitemap(editions: Sequence[tuple[Edition, Sequence[int]]], site: str) -> bytes:
    """The public pages, each edition with its open hatches (sitemaps.org 0.9)."""
    urls = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    found = [f"{site}/", f"{site}/om"]
    for edition, open_numbers in editions:
        found.append(f"{site}/{edition.year}/")
        found += [address(edition, number, site) for number in open_numbers]
    for each in found:
        add(add(urls, "url"), "loc", each)
    xml: bytes = ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)
    return xml


def _newest_first(edition: Edition, open_numbers: Sequence[int]) -> list[Hatch]:
    return [edition.hatches[number] for number in sorted(open_numbers, reverse=True)]


def _updated(edition: Edition, open_numbers: Sequence[int]) -> datetime:
    if not open_numbers:
        return datetime(edition.year, 11, 1, tzinfo=UTC)
    return opens_at(edition.year, max(open_numbers))


def feed_of(title: str, name: str, updated: datetime, address: str) -> ElementTree.Element:
    """The beginning of an Atom feed that stands at `address`; `name` is its id for ever."""
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "sv"})
    add(feed, "title", title)
    add(feed, "id", name)
    add(feed, "updated", updated.isoformat())
    add(feed, "link", href=address, rel="self")
    return feed


def add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    """Adds an element and returns it."""
    element = ElementTree.SubElement(parent, name, attributes)
    element.text = text
    return element

"""The calendar for feed readers and calendar programs: Atom, JSON Feed, iCalendar. Pure."""

# A feed carries a hatch from the instant it opens. The calendar file has all 24 days from the start, but a day whose
# hatch is locked says only its number.

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from app.calendar.schedule import NUMBERS, Edition, Hatch, opens_at
from app.clock import SWEDEN
from app.languages import EASY, SWEDISH, translate

if TYPE_CHECKING:
    from icalendar import Calendar, Event

_ATOM = "http://www.w3.org/2005/Atom"
# How often readers and calendar programs are asked to look again.
_EVERY = timedelta(hours=1)
_LINK = re.compile(r'(?<= href=")[^"]*')


@dataclass(frozen=True)
class Item:
    """What a feed tells: its name within the edition, where to read it, title, summary, HTML and when it came."""

    # `changed` is when it last became another, if it has been edited or corrected since it came.

    name: str
    path: str
    title: str
    summary: str
    html: str
    at: datetime
    changed: datetime | None = None

    @property
    def updated(self) -> datetime:
        return self.changed or self.at

    def html_for(self, site: str) -> str:
        """Return the HTML with links that lead to the site from wherever it is read."""
        base = site + self.path
        return _LINK.sub(lambda link: escape(urljoin(base, unescape(link[0]))), self.html)


def items(edition: Edition, open_numbers: Sequence[int], now: datetime, news: Sequence[Item] = ()) -> list[Item]:
    """Return the open hatches, and what else is new in the edition, the newest first."""
    opened = [_item(edition, number, now) for number in open_numbers]
    return sorted([*opened, *news], key=lambda item: item.at, reverse=True)


def _host(site: str) -> str:
    """Return what tells this installation from others, in ids that outlive a change of scheme or port."""
    return (urlsplit(site).hostname or "localhost").encode("idna").decode()


def _tag(edition: Edition, name: str, site: str) -> str:
    """Return an id that is this site's own (RFC 4151)."""
    language = "" if edition.language == SWEDISH else f"-{edition.language}"
    return f"tag:{_host(site)},{edition.year}:{name}{language}"


def address(edition: Edition, number: int, site: str) -> str:
    """Return where a hatch is, in the language of the edition."""
    return site + _path(edition, number)


def _path(edition: Edition, number: int) -> str:
    if edition.language not in (SWEDISH, EASY):
        return f"/{edition.language}/{edition.year}/hatch/{number}"
    return f"/{edition.year}/lucka/{number}{'/lattlast' if edition.language == EASY else ''}"


def _home(edition: Edition, site: str) -> str:
    return f"{site}/{edition.year}/" if edition.language == SWEDISH else f"{site}/{edition.language}/{edition.year}/"


def atom(edition: Edition, told: Sequence[Item], site: str) -> bytes:
    """Return an Atom feed (RFC 4287) of what is told, the newest first."""
    updated = max((item.updated for item in told), default=datetime(edition.year, 11, 1, tzinfo=UTC))
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": edition.language})
    add_element(feed, "title", edition.name)
    add_element(feed, "id", _tag(edition, "kalender", site))
    add_element(feed, "updated", updated.isoformat())
    own = "/flode.xml" if edition.language == SWEDISH else f"/{edition.language}/feed.xml"
    add_element(feed, "link", href=f"{site}{own}", rel="self")
    add_element(feed, "link", href=_home(edition, site))
    add_element(add_element(feed, "author"), "name", edition.file.organiser.name)
    for item in told:
        entry = add_element(feed, "entry")
        add_element(entry, "title", item.title)
        add_element(entry, "id", _tag(edition, item.name, site))
        add_element(entry, "published", item.at.isoformat())
        add_element(entry, "updated", item.updated.isoformat())
        add_element(entry, "link", href=f"{site}{item.path}")
        add_element(entry, "summary", item.summary)
        add_element(entry, "content", item.html_for(site), type="html")
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
                "content_html": item.html_for(site),
                "date_published": item.at.isoformat(),
                "date_modified": item.updated.isoformat(),
            }
            for item in told
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


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

    event, item, day = Event(), _item(edition, number, now), date(edition.year, 12, number)
    link = address(edition, number, site)
    event.add("uid", f"lucka-{number}-{edition.year}@{_host(site)}")
    event.add("dtstamp", item.updated if is_open else datetime(edition.year, 11, 1, tzinfo=UTC))
    # A program that has the event takes another only when its number is higher: at the opening, and with each edit.
    event.add("sequence", 1 + int((item.updated - item.at).total_seconds()) if is_open else 0)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", item.title if is_open else _numbered(number))
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
    last.add("uid", f"januari-{edition.year}@{_host(site)}")
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


# CSS pixels that hold today's hatch with its picture, on a page of one column.
FRAME_WIDTH, FRAME_HEIGHT = 640, 560


def frame(title: str, site: str, width: int | str = "100%", height: int = FRAME_HEIGHT) -> str:
    """Return the HTML that shows today's hatch on another site."""
    named = escape(f"Dagens lucka i {title}")
    return (
        f'<iframe src="{site}/inbaddning" title="{named}" width="{width}" height="{height}" '
        'style="border: 0; max-width: 100%" loading="lazy"></iframe>'
    )


def framed_day(edition: Edition, site: str, width: int, height: int) -> dict[str, object]:
    """Return today's hatch as oEmbed 1.0."""
    html = frame(edition.file.title, site, width, height)
    return _linked(edition, edition.name, site) | {"type": "rich", "html": html, "width": width, "height": height}


def linked_hatch(edition: Edition, hatch: Hatch, site: str) -> dict[str, object]:
    """Return a hatch as oEmbed 1.0: a link with a picture."""
    told = _linked(edition, hatch.file.title, site) | {"type": "link", "description": hatch.file.summary}
    card = f"{address(edition, hatch.number, site)}/bild/{hatch.card}"
    return told | ({"thumbnail_url": card, "thumbnail_width": 1200, "thumbnail_height": 630} if hatch.card else {})


def _linked(edition: Edition, title: str, site: str) -> dict[str, object]:
    return {
        "version": "1.0",
        "title": title,
        "author_name": edition.file.organiser.name,
        "provider_name": edition.file.title,
        "provider_url": f"{site}/",
        "cache_age": 3600,
    }


def sitemap(editions: Sequence[tuple[Edition, Sequence[int]]], site: str) -> bytes:
    """Return the public pages, each edition with its open hatches (sitemaps.org 0.9)."""
    urls = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    found = [f"{site}/", f"{site}/om", f"{site}/arkiv"]
    for edition, open_numbers in editions:
        found += [f"{site}/{edition.year}/{page}" for page in ("", "affisch", "bingo", "skolblad")]
        found += [address(edition, number, site) for number in open_numbers]
    for each in found:
        add_element(add_element(urls, "url"), "loc", each)
    xml: bytes = ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)
    return xml


def _numbered(number: int) -> str:
    return translate("Lucka %(number)s") % {"number": number}


def _item(edition: Edition, number: int, now: datetime) -> Item:
    hatch, opened = edition.hatches[number], opens_at(edition.year, number)
    day = hatch.corrected_on
    corrected = datetime(day.year, day.month, day.day, tzinfo=SWEDEN).astimezone(UTC) if day else None
    # A file that comes from the future says nothing: the clock of a demo goes its own way.
    changes = [moment for moment in (hatch.changed, corrected) if moment and opened < moment <= now]
    return Item(
        name=f"lucka-{number}",
        path=_path(edition, number),
        title=f"{_numbered(number)}: {hatch.file.title}",
        summary=hatch.file.summary,
        html=hatch.tip,
        at=opened,
        changed=max(changes).replace(microsecond=0) if changes else None,
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

"""What is new, for feed readers as Atom and JSON Feed, and for crawlers as a site map. Pure."""

# A feed carries a hatch from the instant it opens.

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

from app.calendar.content import Edition
from app.calendar.schedule import opens_at
from app.clock import SWEDEN
from app.languages import SWEDISH, translate

_ATOM = "http://www.w3.org/2005/Atom"
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


def host_of(site: str) -> str:
    """Return what tells this installation from others, in ids that outlive a change of scheme or port."""
    return (urlsplit(site).hostname or "localhost").encode("idna").decode()


def _tag(edition: Edition, name: str, site: str) -> str:
    """Return an id that is this site's own (RFC 4151)."""
    language = "" if edition.language == SWEDISH else f"-{edition.language}"
    return f"tag:{host_of(site)},{edition.year}:{name}{language}"


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


def sitemap(editions: Sequence[tuple[Edition, Sequence[int]]], site: str) -> bytes:
    """Return the public pages, each edition with its open hatches (sitemaps.org 0.9)."""
    urls = ElementTree.Element("urlset", {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})
    found = [f"{site}/", f"{site}/om", f"{site}/arkiv"]
    for edition, open_numbers in editions:
        found += [f"{site}/{edition.year}/{page}" for page in ("", "affisch", "bingo", "skolblad")]
        found += [site + edition.hatch_path(number) for number in open_numbers]
    for each in found:
        add_element(add_element(urls, "url"), "loc", each)
    xml: bytes = ElementTree.tostring(urls, encoding="utf-8", xml_declaration=True)
    return xml


def numbered(number: int) -> str:
    return translate("Lucka %(number)s") % {"number": number}


def item_of(edition: Edition, number: int, now: datetime) -> Item:
    hatch, opened = edition.hatches[number], opens_at(edition.year, number)
    day = hatch.corrected_on
    corrected = datetime(day.year, day.month, day.day, tzinfo=SWEDEN).astimezone(UTC) if day else None
    # A file that comes from the future says nothing: the clock of a demo goes its own way.
    changes = [moment for moment in (hatch.changed, corrected) if moment and opened < moment <= now]
    return Item(
        name=f"lucka-{number}",
        path=edition.hatch_path(number),
        title=f"{numbered(number)}: {hatch.file.title}",
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

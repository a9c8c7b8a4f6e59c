"""The contest as it stood at each Swedish midnight: what anyone may see of it, and keep, before the list is locked.

Pure. One midnight's list, counts and checksums come a day late on purpose, so that nobody can tell from them who sent
in an entry just now. Readers' copies of the feed are what shows afterwards that a list was not changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.etree import ElementTree

from babel.dates import format_date

from app.calendar import feeds
from app.clock import SWEDEN

PUBLISHED_AFTER = timedelta(minutes=1)
"""From midnight until its list is shown: whoever pressed the button just before is then on record."""


@dataclass(frozen=True)
class Midnight:
    """The state at `at`: entries so far and that day, the list's SHA-256 and the audit chain's head, both in hex."""

    at: datetime
    record: int
    entries: int
    came: int
    list_sha256: str
    head: str

    @property
    def day(self) -> date:
        """The day that ended."""
        return (self.at - timedelta(seconds=1)).astimezone(SWEDEN).date()


def midnight_after(moment: datetime) -> datetime:
    """The first Swedish midnight after an instant."""
    return datetime.combine(moment.astimezone(SWEDEN).date() + timedelta(days=1), time(), SWEDEN)


def days_text(contest_id: str, midnights: Sequence[Midnight]) -> str:
    """dagar.txt: two lines as in a list file, then `<day> <entries> <list SHA-256> <chain head>` for each midnight."""
    lines = [f"{each.day} {each.entries} {each.list_sha256} {each.head}" for each in midnights]
    return "".join(f"{line}\n" for line in ("oppen-dragning/v1/dagar", contest_id, *lines))


def atom(contest_id: str, begins: datetime, midnights: Sequence[Midnight], site: str, page: str) -> bytes:
    """An Atom feed (RFC 4287) with one entry a day, the newest first. `page` is the path of the draw's public page."""
    updated = max([begins, *(each.at for each in midnights)])
    name = f"{feeds.TAG}{begins.year}:dragning-{contest_id}"
    feed = feeds.feed_of("Öppen dragning, dag för dag", name, updated, f"{site}{page}/flode.xml")
    feeds.add(feed, "link", href=f"{site}{page}")
    feeds.add(feeds.add(feed, "author"), "name", "Miljöjulkalendern")
    for each in reversed(midnights):
        entry = feeds.add(feed, "entry")
        feeds.add(entry, "title", f"{_swedish(each.day)}: {each.entries} lotter i listan")
        feeds.add(entry, "id", f"{name}-{each.day}")
        feeds.add(entry, "updated", each.at.isoformat())
        feeds.add(entry, "link", href=f"{site}{page}/lista.txt?dag={each.day}")
        feeds.add(entry, "content", _in_words(each), type="text")
    xml: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return xml


def _swedish(day: date) -> str:
    return format_date(day, "d MMMM", locale="sv")


def _in_words(each: Midnight) -> str:
    return (
        f"{each.came} bidrag kom in den här dagen. Listan har nu {each.entries} lotter. "
        f"Listans kontrollsumma: {each.list_sha256} Loggens kontrollsumma: {each.head}"
    )

"""What an organiser may want to look at twice. A hint strikes nothing: odd addresses belong to real people, too."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from babel.dates import format_datetime

from app.audit import records
from app.clock import SWEDEN
from app.contest import counts
from app.contest.models import Entry, EntryHint
from app.database import db, write

MANY_DOMAINS = 3
"""The same name before the @ at so many domains is worth a look …"""
FEW = 2
"""… when nobody else, or hardly anybody, has an address there: an Anna at each large provider is nothing odd."""
BURST = 30
"""So many entries within one minute are, too: an office at eight o'clock, or a program."""
_SHOWN = 20


LIVE = 5_000
"""Among so many entries it is found while somebody waits; among more, `keep_up` does it …"""
EVERY = timedelta(hours=1)
"""… so often."""


@dataclass(frozen=True)
class Hint:
    """Something that stands out: what (Swedish), how many entries, and a word to search the entries for, if any.

    `newest` is the number of the newest of them.
    """

    what: str
    count: int
    search: str = ""
    newest: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Hints:
    """What stood out at an instant among so many entries; `at` is None where nobody has counted yet."""

    found: list[Hint]
    at: datetime | None
    among: int


@dataclass(frozen=True)
class _Group:
    """Entries that share something, as it is stored: what it is, and who, is read from the newest of them."""

    kind: str
    entry_id: int
    count: int


def odd(email: str) -> str:
    """Why an address stands out, in a Swedish word or two; empty when it does not."""
    # A list of 10,000 domains, which only the rounds and the organisers' pages look in.
    from disposable_email_domains import blocklist

    local, _, domain = email.rpartition("@")
    labels = domain.split(".")
    if any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1)):
        return "engångsadress"
    if len(local) > 40 or sum(sign.isdigit() for sign in local) > 8:
        return "ovanlig adress"
    return ""


def hints(contest_id: str) -> list[Hint]:
    """What stands out among all entries of a contest, at most 20 of each kind, the largest first."""
    return _told(_groups(contest_id))


def latest(contest_id: str, now: datetime) -> Hints:
    """What stands out: now, or when it was last counted."""
    total = counts.total(contest_id)
    if total <= LIVE:
        return Hints(hints(contest_id), now, total)
    if (counted := db.session.get(EntryHint, (contest_id, 0))) is None:
        return Hints([], None, total)
    query = sa.select(EntryHint.kind, EntryHint.entry_id, EntryHint.count).order_by(EntryHint.place)
    rows = db.session.execute(query.where(EntryHint.contest_id == contest_id, EntryHint.place > 0))
    return Hints(_told([_Group(*row) for row in rows]), counted.counted_at, counted.count)


def keep_up(contest_id: str, now: datetime) -> None:
    """Counts what stands out, where there are many entries, an hour after the last time and until the list is locked.

    No address is stored, only the number of an entry: who has been erased is not in what was counted before.
    """
    total = counts.total(contest_id)
    counted = db.session.get(EntryHint, (contest_id, 0))
    if total <= LIVE or (counted and now - counted.counted_at < EVERY) or records.has(contest_id, "last"):
        return
    groups = _groups(contest_id)
    write()
    db.session.execute(sa.delete(EntryHint).where(EntryHint.contest_id == contest_id))
    rows = [_Group("", 0, total), *groups]
    db.session.add_all(
        EntryHint(contest_id=contest_id, place=place, counted_at=now, **vars(each)) for place, each in enumerate(rows)
    )
    db.session.commit()


def _told(groups: list[_Group]) -> list[Hint]:
    query = sa.select(Entry.id, Entry.email, Entry.received_at).where(Entry.id.in_([each.entry_id for each in groups]))
    entries = {number: (email, at) for number, email, at in db.session.execute(query)}
    found = []
    for each in groups:
        email, at = entries[each.entry_id]
        if each.kind == "minute":
            found.append(Hint(f"Många bidrag på en minut, {_in_sweden(at)}", each.count))
        elif email:
            name, _, domain = email.partition("@")
            same = each.kind == "name"
            what = "Samma namn före @, hos olika domäner" if same else f"Engångsadresser hos {domain}"
            found.append(Hint(what, each.count, f"{name}@" if same else f"@{domain}", each.entry_id))
    return found


def _groups(contest_id: str) -> list[_Group]:
    return [*_disposable(contest_id), *_same_name(contest_id), *_bursts(contest_id)]


def _rows(contest_id: str, what: Any, count: Any, least: int, *where: Any) -> list[tuple[str, int, int]]:
    """What entries share, the number of the newest of them, and how many there are."""
    known = (Entry.contest_id == contest_id, Entry.email.is_not(None), Entry.struck.is_(None), *where)
    query = sa.select(what, sa.func.max(Entry.id), count).where(*known).group_by(what).having(count >= least)
    rows = db.session.execute(query.order_by(count.desc(), what).limit(_SHOWN if least > 1 else None))
    return [(str(value), int(newest), int(number)) for value, newest, number in rows]


def _at() -> Any:
    """Where the @ stands in an address, counted from 1; the name before it has none."""
    find = sa.func.instr if db.engine.dialect.name == "sqlite" else sa.func.strpos
    return find(Entry.email, "@")


def _disposable(contest_id: str) -> list[_Group]:
    domains = _rows(contest_id, sa.func.substr(Entry.email, _at() + 1), sa.func.count(), 1)
    return [_Group("domain", *rest) for domain, *rest in domains if odd(f"x@{domain}")][:_SHOWN]


def _same_name(contest_id: str) -> list[_Group]:
    domain = sa.func.substr(Entry.email, _at() + 1)
    known = (Entry.contest_id == contest_id, Entry.email.is_not(None))
    small = sa.select(domain).where(*known).group_by(domain).having(sa.func.count() <= FEW)
    name = sa.func.substr(Entry.email, 1, _at())
    rows = _rows(contest_id, name, sa.func.count(sa.distinct(domain)), MANY_DOMAINS, domain.in_(small))
    return [_Group("name", *rest) for _, *rest in rows]


def _bursts(contest_id: str) -> list[_Group]:
    if db.engine.dialect.name == "sqlite":
        minute: Any = sa.func.strftime("%Y-%m-%d %H:%M", Entry.received_at)
    else:
        minute = sa.func.to_char(sa.func.timezone("UTC", Entry.received_at), "YYYY-MM-DD HH24:MI")
    return [_Group("minute", *rest) for _, *rest in _rows(contest_id, minute, sa.func.count(), BURST)]


def _in_sweden(moment: datetime) -> str:
    return format_datetime(moment.astimezone(SWEDEN), "d MMM HH.mm", locale="sv")

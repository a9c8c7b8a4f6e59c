"""What an organiser may want to look at twice."""

# A hint strikes nothing: odd addresses belong to real people, too.

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.contest.models import Entry
from app.database import db
from app.text import swedish_time

# The same name before the @ at so many domains is worth a look …
MANY_DOMAINS = 3
# … when hardly any other address is there: an Anna at each large provider is nothing odd.
FEW = 2
# So many entries within one minute are, too: an office at eight o'clock, or a program.
BURST = 30
_SHOWN = 20
_Known = tuple[sa.ColumnElement[bool], ...]
_Column = sa.SQLColumnExpression[Any]


# Entries that are looked through: the newest, for it is done while the page is waited for.
AMONG = 100_000


@dataclass(frozen=True)
class Hint:
    """Something that stands out: what (Swedish), how many entries, and a word to search the entries for, if any."""

    what: str
    count: int
    search: str = ""


def suspicion(email: str) -> str:
    """Return why an address stands out, in a Swedish word or two; empty when it does not."""
    # A list of 10,000 domains, which only the rounds and the organisers' pages look in.
    from disposable_email_domains import blocklist

    local, _, domain = email.rpartition("@")
    labels = domain.split(".")
    if any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1)):
        return "engångsadress"
    if len(local) > 40 or sum(sign.isdigit() for sign in local) > 8:
        return "ovanlig adress"
    return ""


def find_hints(contest_id: str) -> list[Hint]:
    """Return what stands out among the newest AMONG entries, at most 20 of each kind, the largest first."""
    numbers = sa.select(Entry.id).where(Entry.contest_id == contest_id).order_by(Entry.id.desc())
    oldest = db.session.scalar(numbers.offset(AMONG - 1).limit(1)) or 0
    known = (Entry.contest_id == contest_id, Entry.id >= oldest, Entry.email.is_not(None))
    return [*_disposable(known), *same_name(known), *_bursts(known)]


def _rows(
    known: _Known, what: _Column, count: _Column, least: int, *where: sa.ColumnElement[bool]
) -> list[tuple[str, int]]:
    """Return what entries share, and how many they are."""
    query = sa.select(what, count).where(*known, Entry.struck.is_(None), *where).group_by(what).having(count >= least)
    rows = db.session.execute(query.order_by(count.desc(), what).limit(_SHOWN if least > 1 else None))
    return [(str(value), int(number)) for value, number in rows]


def _at() -> _Column:
    """Return where the @ stands in an address, counted from 1; the name before it has none."""
    find = sa.func.instr if db.engine.dialect.name == "sqlite" else sa.func.strpos
    return find(Entry.email, "@")


def _disposable(known: _Known) -> list[Hint]:
    domains = _rows(known, sa.func.substr(Entry.email, _at() + 1), sa.func.count(), 1)
    odd = [(domain, count) for domain, count in domains if suspicion(f"x@{domain}")]
    return [Hint(f"Engångsadresser hos {domain}", count, f"@{domain}") for domain, count in odd[:_SHOWN]]


def same_name(known: _Known) -> list[Hint]:
    domain = sa.func.substr(Entry.email, _at() + 1)
    small = sa.select(domain).where(*known).group_by(domain).having(sa.func.count() <= FEW)
    name = sa.func.substr(Entry.email, 1, _at())
    rows = _rows(known, name, sa.func.count(sa.distinct(domain)), MANY_DOMAINS, domain.in_(small))
    return [Hint("Samma namn före @, hos olika domäner", count, shared) for shared, count in rows]


def _bursts(known: _Known) -> list[Hint]:
    if db.engine.dialect.name == "sqlite":
        minute: _Column = sa.func.substr(Entry.received_at, 1, 16)
    else:
        minute = sa.func.to_char(sa.func.timezone("UTC", Entry.received_at), "YYYY-MM-DD HH24:MI")
    rows = _rows(known, minute, sa.func.count(), BURST)
    return [Hint(f"Många svar på en minut, {swedish_time(_in_utc(shared))}", count) for shared, count in rows]


def _in_utc(minute: str) -> datetime:
    return datetime.fromisoformat(minute).replace(tzinfo=UTC)

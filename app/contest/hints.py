"""What an organiser may want to look at twice. A hint strikes nothing: odd addresses belong to real people, too."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from babel.dates import format_datetime
from disposable_email_domains import blocklist

from app.clock import SWEDEN
from app.contest.models import Entry
from app.database import db

MANY_DOMAINS = 3
"""The same name before the @ at so many domains is worth a look …"""
FEW = 2
"""… when nobody else, or hardly anybody, has an address there: an Anna at each large provider is nothing odd."""
BURST = 30
"""So many entries within one minute are, too: an office at eight o'clock, or a program."""
_SHOWN = 20


@dataclass(frozen=True)
class Hint:
    """Something that stands out: what (Swedish), how many entries, and a word to search the entries for, if any."""

    what: str
    count: int
    search: str = ""


def odd(email: str) -> str:
    """Why an address stands out, in a Swedish word or two; empty when it does not."""
    local, _, domain = email.rpartition("@")
    labels = domain.split(".")
    if any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1)):
        return "engångsadress"
    if len(local) > 40 or sum(sign.isdigit() for sign in local) > 8:
        return "ovanlig adress"
    return ""


def hints(contest_id: str) -> list[Hint]:
    """What stands out among all entries of a contest, at most 20 of each kind, the largest first."""
    return [*_disposable(contest_id), *_same_name(contest_id), *_bursts(contest_id)]


def _rows(contest_id: str, what: Any, count: Any, least: int, *where: Any) -> list[tuple[str, int]]:
    known = (Entry.contest_id == contest_id, Entry.email.is_not(None), Entry.struck.is_(None), *where)
    query = sa.select(what, count).where(*known).group_by(what).having(count >= least)
    rows = db.session.execute(query.order_by(count.desc(), what).limit(_SHOWN if least > 1 else None))
    return [(str(value), int(number)) for value, number in rows]


def _at() -> Any:
    """Where the @ stands in an address, counted from 1; the name before it has none."""
    find = sa.func.instr if db.engine.dialect.name == "sqlite" else sa.func.strpos
    return find(Entry.email, "@")


def _disposable(contest_id: str) -> list[Hint]:
    domains = _rows(contest_id, sa.func.substr(Entry.email, _at() + 1), sa.func.count(), 1)
    found = [
        Hint(f"Engångsadresser hos {domain}", count, f"@{domain}") for domain, count in domains if odd(f"x@{domain}")
    ]
    return found[:_SHOWN]


def _same_name(contest_id: str) -> list[Hint]:
    domain = sa.func.substr(Entry.email, _at() + 1)
    known = (Entry.contest_id == contest_id, Entry.email.is_not(None))
    small = sa.select(domain).where(*known).group_by(domain).having(sa.func.count() <= FEW)
    name = sa.func.substr(Entry.email, 1, _at())
    rows = _rows(contest_id, name, sa.func.count(sa.distinct(domain)), MANY_DOMAINS, domain.in_(small))
    return [Hint("Samma namn före @, hos olika domäner", count, start) for start, count in rows]


def _bursts(contest_id: str) -> list[Hint]:
    if db.engine.dialect.name == "sqlite":
        minute: Any = sa.func.strftime("%Y-%m-%d %H:%M", Entry.received_at)
    else:
        minute = sa.func.to_char(sa.func.timezone("UTC", Entry.received_at), "YYYY-MM-DD HH24:MI")
    rows = _rows(contest_id, minute, sa.func.count(), BURST)
    return [Hint(f"Många bidrag på en minut, {_in_sweden(moment)}", count) for moment, count in rows]


def _in_sweden(minute: str) -> str:
    moment = datetime.fromisoformat(minute).replace(tzinfo=UTC).astimezone(SWEDEN)
    return format_datetime(moment, "d MMM HH.mm", locale="sv")

"""Finds entries for the organisers' list, a page at a time, newest first."""

from dataclasses import dataclass

import sqlalchemy as sa

from app.calendar.schema import Contest
from app.contest.models import Entry
from app.database import db

PER_PAGE = 100
_LARGEST_ID = 2**31 - 1
Condition = sa.ColumnElement[bool]
SHOWN = {"": "Alla", "kvar": "Inte strukna", "strukna": "Strukna", "fel": "Fel svar"}


@dataclass(frozen=True)
class Asked:
    """What to look for: part of an address or start of a ticket, a key of SHOWN, the code of a municipality."""

    text: str = ""
    shown: str = ""
    municipality: str = ""


@dataclass(frozen=True)
class Page:
    """Entries, newest first; `more` is the number below which the next page begins, if there is one."""

    entries: list[Entry]
    more: int | None


def find(contest: Contest, asked: Asked, before: int | None) -> Page:
    """Find the page of entries with numbers below `before`; the first page when that is None or no number."""
    query = sa.select(Entry).where(Entry.contest_id == contest.id, *_conditions(contest, asked))
    if before and 0 < before < _LARGEST_ID:
        query = query.where(Entry.id < before)
    found = [*db.session.scalars(query.order_by(Entry.id.desc()).limit(PER_PAGE + 1))]
    return Page(found[:PER_PAGE], found[PER_PAGE - 1].id if len(found) > PER_PAGE else None)


def _conditions(contest: Contest, asked: Asked) -> list[Condition]:
    found: list[Condition] = []
    if asked.municipality:
        found.append(Entry.municipality == asked.municipality)
    if asked.shown == "kvar":
        found.append(Entry.struck.is_(None))
    elif asked.shown == "strukna":
        found.append(Entry.struck.is_not(None))
    elif asked.shown == "fel":
        found.append(Entry.answer != contest.answer)
    if text := asked.text.lower():
        in_address = Entry.email.contains(text, autoescape=True)
        found.append(sa.or_(in_address, Entry.ticket.startswith(text, autoescape=True)))
    return found

"""Finds entries for the organisers' list, a page at a time and at a bounded cost, however many entries there are.

What no index answers is looked for among a stretch of entries, newest first; whoever asked is told, and can go on.
"""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa

from app.calendar.schema import Contest
from app.contest import counts
from app.contest.models import Entry
from app.database import db

PER_PAGE = 100
STRETCH = 20_000
"""Entries that one search looks through at most: some tens of milliseconds."""
_BEGINNING = 2_000
"""Older entries that begin with the text and are looked at, at most."""
_LARGEST_ID = 2**31 - 1
_TICKET = 64
_LAST_SIGN = "\U0010ffff"
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
    """Entries, newest first; `more` is the number below which the next page begins, if there is one.

    `searched` is how many entries were looked through when older ones were not; `older` are those among them whose
    address or ticket begins with the text.
    """

    entries: list[Entry]
    more: int | None = None
    searched: int = 0
    older: list[Entry] = field(default_factory=list)


def find(contest: Contest, asked: Asked, before: int | None) -> Page:
    """The page of entries with numbers below `before`; the first page when that is None or no number."""
    before = before if before and 0 < before < _LARGEST_ID else None
    if rest := _rest(contest, asked):
        return _looked_for(contest, asked, rest, before)
    numbers = sa.select(_newest(contest, _lists(contest, asked), before, PER_PAGE + 1).c.id)
    return _paged([*db.session.scalars(sa.select(Entry).where(Entry.id.in_(numbers)).order_by(Entry.id.desc()))])


def _paged(found: list[Entry]) -> Page:
    """A page of what was found, which is one more than fits when there are more."""
    return Page(found[:PER_PAGE], found[PER_PAGE - 1].id if len(found) > PER_PAGE else None)


def _looked_for(contest: Contest, asked: Asked, rest: list[Condition], before: int | None) -> Page:
    """The page of those that meet the rest of what is asked, among a stretch of entries in one list."""
    stretch = _newest(contest, _lists(contest, asked), before, STRETCH)
    last, number = db.session.execute(sa.select(sa.func.min(stretch.c.id), sa.func.count(stretch.c.id))).one()
    query = sa.select(Entry).where(Entry.contest_id == contest.id, *_lists(contest, asked), *rest)
    query = query.where(Entry.id.between(last or 0, (before or _LARGEST_ID) - 1))
    page = _paged([*db.session.scalars(query.order_by(Entry.id.desc()).limit(PER_PAGE + 1))])
    if page.more or number < STRETCH:
        return page
    older = _beginning(contest, asked, rest, last) if asked.text and before is None else []
    return Page(page.entries, last, number, older)


def _lists(contest: Contest, asked: Asked) -> list[Condition]:
    """The lists that indexes have in order and that hold what is asked for; one only, where a rest is to be asked."""
    if asked.municipality:
        return [Entry.municipality == asked.municipality]
    if asked.shown == "strukna":
        return [Entry.struck.is_not(None)]
    if asked.shown == "fel" and not asked.text:
        return [Entry.answer == given for given in counts.by("answer", contest.id) if given != contest.answer]
    return [sa.true()]


def _rest(contest: Contest, asked: Asked) -> list[Condition]:
    """What remains to be asked of each entry in those lists."""
    found: list[Condition] = []
    if asked.shown == "kvar":
        found.append(Entry.struck.is_(None))
    elif asked.shown == "strukna" and asked.municipality:
        found.append(Entry.struck.is_not(None))
    elif asked.shown == "fel" and (asked.municipality or asked.text):
        found.append(Entry.answer != contest.answer)
    if text := asked.text.lower():
        found.append(
            sa.or_(Entry.email.contains(text, autoescape=True), Entry.ticket.startswith(text, autoescape=True))
        )
    return found


def _newest(contest: Contest, lists: list[Condition], before: int | None, most: int) -> sa.Subquery:
    """The numbers of the newest entries in some lists, `most` at most."""
    below = [Entry.id < before] if before else []
    parts = [
        sa.select(Entry.id).where(Entry.contest_id == contest.id, each, *below).order_by(Entry.id.desc()).limit(most)
        for each in lists or [sa.false()]
    ]
    each = sa.union_all(*(sa.select(part.subquery("stretch").c.id) for part in parts)).subquery("stretch")
    return sa.select(each.c.id).order_by(each.c.id.desc()).limit(most).subquery("stretch")


def _beginning(contest: Contest, asked: Asked, rest: list[Condition], before: int) -> list[Entry]:
    """A page at most of older entries whose address or ticket begins with the text, as the indexes find them."""
    text = asked.text.lower()
    starts = [_starting(contest, start) for start in key_starts(text)]
    if re.fullmatch(f"[0-9a-f]{{1,{_TICKET}}}", text):
        within = Entry.ticket.between(text.ljust(_TICKET, "0"), text.ljust(_TICKET, "f"))
        starts.append(sa.select(Entry.id).where(Entry.contest_id == contest.id, within).limit(_BEGINNING))
    # Fetched first: left to plan it all at once, a database may go through every entry instead.
    numbers = [*db.session.scalars(sa.union_all(*(sa.select(each.subquery("stretch").c.id) for each in starts)))]
    begins = sa.or_(Entry.email.startswith(text, autoescape=True), Entry.ticket.startswith(text, autoescape=True))
    query = sa.select(Entry).where(Entry.id.in_(numbers), Entry.id < before, begins)
    query = query.where(*_lists(contest, asked), *rest)
    return [*db.session.scalars(query.order_by(Entry.id.desc()).limit(PER_PAGE))]


def _starting(contest: Contest, start: str) -> sa.Select[int]:
    """The numbers of some entries whose duplicate key begins so."""
    key, end = Entry.duplicate_key, start + _LAST_SIGN
    within = [key >= start, key < end]
    if db.engine.dialect.name == "postgresql":
        # Sign by sign, as the index has it, not in the order of a language.
        within = [key.bool_op("~>=~")(start), key.bool_op("~<~")(end)]
    return sa.select(Entry.id).where(Entry.contest_id == contest.id, *within).limit(_BEGINNING)


def key_starts(text: str) -> set[str]:
    """What the duplicate key of an address that begins with `text` may begin with (see entries.duplicate_key)."""
    local, at, domain = text.partition("@")
    name, plus, _ = local.partition("+")
    if not name:
        return {text}
    end = f"@{domain}" if plus or at else ""
    found = {f"{name}{end}", f"{name.replace('.', '')}{end}"}
    if end and "googlemail.com".startswith(domain):
        found.add(f"{name.replace('.', '')}@gmail.com")
    return found

"""The list of tickets in the database: settled and written once, read in batches."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.contest import entries
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import BATCH, AnySelect, db, in_batches
from app.draw.models import ListedTicket, Rank
from app.spec import selection

# (ticket, counts), sorted by ticket.
Lines = Iterator[tuple[str, bool]]


def settle(contest: FrozenContest) -> None:
    """Strike what does not count, as `entries.settle` defines it, inside the caller's write() transaction."""
    left = (Entry.contest_id == contest.id, Entry.struck.is_(None))
    # The second of `closes` still counts.
    too_late = Entry.received_at >= contest.closes + timedelta(seconds=1)
    _update(sa.update(Entry).where(*left, too_late).values(struck=entries.LATE))
    _update(sa.update(Entry).where(*left, Entry.answer != contest.answer).values(struck=entries.WRONG))
    first = aliased(Entry)
    numbers = (
        sa.select(first.duplicate_key, sa.func.min(first.nr).label("nr"))
        .where(first.contest_id == contest.id, first.struck.is_(None))
        .group_by(first.duplicate_key)
        .having(sa.func.count() > 1)
        .subquery()
    )
    kept = aliased(Entry)
    stays = (
        sa.select(numbers.c.duplicate_key, numbers.c.nr, kept.ticket)
        .join(kept, sa.and_(kept.contest_id == contest.id, kept.nr == numbers.c.nr))
        .subquery()
    )
    others = (*left, Entry.duplicate_key == stays.c.duplicate_key, Entry.nr > stays.c.nr)
    _update(sa.update(Entry).where(*others).values(struck=entries.DUPLICATE, stays=stays.c.ticket))


def _update(change: sa.Update) -> None:
    db.session.execute(change, execution_options={"synchronize_session": False})


def entered(contest_id: str) -> Lines:
    """Give every entry as it stands now."""
    return _lines(sa.select(Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id), Entry.ticket)


def write_lines(contest_id: str) -> None:
    """Write what `entered` gives as the locked list, inside the caller's write() transaction."""
    lines = sa.select(Entry.contest_id, Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id)
    columns = ["contest_id", "ticket", "counts"]
    db.session.execute(sa.insert(ListedTicket).from_select(columns, lines.order_by(Entry.ticket)))


def locked(contest_id: str) -> Lines:
    """Give the locked list."""
    query = sa.select(ListedTicket.ticket, ListedTicket.counts).where(ListedTicket.contest_id == contest_id)
    return _lines(query, ListedTicket.ticket)


def write_ranks(contest_id: str, seed: bytes) -> None:
    """Give every ticket that counts its place, inside the caller's write() transaction."""
    counted = (ticket for ticket, counts in locked(contest_id) if counts)
    places = enumerate(selection.order_tickets(seed, counted), 1)
    table: Any = Rank.__table__
    while batch := [*islice(places, BATCH)]:
        rows = [{"contest_id": contest_id, "place": place, "ticket": ticket} for place, ticket in batch]
        db.session.connection().execute(sa.insert(table), rows)


def ordered(contest_id: str) -> Iterator[str]:
    """Give all tickets in order, from place 1 on."""
    query = sa.select(Rank.place, Rank.ticket).where(Rank.contest_id == contest_id)
    return (ticket for batch in in_batches(query, Rank.place, after=0) for _, ticket in batch)


def ranked(contest_id: str, first: int = 1, limit: int | None = None) -> list[Rank]:
    """Return the ranking from place `first` on."""
    query = sa.select(Rank).where(Rank.contest_id == contest_id, Rank.place >= first)
    return list(db.session.scalars(query.order_by(Rank.place).limit(limit)))


def _lines(query: AnySelect, ticket: sa.SQLColumnExpression[Any]) -> Lines:
    rows: Iterable[Any] = (row for batch in in_batches(query, ticket, after="") for row in batch)
    return ((ticket, bool(counts)) for ticket, counts in rows)

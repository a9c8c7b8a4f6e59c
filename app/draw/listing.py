"""The list of tickets in the database: written once, read in batches; what was public on an earlier day, too."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from app.audit.records import RESTORED, STRUCK, AuditRecord
from app.contest.models import Entry
from app.database import AnyRows, AnySelect, db, in_batches
from app.draw.models import ListedTicket

Lines = Iterator[tuple[str, bool]]
"""(ticket, counts), sorted by ticket."""


def entered(contest_id: str) -> Lines:
    """Every entry as it stands now."""
    return _lines(sa.select(Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id), Entry.ticket)


def write_lines(contest_id: str) -> None:
    """Writes what `entered` gives as the locked list, inside the caller's write() transaction."""
    lines = sa.select(Entry.contest_id, Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id)
    columns = ["contest_id", "ticket", "counts"]
    db.session.execute(sa.insert(ListedTicket).from_select(columns, lines.order_by(Entry.ticket)))


def locked(contest_id: str) -> Lines:
    """The locked list."""
    query = sa.select(ListedTicket.ticket, ListedTicket.counts).where(ListedTicket.contest_id == contest_id)
    return _lines(query, ListedTicket.ticket)


def on_record(contest_id: str, number: int) -> Lines:
    """The list as the first `number` records of the audit chain have it; records are never changed, nor is this."""
    return (
        line for batch in in_batches(history(contest_id, number), AuditRecord.ticket, "") for line in at(batch, number)
    )


def history(contest_id: str, number: int) -> AnySelect:
    """One row a ticket among the first `number` records: ticket, record of entry, and its turns or None.

    Turns are the records, with commas between, that struck it, restored it, struck it again, and so on.
    """
    entered = sa.func.min(sa.case((AuditRecord.kind == "bidrag", AuditRecord.number)))
    turn = sa.case((AuditRecord.kind.in_((STRUCK, RESTORED)), sa.cast(AuditRecord.number, sa.String)))
    turns = sa.func.aggregate_strings(turn, ",")
    query = sa.select(AuditRecord.ticket, entered, turns).where(AuditRecord.contest_id == contest_id)
    query = query.where(AuditRecord.number <= number, AuditRecord.kind.in_(("bidrag", STRUCK, RESTORED)))
    return query.group_by(AuditRecord.ticket)


def at(rows: AnyRows, number: int) -> Lines:
    """The lines that rows of `history` made at an earlier record."""
    return (
        (ticket, turns is None or _counts(turns, number))
        for ticket, entered, turns in rows
        if entered and entered <= number
    )


def _counts(turns: str, number: int) -> bool:
    return sum(int(turn) <= number for turn in turns.split(",")) % 2 == 0


def _lines(query: AnySelect, ticket: sa.SQLColumnExpression[Any]) -> Lines:
    rows: Iterable[Any] = (row for batch in in_batches(query, ticket, after="") for row in batch)
    return ((ticket, bool(counts)) for ticket, counts in rows)

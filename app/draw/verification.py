"""Holds the database against its own log, against the published files and against a recomputation. Reads, never writes.

Each check gives a Swedish sentence for every difference. All that grows with the contest is walked through in order.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from app.audit import chain
from app.audit.chain import stamp
from app.audit.records import RESTORED, STRUCK, AuditRecord
from app.contest import entries
from app.contest.models import Entry
from app.database import db
from app.draw import protocol, readers, recomputation, witnesses
from app.draw.models import ListedTicket, Lock

BATCH = 5000


@dataclass
class Verification:
    """`published(name)` gives a public file in parts, or None; `tick` is told what is being read, and how far.

    `midnight` is the last one whose list is public.
    """

    contest_id: str
    published: Callable[[str], Iterable[bytes] | None]
    tick: Callable[[str], None]
    midnight: datetime
    acts: list[dict[str, Any]] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    entries: int = 0
    records: int = 0

    def differences(self) -> Iterator[str]:
        """A sentence for each thing that is not as it should be."""
        yield from self._log()
        yield from self._entries()
        yield from self._strikes()
        yield from witnesses.differences(self.contest_id, self.acts)
        lock = db.session.get(Lock, self.contest_id)
        if lock is None:
            yield from self._open_list()
            return
        yield from self._locked_list()
        yield from recomputation.differences(lock, self._rows, self.published, self.acts)

    def _rows(self, what: str, query: sa.Executable) -> Iterator[Any]:
        for number, row in enumerate(db.session.execute(query.execution_options(yield_per=BATCH)), 1):
            if number % BATCH == 0:
                self.tick(f"{what}: {number}")
            yield row

    def _log(self) -> Iterator[str]:
        """Every head of the audit chain, recomputed."""
        head, columns = chain.START, (AuditRecord.number, AuditRecord.kind, AuditRecord.body, AuditRecord.head)
        query = sa.select(*columns).where(AuditRecord.contest_id == self.contest_id).order_by(AuditRecord.number)
        for row in self._rows("loggen", query):
            self.records += 1
            body = _read(row.body)
            whole = chain.compact(body) == row.body and (body.get("nr"), body.get("typ")) == (self.records, row.kind)
            if not whole or row.number != self.records or row.head != chain.next_head(head, row.body):
                yield f"Loggens post {row.number} är ändrad, eller så saknas en post före den."
            self.records, head = row.number, row.head
            if row.kind not in ("bidrag", STRUCK, RESTORED):
                self.acts.append(body)

    def _record(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
        # In order by an index; a record that somebody took the ticket out of is told of with the chain.
        query = sa.select(AuditRecord.ticket, AuditRecord.body).where(AuditRecord.contest_id == self.contest_id)
        query = query.where(AuditRecord.kind.in_(kinds), AuditRecord.ticket.is_not(None))
        ordered = query.order_by(AuditRecord.ticket, AuditRecord.number)
        for ticket, body in self._rows(f"loggens {kinds[0]}", ordered):
            yield ticket, _read(body)

    def _struck_on_record(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The last strike of every ticket whose last turn is one."""
        for ticket, turns in groupby(self._record(STRUCK, RESTORED), key=itemgetter(0)):
            acts = [body for _, body in turns]
            if len(acts) > 1:
                self.restored.add(ticket)
            if acts[-1].get("typ") == STRUCK:
                yield ticket, acts[-1]

    def _entries(self) -> Iterator[str]:
        """Each entry against its record, and its ticket against the code and address that are still kept."""
        query = sa.select(Entry.ticket, Entry.receipt_code, Entry.email, Entry.struck, Entry.received_at)
        query = query.where(Entry.contest_id == self.contest_id).order_by(Entry.ticket)
        rows = ((row.ticket, row) for row in self._rows("bidragen", query))
        for ticket, row, record in readers.side_by_side(rows, self._record("bidrag")):
            if row is None or record is None:
                yield f"Lotten {ticket} finns {'i loggen men inte' if record else 'inte i loggen men'} bland bidragen."
                continue
            self.entries += 1
            if record.get("tid") != stamp(row.received_at):
                yield f"Bidraget med lott {ticket} kom {stamp(row.received_at)}, men loggen säger {record.get('tid')}."
            kept = row.receipt_code and row.email
            if kept and entries.ticket(self.contest_id, row.receipt_code, row.email) != ticket:
                yield f"Lotten {ticket} är inte den som bidragets kvittokod och e-postadress ger."

    def _strikes(self) -> Iterator[str]:
        query = sa.select(Entry.ticket, Entry.struck).where(Entry.contest_id == self.contest_id)
        struck = query.where(Entry.struck.is_not(None)).order_by(Entry.ticket)
        rows = ((ticket, reason) for ticket, reason in self._rows("strukna", struck))
        for ticket, reason, record in readers.side_by_side(rows, self._struck_on_record()):
            logged = record and record.get("skal")
            if reason != logged:
                yield f"Lotten {ticket} är struken som ”{reason or '–'}”, men i loggen som ”{logged or '–'}”."
            elif reason not in entries.STRIKE_REASONS:
                yield f"Lotten {ticket} är struken av ett skäl som inte finns: {reason}."

    def _published_list(self) -> Iterator[tuple[str, str]]:
        return readers.listed(readers.lines(self.published("lista.txt") or ()), self.headings)

    def _headings(self) -> Iterator[str]:
        if self.headings != ["oppen-dragning/v1/lista", self.contest_id, ""]:
            yield "lista.txt har andra rader än rubriken och lotterna."

    def _open_list(self) -> Iterator[str]:
        """Before locking: the public list has every entry up to last midnight, and strikes no other than we have."""
        if self.published("lista.txt") is None:
            return
        query = sa.select(Entry.ticket, Entry.struck, Entry.received_at).where(Entry.contest_id == self.contest_id)
        rows = ((row.ticket, row) for row in self._rows("den öppna listan", query.order_by(Entry.ticket)))
        for ticket, row, status in readers.side_by_side(rows, self._published_list()):
            if row is None:
                yield f"lista.txt har lotten {ticket}, som inte finns bland bidragen."
            elif (row.received_at < self.midnight) != (status is not None):
                yield f"Lotten {ticket} {'är för ny för' if status else 'saknas i'} lista.txt."
            elif status == protocol.STRUCK and row.struck is None and ticket not in self.restored:
                yield f"Lotten {ticket} är struken i lista.txt, men inte i databasen."
        yield from self._headings()

    def _locked_list(self) -> Iterator[str]:
        """Once locked: the list in the database, the entries and the public list say the same."""
        query = sa.select(ListedTicket.ticket, ListedTicket.counts, Entry.ticket, Entry.struck)
        same = sa.and_(Entry.contest_id == ListedTicket.contest_id, Entry.ticket == ListedTicket.ticket)
        query = query.outerjoin(Entry, same).where(ListedTicket.contest_id == self.contest_id)
        rows = ((row[0], row) for row in self._rows("den låsta listan", query.order_by(ListedTicket.ticket)))
        lines = 0
        for ticket, row, status in readers.side_by_side(rows, self._published_list()):
            lines += row is not None
            if row is None or status != (protocol.COUNTS if row[1] else protocol.STRUCK):
                yield f"Lotten {ticket} står som ”{status or '–'}” i lista.txt, men inte i den låsta listan."
            elif row[2] is None or (row[3] is None) != row[1]:
                yield f"Lotten {ticket} har en annan status i den låsta listan än bland bidragen."
        if lines != self.entries:
            yield f"Den låsta listan har {lines} lotter, men bidragen är {self.entries}."
        yield from self._headings()


def _read(body: str) -> dict[str, Any]:
    """A record's fields; none when somebody made it unreadable."""
    try:
        return dict(json.loads(body))
    except (ValueError, TypeError):
        return {}

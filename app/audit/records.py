"""The audit chain in the database: written in the same transaction as what it tells of, never changed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.audit import chain
from app.database import BATCH, Base, db, in_batches

ERASED = "gallrad"
"""The act after which nobody knows any more who the participants were."""
STRUCK, RESTORED = "struken", "ostruken"
"""The acts that take an entry out of the draw and back into it, always in turns."""


class AuditRecord(Base):
    """One act. `body` is the compact JSON, `head` the chain's checksum after it."""

    __tablename__ = "audit_record"
    __table_args__ = (
        sa.Index("ix_audit_record_contest_id_ticket_number_kind", "contest_id", "ticket", "number", "kind"),
        sa.Index("ix_audit_record_contest_id_at_number", "contest_id", "at", "number"),
        sa.Index("ix_audit_record_contest_id_kind_at", "contest_id", "kind", "at"),
    )

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(20))
    body: Mapped[str] = mapped_column(sa.Text)
    head: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[str] = mapped_column(sa.String(20), sa.FetchedValue(), doc="`tid` of the body, read by the database")
    ticket: Mapped[str | None] = mapped_column(sa.String(64), sa.FetchedValue(), doc="`lott` of the body, likewise")


_TABLE: Any = AuditRecord.__table__
_INSERT = sa.insert(_TABLE)
"""Into the table, not of the class: the session would look after objects that nobody asks for."""
_ITS = _TABLE.c.contest_id == sa.bindparam("contest")
_LAST = sa.select(_TABLE.c.number, _TABLE.c.head).where(_ITS).order_by(_TABLE.c.number.desc()).limit(1)
_NEWEST = sa.select(_TABLE.c.at).where(_ITS).order_by(_TABLE.c.number.desc()).limit(1)
_BEFORE = (
    sa.select(_TABLE.c.number, _TABLE.c.head)
    .where(_ITS, _TABLE.c.at < sa.bindparam("before"))
    .order_by(_TABLE.c.at.desc(), _TABLE.c.number.desc())
    .limit(1)
)
_HAS = sa.select(sa.literal(True)).where(_ITS, _TABLE.c.kind == sa.bindparam("kind")).limit(1)


def append(contest_id: str, kind: str, at: datetime, **fields: object) -> str:
    """Adds a record to the contest's chain and returns the new head. Inside the caller's write() transaction."""
    return append_all(contest_id, kind, at, [fields])


def append_all(contest_id: str, kind: str, at: datetime, records: Iterable[Mapping[str, object]]) -> str:
    """Adds a record for each of `records`, in batches, and returns the new head."""
    return append_acts(contest_id, kind, ((at, record) for record in records))


def append_acts(contest_id: str, kind: str, acts: Iterable[tuple[datetime, Mapping[str, object]]]) -> str:
    """Adds a record for each act, an instant and its fields, in batches, and returns the new head."""
    number, head = last(contest_id)
    waiting = iter(acts)
    while batch := [*islice(waiting, BATCH)]:
        rows = []
        for at, record in batch:
            number += 1
            body = chain.compact({"nr": number, "tid": chain.stamp(at), "typ": kind, **record})
            head = chain.next_head(head, body)
            rows.append({"contest_id": contest_id, "number": number, "kind": kind, "body": body, "head": head})
        db.session.connection().execute(_INSERT, rows)
    return head


def last(contest_id: str, before: datetime | None = None) -> tuple[int, str]:
    """Number and head of the contest's last record, or of the last one stamped before an instant."""
    asked = {"contest": contest_id} | ({"before": chain.stamp(before)} if before else {})
    found = db.session.connection().execute(_BEFORE if before else _LAST, asked).first()
    return (found.number, found.head) if found else (0, chain.START)


def newest(contest_id: str) -> datetime | None:
    """What the contest's last record is stamped with, to the second."""
    found = db.session.connection().scalar(_NEWEST, {"contest": contest_id})
    return datetime.fromisoformat(found) if found else None


def whole(contest_id: str, until: int) -> Iterator[tuple[str, str]]:
    """(head, body) of the contest's first `until` records, in their order."""
    query = sa.select(AuditRecord.number, AuditRecord.head, AuditRecord.body).where(
        AuditRecord.contest_id == contest_id, AuditRecord.number <= until
    )
    for batch in in_batches(query, AuditRecord.number, after=0):
        yield from ((head, body) for _, head, body in batch)


def first_since(contest_id: str, moment: datetime) -> datetime | None:
    """When the first thing on record at `moment` or later happened."""
    query = sa.select(sa.func.min(AuditRecord.at)).where(AuditRecord.contest_id == contest_id)
    found = db.session.scalar(query.where(AuditRecord.at >= chain.stamp(moment)))
    return datetime.fromisoformat(found) if found else None


def has(contest_id: str, kind: str) -> bool:
    """Whether an act of this kind is on record."""
    return db.session.connection().scalar(_HAS, {"contest": contest_id, "kind": kind}) is True

"""The audit chain in the database: written in the same transaction as what it tells of, never changed."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import BATCH, Base, db, in_batches
from app.spec import log
from app.spec.lines import format_time, read_time
from app.spec.log import RecordKind


class AuditRecord(Base):
    """One record. `body` is its JSON, `head` the chain's checksum after it."""

    __tablename__ = "audit_record"
    __table_args__ = (
        sa.Index("ix_audit_record_contest_id_kvitto_number", "contest_id", "kvitto", "number"),
        sa.Index("ix_audit_record_contest_id_kind", "contest_id", "kind"),
    )

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(20))
    body: Mapped[str] = mapped_column(sa.Text)
    head: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[str] = mapped_column(sa.String(20), sa.FetchedValue(), doc="`tid` of the body, read by the database")
    kvitto: Mapped[str | None] = mapped_column(sa.String(64), sa.FetchedValue(), doc="`kvitto` of the body, likewise")


_TABLE = cast("sa.Table", AuditRecord.__table__)
# Into the table, not of the class: the session would look after objects that are not asked for again.
_INSERT = sa.insert(_TABLE)
_ITS = _TABLE.c.contest_id == sa.bindparam("contest")
_HAS = sa.select(sa.literal(True)).where(_ITS, _TABLE.c.kind.in_(sa.bindparam("kinds", expanding=True))).limit(1)
_NEWEST_FIRST = _TABLE.c.number.desc()
_LATEST = sa.select(_TABLE.c.number, _TABLE.c.head, _TABLE.c.at).where(_ITS).order_by(_NEWEST_FIRST).limit(1)
_LATEST_AND_HAS = _LATEST.add_columns(_HAS.correlate(None).scalar_subquery())


class Latest(NamedTuple):
    """A contest's last record: number, the chain's head after it, and its time as in the log."""

    number: int = 0
    head: str = log.START
    at: str = ""

    @property
    def time(self) -> datetime | None:
        """What it is stamped with; None where there is no record."""
        return read_time(self.at) if self.at else None


def append_record(contest_id: str, kind: RecordKind, at: datetime, **fields: str | int) -> tuple[int, str]:
    """Add a record inside the caller's begin_write() transaction; return its number and the chain's head after it."""
    return append_records(contest_id, kind, [(at, fields)])[0]


def append_records(
    contest_id: str,
    kind: RecordKind,
    facts: Iterable[tuple[datetime, Mapping[str, str | int]]],
    latest: Latest | None = None,
) -> list[tuple[int, str]]:
    """Add a record for each instant and its fields, in batches; return number and head of each."""
    number, head, newest = latest or latest_record(contest_id)
    waiting = iter(facts)
    added: list[tuple[int, str]] = []
    while batch := [*islice(waiting, BATCH)]:
        rows: list[dict[str, Any]] = []
        for at, fields in batch:
            number += 1
            # Clocks of processes differ; the chain's time never goes back.
            newest = max(newest, format_time(at))
            body = log.make_record(number, newest, kind, **fields)
            head = log.next_head(head, body)
            rows.append({"contest_id": contest_id, "number": number, "kind": str(kind), "body": body, "head": head})
        db.session.connection().execute(_INSERT, rows)
        added += [(row["number"], row["head"]) for row in rows]
    return added


def latest_record(contest_id: str) -> Latest:
    """Return the contest's last record; the default where it has none."""
    found = db.session.connection().execute(_LATEST, {"contest": contest_id}).first()
    return Latest(*found) if found else Latest()


def latest_and_has(contest_id: str, *kinds: RecordKind) -> tuple[Latest, bool]:
    """Return the contest's last record, and whether one of these kinds is there."""
    asked = {"contest": contest_id, "kinds": [str(kind) for kind in kinds]}
    found = db.session.connection().execute(_LATEST_AND_HAS, asked).first()
    return (Latest(*found[:3]), bool(found[3])) if found else (Latest(), False)


def head_of(contest_id: str, number: int) -> str:
    """Return the chain's head after a record."""
    query = sa.select(AuditRecord.head).where(AuditRecord.contest_id == contest_id, AuditRecord.number == number)
    return str(db.session.scalars(query).one())


def log_lines(contest_id: str, until: int | None = None) -> Iterator[str]:
    """Give the lines of logg.txt, in batches."""
    query = sa.select(AuditRecord.number, AuditRecord.head, AuditRecord.body).where(
        AuditRecord.contest_id == contest_id
    )
    if until is not None:
        query = query.where(AuditRecord.number <= until)
    for batch in in_batches(query, AuditRecord.number, after=0):
        yield from (log.log_line(head, body) for _, head, body in batch)


def has_record(contest_id: str, *kinds: RecordKind) -> bool:
    """Check whether a record of one of these kinds is there."""
    asked = {"contest": contest_id, "kinds": [str(kind) for kind in kinds]}
    return db.session.connection().scalar(_HAS, asked) is True

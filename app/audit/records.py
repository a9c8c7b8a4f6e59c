"""The audit chain in the database: written in the same transaction as what it tells of, never changed."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.audit import chain
from app.database import Base, db


class AuditRecord(Base):
    """One act. `body` is the compact JSON, `head` the chain's checksum after it."""

    __tablename__ = "audit_record"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(sa.String(20))
    body: Mapped[str] = mapped_column(sa.Text)
    head: Mapped[str] = mapped_column(sa.String(64))


def append(contest_id: str, kind: str, at: datetime, **fields: object) -> str:
    """Adds a record to the contest's chain and returns the new head. Inside the caller's write() transaction."""
    last = db.session.execute(
        sa.select(AuditRecord.number, AuditRecord.head)
        .where(AuditRecord.contest_id == contest_id)
        .order_by(AuditRecord.number.desc())
        .limit(1)
    ).first()
    number, head = (last.number + 1, last.head) if last else (1, chain.START)
    body = chain.compact({"nr": number, "tid": chain.stamp(at), "typ": kind, **fields})
    head = chain.next_head(head, body)
    db.session.execute(
        sa.insert(AuditRecord).values(contest_id=contest_id, number=number, kind=kind, body=body, head=head)
    )
    return head


def has(contest_id: str, kind: str) -> bool:
    """Whether an act of this kind is on record."""
    return (
        db.session.scalar(
            sa.select(sa.literal(True)).where(AuditRecord.contest_id == contest_id, AuditRecord.kind == kind).limit(1)
        )
        is True
    )

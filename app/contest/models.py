"""Entries as they are kept. What one may do with them is decided in `entries`."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime, db


class Entry(Base):
    """One entry. The address and the code are erased when their time is up; the ticket stays."""

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("contest_id", "ticket"),
        sa.Index("ix_entry_contest_id_duplicate_key", "contest_id", "duplicate_key"),
        sa.Index("ix_entry_contest_id_id", "contest_id", "id"),
        sa.Index("ix_entry_contest_id_municipality", "contest_id", "municipality"),
        sa.Index("ix_entry_contest_id_received_at", "contest_id", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[str] = mapped_column(sa.String(60))
    ticket: Mapped[str] = mapped_column(sa.String(64))
    receipt_code: Mapped[str | None] = mapped_column(sa.String(26))
    email: Mapped[str | None] = mapped_column(sa.String(320), doc="canonical")
    duplicate_key: Mapped[str | None] = mapped_column(sa.String(320))
    answer: Mapped[str] = mapped_column(sa.String(400))
    municipality: Mapped[str] = mapped_column(sa.String(20))
    motivation: Mapped[str | None] = mapped_column(sa.String(1000))
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    struck: Mapped[str | None] = mapped_column(sa.String(40), doc="the reason, when the entry does not count")


def entry_of(contest_id: str, ticket: str) -> Entry | None:
    """The entry that a ticket stands for."""
    return db.session.scalar(sa.select(Entry).where(Entry.contest_id == contest_id, Entry.ticket == ticket))


class RulesVersion(Base):
    """The rules as they read from `in_force_at` on. Written once; triggers in the database hold that."""

    __tablename__ = "rules_version"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(sa.Text)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    in_force_at: Mapped[datetime] = mapped_column(UTCDateTime)

"""Terms as they were frozen, and entries as they are kept. What one may do with them is decided in `entries`."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime, db

_IS_STRUCK = sa.text("struck IS NOT NULL")


class FrozenTerms(Base):
    """The terms of a contest from its opening on. Written once; triggers in the database hold that."""

    __tablename__ = "contest_terms"
    __table_args__ = (
        # One contest an edition, whatever its id; rehearsals are any number.
        sa.Index(
            "uq_contest_terms_year",
            "year",
            unique=True,
            sqlite_where=sa.text("contest_id NOT LIKE 'ovning-%'"),
            postgresql_where=sa.text("contest_id NOT LIKE 'ovning-%'"),
        ),
    )

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    year: Mapped[int]
    hatch: Mapped[int]
    frozen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    definition: Mapped[str] = mapped_column(sa.Text, doc="JSON: the contest and the organisation")
    rules: Mapped[str] = mapped_column(sa.Text, doc="regler.txt")
    terms: Mapped[str] = mapped_column(sa.Text, doc="tavling.txt")
    salt: Mapped[str] = mapped_column(sa.String(32), doc="secret until the locking")
    chain_hash: Mapped[str] = mapped_column(sa.String(64))
    round: Mapped[int] = mapped_column(sa.BigInteger)


class ContestContact(Base):
    """Contact details of a contest, and the decision it is erased under. Personal data: may change."""

    __tablename__ = "contest_contact"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320))
    witnesses: Mapped[str] = mapped_column(sa.Text, doc="JSON: addresses that get the lock mail")
    erasure_decision: Mapped[str] = mapped_column(sa.String(1000))


class Entry(Base):
    """One entry. Address, code and number are erased when their time is up; the ticket stays."""

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("contest_id", "ticket"),
        sa.UniqueConstraint("contest_id", "email", "answer"),
        sa.UniqueConstraint("contest_id", "nr"),
        sa.UniqueConstraint("contest_id", "nonce"),
        sa.Index("ix_entry_contest_id_duplicate_key_nr", "contest_id", "duplicate_key", "nr"),
        sa.Index("ix_entry_contest_id_id", "contest_id", "id"),
        sa.Index("ix_entry_contest_id_municipality", "contest_id", "municipality"),
        sa.Index("ix_entry_contest_id_received_at", "contest_id", "received_at"),
        sa.Index(
            "ix_entry_contest_id_struck", "contest_id", "struck", sqlite_where=_IS_STRUCK, postgresql_where=_IS_STRUCK
        ),
        sa.Index("ix_entry_email", "email"),
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
    # Beside the ticket it ties the list to the log, so the erasure takes it.
    nr: Mapped[int | None] = mapped_column(doc="number of its record in the log")
    nonce: Mapped[str | None] = mapped_column(sa.String(40), doc="of the form that it was sent with")
    struck: Mapped[str | None] = mapped_column(sa.String(40), doc="the reason, when the entry does not count")
    stays: Mapped[str | None] = mapped_column(sa.String(64), doc="of a duplicate: the ticket that counts")
    language: Mapped[str | None] = mapped_column(sa.String(2), doc="of its mails, if it is not Swedish")
    blocked_at: Mapped[datetime | None] = mapped_column(UTCDateTime, doc="when its sender withdrew it")


def entry_of(contest_id: str, ticket: str) -> Entry | None:
    """Return the entry that a ticket stands for."""
    return db.session.scalar(sa.select(Entry).where(Entry.contest_id == contest_id, Entry.ticket == ticket))

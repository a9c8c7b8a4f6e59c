"""The record of a draw. Every row is written once; triggers in the database refuse to change or delete one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime


class Lock(Base):
    """The locked list: one per contest."""

    __tablename__ = "draw_lock"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    locked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    draw_at: Mapped[datetime] = mapped_column(UTCDateTime)
    chain_hash: Mapped[str] = mapped_column(sa.String(64))
    round: Mapped[int] = mapped_column(sa.BigInteger)
    prizes: Mapped[int]
    rules: Mapped[str] = mapped_column(sa.Text)
    proof: Mapped[str] = mapped_column(sa.Text)
    proof_sha256: Mapped[str] = mapped_column(sa.String(64))


class ListedTicket(Base):
    """One line of the locked list."""

    __tablename__ = "draw_ticket"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_lock.contest_id"), primary_key=True)
    ticket: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    counts: Mapped[bool]


class Drawn(Base):
    """The verified value and the seed: one per contest."""

    __tablename__ = "draw_value"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_lock.contest_id"), primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signature: Mapped[str] = mapped_column(sa.String(96))
    randomness: Mapped[str] = mapped_column(sa.String(64))
    entropy: Mapped[str] = mapped_column(sa.String(200))
    seed: Mapped[str] = mapped_column(sa.String(64))


class Rank(Base):
    """One place in the ranking; place 1 is first in line for a prize."""

    __tablename__ = "draw_rank"
    __table_args__ = (sa.UniqueConstraint("contest_id", "ticket"),)

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_value.contest_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ticket: Mapped[str] = mapped_column(sa.String(64))
    key: Mapped[str] = mapped_column(sa.String(64))


class Verdict(Base):
    """What became of a place in line: confirmed as winner, or passed over for one of the reasons in the rules."""

    __tablename__ = "draw_verdict"
    __table_args__ = (sa.ForeignKeyConstraint(["contest_id", "place"], ["draw_rank.contest_id", "draw_rank.place"]),)

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    skipped: Mapped[str | None] = mapped_column(sa.String(40), doc="the reason; None for a confirmed winner")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)

"""The record of a draw."""

# Every row but a winner's name is written once; triggers in the database see to it.

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime


class LockedList(Base):
    """The locked list: one per contest. `steps` tells how many steps later than in the terms its round is."""

    __tablename__ = "draw_list"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_terms.contest_id"), primary_key=True)
    locked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    steps: Mapped[int]
    round: Mapped[int] = mapped_column(sa.BigInteger)
    draw_at: Mapped[datetime] = mapped_column(UTCDateTime)
    counted: Mapped[int]
    struck: Mapped[int]
    list_sha256: Mapped[str] = mapped_column(sa.String(64))
    proof: Mapped[str] = mapped_column(sa.Text, doc="lasbevis.txt")
    proof_sha256: Mapped[str] = mapped_column(sa.String(64))


class ListedTicket(Base):
    """One line of the locked list."""

    __tablename__ = "draw_ticket"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_list.contest_id"), primary_key=True)
    ticket: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    counts: Mapped[bool]


class DrawnValue(Base):
    """The verified value and the seed: one per contest."""

    __tablename__ = "draw_value"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_list.contest_id"), primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(UTCDateTime)
    signature: Mapped[str] = mapped_column(sa.String(96))
    randomness: Mapped[str] = mapped_column(sa.String(64))
    seed: Mapped[str] = mapped_column(sa.String(64))


class Rank(Base):
    """One place in the ranking; place 1 is first in line for the first prize."""

    __tablename__ = "draw_rank"
    __table_args__ = (sa.UniqueConstraint("contest_id", "ticket"),)

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_value.contest_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ticket: Mapped[str] = mapped_column(sa.String(64))


class Letter(Base):
    """When the letter to a place left: the mail server took it, or `refused` it for good."""

    __tablename__ = "draw_letter"
    __table_args__ = (sa.ForeignKeyConstraint(["contest_id", "place"], ["draw_rank.contest_id", "draw_rank.place"]),)

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    left_at: Mapped[datetime] = mapped_column(UTCDateTime)
    refused: Mapped[bool]


class Verdict(Base):
    """What became of a place in line: confirmed as winner, or passed over for one of the reasons in the rules."""

    __tablename__ = "draw_verdict"
    __table_args__ = (sa.ForeignKeyConstraint(["contest_id", "place"], ["draw_rank.contest_id", "draw_rank.place"]),)

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    skipped: Mapped[str | None] = mapped_column(sa.String(40), doc="the reason; None for a confirmed winner")
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Cancellation(Base):
    """That a contest was cancelled, and why."""

    __tablename__ = "draw_cancellation"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_terms.contest_id"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(400))
    cancelled_at: Mapped[datetime] = mapped_column(UTCDateTime)


class WinnerName(Base):
    """A winner who agreed to be named. Not written once: the winner may change their mind."""

    __tablename__ = "draw_winner_name"
    __table_args__ = (
        sa.ForeignKeyConstraint(["contest_id", "place"], ["draw_verdict.contest_id", "draw_verdict.place"]),
    )

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_name: Mapped[str] = mapped_column(sa.String(60))
    municipality: Mapped[str] = mapped_column(sa.String(20))
    consented_on: Mapped[date]
    # The sentence that the winner said yes to; None for names from before it was kept.
    asked: Mapped[str | None] = mapped_column(sa.String(400))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Rehearsal(Base):
    """A rehearsal that was started, with a contest of its own."""

    __tablename__ = "draw_rehearsal"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("contest_terms.contest_id"), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)

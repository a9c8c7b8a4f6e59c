"""The record of a draw. Every row is written once, but for names and proposals; triggers in the database see to it."""

from datetime import date, datetime

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


class Anchor(Base):
    """A copy of the låsbevis' checksum outside the organiser's reach: who has it, since when, and where to ask."""

    __tablename__ = "draw_anchor"

    contest_id: Mapped[str] = mapped_column(sa.ForeignKey("draw_lock.contest_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(sa.String(200))
    sent_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reference: Mapped[str] = mapped_column(sa.String(200), doc="a diary number or the like")
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Contact(Base):
    """An attempt to reach the person at a place in line; never what was said, nor to which address."""

    __tablename__ = "draw_contact"
    __table_args__ = (sa.ForeignKeyConstraint(["contest_id", "place"], ["draw_rank.contest_id", "draw_rank.place"]),)

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tried_at: Mapped[datetime] = mapped_column(UTCDateTime)
    how: Mapped[str] = mapped_column(sa.String(20))
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by: Mapped[int] = mapped_column(doc="the number of the organiser's account")


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
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Proposal(Base):
    """An act that waits for a second organiser. Once decided on it is never changed."""

    __tablename__ = "draw_proposal"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    act: Mapped[str] = mapped_column(sa.String(20))
    payload: Mapped[str] = mapped_column(sa.Text, doc="JSON")
    proposed_by: Mapped[int] = mapped_column(doc="the number of the organiser's account")
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    outcome: Mapped[str | None] = mapped_column(sa.String(20))


class Rehearsal(Base):
    """A rehearsal that was started, with a contest of its own."""

    __tablename__ = "draw_rehearsal"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)

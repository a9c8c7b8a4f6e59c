"""The record of an erasure: what was erased, how much and when; nothing about anyone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime


class Erasure(Base):
    """One erasure of a contest's personal data. Written once; triggers in the database hold that."""

    __tablename__ = "erasure"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
    entries: Mapped[int]
    mails: Mapped[int]
    feedback: Mapped[int]


class ErasureNote(Base):
    """Under which decision a contest was erased and who ordered it, and whether its traces in files are gone."""

    # A person may be named here, so it is no part of what is written once.

    __tablename__ = "erasure_note"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    decision: Mapped[str] = mapped_column(sa.String(1000))
    ordered_by: Mapped[str] = mapped_column(sa.String(40))
    cleaned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

"""The record of an erasure: what was erased, how much, when and under which decision; nothing about anyone."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime


class Erasure(Base):
    """One erasure of a contest's personal data. Written once; triggers in the database hold that."""

    __tablename__ = "erasure"

    contest_id: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decision: Mapped[str] = mapped_column(sa.String(1000))
    ordered_by: Mapped[str] = mapped_column(sa.String(40))
    entries: Mapped[int]
    mails: Mapped[int]
    feedback: Mapped[int]

"""Mails that are to be sent."""

# A row names what the mail is about; its text and address are looked up when it goes.

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime

WAITING = "waiting"


class OutboxMail(Base):
    """One mail: `state` is waiting, sent, refused (by its receiver, for good) or dropped (nothing left to send).

    `ticket` is the entry that it is about, or "vittne:<n>" for a witness address. The unique key is what keeps a mail
    from being queued twice.
    """

    __tablename__ = "outbox_mail"
    __table_args__ = (
        sa.UniqueConstraint("contest_id", "kind", "ticket", "number"),
        sa.Index("ix_outbox_mail_state_priority_next_try_at", "state", "priority", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    contest_id: Mapped[str] = mapped_column(sa.String(60))
    ticket: Mapped[str] = mapped_column(sa.String(64))
    number: Mapped[int] = mapped_column(default=0)
    priority: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_try_at: Mapped[datetime] = mapped_column(UTCDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(sa.String(10), default=WAITING)
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    trouble: Mapped[str | None] = mapped_column(sa.String(100), doc="of the last try; never an address")

"""Who wants to be reminded and when, what organisers add to a day's reminder, and that the list was erased."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, UTCDateTime

# Stands before each address on disk: `flask reminder verify` finds what a file still has of the list by it.
MARK = "reminder:"


class MarkedAddress(sa.types.TypeDecorator[str]):
    """An e-mail address, kept with MARK before it."""

    impl = sa.String(300)
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        return value and MARK + value

    def process_result_value(self, value: str | None, _dialect: sa.Dialect) -> str | None:
        return value and value.removeprefix(MARK)


class Reminder(Base):
    """One request to be reminded; a subscription once it is confirmed, and gone once it has ended.

    `token` is the key in the links of its mails. `number` is that of the newest hatch that no mail is to go about
    any more: it is raised before a mail is sent, so no hatch is mailed twice. `refusals` counts the days in a row on
    which the receiver's server refused what was sent.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        sa.UniqueConstraint("email", "asked_on"),
        sa.Index("ix_reminder_number_hour", "number", "hour"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(43), unique=True)
    email: Mapped[str] = mapped_column(MarkedAddress)
    year: Mapped[int]
    hour: Mapped[int]
    weekdays_only: Mapped[bool]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_on: Mapped[date] = mapped_column(doc="in Sweden; an address gets one mail to confirm with a day")
    confirm_mail_at: Mapped[datetime | None] = mapped_column(
        UTCDateTime, doc="when the mail to confirm with was taken out"
    )
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    consent: Mapped[str | None] = mapped_column(sa.String(20), doc="the version of the text that was agreed to")
    number: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    refusals: Mapped[int] = mapped_column(default=0)


class ReminderGreeting(Base):
    """A line of the organisers' in the reminder of one day."""

    __tablename__ = "reminder_greeting"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(sa.String(200))


class ReminderErasure(Base):
    """The erasure of one edition's list: how many addresses, and when nothing of them was left in the files."""

    __tablename__ = "reminder_erasure"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    erased_at: Mapped[datetime] = mapped_column(UTCDateTime)
    addresses: Mapped[int]
    decision: Mapped[str] = mapped_column(sa.String(1000))
    cleaned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

"""The list: a request comes in, is confirmed, and ends. Each act is one transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.clock import SWEDEN
from app.contest.entries import duplicate_key
from app.database import begin_write, db
from app.reminders import files, rules
from app.reminders.models import Reminder, ReminderGreeting
from app.reminders.rules import Day

# Days in a row on which what is sent may be refused: at first it is more likely the sender that is wrong.
MOST_REFUSALS = 2
# How much of the list a night may take away for being refused.
LARGEST_SHARE = 0.05


def ask(email: str, year: int, hour: int, weekdays_only: bool, now: datetime) -> None:
    """Take a request in; one more for a mailbox that day changes the one that waits, and brings no second mail."""
    begin_write()
    today = now.astimezone(SWEDEN).date()
    # Few enough to look through: what + or the dots of Gmail make of one mailbox begins with the same letter.
    asked = sa.select(Reminder).where(Reminder.asked_on == today, Reminder.email.startswith(email[0], autoescape=True))
    same = (each for each in db.session.scalars(asked) if duplicate_key(each.email) == duplicate_key(email))
    known = next(same, None)
    if known is None:
        wish = {"email": email, "year": year, "hour": hour, "weekdays_only": weekdays_only}
        db.session.add(Reminder(**wish, token=secrets.token_urlsafe(32), asked_at=now, asked_on=today))
    elif known.confirmed_at is None:
        known.hour, known.weekdays_only = hour, weekdays_only
    db.session.commit()


def find(token: str, now: datetime) -> Reminder | None:
    """Return the request of a link, as long as it can be confirmed or is; None when there is none."""
    found = db.session.scalar(sa.select(Reminder).where(Reminder.token == token))
    if found and (found.confirmed_at or now < found.asked_at + rules.VALID_FOR):
        return found
    return None


def confirm(token: str, now: datetime) -> bool:
    """Make a request a subscription, in place of any other of that address; False when there is no request."""
    # An unknown key must not make those wait who write.
    if find(token, now) is None:
        return False
    db.session.rollback()
    begin_write()
    wish = find(token, now)
    if wish and wish.confirmed_at is None:
        others = (Reminder.email == wish.email, Reminder.id != wish.id)
        mailed = db.session.scalar(sa.select(sa.func.max(Reminder.number)).where(*others)) or 0
        db.session.execute(sa.delete(Reminder).where(*others))
        wish.confirmed_at, wish.consent = now, rules.CONSENT
        wish.number = max(mailed, rules.number_at_confirming(wish.year, wish.hour, now))
    db.session.commit()
    return wish is not None


def end(token: str) -> None:
    """End all that the address of a link has asked for; nothing when it has ended before."""
    email = db.session.scalar(sa.select(Reminder.email).where(Reminder.token == token))
    db.session.rollback()
    if email is None:
        return
    begin_write()
    ended = db.session.scalars(sa.delete(Reminder).where(Reminder.email == email).returning(Reminder.id)).all()
    db.session.commit()
    files.remove_files(ended)


def end_refused() -> None:
    """End what is refused again and again, unless so much is that the sender is more likely wrong."""
    begin_write()
    confirmed = Reminder.confirmed_at.is_not(None)
    count = sa.select(sa.func.count()).where(confirmed)
    refused, total = db.session.scalar(count.where(Reminder.refusals > 0)) or 0, db.session.scalar(count) or 0
    ended: Sequence[int] = []
    if refused <= max(1, total * LARGEST_SHARE):
        gone = sa.delete(Reminder).where(confirmed, Reminder.refusals >= MOST_REFUSALS)
        ended = db.session.scalars(gone.returning(Reminder.id)).all()
    db.session.commit()
    files.remove_files(ended)


def forget_unconfirmed(now: datetime) -> None:
    """Remove requests that can no longer be confirmed."""
    begin_write()
    late = (Reminder.confirmed_at.is_(None), Reminder.asked_at <= now - rules.VALID_FOR)
    db.session.execute(sa.delete(Reminder).where(*late))
    db.session.commit()


def is_wanted(day: Day) -> sa.ColumnElement[bool]:
    """Return the condition of subscriptions whose hour has come on a day, whether the mail has gone or not."""
    wanted = sa.and_(Reminder.confirmed_at.is_not(None), Reminder.hour <= day.hour)
    return wanted if day.is_weekday else sa.and_(wanted, Reminder.weekdays_only.is_(False))


@dataclass(frozen=True)
class HourCount:
    """The subscriptions of one hour: how many, and how many of them wait for today's mail."""

    hour: int
    count: int
    waiting: int


def count_by_hour(year: int, day: Day | None) -> list[HourCount]:
    """Return how many are to be reminded at each hour, and how far today's mails have come."""
    left = sa.and_(is_wanted(day), Reminder.number < day.number) if day else sa.false()
    waiting = sa.func.coalesce(sa.func.sum(sa.case((left, 1), else_=0)), 0)
    query = sa.select(Reminder.hour, sa.func.count(), waiting).where(
        Reminder.year == year, Reminder.confirmed_at.is_not(None)
    )
    rows = db.session.execute(query.group_by(Reminder.hour).order_by(Reminder.hour))
    return [HourCount(*row) for row in rows]


def count_refused(year: int) -> int:
    """Count the subscriptions whose last mail was refused."""
    counted = (Reminder.year == year, Reminder.confirmed_at.is_not(None), Reminder.refusals > 0)
    query = sa.select(sa.func.count()).where(*counted)
    return db.session.scalar(query) or 0


def greetings(year: int) -> dict[int, str]:
    """Return the organisers' lines by the number of the hatch."""
    rows = db.session.scalars(sa.select(ReminderGreeting).where(ReminderGreeting.year == year))
    return {row.number: row.text for row in rows}


def save_greetings(year: int, texts: Sequence[tuple[int, str]]) -> None:
    """Replace the lines of an edition; an empty one is none."""
    begin_write()
    db.session.execute(sa.delete(ReminderGreeting).where(ReminderGreeting.year == year))
    db.session.add_all(ReminderGreeting(year=year, number=number, text=text) for number, text in texts if text)
    db.session.commit()

"""The outbox: a mail is put in with what causes it, in one transaction, and stays until it has gone.

A mail is taken out for a while before it is sent, so that two processes never send it at once; whoever took it and
died has lost it when the while is over, and it is tried again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.database import db, write
from app.mail.models import WAITING, OutboxMail

TAKEN_FOR = timedelta(minutes=10)
_BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
"""How long to wait after each failed try; the last goes on, for a server can be down for days."""


@dataclass(frozen=True)
class Waiting:
    """How the outbox stands: mails that wait, since when, and those that their receivers refused."""

    count: int
    since: datetime | None
    refused: int


def put(kind: str, contest_id: str, ticket: str, now: datetime) -> None:
    """Puts a mail in, inside the caller's write() transaction."""
    row = {"kind": kind, "contest_id": contest_id, "ticket": ticket, "created_at": now, "next_try_at": now}
    db.session.execute(sa.insert(OutboxMail).values(row | {"tries": 0, "state": WAITING}))


def take(now: datetime, limit: int = 50) -> Sequence[OutboxMail]:
    """Takes out the mails whose time has come, the oldest first, each counted as a try."""
    write()
    due = db.session.scalars(
        sa.select(OutboxMail)
        .where(OutboxMail.state == WAITING, OutboxMail.next_try_at <= now)
        .order_by(OutboxMail.next_try_at, OutboxMail.id)
        .limit(limit)
    ).all()
    for mail in due:
        mail.tries += 1
        mail.next_try_at = now + TAKEN_FOR
    db.session.commit()
    return due


def settle(mail_id: int, state: str, now: datetime, trouble: str | None = None) -> None:
    """Notes that a mail was sent, refused or dropped: it is never tried again."""
    _note(mail_id, state=state, settled_at=now, trouble=trouble)


def postpone(mail_id: int, tries: int, now: datetime, trouble: str) -> None:
    """Puts a mail back, to be tried again later and later."""
    _note(mail_id, next_try_at=now + _BACKOFF[min(tries, len(_BACKOFF)) - 1], trouble=trouble)


def _note(mail_id: int, **values: object) -> None:
    write()
    db.session.execute(sa.update(OutboxMail).where(OutboxMail.id == mail_id).values(**values))
    db.session.commit()


def waiting() -> Waiting:
    """How the outbox stands, over all contests."""
    query = sa.select(sa.func.count(), sa.func.min(OutboxMail.created_at)).where(OutboxMail.state == WAITING)
    count, since = db.session.execute(query).one()
    refused = db.session.scalar(sa.select(sa.func.count()).where(OutboxMail.state == "refused"))
    return Waiting(count, since, refused or 0)

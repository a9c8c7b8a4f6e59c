"""The outbox: a mail is put in with what causes it, in one transaction, and stays until it has gone."""

# A mail is claimed for a while before it is sent, so that two processes never send it at once. When the while is over
# and the mail has not gone, its process has died, and it is tried again.

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa

from app.database import AnySelect, UTCDateTime, begin_write, db, rows_changed
from app.outbox.models import WAITING, OutboxMail

# Longer than one mail can take, with a server that uses all of its time for every word.
TAKEN_FOR = timedelta(minutes=10)
# How long to wait after each failed try; the last goes on, for a server can be down for days.
_BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
_TRIES_TO_NOTE = 3
# By kind, the lowest first: the checksum of the locked list must be there before the value.
PRIORITY = {
    "last": 0,
    "vinst": 1,
    "forbigangen": 1,
    "installd": 1,
    "struken": 1,
    "aterstalld": 1,
    "kvitto": 2,
}
_INSERT = sa.insert(cast("sa.Table", OutboxMail.__table__))


@dataclass(frozen=True)
class Waiting:
    """How the outbox stands: mails that wait, since when, and those that their receivers refused."""

    count: int
    since: datetime | None
    refused: int


def queue_mail(kind: str, contest_id: str, ticket: str, now: datetime, number: int = 0) -> None:
    """Put a mail in, inside the caller's begin_write() transaction; the same mail once more is none."""
    same = (OutboxMail.contest_id == contest_id, OutboxMail.kind == kind, OutboxMail.ticket == ticket)
    if db.session.scalar(sa.select(OutboxMail.id).where(*same, OutboxMail.number == number)) is None:
        queue_mails(kind, [(contest_id, ticket, number, now)])


def queue_mails(kind: str, mails: Iterable[tuple[str, str, int, datetime]]) -> None:
    """Put mails in, each a contest, a ticket, a number and an instant, inside the caller's transaction."""
    rows = [
        {"contest_id": contest_id, "ticket": ticket, "number": number, "created_at": at, "next_try_at": at}
        for contest_id, ticket, number, at in mails
    ]
    fields = {"kind": kind, "priority": PRIORITY[kind], "tries": 0, "state": WAITING}
    if rows:
        db.session.connection().execute(_INSERT, [row | fields for row in rows])


def queue_for(kind: str, tickets: AnySelect, now: datetime) -> None:
    """Put a mail in for each (contest, ticket) of a query, inside the caller's begin_write() transaction."""
    names = ["contest_id", "ticket", "kind", "number", "priority", "created_at", "next_try_at", "tries", "state"]
    moment = sa.literal(now, UTCDateTime)
    told: list[Any] = [sa.literal(kind), sa.literal(0), sa.literal(PRIORITY[kind]), moment, moment, sa.literal(0)]
    db.session.execute(sa.insert(OutboxMail).from_select(names, tickets.add_columns(*told, sa.literal(WAITING))))


def claim(now: datetime) -> OutboxMail | None:
    """Take out the most urgent mail that is due, counted as a try; None when there is none."""
    begin_write()
    due = sa.select(OutboxMail).where(OutboxMail.state == WAITING, OutboxMail.next_try_at <= now)
    mail = db.session.scalar(due.order_by(OutboxMail.priority, OutboxMail.next_try_at, OutboxMail.id).limit(1))
    if mail:
        mail.tries += 1
        mail.next_try_at = now + TAKEN_FOR
        db.session.flush()
        # Apart from the session: it stays as it was taken out, whatever becomes of the row.
        db.session.expunge(mail)
    db.session.commit()
    return mail


def drop_waiting(contest_id: str, ticket: str | None = None) -> None:
    """Drop the waiting mails of a contest, or those about one ticket, inside the caller's begin_write() transaction."""
    where = [OutboxMail.contest_id == contest_id, OutboxMail.state == WAITING]
    where += [OutboxMail.ticket == ticket] if ticket else []
    change = sa.update(OutboxMail).where(*where).values(state="dropped")
    db.session.execute(change, execution_options={"synchronize_session": False})


def mark_done(
    mail: OutboxMail,
    state: str,
    now: datetime,
    trouble: str | None = None,
    and_then: Callable[[], None] = lambda: None,
) -> None:
    """Note that a mail was sent, refused or dropped, and what follows from it: it is never tried again."""
    # Tries anew when the database is too busy, for what was sent and not noted would be sent once more.
    for left in reversed(range(_TRIES_TO_NOTE)):
        try:
            return _note(mail, and_then, state=state, settled_at=now, trouble=trouble)
        except sa.exc.OperationalError:
            db.session.rollback()
            if not left:
                raise
    return None


def reschedule(mail: OutboxMail, now: datetime, trouble: str) -> None:
    """Put a mail back, to be tried again later and later."""
    _note(mail, lambda: None, next_try_at=now + _BACKOFF[min(mail.tries, len(_BACKOFF)) - 1], trouble=trouble)


def _note(mail: OutboxMail, and_then: Callable[[], None], **values: object) -> None:
    """Write what became of this try, unless another process has taken the mail since or settled it."""
    begin_write()
    still_ours = (OutboxMail.id == mail.id, OutboxMail.tries == mail.tries, OutboxMail.state == WAITING)
    noted = db.session.execute(sa.update(OutboxMail).where(*still_ours).values(**values))
    if rows_changed(noted):
        and_then()
    db.session.commit()


def next_due() -> datetime | None:
    """Return when the next mail is to go; None when none waits."""
    return db.session.scalar(sa.select(sa.func.min(OutboxMail.next_try_at)).where(OutboxMail.state == WAITING))


def has_due(now: datetime) -> bool:
    """Check whether a mail is to go now."""
    due = sa.select(OutboxMail.id).where(OutboxMail.state == WAITING, OutboxMail.next_try_at <= now)
    return db.session.scalar(due.limit(1)) is not None


def count_waiting() -> Waiting:
    """Return how the outbox stands, over all contests."""
    query = sa.select(sa.func.count(), sa.func.min(OutboxMail.created_at)).where(OutboxMail.state == WAITING)
    count, since = db.session.execute(query).one()
    refused = db.session.scalar(sa.select(sa.func.count()).where(OutboxMail.state == "refused"))
    return Waiting(count, since, refused or 0)

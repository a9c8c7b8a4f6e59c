"""Taking an entry back: before the locking it is struck, after it the line stays and the place is passed over."""

from datetime import datetime

from app.audit import records
from app.contest import entries
from app.contest.models import entry_of
from app.contest.terms import FrozenContest
from app.database import db, write
from app.draw import winners
from app.draw.models import DrawnValue, LockedList
from app.mail import outbox
from app.spec.log import RecordKind, receipt_sum


def withdraw(contest: FrozenContest, ticket: str, now: datetime) -> bool | None:
    """Withdraw an entry and erase what it says about a person; return whether the list was locked.

    None when it is withdrawn already, or erased.
    """
    write()
    entry = entry_of(contest.id, ticket)
    if entry is None or entry.blocked_at or not entry.receipt_code:
        db.session.rollback()
        return None
    locked = db.session.get(LockedList, contest.id) is not None
    if not locked:
        entry.struck = entries.WITHDRAWN
    entry.blocked_at = now
    records.append(contest.id, RecordKind.WITHDRAWN, now, kvitto=receipt_sum(entry.receipt_code))
    entry.email = entry.receipt_code = entry.duplicate_key = entry.motivation = entry.nonce = entry.nr = None
    outbox.drop(contest.id, ticket)
    db.session.flush()
    if db.session.get(DrawnValue, contest.id):
        winners.advance(contest, now)
    db.session.commit()
    return locked

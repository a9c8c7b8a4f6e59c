"""Taking an entry in: one transaction, done before anyone is thanked."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.audit import records
from app.calendar.schema import Contest
from app.contest import entries
from app.contest.models import Entry
from app.database import BATCH, db, write
from app.mail import outbox


class ContestLocked(Exception):
    """The list is locked; the entry was not taken."""


@dataclass(frozen=True)
class Receipt:
    code: str
    ticket: str
    received_at: datetime


@dataclass(frozen=True)
class Answers:
    """What a person sent in, checked. `nonce` is the form's: the same form sent twice is one entry."""

    email: str
    answer: str
    municipality: str
    motivation: str | None
    nonce: str


def accept(contest: Contest, answers: Answers, secret: str, now: datetime) -> Receipt:
    """Stores the entry and returns its receipt once it is on disk. Raises ContestLocked.

    A repeated address is an entry of its own; which of them counts is settled at locking. The receipt's mail is put
    in the outbox with it.
    """
    chance = hmac.digest(secret.encode(), f"receipt/v1|{answers.nonce}|{answers.email}".encode(), "sha256")
    code = entries.receipt_code(chance)
    ticket = entries.ticket(contest.id, code, answers.email)
    write()
    if records.has(contest.id, "last"):
        db.session.rollback()
        raise ContestLocked(contest.id)
    known = db.session.scalar(
        sa.select(Entry.received_at).where(Entry.contest_id == contest.id, Entry.ticket == ticket)
    )
    if known is None:
        db.session.execute(sa.insert(Entry.__table__).values(_row(contest.id, code, ticket, answers, now)))  # type: ignore[arg-type]
        records.append(contest.id, "bidrag", now, lott=ticket)
        outbox.put("kvitto", contest.id, ticket, now)
    db.session.commit()
    return Receipt(code, ticket, known or now)


def _row(contest_id: str, code: str, ticket: str, answers: Answers, now: datetime) -> dict[str, object]:
    return {
        "contest_id": contest_id,
        "ticket": ticket,
        "receipt_code": code,
        "email": answers.email,
        "duplicate_key": entries.duplicate_key(answers.email),
        "answer": answers.answer,
        "municipality": answers.municipality,
        "motivation": answers.motivation,
        "received_at": now,
    }


def settle(contest: Contest, now: datetime) -> None:
    """Strikes duplicates and wrong answers, inside the caller's write() transaction: the last thing before locking.

    Gives what entries.settle gives, however many there are: the database finds them, the log is written in batches.
    """
    strikes = _strikes(contest)
    query = sa.select(strikes.c.ticket, strikes.c.reason).order_by(strikes.c.id)
    found = db.session.execute(query.execution_options(yield_per=BATCH))
    records.append_all(contest.id, records.STRUCK, now, ({"lott": ticket, "skal": reason} for ticket, reason in found))
    change = sa.update(Entry).where(Entry.id == strikes.c.id).values(struck=strikes.c.reason)
    db.session.execute(change, execution_options={"synchronize_session": False})


def _strikes(contest: Contest) -> sa.Subquery:
    """The entries to strike: id, ticket and reason."""
    person = sa.func.coalesce(Entry.duplicate_key, "")
    first = sa.func.min(Entry.id).over(partition_by=person).label("first")
    waiting = sa.select(Entry.id, Entry.ticket, Entry.answer, first)
    waiting = waiting.where(Entry.contest_id == contest.id, Entry.struck.is_(None))
    each = waiting.subquery("waiting")
    reason = sa.case((each.c.id > each.c.first, "dubblett"), else_="fel svar").label("reason")
    wrong = each.c.answer != contest.answer
    return (
        sa.select(each.c.id, each.c.ticket, reason).where(sa.or_(each.c.id > each.c.first, wrong)).subquery("strikes")
    )

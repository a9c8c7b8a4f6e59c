"""Taking an entry in: one transaction, done before anyone is thanked."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.audit import records
from app.calendar.schema import Contest
from app.contest import entries
from app.contest.models import Entry
from app.database import db, write
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
    """Strikes duplicates and wrong answers, inside the caller's write() transaction: the last thing before locking."""
    found = db.session.scalars(sa.select(Entry).where(Entry.contest_id == contest.id)).all()
    by_number = {entry.id: entry for entry in found}
    candidates = (entries.Candidate(e.id, e.duplicate_key or "", e.answer, e.struck) for e in found)
    for number, reason in entries.settle(candidates, contest.answer):
        by_number[number].struck = reason
        records.append(contest.id, "struken", now, lott=by_number[number].ticket, skal=reason)

"""Taking an entry in: one transaction, done before anyone is thanked."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app.audit import records
from app.calendar.schema import Contest
from app.contest import entries
from app.contest.answers import Answers
from app.contest.models import Entry
from app.contest.queue import BatchWriter
from app.database import db, write
from app.mail import outbox

MAX_BATCH = 64
# Errors that every entry in a transaction would meet by itself, too.
SHARED_ERRORS = (OperationalError, InterfaceError, NoConnection)
_TABLE: Any = Entry.__table__
_INSERT = sa.insert(_TABLE)
_KNOWN = sa.select(_TABLE.c.ticket, _TABLE.c.received_at).where(
    _TABLE.c.contest_id.in_(sa.bindparam("contests", expanding=True)),
    _TABLE.c.ticket.in_(sa.bindparam("tickets", expanding=True)),
)


class ContestLocked(Exception):
    """The list is locked; the entry was not taken."""


@dataclass(frozen=True)
class Receipt:
    code: str
    ticket: str
    received_at: datetime


@dataclass(frozen=True)
class PendingEntry:
    """An entry that waits to be stored; `row` is what the table is given."""

    contest_id: str
    ticket: str
    row: dict[str, Any]
    at: datetime


def receipt(contest: Contest, answers: Answers, secret: str, now: datetime) -> Receipt:
    """The receipt of an entry that is stored at `now`."""
    chance = hmac.digest(secret.encode(), f"receipt/v1|{answers.nonce}|{answers.email}".encode(), "sha256")
    code = entries.receipt_code(chance)
    return Receipt(code, entries.ticket(contest.id, code, answers.email), now)


def save_entry(contest: Contest, answers: Answers, secret: str, now: datetime) -> Receipt:
    """Save the entry and return its receipt, as it is on disk. Raises ContestLocked.

    A repeated address is an entry of its own; which of them counts is settled at locking. The receipt's mail is put
    in the outbox with it. Those who send at the same moment share a transaction, in the order they came.
    """
    expected = receipt(contest, answers, secret, now)
    # A connection held while waiting in line would be one too few for the others.
    db.session.rollback()
    writer: BatchWriter[PendingEntry, datetime | None] = current_app.extensions["entries"]
    received_at = writer.submit(pending_entry(contest, answers, expected))
    if received_at is None:
        raise ContestLocked("the list is locked")
    return replace(expected, received_at=received_at)


def init_app(app: Flask) -> None:
    app.extensions["entries"] = BatchWriter(partial(_save_in_context, app), SHARED_ERRORS, MAX_BATCH)


def _save_in_context(app: Flask, entries: Sequence[PendingEntry]) -> list[datetime | None]:
    """Save entries of several requests in a context that is none of theirs."""
    with app.app_context():
        return save_entries(entries)


def save_entries(sent: Sequence[PendingEntry]) -> list[datetime | None]:
    """Save entries in one transaction; return when each came first, None where locked."""
    try:
        write()
        locked = {contest_id for contest_id in {each.contest_id for each in sent} if records.has(contest_id, "last")}
        taken = [each for each in sent if each.contest_id not in locked]
        received = _received(taken)
        new: dict[str, PendingEntry] = {}
        for each in _in_time(taken):
            if each.ticket not in received:
                new.setdefault(each.ticket, each)
        _insert([*new.values()])
        db.session.commit()
    except Exception:
        db.session.rollback()
        raise
    received |= {ticket: each.at for ticket, each in new.items()}
    return [None if each.contest_id in locked else received[each.ticket] for each in sent]


def _in_time(sent: Sequence[PendingEntry]) -> Iterator[PendingEntry]:
    """As sent, but nobody came before those who are on record already, whatever the clocks of processes say.

    A day's public list is a beginning of the log: without this, whoever waited for a turn over midnight would take
    those who came after midnight into the list of the day before.
    """
    newest = {contest_id: records.newest(contest_id) for contest_id in {each.contest_id for each in sent}}
    for each in sent:
        at = newest[each.contest_id] = max(each.at, newest[each.contest_id] or each.at)
        yield replace(each, at=at, row=each.row | {"received_at": at})


def _received(sent: Sequence[PendingEntry]) -> dict[str, datetime]:
    """When those tickets were received that are stored already: the same form sent twice."""
    wanted = {"contests": [*{each.contest_id for each in sent}], "tickets": [each.ticket for each in sent]}
    return {row.ticket: row.received_at for row in db.session.connection().execute(_KNOWN, wanted)}


def _insert(sent: Sequence[PendingEntry]) -> None:
    """The entries with their records and mails, in order."""
    if not sent:
        return
    db.session.connection().execute(_INSERT, [each.row for each in sent])
    for contest_id in dict.fromkeys(each.contest_id for each in sent):
        acts = ((each.at, {"lott": each.ticket}) for each in sent if each.contest_id == contest_id)
        records.append_acts(contest_id, "bidrag", acts)
    outbox.put_all("kvitto", ((each.contest_id, each.ticket, each.at) for each in sent))


def pending_entry(contest: Contest, answers: Answers, sent: Receipt) -> PendingEntry:
    row = {
        "contest_id": contest.id,
        "ticket": sent.ticket,
        "receipt_code": sent.code,
        "email": answers.email,
        "duplicate_key": entries.duplicate_key(answers.email),
        "answer": answers.answer,
        "municipality": answers.municipality,
        "motivation": answers.motivation,
        "received_at": sent.received_at,
    }
    return PendingEntry(contest.id, sent.ticket, row, sent.received_at)

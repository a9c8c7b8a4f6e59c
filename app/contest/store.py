"""Taking an entry in: entry, record and mail in one transaction, done before anyone is thanked."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Literal, cast

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from app import audit
from app.clock import SWEDEN
from app.contest import entries
from app.contest.batch_writer import BatchWriter
from app.contest.forms import EntryInput
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import begin_write, db
from app.outbox import queue
from app.outbox.models import OutboxMail
from app.spec.log import RecordKind, receipt_sum

MAX_BATCH = 64
# To one address, over all contests and answers: the form must not be used to fill a mailbox.
RECEIPTS_A_DAY = 5
# Errors that every entry in a transaction would meet by itself, too.
SHARED_ERRORS = (OperationalError, InterfaceError, NoConnection)
_CLOSED = (RecordKind.LOCKED, RecordKind.CANCELLED, RecordKind.ERASED)
_TABLE = cast("sa.Table", Entry.__table__)
_MAIL = cast("sa.Table", OutboxMail.__table__)
Key = tuple[str, str, str]


def _among(column: Any, name: str) -> Any:
    # An expanding parameter is filled in when the statement runs, so it is compiled once for any number.
    return column.in_(sa.bindparam(name, expanding=True))


# Built once: to put a statement together takes longer than to carry it out.
# Of every contest: the limit on receipts is one for all.
_STORED = sa.select(_TABLE).where(
    _among(_TABLE.c.email, "emails") | (_among(_TABLE.c.contest_id, "contests") & _among(_TABLE.c.nonce, "nonces"))
)
# Apart from _STORED: PostgreSQL joins the two by reading every mail while it has no statistics.
_MAILED = sa.select(_MAIL.c.contest_id, _MAIL.c.ticket).where(
    _among(_MAIL.c.contest_id, "contests"),
    _MAIL.c.kind == "kvitto",
    _among(_MAIL.c.ticket, "tickets"),
    _MAIL.c.created_at >= sa.bindparam("midnight"),
)
_LAST_RECEIPTS = (
    sa.select(_MAIL.c.contest_id, _MAIL.c.ticket, sa.func.max(_MAIL.c.number))
    .where(_among(_MAIL.c.contest_id, "contests"), _MAIL.c.kind == "kvitto", _among(_MAIL.c.ticket, "tickets"))
    .group_by(_MAIL.c.contest_id, _MAIL.c.ticket)
)
_INSERT = sa.insert(_TABLE)


# The form answers these two with pages of their own, so they are no NotAllowed.
class NotReceived(Exception):
    """The contest takes no entries any more; this one was not taken."""


class FormUsed(Exception):
    """The form was sent before, with another address or answer."""


@dataclass(frozen=True)
class SavedEntry:
    """What is stored of an entry; code and ticket are for its sender's mailbox only."""

    code: str
    ticket: str
    received_at: datetime
    is_new: bool


@dataclass(frozen=True)
class PendingEntry:
    """An entry that waits to be stored; `chance` is CODE_CHANCE bytes of a CSPRNG."""

    contest: FrozenContest
    answers: EntryInput
    at: datetime
    chance: bytes

    @property
    def key(self) -> Key:
        """One entry is contest, address and answer."""
        return self.contest.id, self.answers.email, self.answers.answer


def save_entry(contest: FrozenContest, answers: EntryInput, now: datetime) -> SavedEntry:
    """Save the entry and return it as it is on disk. Raises NotReceived and FormUsed."""
    # Entries of the same moment share a transaction, in the order they came.
    # A connection held while waiting in line would be one too few for the others.
    db.session.remove()
    writer: BatchWriter[PendingEntry, SavedEntry | Exception] = current_app.extensions["entries"]
    saved = writer.submit(PendingEntry(contest, answers, now, secrets.token_bytes(entries.CODE_CHANCE)))
    if isinstance(saved, Exception):
        raise saved
    return saved


def init_app(app: Flask) -> None:
    app.extensions["entries"] = BatchWriter(partial(save_in_context, app), SHARED_ERRORS, MAX_BATCH)


def save_in_context(app: Flask, pending: Sequence[PendingEntry]) -> list[SavedEntry | Exception]:
    """Save entries of several requests in a context that is none of theirs."""
    with app.app_context():
        return save_entries(pending)


def save_entries(pending: Sequence[PendingEntry]) -> list[SavedEntry | Exception]:
    """Save entries in one transaction; return each as it is stored, or why it was not taken."""
    try:
        begin_write()
        saved = _Batch(pending).save()
        db.session.commit()
    except Exception:
        db.session.rollback()
        raise
    return saved


class _Batch:
    """Entries that share a transaction, decided on in their order."""

    def __init__(self, pending: Sequence[PendingEntry]) -> None:
        self.pending = pending
        self.contests = [*{one.contest.id for one in pending}]
        self.stored = self._stored()
        self.known = {
            (row.contest_id, row.email, row.answer): SavedEntry(row.receipt_code, row.ticket, row.received_at, False)
            for row in self.stored
        }
        # Whose entry each form became that is sent again.
        self.used = {(row.contest_id, row.nonce): (row.contest_id, row.email, row.answer) for row in self.stored}
        self.latest: dict[str, audit.Latest] = {}
        self.new: list[dict[str, Any]] = []
        self.mails: list[tuple[str, str, datetime]] = []

    def save(self) -> list[SavedEntry | Exception]:
        closed: dict[str, bool] = {}
        for id_ in self.contests:
            self.latest[id_], closed[id_] = audit.latest_and_has(id_, *_CLOSED)
        newest = {id_: latest.time for id_, latest in self.latest.items()}
        mailed = self._mailed_today()
        saved: list[SavedEntry | Exception] = []
        for one in self.pending:
            # The log's time never goes back, whatever the clocks of processes say.
            at = max(one.at, newest[one.contest.id] or one.at)
            if closed[one.contest.id] or at.replace(microsecond=0) > one.contest.closes:
                saved.append(NotReceived("the contest takes no entries"))
                continue
            if self.used.get((one.contest.id, one.answers.nonce), one.key) != one.key:
                saved.append(FormUsed("the form was sent before"))
                continue
            self.used[one.contest.id, one.answers.nonce] = one.key
            found = self.known.get(one.key)
            found = replace(found, is_new=False) if found else self._add(one, at)
            self.known[one.key] = found
            saved.append(found)
            # No mail of a rehearsal is ever sent.
            if not one.contest.is_rehearsal and mailed[one.answers.email] < RECEIPTS_A_DAY:
                mailed[one.answers.email] += 1
                self.mails.append((one.contest.id, found.ticket, one.at))
            newest[one.contest.id] = at
        self._insert()
        return saved

    def _add(self, one: PendingEntry, at: datetime) -> SavedEntry:
        code = entries.receipt_code(one.chance)
        email, answer = one.answers.email, one.answers.answer
        saved = SavedEntry(code, entries.make_ticket(one.contest.id, code, email, answer), at, is_new=True)
        self.new.append(
            {
                "contest_id": one.contest.id,
                "ticket": saved.ticket,
                "receipt_code": code,
                "email": email,
                "duplicate_key": entries.duplicate_key(email),
                "answer": answer,
                "municipality": one.answers.municipality,
                "motivation": one.answers.motivation,
                "nonce": one.answers.nonce,
                "language": one.answers.language,
                "received_at": at,
            }
        )
        return saved

    def _insert(self) -> None:
        """Write entries, records and mails, in order."""
        connection = db.session.connection()
        for contest_id in self.contests:
            rows = [row for row in self.new if row["contest_id"] == contest_id]
            facts = ((row["received_at"], {"kvitto": receipt_sum(row["receipt_code"])}) for row in rows)
            records = audit.append_records(contest_id, RecordKind.ENTERED, facts, self.latest[contest_id])
            for row, (number, _) in zip(rows, records, strict=True):
                row["nr"] = number
        if self.new:
            connection.execute(_INSERT, self.new)
        numbers = self._receipt_numbers()
        receipts = []
        for contest_id, ticket, at in self.mails:
            numbers[contest_id, ticket] = number = numbers.get((contest_id, ticket), 0) + 1
            receipts.append((contest_id, ticket, number, at))
        queue.queue_mails("kvitto", receipts)

    def _stored(self) -> Sequence[Any]:
        """Return the entries from these addresses and with these forms."""
        asked = {
            "emails": [*{one.answers.email for one in self.pending}],
            "contests": self.contests,
            "nonces": [*{one.answers.nonce for one in self.pending}],
        }
        return db.session.connection().execute(_STORED, asked).all()

    def _mailed_today(self) -> Counter[str]:
        """Count the receipts queued since midnight in Sweden, by address."""
        owners = {(row.contest_id, row.ticket): row.email for row in self.stored}
        if not owners:
            return Counter()
        midnight = max(one.at for one in self.pending).astimezone(SWEDEN).replace(hour=0, minute=0, second=0)
        asked = {
            "contests": [*{contest_id for contest_id, _ in owners}],
            "tickets": [ticket for _, ticket in owners],
            "midnight": midnight - timedelta(microseconds=midnight.microsecond),
        }
        rows = db.session.connection().execute(_MAILED, asked)
        return Counter(owners[row.contest_id, row.ticket] for row in rows)

    def _receipt_numbers(self) -> dict[tuple[str, str], int]:
        """Return the number of the last receipt mail of each entry that gets one more."""
        tickets = [*{ticket for _, ticket, _ in self.mails} - {row["ticket"] for row in self.new}]
        if not tickets:
            return {}
        asked = {"contests": self.contests, "tickets": tickets}
        return {
            (contest_id, ticket): number
            for contest_id, ticket, number in db.session.connection().execute(_LAST_RECEIPTS, asked)
        }


Kind = Literal["municipality", "answer", "struck"]


def count_by(kind: Kind, contest_id: str) -> dict[str, int]:
    """Count entries by code of municipality, answer, or reason of being struck."""
    return _counted(getattr(Entry, kind), contest_id)


def count_entries(contest_id: str) -> int:
    """Count all entries, struck ones too."""
    return db.session.scalar(sa.select(sa.func.count()).where(Entry.contest_id == contest_id)) or 0


def count_per_day(contest_id: str) -> dict[date, int]:
    """Count entries per Swedish day, the days in order."""
    found: Counter[date] = Counter()
    # Swedish days begin on an hour of UTC, in summer and in winter.
    for hour, count in _counted(_hour(), contest_id).items():
        found[datetime.fromisoformat(f"{hour}:00+00:00").astimezone(SWEDEN).date()] += count
    return dict(found)


def _counted(value: sa.SQLColumnExpression[Any], contest_id: str) -> dict[str, int]:
    query = sa.select(value, sa.func.count()).where(Entry.contest_id == contest_id, value.is_not(None))
    return {str(found): count for found, count in db.session.execute(query.group_by(value).order_by(value))}


def _hour() -> Any:
    """Return the hour of an entry in UTC, as "2026-12-10 08"."""
    if db.engine.dialect.name == "sqlite":
        return sa.func.substr(Entry.received_at, 1, 13, type_=sa.String)
    return sa.func.to_char(sa.func.timezone("UTC", Entry.received_at), "YYYY-MM-DD HH24", type_=sa.String)

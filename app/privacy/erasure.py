"""Erasing what is known of people when its time is up, so that no file keeps a trace, and a record that it was done.

The public record of the draw stays as it is: tickets without codes and addresses are nobody's.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.audit import records
from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.contest.models import Entry
from app.database import db, vacuum, write
from app.draw import winners
from app.draw.standing import standing
from app.feedback.models import Feedback
from app.mail import delivery
from app.mail.models import WAITING, OutboxMail
from app.privacy import retention
from app.privacy.models import Erasure
from app.web import limits

AUTHORITY = "myndighet"


class ErasureRefused(Exception):
    """Nothing was erased. The text is a Swedish sentence that says why and what to do."""


def due_at(contest: Contest, now: datetime) -> datetime:
    """When the contest's personal data is to be erased, as things stand at `now`."""
    found = standing(contest, now)
    finished = found.outcomes[-1].decided_at if found.state == "finished" and found.outcomes else None
    return retention.erase_at(contest, finished)


def erase_due(now: datetime) -> list[str]:
    """Erases what has had its time, in every edition, and returns Swedish sentences for the log."""
    limits.drop_old()
    told = []
    for edition in current_app.extensions["library"].editions.values():
        contest = edition.contest
        if contest is None or is_erased(contest.id) or due_at(contest, now) > now:
            continue
        try:
            told.append(in_words(erase(edition, contest, "nattlig gallring", now)))
        except ErasureRefused as refused:
            told.append(str(refused))
    return told


def is_erased(contest_id: str) -> bool:
    return db.session.get(Erasure, contest_id) is not None


def erase(edition: Edition, contest: Contest, ordered_by: str, now: datetime) -> Erasure:
    """Erases a contest's addresses, codes, motivations and mails, and old feedback. Raises ErasureRefused."""
    _refuse_before_its_time(edition, contest, now)
    write()
    if is_erased(contest.id):
        raise ErasureRefused("Uppgifterna är redan gallrade.")
    record = Erasure(
        contest_id=contest.id,
        erased_at=now,
        decision=edition.file.privacy.erasure_decision,
        ordered_by=ordered_by,
        entries=_emptied(contest),
        mails=len(_mail_files()),
        feedback=_erase_feedback(now - timedelta(days=contest.keep_days)),
    )
    winners.forget(contest.id)
    db.session.add(record)
    records.append(contest.id, "gallrad", now, antal=record.entries)
    for file in _mail_files():
        file.unlink(missing_ok=True)
    db.session.commit()
    vacuum()
    return record


def _refuse_before_its_time(edition: Edition, contest: Contest, now: datetime) -> None:
    privacy = edition.file.privacy
    if due_at(contest, now) > now:
        raise ErasureRefused("Tiden för gallring har inte kommit. Den räknas från att sista vinsten är utdelad.")
    if edition.file.organiser.kind == AUTHORITY and not privacy.erasure_decision:
        raise ErasureRefused(
            f"Uppgifterna i {contest.id} gallras inte: en myndighet behöver ett gallringsbeslut. Skriv beslutets "
            f"diarienummer i fältet erasure_decision under [privacy] i {edition.year}/edition.toml."
        )


def _emptied(contest: Contest) -> int:
    nothing = {"email": None, "receipt_code": None, "duplicate_key": None, "motivation": None}
    known = sa.or_(Entry.email.is_not(None), Entry.receipt_code.is_not(None), Entry.motivation.is_not(None))
    changed = db.session.execute(
        sa.update(Entry).where(Entry.contest_id == contest.id, known).values(nothing),
        execution_options={"synchronize_session": False},
    )
    mails = sa.update(OutboxMail).where(OutboxMail.contest_id == contest.id, OutboxMail.state == WAITING)
    db.session.execute(mails.values(state="dropped"), execution_options={"synchronize_session": False})
    return int(changed.rowcount)  # type: ignore[attr-defined]


def _erase_feedback(before: datetime) -> int:
    gone = db.session.execute(sa.delete(Feedback).where(Feedback.received_at < before))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _mail_files() -> list[Path]:
    with suppress(OSError):
        return list(delivery.folder().iterdir())
    return []


def in_words(record: Erasure) -> str:
    """The record of an erasure as one Swedish sentence."""
    return (
        f"Gallrat i {record.contest_id}: uppgifterna i {record.entries} bidrag, {record.mails} mejl i filer och "
        f"{record.feedback} synpunkter. Beslut: {record.decision or 'inget beslut behövs'}."
    )

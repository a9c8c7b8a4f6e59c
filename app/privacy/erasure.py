"""Erasing what is known of people when its time is up, so that no file keeps a trace, and a record that it was done.

The public record of the draw stays as it is: tickets without codes and addresses are nobody's.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from app.audit import records
from app.calendar.hatches import Edition
from app.calendar.schema import AUTHORITY, Contest
from app.contest.models import Entry
from app.database import db, vacuum, write
from app.draw import winners
from app.draw.standing import standing
from app.feedback.models import Feedback
from app.mail.models import WAITING, OutboxMail
from app.privacy import letters, retention, stranded
from app.privacy.models import Erasure
from app.web import limits

CLEANED = "rensad"
REMAINS = "Rester kan finnas kvar i databasens filer, för någon läste i dem. Kalendern försöker igen nästa natt."


class ErasureRefused(Exception):
    """Nothing was erased. The text is a Swedish sentence that says why and what to do."""


def due_at(contest: Contest, now: datetime) -> datetime:
    """When the contest's personal data is to be erased, as things stand at `now`."""
    found = standing(contest, now)
    finished = found.outcomes[-1].decided_at if found.state == "finished" and found.outcomes else None
    return retention.erase_at(contest, finished)


def sweep() -> None:
    """Remove counts and mails in files of this machine that have had their time."""
    limits.drop_old()
    letters.sweep()


def erase_due(now: datetime) -> list[str]:
    """Erases what has had its time, in every edition, and returns Swedish sentences for the log."""
    editions = current_app.extensions["library"].editions.values()
    told = [stranded.in_words(contest_id) for contest_id in stranded.stranded(editions)]
    for edition in editions:
        if contest := edition.contest:
            told += _erased(edition, contest, now)
    return told


def _erased(edition: Edition, contest: Contest, now: datetime) -> list[str]:
    """One edition's part of the night: what is due, and what an earlier night could not finish."""
    if is_erased(contest.id):
        return [*_later_feedback(contest, now), *([] if is_cleaned(contest.id) else [_cleaning_told(contest.id, now)])]
    if due_at(contest, now) > now:
        return []
    try:
        return [in_words(erase(edition, contest, "nattlig gallring", now))]
    except ErasureRefused as refused:
        return [str(refused)]


def _later_feedback(contest: Contest, now: datetime) -> list[str]:
    """What people have written since the erasure goes when it is as old as the entries were."""
    write()
    gone = _erase_feedback(now - timedelta(days=contest.keep_days))
    db.session.commit()
    return [f"Gallrad återkoppling, äldre än {contest.keep_days} dagar: {gone}."] if gone else []


def _cleaning_told(contest_id: str, now: datetime) -> str:
    done = "Klart: inga rester finns kvar." if _cleaned(contest_id, now) else REMAINS
    return f"Rester efter gallringen i {contest_id}. {done}"


def is_erased(contest_id: str) -> bool:
    return db.session.get(Erasure, contest_id) is not None


def is_cleaned(contest_id: str) -> bool:
    """Whether the files are known to hold nothing of what was erased."""
    return records.has(contest_id, CLEANED)


def erase(edition: Edition, contest: Contest, ordered_by: str, now: datetime) -> Erasure:
    """Erases a contest's addresses, codes, motivations and mails, and old feedback. Raises ErasureRefused."""
    _refuse_before_its_time(edition, contest, now)
    write()
    if is_erased(contest.id):
        db.session.rollback()
        raise ErasureRefused("Uppgifterna är redan gallrade.")
    entries = _emptied(contest)
    record = Erasure(
        contest_id=contest.id,
        erased_at=now,
        decision=edition.file.privacy.erasure_decision,
        ordered_by=ordered_by,
        entries=entries,
        mails=len(letters.orphaned()),
        feedback=_erase_feedback(now - timedelta(days=contest.keep_days)),
    )
    winners.forget(contest.id)
    db.session.add(record)
    records.append(contest.id, records.ERASED, now, antal=entries)
    db.session.commit()
    _cleaned(contest.id, now)
    return db.session.get_one(Erasure, contest.id)


def _cleaned(contest_id: str, now: datetime) -> bool:
    """Removes the files and old pages that still hold what was erased, and notes it once nothing is left.

    Whoever was interrupted before the note, or found the database in use, does it again the next night.
    """
    try:
        letters.sweep()
    except OSError:
        return False
    if not vacuum():
        return False
    write()
    if not is_cleaned(contest_id):
        records.append(contest_id, CLEANED, now)
    db.session.commit()
    return True


def lacks_decision(edition: Edition) -> bool:
    """Whether the organiser is an authority that has not said under which decision it erases."""
    return edition.file.organiser.kind == AUTHORITY and not edition.file.privacy.erasure_decision


def waits_for_decision(edition: Edition, now: datetime) -> bool:
    """Whether the time for erasing has come and only the decision is missing."""
    contest = edition.contest
    if contest is None or not lacks_decision(edition) or is_erased(contest.id):
        return False
    return due_at(contest, now) <= now


def _refuse_before_its_time(edition: Edition, contest: Contest, now: datetime) -> None:
    if due_at(contest, now) > now:
        raise ErasureRefused("Tiden för gallring har inte kommit. Den räknas från att sista vinsten är utdelad.")
    if lacks_decision(edition):
        raise ErasureRefused(
            f"Uppgifterna i {contest.id} gallras inte: en myndighet behöver ett gallringsbeslut. Skriv beslutets "
            "diarienummer i redigeraren under Arrangör och personuppgifter, eller i fältet erasure_decision under "
            f"[privacy] i {edition.year}/edition.toml."
        )


def _emptied(contest: Contest) -> int:
    nothing = {"email": None, "receipt_code": None, "duplicate_key": None, "motivation": None}
    known = sa.or_(*(getattr(Entry, name).is_not(None) for name in nothing))
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


def in_words(record: Erasure) -> str:
    """The record of an erasure as one Swedish sentence."""
    told = (
        f"Gallrat i {record.contest_id}: uppgifterna i {record.entries} bidrag, {record.mails} mejl i filer, "
        f"{record.feedback} meddelanden från sidan Tillgänglighet. Beslut: {record.decision or 'inget beslut behövs'}."
    )
    return told if is_cleaned(record.contest_id) else f"{told} {REMAINS}"

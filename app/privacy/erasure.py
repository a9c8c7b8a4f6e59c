"""Erasing what is known of people when its time is up, so that no file keeps a trace, and a record that it was done."""

# The public record of the draw stays as it is: tickets without codes and addresses are no one's.

from datetime import datetime, timedelta

import sqlalchemy as sa

from app import audit
from app.calendar.edition import AUTHORITY, Contest
from app.contest import terms
from app.contest.models import ContestContact, Entry
from app.contest.terms import FrozenContest
from app.database import begin_write, db, rows_changed, vacuum
from app.draw import status, winners
from app.errors import NotAllowed
from app.feedback import Feedback
from app.outbox import queue
from app.privacy import mail_files
from app.privacy.models import Erasure, ErasureNote
from app.spec.log import RecordKind
from app.web import rate_limit

# From a contest's closing, when its list is never locked: nothing is kept for ever.
LONGEST = timedelta(days=365)


def erase_at(contest: Contest, ended_at: datetime | None, is_locked: bool) -> datetime | None:
    """Return when the entries' addresses and codes go: so many days after the contest ended; None while it goes on."""
    # A contest whose list was never locked ends a year after its closing.
    if ended_at:
        return ended_at + timedelta(days=contest.keep_days)
    return None if is_locked else contest.closes + LONGEST


def days_left(erase_at: datetime, now: datetime) -> int:
    """Whole days until `erase_at`, 0 when it has come."""
    return max(0, -(-(erase_at - now) // timedelta(days=1)))


REMAINS = "Rester kan finnas kvar i databasens filer, för någon läste i dem. Kalendern försöker igen nästa natt."


def due_at(contest: FrozenContest, now: datetime) -> datetime | None:
    """Return when the contest's personal data is to be erased, as things stand; None while it goes on."""
    found = status.contest_status(contest, now)
    ended = None
    if found.cancelled:
        ended = found.cancelled.cancelled_at
    elif found.state == "finished" and found.drawn:
        ended = max((outcome.decided_at for outcome in found.outcomes), default=found.drawn.drawn_at)
    return erase_at(contest, ended, found.lock is not None)


def sweep_feedback() -> None:
    """Remove counts and mails in files of this machine that have had their time."""
    rate_limit.purge_expired()
    mail_files.sweep_files()


def erase_due(now: datetime) -> list[str]:
    """Erase what has had its time, in every contest, and return Swedish sentences for the log."""
    return [sentence for contest in terms.all_frozen() for sentence in erase_one(contest, now)]


def erase_one(contest: FrozenContest, now: datetime) -> list[str]:
    """Return one contest's part of the night: what is due, and what an earlier night could not finish."""
    if is_erased(contest.id):
        told = erase_later_feedback(contest, now)
        if not is_cleaned(contest.id):
            done = "Klart: inga rester finns kvar." if clean_contest(contest.id, now) else REMAINS
            told.append(f"Rester efter gallringen i {contest.id}. {done}")
        return told
    due = due_at(contest, now)
    if due is None or due > now:
        return []
    try:
        return [describe_erasure(erase_contest(contest, "nattlig gallring", now))]
    except NotAllowed as refused:
        return [str(refused)]


def erase_later_feedback(contest: FrozenContest, now: datetime) -> list[str]:
    """Erase feedback that has come since, when it is as old as the entries were."""
    begin_write()
    gone = erase_feedback(now - timedelta(days=contest.keep_days))
    db.session.commit()
    return [f"Gallrad återkoppling, äldre än {contest.keep_days} dagar: {gone}."] if gone else []


def is_erased(contest_id: str) -> bool:
    return db.session.get(Erasure, contest_id) is not None


def is_cleaned(contest_id: str) -> bool:
    """Check whether the files are known to hold nothing of what was erased."""
    note = note_of(contest_id)
    return note is not None and note.cleaned_at is not None


def note_of(contest_id: str) -> ErasureNote | None:
    """Return under which decision a contest was erased, and who ordered it."""
    return db.session.get(ErasureNote, contest_id)


def erase_contest(contest: FrozenContest, ordered_by: str, now: datetime) -> Erasure:
    """Erase a contest's addresses, codes, motivations and mails, and old feedback. Raises NotAllowed."""
    refuse_before_its_time(contest, now)
    # Looked at again within the transaction: two processes may have come to it in the same night.
    begin_write()
    if is_erased(contest.id):
        db.session.rollback()
        raise NotAllowed("Uppgifterna är redan gallrade.")
    contact = terms.contact_of(contest.id)
    decision = contact.erasure_decision if contact else ""
    db.session.add(
        Erasure(
            contest_id=contest.id,
            erased_at=now,
            entries=empty_contest(contest.id),
            mails=len(mail_files.orphaned_files()),
            feedback=erase_feedback(now - timedelta(days=contest.keep_days)),
        )
    )
    db.session.merge(ErasureNote(contest_id=contest.id, decision=decision, ordered_by=ordered_by, cleaned_at=None))
    winners.forget_names(contest.id)
    db.session.execute(sa.delete(ContestContact).where(ContestContact.contest_id == contest.id))
    audit.append_record(contest.id, RecordKind.ERASED, now)
    db.session.commit()
    status.publish_state()
    clean_contest(contest.id, now)
    return db.session.get_one(Erasure, contest.id)


def clean_contest(contest_id: str, now: datetime) -> bool:
    """Remove the files and old pages that still hold what was erased, and note it once nothing is left."""
    # An attempt that was interrupted before the note, or found the database in use, is made again the next night.
    try:
        mail_files.sweep_files()
    except OSError:
        return False
    # A row that is deleted stays in the file and in the log beside it until both are rewritten.
    if not vacuum():
        return False
    begin_write()
    db.session.execute(sa.update(ErasureNote).where(ErasureNote.contest_id == contest_id).values(cleaned_at=now))
    db.session.commit()
    return True


def lacks_decision(contest: FrozenContest) -> bool:
    """Check whether the organiser is an authority that has not said under which decision it erases."""
    # An authority destroys public records only under a decision on it (arkivlagen).
    contact = terms.contact_of(contest.id)
    return contest.organisation.kind == AUTHORITY and not (contact and contact.erasure_decision)


def waits_for_decision(contest: FrozenContest, now: datetime) -> bool:
    """Check whether the time for erasing has come and only the decision is missing."""
    if not lacks_decision(contest) or is_erased(contest.id):
        return False
    due = due_at(contest, now)
    return due is not None and due <= now


def refuse_before_its_time(contest: FrozenContest, now: datetime) -> None:
    if is_erased(contest.id):
        raise NotAllowed("Uppgifterna är redan gallrade.")
    due = due_at(contest, now)
    if due is None or due > now:
        raise NotAllowed("Tiden för gallring har inte kommit. Den räknas från att sista vinsten är utdelad.")
    if lacks_decision(contest):
        raise NotAllowed(
            f"Uppgifterna i {contest.id} gallras inte: en myndighet behöver ett gallringsbeslut. Skriv beslutets "
            "diarienummer i redigeraren under Arrangör och personuppgifter, eller i fältet erasure_decision under "
            f"[privacy] i {contest.year}/edition.toml."
        )


def empty_contest(contest_id: str) -> int:
    # Code, address and answer make the ticket: once the first two are gone, no one can tell whose it is.
    nothing = dict.fromkeys(("email", "receipt_code", "duplicate_key", "motivation", "nonce", "nr", "language"))
    known = sa.or_(*(getattr(Entry, name).is_not(None) for name in nothing))
    changed = db.session.execute(
        sa.update(Entry).where(Entry.contest_id == contest_id, known).values(nothing),
        execution_options={"synchronize_session": False},
    )
    queue.drop_waiting(contest_id)
    return rows_changed(changed)


def erase_feedback(before: datetime) -> int:
    gone = db.session.execute(sa.delete(Feedback).where(Feedback.received_at < before))
    return rows_changed(gone)


def describe_erasure(record: Erasure) -> str:
    """Return the record of an erasure as one Swedish sentence."""
    note = note_of(record.contest_id)
    decision = note.decision if note else ""
    told = (
        f"Gallrat i {record.contest_id}: uppgifterna i {record.entries} svar, {record.mails} mejl i filer, "
        f"{record.feedback} meddelanden från sidan Tillgänglighet. Beslut: {decision or 'inget beslut behövs'}."
    )
    return told if is_cleaned(record.contest_id) else f"{told} {REMAINS}"

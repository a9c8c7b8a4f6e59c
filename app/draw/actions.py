"""The actions before the value: strike and restore entries, lock the list, cancel."""

# Each is one transaction.

# Each raises NotAllowed with a Swedish sentence and changes nothing when its time has not come or has passed.

import json
import unicodedata
from datetime import datetime

import sqlalchemy as sa

from app import audit
from app.contest import entries, terms
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import begin_write, db
from app.draw import files as draw_files
from app.draw import status
from app.draw.models import Cancellation, DrawnValue, LockedList
from app.errors import NotAllowed
from app.outbox import queue
from app.spec import beacon, files
from app.spec.lines import checksum, format_time
from app.spec.log import RecordKind, receipt_sum
from app.text import clean, swedish

SHORTEST_REASON, LONGEST_REASON = 10, 400
TOO_LATE = "Listan kunde inte låsas i tid: slumptalet hade flyttats mer än fyra veckor."


def strike_entry(contest: FrozenContest, entry_id: int, reason: str, now: datetime) -> None:
    """Strike one entry by hand, and tell its participant."""
    if reason not in entries.STRIKE_REASONS:
        raise NotAllowed("Välj ett av skälen i listan.")
    if now >= status.strikes_until(contest):
        raise NotAllowed(f"Tävlingssvar kunde strykas till {swedish(status.strikes_until(contest))}.")
    entry = require_unlocked_entry(contest, entry_id)
    if entry.struck:
        raise NotAllowed(f"Svaret är redan struket: {entry.struck}.")
    entry.struck = reason
    queue_notice(contest, entry, RecordKind.STRUCK, now)


def restore_entry(contest: FrozenContest, entry_id: int, now: datetime) -> None:
    """Take back the strike of one entry, and tell its participant."""
    entry = require_unlocked_entry(contest, entry_id)
    if entry.email is None or not entry.struck:
        raise NotAllowed("Svaret är inte struket, eller så har den som skickade det själv tagit tillbaka det.")
    entry.struck = None
    queue_notice(contest, entry, RecordKind.RESTORED, now)


def require_unlocked_entry(contest: FrozenContest, entry_id: int) -> Entry:
    """Return an entry whose fate may still be changed, in the transaction that changes it."""
    begin_write()
    require_unsettled(contest)
    entry = db.session.get(Entry, entry_id)
    if entry is None or entry.contest_id != contest.id or entry.receipt_code is None:
        raise NotAllowed("Svaret finns inte, eller så är det tillbakataget.")
    return entry


def queue_notice(contest: FrozenContest, entry: Entry, kind: RecordKind, now: datetime) -> None:
    """Record what was done to an entry and mail it."""
    number, _ = audit.append_record(contest.id, kind, now, kvitto=receipt_sum(entry.receipt_code or ""))
    if not contest.is_rehearsal:
        queue.queue_mail(str(kind), contest.id, entry.ticket, now, number)
    db.session.commit()


def lock_list(contest: FrozenContest, now: datetime, newest_shown: int = 0) -> LockedList | None:
    """Settle, write list and låsbevis, and queue the lock mails; None when it was too late for every round."""
    # `newest_shown` is the newest round that a relay shows: a lock is late for what is known.
    if contest.phase(now) != "closed" or now < status.lock_due(contest):
        raise NotAllowed(f"Listan låses {swedish(status.lock_due(contest))}, inte tidigare.")
    require_unsettled(contest)
    number = beacon.choose_round(contest.chain, contest.round, now, newest_shown)
    if number is None:
        cancel_contest(contest, TOO_LATE, now, by_program=True)
        return None
    begin_write()
    require_unsettled(contest)
    draw_files.settle_list(contest)
    latest = audit.latest_record(contest.id)
    digest = checksum(files.list_lines(contest.id, draw_files.entered_tickets(contest.id)))
    counted, struck = count_tickets(contest.id)
    proof = files.Proof(
        tavling=contest.id,
        tavling_sha256=contest.terms_sha256,
        last=format_time(now),
        logg=f"{latest.number} {latest.head}",
        antal_med=counted,
        antal_strukna=struck,
        lista_sha256=digest,
        svar=contest.answer,
        salt=contest.salt,
        runda=number,
        tidpunkt=format_time(beacon.time_of(contest.chain, number)),
    )
    lock = store_lock(contest, proof, now)
    draw_files.write_lines(contest.id)
    audit.append_record(contest.id, RecordKind.LOCKED, now, lasbevis=lock.proof_sha256)
    queue_lock_mails(contest, now)
    db.session.commit()
    status.publish_state()
    return lock


def count_tickets(contest_id: str) -> tuple[int, int]:
    """Return how many tickets count and do not, as entries stand now."""
    query = sa.select(sa.func.count(), sa.func.count(Entry.struck)).where(Entry.contest_id == contest_id)
    total, struck = db.session.execute(query).one()
    return total - struck, struck


def store_lock(contest: FrozenContest, proof: files.Proof, now: datetime) -> LockedList:
    text = files.proof_text(proof)
    lock = LockedList(
        contest_id=contest.id,
        locked_at=now.replace(microsecond=0),
        steps=beacon.steps_between(contest.chain, contest.round, proof.runda) or 0,
        round=proof.runda,
        draw_at=beacon.time_of(contest.chain, proof.runda),
        counted=proof.antal_med,
        struck=proof.antal_strukna,
        list_sha256=proof.lista_sha256,
        proof=text,
        proof_sha256=checksum([text]),
    )
    db.session.add(lock)
    db.session.flush()
    return lock


def queue_for_all(contest: FrozenContest, kind: str, now: datetime) -> None:
    """Queue a mail to every participant."""
    reached = sa.select(Entry.contest_id, Entry.ticket).where(Entry.contest_id == contest.id, Entry.email.is_not(None))
    queue.queue_for(kind, reached.order_by(Entry.id), now)


def queue_lock_mails(contest: FrozenContest, now: datetime) -> None:
    """Queue one to every participant and to each witness address."""
    if contest.is_rehearsal:
        return
    queue_for_all(contest, "last", now)
    contact = terms.contact_of(contest.id)
    witnesses = json.loads(contact.witnesses) if contact else []
    queue.queue_mails("last", [(contest.id, f"vittne:{number}", 0, now) for number in range(len(witnesses))])


def cancel_contest(
    contest: FrozenContest, reason: str, now: datetime, by_program: bool = False, newest_shown: int = 0
) -> None:
    """Cancel a contest whose value does not exist yet, for good, and tell its participants."""
    reason = " ".join(unicodedata.normalize("NFC", clean(reason)).split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise NotAllowed(f"Skriv varför, med {SHORTEST_REASON} till {LONGEST_REASON} tecken. Alla ser det.")
    begin_write()
    lock = db.session.get(LockedList, contest.id)
    if db.session.get(Cancellation, contest.id):
        raise NotAllowed("Tävlingen är redan inställd.")
    if db.session.get(DrawnValue, contest.id):
        raise NotAllowed("Dragningen är gjord. Då kan tävlingen inte ställas in.")
    comes, number = (lock.draw_at, lock.round) if lock else (contest.round_at, contest.round)
    if not by_program and (now >= comes or newest_shown >= number):
        raise NotAllowed("Slumptalet finns redan. Då kan tävlingen inte ställas in.")
    db.session.add(Cancellation(contest_id=contest.id, reason=reason, cancelled_at=now))
    audit.append_record(contest.id, RecordKind.CANCELLED, now, skal=reason)
    if not contest.is_rehearsal:
        queue_for_all(contest, "installd", now)
    db.session.commit()
    status.publish_state()


def require_unsettled(contest: FrozenContest) -> None:
    """Raise NotAllowed when the list is locked or the contest cancelled, or when its entries are erased."""
    if db.session.get(LockedList, contest.id):
        raise NotAllowed("Listan är redan låst och kan inte ändras.")
    if db.session.get(Cancellation, contest.id):
        raise NotAllowed("Tävlingen är inställd.")
    # Without addresses no duplicates are found and no winner is reached.
    if audit.has_record(contest.id, RecordKind.ERASED):
        raise NotAllowed("Uppgifterna om deltagarna är gallrade, så listan kan inte låsas eller ändras längre.")

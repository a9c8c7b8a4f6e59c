"""Sends what waits in the outbox: composes each mail when it goes, from what is in the database then."""

import json
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event

from flask import current_app

from app import audit, clock
from app.contest import terms
from app.contest.models import ContestContact, Entry, entry_of
from app.contest.terms import FrozenContest
from app.contest.words import words_of_frozen
from app.database import db
from app.draw import mails, status, winners
from app.draw.models import Cancellation, LockedList
from app.languages import foreign, speaking
from app.outbox import messages, queue
from app.outbox.messages import Letter
from app.outbox.models import OutboxMail
from app.outbox.transport import (
    NotFromUs,
    PermanentFailure,
    Send,
    TemporaryFailure,
    TransportDown,
    mail_server,
    open_transport,
)

# The list of another contest must not wait for a long outbox.
LONGEST_ROUND = timedelta(seconds=50)
# How long the one who runs the mail server has to mend what keeps our mails out.
TIME_TO_MEND = timedelta(days=3)
WITNESS = "vittne:"


def folder() -> Path:
    """Return where mails lie when there is no server to send them."""
    return Path(current_app.instance_path) / "mail"


def send_due(ending: Event | None = None) -> int:
    """Send the mails that are due, one at a time until `ending` is set or the round is over; return how many went."""
    sent, end = 0, clock.now() + LONGEST_ROUND
    with open_transport(mail_server(), folder(), messages.helo_name(current_app.config["PUBLIC_URL"])) as send:
        while not (ending and ending.is_set()) and clock.now() < end and (mail := queue.claim(clock.now())):
            try:
                state = deliver_mail(mail, send)
            except PermanentFailure as trouble:
                _settle(mail, "refused", str(trouble))
            except TemporaryFailure as trouble:
                if isinstance(trouble, NotFromUs) and clock.now() - mail.created_at > TIME_TO_MEND:
                    _settle(mail, "refused", str(trouble))
                    continue
                queue.reschedule(mail, clock.now(), str(trouble))
                if isinstance(trouble, TransportDown):
                    break
            else:
                _settle(mail, state)
                sent += state == "sent"
    return sent


def _settle(mail: OutboxMail, state: str, trouble: str | None = None) -> None:
    """Mark a mail and, if it is a winner's letter that left, note that in the same transaction."""
    now = clock.now()

    def note_letter() -> None:
        if mail.kind == "vinst" and state != "dropped":
            winners.note_letter(mail.contest_id, mail.number, now, refused=state == "refused")

    queue.mark_done(mail, state, now, trouble, note_letter)


def deliver_mail(mail: OutboxMail, send: Send) -> str:
    composed = compose_mail(mail)
    # Ends what the reading began: while a server takes its time, no one waits for the database.
    db.session.rollback()
    if composed is None:
        return "dropped"
    send(composed)
    return "sent"


def sender(contest: FrozenContest, contact: ContestContact) -> messages.Sender:
    """Return who the contest's mails come from."""
    address = current_app.config["MAIL_FROM"] or contact.email
    return messages.Sender(contest.edition_title, address, contact.email, current_app.config["PUBLIC_URL"])


def compose_mail(mail: OutboxMail) -> EmailMessage | None:
    """Return the mail as it goes now; None when its entry, or the address in it, is gone. Raises PermanentFailure."""
    contest, contact = terms.frozen_contest(mail.contest_id), terms.contact_of(mail.contest_id)
    if contest is None or contact is None:
        return None
    entry, recipient = None, ""
    if mail.ticket.startswith(WITNESS):
        witnesses = json.loads(contact.witnesses)
        number = int(mail.ticket.removeprefix(WITNESS))
        recipient = witnesses[number] if number < len(witnesses) else ""
    elif entry := entry_of(mail.contest_id, mail.ticket):
        recipient = entry.email or ""
    if not recipient or (letter := write_letter(mail.kind, contest, contact.email, mail.number, entry)) is None:
        return None
    try:
        name = f"{mail.kind}.{mail.id}.{mail.ticket[:16].replace(':', '-')}"
        return messages.build_message(letter, sender(contest, contact), recipient, name, mail.created_at)
    except messages.NotOneAddress:
        raise PermanentFailure("adressen går inte att skriva till") from None
    except ValueError:
        raise TemporaryFailure("avsändarens adress går inte att skriva") from None


def write_letter(kind: str, contest: FrozenContest, contact: str, number: int, entry: Entry | None) -> Letter | None:
    """Return the text of a mail in its entry's language; None when there is nothing to say any more."""
    if entry is None or entry.language not in foreign():
        return _write(kind, contest, contact, number, entry)
    if kind == "kvitto":
        with speaking(entry.language):
            return write_receipt(contest, entry)
    letter = _write(kind, contest, contact, number, entry)
    with speaking(entry.language):
        return letter and mails.with_about(letter, kind)


def _write(kind: str, contest: FrozenContest, contact: str, number: int, entry: Entry | None) -> Letter | None:
    if kind == "last":
        return lock_mail(contest, entry)
    if entry is None:
        return None
    compose: dict[str, Callable[[], Letter | None]] = {
        "kvitto": lambda: write_receipt(contest, entry),
        "struken": lambda: struck_mail(contest, contact, entry),
        "aterstalld": lambda: mails.restored_letter(contest, entry.ticket),
        "vinst": lambda: winner_letter(contest, contact, number, entry.ticket),
        "forbigangen": lambda: skip_mail(contest, contact, number),
        "installd": lambda: cancel_mail(contest, contact),
    }
    return compose[kind]()


def struck_mail(contest: FrozenContest, contact: str, entry: Entry) -> Letter | None:
    until = status.strikes_until(contest)
    return mails.struck_letter(contest, entry.ticket, entry.struck, until, contact) if entry.struck else None


def write_receipt(contest: FrozenContest, entry: Entry) -> Letter | None:
    if entry.receipt_code is None or entry.nr is None:
        return None
    head = audit.head_of(contest.id, entry.nr)
    words = words_of_frozen(contest)
    answer = words.answer(entry.answer) if words else entry.answer
    told = (answer, entry.receipt_code, entry.ticket, entry.nr, head)
    return mails.receipt_letter(
        contest, *told, current_app.config["PUBLIC_URL"], withdraw_link(contest.id, entry.ticket)
    )


def lock_mail(contest: FrozenContest, entry: Entry | None) -> Letter | None:
    lock = db.session.get(LockedList, contest.id)
    if lock is None:
        return None
    own = mails.fate(entry.ticket, entry.struck, entry.stays, withdraw_link(contest.id, entry.ticket)) if entry else ()
    site = current_app.config["PUBLIC_URL"]
    return mails.locked_letter(contest, lock.proof_sha256, lock.draw_at, lock.steps, site, own)


def winner_letter(contest: FrozenContest, contact: str, place: int, ticket: str) -> Letter:
    """Return the letter to a place in line, as it would go now."""
    until, prize = status.answer_by(contest, clock.now()), status.prize_of(contest, place)
    site = current_app.config["PUBLIC_URL"]
    token = mails.sign_link(mails.DECLINE, contest.id, place, ticket)
    decline = f"{site}/{contest.year}/dragning/tacka-nej/{token}"
    return mails.won_letter(contest, prize, ticket, until, contact, site, decline)


def skip_mail(contest: FrozenContest, contact: str, place: int) -> Letter | None:
    outcome = next((found for found in status.outcomes_of(contest.id) if found.place == place), None)
    if outcome is None or outcome.skipped is None or outcome.letter is None:
        return None
    left_at, refused = outcome.letter.left_at, outcome.letter.refused
    return mails.skipped_letter(contest, place, outcome.skipped, left_at, contact, refused)


def cancel_mail(contest: FrozenContest, contact: str) -> Letter | None:
    found = db.session.get(Cancellation, contest.id)
    return mails.cancelled_letter(contest, found.reason, contact) if found else None


def withdraw_link(contest_id: str, ticket: str) -> str:
    """Return the address where the owner of the mailbox can withdraw an entry."""
    link = mails.sign_link(mails.WITHDRAW, contest_id, ticket)
    return f"{current_app.config['PUBLIC_URL']}/mitt-svar/ta-tillbaka/{link}"

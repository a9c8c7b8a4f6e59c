"""Sends what waits in the outbox: composes each mail when it goes, from what is in the database then."""

from email.message import EmailMessage
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.calendar.hatches import Edition
from app.contest.models import Entry
from app.database import db
from app.mail import messages, outbox
from app.mail.models import OutboxMail
from app.mail.post import Postponed, Refused, Send, office


def folder() -> Path:
    """Where mails lie when there is no server to send them."""
    return Path(current_app.instance_path) / "mail"


def server() -> str:
    """The address of the server that mails go to; none in a demo, whose people do not exist."""
    return "" if current_app.config["DEMO"] else str(current_app.config["MAIL_URL"])


def send_due() -> int:
    """Sends the mails whose time has come and returns how many went."""
    sent = 0
    while due := outbox.take(clock.now()):
        try:
            with office(server(), folder()) as send:
                sent += sum(_deliver(mail, send) for mail in due)
        except Postponed as trouble:
            for mail in due:
                outbox.postpone(mail.id, mail.tries, clock.now(), str(trouble))
            break
    return sent


def _deliver(mail: OutboxMail, send: Send) -> bool:
    number, tries = mail.id, mail.tries
    composed = _composed(mail)
    if composed is None:
        outbox.settle(number, "dropped", clock.now())
        return False
    db.session.rollback()
    try:
        send(composed)
    except Refused as trouble:
        outbox.settle(number, "refused", clock.now(), str(trouble))
        return False
    except Postponed as trouble:
        outbox.postpone(number, tries, clock.now(), str(trouble))
        return False
    outbox.settle(number, "sent", clock.now())
    return True


def edition_of(contest_id: str) -> Edition | None:
    """The edition whose contest has this id."""
    editions = current_app.extensions["library"].editions.values()
    return next((edition for edition in editions if edition.contest and edition.contest.id == contest_id), None)


def sender(edition: Edition) -> messages.Sender:
    """Who the edition's mails come from."""
    organiser = edition.file.organiser
    address = current_app.config["MAIL_FROM"] or organiser.email
    return messages.Sender(edition.file.title, address, organiser.email, current_app.config["PUBLIC_URL"])


def _composed(mail: OutboxMail) -> EmailMessage | None:
    """The mail as it goes now; None when its entry, or the address in it, is gone."""
    edition = edition_of(mail.contest_id)
    entry = db.session.scalar(sa.select(Entry).where(Entry.contest_id == mail.contest_id, Entry.ticket == mail.ticket))
    if edition is None or edition.contest is None or entry is None or not entry.email or not entry.receipt_code:
        return None
    public_url = current_app.config["PUBLIC_URL"]
    if mail.kind == "vinst":
        letter = messages.winner(edition, edition.contest, entry.ticket, clock.now(), public_url)
    else:
        received = messages.Received(entry.receipt_code, entry.ticket, entry.received_at, _repeated(entry))
        letter = messages.receipt(edition, edition.contest, received, public_url)
    return messages.message(
        letter, sender(edition), entry.email, f"{mail.kind}.{mail.id}.{mail.ticket[:16]}", mail.created_at
    )


def _repeated(entry: Entry) -> bool:
    earlier = sa.select(Entry.id).where(Entry.contest_id == entry.contest_id, Entry.id < entry.id)
    return db.session.scalar(earlier.where(Entry.duplicate_key == entry.duplicate_key).limit(1)) is not None

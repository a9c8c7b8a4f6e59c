"""Sends what waits in the outbox: composes each mail when it goes, from what is in the database then."""

from email.message import EmailMessage
from pathlib import Path
from threading import Event

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.calendar.hatches import Edition
from app.contest.models import Entry, entry_of
from app.database import db
from app.mail import messages, outbox
from app.mail.outbox import Taken
from app.mail.post import Closed, Postponed, Refused, Send, office


def folder() -> Path:
    """Where mails lie when there is no server to send them."""
    return Path(current_app.instance_path) / "mail"


def server() -> str:
    """The address of the server that mails go to; none in a demo, whose people do not exist."""
    return "" if current_app.config["DEMO"] else str(current_app.config["MAIL_URL"])


def send_due(ending: Event | None = None) -> int:
    """Sends the mails whose time has come, one at a time until `ending` is set, and returns how many went."""
    sent = 0
    with office(server(), folder(), messages.host(current_app.config["PUBLIC_URL"])) as send:
        while not (ending and ending.is_set()) and (mail := outbox.take(clock.now())):
            try:
                state = _delivered(mail, send)
            except Refused as trouble:
                outbox.settle(mail, "refused", clock.now(), str(trouble))
            except Postponed as trouble:
                outbox.postpone(mail, clock.now(), str(trouble))
                if isinstance(trouble, Closed):
                    break
            else:
                outbox.settle(mail, state, clock.now())
                sent += state == "sent"
    return sent


def _delivered(mail: Taken, send: Send) -> str:
    composed = _composed(mail)
    # Ends what the reading began: while a server takes its time, nobody waits for the database.
    db.session.rollback()
    if composed is None:
        return "dropped"
    send(composed)
    return "sent"


def edition_of(contest_id: str) -> Edition | None:
    """The edition whose contest has this id."""
    editions = current_app.extensions["library"].editions.values()
    return next((edition for edition in editions if edition.contest and edition.contest.id == contest_id), None)


def sender(edition: Edition) -> messages.Sender:
    """Who the edition's mails come from."""
    organiser = edition.file.organiser
    address = current_app.config["MAIL_FROM"] or organiser.email
    return messages.Sender(edition.file.title, address, organiser.email, current_app.config["PUBLIC_URL"])


def _composed(mail: Taken) -> EmailMessage | None:
    """The mail as it goes now; None when its entry, or the address in it, is gone. Raises Postponed and Refused."""
    entry = entry_of(mail.contest_id, mail.ticket)
    if entry is None or not entry.email or not entry.receipt_code:
        return None
    edition = edition_of(mail.contest_id)
    if edition is None or edition.contest is None:
        raise Postponed("tävlingen finns inte i innehållet")
    public_url = current_app.config["PUBLIC_URL"]
    if mail.kind == "vinst":
        letter = messages.winner(edition, edition.contest, entry.ticket, clock.now(), public_url)
    else:
        received = messages.Received(entry.receipt_code, entry.ticket, entry.received_at, _repeated(entry))
        letter = messages.receipt(edition, edition.contest, received, public_url)
    try:
        name = f"{mail.kind}.{mail.id}.{mail.ticket[:16]}"
        return messages.message(letter, sender(edition), entry.email, name, mail.created_at)
    except ValueError:
        raise Refused("adressen går inte att skriva till") from None


def _repeated(entry: Entry) -> bool:
    earlier = sa.select(Entry.id).where(Entry.contest_id == entry.contest_id, Entry.id < entry.id)
    return db.session.scalar(earlier.where(Entry.duplicate_key == entry.duplicate_key).limit(1)) is not None

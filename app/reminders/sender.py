"""Sends what is due: mails to confirm with, and the reminder of the day; over several connections at once."""

# A mail is taken out in the database before it is sent and never put back unless the server has said that it did not
# take it, or never heard all of it. So none goes twice, from however many processes; one goes astray when a process
# dies over it, or a connection before the answer.

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Event

import sqlalchemy as sa
from flask import Flask, current_app

from app import clock
from app.calendar.content import Edition
from app.calendar.views import current_edition
from app.database import begin_write, db
from app.outbox import messages, queue
from app.outbox.messages import Letter, NotOneAddress, Sender
from app.outbox.transport import (
    NoSuchMailbox,
    NotFromUs,
    PermanentFailure,
    Send,
    TemporaryFailure,
    TransportDown,
    Unanswered,
    mail_server,
    open_transport,
)
from app.reminders import files, mails, rules, subscriptions
from app.reminders.models import Reminder, ReminderGreeting
from app.web.headers import this_app

# Most mail servers let one client have some ten at once, Exchange Online three (its answer to a fourth is 432 4.3.2).
CONNECTIONS = 3
# Receipts and the lists of contests must not wait longer for a round to end.
LONGEST_ROUND = timedelta(seconds=50)
# How long to leave a server that does not answer, and a receiver that asks to wait (greylisting takes minutes).
SERVER_REST, RECEIVER_REST = timedelta(minutes=1), timedelta(minutes=15)
# The same for a server that takes nothing from us, and after how many refusals in a row over one connection it does.
SENDER_REST, MOST_IN_A_ROW = timedelta(hours=1), 5


def send_due(ending: Event | None = None) -> int:
    """Send what is due until `ending` is set, a receipt waits or the round is over; return how many went."""
    due = is_due(clock.now())
    db.session.rollback()
    if not due:
        return 0
    app, until = this_app(), clock.now() + LONGEST_ROUND
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        rounds = [pool.submit(send_round, app, ending, until) for _ in range(CONNECTIONS)]
    sent = sum(done.result()[0] for done in rounds)
    # A server may grant fewer connections than we ask for: it is down when none of them got a mail through.
    if not sent and any(done.result()[1] for done in rounds):
        _rest(clock.now() + SERVER_REST)
    return sent


def send_round(app: Flask, ending: Event | None, until: datetime) -> tuple[int, bool]:
    """Send over one connection after another, for some servers hang up after so many mails.

    Return how many went, and whether it ended with a connection that let none through.
    """
    sent = 0
    with app.app_context():
        while True:
            with open_transport(mail_server(), files.folder(), messages.helo_name(_site())) as send:
                went, is_down = send_over(send, ending, until)
            sent += went
            if not (is_down and went):
                return sent, is_down


def send_over(send: Send, ending: Event | None, until: datetime) -> tuple[int, bool]:
    """Send over one connection; return how many went, and whether the server ended it."""
    sent = refused = 0
    while not (ending and ending.is_set()) and clock.now() < until and (mail := claim(clock.now())):
        try:
            send(_compose(mail))
        except (PermanentFailure, NotOneAddress) as trouble:
            # A subscription whose mailbox is gone ends in the night, others after more days of it.
            is_lasting = isinstance(trouble, NoSuchMailbox | NotOneAddress)
            _change(mail, refusals=subscriptions.MOST_REFUSALS if is_lasting else mail.refusals + 1)
            refused += 1
        except NotFromUs:
            put_back(mail, clock.now() + SENDER_REST)
            _change(mail, refusals=max(1, mail.refusals))
            refused += 1
        except TransportDown as trouble:
            if not isinstance(trouble, Unanswered):
                put_back(mail, clock.now() + SERVER_REST)
            return sent, True
        except TemporaryFailure:
            put_back(mail, clock.now() + RECEIVER_REST)
        except ValueError:
            # Our own address, or what the mail says: no receiver's fault.
            put_back(mail, clock.now() + SERVER_REST)
            raise
        else:
            sent, refused = sent + 1, 0
            if mail.refusals:
                _change(mail, refusals=0)
        if refused == MOST_IN_A_ROW:
            _rest(clock.now() + RECEIVER_REST)
            return sent, False
    return sent, False


def is_due(now: datetime) -> bool:
    """Check whether something is to be sent now; what came in by contest goes first."""
    return not queue.has_due(now) and db.session.scalar(_due(now).limit(1)) is not None


def claim(now: datetime) -> Reminder | None:
    """Take out the next mail that is due, so that no process sends it; None when there is none, or a receipt waits."""
    begin_write()
    found = None if queue.has_due(now) else db.session.scalar(_due(now).limit(1))
    if found:
        day = rules.day_at(found.year, now)
        if day and found.confirmed_at:
            found.number = day.number
        else:
            found.confirm_mail_at = now
        db.session.flush()
        # Apart from the session: it stays as it was taken out, whatever becomes of the row.
        db.session.expunge(found)
    db.session.commit()
    return found


def _due(now: datetime) -> sa.Select[Reminder]:
    """Return what is to be sent, the mails to confirm with first: their writers wait for them."""
    year = current_edition().year
    day = rules.day_at(year, now)
    asked = sa.and_(
        Reminder.confirm_mail_at.is_(None), Reminder.confirmed_at.is_(None), Reminder.asked_at > now - rules.VALID_FOR
    )
    wanted = sa.and_(Reminder.number < day.number, subscriptions.is_wanted(day)) if day else sa.false()
    rested = sa.or_(Reminder.retry_at.is_(None), Reminder.retry_at <= now)
    query = sa.select(Reminder).where(Reminder.year == year, rested, sa.or_(asked, wanted))
    return query.order_by(Reminder.confirmed_at.is_not(None), Reminder.hour, Reminder.id)


def put_back(mail: Reminder, retry_at: datetime) -> None:
    """Have a mail sent later that the server said it did not take."""
    before: dict[str, object] = {"number": mail.number - 1} if mail.confirmed_at else {"confirm_mail_at": None}
    _change(mail, retry_at=retry_at, **before)


def _change(mail: Reminder, **values: object) -> None:
    begin_write()
    db.session.execute(sa.update(Reminder).where(Reminder.id == mail.id).values(**values))
    db.session.commit()


def _rest(until: datetime) -> None:
    """Leave the server alone for a while: all that is due waits."""
    begin_write()
    due = _due(clock.now()).with_only_columns(Reminder.id).order_by(None)
    db.session.execute(sa.update(Reminder).where(Reminder.id.in_(due)).values(retry_at=until))
    db.session.commit()


def _compose(mail: Reminder) -> EmailMessage:
    """Return the mail as it is sent. Raises NotOneAddress, and ValueError for a sender that cannot be written."""
    edition, site = current_edition(), _site()
    if not mail.confirmed_at:
        letter = mails.confirm_letter(
            edition, mail.hour, mail.weekdays_only, f"{site}/paminnelse/bekrafta/{mail.token}"
        )
        return _message(edition, letter, mail.email, f"bekrafta.{mail.id}")
    leave = f"{site}/paminnelse/avsluta/{mail.token}"
    row = db.session.get(ReminderGreeting, (edition.year, mail.number))
    is_last = rules.is_last(edition.year, mail.number, mail.weekdays_only)
    letter = mails.reminder_letter(edition, mail.number, row.text if row else "", is_last, site, leave)
    # Ends what the reading began: while a server takes its time, no one waits for the database.
    db.session.rollback()
    message = _message(edition, letter, mail.email, f"paminnelse.{mail.id}.{edition.year}-{mail.number:02}")
    message["List-Unsubscribe"] = f"<{messages.ascii_url(leave)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    return message


def _message(edition: Edition, letter: Letter, recipient: str, name: str) -> EmailMessage:
    mailbox = edition.file.organiser.email
    sender = Sender(edition.file.title, current_app.config["MAIL_FROM"] or mailbox, mailbox, _site())
    return messages.build_message(letter, sender, recipient, name, clock.now())


def sample_note() -> Path:
    """Return the file whose age says when an organiser last sent themselves a reminder to try it."""
    return Path(current_app.instance_path) / "reminder.sample"


def send_sample(recipient: str) -> None:
    """Send an organiser what a reminder looks like. Raises PermanentFailure, TemporaryFailure and ValueError."""
    letter = mails.sample_letter(current_edition(), _site())
    message = _message(current_edition(), letter, recipient, f"prov.{clock.now():%Y%m%d%H%M%S}")
    with open_transport(mail_server(), files.folder(), messages.helo_name(_site())) as send:
        send(message)


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])

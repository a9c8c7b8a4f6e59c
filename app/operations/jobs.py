"""What is done beside the server, by the clock: mails as they fall due, erasure every night. `make run` starts it."""

# Several processes may run this: what is to be done stands in the database, and is claimed there before it is done.

import logging
import signal
import threading
from collections.abc import Callable, Iterable
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.calendar.schedule import change_instants
from app.clock import SWEDEN
from app.contest import terms
from app.database import Base, UTCDateTime, begin_write, db
from app.draw import delivery, status, value
from app.outbox import queue
from app.privacy import erasure
from app.reminders import erasure as reminder_erasure
from app.reminders import sender as reminder_sender
from app.statistics import access_log
from app.web.headers import this_app

_log = logging.getLogger(__name__)
# Seconds for the mail under way when the rounds are ended.
LAST_WORD = 25
# What a server puts in the outbox waits for so long at most.
LONGEST_SLEEP = timedelta(seconds=60)
# Below a second the clock's own unrest would have it look twice.
SHORTEST_SLEEP = timedelta(seconds=1)
NIGHT = time(4, 10)
# A file in the instance folder; its age says when the last round was.
HEARTBEAT = "jobs.alive"
mail = AppGroup("outbox", help="Mejlen som väntar.")


class NightClaim(Base):
    """A night whose erasure a process has taken on, by its date in Sweden."""

    __tablename__ = "night_claim"

    night: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    claimed_at: Mapped[datetime] = mapped_column(UTCDateTime)


def run_round(ending: threading.Event | None = None) -> None:
    """Do what is due, each part whatever befell the others, until `ending` is set."""
    note_round()
    parts = {
        "freeze": freeze_due,
        "lock": lambda: value.lock_due(clock.now()),
        "fetch": lambda: tell(value.fetch_due_values(clock.now())),
        "publish": status.publish_state,
        "mail": partial(delivery.send_due, ending),
        "remind": partial(reminder_sender.send_due, ending),
        "count": access_log.count_shown,
        "erase_reminders": lambda: tell(reminder_erasure.erase_due(clock.now())),
        "erase": erase_nightly,
        "notices": current_app.extensions["notices"],
    }
    for name, part in parts.items():
        if not (ending and ending.is_set()):
            _try(name, part)


def _try(name: str, part: Callable[[], object]) -> None:
    try:
        part()
        failing().pop(name, None)
    except Exception:
        failing().setdefault(name, clock.now())
        _log.exception("En del av rundan misslyckades; den görs om")
    finally:
        db.session.rollback()


def failing() -> dict[str, datetime]:
    """Return the parts that have failed in every round of this process since an instant, by name."""
    since: dict[str, datetime] = current_app.extensions.setdefault("failing", {})
    return since


def longest_pause() -> tuple[datetime, datetime] | None:
    """Return the longest time between two rounds that this process knows of: its start and its end."""
    pause: tuple[datetime, datetime] | None = current_app.extensions.get("pause")
    return pause


def note_round() -> None:
    """Say in a file that a round begins, and remember how long it was since the one before, by the machine's clock."""
    before, longest = last_round(), longest_pause()
    heartbeat = Path(current_app.instance_path) / HEARTBEAT
    heartbeat.touch()
    now = clock.written_at(heartbeat)
    if before and now and (longest is None or now - before > longest[1] - longest[0]):
        current_app.extensions["pause"] = (before, now)


def freeze_due() -> None:
    """Freeze the terms of contests whose time to open has come, and keep the addresses of their organisers."""
    current_app.extensions["library"].refresh()
    for sentence in terms.freeze_due_terms(clock.now()):
        _log.error("%s", sentence)
    terms.refresh_contacts()


def tell(sentences: Iterable[str]) -> None:
    """Write into the log what a part has to say."""
    for sentence in sentences:
        _log.warning("%s", sentence)


def erase_nightly() -> None:
    """Erase what has had its time, once a night, and say what cannot be erased."""
    night = last_night(clock.now())
    if current_app.extensions.get("swept") != night:
        erasure.sweep_feedback()
        reminder_erasure.sweep(clock.now())
        current_app.extensions["swept"] = night
    if claim_night(night, clock.now()):
        tell(erasure.erase_due(clock.now()))


def last_night(now: datetime) -> str:
    """Return the date of the latest night whose hour for erasing has come."""
    local = now.astimezone(SWEDEN)
    return str(local.date() if local.time() >= NIGHT else local.date() - timedelta(days=1))


def claim_night(night: str, now: datetime) -> bool:
    """Take on a night's erasure; False when a process has already."""
    begin_write()
    is_free = db.session.get(NightClaim, night) is None
    if is_free:
        db.session.add(NightClaim(night=night, claimed_at=now))
        db.session.execute(sa.delete(NightClaim).where(NightClaim.night < night))
    db.session.commit()
    return is_free


def next_due(now: datetime) -> datetime:
    """Return the instant at which there may be something to do."""
    moments = [
        change for edition in current_app.extensions["library"].editions.values() for change in change_instants(edition)
    ]
    moments += [moment for contest in terms.all_frozen() for moment in (status.lock_due(contest), contest.round_at)]
    due = [moment for moment in (*moments, queue.next_due(), next_night(now)) if moment and moment > now]
    return min([now + LONGEST_SLEEP, *due])


def next_night(now: datetime) -> datetime:
    tonight = datetime.combine(now.astimezone(SWEDEN), NIGHT, SWEDEN)
    return tonight if now < tonight else tonight + timedelta(days=1)


def last_round() -> datetime | None:
    """Return when the last round was; None when there was none."""
    return clock.written_at(Path(current_app.instance_path) / HEARTBEAT)


@click.command("jobs")
@with_appcontext
def jobs() -> None:
    """Kör det som görs bredvid servern: mejl när de ska gå, gallring varje natt. Avsluta med Ctrl+C."""
    # Held back in every thread: a handler could interrupt the very moment at which the event is being set.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    ending = threading.Event()
    app = this_app()
    rounds = threading.Thread(target=run_until, args=(app, ending), daemon=True)
    rounds.start()
    signal.sigwait(ends)
    ending.set()
    rounds.join(LAST_WORD)


def run_until(app: Flask, ending: threading.Event) -> None:
    while not ending.is_set():
        with app.app_context():
            run_round(ending)
            pause = _pause()
        ending.wait(pause.total_seconds())


def _pause() -> timedelta:
    now = clock.now()
    try:
        if reminder_sender.is_due(now):
            return SHORTEST_SLEEP
        return max(next_due(now) - now, SHORTEST_SLEEP)
    except SQLAlchemyError:
        return LONGEST_SLEEP


@mail.command("send")
def send() -> None:
    """Skickar de mejl som står på tur, för den som hellre kör det med cron."""
    try:
        sent = delivery.send_due() + reminder_sender.send_due()
    except SQLAlchemyError:
        db.session.rollback()
        raise click.ClickException("Databasen svarar inte. Mejlen ligger kvar och skickas senare.") from None
    click.echo(f"{sent} mejl skickade, {queue.count_waiting().count} väntar.")

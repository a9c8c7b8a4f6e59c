"""What is done beside the server, by the clock: mails every minute, erasure every night. `make run` starts it.

huey keeps its own file (or its own tables in PostgreSQL); nothing about a person is ever in it, since what is to be
done stands in our own database and would be done by the next round if huey forgot everything.
"""

import logging
import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.contest import hints, rulebook
from app.database import db
from app.mail import delivery, outbox
from app.privacy import erasure

if TYPE_CHECKING:
    from huey import Huey

_log = logging.getLogger(__name__)

LAST_WORD = 25
"""Seconds for the mail under way when the rounds are ended."""

HEARTBEAT = "jobs.alive"
"""A file in the instance folder; its age says when the last round was."""
mail = AppGroup("outbox", help="Mejlen som väntar.")


def made(app: Flask, ending: threading.Event) -> "Huey":
    """The queue of an app, with its rounds: every minute, and every night at ten past three (UTC).

    Once `ending` is set, a round takes out no more mails.
    """
    # With the drivers it looks for it takes 12 MiB, and the server only asks when the rounds last ran.
    from huey import PostgresHuey, SqliteHuey, crontab

    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("postgresql"):
        queue: Huey = PostgresHuey("kalender", results=False, dsn=url.replace("+psycopg", "", 1))
    else:
        queue = SqliteHuey("kalender", results=False, filename=str(Path(app.instance_path) / "jobs.sqlite3"))

    @queue.periodic_task(crontab())  # type: ignore[untyped-decorator] # huey has no types
    @queue.lock_task("every-minute")  # type: ignore[untyped-decorator]
    def every_minute() -> None:
        with app.app_context():
            minute(ending)

    @queue.periodic_task(crontab(minute="10", hour="3"))  # type: ignore[untyped-decorator]
    @queue.lock_task("every-night")  # type: ignore[untyped-decorator]
    def every_night() -> None:
        with app.app_context():
            night()

    return queue


def minute(ending: threading.Event | None = None) -> None:
    """Freezes the rules of contests that have opened, sends mails until `ending` is set, and counts what stands out."""
    (Path(current_app.instance_path) / HEARTBEAT).touch()
    library = current_app.extensions["library"]
    library.refresh()
    for edition in library.editions.values():
        rulebook.keep_up(edition, clock.now())
    delivery.send_due(ending)
    for edition in library.editions.values():
        if edition.contest and not (ending and ending.is_set()):
            hints.keep_up(edition.contest.id, clock.now())


def last() -> datetime | None:
    """When the last round was; None when there was none."""
    return clock.written_at(Path(current_app.instance_path) / HEARTBEAT)


def night() -> None:
    """Erases what has had its time, and says what cannot be erased."""
    for sentence in erasure.erase_due(clock.now()):
        _log.warning("%s", sentence)


@click.command("jobs")
@with_appcontext
def jobs() -> None:
    """Kör det som görs bredvid servern: mejl varje minut, gallring varje natt. Avsluta med Ctrl+C."""
    # Held back in every thread, so that huey's own handlers, which let go of the work at hand, never hear of them.
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    ending = threading.Event()
    queue = made(app, ending)
    queue.flush_locks()
    consumer = queue.create_consumer(workers=1, initial_delay=0.1, max_delay=2.0, shutdown_timeout=LAST_WORD)
    consumer.start()
    signal.sigwait(ends)
    ending.set()
    consumer.stop(graceful=True)


@mail.command("send")
def send() -> None:
    """Skickar de mejl som står på tur, för den som hellre kör det med cron."""
    try:
        sent = delivery.send_due()
    except SQLAlchemyError:
        db.session.rollback()
        raise click.ClickException("Databasen svarar inte. Mejlen ligger kvar och skickas senare.") from None
    click.echo(f"{sent} mejl skickade, {outbox.waiting().count} väntar.")

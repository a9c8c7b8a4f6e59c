"""Is the server ready: mail, keys, backup, clock, database, jobs and disk. `read_server` gathers, the rest judges."""

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.calendar.views import current_edition
from app.database import db
from app.operations import backup, jobs
from app.reminders import sender

Severity = Literal["must", "should", "may"]

BACKUP_WITHIN = timedelta(days=2)
JOBS_WITHIN = timedelta(minutes=5)
CLOCKS_APART = timedelta(minutes=1)
LEAST_DISK, LITTLE_DISK = 100_000_000, 1_000_000_000
MENDED_SQLITE = (3, 51, 3)


# Touched by systemd each time it has set the clock from the network.
_SYNCHRONISED = Path("/run/systemd/timesync/synchronized")


@dataclass(frozen=True)
class Finding:
    """Something to mend or look at: a Swedish sentence, and the hatch it stands in; 0 is the edition itself."""

    # `part` names the page of the editor where it is mended (admin.edit_<part>), if there is one;
    # "archive" is what no form edits.

    severity: Severity
    sentence: str
    hatch: int = 0
    part: str = ""


@dataclass(frozen=True)
class Server:
    """How the server stands. Ages are from now; None is never, or not to be known."""

    # `sqlite` is None on PostgreSQL; `apart` is how far the host's clock is from the database's, or from time that
    # files have, and None where there is nothing to compare with.

    public_url: str
    mail_url: str
    rehearsal: bool
    debug: bool
    key_is_private: bool
    backup_age: timedelta | None
    jobs_age: timedelta | None
    apart: timedelta | None
    sqlite: tuple[int, ...] | None
    disk_free: int
    mail_from: str
    sampled: bool


def check_server(server: Server) -> list[Finding]:
    """Return what is missing or odd."""
    return [*of_settings(server), *of_state(server), *of_machine(server)]


def of_settings(server: Server) -> Iterator[Finding]:
    if server.debug:
        yield Finding("must", "Felsökningsläget är på. Det får aldrig vara på när andra kommer åt kalendern.")
    if server.rehearsal:
        yield Finding(
            "must", "Det här är en övning: kalendern visar en påhittad tid, och dragningen är inte på riktigt."
        )
    if not server.public_url.startswith("https://"):
        yield Finding(
            "must",
            f"Kalenderns adress är {server.public_url}. Länkar i mejl och flöden behöver den riktiga, med https.",
        )
    if not server.mail_url:
        yield Finding("should", "Ingen e-postserver är inställd. Deltagarna får inga kvitton med e-post.")
    elif not server.sampled:
        yield Finding(
            "should",
            f"Mejlen går från {server.mail_from}. Adressen ska få skicka från er e-postserver (SPF och DKIM). Skicka "
            "en testpåminnelse till dig själv, på sidan Påminnelser.",
        )
    if not server.key_is_private:
        yield Finding("should", "Filen med den hemliga nyckeln kan läsas av andra på servern.")


def of_state(server: Server) -> Iterator[Finding]:
    if server.backup_age is None:
        yield Finding("should", "Det finns ingen säkerhetskopia. Be den som sköter servern köra flask backup.")
    elif server.backup_age > BACKUP_WITHIN:
        yield Finding("should", f"Den senaste säkerhetskopian är {server.backup_age.days} dagar gammal.")
    if server.jobs_age is None:
        yield Finding(
            "should",
            "Bakgrundsjobben har aldrig körts. Mejl skickas inte och inget gallras. Starta flask jobs.",
        )
    elif server.jobs_age > JOBS_WITHIN:
        yield Finding("should", "Bakgrundsjobben har stannat. Mejl skickas inte och inget gallras. Starta flask jobs.")


def of_machine(server: Server) -> Iterator[Finding]:
    if server.apart is None:
        yield Finding(
            "may", "Klockan gick inte att jämföra med någon annan. Kontrollera att servern ställer den via nätet."
        )
    elif abs(server.apart) > CLOCKS_APART:
        yield Finding("must", f"Serverns klocka går {_minutes(abs(server.apart))} fel. Luckorna öppnar då vid fel tid.")
    if server.sqlite and server.sqlite < MENDED_SQLITE:
        version = ".".join(map(str, server.sqlite))
        yield Finding(
            "may", f"Databasen SQLite är version {version}. Från 3.51.3 är ett sällsynt fel rättat som kan skada filen."
        )
    if server.disk_free < LEAST_DISK:
        yield Finding("must", f"Disken är nästan full: {server.disk_free // 1_000_000} MB kvar.")
    elif server.disk_free < LITTLE_DISK:
        yield Finding("should", f"Det är ont om plats på disken: {server.disk_free // 1_000_000} MB kvar.")


def _minutes(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    return "en minut" if minutes == 1 else f"{minutes} minuter"


def read_server() -> Server:
    config, instance = current_app.config, Path(current_app.instance_path)
    key = instance / "secret_key"
    on_sqlite = db.engine.dialect.name == "sqlite"
    return Server(
        public_url=str(current_app.config["PUBLIC_URL"]),
        mail_url=config["MAIL_URL"],
        rehearsal=bool(config["DEMO"] or config["NOW"]),
        debug=bool(config["DEBUG"]),
        key_is_private=not key.is_file() or not key.stat().st_mode & 0o077,
        backup_age=_since(backup.last_backup()),
        jobs_age=_since(jobs.last_round()),
        apart=clocks_apart(on_sqlite),
        sqlite=sqlite3.sqlite_version_info if on_sqlite else None,
        disk_free=shutil.disk_usage(instance).free,
        mail_from=config["MAIL_FROM"] or current_edition().file.organiser.email,
        sampled=sender.sample_note().is_file(),
    )


def _since(moment: datetime | None) -> timedelta | None:
    return clock.wall_clock_now() - moment if moment else None


def clocks_apart(on_sqlite: bool) -> timedelta | None:
    """Return the host's clock beside the database's."""
    # On SQLite they are one: then, whether the network sets it.
    if on_sqlite:
        return timedelta(0) if _SYNCHRONISED.exists() else None
    theirs: datetime = db.session.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    return clock.wall_clock_now() - theirs

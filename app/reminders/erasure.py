"""The list erases itself on 7 January, and what proves it: every file is searched for what it may still have."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app.calendar.views import library
from app.clock import SWEDEN
from app.database import begin_write, db, vacuum
from app.reminders import files, rules, subscriptions
from app.reminders.models import MARK, Reminder, ReminderErasure
from app.reminders.traces import search_file

_MARKED = re.compile(re.escape(MARK.encode()) + rb"[^\s@\x00]{1,64}@")
_ADDRESS = re.compile(rb"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")


def sweep(now: datetime) -> None:
    """Remove what is no longer needed before the list itself goes: late requests, the refused, mails of the ended."""
    subscriptions.forget_unconfirmed(now)
    # By day only some of the day's refusals are known.
    if rules.is_night(now):
        subscriptions.end_refused()
    files.sweep_files()


def erase_due(now: datetime) -> list[str]:
    """Erase the lists whose time has come, and return Swedish sentences for the log."""
    due = sa.select(Reminder.year).distinct()
    dirty = sa.select(ReminderErasure.year).where(ReminderErasure.cleaned_at.is_(None))
    years = {*db.session.scalars(due), *db.session.scalars(dirty)}
    db.session.rollback()
    return [_erase(year, now) for year in sorted(years) if rules.erase_at(year) <= now]


def _erase(year: int, now: datetime) -> str:
    begin_write()
    gone = len(db.session.scalars(sa.delete(Reminder).where(Reminder.year == year).returning(Reminder.id)).all())
    note = db.session.get(ReminderErasure, year)
    if note is None:
        edition = library().editions.get(year)
        decision = edition.file.privacy.erasure_decision if edition else ""
        note = ReminderErasure(year=year, erased_at=now, addresses=0, decision=decision)
        db.session.add(note)
    note.addresses, note.cleaned_at = note.addresses + gone, None
    db.session.commit()
    files.sweep_files()
    if not vacuum():
        return f"Påminnelserna {year}: {gone} adresser är raderade, men rester kan finnas i databasens filer. Görs om."
    begin_write()
    db.session.execute(sa.update(ReminderErasure).where(ReminderErasure.year == year).values(cleaned_at=now))
    db.session.commit()
    return f"Påminnelserna {year}: {gone} adresser är raderade."


def erasure_of(year: int) -> ReminderErasure | None:
    return db.session.get(ReminderErasure, year)


@dataclass
class Proof:
    """What was searched, what was found, what is never searched, and what could not be; Swedish sentences."""

    searched: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def verify(logs: list[Path]) -> Proof:
    """Search the database, the files of this machine and its logs for anything of a list."""
    proof = Proof()
    verify_rows(proof)
    verify_files(proof)
    verify_logs(proof, logs)
    return proof


def verify_rows(proof: Proof) -> None:
    rows = db.session.execute(sa.select(Reminder.year, sa.func.count()).group_by(Reminder.year)).all()
    proof.searched.append("Databasen: tabellen med påminnelser. Utkorgen har bara tävlingens mejl, aldrig påminnelser.")
    for year, count in rows:
        day = f"{rules.erase_at(year).astimezone(SWEDEN):%Y-%m-%d}"
        proof.found.append(f"Databasen har {count} adresser för {year}. De raderas {day}.")
    for note in db.session.scalars(sa.select(ReminderErasure)):
        proof.searched.append(
            f"Påminnelserna {note.year}: {note.addresses} adresser raderades {note.erased_at:%Y-%m-%d}."
        )
    if db.engine.dialect.name == "postgresql":
        proof.unchecked.append(
            "PostgreSQLs egna filer: de städas av dess VACUUM, och dess arkiv av den som sköter det."
        )
    db.session.remove()


def verify_files(proof: Proof) -> None:
    """Search the bytes of every file, also within backups, and of a database that lies elsewhere."""
    root, size, count = Path(current_app.instance_path), 0, 0
    for path in {path.resolve(): path for path in (*database_files(), *files_below(root, proof))}.values():
        name = _name_of(path)
        try:
            found = search_file(path, _MARKED)
            count, size = count + 1, size + path.stat().st_size
        except FileNotFoundError:
            continue  # removed meanwhile
        if found.trouble:
            proof.unread.append(f"{name}: {found.trouble}.")
        if path.is_relative_to(files.folder()):
            proof.found.append(f"Ett mejl ligger kvar som fil: {name}")
        elif found.count:
            proof.found.append(f"{name} har spår av {found.count} adresser.")
    proof.searched.append(
        f"Varje byte i {count} filer, {size / 1_000_000:.1f} MB: databasen och instansmappen med säkerhetskopior."
    )


def _name_of(path: Path) -> str:
    root = Path(current_app.instance_path)
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def files_below(root: Path, proof: Proof) -> Iterator[Path]:
    """Give every file of a folder, also where links lead, each folder once."""
    seen = {root.resolve()}
    for folder, folders, names in os.walk(root, followlinks=True, onerror=partial(_note_unread, proof)):
        folders[:] = sorted(name for name in folders if (Path(folder) / name).resolve() not in seen)
        seen.update((Path(folder) / name).resolve() for name in folders)
        yield from (path for name in sorted(names) if (path := Path(folder) / name).is_file())


def _note_unread(proof: Proof, trouble: OSError) -> None:
    proof.unread.append(f"{trouble.filename}: mappen går inte att öppna.")


def database_files() -> list[Path]:
    """Return the files of an SQLite database, wherever they are."""
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        return []
    return [path for end in ("", "-wal", "-shm", "-journal") if (path := Path(url.database + end)).is_file()]


def verify_logs(proof: Proof, named: list[Path]) -> None:
    """No address at all may stand in a log."""
    found = {path.resolve(): path for path in (*Path(current_app.instance_path).glob("*.log*"), *access_logs(), *named)}
    logs = sorted(path for path in found.values() if path.is_file())
    for log in logs:
        traces = search_file(log, _ADDRESS)
        if traces.trouble and (sentence := f"{_name_of(log)}: {traces.trouble}.") not in proof.unread:
            proof.unread.append(sentence)
        if traces.count:
            proof.found.append(f"Loggen {log.name} har {traces.count} e-postadresser.")
    proof.searched.append(f"Loggfiler: {', '.join(log.name for log in logs) or 'inga i instansmappen'}.")
    if not named:
        proof.unchecked.append(
            "Systemets loggar: skriv dem till filer och kör flask reminder verify --log FIL, en gång för varje fil."
        )


def access_logs() -> list[Path]:
    """Return the log of the server in front, and the older ones beside it."""
    log = current_app.config["ACCESS_LOG"]
    return list(Path(log).parent.glob(f"{Path(log).name}*")) if log else []

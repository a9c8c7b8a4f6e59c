"""The list erases itself on 7 January, and what proves it: every file is searched for what it may still have."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from flask import current_app

from app.calendar.views import library
from app.clock import SWEDEN
from app.database import begin_write, db, vacuum
from app.reminders import files, rules, subscriptions
from app.reminders.models import MARK, Reminder, ReminderErasure

_MARKED = re.compile(re.escape(MARK.encode()) + rb"[^\s@\x00]{1,64}@")
_ADDRESS = re.compile(rb"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")
_PART = 1 << 20
# Longer than what is looked for, which may lie across two parts.
_OVERLAP = 1000


def sweep(now: datetime) -> None:
    """Remove what is no longer needed before the list itself goes: late requests, and mails in files of the ended."""
    subscriptions.forget_unconfirmed(now)
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
    """What was searched, what was found, and what could not be searched; Swedish sentences."""

    searched: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


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
    """Search the bytes of every file, also within backups, which are compressed."""
    root, size, count = Path(current_app.instance_path), 0, 0
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = str(path.relative_to(root))
        try:
            count, size = count + 1, size + path.stat().st_size
            traces = count_in(path, _MARKED)
        except FileNotFoundError:
            continue  # removed meanwhile
        if path.is_relative_to(files.folder()):
            proof.found.append(f"Ett mejl ligger kvar som fil: {name}")
        elif traces:
            proof.found.append(f"{name} har spår av {traces} adresser.")
    proof.searched.append(
        f"Varje byte i {count} filer i instansmappen, {size / 1_000_000:.1f} MB, säkerhetskopior också."
    )


def verify_logs(proof: Proof, named: list[Path]) -> None:
    """No address at all may stand in a log."""
    logs = [*sorted(Path(current_app.instance_path).glob("*.log*")), *named]
    for log in logs:
        if count := count_in(log, _ADDRESS):
            proof.found.append(f"Loggen {log.name} har {count} e-postadresser.")
    proof.searched.append(f"Loggfiler: {', '.join(log.name for log in logs) or 'inga i instansmappen'}.")
    if not named:
        proof.unchecked.append(
            "Systemets loggar: skriv dem till filer och kör flask reminder verify --log FIL, en gång för varje fil."
        )


def count_in(path: Path, pattern: re.Pattern[bytes]) -> int:
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return sum(_count(archive.open(name), pattern) for name in archive.namelist())
    with path.open("rb") as file:
        return _count(file, pattern)


def _count(file: IO[bytes], pattern: re.Pattern[bytes]) -> int:
    return len({match for part in overlapping_parts(file) for match in pattern.findall(part)})


def overlapping_parts(file: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while part := file.read(_PART):
        yield rest + part
        rest = (rest + part)[-_OVERLAP:]

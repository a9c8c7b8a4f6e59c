"""How often pages are shown, from the log of an nginx that answers most of them from its cache."""

# The log is that of deploy/nginx.conf, without addresses. What has been read of it stands in the database together with
# the counts, so nothing is counted twice, however many read and however often they stop. A file is known by the random
# number of its first request: that stays when it is renamed, differs when the place is taken by a new one, and on each
# machine.

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.calendar import schedule
from app.clock import SWEDEN
from app.database import Base, UTCDateTime, begin_write, db
from app.statistics.counter import Counts, Shown, insert_counts

# Bytes that are read at a time.
PART = 4_000_000
# Stands in the place of a number, on the line that says from when the log counts.
BEGINNING = ""
_NUMBER = re.compile(rb"\S+ ([0-9a-f]{32}) ")
# A page that was shown: time, number, method, path, status.
_SHOWN = re.compile(
    r"(\S+) [0-9a-f]{32} GET /(?:[a-z]{2}/)?"
    r"(?:(20\d\d)/(?:(?:lucka|hatch)/([1-9]|1\d|2[0-4])(?:/lattlast)?)?)? (?:200|304) "
)


class LogPosition(Base):
    """How far a file of the log has been read: `first` is its first request's number, `read_until` in bytes."""

    __tablename__ = "log_position"

    first: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    read_until: Mapped[int] = mapped_column(sa.BigInteger)
    since: Mapped[datetime] = mapped_column(UTCDateTime)


def begin() -> datetime:
    """Return from when the log counts, noted at the first call; what is older the processes have counted themselves."""
    if row := db.session.get(LogPosition, BEGINNING):
        return row.since
    begin_write()
    db.session.add(LogPosition(first=BEGINNING, read_until=0, since=clock.wall_clock_now()))
    with suppress(IntegrityError):  # another process was first
        db.session.commit()
    db.session.rollback()
    return begin()


def count_shown() -> None:
    """Add what the log has that is not counted yet, if there is a log."""
    if log := current_app.config["ACCESS_LOG"]:
        since = begin()
        for file in _files(log):
            while count_part(file, since):
                pass


def problem(log: Path) -> str:
    """Return what keeps the log from being counted, as a Swedish sentence; empty when nothing does."""
    try:
        with log.open("rb") as opened:
            line = opened.readline(200)
    except FileNotFoundError:
        return f"nginx har inte skrivit någon logg i {log}. Är FLASK_ACCESS_LOG rätt?"
    except OSError as error:
        return f"nginx logg {log} går inte att läsa ({error.strerror}). Lägg kalenderns användare i loggens grupp."
    if line and not _NUMBER.match(line):
        return f"Raderna i {log} ser inte ut som i deploy/nginx.conf, så inga visningar räknas."
    return ""


def _files(log: Path) -> list[Path]:
    """Return the log and what it was renamed to, the oldest first; nginx goes on writing there for a moment."""
    found = [file for file in log.parent.glob(f"{log.name}*") if file.is_file() and file.suffix not in (".gz", ".zst")]
    return sorted(found, key=lambda file: file.stat().st_mtime)


def count_part(file: Path, since: datetime) -> bool:
    """Count the next part of a file, and tell whether there may be more."""
    with file.open("rb") as opened:
        number = _NUMBER.match(opened.readline(200))
        if not number:
            return False
        first = number[1].decode()
        position = db.session.get(LogPosition, first)
        start = position.read_until if position else 0
        db.session.rollback()
        opened.seek(start)
        part = opened.read(PART)
    lines, newline, _ = part.rpartition(b"\n")
    if not newline:
        return False
    counts = Counter(_shown(lines.decode("utf-8", "replace"), since))
    return _take(first, start, start + len(lines) + 1, counts) and len(part) == PART


def _take(first: str, start: int, end: int, counts: Counts) -> bool:
    """Add the counts and note how far they reach, unless another reader was faster."""
    begin_write()
    row = db.session.get(LogPosition, first) or LogPosition(first=first, read_until=0, since=clock.wall_clock_now())
    is_ours = row.read_until == start
    if is_ours:
        row.read_until = end
        db.session.add(row)
        insert_counts(counts)
    db.session.commit()
    return is_ours


def _shown(lines: str, since: datetime) -> Iterator[tuple[Shown, date]]:
    years = list(current_app.extensions["library"].editions)
    for line in lines.split("\n"):
        if not (match := _SHOWN.match(line)):
            continue
        moment = datetime.fromisoformat(match[1])
        if moment >= since.replace(microsecond=0):
            year = int(match[2]) if match[2] else schedule.current_year(years, moment)
            yield (year, int(match[3] or 0)), moment.astimezone(SWEDEN).date()

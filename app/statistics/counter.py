"""How often the calendar and each hatch are shown: counted in memory, added to the database about once a minute."""

# Nothing about the visitor is read, and no request waits: a hit is one addition, and a thread does the writing.

import logging
import threading
import time as machine
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import SWEDEN
from app.database import Base, add_to_counts, begin_write, db

_log = logging.getLogger(__name__)
# Seconds between two writings while there are visits.
EVERY = 60

# An edition's year and a hatch's number; 0 is the calendar itself.
Shown = tuple[int, int]
# Times shown, by what and on which day in Sweden.
Counts = Mapping[tuple[Shown, date], int]


class HitCounter:
    """The counts of one process that are not in the database yet. `store` adds them there."""

    def __init__(self, store: Callable[[Counts], None]) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._written = machine.monotonic()
        self._counts: Counter[tuple[Shown, date]] = Counter()
        self._day = date.min
        self._from = self._until = 0.0

    def count(self, shown: Shown, moment: float) -> None:
        """Count one showing at `moment` (POSIX seconds), and starts a writing when the last was a minute ago."""
        due = False
        with self._lock:
            if not self._from <= moment < self._until:
                due = self._turn_to(moment)
            self._counts[shown, self._day] += 1
        if due:
            with suppress(RuntimeError):  # a machine that has no thread to spare: another minute will
                threading.Thread(target=self.flush, daemon=True).start()

    def waiting(self) -> Counts:
        """Return what has been counted since the last writing."""
        with self._lock:
            return dict(self._counts)

    def flush(self) -> None:
        """Add the counts to the database; what cannot be added now is kept for the next time."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        try:
            if taken:
                self._store(taken)
        except SQLAlchemyError:
            _log.warning("Antalet visningar kunde inte sparas; det läggs till nästa gång", exc_info=True)
            with self._lock:
                self._counts.update(taken)

    def _turn_to(self, moment: float) -> bool:
        """Go to the day of `moment`, for a minute at most, and says whether it is time to write."""
        self._day = datetime.fromtimestamp(moment, SWEDEN).date()
        self._from = moment
        midnight = datetime.combine(self._day + timedelta(days=1), time(), SWEDEN)
        self._until = min(moment + EVERY, midnight.timestamp())
        due = machine.monotonic() - self._written >= EVERY
        if due:
            self._written = machine.monotonic()
        return due


class HatchCount(Base):
    """Number 0 is the calendar itself. Several processes add to the same row."""

    __tablename__ = "hatch_count"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


def add_counts(counts: Counts) -> None:
    """Add counts to those that are stored."""
    begin_write()
    insert_counts(counts)
    db.session.commit()


def insert_counts(counts: Counts) -> None:
    """Add counts to those that are stored, in the caller's transaction."""
    rows = [{"year": y, "number": n, "day": day, "count": count} for ((y, n), day), count in sorted(counts.items())]
    if rows:
        add_to_counts(HatchCount, rows)


def stored_counts(year: int) -> dict[tuple[int, date], int]:
    """Return an edition's counts in the database, by hatch and day."""
    query = sa.select(HatchCount.number, HatchCount.day, HatchCount.count).where(HatchCount.year == year)
    return {(number, day): count for number, day, count in db.session.execute(query)}

"""How often the calendar and each hatch are shown: counted in memory, added to the database about once a minute."""

# Nothing about the visitor is read, and no request waits: a hit is one addition, and a thread does the writing.

import logging
import threading
import time as machine
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app.clock import SWEDEN
from app.database import Base, begin_write, db

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
        self._days: dict[date, dict[Shown, int]] = {}
        self._today: dict[Shown, int] = {}
        self._from = self._until = 0.0

    def count(self, shown: Shown, moment: float) -> None:
        """Count one showing at `moment` (POSIX seconds), and starts a writing when the last was a minute ago."""
        due = False
        with self._lock:
            if not self._from <= moment < self._until:
                due = self._turn_to(moment)
            self._today[shown] = self._today.get(shown, 0) + 1
        if due:
            with suppress(RuntimeError):  # a machine that has no thread to spare: another minute will
                threading.Thread(target=self.flush, daemon=True).start()

    def waiting(self) -> Counts:
        """Return what has been counted since the last writing."""
        with self._lock:
            return {(shown, day): count for day, counts in self._days.items() for shown, count in counts.items()}

    def flush(self) -> None:
        """Add the counts to the database; what cannot be added now is kept for the next time."""
        with self._lock:
            days, self._days = self._days, {}
            self._from = self._until
        taken = {(shown, day): count for day, counts in days.items() for shown, count in counts.items()}
        if not taken:
            return
        try:
            self._store(taken)
        except SQLAlchemyError:
            _log.warning("Antalet visningar kunde inte sparas; det läggs till nästa gång", exc_info=True)
            with self._lock:
                self._put_back(taken)

    def _turn_to(self, moment: float) -> bool:
        """Go to the day of `moment`, for a minute at most, and says whether it is time to write."""
        day = datetime.fromtimestamp(moment, SWEDEN).date()
        self._today = self._days.setdefault(day, {})
        self._from = moment
        midnight = datetime.combine(day + timedelta(days=1), time(), SWEDEN)
        self._until = min(moment + EVERY, midnight.timestamp())
        due = machine.monotonic() - self._written >= EVERY
        if due:
            self._written = machine.monotonic()
        return due

    def _put_back(self, counts: Counts) -> None:
        for (shown, day), count in counts.items():
            kept = self._days.setdefault(day, {})
            kept[shown] = kept.get(shown, 0) + count


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
    insert = dialects_insert()(HatchCount)
    rows = [{"year": y, "number": n, "day": day, "count": count} for ((y, n), day), count in sorted(counts.items())]
    added = {"count": HatchCount.count + insert.excluded.count}
    db.session.execute(insert.on_conflict_do_update(index_elements=["year", "number", "day"], set_=added), rows)
    db.session.commit()


def dialects_insert() -> Any:
    """Return the INSERT that may add to a row; only the dialect in use is imported."""
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert
    return sqlite.insert


def stored_counts(year: int) -> dict[tuple[int, date], int]:
    """Return an edition's counts in the database, by hatch and day."""
    query = sa.select(HatchCount.number, HatchCount.day, HatchCount.count).where(HatchCount.year == year)
    return {(number, day): count for number, day, count in db.session.execute(query)}

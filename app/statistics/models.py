"""How often each hatch was shown on each day. It says nothing about who looked."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, db, write
from app.statistics.counting import Counts


class HatchCount(Base):
    """Number 0 is the calendar itself. Several processes add to the same row."""

    __tablename__ = "hatch_count"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int]


def add(counts: Counts) -> None:
    """Adds counts to those that are stored."""
    write()
    insert = _dialects_insert()(HatchCount)
    rows = [{"year": y, "number": n, "day": day, "count": count} for ((y, n), day), count in sorted(counts.items())]
    added = {"count": HatchCount.count + insert.excluded.count}
    db.session.execute(insert.on_conflict_do_update(index_elements=["year", "number", "day"], set_=added), rows)
    db.session.commit()


def _dialects_insert() -> Any:
    """The INSERT that may add to a row; only the dialect in use is imported."""
    if db.engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert
    return sqlite.insert


def stored(year: int) -> dict[tuple[int, date], int]:
    """An edition's counts in the database, by hatch and day."""
    query = sa.select(HatchCount.number, HatchCount.day, HatchCount.count).where(HatchCount.year == year)
    return {(number, day): count for number, day, count in db.session.execute(query)}

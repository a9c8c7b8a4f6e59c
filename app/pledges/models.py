"""What readers send in as it is kept: how many times, and nothing about who sent it."""

from typing import Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Base, add_to_counts, begin_write, db

# An answer to "Vad tror du?", "Jag testar", where one lives, what is kept in January, and how a January form ended.
Kind = Literal["answer", "pledge", "municipality", "kept", "follow_up"]


class Reply(NamedTuple):
    """One thing that is counted: `number` is a hatch's, 0 for none; `choice` is an option, a code or an outcome."""

    year: int
    kind: Kind
    number: int = 0
    choice: str = ""


class ReplyCount(Base):
    """How often a reply was sent. Several processes add to the same row."""

    __tablename__ = "reply_count"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = mapped_column(sa.String(20), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    choice: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    count: Mapped[int]


def add_replies(counts: dict[Reply, int]) -> None:
    """Add counts to those that are stored."""
    begin_write()
    # In one order, whichever process: two that add to the same rows never wait for each other.
    add_to_counts(ReplyCount, [reply._asdict() | {"count": count} for reply, count in sorted(counts.items())])
    db.session.commit()


def stored_replies(year: int) -> dict[Reply, int]:
    """Return an edition's counts in the database."""
    rows = db.session.scalars(sa.select(ReplyCount).where(ReplyCount.year == year))
    return {Reply(row.year, row.kind, row.number, row.choice): row.count for row in rows}

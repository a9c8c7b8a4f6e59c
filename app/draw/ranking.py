"""The ranking in the database: written once, at any size, and read again in parts."""

from collections.abc import Iterator

import sqlalchemy as sa

from app.database import db, in_batches
from app.draw import selection
from app.draw.models import ListedTicket, Rank

_DRAFT = sa.Table(
    "rank_draft",
    sa.MetaData(),
    sa.Column("key", sa.String(64)),
    sa.Column("ticket", sa.String(64)),
    prefixes=["TEMPORARY"],
)


def write_places(contest_id: str, seed: bytes) -> None:
    """Gives every ticket that counts its place, by its key; inside the caller's write() transaction.

    The keys are computed here, a batch at a time, and sorted by the database, which does not need them in memory.
    """
    connection = db.session.connection()
    _DRAFT.create(connection)
    counting = sa.select(ListedTicket.ticket).where(ListedTicket.contest_id == contest_id, ListedTicket.counts)
    for batch in in_batches(counting, ListedTicket.ticket, after=""):
        keys = [{"key": selection.rank_key(seed, ticket).hex(), "ticket": ticket} for (ticket,) in batch]
        connection.execute(sa.insert(_DRAFT), keys)
    place = sa.func.row_number().over(order_by=(_DRAFT.c.key, _DRAFT.c.ticket))
    # Written in the order of the tickets: their index is the large one, and grows at its end only.
    places = sa.select(sa.literal(contest_id), place, _DRAFT.c.ticket, _DRAFT.c.key).order_by(_DRAFT.c.ticket)
    connection.execute(sa.insert(Rank).from_select(["contest_id", "place", "ticket", "key"], places))
    _DRAFT.drop(connection)


def places(contest_id: str) -> Iterator[tuple[int, str, str]]:
    """The whole ranking as (place, ticket, rank key), from place 1 on."""
    query = sa.select(Rank.place, Rank.ticket, Rank.key).where(Rank.contest_id == contest_id)
    for batch in in_batches(query, Rank.place, after=0):
        yield from ((place, ticket, key) for place, ticket, key in batch)


def ranked(contest_id: str, first: int = 1, limit: int | None = None) -> list[Rank]:
    """The ranking from place `first` on."""
    query = sa.select(Rank).where(Rank.contest_id == contest_id, Rank.place >= first)
    return list(db.session.scalars(query.order_by(Rank.place).limit(limit)))

"""The public files of a draw as they stand, as text in parts: the same bytes wherever they are asked for."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import aliased
from werkzeug.http import is_resource_modified

from app.contest import entries
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import BATCH, AnySelect, db, in_batches
from app.draw import status, verifiera, winners
from app.draw.models import DrawnValue, ListedTicket, LockedList, Rank
from app.spec import files, record, selection
from app.spec.lines import format_time
from app.web.headers import this_app

# (ticket, counts), sorted by ticket.
Lines = Iterator[tuple[str, bool]]


def settle_list(contest: FrozenContest) -> None:
    """Strike what does not count, as `entries.settle` defines it, inside the caller's begin_write() transaction."""
    left = (Entry.contest_id == contest.id, Entry.struck.is_(None))
    # The second of `closes` still counts.
    too_late = Entry.received_at >= contest.closes + timedelta(seconds=1)
    _update(sa.update(Entry).where(*left, too_late).values(struck=entries.LATE))
    _update(sa.update(Entry).where(*left, Entry.answer != contest.answer).values(struck=entries.WRONG))
    first = aliased(Entry)
    numbers = (
        sa.select(first.duplicate_key, sa.func.min(first.nr).label("nr"))
        .where(first.contest_id == contest.id, first.struck.is_(None))
        .group_by(first.duplicate_key)
        .having(sa.func.count() > 1)
        .subquery()
    )
    kept = aliased(Entry)
    stays = (
        sa.select(numbers.c.duplicate_key, numbers.c.nr, kept.ticket)
        .join(kept, sa.and_(kept.contest_id == contest.id, kept.nr == numbers.c.nr))
        .subquery()
    )
    others = (*left, Entry.duplicate_key == stays.c.duplicate_key, Entry.nr > stays.c.nr)
    _update(sa.update(Entry).where(*others).values(struck=entries.DUPLICATE, stays=stays.c.ticket))


def forecast_strikes(contest: FrozenContest) -> dict[str, int]:
    """Return how many entries settle_list() would strike now, by reason; none of those that are zero."""
    left = (Entry.contest_id == contest.id, Entry.struck.is_(None))
    is_late = Entry.received_at >= contest.closes + timedelta(seconds=1)
    is_right = Entry.answer == contest.answer
    total = sa.func.count()
    repeated = total - sa.func.count(sa.distinct(Entry.duplicate_key))
    counts = {
        entries.LATE: sa.select(total).where(*left, is_late),
        entries.WRONG: sa.select(total).where(*left, ~is_late, ~is_right),
        entries.DUPLICATE: sa.select(repeated).where(*left, ~is_late, is_right, Entry.duplicate_key.is_not(None)),
    }
    found = {reason: int(db.session.scalar(query) or 0) for reason, query in counts.items()}
    return {reason: count for reason, count in found.items() if count}


def _update(change: sa.Update) -> None:
    db.session.execute(change, execution_options={"synchronize_session": False})


def entered_tickets(contest_id: str) -> Lines:
    """Give every entry as it stands now."""
    return stream_lines(
        sa.select(Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id), Entry.ticket
    )


def write_lines(contest_id: str) -> None:
    """Write what `entered` gives as the locked list, inside the caller's begin_write() transaction."""
    lines = sa.select(Entry.contest_id, Entry.ticket, Entry.struck.is_(None)).where(Entry.contest_id == contest_id)
    columns = ["contest_id", "ticket", "counts"]
    db.session.execute(sa.insert(ListedTicket).from_select(columns, lines.order_by(Entry.ticket)))


def locked_tickets(contest_id: str) -> Lines:
    """Give the locked list."""
    query = sa.select(ListedTicket.ticket, ListedTicket.counts).where(ListedTicket.contest_id == contest_id)
    return stream_lines(query, ListedTicket.ticket)


def write_ranks(contest_id: str, seed: bytes) -> None:
    """Give every ticket that counts its place, inside the caller's begin_write() transaction."""
    counted = (ticket for ticket, counts in locked_tickets(contest_id) if counts)
    places = enumerate(selection.order_tickets(seed, counted), 1)
    table: Any = Rank.__table__
    while batch := [*islice(places, BATCH)]:
        rows = [{"contest_id": contest_id, "place": place, "ticket": ticket} for place, ticket in batch]
        db.session.connection().execute(sa.insert(table), rows)


def ordered_tickets(contest_id: str) -> Iterator[str]:
    """Give all tickets in order, from place 1 on."""
    query = sa.select(Rank.place, Rank.ticket).where(Rank.contest_id == contest_id)
    return (ticket for batch in in_batches(query, Rank.place, after=0) for _, ticket in batch)


def ranked_places(contest_id: str, first: int = 1, limit: int | None = None) -> list[Rank]:
    """Return the ranking from place `first` on."""
    query = sa.select(Rank).where(Rank.contest_id == contest_id, Rank.place >= first)
    return list(db.session.scalars(query.order_by(Rank.place).limit(limit)))


def stream_lines(query: AnySelect, ticket: sa.SQLColumnExpression[Any]) -> Lines:
    batches = in_batches(query, ticket, after="")
    return ((ticket, bool(counts)) for batch in batches for ticket, counts in batch)


def locked_list(contest_id: str) -> Iterator[str]:
    """Give lista.txt."""
    return files.list_lines(contest_id, locked_tickets(contest_id))


def protocol(contest: FrozenContest) -> Iterator[str]:
    """Give protokoll.json, once the value has come; the list and the order are read as they go."""
    lock, drawn = db.session.get_one(LockedList, contest.id), db.session.get_one(DrawnValue, contest.id)
    skipped, won = published_outcomes(contest.id)
    texts = {
        "tavling.txt": [contest.terms],
        "regler.txt": [contest.rules],
        "lista.txt": locked_list(contest.id),
        "lasbevis.txt": [lock.proof],
    }
    result = record.DrawResult(
        signatur=drawn.signature,
        slumptal=drawn.randomness,
        fro=drawn.seed,
        ordning=ordered_tickets(contest.id),
        forbigangna=skipped,
        vinnare=won,
        mejl=status.mail_counts(lock),
    )
    return record.record_parts(texts, result)


def published_outcomes(contest_id: str) -> tuple[list[record.Skip], list[record.Winner]]:
    """Return what the protocol says of those in line."""
    names = winners.winner_names(contest_id)
    skips, won = [], []
    for outcome in status.outcomes_of(contest_id):
        at = format_time(outcome.decided_at)
        if outcome.skipped:
            left_at = format_time(outcome.letter.left_at) if outcome.letter else None
            skips.append(record.Skip(outcome.place, outcome.skipped, at, left_at))
        else:
            name = names[outcome.place].first_name if outcome.place in names else None
            won.append(record.Winner(outcome.place, outcome.ticket, at, name))
    return skips, won


def verifier_source() -> str:
    """Return verifiera.py."""
    return Path(verifiera.__file__).read_text("utf-8")


def short_file(text: str | bytes, mimetype: str = "text/plain") -> Response:
    """Return a short file."""
    response = readable_everywhere(Response(text, mimetype=mimetype))
    response.add_etag()
    response.make_conditional(request)
    return response


def streamed_file(tag: str, parts: Iterator[str], mimetype: str = "text/plain") -> Response:
    """Return a file of any length. `tag` changes with its bytes; `parts` are not begun when the reader has them."""
    response = readable_everywhere(Response(mimetype=mimetype))
    response.set_etag(tag)
    if not is_resource_modified(request.environ, etag=response.headers["ETag"]):
        response.status_code = 304
    elif request.method == "GET":
        response.response = in_contexts(in_chunks(parts))
    del response.headers["Content-Length"]
    return response


def in_contexts(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Chunks that are read from the database after the view has answered."""
    # A context a chunk: the connection is back in the pool while the reader takes in what it got, however slowly.
    app = this_app()

    def each() -> Iterator[bytes]:
        more = True
        while more:
            with app.app_context():
                chunk = next(chunks, b"")
            more = bool(chunk)
            if more:
                yield chunk

    return each()


def in_chunks(parts: Iterator[str]) -> Iterator[bytes]:
    while chunk := "".join(islice(parts, BATCH)):
        yield chunk.encode()


def readable_everywhere(response: Response) -> Response:
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response

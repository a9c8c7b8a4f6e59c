"""The public files of a draw as they stand, as text in parts: the same bytes wherever they are asked for."""

from collections.abc import Iterator
from pathlib import Path

from app.contest.terms import FrozenContest
from app.database import db
from app.draw import listing, status, verifiera, winners
from app.draw.models import DrawnValue, LockedList
from app.spec import files, record
from app.spec.lines import stamp


def locked_list(contest_id: str) -> Iterator[str]:
    """Give lista.txt."""
    return files.list_lines(contest_id, listing.locked(contest_id))


def protocol(contest: FrozenContest) -> Iterator[str]:
    """Give protokoll.json, once the value has come; the list and the order are read as they go."""
    lock, drawn = db.session.get_one(LockedList, contest.id), db.session.get_one(DrawnValue, contest.id)
    skipped, won = _outcomes(contest.id)
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
        ordning=listing.ordered(contest.id),
        forbigangna=skipped,
        vinnare=won,
        mejl=status.mail_counts(lock),
    )
    return record.record_parts(texts, result)


def _outcomes(contest_id: str) -> tuple[list[record.Skip], list[record.Winner]]:
    """Return what the protocol says of those in line."""
    names, outcomes = winners.names(contest_id), status.outcomes_of(contest_id)
    skips = [
        record.Skip(
            outcome.place,
            outcome.skipped,
            stamp(outcome.decided_at),
            stamp(outcome.letter.left_at) if outcome.letter else None,
        )
        for outcome in outcomes
        if outcome.skipped
    ]
    won = [
        record.Winner(
            outcome.place,
            outcome.ticket,
            stamp(outcome.decided_at),
            names[outcome.place].first_name if outcome.place in names else None,
        )
        for outcome in outcomes
        if not outcome.skipped
    ]
    return skips, won


def verifier() -> str:
    """Return verifiera.py."""
    return Path(verifiera.__file__).read_text("utf-8")

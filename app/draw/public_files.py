"""The public files of a draw as they stand, as text in parts: the same bytes wherever they are asked for."""

from collections.abc import Iterator
from pathlib import Path

from app.contest import rulebook
from app.database import db
from app.draw import approval, listing, protocol, publication, ranking, verifiera
from app.draw.anchors import anchors
from app.draw.midnights import Midnight
from app.draw.models import Drawn, Lock
from app.draw.standing import outcomes_of


def locked_list(contest_id: str) -> Iterator[str]:
    """lista.txt once the list is locked."""
    return protocol.list_lines(contest_id, listing.locked(contest_id))


def list_of(contest_id: str, midnight: Midnight) -> Iterator[str]:
    """lista.txt as it was at a midnight."""
    return protocol.list_lines(contest_id, listing.on_record(contest_id, midnight.record))


def protocol_of(lock: Lock) -> Iterator[str]:
    """protokoll.json; what it has beside the ranking is read at once, the ranking as it goes."""
    drawn = db.session.get(Drawn, lock.contest_id)
    record = publication.record(lock, drawn, [], outcomes_of(lock.contest_id))
    record |= publication.witnesses(lock.contest_id, anchors(lock.contest_id), approval.approved(lock.contest_id))
    record |= publication.rules_history(rulebook.versions(lock.contest_id))
    return protocol.sealed(publication.text(record, ranking.places(lock.contest_id)))


def verifier() -> str:
    """verifiera.py."""
    return Path(verifiera.__file__).read_text("utf-8")

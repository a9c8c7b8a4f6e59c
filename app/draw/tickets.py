"""Looks one ticket up in the locked list: is it in, and where does it stand in the ranking?"""

import re
from dataclasses import dataclass

import sqlalchemy as sa

from app.contest import entries
from app.database import db
from app.draw.models import ListedTicket, Rank
from app.draw.status import Standing

LENGTH, SHORTEST = 64, 8


class UnclearTicket(Exception):
    """What was typed names no ticket. The text is a Swedish sentence for whoever typed it."""


class LooksSecret(UnclearTicket):
    """What was typed is not to be shown again."""


@dataclass(frozen=True)
class Found:
    """One ticket; `place` is None where it has none (yet)."""

    ticket: str
    counts: bool
    place: int | None


def typed_ticket(text: str) -> str:
    """A ticket, or the beginning of one, as typed or pasted. Raises UnclearTicket."""
    kept = "".join(text.lower().split())
    if not kept:
        raise UnclearTicket("Skriv din lott, eller de åtta första tecknen i den.")
    if re.fullmatch(f"[{entries.CROCKFORD}]{{{entries.CODE_LENGTH}}}", entries.plain_code(kept)):
        raise LooksSecret("Det ser ut som en kvittokod. Behåll den för dig själv och sök på lotten i stället.")
    if not re.fullmatch(r"[0-9a-f]*…?", kept):
        raise UnclearTicket("En lott har bara siffror och bokstäverna a till f. Kopiera den från mejlet du fick.")
    kept = kept.rstrip("…")
    if len(kept) < SHORTEST:
        raise UnclearTicket("Det är för kort. Skriv minst de åtta första tecknen i lotten.")
    if len(kept) > LENGTH:
        raise UnclearTicket("Det är för långt. En lott har 64 tecken.")
    return kept


def find(standing: Standing, start: str) -> Found | None:
    """Return the ticket that begins with `start` in the locked list. Raises UnclearTicket."""
    first, last = start.ljust(LENGTH, "0"), start.ljust(LENGTH, "f")
    query = sa.select(ListedTicket.ticket, ListedTicket.counts)
    query = query.where(ListedTicket.contest_id == standing.contest_id, ListedTicket.ticket.between(first, last))
    found = db.session.execute(query.order_by(ListedTicket.ticket).limit(2)).all()
    if len(found) > 1:
        raise UnclearTicket("Flera lotter börjar så. Skriv några tecken till.")
    if not found:
        return None
    ticket, counts = found[0]
    place = sa.select(Rank.place).where(Rank.contest_id == standing.contest_id, Rank.ticket == ticket)
    return Found(ticket, counts, db.session.scalar(place))

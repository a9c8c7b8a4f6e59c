"""One's own entry, found with receipt code and address: to see, to take along, to take back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.audit import records
from app.audit.chain import stamp
from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.contest import entries
from app.contest.models import Entry, entry_of
from app.contest.municipalities import MUNICIPALITIES
from app.database import db, write
from app.draw.models import Lock, Rank, Verdict
from app.privacy import letters

WITHDRAWN = "återkallad"


@dataclass(frozen=True)
class OwnEntry:
    """An entry as its sender sees it; `place` is its place in the draw, once there is one, `won` once confirmed."""

    edition: Edition
    contest: Contest
    entry: Entry
    locked: bool
    place: int | None
    won: bool

    @property
    def status(self) -> str:
        """What became of the entry so far, as a Swedish sentence."""
        if self.entry.struck == WITHDRAWN:
            return "Du har tagit tillbaka bidraget. Det är inte med i dragningen."
        if self.entry.struck:
            return f"Bidraget är struket och inte med i dragningen. Skäl: {self.entry.struck}."
        if self.won:
            return f"Bidraget fick plats {self.place} i dragningen och har vunnit."
        if self.place:
            return f"Bidraget var med i dragningen och fick plats {self.place}."
        if self.locked:
            return "Bidraget är med i dragningen. Listan är låst."
        return "Bidraget är mottaget. Om det är med i dragningen avgörs när listan låses."


def find(editions: Iterable[Edition], code: str, email: str) -> OwnEntry | None:
    """The entry that code and canonical address make up together, in any edition; the same work when there is none."""
    found = [own for edition in editions if (own := _in(edition, entries.plain_code(code), email))]
    return found[0] if found else None


def _in(edition: Edition, code: str, email: str) -> OwnEntry | None:
    contest = edition.contest
    if contest is None:
        return None
    ticket = entries.ticket(contest.id, code, email)
    entry = entry_of(contest.id, ticket)
    if entry is None:
        return None
    place = db.session.scalar(sa.select(Rank.place).where(Rank.contest_id == contest.id, Rank.ticket == ticket))
    verdict = db.session.get(Verdict, (contest.id, place)) if place else None
    won = verdict is not None and verdict.skipped is None
    return OwnEntry(edition, contest, entry, db.session.get(Lock, contest.id) is not None, place, won)


def export(own: OwnEntry) -> dict[str, object]:
    """Everything that is kept of the entry, for the person to take along (GDPR article 20)."""
    entry = own.entry
    return {
        "tavling": own.contest.id,
        "kalender": own.edition.name,
        "kvittokod": entries.grouped(entry.receipt_code) if entry.receipt_code else None,
        "lott": entry.ticket,
        "e_post": entry.email,
        "svar": entry.answer,
        "kommun": MUNICIPALITIES.get(entry.municipality, entry.municipality),
        "motivering": entry.motivation,
        "mottaget": stamp(entry.received_at),
        "struket": entry.struck,
        "plats_i_dragningen": own.place,
    }


def withdraw(own: OwnEntry, now: datetime) -> bool:
    """Strikes the entry when the list is not locked, and erases what it says about a person; the ticket stays.

    Returns whether the list was locked, which may have happened since the entry was found.
    """
    contest_id, number, ticket = own.contest.id, own.entry.id, own.entry.ticket
    write()
    entry = db.session.get_one(Entry, number, populate_existing=True)
    locked = db.session.get(Lock, contest_id) is not None
    if not locked and not entry.struck:
        entry.struck = WITHDRAWN
        records.append(contest_id, records.STRUCK, now, lott=ticket, skal=WITHDRAWN)
    elif entry.email:
        records.append(contest_id, "aterkallad", now, lott=ticket)
    entry.email = entry.receipt_code = entry.duplicate_key = entry.motivation = None
    db.session.commit()
    letters.remove(ticket)
    return locked

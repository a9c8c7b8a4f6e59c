"""Copies of the låsbevis outside the organiser's reach, as recorded by the organiser: only they prove when it was made.

A recorded anchor is a claim that anyone can check, by asking the one who has the copy.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from app.audit import records
from app.audit.chain import stamp
from app.calendar.schema import Contest
from app.database import db, write
from app.draw.conduct import ActRefused
from app.draw.models import Anchor, Lock

LONGEST = 200
"""Characters of who has the copy, and of the reference."""


@dataclass(frozen=True)
class Sent:
    """Who got the checksum, when, and under which diary number or the like it can be found there."""

    recipient: str
    sent_at: datetime
    reference: str


def add(contest: Contest, sent: Sent, now: datetime) -> None:
    """Records one anchor, for good. Raises ActRefused."""
    for text in (sent.recipient, sent.reference):
        if not text or len(text) > LONGEST:
            raise ActRefused(f"Skriv både mottagare och beteckning, med högst {LONGEST} tecken.")
    write()
    locked = db.session.get(Lock, contest.id)
    if locked is None:
        raise ActRefused("Lås listan först. Det är låsbeviset som förankras.")
    # The field has minutes, not seconds: the minute of the locking is not before it.
    if not locked.locked_at.replace(second=0) <= sent.sent_at <= now:
        raise ActRefused("Tiden ska ligga efter att listan låstes, och inte i framtiden.")
    found = anchors(contest.id)
    if any((each.recipient, each.sent_at, each.reference) == tuple(vars(sent).values()) for each in found):
        raise ActRefused("Förankringen är redan antecknad.")
    number = len(found) + 1
    db.session.add(Anchor(contest_id=contest.id, number=number, recorded_at=now, **vars(sent)))
    records.append(contest.id, "forankring", now, forankring=number, innehall=content(sent))
    db.session.commit()


def content(anchor: Sent | Anchor) -> str:
    """The checksum that the record carries of an anchor, since what people write may be a name."""
    return sha256(f"{anchor.recipient}\n{stamp(anchor.sent_at)}\n{anchor.reference}\n".encode()).hexdigest()


def anchors(contest_id: str) -> list[Anchor]:
    """The anchors in the order in which they were recorded."""
    query = sa.select(Anchor).where(Anchor.contest_id == contest_id).order_by(Anchor.number)
    return list(db.session.scalars(query))

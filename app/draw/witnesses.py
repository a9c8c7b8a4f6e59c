"""What vouches for a draw, held against the log: copies elsewhere, attempts to reach people, and two organisers."""

import json
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from app.audit.chain import stamp
from app.database import db
from app.draw import anchors, approval, contacts
from app.draw.models import Proposal


def differences(contest_id: str, acts: list[dict[str, Any]]) -> Iterator[str]:
    """A sentence for each difference. `acts` are the records of the log other than entries and strikes, in order."""
    noted = ({"forankring": each.number, "innehall": anchors.content(each)} for each in anchors.anchors(contest_id))
    tried = (
        {"plats": each.place, "forsok": each.number, "satt": each.how, "forsokt": stamp(each.tried_at)}
        for each in contacts.attempts(contest_id)
    )
    query = sa.select(Proposal).where(Proposal.contest_id == contest_id).order_by(Proposal.number)
    proposed = (
        {"forslag": each.number, "akt": each.act} | json.loads(each.payload) for each in db.session.scalars(query)
    )
    for name, kind, found in (
        ("Förankring", "forankring", noted),
        ("Kontaktförsök", "kontakt", tried),
        ("Förslag", "forslag", proposed),
    ):
        yield from _compared(name, found, (act for act in acts if act.get("typ") == kind))
    agreed = [(act.get("typ"), act.get("plats")) for act in acts if "godkand" in act]
    if agreed != approval.approved(contest_id):
        yield "Vad två organisatörer har godkänt är inte samma i databasen som i loggen."


def _compared(name: str, found: Iterable[dict[str, Any]], logged: Iterable[dict[str, Any]]) -> Iterator[str]:
    for number, (row, act) in enumerate(zip_longest(found, logged), 1):
        if row is None or act is None:
            yield f"{name} nummer {number} finns {'i loggen men inte' if act else 'inte i loggen men'} i databasen."
        elif {**act, **row} != act:
            yield f"{name} nummer {number} är en annan i databasen än i loggen."

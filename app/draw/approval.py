"""Acts that need two: one organiser proposes, another approves, and the approved act is the very same act.

The proposal is used up in the act's own transaction, so that nothing can come between the check and the act.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.audit import records
from app.audit.chain import stamp
from app.calendar.schema import Contest
from app.database import db, write
from app.draw import beacon, conduct, protocol, verdicts
from app.draw.conduct import ActRefused
from app.draw.models import Lock, Proposal

LASTS = timedelta(hours=24)
LOCK, SKIP = "last", "forbigangen"
"""The acts that need two, by the kind that the record gives them."""
APPROVED, REJECTED, TAKEN_BACK = "godkänt", "avslaget", "återtaget"
GONE = "Förslaget gäller inte längre. Öppna sidan på nytt."


def propose_lock(contest: Contest, rules: str, draw_at: datetime, by: int, now: datetime) -> None:
    """Organiser number `by` proposes to lock the list. Raises ActRefused as locking it would."""
    conduct.refuse_too_soon(contest, draw_at, now)
    write()
    conduct.refuse_when_settled(contest)
    _propose(contest, LOCK, {"tidpunkt": stamp(draw_at), "regler": protocol.checksum([rules])}, by, now)


def propose_skip(contest: Contest, place: int, reason: str, by: int, now: datetime) -> None:
    """Organiser number `by` proposes to go on to the next in line. Raises ActRefused as the skip would."""
    verdicts.refuse_reason(reason)
    write()
    verdicts.refuse_unless_next(contest, place)
    verdicts.refuse_too_early(contest, place, reason, now)
    _propose(contest, SKIP, {"plats": place, "skal": reason}, by, now)


def _propose(contest: Contest, act: str, payload: dict[str, object], by: int, now: datetime) -> None:
    if pending(contest, now):
        raise ActRefused("Det finns redan ett förslag som väntar på svar.")
    last = sa.select(sa.func.coalesce(sa.func.max(Proposal.number), 0)).where(Proposal.contest_id == contest.id)
    number = db.session.execute(last).scalar_one() + 1
    known = {"contest_id": contest.id, "number": number, "proposed_by": by, "proposed_at": now}
    db.session.add(Proposal(**known, act=act, payload=json.dumps(payload)))
    records.append(contest.id, "forslag", now, forslag=number, akt=act, **payload)
    db.session.commit()


def approve(contest: Contest, number: int, rules: str, chain: beacon.Chain, by: int, now: datetime) -> None:
    """Organiser number `by` approves, and the act is carried out. Raises ActRefused, and then nothing is."""
    proposal = db.session.get(Proposal, (contest.id, number))
    if proposal is None or not contest.two_person:
        raise ActRefused(GONE)
    wanted = payload(proposal)

    def consent() -> None:
        _use_up(contest, number, APPROVED, by, now)

    if proposal.act == SKIP:
        verdicts.skip(contest, wanted["plats"], wanted["skal"], now, consent)
        return
    if wanted["regler"] != protocol.checksum([rules]):
        raise ActRefused("Reglerna har ändrats sedan förslaget. Avslå det och gör ett nytt.")
    conduct.lock(contest, rules, datetime.fromisoformat(wanted["tidpunkt"]), chain, now, consent)


def reject(contest: Contest, number: int, by: int, now: datetime) -> None:
    """Organiser number `by` says no, or takes back what they proposed themselves. Raises ActRefused."""
    write()
    found = db.session.get(Proposal, (contest.id, number))
    outcome = TAKEN_BACK if found and found.proposed_by == by else REJECTED
    _use_up(contest, number, outcome, by, now)
    records.append(contest.id, "avslag", now, forslag=number, utfall=outcome)
    db.session.commit()


def _use_up(contest: Contest, number: int, outcome: str, by: int, now: datetime) -> None:
    """Decides on a proposal, inside a write() transaction."""
    proposal = pending(contest, now)
    if proposal is None or proposal.number != number:
        raise ActRefused(GONE)
    if outcome == APPROVED and proposal.proposed_by == by:
        raise ActRefused("Du kan inte godkänna ditt eget förslag. Be en annan organisatör.")
    proposal.outcome, proposal.decided_by, proposal.decided_at = outcome, by, now
    db.session.flush()


def pending(contest: Contest, now: datetime) -> Proposal | None:
    """The proposal that waits for an answer; one that is a day old, or that the draw has left behind, does not."""
    query = sa.select(Proposal).where(Proposal.contest_id == contest.id, Proposal.outcome.is_(None))
    found = db.session.scalars(query.order_by(Proposal.number.desc()).limit(1)).first()
    if found is None or now >= found.proposed_at + LASTS:
        return None
    wanted = payload(found)
    if found.act == SKIP:
        rank = verdicts.next_in_line(contest.id)
        return found if rank and rank.place == wanted["plats"] else None
    too_late = now > datetime.fromisoformat(wanted["tidpunkt"]) - conduct.shortest_lead(contest)
    return found if not too_late and db.session.get(Lock, contest.id) is None else None


def payload(proposal: Proposal) -> dict[str, Any]:
    """What is proposed: {"tidpunkt": …, "regler": …} for a lock, {"plats": …, "skal": …} for a skip."""
    found: dict[str, Any] = json.loads(proposal.payload)
    return found


def approved(contest_id: str) -> list[tuple[str, int | None]]:
    """What two organisers stand behind, as (act, place)."""
    query = sa.select(Proposal).where(Proposal.contest_id == contest_id, Proposal.outcome == APPROVED)
    found = db.session.scalars(query.order_by(Proposal.number))
    return [(proposal.act, payload(proposal).get("plats")) for proposal in found]

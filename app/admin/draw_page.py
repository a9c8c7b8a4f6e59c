"""The page of the draw as it stands: what has been done, and the forms for what can be done now."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, render_template, url_for

from app import clock
from app.admin import roles
from app.admin.draw_forms import LockForm
from app.admin.draw_offers import faults, may_send, offered
from app.admin.forms import AdminForm
from app.admin.guard import chosen_contest
from app.admin.models import Organiser
from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.contest.models import entry_of
from app.contest.municipalities import MUNICIPALITIES
from app.database import db
from app.draw import approval, beacon, conduct, contacts, letters, protocol, rehearsal, rehearsing, relays, winners
from app.draw.anchors import anchors
from app.draw.models import Lock, Proposal, Rank
from app.draw.standing import standing
from app.draw.verdicts import next_in_line
from app.mail import messages

Page = tuple[str, int]


def chain_of(contest: Contest) -> beacon.Chain:
    """The beacon chain that decides a contest."""
    found: beacon.Chain = rehearsal.CHAIN if contest.is_rehearsal else current_app.extensions["draw_chain"]
    return found


def page(status: int = 200, **posted: AdminForm) -> Page:
    """The page; a form that was posted is shown as it was posted, with its faults."""
    db.session.rollback()
    edition, contest = chosen_contest()
    now = clock.now()
    found = standing(contest, now, bool(edition.gaps))
    rank = next_in_line(contest.id)
    proposal = approval.pending(contest, now) if contest.two_person else None
    empty = offered(edition, contest, found, rank, proposal, now)
    forms = {name: posted.get(name, form) for name, form in empty.items()}
    context: dict[str, Any] = {
        "edition": edition,
        "contest": contest,
        "standing": found,
        "rank": rank,
        **(_about_the_next(edition, contest, rank, now) if rank and may_send("contact_form") else {}),
        "attempts": contacts.attempts(contest.id) if may_send("contact_form") else [],
        "names": winners.names(contest.id),
        "municipalities": MUNICIPALITIES,
        "value_has_come": bool(found.lock and now >= found.lock.draw_at),
        "fingerprint": protocol.fingerprint,
        "faults": faults(posted, empty),
        "open_page": open_page(edition, contest),
        "rehearsals": rehearsing.started(edition.year),
        "minutes": _minutes(forms.get("lock_form"), now),
        "lead": letters.lead,
        "pace": conduct.ENTRIES_A_SECOND,
        **_about_two(contest, proposal),
        **(_about_the_lock(edition, contest, found.lock) if found.lock else {}),
    }
    return render_template("admin/draw.html", **context | forms), status


def _about_two(contest: Contest, proposal: Proposal | None) -> dict[str, Any]:
    """Whether a second organiser is needed and there, and what one of them proposes."""
    answering = sa.select(sa.func.count()).select_from(Organiser).where(Organiser.role != roles.EDITOR)
    count = db.session.scalar(answering) or 0
    proposer = db.session.get(Organiser, proposal.proposed_by) if proposal else None
    wanted = approval.payload(proposal) if proposal else {}
    return {
        "proposal": proposal,
        "wanted": wanted,
        "wanted_at": datetime.fromisoformat(wanted["tidpunkt"]) if "tidpunkt" in wanted else None,
        "proposer": proposer.email if proposer else "ett konto som inte finns längre",
        "is_mine": bool(proposal and proposal.proposed_by == g.sign_in.organiser_id),
        "is_alone": contest.two_person and count < 2,
        "approved": approval.approved(contest.id),
    }


def open_page(edition: Edition, contest: Contest) -> str:
    """The address of the public page of the draw, or of the one that only organisers see."""
    if contest.is_rehearsal:
        return url_for("admin.rehearsed_page", ar=edition.year)
    return url_for("draw.draw", year=edition.year)


def _minutes(form: AdminForm | None, now: datetime) -> int:
    """How long there would be between locking and draw if the form were sent at once."""
    chosen = form.draw_at.instant if isinstance(form, LockForm) else now
    return max(0, int((chosen - now).total_seconds() // 60))


def _about_the_lock(edition: Edition, contest: Contest, lock: Lock) -> dict[str, Any]:
    """What to send now that the list is locked, and where to look for the value."""
    address = current_app.config["PUBLIC_URL"] + open_page(edition, contest)
    mark = letters.REHEARSAL if contest.is_rehearsal else ""
    facts = (edition.file.title, lock.locked_at, lock.draw_at, lock.round, lock.proof_sha256, address)
    chain = chain_of(contest)
    return {
        "to_registrator": mark + letters.to_registrator(*facts),
        "to_partners": mark + letters.to_partners(*facts),
        "anchors": anchors(contest.id),
        "sources": relays.addresses(current_app.config["DRAW_RELAYS"], lock.chain_hash, lock.round),
        # Where no relay has the value, the page gives it itself.
        "rehearsed": rehearsal.relay_answer(lock.round) if chain == rehearsal.CHAIN else None,
    }


def _about_the_next(edition: Edition, contest: Contest, rank: Rank, now: datetime) -> dict[str, Any]:
    """Who is next in line, and what to write to them while the address is known."""
    entry = entry_of(contest.id, rank.ticket)
    public_url = current_app.config["PUBLIC_URL"]
    letter = messages.winner(edition, contest, rank.ticket, now, public_url) if entry and entry.email else None
    return {"person": entry, "letter": letter}

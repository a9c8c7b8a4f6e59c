"""The page of the draw as it stands: what happens when, and the few actions that are an organiser's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, g, render_template, url_for

from app import clock
from app.admin.accounts import roles
from app.admin.accounts.forms import UNSEEN, AdminForm, EmptyForm, blank_form
from app.admin.accounts.guard import chosen_contest
from app.admin.draw.forms import CancelForm, NameForm, PasteForm, PlaceForm, RehearsalForm, SkipForm
from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.clock import SWEDEN
from app.contest import terms
from app.contest.lookup import municipality_names
from app.contest.models import Entry, entry_of
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import delivery, practice, status, value, winners
from app.draw.models import Letter, Rank
from app.draw.status import ContestStatus, contest_status
from app.outbox.messages import Letter as Text

Forms = dict[str, AdminForm]
# The program locks; the button is for when it could not.
LATE_LOCK = timedelta(minutes=5)
# How long beforehand the page begins to follow what comes.
SOON = timedelta(minutes=10)
# Each form's heading on the page, and the page of the blueprint that takes it.
PLACES = {
    "lock_form": ("las", "lock_now"),
    "fetch_form": ("hamta", "fetch_value"),
    "paste_form": ("hamta", "paste_value"),
    "confirm_form": ("vinnaren", "confirm"),
    "skip_form": ("vinnaren", "skip"),
    "name_form": ("vinnaren", "publish_name"),
    "withdraw_form": ("vinnaren", "withdraw_name"),
    "cancel_form": ("stall-in", "cancel"),
    "rehearsal_form": ("ova", "start_rehearsal"),
}


@dataclass(frozen=True)
class InLine:
    """One in line for a prize: place, prize, who it is, the letter to them and until when they may answer."""

    rank: Rank
    prize: str
    person: Entry | None
    letter: Letter | None
    until: datetime | None
    text: Text | None
    may_skip: bool


def render_draw(status_code: int = 200, **posted: AdminForm) -> tuple[str, int]:
    """Render the page; a form that was posted is shown as it was posted, with its faults."""
    db.session.rollback()
    edition, contest = chosen_contest()
    now = clock.now()
    found = contest_status(contest, now, bool(edition.gaps))
    waiting = _in_line(contest, now) if isinstance(contest, FrozenContest) and found.drawn else []
    empty = offered_forms(edition, contest, found, waiting, now)
    forms = {name: posted.get(name, form) for name, form in empty.items()}
    if isinstance(name_form := forms.get("name_form"), NameForm):
        name_form.offer(contest)
    context: dict[str, object] = {
        "edition": edition,
        "contest": contest,
        "standing": found,
        "in_line": waiting,
        "names": winners.winner_names(contest.id),
        "municipalities": municipality_names(),
        "faults": form_faults(posted, empty),
        "open_page": open_page(edition, contest),
        "waits": status_code == 200 and is_waiting(contest, found, waiting, now),
        "rehearsals": practice.count_rehearsals(edition.year),
        **(draw_times(contest, found) if isinstance(contest, FrozenContest) else {}),
    }
    return render_template("admin/draw.html", **context | forms), status_code


def is_waiting(contest: Contest, found: ContestStatus, waiting: list[InLine], now: datetime) -> bool:
    """Check whether the program is about to do something by itself, so that the page will be another one soon."""
    if not isinstance(contest, FrozenContest) or contest.is_rehearsal:
        return False
    if found.state == "closed":
        return now >= status.lock_due(contest) - SOON
    if found.lock and found.state == "locked":
        return now >= found.lock.draw_at - SOON
    return any(one.letter is None and one.text for one in waiting)


def draw_times(contest: FrozenContest, found: ContestStatus) -> dict[str, object]:
    number = found.lock.round if found.lock else contest.round
    return {
        "strikes_until": status.strikes_until(contest),
        "lock_due": status.lock_due(contest),
        "value_at": found.lock.draw_at if found.lock else contest.round_at,
        "round": number,
        "sources": value.relay_addresses(current_app.config["DRAW_RELAYS"], contest.chain, number),
    }


def _in_line(contest: FrozenContest, now: datetime) -> list[InLine]:
    contact = terms.contact_of(contest.id)
    waiting = []
    for rank in status.in_line(contest):
        letter = db.session.get(Letter, (contest.id, rank.place))
        until = status.answer_by(contest, letter.left_at) if letter else None
        entry = entry_of(contest.id, rank.ticket)
        email = contact.email if contact else "oss@exempel.se" if contest.is_rehearsal else ""
        text = delivery.winner_letter(contest, email, rank.place, rank.ticket) if entry and entry.email else None
        may_skip = until is not None and now >= until
        waiting.append(InLine(rank, status.prize_of(contest, rank.place), entry, letter, until, text, may_skip))
    return waiting


def open_page(edition: Edition, contest: Contest) -> str:
    """Return the address of the public page of the draw, or of the one that only organisers see."""
    if contest.is_rehearsal:
        return url_for("admin.rehearsed_page", ar=edition.year)
    return url_for("draw.draw", year=edition.year)


def offered_forms(
    edition: Edition, contest: Contest, found: ContestStatus, waiting: list[InLine], now: datetime
) -> Forms:
    """Return what the one signed in may do now: forms by name, as they are when nothing has been filled in."""
    forms: Forms = {"rehearsal_form": blank_form(RehearsalForm, number=practice.count_rehearsals(edition.year) + 1)}
    if isinstance(contest, FrozenContest):
        forms |= before_the_value(contest, found, now) | about_the_winners(contest, found, waiting, now)
    role = g.sign_in.organiser.role
    return {name: form for name, form in forms.items() if roles.may(role, f"admin.{PLACES[name][1]}")}


def may_lock_now(contest: FrozenContest, found: ContestStatus, now: datetime) -> bool:
    """Check that the program has not locked although it should have; a rehearsal is always locked by hand."""
    due = status.lock_due(contest) + (timedelta(0) if contest.is_rehearsal else LATE_LOCK)
    return found.state == "closed" and not found.erased and now >= due


def before_the_value(contest: FrozenContest, found: ContestStatus, now: datetime) -> Forms:
    forms: Forms = {"lock_form": blank_form(EmptyForm)} if may_lock_now(contest, found, now) else {}
    comes = found.lock.draw_at if found.lock else contest.round_at
    if found.state == "locked" and now >= comes:
        forms |= {"fetch_form": blank_form(EmptyForm), "paste_form": blank_form(PasteForm)}
    if found.state in ("open", "closed", "locked") and now < comes:
        forms["cancel_form"] = blank_form(CancelForm)
    return forms


def about_the_winners(contest: FrozenContest, found: ContestStatus, waiting: list[InLine], now: datetime) -> Forms:
    forms: Forms = {}
    if any(one.letter for one in waiting):
        forms["confirm_form"] = blank_form(PlaceForm)
    if any(one.may_skip for one in waiting):
        forms["skip_form"] = blank_form(SkipForm)
    named = winners.winner_names(contest.id)
    if named:
        forms["withdraw_form"] = blank_form(PlaceForm)
    if unnamed := [winner for winner in found.winners if winner.place not in named]:
        entry = entry_of(contest.id, unnamed[0].ticket)
        today = now.astimezone(SWEDEN).date()
        known = {"place": unnamed[0].place, "municipality": entry and entry.municipality, "consented_on": today}
        forms["name_form"] = blank_form(NameForm, **known)
    return forms


def form_faults(posted: Forms, offered: Forms) -> list[tuple[str, str]]:
    """Return what to mend, each beside its field, or at the heading when the field is not on the page (any more)."""
    return [
        (name if form in offered and name not in UNSEEN else PLACES[form][0], sentence)
        for form, values in posted.items()
        for name, sentence in values.faults()
    ]

"""The draw, one button at a time: lock the list, paste the value, confirm the winner."""

from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import log
from app.admin.forms import LockForm, ValueForm, VerdictForm, made
from app.admin.guard import blueprint, chosen_contest
from app.calendar.schema import Contest
from app.clock import SWEDEN
from app.contest import rulebook
from app.contest.models import Entry
from app.contest.municipalities import MUNICIPALITIES
from app.database import db
from app.draw import beacon, conduct, protocol, rehearsal
from app.draw.standing import standing

Page = tuple[str, int]


def _chain() -> beacon.Chain:
    found: beacon.Chain = current_app.extensions["draw_chain"]
    return found


def _suggested(contest: Contest, now: datetime) -> datetime:
    """The announced time, or when that has passed the next weekday at noon that is a day away."""
    if contest.draw_at > now + conduct.SHORTEST_LEAD:
        return contest.draw_at.astimezone(SWEDEN)
    day = (now + timedelta(days=1)).astimezone(SWEDEN).date()
    noon = datetime.combine(day, time(12), SWEDEN)
    while noon.weekday() > 4 or noon < now + timedelta(days=1):
        noon += timedelta(days=1)
    return noon


def _page(status: int = 200, **forms: Any) -> Page:
    edition, contest = chosen_contest()
    now = clock.now()
    rank = conduct.next_in_line(contest.id)
    found = standing(contest, now)
    context: dict[str, Any] = {
        "edition": edition,
        "contest": contest,
        "standing": found,
        "rank": rank,
        "person": _person(contest, rank.ticket) if rank else None,
        "municipalities": MUNICIPALITIES,
        "fingerprint": protocol.fingerprint,
        "value_has_come": bool(found.lock and now >= found.lock.draw_at),
        "rehearsed": _rehearsed(found.lock.round) if found.lock else None,
        "lock_form": forms.get("lock_form") or made(LockForm, draw_at=_suggested(contest, now).replace(tzinfo=None)),
        "value_form": forms.get("value_form") or made(ValueForm),
        "verdict_form": forms.get("verdict_form") or made(VerdictForm, place=rank.place if rank else None),
    }
    return render_template("admin/draw.html", **context), status


def _person(contest: Contest, ticket: str) -> Entry | None:
    return db.session.scalar(sa.select(Entry).where(Entry.contest_id == contest.id, Entry.ticket == ticket))


def _rehearsed(number: int) -> str | None:
    """In a rehearsal, where no relay has the value, the page gives it itself."""
    return rehearsal.relay_answer(number) if _chain() == rehearsal.CHAIN else None


@blueprint.get("/dragning")
def draw() -> Page:
    return _page()


@blueprint.post("/dragning/las")
def lock_list() -> BaseResponse | Page:
    edition, contest = chosen_contest()
    form = LockForm()
    if form.validate() and form.draw_at.data:
        try:
            draw_at = form.draw_at.data.replace(tzinfo=SWEDEN)
            in_force = rulebook.freeze(contest, edition.file.organiser, clock.now())
            conduct.lock(contest, in_force.text, draw_at, _chain(), clock.now())
            log.note("locked", contest.id, clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except conduct.ActRefused as error:
            form.refuse(str(error))
    elif not form.errors or "draw_at" in form.errors:
        form.draw_at.errors = ["Välj dag och klockslag för dragningen."]
    return _page(422, lock_form=form)


@blueprint.post("/dragning/slumptal")
def paste_value() -> BaseResponse | Page:
    edition, contest = chosen_contest()
    form = ValueForm()
    if form.validate():
        try:
            conduct.draw(contest, form.value.data or "", _chain(), clock.now())
            log.note("drawn", contest.id, clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except conduct.ActRefused as error:
            form.refuse(str(error))
    return _page(422, value_form=form)


@blueprint.post("/dragning/avgor")
def decide() -> BaseResponse | Page:
    edition, contest = chosen_contest()
    form = VerdictForm()
    if form.validate():
        try:
            if form.verdict.data == "vinnare":
                conduct.confirm(contest, form.place.data or 0, clock.now())
            else:
                conduct.skip(contest, form.place.data or 0, form.verdict.data or "", clock.now())
            log.note("verdict", f"plats {form.place.data} i {contest.id}: {form.verdict.data}", clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except conduct.ActRefused as error:
            form.refuse(str(error))
    elif form.place.errors:
        form.place.errors = []
        form.refuse("Öppna sidan på nytt och ta ställning till den plats som står på tur.")
    return _page(422, verdict_form=form)

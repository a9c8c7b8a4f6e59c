"""The draw: one table of actions, one view that carries each out."""

from datetime import datetime

from flask import abort, current_app, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import log
from app.admin.draw_forms import (
    CancelForm,
    ConfirmForm,
    FetchForm,
    LockNowForm,
    NameForm,
    PasteForm,
    SkipForm,
    WithdrawNameForm,
)
from app.admin.draw_page import Action, Page, may_lock_now, render_draw
from app.admin.forms import AdminForm
from app.admin.guard import blueprint, chosen_contest
from app.contest.terms import FrozenContest
from app.draw import actions, drawing, winners
from app.draw.actions import ActionNotAllowed
from app.draw.status import standing
from app.web.limits import TooMany, spend


def carry_out(name: str, form: AdminForm, action: Action) -> BaseResponse | Page:
    """Carry out an action when its form is right, and lead back to the page; else the page says what is wrong."""
    edition, contest = chosen_contest()
    if not isinstance(contest, FrozenContest):
        abort(404)
    if form.validate():
        try:
            kind = action(contest, clock.now())
            place = f", plats {form.place.data}" if "place" in form else ""
            log.note(kind, contest.id + place, clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except ActionNotAllowed as error:
            form.refuse(str(error))
        except TooMany:
            form.refuse("Det blev många försök. Vänta en minut och försök igen.")
            return render_draw(429, **{name: form})
    return render_draw(422, **{name: form})


@blueprint.get("/dragning")
def draw() -> Page:
    return render_draw()


@blueprint.post("/dragning/las")
def lock_now() -> BaseResponse | Page:
    def action(contest: FrozenContest, now: datetime) -> str:
        if not may_lock_now(contest, standing(contest, now), now):
            raise ActionNotAllowed("Kalendern låser listan själv. Knappen behövs bara om den inte har kunnat.")
        actions.lock_list(contest, now, drawing.newest_shown(contest, now))
        return "locked"

    return carry_out("lock_form", LockNowForm(), action)


@blueprint.post("/dragning/hamta")
def fetch_value() -> BaseResponse | Page:
    def action(contest: FrozenContest, now: datetime) -> str:
        _spend_a_check()
        drawing.fetch(contest, now)
        return "drawn"

    return carry_out("fetch_form", FetchForm(), action)


@blueprint.post("/dragning/slumptal")
def paste_value() -> BaseResponse | Page:
    form = PasteForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        _spend_a_check()
        drawing.draw(contest, form.value.data or "", now)
        return "drawn"

    return carry_out("paste_form", form, action)


def _spend_a_check() -> None:
    """Checking a signature takes work, and asking a relay takes a stranger's."""
    spend("slumptal", each=current_app.config["DRAW_LIMIT"], together="60 per minute")


@blueprint.post("/dragning/bekrafta")
def confirm() -> BaseResponse | Page:
    form = ConfirmForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        winners.confirm(contest, form.place.data or 0, now)
        return "confirmed"

    return carry_out("confirm_form", form, action)


@blueprint.post("/dragning/ga-vidare")
def skip() -> BaseResponse | Page:
    form = SkipForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        winners.skip(contest, form.place.data or 0, form.reason.data or "", now)
        return "skipped"

    return carry_out("skip_form", form, action)


@blueprint.post("/dragning/stall-in")
def cancel() -> BaseResponse | Page:
    form = CancelForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        shown = drawing.newest_shown(contest, now)
        actions.cancel(contest, form.reason.data or "", now, newest_shown=shown)
        return "cancelled"

    return carry_out("cancel_form", form, action)


@blueprint.post("/dragning/namn")
def publish_name() -> BaseResponse | Page:
    form = NameForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        if form.consented_on.data:
            named = winners.Named(form.first_name.data or "", form.municipality.data or "", form.consented_on.data)
            winners.publish(contest, form.place.data or 0, named, now)
        return "named"

    return carry_out("name_form", form, action)


@blueprint.post("/dragning/namn/ta-bort")
def withdraw_name() -> BaseResponse | Page:
    form = WithdrawNameForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        winners.withdraw_name(contest, form.place.data or 0)
        return "unnamed"

    return carry_out("withdraw_form", form, action)

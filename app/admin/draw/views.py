"""The draw: one table of actions, one view that carries each out."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, abort, current_app, g, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import activity_log
from app.admin.accounts.forms import AdminForm
from app.admin.accounts.guard import blueprint, chosen_contest, chosen_edition
from app.admin.draw.forms import (
    CancelForm,
    ConfirmForm,
    FetchForm,
    LockNowForm,
    NameForm,
    PasteForm,
    RehearsalForm,
    SkipForm,
    WithdrawNameForm,
)
from app.admin.draw.page import Action, may_lock_now, render_draw
from app.contest.terms import FrozenContest, contest_of, hatch_of
from app.draw import actions, practice, value, winners
from app.draw.status import contest_status
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded, check_and_hit


def carry_out(name: str, form: AdminForm, action: Action) -> BaseResponse | tuple[str, int]:
    """Carry out an action when its form is right, and lead back to the page; else the page says what is wrong."""
    edition, contest = chosen_contest()
    if not isinstance(contest, FrozenContest):
        abort(404)
    if form.validate():
        try:
            kind = action(contest, clock.now())
            place = f", plats {form.place.data}" if "place" in form else ""
            activity_log.log_action(kind, contest.id + place, clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except NotAllowed as error:
            form.refuse(str(error))
        except RateLimitExceeded:
            form.refuse("Det blev många försök. Vänta en minut och försök igen.")
            return render_draw(429, **{name: form})
    return render_draw(422, **{name: form})


@blueprint.get("/dragning")
def draw() -> tuple[str, int]:
    return render_draw()


@blueprint.post("/dragning/las")
def lock_now() -> BaseResponse | tuple[str, int]:
    def action(contest: FrozenContest, now: datetime) -> str:
        if not may_lock_now(contest, contest_status(contest, now), now):
            raise NotAllowed("Kalendern låser listan själv. Knappen behövs bara om den inte har kunnat.")
        actions.lock_list(contest, now, value.newest_shown(contest, now))
        return "locked"

    return carry_out("lock_form", LockNowForm(), action)


@blueprint.post("/dragning/hamta")
def fetch_value() -> BaseResponse | tuple[str, int]:
    def action(contest: FrozenContest, now: datetime) -> str:
        spend_a_check()
        value.fetch_value(contest, now)
        return "drawn"

    return carry_out("fetch_form", FetchForm(), action)


@blueprint.post("/dragning/slumptal")
def paste_value() -> BaseResponse | tuple[str, int]:
    form = PasteForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        spend_a_check()
        value.draw_winners(contest, form.value.data or "", now)
        return "drawn"

    return carry_out("paste_form", form, action)


def spend_a_check() -> None:
    """Checking a signature takes work, and asking a relay takes a stranger's."""
    check_and_hit("slumptal", each=current_app.config["DRAW_LIMIT"], together="60 per minute")


@blueprint.post("/dragning/bekrafta")
def confirm() -> BaseResponse | tuple[str, int]:
    form = ConfirmForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        winners.confirm_winner(contest, form.place.data or 0, now)
        return "confirmed"

    return carry_out("confirm_form", form, action)


@blueprint.post("/dragning/ga-vidare")
def skip() -> BaseResponse | tuple[str, int]:
    form = SkipForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        winners.skip_place(contest, form.place.data or 0, form.reason.data or "", now)
        return "skipped"

    return carry_out("skip_form", form, action)


@blueprint.post("/dragning/stall-in")
def cancel() -> BaseResponse | tuple[str, int]:
    form = CancelForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        shown = value.newest_shown(contest, now)
        actions.cancel_contest(contest, form.reason.data or "", now, newest_shown=shown)
        return "cancelled"

    return carry_out("cancel_form", form, action)


@blueprint.post("/dragning/namn")
def publish_name() -> BaseResponse | tuple[str, int]:
    form = NameForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        if form.consented_on.data:
            named = winners.Named(form.first_name.data or "", form.municipality.data or "", form.consented_on.data)
            winners.publish_name(contest, form.place.data or 0, named, now)
        return "named"

    return carry_out("name_form", form, action)


@blueprint.post("/dragning/namn/ta-bort")
def withdraw_name() -> BaseResponse | tuple[str, int]:
    form = WithdrawNameForm()

    def action(contest: FrozenContest, now: datetime) -> str:
        winners.withdraw_name(contest, form.place.data or 0)
        return "unnamed"

    return carry_out("withdraw_form", form, action)


@blueprint.post("/dragning/ova")
def start_rehearsal() -> BaseResponse | tuple[str, int]:
    edition = chosen_edition()
    contest, hatch = contest_of(edition) or abort(404), hatch_of(edition) or 0
    form = RehearsalForm()
    if form.validate():
        number = form.number.data or 0
        try:
            title, organiser = edition.file.title, edition.file.organiser
            practice.start_rehearsal(contest, edition.year, hatch, title, organiser, number, clock.now())
            activity_log.log_action("rehearsed", f"övning {number}", clock.now())
            return redirect(url_for("admin.draw", ar=edition.year, ovning=number), 303)
        except NotAllowed as error:
            form.refuse(str(error))
    return render_draw(422, rehearsal_form=form)


@blueprint.get("/dragning/oppen", defaults={"part": ""})
@blueprint.get("/dragning/oppen/<path:part>")
def rehearsed_page(part: str) -> Response:
    """The public page of the draw, or one of its files, as it would be if the rehearsal were real."""
    edition, contest = chosen_contest()
    if not isinstance(contest, FrozenContest) or not contest.is_rehearsal:
        abort(404)
    g.rehearsed = (edition, contest, contest.hatch)
    endpoint, values = current_app.url_map.bind("").match(f"/{edition.year}/dragning/{part}".rstrip("/"))
    if not endpoint.startswith("draw."):
        abort(404)
    view: Callable[..., Any] = current_app.view_functions[endpoint]
    response: Response = current_app.make_response(view(**values))
    for name in ("Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"):
        response.headers.pop(name, None)
    return response


@blueprint.app_context_processor
def addresses_of_the_rehearsal() -> dict[str, object]:
    """In a rehearsed public page, what leads to the draw's pages leads to the rehearsed ones."""
    return {"url_for": rehearsed_url_for} if g.get("rehearsed") else {}


def rehearsed_url_for(endpoint: str, **values: Any) -> str:
    address = url_for(endpoint, **values)
    if not endpoint.startswith("draw."):
        return address
    part = urlsplit(address).path.partition("/dragning")[2].lstrip("/")
    more: dict[str, Any] = dict(parse_qsl(urlsplit(address).query))
    return url_for("admin.rehearsed_page", part=part, ar=g.rehearsed[0].year, **more)

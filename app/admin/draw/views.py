"""The draw: one table of acts, one view that carries each out."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, abort, current_app, g, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import activity_log
from app.admin.accounts.forms import AdminForm, EmptyForm
from app.admin.accounts.guard import blueprint, chosen_edition, chosen_frozen
from app.admin.draw.forms import CancelForm, NameForm, PasteForm, PlaceForm, RehearsalForm, SkipForm
from app.admin.draw.page import PLACES, may_lock_now, render_draw
from app.contest.terms import FrozenContest, contest_of, hatch_of
from app.draw import actions, practice, value, winners
from app.draw.status import contest_status
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded, check_and_hit

Act = Callable[[FrozenContest, AdminForm, datetime], None]


@blueprint.get("/dragning")
def draw() -> tuple[str, int]:
    return render_draw()


def carry_out(act: Act, name: str, form_of_act: type[AdminForm], kind: str) -> BaseResponse | tuple[str, int]:
    """Carry out an act when its form is right, and lead back to the page; else the page says what is wrong."""
    edition, contest = chosen_frozen()
    form = form_of_act()
    if form.validate():
        try:
            act(contest, form, clock.now())
            place = f", plats {form.place.data}" if "place" in form else ""
            activity_log.log_action(kind, contest.id + place, clock.now())
            return redirect(url_for("admin.draw", ar=edition.year), 303)
        except NotAllowed as error:
            form.refuse(str(error))
        except RateLimitExceeded:
            form.refuse("Det blev många försök. Vänta en minut och försök igen.")
            return render_draw(429, **{name: form})
    return render_draw(422, **{name: form})


def lock_now(contest: FrozenContest, _form: AdminForm, now: datetime) -> None:
    if not may_lock_now(contest, contest_status(contest, now), now):
        raise NotAllowed("Kalendern låser listan själv. Knappen behövs bara om den inte har kunnat.")
    actions.lock_list(contest, now, value.newest_shown(contest, now))


def fetch_value(contest: FrozenContest, _form: AdminForm, now: datetime) -> None:
    spend_a_check()
    value.fetch_value(contest, now)


def paste_value(contest: FrozenContest, form: AdminForm, now: datetime) -> None:
    spend_a_check()
    value.draw_winners(contest, form.value.data or "", now)


def spend_a_check() -> None:
    """Checking a signature takes work, and asking a relay takes a stranger's."""
    check_and_hit("slumptal", each=current_app.config["DRAW_LIMIT"], together="60 per minute")


def confirm(contest: FrozenContest, form: AdminForm, now: datetime) -> None:
    winners.confirm_winner(contest, form.place.data, now)


def skip(contest: FrozenContest, form: AdminForm, now: datetime) -> None:
    winners.skip_place(contest, form.place.data, form.reason.data or "", now)


def cancel(contest: FrozenContest, form: AdminForm, now: datetime) -> None:
    actions.cancel_contest(contest, form.reason.data, now, newest_shown=value.newest_shown(contest, now))


def publish_name(contest: FrozenContest, form: AdminForm, now: datetime) -> None:
    named = winners.Named(form.first_name.data, form.municipality.data or "", form.consented_on.data)
    winners.publish_name(contest, form.place.data, named, now)


def withdraw_name(contest: FrozenContest, form: AdminForm, _now: datetime) -> None:
    winners.withdraw_name(contest, form.place.data)


# Each act with its address, its form on the page, and its name in the log.
ACTS: tuple[tuple[Act, str, str, type[AdminForm], str], ...] = (
    (lock_now, "las", "lock_form", EmptyForm, "locked"),
    (fetch_value, "hamta", "fetch_form", EmptyForm, "drawn"),
    (paste_value, "slumptal", "paste_form", PasteForm, "drawn"),
    (confirm, "bekrafta", "confirm_form", PlaceForm, "confirmed"),
    (skip, "ga-vidare", "skip_form", SkipForm, "skipped"),
    (cancel, "stall-in", "cancel_form", CancelForm, "cancelled"),
    (publish_name, "namn", "name_form", NameForm, "named"),
    (withdraw_name, "namn/ta-bort", "withdraw_form", PlaceForm, "unnamed"),
)
for act, address, name, form, kind in ACTS:
    view = partial(carry_out, act, name, form, kind)
    blueprint.add_url_rule(f"/dragning/{address}", PLACES[name][1], view, methods=["POST"])


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
    edition, contest = chosen_frozen()
    if not contest.is_rehearsal:
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

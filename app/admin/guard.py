"""The one guard of the organisers' area: every page of the blueprint asks for a sign-in unless it is named here."""

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import access
from app.admin.forms import EmptyForm, made
from app.calendar import hatches
from app.calendar.hatches import Edition
from app.calendar.lookup import library
from app.calendar.schema import Contest
from app.draw import rehearsing

COOKIE = "__Host-organisator"
OPEN_TO_ALL = {"admin.sign_in", "admin.send_sign_in", "admin.invitation", "admin.accept_invitation"}

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.before_request
def signed_in_only() -> BaseResponse | None:
    g.sign_in = access.find_sign_in(request.cookies.get(COOKIE, ""), clock.now())
    if g.sign_in is None and request.endpoint not in OPEN_TO_ALL:
        return redirect(url_for("admin.sign_in"), 303)
    return None


@blueprint.context_processor
def for_every_page() -> dict[str, object]:
    return {"sign_out_token": lambda: made(EmptyForm).token._value()}


@blueprint.after_request
def never_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def chosen_edition() -> Edition:
    """The edition that the page is about: ?ar=2026, or the current one."""
    editions = library().editions
    year = request.args.get("ar", default=hatches.current_year(editions, clock.now()), type=int)
    return editions.get(year) or abort(404)


def chosen_contest() -> tuple[Edition, Contest]:
    """The contest that the page is about; with ?ovning=3 the third rehearsal of it, and then never the real one."""
    edition = chosen_edition()
    contest = edition.contest or abort(404)
    if "ovning" in request.args:
        number = request.args.get("ovning", default=0, type=int)
        contest = rehearsing.find(contest, edition.year, number) or abort(404)
        g.rehearsal = number
    return edition, contest


@blueprint.url_defaults
def keep_to_the_rehearsal(endpoint: str, values: dict[str, Any]) -> None:
    """Every link and form of a rehearsal's page stays in the rehearsal, but for the way out of it."""
    if g.get("rehearsal") and endpoint != "admin.overview":
        values.setdefault("ovning", g.rehearsal)

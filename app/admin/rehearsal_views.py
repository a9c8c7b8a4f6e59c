"""The rehearsal: a contest of its own, and the public pages as they would be for it, for organisers only."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Response, abort, current_app, g, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import log
from app.admin.draw_forms import RehearsalForm
from app.admin.draw_page import Page, render_draw
from app.admin.guard import blueprint, chosen_contest, chosen_edition
from app.contest.terms import FrozenContest, contest_of, hatch_of
from app.draw import rehearsing
from app.draw.actions import ActionNotAllowed


@blueprint.post("/dragning/ova")
def start_rehearsal() -> BaseResponse | Page:
    edition = chosen_edition()
    contest, hatch = contest_of(edition) or abort(404), hatch_of(edition) or 0
    form = RehearsalForm()
    if form.validate():
        number = form.number.data or 0
        try:
            title, organiser = edition.file.title, edition.file.organiser
            rehearsing.start(contest, edition.year, hatch, title, organiser, number, clock.now())
            log.note("rehearsed", f"övning {number}", clock.now())
            return redirect(url_for("admin.draw", ar=edition.year, ovning=number), 303)
        except ActionNotAllowed as error:
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
def addresses_of_the_rehearsal() -> dict[str, Any]:
    """In a rehearsed public page, what leads to the draw's pages leads to the rehearsed ones."""
    return {"url_for": _rehearsed_url_for} if g.get("rehearsed") else {}


def _rehearsed_url_for(endpoint: str, **values: Any) -> str:
    address = url_for(endpoint, **values)
    if not endpoint.startswith("draw."):
        return address
    part = urlsplit(address).path.partition("/dragning")[2].lstrip("/")
    more: dict[str, Any] = dict(parse_qsl(urlsplit(address).query))
    return url_for("admin.rehearsed_page", part=part, ar=g.rehearsed[0].year, **more)

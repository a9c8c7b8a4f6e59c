"""The calendar, a hatch, its images: what everybody sees, and nothing of a hatch before it opens."""

from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import feeds, hatches, house
from app.calendar.hatches import Edition
from app.calendar.lookup import HatchLocked, current_edition, find_edition, find_hatch, library, public
from app.calendar.street import FIGURES

blueprint = Blueprint("calendar", __name__)
_OTHER_PAGES = (
    "/om",
    "/personuppgifter",
    "/kakor",
    "/flode.xml",
    "/flode.json",
    "/kalender.ics",
    "/inbaddning",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
)


def public_addresses(now: datetime) -> dict[str, tuple[int, int] | None]:
    """The pages that are the same bytes for everybody at `now`; only these are kept in the page cache.

    Those that are counted are given as (year, number), where 0 is the calendar itself; the others as None.
    """
    adapter = current_app.url_map.bind("")
    found: dict[str, tuple[int, int] | None] = dict.fromkeys(_OTHER_PAGES)
    found["/"] = (hatches.current_year(library().editions, now), 0)
    for year, edition in library().editions.items():
        found[adapter.build("calendar.edition", {"year": year})] = (year, 0)
        for number in hatches.open_numbers(year, now):
            found[adapter.build("calendar.hatch", {"year": year, "number": number})] = (year, number)
            for name in edition.hatches[number].images:
                found[adapter.build("calendar.image", {"year": year, "number": number, "name": name})] = None
    return found


def _calendar(edition: Edition) -> Response:
    now = clock.now()
    context: dict[str, Any] = {
        "edition": edition,
        "season": hatches.season(edition.year, now),
        "open_numbers": hatches.open_numbers(edition.year, now),
        "today": hatches.todays_number(edition.year, now),
        "days_left": hatches.days_left(edition.year, now),
        "house": house.at(edition.year, now),
        "street": FIGURES,
        "other_years": sorted((year for year in library().editions if year < edition.year), reverse=True),
    }
    return public(render_template("calendar/calendar.html", **context))


@blueprint.get("/")
def start() -> Response:
    return _calendar(current_edition())


@blueprint.get("/<year:year>/")
def edition(year: int) -> Response:
    return _calendar(find_edition(year))


@blueprint.get("/lucka/<hatch:number>")
def current_hatch(number: int) -> BaseResponse:
    return redirect(url_for("calendar.hatch", year=current_edition().year, number=number), 303)


@blueprint.get("/<year:year>/lucka/<hatch:number>")
def hatch(year: int, number: int) -> Response:
    edition, found = find_hatch(year, number)
    now = clock.now()
    address = feeds.address(edition, number, current_app.config["PUBLIC_URL"])
    context: dict[str, Any] = {
        "edition": edition,
        "hatch": found,
        "house": house.at(year, now),
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(omitsize=True, border=0, title="QR-kod till luckan"),
        "today": hatches.todays_number(year, now),
        "previous": number - 1 if number > 1 else None,
        "following": number + 1 if number < 24 and hatches.is_open(year, number + 1, now) else None,
    }
    return public(render_template("calendar/hatch.html", **context))


@blueprint.get("/<year:year>/lucka/<hatch:number>/bild/<name>")
def image(year: int, number: int, name: str) -> Response:
    _, found = find_hatch(year, number)
    if name not in found.images:
        abort(404)
    return public(found.images[name], hatches.image_type(name))


@blueprint.get("/om")
def about() -> Response:
    return public(render_template("calendar/about.html", edition=current_edition()))


@blueprint.app_errorhandler(HatchLocked)
def locked(error: HatchLocked) -> tuple[str, int, dict[str, str]]:
    """A friendly page that says when the hatch opens, and nothing else about it."""
    opens = hatches.opens_at(error.year, error.number)
    page = render_template(
        "calendar/locked.html",
        edition=find_edition(error.year),
        number=error.number,
        opens=opens,
        today=hatches.todays_number(error.year, clock.now()),
    )
    return page, 403, {"Cache-Control": "no-store"}

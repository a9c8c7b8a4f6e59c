"""The calendar, a hatch, its images: what everybody sees, and nothing of a hatch before it opens."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import unquote

import segno
from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import colours, feeds, house, schedule
from app.calendar.library import Library
from app.calendar.schedule import Edition, Hatch
from app.text import tidy
from app.web import static


class HatchLocked(Exception):
    """The hatch has not opened yet."""

    def __init__(self, year: int, number: int) -> None:
        super().__init__(year, number)
        self.year, self.number = year, number


def library() -> Library:
    found: Library = current_app.extensions["library"]
    return found


def current_edition() -> Edition:
    editions = library().editions
    return editions[schedule.current_year(editions, clock.now())]


def find_edition(year: int) -> Edition:
    """Return the edition of a year; 404 when there is none, or when it is still being prepared."""
    editions = library().editions
    if year > schedule.current_year(editions, clock.now()):
        abort(404)
    return editions.get(year) or abort(404)


def find_hatch(year: int, number: int) -> tuple[Edition, Hatch]:
    """Return an open hatch and its edition. Raises HatchLocked before its time, 404 where there is none."""
    edition = find_edition(year)
    if not schedule.is_open(year, number, clock.now()):
        raise HatchLocked(year, number)
    return edition, edition.hatches[number]


def public_response(body: str | bytes, mimetype: str = "text/html", age: int = 0) -> Response:
    """Return a response that is the same for everybody. The page cache gives it its encodings.

    `age` is how many seconds it is good; without one it is good until the calendar changes.
    """
    response = Response(static.with_weight(body, _size) if isinstance(body, str) else body, mimetype=mimetype)
    if g.get("without_database"):
        response.cache_control.no_store = True
    else:
        response.cache_control.public = True
        response.cache_control.max_age = age
    return response


def _size(address: str) -> int:
    """Return the compressed bytes of what a page asks for: a static file or one of the edition."""
    if address.startswith(static.PREFIX):
        return int(current_app.extensions["asset_size"](address))
    endpoint, values = current_app.url_map.bind("").match(unquote(address.removeprefix(request.script_root)))
    views: dict[str, Callable[..., Response]]
    views = {"calendar.image": image, "calendar.edition_image": edition_image, "calendar.colours_of": colours_of}
    return static.compressed_size(views[endpoint](**values).get_data())


blueprint = Blueprint("calendar", __name__)
_OTHER_PAGES = (
    "/om",
    "/personuppgifter",
    "/kakor",
    "/flode.xml",
    "/flode.json",
    "/kalender.ics",
    "/manifest.webmanifest",
    *(f"/kalender.ics?kl={alarm}" for alarm in feeds.ALARMS),
    "/inbaddning",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
)


def public_addresses(now: datetime) -> dict[str, tuple[int, int] | None]:
    """Return the pages that are the same bytes for everybody at `now`; only these are kept in the page cache.

    Those that are counted are given as (year, number), where 0 is the calendar itself; the others as None.
    """
    adapter = current_app.url_map.bind("")
    found: dict[str, tuple[int, int] | None] = dict.fromkeys(_OTHER_PAGES)
    found["/"] = (schedule.current_year(library().editions, now), 0)
    for year, edition in library().editions.items():
        found[adapter.build("calendar.edition", {"year": year})] = (year, 0)
        found[adapter.build("calendar.corrections", {"year": year})] = None
        if edition.file.wall:
            found[adapter.build("calendar.colours_of", {"year": year})] = None
        for name in edition.images:
            found[adapter.build("calendar.edition_image", {"year": year, "name": name})] = None
        for number in schedule.open_numbers(year, now):
            found[adapter.build("calendar.hatch", {"year": year, "number": number})] = (year, number)
            for name in edition.hatches[number].images:
                address = adapter.build("calendar.image", {"year": year, "number": number, "name": name})
                # As WSGI gives a path (PEP 3333): each byte a character.
                found[unquote(address, "latin-1")] = None
    return found


def _calendar(edition: Edition) -> Response:
    now = clock.now()
    context: dict[str, Any] = {
        "edition": edition,
        "season": schedule.season(edition.year, now),
        "open_numbers": schedule.open_numbers(edition.year, now),
        "today": schedule.todays_number(edition.year, now),
        "days_left": schedule.days_left(edition.year, now),
        "follows_up": schedule.follows_up(edition.year, now),
        "house": house.house_at(edition.year, now),
        "other_years": sorted((year for year in library().editions if year < edition.year), reverse=True),
    }
    return public_response(render_template("calendar/calendar.html", **context))


# For the head and foot of every page: whose calendar it is.
blueprint.add_app_template_global(current_edition)


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
    return public_response(hatch_page(edition, found))


def hatch_page(edition: Edition, found: Hatch, template: str = "calendar/hatch.html", **more: object) -> str:
    """Return the page of a hatch as it is now."""
    year, number, now = edition.year, found.number, clock.now()
    address = feeds.address(edition, number, current_app.config["PUBLIC_URL"])
    context: dict[str, Any] = {
        "edition": edition,
        "hatch": found,
        "house": house.house_at(year, now),
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(omitsize=True, border=0, title="QR-kod till luckan"),
        "today": schedule.todays_number(year, now),
        "previous": number - 1 if number > 1 else None,
        "following": number + 1 if number < 24 and schedule.is_open(year, number + 1, now) else None,
    }
    return render_template(template, **context, **more)


@blueprint.get("/<year:year>/lucka/<hatch:number>/bild/<name>")
def image(year: int, number: int, name: str) -> Response:
    _, found = find_hatch(year, number)
    name = tidy(name)
    if name not in found.images:
        abort(404)
    response = public_response(found.images[name], schedule.image_type(name))
    # The embed shows it in a frame, and one that is sandboxed is another origin.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/<year:year>/rattelser")
def corrections(year: int) -> Response:
    edition = find_edition(year)
    found = schedule.corrections(edition, clock.now())
    return public_response(render_template("calendar/corrections.html", edition=edition, corrections=found))


@blueprint.get("/<year:year>/bild/<name>")
def edition_image(year: int, name: str) -> Response:
    images = find_edition(year).images
    if name not in images:
        abort(404)
    return public_response(images[name], schedule.image_type(name))


@blueprint.get("/<year:year>/farger.css")
def colours_of(year: int) -> Response:
    wall = find_edition(year).file.wall or abort(404)
    return public_response(colours.style_sheet(wall).encode(), "text/css")


@blueprint.get("/om")
def about() -> Response:
    edition = current_edition()
    context: dict[str, Any] = {
        "edition": edition,
        "frame": feeds.frame(edition.file.title, current_app.config["PUBLIC_URL"]),
        "frame_height": feeds.FRAME_HEIGHT,
    }
    return public_response(render_template("calendar/about.html", **context))


@blueprint.app_errorhandler(HatchLocked)
def locked(error: HatchLocked) -> tuple[str, int, dict[str, str]]:
    """A friendly page that says when the hatch opens, and nothing else about it."""
    opens = schedule.opens_at(error.year, error.number)
    page = render_template(
        "calendar/locked.html",
        edition=find_edition(error.year),
        number=error.number,
        opens=opens,
        today=schedule.todays_number(error.year, clock.now()),
    )
    return page, 403, {"Cache-Control": "no-store"}

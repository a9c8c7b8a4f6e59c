"""The calendar, a hatch, its images: what everybody sees, and nothing of a hatch before it opens."""

from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import feeds, house, schedule
from app.calendar.library import Library
from app.calendar.schedule import Edition, Hatch
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


def public_response(body: str | bytes, mimetype: str = "text/html") -> Response:
    """Return a response that is the same for everybody. The page cache gives it its age and its encodings."""
    response = Response(static.with_weight(body, _size) if isinstance(body, str) else body, mimetype=mimetype)
    if g.get("without_database"):
        response.cache_control.no_store = True
    else:
        response.cache_control.public = True
        response.cache_control.max_age = 0
    return response


def _size(address: str) -> int:
    """Return the compressed bytes of what a page asks for: a static file or a hatch's picture."""
    if address.startswith(static.PREFIX):
        return int(current_app.extensions["asset_size"](address))
    endpoint, values = current_app.url_map.bind("").match(address.removeprefix(request.script_root))
    if endpoint != "calendar.image":
        raise ValueError(f"unknown part of a page: {address}")
    _, found = find_hatch(values["year"], values["number"])
    return static.compressed_size(found.images[values["name"]])


# By hatch number, the first at index 0: a text alternative.
FIGURES = (
    "en gatlykta med snö",
    "en vandrare med ryggsäck och reflexväst",
    "en vintercyklist",
    "ett pendeltåg",
    "en granne som drar paketet på släde",
    "ett barn på spark",
    "en kvinna med rollator och reflex",
    "en spårvagn",
    "en lådcykel med paket",
    "en busshållplats med en som väntar",
    "en bil som fyra delar på",
    "en minibuss och en man som ska med",
    "en vandrande skolbuss med lucia",
    "en elbuss",
    "en rullstolsåkare med halsduk",
    "en elcykel med gran på pakethållaren",
    "en elskåpbil som ersatte fyra",
    "en skidåkare",
    "en färja på älven",
    "en pappa med barnvagn",
    "en granne som klär granen",
    "en elbil på laddning",
    "en tomte på sparkcykel",
    "en familj hand i hand med en lykta",
)


blueprint = Blueprint("calendar", __name__)
_OTHER_PAGES = (
    "/om",
    "/personuppgifter",
    "/kakor",
    "/flode.xml",
    "/flode.json",
    "/kalender.ics",
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
        for number in schedule.open_numbers(year, now):
            found[adapter.build("calendar.hatch", {"year": year, "number": number})] = (year, number)
            for name in edition.hatches[number].images:
                found[adapter.build("calendar.image", {"year": year, "number": number, "name": name})] = None
    return found


def _calendar(edition: Edition) -> Response:
    now = clock.now()
    context: dict[str, Any] = {
        "edition": edition,
        "season": schedule.season(edition.year, now),
        "open_numbers": schedule.open_numbers(edition.year, now),
        "today": schedule.todays_number(edition.year, now),
        "days_left": schedule.days_left(edition.year, now),
        "house": house.house_at(edition.year, now),
        "street": FIGURES,
        "other_years": sorted((year for year in library().editions if year < edition.year), reverse=True),
    }
    return public_response(render_template("calendar/calendar.html", **context))


@blueprint.app_template_global()
def sender() -> str:
    """Return who sends the calendar, for the foot of every page."""
    return current_edition().file.organiser.name


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
        "house": house.house_at(year, now),
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(omitsize=True, border=0, title="QR-kod till luckan"),
        "today": schedule.todays_number(year, now),
        "previous": number - 1 if number > 1 else None,
        "following": number + 1 if number < 24 and schedule.is_open(year, number + 1, now) else None,
    }
    return public_response(render_template("calendar/hatch.html", **context))


@blueprint.get("/<year:year>/lucka/<hatch:number>/bild/<name>")
def image(year: int, number: int, name: str) -> Response:
    _, found = find_hatch(year, number)
    if name not in found.images:
        abort(404)
    return public_response(found.images[name], schedule.image_type(name))


@blueprint.get("/om")
def about() -> Response:
    return public_response(render_template("calendar/about.html", edition=current_edition()))


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

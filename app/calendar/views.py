"""The calendar, a hatch, its images: what everybody sees, and nothing of a hatch before it opens."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

import segno
from babel import Locale
from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import house, schedule
from app.calendar.content import Edition, Hatch, image_type
from app.calendar.library import Library
from app.languages import EASY, SWEDISH, current, foreign, tag
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
    return editions[schedule.current_year(editions, clock.now())].within(current())


def find_edition(year: int) -> Edition:
    """Return the edition of a year; 404 when there is none, or when it is still being prepared."""
    editions = library().editions
    if year > schedule.current_year(editions, clock.now()):
        abort(404)
    found = editions.get(year)
    if found is None or (current() in foreign() and current() not in found.translations):
        abort(404)
    return found.within(current())


def find_hatch(year: int, number: int) -> tuple[Edition, Hatch]:
    """Return an open hatch and its edition. Raises HatchLocked before its time, 404 where there is none."""
    edition = find_edition(year)
    if not schedule.is_open(year, number, clock.now()):
        raise HatchLocked(year, number)
    return edition, edition.hatches[number]


def public_response(body: str | bytes, mimetype: str = "text/html", age: int = 0) -> Response:
    """Return a response that is the same for everybody. The page cache gives it its encodings."""
    # `age` is how many seconds it is good; without one it is good until the calendar changes.
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


@blueprint.app_url_value_preprocessor
def speak(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Take the language of the page out of its address."""
    g.language = (values or {}).pop("language", SWEDISH)


@blueprint.app_url_defaults
def stay_in_language(endpoint: str, values: dict[str, Any]) -> None:
    """Have links lead to pages in the same language, where there are any."""
    if "language" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values["language"] = current() if current() != EASY or endpoint == "calendar.hatch" else SWEDISH


def public_addresses(now: datetime) -> dict[str, tuple[int, int] | None]:
    """Return the pages that are the same bytes for everybody at `now`; only these are kept in the page cache."""
    # Those that are counted are given as (year, number), where 0 is the calendar itself; the others as None.
    build = current_app.url_map.bind("").build
    found: dict[str, tuple[int, int] | None] = {"/kakor": None}
    shown_first = schedule.current_year(library().editions, now)
    for year, edition in library().editions.items():
        for language in (SWEDISH, *edition.translations):
            if year == shown_first:
                found[build("calendar.start", {"language": language})] = (year, 0)
                found[build("privacy.personal_data", {"language": language})] = None
            found[build("calendar.edition", {"year": year, "language": language})] = (year, 0)
            for number in schedule.open_numbers(year, now):
                found[build("calendar.hatch", {"year": year, "number": number, "language": language})] = (year, number)
        found[build("calendar.corrections", {"year": year})] = None
        if edition.style_sheet:
            found[build("calendar.colours_of", {"year": year})] = None
        for name in edition.images:
            found[build("calendar.edition_image", {"year": year, "name": name})] = None
        for number in schedule.open_numbers(year, now):
            if EASY in edition.hatches[number].translations:
                address = build("calendar.hatch", {"year": year, "number": number, "language": EASY})
                found[address] = (year, number)
            for name in edition.hatches[number].images:
                address = build("calendar.image", {"year": year, "number": number, "name": name})
                # As WSGI gives a path (PEP 3333): each byte a character.
                found[unquote(address, "latin-1")] = None
    return found


class Way(NamedTuple):
    """A page in one of its languages; `tag` is that as HTML has it, `name` what it calls itself."""

    language: str
    tag: str
    name: str
    path: str


def ways(endpoint: str, languages: Iterable[str], **values: Any) -> list[Way]:
    """Return a page in each of its languages."""
    return [
        Way(language, tag(language), _own_name(language), url_for(endpoint, language=language, **values))
        for language in languages
    ]


def _own_name(language: str) -> str:
    return "Lättläst" if language == EASY else str(Locale.parse(language).get_display_name()).capitalize()


def _calendar(edition: Edition) -> Response:
    now = clock.now()
    context: dict[str, object] = {
        "edition": edition,
        "season": schedule.season(edition.year, now),
        "open_numbers": schedule.open_numbers(edition.year, now),
        "today": schedule.todays_number(edition.year, now),
        "days_left": schedule.days_left(edition.year, now),
        "follows_up": schedule.follows_up(edition.year, now),
        "house": house.house_at(edition.year, now),
        "ways": ways("calendar.edition", [SWEDISH, *edition.translations], year=edition.year),
        "other_years": sorted((year for year in library().editions if year < edition.year), reverse=True),
    }
    return public_response(render_template("calendar/calendar.html", **context))


# For the head and foot of every page: whose calendar it is.
blueprint.add_app_template_global(current_edition)


@blueprint.get("/", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/")
def start() -> Response:
    return _calendar(find_edition(current_edition().year))


@blueprint.get("/<year:year>/", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/<year:year>/")
def edition(year: int) -> Response:
    return _calendar(find_edition(year))


@blueprint.get("/lucka/<hatch:number>")
def current_hatch(number: int) -> BaseResponse:
    return redirect(url_for("calendar.hatch", year=current_edition().year, number=number), 303)


@blueprint.get("/<year:year>/lucka/<hatch:number>", defaults={"language": SWEDISH})
@blueprint.get("/<year:year>/lucka/<hatch:number>/lattlast", defaults={"language": EASY})
@blueprint.get("/<language:language>/<year:year>/hatch/<hatch:number>")
def hatch(year: int, number: int) -> Response:
    edition, found = find_hatch(year, number)
    if current() == EASY and found.language != EASY:
        abort(404)
    return public_response(hatch_page(edition, found))


def hatch_page(edition: Edition, found: Hatch, template: str = "calendar/hatch.html", **more: object) -> str:
    """Return the page of a hatch as it is now."""
    year, number, now = edition.year, found.number, clock.now()
    address = current_app.config["PUBLIC_URL"] + edition.hatch_path(number)
    languages = [SWEDISH, *(each for each in (EASY, *edition.translations) if each in found.translations)]
    context: dict[str, object] = {
        "edition": edition,
        "hatch": found,
        "house": house.house_at(year, now),
        "ways": ways("calendar.hatch", languages, year=year, number=number),
        "address": address,
        "qr": qr_code(address, "QR-kod till luckan", border=0, light=None),
        "today": schedule.todays_number(year, now),
        "previous": number - 1 if number > 1 else None,
        "following": number + 1 if number < 24 and schedule.is_open(year, number + 1, now) else None,
    }
    return render_template(template, **context, **more)


@lru_cache(maxsize=256)
def qr_code(address: str, title: str, border: int = 4, light: str | None = "#fff") -> str:
    """Return an address as a drawing, with the quiet zone of ISO/IEC 18004 unless what is around it gives one."""
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(omitsize=True, border=border, title=title, light=light))


@blueprint.get("/<year:year>/lucka/<hatch:number>/bild/<name>")
def image(year: int, number: int, name: str) -> Response:
    _, found = find_hatch(year, number)
    name = tidy(name)
    if name not in found.images:
        abort(404)
    return shared(public_response(found.images[name], image_type(name)))


def shared(response: Response) -> Response:
    """Let other sites have it, and the embed show it: a frame that is sandboxed is another origin."""
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
    return public_response(images[name], image_type(name))


@blueprint.get("/<year:year>/farger.css")
def colours_of(year: int) -> Response:
    sheet = find_edition(year).style_sheet or abort(404)
    return shared(public_response(sheet.encode(), "text/css"))


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

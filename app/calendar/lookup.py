"""Finds what an address names, as far as it is open, and answers with what everybody may keep."""

from flask import Response, abort, current_app, g, request

from app import clock
from app.calendar import hatches
from app.calendar.hatches import Edition, Hatch
from app.calendar.library import Library
from app.web import assets, weight


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
    return editions[hatches.current_year(editions, clock.now())]


def find_edition(year: int) -> Edition:
    """The edition of a year; 404 when there is none, or when it is still being prepared behind the current one."""
    editions = library().editions
    if year > hatches.current_year(editions, clock.now()):
        abort(404)
    return editions.get(year) or abort(404)


def find_hatch(year: int, number: int) -> tuple[Edition, Hatch]:
    """An open hatch and its edition. Raises HatchLocked before its time, 404 where there is none."""
    edition = find_edition(year)
    if not hatches.is_open(year, number, clock.now()):
        raise HatchLocked(year, number)
    return edition, edition.hatches[number]


def public(body: str | bytes, mimetype: str = "text/html") -> Response:
    """A response that is the same for everybody. The page cache gives it its age and its encodings."""
    response = Response(weight.weighed(body, _size) if isinstance(body, str) else body, mimetype=mimetype)
    if g.get("without_database"):
        response.cache_control.no_store = True
    else:
        response.cache_control.public = True
        response.cache_control.max_age = 0
    return response


def _size(address: str) -> int:
    """The compressed bytes of what a page asks for: a static file or a hatch's picture."""
    if address.startswith(assets.PREFIX):
        return int(current_app.extensions["asset_size"](address))
    endpoint, values = current_app.url_map.bind("").match(address.removeprefix(request.script_root))
    if endpoint != "calendar.image":
        raise ValueError(f"unknown part of a page: {address}")
    _, found = find_hatch(values["year"], values["number"])
    return weight.compressed_size(found.images[values["name"]])

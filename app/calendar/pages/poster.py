"""Sheets to print: the house with 24 codes for the wall, a bingo for the workplace and a list for the class.

None of them tells anything of a hatch, so they are the same before it opens and after.
"""

from datetime import date, datetime, timedelta

from flask import Response, abort, current_app, render_template

from app.calendar import house
from app.calendar.content import NUMBERS, Edition
from app.calendar.edition import EditionFile
from app.calendar.schedule import opens_at
from app.calendar.views import blueprint, find_edition, library, public_response, qr_code

# The last day that a school may be open before Christmas.
LAST_SCHOOL_DAY = 22


def public_addresses(_now: datetime) -> dict[str, None]:
    """Return the sheets: they are kept in the page cache."""
    adapter = current_app.url_map.bind("")
    return {
        adapter.build(f"calendar.{name}", {"year": year}): None
        for year, edition in library().editions.items()
        for name in _sheets_of(edition.file)
    }


def _sheets_of(file: EditionFile) -> list[str]:
    words = {"poster": True, "bingo": file.bingo, "school_sheet": file.school_title}
    return [name for name, given in words.items() if given]


@blueprint.get("/<year:year>/affisch")
def poster(year: int) -> Response:
    edition = find_edition(year)
    return render_poster(edition, edition.file.organiser.name)


def render_poster(edition: Edition, sender: str) -> Response:
    """Return the poster in the name of a sender: the organiser, or a municipality that hangs it up."""
    site = current_app.config["PUBLIC_URL"]
    codes = {n: qr_code(site + edition.hatch_path(n), f"QR-kod till lucka {n}") for n in NUMBERS}
    # A house in Advent, the same whenever it is printed.
    drawn = house.house_at(edition.year, opens_at(edition.year, 20))
    return _sheet("calendar/poster.html", edition, sender=sender, codes=codes, house=drawn)


@blueprint.get("/<year:year>/bingo")
def bingo(year: int) -> Response:
    edition = find_edition(year)
    acts = edition.file.bingo or abort(404)
    squares = [*acts[:12], "", *acts[12:]]
    return _sheet("calendar/bingo.html", edition, rows=[squares[at : at + 5] for at in range(0, 25, 5)])


@blueprint.get("/<year:year>/skolblad")
def school_sheet(year: int) -> Response:
    edition = find_edition(year)
    if not edition.file.school_title:
        abort(404)
    return _sheet("calendar/school_sheet.html", edition, days=school_days(year))


def school_days(year: int) -> list[date]:
    """Return Monday to Friday from 1 December until the term ends."""
    days = (date(year, 12, 1) + timedelta(days=past) for past in range(LAST_SCHOOL_DAY))
    return [day for day in days if day.isoweekday() < 6]


def _sheet(template: str, edition: Edition, **context: object) -> Response:
    site = current_app.config["PUBLIC_URL"]
    return public_response(render_template(template, edition=edition, site=site, **context))

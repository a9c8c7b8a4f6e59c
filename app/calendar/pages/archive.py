"""Every edition that there is, and where the calendar comes from."""

from datetime import datetime

from flask import Response, render_template

from app import clock
from app.calendar import schedule
from app.calendar.views import blueprint, current_edition, library, public_response


def public_addresses(_now: datetime) -> dict[str, None]:
    """Return the page: it is kept in the page cache."""
    return {"/arkiv": None}


@blueprint.get("/arkiv")
def archive() -> Response:
    current, now = current_edition(), clock.now()
    begun = sorted((each for each in library().editions.values() if each.year <= current.year), key=lambda e: -e.year)
    editions = [(each, len(schedule.open_numbers(each.year, now))) for each in begun]
    return public_response(render_template("calendar/archive.html", edition=current, editions=editions))

"""Every edition that there is, and what the calendar is."""

from datetime import datetime

from flask import Response, current_app, render_template

from app import clock
from app.calendar import schedule
from app.calendar.feeds import embedding
from app.calendar.views import blueprint, current_edition, library, public_response


def public_addresses(_now: datetime) -> dict[str, None]:
    """Return the pages: they are kept in the page cache."""
    return {"/arkiv": None, "/om": None}


@blueprint.get("/arkiv")
def archive() -> Response:
    current, now = current_edition(), clock.now()
    begun = sorted((each for each in library().editions.values() if each.year <= current.year), key=lambda e: -e.year)
    editions = [(each, len(schedule.open_numbers(each.year, now))) for each in begun]
    return public_response(render_template("calendar/archive.html", edition=current, editions=editions))


@blueprint.get("/om")
def about() -> Response:
    edition = current_edition()
    context: dict[str, object] = {
        "edition": edition,
        "frame": embedding.frame(edition.file.title, current_app.config["PUBLIC_URL"]),
        "frame_height": embedding.FRAME_HEIGHT,
    }
    return public_response(render_template("calendar/about.html", **context))

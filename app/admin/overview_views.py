"""The overview: where edition and contest stand, and the one thing to do next."""

from flask import render_template

from app import clock
from app.admin.guard import blueprint, chosen_edition
from app.calendar import hatches
from app.calendar.lookup import library
from app.draw.standing import standing


@blueprint.get("/")
def overview() -> str:
    edition = chosen_edition()
    now = clock.now()
    return render_template(
        "admin/overview.html",
        edition=edition,
        season=hatches.season(edition.year, now),
        days_left=hatches.days_left(edition.year, now),
        open_numbers=hatches.open_numbers(edition.year, now),
        contest=edition.contest,
        standing=standing(edition.contest, now) if edition.contest else None,
        faults=library().faults,
    )

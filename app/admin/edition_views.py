"""The edition as a whole: the list of what can be edited."""

from typing import Any

from flask import render_template

from app import clock
from app.admin import editing_desk
from app.admin.guard import blueprint, chosen_edition
from app.calendar import hatches
from app.calendar.hatches import NUMBERS
from app.calendar.lookup import library
from app.editing import conduct
from app.editing.leaves import Leaf


@blueprint.get("/redigera")
def editing() -> str:
    edition, desk = chosen_edition(), editing_desk.desk()
    context: dict[str, Any] = {
        "edition": edition,
        "years": sorted(library().editions, reverse=True),
        "faults": [fault for fault in library().faults if fault.file.startswith(f"{edition.year}/")],
        "open_numbers": hatches.open_numbers(edition.year, clock.now()),
        "to_look_through": {
            number: version.what
            for number in (0, *NUMBERS)
            if (version := desk.history.latest(Leaf(edition.year, number))) and conduct.to_look_through(version)
        },
    }
    return render_template("admin/editing/edition.html", **context)

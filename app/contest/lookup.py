"""Finds the contest that an address names; it is as locked as the hatch that it stands in."""

from flask import abort, g

from app.calendar.hatches import Edition
from app.calendar.lookup import find_edition, find_hatch
from app.calendar.schema import Contest


def contest_in(year: int, number: int) -> tuple[Edition, Contest]:
    """The contest in a hatch. Raises HatchLocked before its time, 404 where there is none."""
    edition, hatch = find_hatch(year, number)
    return edition, hatch.file.contest or abort(404)


def find_contest(year: int) -> tuple[Edition, Contest, int]:
    """An edition's contest and the number of its hatch; as locked as the hatch that it stands in.

    In the organisers' rehearsal of the public pages, the rehearsed contest instead.
    """
    if rehearsed := g.get("rehearsed"):
        found: tuple[Edition, Contest, int] = rehearsed
        return found
    number = find_edition(year).contest_number or abort(404)
    edition, contest = contest_in(year, number)
    return edition, contest, number

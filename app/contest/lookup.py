"""Finds the contest that an address names; it is as locked as the hatch that it stands in."""

import logging

from flask import abort, current_app, g

from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.calendar.views import find_edition, find_hatch, library
from app.contest.forms import municipality_choices
from app.contest.terms import FrozenContest, contest_of, hatch_of, shown_contest, shown_hatch

_log = logging.getLogger(__name__)


def contest_in(year: int, number: int) -> tuple[Edition, Contest]:
    """Return the contest in a hatch, as last read where the database is away."""
    # Raises HatchLocked before its time, 404 where there is none.
    edition, _ = find_hatch(year, number)
    contest = shown_contest(edition)
    if contest is None or shown_hatch(edition) != number:
        abort(404)
    refuse_practice(contest)
    return edition, contest


def find_contest(year: int) -> tuple[Edition, Contest, int]:
    """Return an edition's contest and the number of its hatch; as locked as the hatch that it stands in."""
    # In the organisers' rehearsal of the public pages, the rehearsed contest instead.
    if rehearsed := g.get("rehearsed"):
        found: tuple[Edition, Contest, int] = rehearsed
        return found
    edition = find_edition(year)
    contest, number = contest_of(edition) or abort(404), hatch_of(edition) or abort(404)
    find_hatch(year, number)
    refuse_practice(contest)
    return edition, contest, number


def frozen_contest_in(year: int) -> FrozenContest:
    """Return an edition's contest; 404 when it has not opened."""
    _, contest, _ = find_contest(year)
    return contest if isinstance(contest, FrozenContest) else abort(404)


def refuse_practice(contest: Contest) -> None:
    """A value of the practice chain proves nothing, so only a demo shows a contest that it decides."""
    config = current_app.config
    if isinstance(contest, FrozenContest) and contest.chain.is_practice and not (config["DEMO"] or config["TESTING"]):
        _log.error("Tävlingen %s avgörs av övningskällan och visas inte.", contest.id)
        abort(404)


def municipality_names() -> dict[str, str]:
    """Return the names of all that may be stored as a municipality, of any edition."""
    return municipality_choices(*library().editions.values())

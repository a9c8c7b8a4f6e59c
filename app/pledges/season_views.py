"""What is still done in January, and the numbers of a season, as a page and as open data."""

from collections import Counter

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import schedule
from app.calendar.content import NUMBERS, Edition
from app.calendar.views import find_edition, public_response, shared
from app.contest.terms import frozen_in, or_without_database
from app.database import db
from app.draw.models import LockedList
from app.pledges import open_data, results
from app.pledges.models import Reply
from app.pledges.results import Result
from app.pledges.views import AGE, blueprint, count_or_refuse, replies_of
from app.statistics import figures

counts_shown = or_without_database(figures.counts_shown, lambda _: {})


def locked_list(edition: Edition) -> LockedList | None:
    """Return the list of an edition's contest once it is locked."""
    contest = frozen_in(edition.year)
    return db.session.get(LockedList, contest.id) if contest else None


shown_list = or_without_database(locked_list, lambda _: None)


@blueprint.get("/<year:year>/januari")
def january(year: int) -> Response:
    """The question which tips one still follows, while it is asked; before and after it a page in words."""
    return _page("pledges/january.html", find_edition(year))


@blueprint.post("/<year:year>/januari")
def send_january(year: int) -> BaseResponse:
    find_edition(year)
    if not schedule.follows_up(year, clock.now()):
        return redirect(url_for("pledges.january", year=year), 303)
    ticked = request.form.getlist("lucka")
    still = [Reply(year, "kept", number) for number in NUMBERS if str(number) in ticked]
    count_or_refuse("januari", Reply(year, "follow_up", 0, results.SOME if still else results.NONE), *still)
    return redirect(url_for("pledges.kept", year=year), 303)


@blueprint.get("/<year:year>/januari/tack")
def kept(year: int) -> Response:
    edition = find_edition(year)
    if clock.now() < schedule.follow_up(year)[0]:
        abort(404)
    return _page("pledges/kept.html", edition)


@blueprint.get("/<year:year>/resultat")
def result(year: int) -> Response:
    return _page("pledges/result.html", find_edition(year))


@blueprint.get("/<year:year>/resultat/metod")
def method(year: int) -> Response:
    edition = find_edition(year)
    facts = results.facts_with_effect(edition, schedule.open_numbers(year, clock.now()))
    page = render_template("pledges/method.html", edition=edition, facts=facts, fewest=results.FEWEST_ANSWERS)
    return public_response(page)


@blueprint.get("/<year:year>/resultat.csv")
def result_csv(year: int) -> Response:
    return _open_data(open_data.as_csv(season_result(find_edition(year))), "text/csv")


@blueprint.get("/<year:year>/resultat.json")
def result_json(year: int) -> Response:
    found = season_result(find_edition(year))
    return _open_data(open_data.as_json(found, current_app.config["PUBLIC_URL"]), "application/json")


def _page(template: str, edition: Edition) -> Response:
    begins, ends = schedule.follow_up(edition.year)
    shown = {"edition": edition, "result": season_result(edition), "begins": begins, "ends": ends}
    return public_response(render_template(template, now=clock.now(), **shown), age=AGE)


def _open_data(body: str, mimetype: str) -> Response:
    """Return a file that other sites may fetch, with its licence."""
    response = shared(public_response(body.encode(), mimetype, AGE))
    response.headers["Link"] = f'<{open_data.LICENCE}>; rel="license"'
    return response


def season_result(edition: Edition) -> Result:
    """Return the numbers of an edition as they are now."""
    visits: Counter[int] = Counter()
    for (number, _), count in counts_shown(edition.year).items():
        visits[number] += count
    # Told when no more can enter: before, a number that grows would say whether an address is a new one.
    lock = shown_list(edition)
    entries = lock.counted + lock.struck if lock else None
    numbers = schedule.open_numbers(edition.year, clock.now())
    return results.season_result(edition, numbers, replies_of(edition.year), visits, entries)

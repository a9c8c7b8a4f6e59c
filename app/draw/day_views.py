"""The contest day by day: a text file and an Atom feed, whose copies elsewhere show that a list was not changed."""

from flask import Response, current_app, url_for

from app import clock
from app.contest.lookup import find_contest
from app.draw.midnights import atom, days_text
from app.draw.open_files import open_file
from app.draw.snapshots import midnights
from app.draw.views import blueprint


@blueprint.get("/<year:year>/dragning/dagar.txt")
def days_file(year: int) -> Response:
    _, contest, _ = find_contest(year)
    return open_file(days_text(contest.id, midnights(contest, clock.now())))


@blueprint.get("/<year:year>/dragning/flode.xml")
def days_feed(year: int) -> Response:
    _, contest, _ = find_contest(year)
    site, page = str(current_app.config["PUBLIC_URL"]), url_for("draw.draw", year=year)
    feed = atom(contest.id, contest.opens, midnights(contest, clock.now()), site, page)
    return open_file(feed, "application/atom+xml")

"""The calendar in the frame of each municipality: its own words, links and lines in the hatches, and its numbers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template

from app import clock
from app.calendar import schedule
from app.calendar.content import Edition, LocalLine
from app.calendar.feeds.embedding import frame
from app.calendar.feeds.views import card_of_day
from app.calendar.municipality import Municipality
from app.calendar.pages.poster import render_poster
from app.calendar.views import current_edition, library, public_response
from app.contest.terms import or_without_database
from app.pledges.models import Reply
from app.pledges.season_views import shown_list
from app.pledges.views import AGE, replies_of
from app.statistics import figures
from app.web.headers import no_store
from app.web.page_cache import AGEING, Addresses

blueprint = Blueprint("municipalities", __name__)
blueprint.after_request(no_store)


def _entries(contest_id: str) -> dict[str, int]:
    """Return entries by the municipality's name, without the numbers that would tell of a few people."""
    counts = figures.by_municipality(contest_id)
    hidden = figures.withheld(counts)
    return {name: count for name, count in counts.items() if name not in hidden}


entries_shown = or_without_database(_entries, lambda _: {})


def public_addresses(now: datetime) -> Addresses:
    """Return the pages of this package that are kept in the page cache at `now`."""
    editions = library().editions
    return dict(_addresses(editions[schedule.current_year(editions, now)]))


def _addresses(edition: Edition) -> Iterator[tuple[str, Any]]:
    build = current_app.url_map.bind("").build
    if edition.municipalities:
        yield build("municipalities.municipalities"), None
    for slug in edition.municipalities:
        yield build("municipalities.municipality", {"slug": slug}), AGEING
        yield build("municipalities.municipal_poster", {"slug": slug}), None
        yield build("municipalities.municipal_embed", {"slug": slug}), None


@blueprint.get("/kommun")
def municipalities() -> Response:
    """Every municipality, in Swedish order: never by number."""
    edition = current_edition()
    if not edition.municipalities:
        abort(404)
    return public_response(render_template("municipalities/list.html", edition=edition))


@blueprint.get("/kommun/<slug>")
def municipality(slug: str) -> Response:
    edition = current_edition()
    found = find_municipality(edition, slug)
    now, name = clock.now(), name_in(edition, found)
    # What other sites are told is the public address, in a preview too.
    address = f"{current_app.config['PUBLIC_URL']}/kommun/{slug}"
    today = schedule.todays_number(edition.year, now)
    lines = local_lines(edition, slug, now)
    context: dict[str, object] = {
        "edition": edition,
        "municipality": found,
        "slug": slug,
        "name": name,
        "address": address,
        "season": schedule.season(edition.year, now),
        "today": today,
        "open_numbers": schedule.open_numbers(edition.year, now),
        "line": lines.get(today or 0),
        "lines": [(edition.hatches[number], line) for number, line in lines.items() if number != today],
        "numbers": numbers_of(edition, found),
        "fewest": figures.FEWEST,
        "frame": frame(name, address),
    }
    return public_response(render_template("municipalities/municipality.html", **context), age=AGE)


@blueprint.get("/kommun/<slug>/inbaddning")
def municipal_embed(slug: str) -> Response:
    """Today's hatch for a frame on the municipality's own site."""
    edition = current_edition()
    return card_of_day(edition, name_in(edition, find_municipality(edition, slug)))


@blueprint.get("/kommun/<slug>/affisch")
def municipal_poster(slug: str) -> Response:
    edition = current_edition()
    return render_poster(edition, find_municipality(edition, slug).name)


def name_in(edition: Edition, municipality: Municipality) -> str:
    """Return what the calendar is called in a municipality."""
    return f"{edition.plain_title} i {municipality.name}"


def find_municipality(edition: Edition, slug: str) -> Municipality:
    return edition.municipalities.get(slug) or abort(404)


def local_lines(edition: Edition, slug: str, now: datetime) -> dict[int, LocalLine]:
    """Return what a municipality says in the hatches that are open, by number."""
    opened = schedule.open_numbers(edition.year, now)
    return {number: line for number in opened for line in edition.local_lines(number) if line.slug == slug}


def numbers_of(edition: Edition, found: Municipality) -> dict[str, int]:
    """Return what may be told of how many take part, by what it is called."""
    pledges = replies_of(edition.year)[Reply(edition.year, "municipality", 0, found.code)]
    numbers = {"Jag testar": pledges} if pledges >= figures.FEWEST else {}
    # Entries when no more can enter: before, a number that grows would say whether an address is a new one.
    if lock := shown_list(edition):
        entries = entries_shown(lock.contest_id).get(found.name)
        numbers |= {"Svar i tävlingen": entries} if entries else {}
    return numbers

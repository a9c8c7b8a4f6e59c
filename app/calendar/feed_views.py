"""The calendar beyond its own pages: feeds, calendar file, embed, and what crawlers ask for."""

import re

from flask import Response, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import feeds, schedule
from app.calendar.views import blueprint, current_edition, library, public_response


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _open() -> list[int]:
    return schedule.open_numbers(current_edition().year, clock.now())


def _feed_items() -> list[feeds.Item]:
    edition = current_edition()
    return feeds.items(edition, _open(), current_app.extensions["news"](edition))


def _shared(body: bytes, mimetype: str) -> Response:
    """Return something that readers on other sites may fetch."""
    response = public_response(body, mimetype)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/flode.xml")
def atom() -> Response:
    return _shared(feeds.atom(current_edition(), _feed_items(), _site()), "application/atom+xml")


@blueprint.get("/flode.json")
def json_feed() -> Response:
    return _shared(feeds.json_feed(current_edition(), _feed_items(), _site()), "application/feed+json")


@blueprint.get("/kalender.ics")
def ical() -> BaseResponse:
    """With ?kl=0730 each day rings at that time; to the quarter of an hour, for each is a page of the cache."""
    asked = request.args.get("kl")
    if asked is not None and asked not in feeds.ALARMS:
        return _earlier_quarter(asked)
    alarm = feeds.ALARMS[asked] if asked else None
    return _shared(feeds.ical(current_edition(), _open(), _site(), alarm), "text/calendar")


def _earlier_quarter(asked: str) -> BaseResponse:
    quarter = f"{asked[:2]}{int(asked[2:]) // 15 * 15:02}" if re.fullmatch(r"[0-9]{2}[0-5][0-9]", asked) else ""
    if quarter not in feeds.ALARMS:
        abort(404)
    return redirect(url_for("calendar.ical", kl=quarter), 303)


@blueprint.get("/inbaddning")
def embed() -> Response:
    """Today's hatch as a card that other sites may show in a frame."""
    edition = current_edition()
    response = public_response(
        render_template(
            "calendar/embed.html",
            edition=edition,
            today=schedule.todays_number(edition.year, clock.now()),
            season=schedule.season(edition.year, clock.now()),
            site=_site(),
        )
    )
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
    )
    return response


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    now = clock.now()
    begun = [edition for year, edition in library().editions.items() if year <= current_edition().year]
    editions = [(edition, schedule.open_numbers(edition.year, now)) for edition in begun]
    return public_response(feeds.sitemap(editions, _site()), "application/xml")


@blueprint.get("/robots.txt")
def robots() -> Response:
    return public_response(f"User-agent: *\nDisallow: /admin/\nSitemap: {_site()}/sitemap.xml\n", "text/plain")


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    return public_response(security_text(), "text/plain")


def security_text() -> str:
    """Return where to write about a security hole: the configured contact, or the edition's organiser."""
    edition = current_edition()
    contact = current_app.config["SECURITY_CONTACT"] or edition.file.organiser.email
    return feeds.security_text(contact, feeds.security_expiry(edition.year, clock.now()), _site())

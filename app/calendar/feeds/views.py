"""The calendar beyond its own pages: feeds, calendar file, embed, and what crawlers ask for."""

import json
import re
from datetime import datetime
from operator import attrgetter
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from flask import Response, abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar import schedule
from app.calendar.content import Edition
from app.calendar.feeds import calendar_file, embedding, news, security_txt
from app.calendar.feeds.embedding import FRAME_HEIGHT, FRAME_WIDTH
from app.calendar.views import blueprint, current_edition, find_edition, find_hatch, library, public_response, shared
from app.languages import SWEDISH, current
from app.web.errors import is_our_host
from app.web.url_converters import find_page

_PAGES = (
    "/flode.json",
    "/manifest.webmanifest",
    *(f"/kalender.ics?kl={alarm}" for alarm in calendar_file.ALARMS),
    "/inbaddning",
    "/sitemap.xml",
    "/robots.txt",
    "/.well-known/security.txt",
)
# Those that there are in each language.
_FEEDS = ("atom", "ical")


def public_addresses(now: datetime) -> dict[str, None]:
    """Return the pages of this module that are kept in the page cache at `now`."""
    build = current_app.url_map.bind("").build
    editions = library().editions
    languages = (SWEDISH, *editions[schedule.current_year(editions, now)].translations)
    in_languages = (build(f"calendar.{name}", {"language": language}) for language in languages for name in _FEEDS)
    return dict.fromkeys((*_PAGES, *in_languages))


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _open() -> list[int]:
    return schedule.open_numbers(current_edition().year, clock.now())


def feed_items() -> list[news.Item]:
    """Return the open hatches, and what else is new in the edition, the newest first."""
    edition = current_edition()
    opened = [news.item_of(edition, number, clock.now()) for number in _open()]
    # What else is new is about the contest, in Swedish.
    told = current_app.extensions["news"](edition) if current() == SWEDISH else []
    return sorted([*opened, *told], key=attrgetter("at"), reverse=True)


def _for_readers(body: bytes, mimetype: str) -> Response:
    """Return something that readers on other sites may fetch."""
    return shared(public_response(body, mimetype))


@blueprint.get("/flode.xml", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/feed.xml")
def atom() -> Response:
    return _for_readers(news.atom(current_edition(), feed_items(), _site()), "application/atom+xml")


@blueprint.get("/flode.json")
def json_feed() -> Response:
    return _for_readers(news.json_feed(current_edition(), feed_items(), _site()), "application/feed+json")


@blueprint.get("/kalender.ics", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/calendar.ics")
def ical() -> BaseResponse:
    """With ?kl=0730 each day rings at that time; to the quarter of an hour, for each is a page of the cache."""
    asked = request.args.get("kl")
    if asked is not None and asked not in calendar_file.ALARMS:
        return earlier_quarter(asked)
    alarm = calendar_file.ALARMS[asked] if asked else None
    return _for_readers(calendar_file.ical(current_edition(), _open(), clock.now(), _site(), alarm), "text/calendar")


def earlier_quarter(asked: str) -> BaseResponse:
    quarter = f"{asked[:2]}{int(asked[2:]) // 15 * 15:02}" if re.fullmatch(r"[0-9]{2}[0-5][0-9]", asked) else ""
    if quarter not in calendar_file.ALARMS:
        abort(404)
    return redirect(url_for("calendar.ical", kl=quarter), 303)


@blueprint.get("/inbaddning")
def embed() -> Response:
    """Today's hatch as a card that other sites may show in a frame."""
    edition = current_edition()
    return card_of_day(edition, edition.file.title)


def card_of_day(edition: Edition, heading: str) -> Response:
    """Return today's hatch for a frame, under the name that the calendar has there."""
    page = render_template(
        "calendar/embed.html",
        edition=edition,
        heading=heading,
        today=schedule.todays_number(edition.year, clock.now()),
        season=schedule.season(edition.year, clock.now()),
        site=_site(),
    )
    response = shared(public_response(page))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    )
    return response


@blueprint.app_template_global()
def oembed_address(page: str) -> str:
    """Return where a site that has been given the address of a page asks how to show it."""
    return f"{_site()}/oembed?{urlencode({'url': page})}"


def _asked_page(address: str) -> tuple[str, dict[str, Any]]:
    """Return endpoint and values of an address, in any form that the site answers to. Raises 404 for another's."""
    try:
        parts = urlsplit(address)
        ours = parts.scheme in ("http", "https") and is_our_host(parts.netloc.lower(), current_app.config["OUR_HOSTS"])
    except ValueError:
        abort(404)
    found = find_page(unquote(parts.path) or "/") if ours else None
    return found or abort(404)


@blueprint.get("/oembed")
def oembed() -> Response:
    """What a site shows of a pasted link (oembed.com): a hatch by its title and card, else today's hatch in a frame."""
    if request.args.get("format", "json") != "json":
        abort(501)
    site = _site()
    endpoint, values = _asked_page(request.args.get("url", ""))
    g.language, year = values.get("language", SWEDISH), int(values.get("year", 0))
    if endpoint in ("calendar.hatch", "calendar.current_hatch"):
        told = embedding.linked_hatch(*find_hatch(year or current_edition().year, values["number"]), site)
    elif endpoint in ("calendar.start", "calendar.edition", "calendar.embed"):
        width, height = (request.args.get(name, 10_000, int) for name in ("maxwidth", "maxheight"))
        edition = find_edition(year) if year else current_edition()
        told = embedding.framed_day(edition, site, min(width, FRAME_WIDTH), min(height, FRAME_HEIGHT))
    else:
        abort(404)
    response = _for_readers(json.dumps(told, ensure_ascii=False).encode(), "application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


# Of app/static/css/tokens.css.
SKY = "#14213d"
# Sides in pixels of the icons in app/static, as phones want them on their home screens.
ICONS = (192, 512)


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """The calendar's name and looks on a home screen (W3C Web App Manifest)."""
    edition = current_edition()
    asset = current_app.extensions["asset"]
    told = {
        "name": edition.file.title,
        "short_name": edition.plain_title,
        "description": edition.file.tagline,
        "lang": "sv",
        "start_url": url_for("calendar.start"),
        "display": "minimal-ui",
        "background_color": SKY,
        "theme_color": SKY,
        "icons": [
            {"src": asset(f"icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
            for side in ICONS
            for purpose in ("any", "maskable")
        ],
    }
    return public_response(json.dumps(told, ensure_ascii=False).encode(), "application/manifest+json")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    now = clock.now()
    begun = [edition for year, edition in library().editions.items() if year <= current_edition().year]
    editions = [(edition, schedule.open_numbers(edition.year, now)) for edition in begun]
    return public_response(news.sitemap(editions, _site()), "application/xml")


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
    return security_txt.security_text(contact, edition.year, clock.now(), _site())

"""create_app: the table of contents."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, config, database, feedback, languages, text
from app.admin import demo, notices, pages
from app.admin.accounts import guard
from app.calendar import schedule
from app.calendar import views as calendar_views
from app.calendar.feeds import views as feed_views
from app.calendar.library import LastGood, Library
from app.calendar.pages import archive, poster, screen
from app.clock import Clock
from app.contest import store, terms, words
from app.contest import views as contest_views
from app.draw import status
from app.draw import views as draw_pages
from app.municipalities import views as municipality_views
from app.operations import cli as operations_cli
from app.operations import export, jobs, metrics
from app.pledges import season_views
from app.pledges import views as pledge_views
from app.privacy import views as own_views
from app.reminders import cli as reminder_cli
from app.reminders import views as reminder_views
from app.settings import Settings
from app.shared_content import SharedContent
from app.spec.beacon import PRACTICE, QUICKNET
from app.statistics import counter
from app.web import bulkhead, errors, forms, health, logging, page_cache, rate_limit, static, url_converters
from app.web.bulkhead import Bulkhead
from app.web.headers import SecurityHeaders, wrap

# Modules that give a blueprint of another module its pages when they are imported.
PAGES = (*pages.PAGES, feed_views, season_views, screen, poster, archive)
# Modules that have pages for the page cache.
CACHED = (calendar_views, feed_views, pledge_views, municipality_views, screen, poster, archive)


def create_app(overrides: Mapping[str, object] | None = None, checked: bool = True) -> Flask:
    """Return the application. Raises ConfigurationError and, if `checked`, ContentError."""
    settings = config.load(overrides)
    instance = config.made_folder(settings.instance)
    app = Flask(__name__, instance_path=str(instance), static_folder=None)
    app.jinja_options = {"bytecode_cache": static.compiled_templates(instance)}
    app.config.update(settings.model_dump())
    app.config.update(
        # Flask's own check knows no IPv6 address: web/errors has ours.
        TRUSTED_HOSTS=None,
        OUR_HOSTS=settings.hosts,
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    clock = settings.CLOCK or Clock(settings.NOW)
    if settings.DEMO:
        app.config["DEMO_SOURCE"] = settings.CALENDAR_CONTENT
        app.config["CALENDAR_CONTENT"] = demo.copy_content(settings.CALENDAR_CONTENT, instance)
    app.extensions["clock"] = clock
    app.extensions["wall_clock"] = settings.CLOCK or Clock()
    app.extensions["draw_chain"] = settings.DRAW_CHAIN or (PRACTICE if settings.DEMO else QUICKNET)

    database.init_app(app, settings.database_address)
    with app.app_context():
        database.check_revision(database.db)
    library = app.extensions["library"] = open_library(app, settings)
    if checked:
        library.require_edition()

    for part in (
        *(logging, metrics, errors, url_converters, languages, text, bulkhead, forms, health, rate_limit),
        *(store, terms, words, status, pledge_views, notices),
    ):
        part.init_app(app)
    public = (calendar_views, contest_views, draw_pages, pledge_views, municipality_views, reminder_views)
    for views in (*public, own_views, feedback, guard):
        app.register_blueprint(views.blueprint)
    for command in (
        *(cli.prepare, cli.content, cli.organiser, cli.draw),
        *(cli.erase, jobs.jobs, jobs.mail, reminder_cli.reminder),
        *(operations_cli.make, operations_cli.restore, operations_cli.examine, operations_cli.measure),
        export.export,
    ):
        app.cli.add_command(command)
    _wrap(app, clock, library)
    return app


def open_library(app: Flask, settings: Settings) -> Library:
    """Read the editions: from the files, or from this machine's copy of what the machines share."""
    files, folder, shared = app.config["CALENDAR_CONTENT"], Path(app.instance_path), None
    if settings.shares_content:
        shared = SharedContent(app)
        shared.start(files)
        files = shared.root
    return Library(files, LastGood(folder / "last_good"), folder / "contests.state", settings.DEMO, shared)


def _wrap(app: Flask, clock: Clock, library: Library) -> None:
    """What stands before Flask, from the inside out: bulkhead, static files, headers, pages, the proxy's word."""

    def addresses(now: datetime) -> page_cache.Addresses:
        with app.app_context():
            return {name: counted for part in CACHED for name, counted in part.public_addresses(now).items()}

    app.extensions["public_addresses"] = addresses

    def moments() -> list[datetime]:
        return schedule.all_change_instants(library.editions.values())

    def store(counts: counter.Counts) -> None:
        with app.app_context():
            counter.add_counts(counts)

    tally = app.extensions["tally"] = counter.HitCounter(store)
    count = tally.count if not app.config["ACCESS_LOG"] else lambda _shown, _moment: None
    wrap(app, partial(Bulkhead, largest=app.config["MAX_CONTENT_LENGTH"]))
    static.init_app(app)
    host = urlsplit(app.config["PUBLIC_URL"]).netloc
    wrap(app, SecurityHeaders)
    wrap(app, lambda inner: page_cache.PageCache(inner, host, clock, library, moments, addresses, count))
    if proxies := app.config["TRUSTED_PROXIES"]:
        wrap(app, partial(ProxyFix, x_for=proxies, x_proto=proxies, x_host=proxies))

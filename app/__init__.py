"""create_app: the table of contents."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app import cli, config, database, feedback, text
from app.admin import demo, guard, pages
from app.calendar import feed_views, schedule
from app.calendar import views as calendar_views
from app.calendar.library import LastGood, Library
from app.clock import Clock
from app.contest import store, terms
from app.contest import views as contest_views
from app.draw import status
from app.draw import views as draw_pages
from app.operations import cli as operations_cli
from app.operations import jobs, metrics
from app.privacy import views as own_views
from app.reminders import cli as reminder_cli
from app.reminders import views as reminder_views
from app.spec.beacon import PRACTICE, QUICKNET
from app.statistics import counter
from app.web import bulkhead, errors, forms, health, logging, page_cache, rate_limit, static, url_converters
from app.web.bulkhead import Bulkhead
from app.web.headers import SecurityHeaders, wrap

# Modules that give a blueprint of another module its pages when they are imported.
PAGES = (*pages.PAGES, feed_views)


def create_app(overrides: Mapping[str, Any] | None = None, checked: bool = True) -> Flask:
    """Return the application. Raises ConfigurationError, UnknownRevision and, if `checked`, ContentError."""
    settings = config.load(overrides)
    instance = config.made_folder(settings.instance)
    app = Flask(__name__, instance_path=str(instance), static_folder=None)
    app.config.update(settings.model_dump())
    app.config.update(
        TRUSTED_HOSTS=settings.hosts,
        MAX_CONTENT_LENGTH=64 * 1024,
    )
    clock = settings.CLOCK or Clock(settings.NOW)
    if settings.DEMO:
        app.config["DEMO_SOURCE"] = settings.CALENDAR_CONTENT
        app.config["CALENDAR_CONTENT"] = demo.copy_content(settings.CALENDAR_CONTENT, instance)
    last_good, state = LastGood(instance / "last_good"), instance / "contests.state"
    library = Library(app.config["CALENDAR_CONTENT"], last_good, state, settings.DEMO)
    if checked:
        library.require_edition()
    app.extensions["clock"] = clock
    app.extensions["wall_clock"] = settings.CLOCK or Clock()
    app.extensions["library"] = library
    app.extensions["draw_chain"] = settings.DRAW_CHAIN or (PRACTICE if settings.DEMO else QUICKNET)

    database.init_app(app, settings.database_address)
    database.init_migrations(app, database.db)
    with app.app_context():
        database.check_revision(database.db)

    for part in (
        *(logging, metrics, errors, url_converters, text, bulkhead, forms, health, rate_limit),
        *(store, terms, status),
    ):
        part.init_app(app)
    for views in (calendar_views, contest_views, draw_pages, reminder_views, own_views, feedback, guard):
        app.register_blueprint(views.blueprint)
    for command in (
        *(cli.prepare, cli.content, cli.organiser, cli.draw),
        *(cli.erase, jobs.jobs, jobs.mail, reminder_cli.reminder),
        *(operations_cli.make, operations_cli.restore, operations_cli.examine, operations_cli.measure),
    ):
        app.cli.add_command(command)
    _wrap(app, clock, library)
    return app


def _wrap(app: Flask, clock: Clock, library: Library) -> None:
    """What stands before Flask, from the inside out: bulkhead, static files, headers, pages, the proxy's word."""

    def addresses(now: datetime) -> Mapping[str, counter.Shown | None]:
        with app.app_context():
            return calendar_views.public_addresses(now)

    def moments() -> list[datetime]:
        return schedule.all_change_instants(library.editions.values())

    def store(counts: counter.Counts) -> None:
        with app.app_context():
            counter.add_counts(counts)

    tally = app.extensions["tally"] = counter.HitCounter(store)
    wrap(app, partial(Bulkhead, largest=app.config["MAX_CONTENT_LENGTH"]))
    static.init_app(app)
    host = urlsplit(app.config["PUBLIC_URL"]).netloc
    wrap(app, SecurityHeaders)
    wrap(app, lambda inner: page_cache.PageCache(inner, host, clock, library, moments, addresses, tally.count))
    if proxies := app.config["TRUSTED_PROXIES"]:
        wrap(app, partial(ProxyFix, x_for=proxies, x_proto=proxies, x_host=proxies))

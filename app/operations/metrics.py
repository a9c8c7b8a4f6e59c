"""Figures for Prometheus, on a port of their own that only this machine reaches."""

# Nothing in them is about a person.

# Each process of the server counts into files of its own in the instance folder; `flask metrics` adds them up and asks
# the database for the rest. What the page cache answers is not counted here, so it costs nothing, nor are right entries
# in a rush: how often a page is shown, and how many entries there are, is in the database already.

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from flask import Flask, Response

from app import clock
from app.contest.models import Entry
from app.database import db
from app.operations import backup, jobs
from app.outbox import queue
from app.statistics.counter import HatchCount
from app.web import logging

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def init_app(app: Flask) -> None:
    """Count what Flask answers, by rule, method and status, when METRICS_PORT is set."""
    if not app.config["METRICS_PORT"]:
        return
    # prometheus_client reads the variable when it is imported, and importing it takes a while.
    os.environ.setdefault(FOLDER_VARIABLE, str(_folder(app)))
    from prometheus_client import REGISTRY, Counter

    name = "kalender_requests"
    known: Any = REGISTRY._names_to_collectors.get(name)
    requests = known or Counter(name, "Requests that Flask answered.", ["rule", "method", "status"])

    @app.after_request
    def count(response: Response) -> Response:
        requests.labels(logging.rule(), logging.method(), str(response.status_code)).inc()
        return response


def _folder(app: Flask) -> Path:
    folder = Path(app.instance_path) / "metrics"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def forget_process(app: Flask) -> None:
    """Remove what processes that have ended counted; before the server starts."""
    for file in (Path(app.instance_path) / "metrics").glob("*.db"):
        file.unlink()


def registry(app: Flask) -> "CollectorRegistry":
    """Return all figures: what every process has counted, and how the calendar stands now."""
    os.environ.setdefault(FOLDER_VARIABLE, str(_folder(app)))
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    found = CollectorRegistry()
    MultiProcessCollector(found)  # type: ignore[no-untyped-call]
    found.register(State(app))
    return found


def serve_metrics(app: Flask, port: int) -> None:
    """Answer on `port` of this machine, from a thread of its own."""
    figures = registry(app)
    from prometheus_client import start_http_server

    start_http_server(port, "127.0.0.1", figures)


class State:
    """How the calendar stands, asked at each reading."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> list["Metric"]:
        """None: Prometheus would otherwise ask the database once more, at the start."""
        return []

    def collect(self) -> Iterator["Metric"]:
        with self._app.app_context():
            try:
                yield from self._stored()
            finally:
                db.session.remove()
            yield from self._ages()

    def _stored(self) -> Iterator["Metric"]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        entries = GaugeMetricFamily("kalender_entries", "Entries on record.", labels=["contest"])
        per_contest = sa.select(Entry.contest_id, sa.func.count()).group_by(Entry.contest_id)
        for contest, count in db.session.execute(per_contest):
            entries.add_metric([contest], count)
        yield entries
        shown = CounterMetricFamily("kalender_pages_shown", "Times a hatch or calendar was shown.", labels=["year"])
        per_year = sa.select(HatchCount.year, sa.func.sum(HatchCount.count)).group_by(HatchCount.year)
        for year, count in db.session.execute(per_year):
            shown.add_metric([str(year)], count)
        yield shown
        yield GaugeMetricFamily("kalender_mails_waiting", "Mails in the outbox.", queue.count_waiting().count)

    def _ages(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        for name, what, then in (
            ("jobs", "the rounds beside the server last ran", jobs.last_round()),
            ("backup", "the last backup", backup.last_backup()),
        ):
            if then:
                age = (clock.wall_clock_now() - then).total_seconds()
                yield GaugeMetricFamily(f"kalender_{name}_age_seconds", f"Seconds since {what}.", age)

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app import clock
from app.clock import PINNED, Clock
from tests.conftest import StoppedClock, swedish

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


class Watch(datetime):
    """What the host believes the time is."""

    shows = NOON

    @classmethod
    def now(cls, tz=None):
        return cls.shows.astimezone(tz)


@pytest.fixture(autouse=True)
def host_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "datetime", Watch)
    monkeypatch.setattr(Watch, "shows", NOON)


@pytest.fixture
def app() -> Flask:
    """An app with nothing but a clock."""
    app = Flask(__name__)
    app.extensions["clock"] = StoppedClock("2026-12-10 08:00")
    return app


def test_clock_tells_hosts_time_in_utc():
    assert Clock().now() == NOON
    assert Clock().now().utcoffset() == timedelta(0)


def test_started_clock_runs_on(monkeypatch):
    started = Clock(swedish("2026-12-13 07:00"))
    assert started.now() == datetime(2026, 12, 13, 6, tzinfo=UTC)
    monkeypatch.setattr(Watch, "shows", NOON + timedelta(minutes=90))
    assert started.now() == swedish("2026-12-13 08:30")


def test_clock_can_be_started_in_past(monkeypatch):
    started = Clock(swedish("2020-12-24 23:59:59"))
    monkeypatch.setattr(Watch, "shows", NOON + timedelta(seconds=1))
    assert started.now() == swedish("2020-12-25 00:00")


def test_outside_request_apps_clock_is_asked(app):
    with app.app_context():
        assert clock.now() == swedish("2026-12-10 08:00")


def test_requests_ask_apps_clock_unless_told_otherwise(app):
    with app.test_request_context():
        app.extensions["clock"].forward(hours=1)
        assert clock.now() == swedish("2026-12-10 09:00")


def test_request_keeps_the_instant_it_came(app):
    with app.test_request_context(environ_overrides={PINNED: swedish("2026-12-09 23:59:59")}):
        app.extensions["clock"].set("2026-12-10 00:00")
        assert clock.now() == swedish("2026-12-09 23:59:59")


def test_no_request_can_pin_the_time(app):
    with app.test_request_context(f"/?{PINNED}=2026-12-24", headers={PINNED: "2026-12-24"}):
        assert clock.now() == swedish("2026-12-10 08:00")

"""People who want to be reminded, and a mail server that listens to the app."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.database import begin_write, db
from app.operations import jobs
from app.reminders import subscriptions
from app.reminders.models import Reminder
from tests.conftest import StoppedClock, token_in
from tests.mail.conftest import postmaster as postmaster
from tests.mail.conftest import serve as serve

PAGE = "/paminnelse"


def fill_in(client: FlaskClient, clock: StoppedClock, email: str, hour: int = 7, days: str = "alla") -> TestResponse:
    """Ask for a reminder as a person does."""
    token = token_in(client.get(PAGE))
    clock.forward(seconds=20)
    return client.post(PAGE, data={"token": token, "email": email, "hour": str(hour), "days": days})


@pytest.fixture
def ask(client: FlaskClient, clock: StoppedClock) -> Callable[..., TestResponse]:
    """Ask for a reminder with the form: ask("anna@example.se", hour=8)."""
    return partial(fill_in, client, clock)


@pytest.fixture
def subscribe(app: Flask, clock: StoppedClock) -> Callable[..., str]:
    """Have a subscription confirmed, behind the form, and return its key."""

    def confirmed(email: str, hour: int = 7, weekdays_only: bool = False) -> str:
        with app.app_context():
            subscriptions.ask(email, 2026, hour, weekdays_only, clock.now())
            begin_write()
            wish = db.session.query(Reminder).filter_by(email=email, confirmed_at=None).one()
            token, wish.confirm_mail_at = wish.token, clock.now()
            db.session.commit()
            assert subscriptions.confirm(token, clock.now())
        return token

    return confirmed


@pytest.fixture
def run_at(app: Flask, clock: StoppedClock) -> Callable[[str], None]:
    """Run one round of the jobs at a moment."""

    def run(moment: str) -> None:
        clock.set(moment)
        with app.app_context():
            jobs.run_round()

    return run


@pytest.fixture
def rows(app: Flask) -> Callable[[], list[Reminder]]:
    """What stands in the list."""

    def read() -> list[Reminder]:
        with app.app_context():
            return db.session.query(Reminder).order_by(Reminder.id).all()

    return read


@pytest.fixture(autouse=True)
def in_november(clock: StoppedClock) -> None:
    clock.set("2026-11-20 08:00")

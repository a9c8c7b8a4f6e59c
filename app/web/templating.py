"""What every template may use: Swedish dates, the clock's banner, and the day's words."""

from datetime import date, datetime

from flask import Flask

from app import clock, swedish
from app.clock import SWEDEN
from app.contest import rules


def init_app(app: Flask) -> None:
    app.add_template_filter(rules.swedish, "swedish")
    app.add_template_filter(swedish_date, "swedish_date")
    app.add_template_filter(swedish_time, "swedish_time")
    app.add_template_filter(swedish_clock, "swedish_clock")
    app.add_template_filter(swedish.grouped, "number")
    app.add_template_global(clock.now, "now")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def swedish_date(value: date | datetime, form: str = "d MMMM") -> str:
    """A date in Sweden, as "10 december"; `form` is a Unicode date pattern."""
    local = value.astimezone(SWEDEN).date() if isinstance(value, datetime) else value
    return swedish.dated(local, form)


def swedish_time(value: datetime) -> str:
    """An instant in Sweden, short: "10 dec. 08.15"."""
    return swedish.short(value.astimezone(SWEDEN))


def swedish_clock(value: datetime) -> str:
    """The time of day in Sweden: "08.15"."""
    return f"{value.astimezone(SWEDEN):%H.%M}"

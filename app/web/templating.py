"""What every template may use: Swedish dates, the clock's banner, and the day's words."""

from datetime import date, datetime

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask

from app import clock
from app.clock import SWEDEN
from app.dates import swedish


def init_app(app: Flask) -> None:
    app.add_template_filter(swedish, "swedish")
    app.add_template_filter(swedish_date, "swedish_date")
    app.add_template_filter(swedish_time, "swedish_time")
    app.add_template_filter(swedish_clock, "swedish_clock")
    app.add_template_filter(grouped_number, "number")
    app.add_template_filter(fingerprint, "fingerprint")
    app.add_template_global(clock.now, "now")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def swedish_date(value: date | datetime, form: str = "d MMMM") -> str:
    """A date in Sweden, as "10 december"; `form` is a Unicode date pattern."""
    local = value.astimezone(SWEDEN).date() if isinstance(value, datetime) else value
    return format_date(local, form, locale="sv")


def swedish_time(value: datetime) -> str:
    """An instant in Sweden, short: "10 dec. 08.15"."""
    return format_datetime(value.astimezone(SWEDEN), "d MMM HH.mm", locale="sv")


def swedish_clock(value: datetime) -> str:
    """The time of day in Sweden: "08.15"."""
    return format_datetime(value.astimezone(SWEDEN), "HH.mm", locale="sv")


def grouped_number(value: int) -> str:
    """1234567 as "1 234 567"."""
    return format_decimal(value, locale="sv")


def fingerprint(checksum: str) -> str:
    """The start of a checksum as people compare it, in four groups of four: "cb60 ef4d 532e 11c9"."""
    return " ".join(checksum[start : start + 4] for start in range(0, 16, 4))

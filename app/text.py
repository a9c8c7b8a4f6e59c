"""What people type, as it is taken."""

import unicodedata
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask

from app import clock
from app.clock import SWEDEN


def clean(value: str | None) -> str:
    """Return what was typed, trimmed and without control characters (PostgreSQL refuses NUL)."""
    # PostgreSQL refuses NUL in text, and no output may carry the others (XML 1.0, 2.2).
    return "".join(sign for sign in value or "" if unicodedata.category(sign) != "Cc" or sign in "\n\r\t").strip()


def clean_address(value: str | None) -> str:
    """Take away what comes along unseen when an address is pasted: zero width, soft hyphens, NBSP."""
    return "".join(sign for sign in value or "" if not is_unseen(sign)).strip()


def is_unseen(sign: str) -> bool:
    # Cf is what has no shape: zero width, soft hyphen, direction marks. The others choose between shapes.
    return unicodedata.category(sign) == "Cf" or "\ufe00" <= sign <= "\ufe0f"


@lru_cache(maxsize=1024)
def swedish(moment: datetime) -> str:
    """Return an instant as "torsdag 10 december 2026 kl. 00.00", in Sweden; the seconds where there are any."""
    local = moment.astimezone(SWEDEN)
    clock_time = "HH.mm.ss" if local.second else "HH.mm"
    return format_datetime(local, f"EEEE d MMMM y 'kl.' {clock_time}", locale="sv")


def init_app(app: Flask) -> None:
    app.add_template_filter(swedish, "swedish")
    app.add_template_filter(swedish_date, "swedish_date")
    app.add_template_filter(swedish_time, "swedish_time")
    app.add_template_filter(swedish_clock, "swedish_clock")
    app.add_template_filter(grouped_number, "number")
    app.add_template_filter(fingerprint, "fingerprint")
    app.add_template_filter(short_ticket, "ticket")
    app.add_template_filter(lower_first, "lower_first")
    app.add_template_global(clock.now, "now")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def swedish_date(value: date | datetime, form: str = "d MMMM") -> str:
    """Return a date in Sweden, as "10 december"; `form` is a Unicode date pattern."""
    local = value.astimezone(SWEDEN).date() if isinstance(value, datetime) else value
    return format_date(local, form, locale="sv")


def swedish_time(value: datetime) -> str:
    """Return an instant in Sweden, short: "10 dec. 08.15"."""
    return format_datetime(value.astimezone(SWEDEN), "d MMM HH.mm", locale="sv")


def swedish_clock(value: datetime) -> str:
    """Return the time of day in Sweden: "08.15"."""
    return format_datetime(value.astimezone(SWEDEN), "HH.mm", locale="sv")


def grouped_number(value: int) -> str:
    """1234567 as "1 234 567"."""
    return format_decimal(value, locale="sv")


def fingerprint(checksum: str) -> str:
    """Return the start of a checksum as people compare it, in four groups of four: "cb60 ef4d 532e 11c9"."""
    return " ".join(checksum[start : start + 4] for start in range(0, 16, 4))


def short_ticket(start: str) -> str:
    """Return the first eight signs of a ticket as people read them: "E22C-02BD"."""
    return f"{start[:4]}-{start[4:8]}".upper()


def lower_first(text: str) -> str:
    """Return a name within a sentence: its first letter is small unless the word is written in capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]

"""Instants in Swedish words."""

from datetime import datetime
from functools import lru_cache

from babel.dates import format_datetime

from app.clock import SWEDEN


@lru_cache(maxsize=1024)
def swedish(moment: datetime) -> str:
    """Return an instant as "torsdag 10 december 2026 kl. 00.00", in Sweden; the seconds where there are any."""
    local = moment.astimezone(SWEDEN)
    clock_time = "HH.mm.ss" if local.second else "HH.mm"
    return format_datetime(local, f"EEEE d MMMM y 'kl.' {clock_time}", locale="sv")

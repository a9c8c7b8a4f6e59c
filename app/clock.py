"""The only place that asks what time it is."""

# The calendar lives in Europe/Stockholm.

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app, has_request_context, request

SWEDEN = ZoneInfo("Europe/Stockholm")
# Key in the WSGI environ under which one request is answered as of a fixed instant.
PINNED = "kalender.now"
# Key in the WSGI environ under which a page finds what its banner says; a visitor's request never has it.
PREVIEW = "kalender.preview"


class Clock:
    """Tells the time; started at `start` (aware) it runs on from there."""

    def __init__(self, start: datetime | None = None) -> None:
        self._ahead = start - datetime.now(UTC) if start else timedelta(0)
        self._seconds_ahead = self._ahead.total_seconds()

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def timestamp(self) -> float:
        """Return the same in POSIX seconds, for callers at every request."""
        return time.time() + self._seconds_ahead


def session_now() -> datetime:
    """Return the real instant, which codes, sessions and passkeys go by in a demo and a preview too: aware, UTC."""
    clock: Clock = current_app.extensions["wall_clock"]
    return clock.now()


def wall_clock_now() -> datetime:
    """Return the instant by the host's own clock, whatever instant the calendar shows: aware, in UTC."""
    return datetime.now(UTC)


def host_date() -> date:
    """Today's date in Sweden by the host's own clock, whatever instant the calendar shows."""
    return datetime.now(SWEDEN).date()


def written_at(file: Path) -> datetime | None:
    """Return when a file was last written, aware; None when there is none."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.is_file() else None


def now() -> datetime:
    """Return the instant that the current request is answered as of; outside a request, now. Aware, UTC."""
    if has_request_context() and PINNED in request.environ:
        pinned: datetime = request.environ[PINNED]
        return pinned
    clock: Clock = current_app.extensions["clock"]
    return clock.now()

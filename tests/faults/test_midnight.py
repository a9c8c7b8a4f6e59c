"""A crowd at a real server while the clock turns to an opening, and while somebody sets the clock back and forth.

The calendar's clock is the host's and a number that test and server share, so it is known of each answer between which
two instants it was made. `make soak` sends 20,000 requests in the ten seconds around midnight, to one worker as well.
"""

import http.client
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

import brotli
import pytest

from app.clock import SWEDEN
from tests.conftest import on_sqlite, swedish
from tests.faults.stepped import SharedClock
from tests.load.test_real_server import ask, granian, port, serving

__all__ = ["port"]
pytestmark = on_sqlite
SOAK = int(os.environ.get("SOAK", "0"))
REQUESTS, AROUND, WORKERS = (20_000 * SOAK, 5, (1, 2)) if SOAK else (2_000, 1, (2,))
CROWD = 32
MIDNIGHT = swedish("2026-12-10 00:00")
HATCH = "/2026/lucka/10"
# What one visitor looks at, again and again. A locked hatch costs more to answer than a page in memory.
PATHS = ("/", "/", HATCH, "/")


@dataclass(frozen=True)
class Seen:
    """One answer; the days, in December, on which it was asked for and had come; the newest hatch that it shows.

    `newest` is None for a page of one hatch, whose status tells whether it is open. A clock that was set meanwhile
    tells nothing of when the answer was made: then it is not `steady`.
    """

    path: str
    status: int
    newest: int | None
    asked: int
    came: int
    steady: bool

    def is_right(self) -> bool:
        """It shows what there was at some instant between asking and answer; at no other instant did it matter."""
        if self.newest is None:
            return self.status in {200 if day >= 10 else 403 for day in (self.asked, self.came)}
        return self.status == 200 and self.asked <= self.newest <= self.came


class Crowd:
    """Visitors who keep their connections, one for each thread that calls `visit`."""

    def __init__(self, port: int, clock: SharedClock) -> None:
        self.seen: list[Seen] = []
        self.steps = 0
        self._clock = clock
        self._port = port
        self._own = threading.local()
        self._lines: list[http.client.HTTPConnection] = []

    def close(self) -> None:
        for line in self._lines:
            line.close()

    def set_clock(self, instant: datetime) -> None:
        self.steps += 1
        self._clock.set(instant)
        self.steps += 1

    def visit(self, path: str) -> None:
        if not hasattr(self._own, "line"):
            self._own.line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
            self._lines.append(self._own.line)
        steps, asked = self.steps, _day(self._clock)
        self._own.line.request("GET", path, headers={"Accept-Encoding": "br"})
        answer = self._own.line.getresponse()
        body, came = answer.read(), _day(self._clock)
        newest = _newest(body) if path == "/" else None
        steady = steps == self.steps and steps % 2 == 0
        self.seen.append(Seen(path, answer.status, newest, asked, came, steady))

    def assert_nobody_saw_another_day(self) -> None:
        assert {seen.status for seen in self.seen} <= {200, 403}
        assert [seen for seen in self.seen if seen.steady and not seen.is_right()] == []


def _day(clock: SharedClock) -> int:
    return clock.now().astimezone(SWEDEN).day


@lru_cache
def _newest(page: bytes) -> int:
    return int(re.search(r"Öppna lucka (\d+)", brotli.decompress(page).decode())[1])


@dataclass(frozen=True)
class Made:
    """A page that a worker has made: from which template, as of when, and when (POSIX seconds)."""

    worker: int
    template: str
    shows: float
    at: float


@dataclass
class Site:
    port: int
    clock: SharedClock
    workers: int
    log: Path

    def crowd(self) -> AbstractContextManager[Crowd]:
        return closing(Crowd(self.port, self.clock))

    def made(self) -> list[Made]:
        lines = [line.split() for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [Made(int(worker), template, float(shows), float(at)) for worker, template, shows, at in lines]

    def made_since(self, instant: datetime) -> list[Made]:
        """Front pages and pages of hatches that show what there is at that instant or later."""
        pages = [made for made in self.made() if made.template in ("calendar/calendar.html", "calendar/hatch.html")]
        return [made for made in pages if made.shows >= instant.timestamp()]

    def visit_until(self, instant: datetime, done: Callable[[], bool]) -> None:
        """Visitors come at an instant, one after the other, until all is done that they set going."""
        for _ in range(1200):
            self.clock.set(instant)
            assert ask(self.port, "GET", "/")[0] == 200
            if done():
                return
            time.sleep(0.05)
        raise AssertionError("a worker was never asked, or never did what it should")


@contextmanager
def site(port: int, database_url: str, folder: Path, workers: int) -> Iterator[Site]:
    """A server of some workers, all on one core."""
    file = folder / "clock"
    file.write_bytes(bytes(8))
    core = str(min(os.sched_getaffinity(0)))
    command = ["taskset", "-c", core, *granian(port, workers, "tests.faults.stepped:app")]
    with serving(command, port, database_url, folder, TEST_CLOCK=str(file)):
        yield Site(port, SharedClock(file), workers, folder / "made")


# The front page, and the new hatch in Swedish, easy Swedish and English.
AHEAD = 4


@pytest.mark.parametrize("workers", WORKERS)
def test_everybody_sees_the_new_hatch_at_midnight_and_nobody_before(workers, port, database_url, instance):
    with site(port, database_url, instance, workers) as here, here.crowd() as crowd, ThreadPoolExecutor(CROWD) as hands:
        evening, last_minute = MIDNIGHT - timedelta(minutes=5), MIDNIGHT - timedelta(seconds=50)
        here.visit_until(evening, lambda: len(here.made_since(evening)) == workers)
        here.visit_until(last_minute, lambda: len(here.made_since(MIDNIGHT)) == AHEAD * workers)

        def look_until_all_is_over(_: int) -> None:
            over = False
            while not over:
                over = len(crowd.seen) >= REQUESTS and here.clock.now() > MIDNIGHT + timedelta(seconds=AROUND)
                for path in PATHS:
                    crowd.visit(path)

        list(hands.map(crowd.visit, PATHS * CROWD))
        crowd.set_clock(MIDNIGHT - timedelta(seconds=AROUND))
        list(hands.map(look_until_all_is_over, range(CROWD)))
        crowd.assert_nobody_saw_another_day()
        assert len(crowd.seen) >= REQUESTS
        assert {(seen.path, seen.asked) for seen in crowd.seen} == {(path, day) for path in PATHS for day in (9, 10)}
        assert [made for made in here.made_since(evening) if made.at >= MIDNIGHT.timestamp()] == []


# Seconds from midnight to which the clock is set, one after the other.
STEPS = (-1, 1, -5, 5, -3600, 3600, -7200, 86_400, -60, 0, -90_000, 60)
EACH = 160 * (1 + SOAK)


@pytest.mark.parametrize("workers", WORKERS)
def test_clock_set_back_or_forth_under_crowd_shows_its_time(workers, port, database_url, instance):
    with site(port, database_url, instance, workers) as here, here.crowd() as crowd, ThreadPoolExecutor(CROWD) as hands:

        def visit(number: int) -> None:
            if number % EACH == 0:
                crowd.set_clock(MIDNIGHT + timedelta(seconds=STEPS[number // EACH]))
            crowd.visit(PATHS[number % len(PATHS)])

        crowd.set_clock(MIDNIGHT + timedelta(seconds=STEPS[0]))  # until then it is the host's day
        list(hands.map(visit, range(EACH * len(STEPS))))
        crowd.assert_nobody_saw_another_day()
        days = {seen.newest for seen in crowd.seen if seen.steady}
        assert days >= {8, 9, 10, 11}
        assert ask(port, "GET", "/readyz")[0] == 200

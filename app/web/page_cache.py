"""Public pages, rendered and compressed once per state of the calendar and answered before Flask wakes up.

A page depends only on the content and on which instants of the calendar have passed. A generation holds the pages of
one such state. In the last minute before it ends the next one is made, in a thread of its own, so that nobody waits
at midnight; which of them is shown is decided by the clock alone, at each request, and a clock that is set back finds
the earlier one. Only addresses that exist are kept (`addresses`), and what stands after a question mark is not read,
so no request can fill the memory or slip past it.
"""

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeGuard

from werkzeug.http import parse_accept_header

from app.calendar.hatches import changes
from app.calendar.library import Library
from app.clock import PINNED, Clock
from app.web.headers import WSGIApp, whole
from app.web.pages import LONGEST_AGE, Answer, Headers, Page, answer, page_from

Counted = tuple[int, int]
Told = tuple[int, Headers, bytes]
_STATUS = {200: "200 OK", 304: "304 Not Modified"}
_KEPT = 3
"""Generations: the one before, the present and the next."""


@dataclass
class Generation:
    """The pages of one state of the calendar, good from `start` until `end` (POSIX seconds)."""

    start: float
    end: float
    version: int
    addresses: Mapping[str, Counted | None]
    pages: dict[str, Page] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)
class Ready:
    """What can be answered at once from `since` to `until`, both included: by path and encoding, as it is sent."""

    generation: Generation
    since: float
    until: float
    age: int
    version: int
    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)


class PageCache:
    """WSGI middleware. `addresses(now)` names the pages that are the same bytes for everybody at `now`.

    Some of them stand for something to count: `count` is told that, and when, each time such a page is shown.
    Whatever host a visitor named, they are rendered for `host`.
    """

    def __init__(
        self,
        app: WSGIApp,
        host: str,
        clock: Clock,
        library: Library,
        addresses: Callable[[datetime], Mapping[str, Counted | None]],
        count: Callable[[Counted, float], None],
    ) -> None:
        self._app = app
        self._host = host
        self._clock = clock
        self._library = library
        self._addresses = addresses
        self._count = count
        self._generations: tuple[Generation, ...] = ()
        self._lock = threading.Lock()
        self._ready: Ready | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        moment = self._clock.timestamp()
        self._library.refresh()
        ready = self._ready if self._is_good(self._ready, moment) else self._ready_at(moment, environ)
        where = environ["PATH_INFO"], _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        found = ready.answers.get(where) or self._found(ready, where, environ, moment)
        told = found and self._told(found, environ, moment)
        if not told:
            environ[PINNED] = _instant(moment)
            return self._app(environ, start_response)
        status, headers, body = told
        start_response(_STATUS[status], headers)
        return [body]

    def at_hand(self, environ: dict[str, Any]) -> Told | None:
        """The answer to a request, at the price of a look in a dictionary; None if it has to be made first."""
        moment = self._clock.timestamp()
        self._library.refresh()
        ready = self._ready
        if not self._is_good(ready, moment):
            return None
        found = ready.answers.get((environ["PATH_INFO"], _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))))
        return self._told(found, environ, moment) if found else None

    def _is_good(self, ready: Ready | None, moment: float) -> TypeGuard[Ready]:
        return ready is not None and ready.since <= moment <= ready.until and ready.version == self._library.version

    def _told(self, found: Answer, environ: dict[str, Any], moment: float) -> Told | None:
        """The answer as the request wants it; None when it asks for something else than to read."""
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            return None
        if found.counted and method == "GET":
            self._count(found.counted, moment)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (known == "*" or found.tag in known):
            return 304, found.unchanged, b""
        return 200, found.headers, found.body if method == "GET" else b""

    def _ready_at(self, moment: float, environ: dict[str, Any]) -> Ready:
        """What can be answered at `moment`: it stays so for as long as the state and the age that browsers are told."""
        with self._lock:
            generation = self._generation_at(moment)
            if generation.end - moment <= LONGEST_AGE and self._made(generation.end) is None:
                following = self._generation_at(generation.end)
                wanted = [path for path in following.addresses if path in generation.pages]
                wanted += [path for path in following.addresses if path not in generation.addresses]
                threading.Thread(target=self._prepare, args=(following, wanted, dict(environ)), daemon=True).start()
        end = generation.end
        age = min(LONGEST_AGE, int(end - moment))
        since = generation.start if age == LONGEST_AGE else math.nextafter(end - age - 1, end)
        until = min(end - age, math.nextafter(end, 0))
        self._ready = Ready(generation, max(since, generation.start), until, age, generation.version)
        return self._ready

    def _made(self, moment: float) -> Generation | None:
        version = self._library.version
        return next(
            (each for each in self._generations if each.version == version and each.start <= moment < each.end), None
        )

    def _generation_at(self, moment: float) -> Generation:
        """The generation of an instant, made when there is none; it replaces the one made longest ago."""
        if found := self._made(moment):
            return found
        version = self._library.version
        moments = [each.timestamp() for edition in self._library.editions.values() for each in changes(edition)]
        made = Generation(
            start=max((each for each in moments if each <= moment), default=-math.inf),
            end=min((each for each in moments if each > moment), default=moment + 86_400),
            version=version,
            addresses=self._addresses(_instant(moment)),
        )
        kept = [each for each in self._generations if each.version == version]
        self._generations = (made, *kept[: _KEPT - 1])
        return made

    def _prepare(self, generation: Generation, paths: list[str], environ: dict[str, Any]) -> None:
        """Makes the pages of a state that has not come yet, as of its first instant."""
        for path in paths:
            self._filled(generation, path, environ | {"PATH_INFO": path}, generation.start)

    def _found(self, ready: Ready, where: tuple[str, str], environ: dict[str, Any], moment: float) -> Answer | None:
        path, encoding = where
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or path not in ready.generation.addresses:
            return None
        page = ready.generation.pages.get(path) or self._filled(ready.generation, path, environ, moment)
        if page is None:
            return None
        made = ready.answers[where] = answer(page, encoding, ready.age, ready.generation.addresses[path])
        return made

    def _filled(self, generation: Generation, path: str, environ: dict[str, Any], moment: float) -> Page | None:
        with generation.lock:
            if path not in generation.pages and (page := self._ask(path, environ, moment)):
                generation.pages[path] = page
        return generation.pages.get(path)

    def _ask(self, path: str, environ: dict[str, Any], moment: float) -> Page | None:
        """The page as Flask makes it, or None when it is not one to keep."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        asked = {key: value for key, value in environ.items() if not key.startswith("HTTP_")}
        response = self._app(
            asked | {"REQUEST_METHOD": "GET", "QUERY_STRING": "", "HTTP_HOST": self._host, PINNED: _instant(moment)},
            lambda status, headers, *_: started.append((status, headers)),
        )
        body = whole(response)
        earlier = next((each.pages[path] for each in self._generations if path in each.pages), None)
        return page_from(*started[0], body, earlier)


def _instant(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


@lru_cache(maxsize=512)
def _best_encoding(accepted: str) -> str:
    offers = parse_accept_header(accepted)
    return next((encoding for encoding in ("br", "gzip") if offers[encoding] > 0), "identity")

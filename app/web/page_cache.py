"""Public pages, rendered and compressed once per state of the calendar and answered before Flask wakes up.

A page depends only on the content and on which instants of the calendar have passed. A generation holds the pages of
one such state; in the last minute before it ends the next one is made in a thread, so that midnight is no rush. Which
of them is shown the clock decides at each request. Only addresses that exist are kept, and what stands after a
question mark is not read unless such an address has it, so no request can fill the memory or slip past it.
"""

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from werkzeug.http import parse_accept_header

from app.clock import PINNED, Clock
from app.web.headers import WSGIApp, read_whole
from app.web.pages import LONGEST_AGE, Answer, Page, cacheable_page, encoded_answer

Counted = tuple[int, int]
# The one before, the present and the next.
_GENERATIONS = 3


class Versioned(Protocol):
    """What pages are made from: `version` is another once it has changed."""

    version: int

    def refresh(self) -> None: ...


@dataclass(slots=True, eq=False)
class Generation:
    """The pages of one state of the calendar, good from `start` until `end` (POSIX seconds)."""

    start: float
    end: float
    version: int
    addresses: Mapping[str, Counted | None]
    pages: dict[str, Page] = field(default_factory=dict)
    # By path, encoding and the seconds that others may keep it.
    answers: dict[tuple[str, str, int], Answer] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # How addresses with a query begin, up to its first value.
    questions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.questions = frozenset(address.partition("=")[0] for address in self.addresses if "?" in address)

    def is_good(self, moment: float, version: int) -> bool:
        return self.start <= moment < self.end and self.version == version


class PageCache:
    """WSGI middleware. `addresses(now)` names the pages that are the same bytes for everybody at `now`.

    They change when the library does and at each of `moments()`.
    Some of them stand for something to count: `count` is told that, and when, each time such a page is shown.
    Whatever host a visitor named, they are rendered for `host`.
    """

    def __init__(
        self,
        app: WSGIApp,
        host: str,
        clock: Clock,
        library: Versioned,
        moments: Callable[[], Iterable[datetime]],
        addresses: Callable[[datetime], Mapping[str, Counted | None]],
        count: Callable[[Counted, float], None],
    ) -> None:
        self._app = app
        self._host = host
        self._clock = clock
        self._library = library
        self._moments = moments
        self._addresses = addresses
        self._count = count
        self._generations: tuple[Generation, ...] = ()
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        moment = self._clock.timestamp()
        self._library.refresh()
        found = self._lookup(environ, moment) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
        if not found:
            environ[PINNED] = _instant(moment)
            return self._app(environ, start_response)
        is_get = environ["REQUEST_METHOD"] == "GET"
        if found.counted and is_get:
            self._count(found.counted, moment)
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (known == "*" or found.tag in known):
            start_response("304 Not Modified", found.unchanged)
            return [b""]
        start_response("200 OK", found.headers)
        return [found.body if is_get else b""]

    def _lookup(self, environ: dict[str, Any], moment: float) -> Answer | None:
        generations = self._generations
        generation = generations[0] if generations else None
        if generation is None or not generation.is_good(moment, self._library.version):
            generation = self._generation_at(moment)
        left = generation.end - moment
        age = LONGEST_AGE if left > LONGEST_AGE else self._nearly_over(generation, int(left), environ)
        path, encoding = self._address(generation, environ), _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        found = generation.answers.get((path, encoding, age))
        if found or path not in generation.addresses:
            return found
        page = generation.pages.get(path) or self._render_once(generation, path, environ, moment)
        if page is None:
            return None
        made = encoded_answer(page, encoding, age, generation.addresses[path])
        generation.answers[path, encoding, age] = made
        return made

    def _address(self, generation: Generation, environ: dict[str, Any]) -> str:
        """Return what is asked for: with its query only when that is an address of its own."""
        path: str = environ["PATH_INFO"]
        if query := environ.get("QUERY_STRING"):
            asked = f"{path}?{query}"
            return asked if asked.partition("=")[0] in generation.questions else path
        return path

    def _nearly_over(self, generation: Generation, age: int, environ: dict[str, Any]) -> int:
        """In its last minute a generation's answers live shorter, and the next one is made."""
        if self._made(generation.end) is None:
            with self._lock:
                if self._made(generation.end) is None:
                    following = self._make(generation.end)
                    self._keep(generation, following)
                    what = (generation, following, dict(environ))
                    with suppress(RuntimeError):  # a machine that has no thread to spare: midnight is a rush then
                        threading.Thread(target=self._prepare, args=what, daemon=True).start()
        return age

    def _made(self, moment: float) -> Generation | None:
        version = self._library.version
        return next((each for each in self._generations if each.is_good(moment, version)), None)

    def _generation_at(self, moment: float) -> Generation:
        """Return the generation of an instant, made when there is none, as the first of those that are kept."""
        with self._lock:
            generation = self._made(moment) or self._make(moment)
            self._keep(generation)
        return generation

    def _keep(self, *first: Generation) -> None:
        """Keep these first, and then those that were kept before."""
        rest = (each for each in self._generations if each not in first and each.version == first[0].version)
        self._generations = (*first, *rest)[:_GENERATIONS]

    def _make(self, moment: float) -> Generation:
        version = self._library.version
        moments = [moment.timestamp() for moment in self._moments()]
        return Generation(
            start=max((each for each in moments if each <= moment), default=-math.inf),
            end=min((each for each in moments if each > moment), default=moment + 86_400),
            version=version,
            addresses=self._addresses(_instant(moment)),
        )

    def _prepare(self, generation: Generation, following: Generation, environ: dict[str, Any]) -> None:
        """Render what was asked for, and what is new, as of the first instant of a state that has not come yet."""
        wanted = [path for path in following.addresses if path in generation.pages or path not in generation.addresses]
        for path in wanted:
            self._render_once(following, path, environ | {"PATH_INFO": path}, following.start)

    def _render_once(self, generation: Generation, path: str, environ: dict[str, Any], moment: float) -> Page | None:
        with generation.lock:
            if path not in generation.pages and (page := self._render(path, environ, moment)):
                generation.pages[path] = page
        return generation.pages.get(path)

    def _render(self, path: str, environ: dict[str, Any], moment: float) -> Page | None:
        """Return the page as Flask makes it, or None when it is not one to keep."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        asked = {key: value for key, value in environ.items() if not key.startswith("HTTP_")}
        asked["PATH_INFO"], _, asked["QUERY_STRING"] = path.partition("?")
        asked |= {"REQUEST_METHOD": "GET", "HTTP_HOST": self._host, PINNED: _instant(moment)}
        response = self._app(asked, lambda status, headers, *_: started.append((status, headers)))
        body = read_whole(response)
        earlier = next((each.pages[path] for each in self._generations if path in each.pages), None)
        return cacheable_page(*started[0], body, earlier)


def _instant(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


@lru_cache(maxsize=512)
def _best_encoding(accepted: str) -> str:
    offers = parse_accept_header(accepted)
    return next((encoding for encoding in ("br", "gzip") if offers[encoding] > 0), "identity")

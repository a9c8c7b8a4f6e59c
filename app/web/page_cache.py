"""Public pages, rendered and compressed once per state of the calendar and answered before Flask wakes up.

A page depends only on the content and on which instants of the calendar have passed. A generation holds the
pages of one such state; it ends at the next opening, when content changes, or when the clock leaves its span.
Only addresses that exist are kept (`addresses`), and what stands after a question mark is not read, so no request
can fill the memory or slip past it.
"""

import gzip
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

import brotli
from werkzeug.http import parse_accept_header

from app.calendar.hatches import changes
from app.calendar.library import Library
from app.clock import PINNED, Clock
from app.web.headers import WSGIApp

LONGEST_AGE = 60
"""Seconds that a browser or proxy may keep a page, unless the next opening comes sooner."""
_COMPRESSIBLE = ("text/", "image/svg+xml", "application/")
Counted = tuple[int, int]
_SKIPPED = {"content-length", "cache-control", "etag", "vary", "content-encoding"}


@dataclass(frozen=True)
class Page:
    """One page in its encodings: {"identity": (etag, body), "gzip": …, "br": …}, and its other headers."""

    headers: list[tuple[str, str]]
    bodies: dict[str, tuple[str, bytes]]


@dataclass
class Generation:
    """The pages of one state of the calendar, good from `start` until `end`."""

    start: datetime
    end: datetime
    version: int
    addresses: Mapping[str, Counted | None]
    pages: dict[str, Page] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class PageCache:
    """WSGI middleware. `addresses(now)` names the pages that are the same bytes for everybody at `now`.

    Some of them stand for something to count: `count` is told that, and when, each time such a page is shown.
    """

    def __init__(
        self,
        app: WSGIApp,
        clock: Clock,
        library: Library,
        addresses: Callable[[datetime], Mapping[str, Counted | None]],
        count: Callable[[Counted, datetime], None],
    ) -> None:
        self._app = app
        self._clock = clock
        self._library = library
        self._addresses = addresses
        self._count = count
        self._generation: Generation | None = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        now = environ[PINNED] = self._clock.now()
        self._library.refresh()
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._app(environ, start_response)
        generation = self._generation_at(now)
        path = environ["PATH_INFO"]
        if path not in generation.addresses:
            return self._app(environ, start_response)
        page = generation.pages.get(path) or self._filled(generation, path, environ)
        if page is None:
            return self._app(environ, start_response)
        if (counted := generation.addresses[path]) and environ["REQUEST_METHOD"] == "GET":
            self._count(counted, now)
        return _answer(page, generation.end - now, environ, start_response)

    def _generation_at(self, now: datetime) -> Generation:
        found = self._generation
        if found is None or found.version != self._library.version or not found.start <= now < found.end:
            version = self._library.version
            moments = [moment for edition in self._library.editions.values() for moment in changes(edition)]
            found = self._generation = Generation(
                start=max((moment for moment in moments if moment <= now), default=datetime.min.replace(tzinfo=UTC)),
                end=min((moment for moment in moments if moment > now), default=now + timedelta(days=1)),
                version=version,
                addresses=self._addresses(now),
            )
        return found

    def _filled(self, generation: Generation, path: str, environ: dict[str, Any]) -> Page | None:
        with generation.lock:
            if path not in generation.pages and (page := self._ask(environ)):
                generation.pages[path] = page
        return generation.pages.get(path)

    def _ask(self, environ: dict[str, Any]) -> Page | None:
        """The page as Flask makes it, or None when it is not one to keep."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        asked = {key: value for key, value in environ.items() if not key.startswith("HTTP_") or key == "HTTP_HOST"}
        answer = self._app(
            asked | {"REQUEST_METHOD": "GET", "QUERY_STRING": ""},
            lambda status, headers, *_: started.append((status, headers)),
        )
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = started[0]
        names = {name.lower(): value for name, value in headers}
        if not status.startswith("200") or "public" not in names.get("cache-control", "") or "set-cookie" in names:
            return None
        kept = [(name, value) for name, value in headers if name.lower() not in _SKIPPED]
        return Page(kept, _encoded(body, names.get("content-type", "")))


def _encoded(body: bytes, content_type: str) -> dict[str, tuple[str, bytes]]:
    tag = sha256(body).hexdigest()[:20]
    bodies = {"identity": (f'"{tag}"', body)}
    if content_type.startswith(_COMPRESSIBLE):
        bodies["gzip"] = (f'"{tag}-gz"', gzip.compress(body, 9, mtime=0))
        bodies["br"] = (f'"{tag}-br"', brotli.compress(body))
    return bodies


def _answer(
    page: Page, left: timedelta, environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    encoding = _best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
    encoding = encoding if encoding in page.bodies else "identity"
    tag, body = page.bodies[encoding]
    age = max(0, min(LONGEST_AGE, int(left.total_seconds())))
    headers = [
        *page.headers,
        ("Cache-Control", f"public, max-age={age}, must-revalidate"),
        ("ETag", tag),
        ("Vary", "Accept-Encoding"),
    ]
    if (known := environ.get("HTTP_IF_NONE_MATCH")) and (known == "*" or tag in known):
        start_response("304 Not Modified", [header for header in headers if header[0] != "Content-Type"])
        return [b""]
    if encoding != "identity":
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [b""] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(maxsize=512)
def _best_encoding(accepted: str) -> str:
    offers = parse_accept_header(accepted)
    return next((encoding for encoding in ("br", "gzip") if offers[encoding] > 0), "identity")

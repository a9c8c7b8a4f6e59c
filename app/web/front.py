"""How the calendar stands in Granian: a page at hand is answered where it comes in, all else is worked on aside.

WSGI keeps a thread of the server for each request until it is answered, so sixty people who send something would hold
sixty threads, and that many make every page dearer. What Granian knows a request by can be answered later and by any
thread. WSGI has no word for that, so this takes the place of the function that Granian puts around an application: not
a documented place, but the version is pinned and `tests/web/test_front.py` holds it to this. Under any other server
the application is plain WSGI.
"""

import logging
import sys
import threading
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from flask import Flask, abort, request

from app.web.aside import Aside, give_way

READING = 6
"""Bodies that are read at a time: so many of the server's threads, and no more, may slow senders hold."""
PATIENCE = 0.05
"""Seconds to wait for one's turn to be read: long enough for a crowd whose bodies are all there."""
HOLD = "kalender.hold"
"""Key in the environ of a function: with it a view says what must end well before its answer is sent."""
OUTCOME = "kalender.outcome"
"""Key in the environ, when a view is asked again because that did not end as it had expected: how it ended."""
UNREAD = "kalender.unread"
"""Key in the environ, when the body was not read to its end: the status that this is refused with."""

_log = logging.getLogger(__name__)
Ended = Callable[[Any], None]
Beginning = Callable[[Ended], None]
"""Begins something that tells how it ended, None for as expected, to the function it is given."""


class Front:
    """What Granian calls with each request: its `proto`, which is to be told the answer, and the WSGI environ."""

    def __init__(self, app: Flask, run: Callable[[Any, dict[str, Any]], Any]) -> None:
        self._at_hand = app.extensions["pages"].at_hand
        self._aside: Aside = app.extensions["aside"]
        self._largest = app.config["MAX_CONTENT_LENGTH"]
        self._run = run
        self._turns = threading.BoundedSemaphore(READING)

    def __call__(self, proto: Any, environ: dict[str, Any]) -> None:
        if at_hand := self._at_hand(environ):
            proto.response_bytes(*at_hand)
            return
        told = environ.get("CONTENT_LENGTH")
        # In chunks, or over HTTP/2, a body may come that nobody has told the length of.
        length = int(told) if told else 0 if environ["REQUEST_METHOD"] in ("GET", "HEAD") else self._largest
        if not length:
            self._aside.put(partial(self._answer, proto, environ))
        elif length > self._largest:
            self._answer(proto, environ)  # refused unread, or an organiser's picture: read while it is worked on
        else:
            self._receive(environ, length, exactly=bool(told))
            self._aside.put(partial(self._answer, proto, environ))

    def _receive(self, environ: dict[str, Any], length: int, exactly: bool) -> None:
        """Puts the body into the environ: Granian closes what is not read when it has been told of the request."""
        body, turn = b"", self._turns.acquire(timeout=PATIENCE)
        if turn:
            try:
                body = environ["wsgi.input"].read(length if exactly else length + 1)
            finally:
                self._turns.release()
        environ["wsgi.input"] = BytesIO(body)
        if len(body) > length:
            environ[UNREAD] = 413
        elif not turn or (exactly and len(body) < length):
            environ[UNREAD] = 503

    def _answer(self, proto: Any, environ: dict[str, Any]) -> None:
        held: list[Beginning] = []
        kept = _Kept()
        if OUTCOME not in environ:
            environ[HOLD] = held.append
        try:
            self._run(kept, environ)
        except BaseException:
            _log.exception("Ett svar kunde inte göras")
            proto.response_bytes(500, [], b"")
            return
        if held and kept.is_good():
            held[0](partial(self._ended, proto, environ, kept))
        else:
            if kept.is_stream():
                give_way()  # it is sent as fast as it is read
            kept.send(proto)

    def _ended(self, proto: Any, environ: dict[str, Any], kept: "_Kept", outcome: Any) -> None:
        if outcome is None:
            kept.send(proto)
            return
        del environ[HOLD]
        environ[OUTCOME] = outcome
        environ["wsgi.input"].seek(0)
        self._aside.put(partial(self._answer, proto, environ))


class _Kept:
    """Stands in for `proto` and keeps the answer until it may be sent."""

    def __init__(self) -> None:
        self._sending: tuple[str, tuple[Any, ...]] = ("response_bytes", (500, [], b""))

    def response_bytes(self, *answer: Any) -> None:
        self._sending = ("response_bytes", answer)

    def response_iter(self, *answer: Any) -> None:
        self._sending = ("response_iter", answer)

    def is_good(self) -> bool:
        return bool(self._sending[1][0] < 400)

    def is_stream(self) -> bool:
        return self._sending[0] == "response_iter"

    def send(self, proto: Any) -> None:
        name, answer = self._sending
        getattr(proto, name)(*answer)


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_unread() -> None:
        if status := request.environ.get(UNREAD):
            abort(status)


def stand_in(app: Flask) -> None:
    """Takes the place in Granian, when that is what loads the application."""
    if server := sys.modules.get("granian.server.mp"):
        theirs = server._wsgi_call_wrap

        def ours(callback: Any, *options: Any) -> Front:
            return Front(app, theirs(callback, *options))

        server._wsgi_call_wrap = ours  # type: ignore[attr-defined]

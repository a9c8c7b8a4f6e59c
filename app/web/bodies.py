"""Who sends slowly may hold some of the server's threads, and no more: pages are answered by the rest.

A thread that waits for a body waits for as long as the sender likes; some dozens of senders that write a few bytes and
then nothing would hold every one of them. A proxy that takes in the whole body first (nginx does) spares the forms,
too.
"""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from flask import Flask, abort, request

from app.web.headers import WSGIApp

READING = 16
"""Bodies read at a time; the server has several times as many threads."""
PATIENCE = 1.0
"""Seconds to wait for one's turn: long enough for a crowd whose bodies are all there."""
_UNREAD = "kalender.unread"


class PunctualBodies:
    """WSGI middleware for bodies of up to `largest` bytes; longer ones are refused unread, without it."""

    def __init__(self, app: WSGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest
        self._turns = threading.BoundedSemaphore(READING)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = environ.get("CONTENT_LENGTH") or "0"
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
        if 0 < length <= self._largest:
            environ = environ | self._read(environ["wsgi.input"], length)
        return self._app(environ, start_response)

    def _read(self, stream: Any, length: int) -> dict[str, Any]:
        """What the body changes in the environ."""
        if not self._turns.acquire(timeout=PATIENCE):
            return {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0", _UNREAD: True}
        try:
            return {"wsgi.input": BytesIO(stream.read(length))}
        finally:
            self._turns.release()


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_unread() -> None:
        if _UNREAD in request.environ:
            abort(503)

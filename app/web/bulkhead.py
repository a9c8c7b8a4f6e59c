"""Keeps a crowd of forms from starving readers: few requests reach Flask at once."""

import threading
from collections.abc import Iterable
from io import BytesIO
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, abort, request

SLOTS = 8
# Bodies are read before a slot is taken. A sender that never ends holds a thread: at most so many may.
READERS = 40
READER_WAITS = 0.05
# Seconds in line, which an honest crowd never comes near; a database that does not answer fills every slot.
SLOT_WAITS = 10.0
_BUSY = "kalender.busy"


class Bulkhead:
    """WSGI middleware: at most SLOTS requests run at once; what stands in front of it is not limited."""

    def __init__(self, app: WSGIApplication, largest: int) -> None:
        self._app = app
        self._largest = largest
        self._slots = threading.BoundedSemaphore(SLOTS)
        self._readers = threading.BoundedSemaphore(READERS)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._read(environ) or not self._slots.acquire(timeout=SLOT_WAITS):
            environ["wsgi.input"], environ["CONTENT_LENGTH"], environ[_BUSY] = BytesIO(), "0", True
            return self._app(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._slots.release()

    def _read(self, environ: WSGIEnvironment) -> bool:
        """Put the body into memory, unless Flask refuses its length or a view allows more."""
        told = environ.get("CONTENT_LENGTH") or ""
        if not told.isdecimal() and "HTTP_TRANSFER_ENCODING" not in environ:
            return True
        length = int(told) if told.isdecimal() else self._largest + 1
        if not length or (told and length > self._largest):
            return True
        if not self._readers.acquire(timeout=READER_WAITS):
            return False
        try:
            body = environ["wsgi.input"].read(length)
        finally:
            self._readers.release()
        # PEP 3333 lets an app read no further than CONTENT_LENGTH; BytesIO ends there by itself.
        environ["wsgi.input"] = BytesIO(body)
        # Of what comes in chunks one byte too many is too much, whatever was still to come.
        environ["CONTENT_LENGTH"] = told or str(len(body))
        # A message has a length or a transfer coding, never both (RFC 9112, 6.2).
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        return True


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_when_busy() -> None:
        if _BUSY in request.environ:
            abort(503)

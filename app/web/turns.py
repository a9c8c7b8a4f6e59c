"""Who sends something gives way to who reads: forms are worked on one at a time, and pages come in between.

Python runs one thread at a time and gives each of those that want to the same share. With sixty forms at once a page
would wait for sixty shares; with one it waits for one. It is a courtesy, not a lock: who has waited for a while goes
ahead all the same, so a form that takes long keeps nobody out.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from flask import request

from app.web.headers import WSGIApp

PATIENCE = 0.25
"""Seconds to wait for one's turn."""
_TURN = "kalender.turn"


class OneAtATime:
    """WSGI middleware for requests with a body, once it is there."""

    def __init__(self, app: WSGIApp) -> None:
        self._app = app
        self._turn = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH", "0") in ("", "0") or not self._turn.acquire(timeout=PATIENCE):
            return self._app(environ, start_response)
        environ[_TURN] = self._turn
        try:
            return self._app(environ, start_response)
        finally:
            if environ.pop(_TURN, None):
                self._turn.release()


def let_by() -> None:
    """Gives the turn to the next, before waiting for something; what is left to do then is done beside the others."""
    if turn := request.environ.pop(_TURN, None):
        turn.release()

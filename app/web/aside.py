"""Who sends something gives way to who reads: forms are worked on aside, by a few threads of lower rank.

Python runs one thread at a time and gives each of those that want to an equal share, and so does the system. With
sixty forms at once a page would wait for sixty shares; like this it waits for next to nothing. It is a courtesy and
not a lock: a form that nobody takes up in time is worked on by the server's own thread, so that some forms which take
long keep no other out.
"""

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from app.web.headers import WSGIApp

THREADS = 16
_RANK = 10
"""Added to the niceness: a tenth of what a page is given, when there is not enough for both."""
PATIENCE = 0.5
"""Seconds that a form waits for one of the threads."""
Answer = tuple[tuple[Any, ...], Iterable[bytes]]


class Aside:
    """WSGI middleware for requests with a body, once it is there."""

    def __init__(self, app: WSGIApp) -> None:
        self._app = app
        self._threads = ThreadPoolExecutor(THREADS, "form", _step_back)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH", "0") in ("", "0"):
            return self._app(environ, start_response)
        told, body = self._worked_on(environ)
        start_response(*told)
        return body

    def _worked_on(self, environ: dict[str, Any]) -> Answer:
        # A future of our own: when there is no thread to spare, or the process is about to end, `submit` gives none,
        # but may have put the work in line. Whoever takes it up first does it, once.
        work: Future[Answer] = Future()
        with suppress(RuntimeError):
            self._threads.submit(self._take_up, work, environ)
            with suppress(TimeoutError):
                work.exception(PATIENCE)
        return self._answer(environ) if work.cancel() else work.result()

    def _take_up(self, work: "Future[Answer]", environ: dict[str, Any]) -> None:
        if work.set_running_or_notify_cancel():
            try:
                work.set_result(self._answer(environ))
            except BaseException as error:
                work.set_exception(error)

    def _answer(self, environ: dict[str, Any]) -> Answer:
        told: list[tuple[Any, ...]] = []
        body = self._app(environ, lambda *words: told.append(words))
        return told[-1], body


def _step_back() -> None:
    """Only Linux has ranks of single threads; elsewhere forms and pages are equals."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _RANK)

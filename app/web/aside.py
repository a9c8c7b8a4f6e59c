"""Who sends something gives way to who reads: what is no page at hand is worked on aside, one at a time.

Python runs one thread at a time and gives each of those that want to an equal share: sixty forms worked on at once
take twice the time of one after another, and a page waits for sixty shares. So one at a time has the turn, in the
order they came, in a thread of lower rank. It is a courtesy and not a lock: what takes long, like a draw or a database
that does not answer, keeps no other out.
"""

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

THREADS = 64
_RANK = 10
"""Added to the niceness: a tenth of what a page is given, when there is not enough for both."""
PATIENCE = 0.1
"""Seconds that one may have the turn before others go on without it."""
Job = Callable[[], None]

_log = logging.getLogger(__name__)


class Aside:
    """Jobs in line. Threads are started when there is work, and end with the process when all work is done."""

    def __init__(self) -> None:
        self._line: deque[Job] = deque()
        self._threads = ThreadPoolExecutor(THREADS, "aside", _step_back)
        self._turn = threading.Lock()
        self._since = 0.0
        self._called = False
        self._own = threading.local()

    def put(self, job: Job) -> None:
        """Has the job done, once, when those before it are."""
        self._line.append(job)
        if not self._call():
            self._work()

    def give_way(self) -> None:
        """Lets the others go on at once; for a job that is going to wait, or to work where Python is not needed."""
        turn = getattr(self._own, "turn", None)
        if turn and turn is self._turn:
            self._turn, self._own.turn = threading.Lock(), None
            turn.release()
            if self._line:
                self._call()

    def _call(self) -> bool:
        """Sees to it that somebody waits for the turn, for whoever has it may be stuck; one who waits is enough.

        False when there is no thread to spare, or the process is about to end.
        """
        if not self._called:
            self._called = True
            try:
                self._threads.submit(self._work)
            except Exception:
                self._called = False
                return False
        return True

    def _work(self) -> None:
        turn = self._own.turn = self._own_turn()
        self._called = False
        while turn is self._turn and (job := self._next()):
            self._do(job)
        if turn is self._own.turn:
            turn.release()

    def _next(self) -> Job | None:
        try:
            return self._line.popleft()
        except IndexError:
            return None

    def _do(self, job: Job) -> None:
        self._since = time.monotonic()
        if self._line:
            self._call()
        try:
            job()
        except BaseException:
            _log.exception("Något gick fel vid sidan av")

    def _own_turn(self) -> threading.Lock:
        """The turn, when it is free; or a new one in its stead, when whoever has it has kept it for too long."""
        while True:
            turn = self._turn
            if turn.acquire(timeout=PATIENCE):
                if turn is self._turn:
                    return turn
                turn.release()
            elif turn is self._turn and time.monotonic() - self._since > PATIENCE:
                mine = _taken()
                self._since, self._turn = time.monotonic(), mine
                return mine


def _taken() -> threading.Lock:
    turn = threading.Lock()
    turn.acquire()
    return turn


def _step_back() -> None:
    """Only Linux has ranks of single threads; elsewhere forms and pages are equals."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _RANK)

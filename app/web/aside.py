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
_own = threading.local()
"""Of a thread that works aside: the `aside` that it works for, and its `turn`."""


class Aside:
    """Jobs in line. Threads are started when there is work, and end with the process when all work is done."""

    def __init__(self) -> None:
        self._line: deque[Job] = deque()
        self._threads = ThreadPoolExecutor(THREADS, "aside", _step_back)
        self._turn = threading.Lock()
        self._since = 0.0
        self._called = False

    def put(self, job: Job) -> None:
        """Has the job done, once, when those before it are."""
        self._line.append(job)
        if not self._call():
            self._work()

    def _let_on(self, turn: threading.Lock) -> None:
        """Gives up the turn, when it is still the one in force, though its job goes on."""
        if turn is self._turn:
            self._turn, _own.turn = threading.Lock(), None
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
        turn, before = self._own_turn(), getattr(_own, "turn", None)
        _own.aside, _own.turn = self, turn
        self._called = False
        while turn is self._turn and (job := self._next()):
            self._do(job)
        if turn is _own.turn:
            turn.release()
        _own.turn = before

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


def give_way() -> None:
    """Lets the others go on at once; for a job that is going to wait, or to work where Python is not needed."""
    if turn := getattr(_own, "turn", None):
        _own.aside._let_on(turn)


def _taken() -> threading.Lock:
    turn = threading.Lock()
    turn.acquire()
    return turn


def _step_back() -> None:
    """Only Linux has ranks of single threads; elsewhere forms and pages are equals."""
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _RANK)

"""Counts replies in memory and adds them to the database at most once a second."""

# Many replies at once are then one transaction a second, so that they never stand in the way of entries. A process that
# is killed loses what it has counted since it last wrote: at most the replies of one second. One that ends writes them.

import logging
import threading
import time as machine
from collections import Counter
from collections.abc import Callable

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.database import db
from app.pledges.models import Reply, add_replies, stored_replies

_log = logging.getLogger(__name__)
# Seconds between two writings.
EVERY = 1.0


class ReplyCounter:
    """The counts of one process that are not in the database yet. `store` adds them there."""

    def __init__(self, store: Callable[[dict[Reply, int]], None]) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._written = -EVERY
        self._counts: Counter[Reply] = Counter()

    def count(self, *replies: Reply) -> None:
        """Count each of the replies once, and write when the last writing was a second ago."""
        with self._lock:
            self._counts.update(replies)
        if machine.monotonic() - self._written >= EVERY and self._writing.acquire(blocking=False):
            try:
                self._write()
            finally:
                self._writing.release()

    def waiting(self) -> dict[Reply, int]:
        """Return what has been counted since the last writing."""
        with self._lock:
            return dict(self._counts)

    def flush(self) -> None:
        """Write all there is."""
        with self._writing:
            self._write()

    def _write(self) -> None:
        with self._lock:
            taken, self._counts = self._counts, Counter()
        try:
            if taken:
                self._store(taken)
        except SQLAlchemyError:
            _log.warning("Svar och löften kunde inte sparas; de läggs till nästa gång", exc_info=True)
            with self._lock:
                self._counts.update(taken)
        self._written = machine.monotonic()


def init_app(app: Flask) -> None:
    def store(counts: dict[Reply, int]) -> None:
        with app.app_context():
            add_replies(counts)

    app.extensions["replies"] = ReplyCounter(store)


def count_replies(*replies: Reply) -> None:
    """Count what a reader has sent in."""
    # A connection held while another context writes would be one too few for the others.
    db.session.rollback()
    counter: ReplyCounter = current_app.extensions["replies"]
    counter.count(*replies)


def replies_of(year: int) -> Counter[Reply]:
    """Return an edition's counts, those of this process that are not stored yet among them."""
    counter: ReplyCounter = current_app.extensions["replies"]
    # In this order: what is written in between is a second late on the page, never there twice.
    stored = Counter(stored_replies(year))
    return stored + Counter({reply: count for reply, count in counter.waiting().items() if reply.year == year})

"""Rate limits."""

# Addresses are kept only as keyed hashes whose key changes every day.

# limits has no storage that several worker processes share without a server of its own, so here is one in an SQLite
# file beside the database; with REDIS_URL several machines share the counts.

import hmac
import ipaddress
import logging
import sqlite3
import threading
import time
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from app import clock

_log = logging.getLogger(__name__)


# An IPv6 subscriber has at least a /64, and up to a /48 (RFC 6177): that much in all, and so many times more.
_NETWORKS = ((64, 1), (48, 8))


def client_hash() -> str:
    """Return who is asking, as a hash that cannot be turned back into an address; another one every day."""
    return _clients()[0][0]


def _clients() -> list[tuple[str, int]]:
    """Give the networks that this client is counted with, and how many times one client's number each may use."""
    key = f"{current_app.config['SECRET_KEY']}|{clock.now():%Y-%m-%d}".encode()
    return [
        (hmac.digest(key, network.encode(), "sha256").hex()[:32], times)
        for network, times in _networks(request.remote_addr or "")
    ]


def _networks(text: str) -> list[tuple[str, int]]:
    address = _address(text)
    if isinstance(address, ipaddress.IPv6Address):
        return [(str(ipaddress.ip_network((address, length), strict=False)), times) for length, times in _NETWORKS]
    return [(str(address or text), 1)]


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read a client's address, which some proxies send with its port; None when it is none."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


# Seconds that one process may be ahead of another, at most, without a count being taken for a mistake.
_APART = 60


def init_app(app: Flask) -> None:
    url = app.config["REDIS_URL"]
    file = Path(app.instance_path) / "ratelimit.sqlite3"
    app.extensions["rate_limits"] = storage_from_string(url) if url else SQLiteStorage(str(file))


def storage() -> Any:
    """Return the counts of the current app."""
    return current_app.extensions["rate_limits"]


Count = tuple[RateLimitItem, tuple[str, ...]]


class RateLimitExceeded(Exception):
    """This client, or all together, have tried too often; it passes by itself."""


def check(counts: Iterable[Count]) -> None:
    """Raise RateLimitExceeded when no more may be done; count nothing."""
    for limit, what in counts:
        if is_over(limit, what):
            raise RateLimitExceeded(what[0])


def hit(counts: Iterable[Count]) -> None:
    """Count what was done, also beyond the limits."""
    for limit, what in counts:
        _count(limit, what)


def check_and_hit(purpose: str, each: str = "", together: str = "", account: str = "") -> None:
    """Count one try for `purpose` against the limits. Raise RateLimitExceeded."""
    for limit, what in counts_of(purpose, each, together, account):
        if not _count(limit, what):
            raise RateLimitExceeded(purpose)


def hit_limit(limit: str, *what: str) -> None:
    """Count one try at `what`, a purpose and then whose it is, whichever client it is. Raise RateLimitExceeded."""
    if not _count(_parsed(limit), what):
        raise RateLimitExceeded(what[0])


def is_exhausted(limit: str, *what: str) -> bool:
    """Check whether the next try at `what` would be too many; count nothing."""
    return is_over(_parsed(limit), what)


def counts_of(purpose: str, each: str = "", together: str = "", account: str = "") -> list[Count]:
    """Return each limit that `purpose` has here, with what is counted against it."""
    # `each` is a limit such as "10/hour" for one client (and `account`, when named), `together` one for all clients.
    clients = _clients() if each else []
    counts: list[Count] = [(_parsed(each, times), (purpose, whose, account)) for whose, times in clients]
    return [*counts, (_parsed(together), (purpose,))] if together else counts


def _count(limit: RateLimitItem, what: tuple[str, ...]) -> bool:
    try:
        return FixedWindowRateLimiter(storage()).hit(limit, *what)
    except storage().base_exceptions:
        # Counting is a protection, not a gate: a real entry must not be lost because a count could not be kept.
        _log.exception("Antalet försök kunde inte räknas")
        return True


def is_over(limit: RateLimitItem, what: tuple[str, ...]) -> bool:
    try:
        return not FixedWindowRateLimiter(storage()).test(limit, *what)
    except storage().base_exceptions:
        _log.exception("Antalet försök kunde inte läsas")
        return False


@lru_cache
def _parsed(limit: str, times: int = 1) -> RateLimitItem:
    one = parse(limit)
    return type(one)(one.amount * times, one.multiples, one.namespace)


def purge_expired() -> None:
    """Forget every count whose time is over; REDIS does so by itself."""
    if isinstance(found := storage(), SQLiteStorage):
        found.drop_old()


class SQLiteStorage(Storage):
    """Fixed-window counts in an SQLite file: one upsert a hit, shared by every process on the machine."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._lock = threading.Lock()
        self._opened: sqlite3.Connection | None = None

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=5, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        # Counts that a power cut takes are no loss, so no hit waits for the disk.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("CREATE TABLE IF NOT EXISTS hit (key TEXT PRIMARY KEY, count INTEGER, expires REAL)")
        return connection

    def _ask(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            try:
                self._opened = self._opened or self._connect()
                return self._opened.execute(statement, values).fetchall()
            except sqlite3.Error:
                # Opened while the folder could not be written, it would stay read-only for ever.
                self._opened = None
                raise

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        # A count that ends later than one that begins now is from a clock that went wrong, and over as well.
        rows = self._ask(
            """INSERT INTO hit VALUES (:key, :amount, :expires) ON CONFLICT (key) DO UPDATE SET
               count = CASE WHEN expires <= :now OR expires > :later
                       THEN excluded.count ELSE count + excluded.count END,
               expires = CASE WHEN expires <= :now OR expires > :later
                         THEN excluded.expires ELSE expires END RETURNING count""",
            **{"key": key, "amount": amount, "expires": now + expiry, "later": now + expiry + _APART, "now": now},
        )
        return int(rows[0][0])

    def get(self, key: str) -> int:
        found = self._ask("SELECT count FROM hit WHERE key = :key AND expires > :now", key=key, now=time.time())
        return int(found[0][0]) if found else 0

    def get_expiry(self, key: str) -> float:
        found = self._ask("SELECT expires FROM hit WHERE key = :key", key=key)
        return float(found[0][0]) if found else time.time()

    def drop_old(self) -> None:
        self._ask("DELETE FROM hit WHERE expires <= :now", now=time.time())

    def check(self) -> bool:
        return bool(self._ask("SELECT 1"))

    def reset(self) -> int:
        return len(self._ask("DELETE FROM hit RETURNING key"))

    def clear(self, key: str) -> None:
        self._ask("DELETE FROM hit WHERE key = :key", key=key)

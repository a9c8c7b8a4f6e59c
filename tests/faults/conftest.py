"""What the calendar stands on, in the test's hand: to be taken away and given back."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from app import database
from tests.conftest import POSTGRES


@pytest.fixture
def app(make_app: Callable[..., Flask], request: pytest.FixtureRequest) -> Flask:
    """An app of the test's own: what happens to its database leaves marks on it."""
    return make_app(**getattr(request, "param", {}))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers give up after a moment instead of some seconds."""
    monkeypatch.setattr(database, "SQLITE_WAITS", 50)
    monkeypatch.setattr(database, "WRITER_WAITS", 0.05)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The SQLite file."""
    return tmp_path / "kalender.sqlite3"


class Way:
    """The way to the PostgreSQL server, which can be closed: as if the server had been stopped."""

    def __init__(self) -> None:
        self._there = urlsplit(POSTGRES)
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start()

    def url(self, direct: str) -> str:
        """A database's address by this way."""
        return direct.replace(f"127.0.0.1:{self._there.port}", f"127.0.0.1:{self.port}")

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._start()

    def _start(self) -> None:
        threading.Thread(target=self._take, args=(self._listener,), daemon=True).start()

    def _take(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listener.accept()
                there = socket.create_connection(("127.0.0.1", self._there.port or 5432))
                self._open += [here, there]
                for ends in ((here, there), (there, here)):
                    threading.Thread(target=_carry, args=ends, daemon=True).start()


def _carry(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while part := one.recv(65536):
            other.sendall(part)
        other.shutdown(socket.SHUT_WR)


@pytest.fixture
def way() -> Iterator[Way]:
    found = Way()
    yield found
    found.close()

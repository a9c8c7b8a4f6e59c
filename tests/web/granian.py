"""What Granian is to the calendar, without sockets: a `proto` that is told the answer, and a client that asks so."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from granian import wsgi
from werkzeug.datastructures import Headers

from app.web.front import Front


class Proto:
    """Is told (status, headers, body), once; a second answer is an error."""

    def __init__(self) -> None:
        self.told: Future[tuple[int, list[tuple[str, str]], bytes]] = Future()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        assert isinstance(body, bytes)
        self.told.set_result((status, headers, body))

    def response_iter(self, status: int, headers: list[tuple[str, str]], pieces: Any) -> None:
        body = b"".join(_each(pieces))
        pieces.close()
        self.told.set_result((status, headers, body))

    def answer(self) -> tuple[int, dict[str, str], str]:
        status, headers, body = self.told.result(20)
        return status, dict(headers), body.decode()


def _each(pieces: Any) -> Iterator[bytes]:
    while True:
        try:
            yield pieces.__next__()
        except StopIteration:
            return


def front(app: Flask) -> Front:
    return Front(app, wsgi._callback_wrapper(app, {}))


class GranianClient(FlaskClient):
    """Flask's client, whose requests come in as Granian's do."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._front = front(self.application)

    def run_wsgi_app(self, environ: dict[str, Any], buffered: bool = False) -> tuple[Iterable[bytes], str, Headers]:
        proto = Proto()
        self._front(proto, environ)
        status, headers, body = proto.told.result(20)
        return [body], f"{status} TOLD", Headers(headers)

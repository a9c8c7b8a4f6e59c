"""The real server against clients that mean no good: half a request, too much of it, or two in one."""

import re
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.load.test_real_server import PATH, ask, granian, serving

HOST = b"Host: 127.0.0.1\r\nConnection: close\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
POST = b"POST " + PATH.encode() + b" HTTP/1.1\r\n" + HOST + FORM


@pytest.fixture(scope="module")
def port(blanks: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real server's port, for all tests here."""
    folder: Path = tmp_path_factory.mktemp("wire")
    shutil.copyfile(blanks("sqlite"), folder / "kalender.sqlite3")
    found = free_port()
    with serving(granian(found), found, f"sqlite:///{folder}/kalender.sqlite3", folder):
        yield found


def send(port: int, words: bytes) -> bytes:
    """What the server says to raw bytes, as long as it says something."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection, suppress(ConnectionError):
        connection.sendall(words)
        while part := connection.recv(65536):
            said += part
    return said


def status(said: bytes) -> int:
    return int(re.match(rb"HTTP/1\.1 (\d{3}) ", said)[1])


def assert_well(port: int) -> None:
    assert "10 av 24 luckor är öppna" in ask(port, "GET", "/")[1]
    assert ask(port, "GET", PATH)[0] == 200


def half_open(port: int, words: bytes, crowd: ExitStack) -> None:
    for _ in range(60):
        crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20)).sendall(words)


def test_sixty_slow_clients_stop_no_one(port):
    with ExitStack() as crowd:
        half_open(port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", crowd)
        assert_well(port)
        assert ask(port, "POST", PATH, {"token": "x"})[0] == 422
    assert_well(port)


def test_sixty_clients_that_never_finish_their_form_stop_no_page(port):
    with ExitStack() as crowd:
        half_open(port, POST + b"Content-Length: 1000\r\n\r\nemail=", crowd)
        for _ in range(5):
            assert_well(port)
        status, page = ask(port, "POST", PATH, {"token": "x"})
        assert status == 503
        assert "Om du skickade något är det inte mottaget." in page
    assert_well(port)
    assert ask(port, "POST", PATH, {"token": "x"})[0] == 422


TOO_MUCH = {
    "a header of a megabyte": (b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n", {400, 431}),
    "five thousand headers": (b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n" * 5000 + b"\r\n", {400, 431}),
    "an address of 200 kB": (b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 414, 431}),
    "ten gigabytes told": (POST + b"Content-Length: 10000000000\r\n\r\nabc", {413}),
    "a hundred kilobytes sent": (POST + b"Content-Length: 100000\r\n\r\n" + b"a" * 100_000, {413}),
    "parts without end in chunks": (
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"5\r\nemail\r\n" * 9 + b"0\r\n\r\n",
        {422},
    ),
    "less than no length": (POST + b"Content-Length: -4\r\n\r\nabcde", {400}),
    "two lengths": (POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", {400}),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", {400}),
    "a letter that is none": (b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "the end of a string": (b"GET /%00 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "a host that is none": (b"GET /om HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", {200, 400}),
    "a way through": (b"CONNECT elak.example:80 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
    "all of it": (b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", {200, 308, 400, 404}),
    "a way out": (b"GET /static/../../secret_key HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
    "a way out in disguise": (b"GET /static/..%2f..%2fsecret_key HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404}),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_no_browser_sends_is_refused_and_next_served(port, what):
    words, expected = TOO_MUCH[what]
    assert status(send(port, words)) in expected
    assert_well(port)


def test_many_parts_are_refused_in_words(port):
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    body = part * 1200 + b"--x--\r\n"
    kind = b"Content-Type: multipart/form-data; boundary=x\r\n"
    said = send(
        port,
        b"POST " + PATH.encode() + b" HTTP/1.1\r\n" + HOST + kind + b"Content-Length: %d\r\n\r\n" % len(body) + body,
    )
    assert status(said) == 413


def test_second_request_inside_first_is_not_answered_as_somebody_elses(port):
    """The length and the chunks say different things: whoever believes the length sees the end of the form."""
    inside = b"GET /admin/ HTTP/1.1\r\nHost: x\r\n\r\n"
    words = POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inside
    said = send(port, words)
    assert status(said) in (400, 422)
    assert len(re.findall(rb"HTTP/1\.1 \d", said)) == 1


def test_page_in_memory_is_reached_by_its_own_spelling_only(port):
    plain = send(port, b"GET /om HTTP/1.1\r\n" + HOST + b"\r\n")
    for line in (b"GET /%6fm HTTP/1.1", b"GET //om HTTP/1.1", b"GET http://elak.example/om HTTP/1.1"):
        said = send(port, line + b"\r\n" + HOST + b"\r\n")
        assert status(said) == 200
        assert said.partition(b"\r\n\r\n")[2] == plain.partition(b"\r\n\r\n")[2]
        assert b"elak.example" not in said
    for line in (b"GET /OM", b"GET /om;x", b"GET /./om", b"GET /%2e/om"):
        assert status(send(port, line + b" HTTP/1.1\r\n" + HOST + b"\r\n")) in (308, 404)

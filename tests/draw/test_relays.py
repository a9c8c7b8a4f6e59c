"""Fetching the value: any relay will do, none is trusted, and one that fails costs a few seconds at most."""

import json
import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.draw import value as draw_value
from app.spec.beacon import LARGEST_PASTE, PRACTICE
from app.spec.lines import SpecError
from app.spec.practice_beacon import practice_answer
from tests.conftest import VALUE, free_port

# Signs as the rehearsal chain does, but its values come from relays.
CHAIN = replace(PRACTICE, name="drand-elsewhere", hash="e1" * 32)
NUMBER = json.loads(VALUE)["round"]
V2 = json.dumps({name: value for name, value in json.loads(VALUE).items() if name != "randomness"})
FORGED = json.dumps(json.loads(practice_answer(NUMBER + 1)) | {"round": NUMBER})
# Seconds of patience: short where a relay is slow on purpose, else so long that a busy machine is no slow relay.
SHORT, LONG = 1, 30


@contextmanager
def relay(behave):
    """The address of a relay that behaves so, and the paths that it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            behave(self)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def saying(body, status=200, **headers):
    def behave(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        try:
            handler.wfile.write(body.encode() if isinstance(body, str) else body)
        except OSError:
            assert len(body) > LARGEST_PASTE  # only an answer that is far too long is hung up on

    return behave


def dawdling(handler):
    """Never says a word."""
    handler.rfile.read(1)


def dribbling(handler):
    """Say a sign at a time, each quickly enough."""
    handler.send_response(200)
    handler.end_headers()
    handler.connection.settimeout(0.02)
    with suppress(BrokenPipeError, ConnectionResetError):
        while True:
            handler.wfile.write(b" ")
            with suppress(TimeoutError):
                handler.connection.recv(1)


def hanging_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)


def mumbling(handler):
    handler.wfile.write(b"hej hej\r\n\r\n")


def nobody():
    """An address that nobody answers at."""
    return f"http://127.0.0.1:{free_port()}"


def ask(*addresses, patience=LONG):
    return draw_value.ask_relays(addresses, CHAIN, NUMBER, patience)


@pytest.mark.parametrize("answer", [VALUE, V2, json.dumps(json.loads(VALUE), indent=2)])
def test_relay_may_answer_in_either_form(answer):
    with relay(saying(answer)) as (address, asked):
        assert ask(address) == answer
    assert asked == [f"/{CHAIN.hash}/public/{NUMBER}"]


FAILING = {
    "wrong round": saying(practice_answer(NUMBER + 1)),
    "wrong signature": saying(FORGED),
    "huge": saying("[" * 10_000_000),
    "garbage": saying("<html>Vi är strax tillbaka</html>"),
    "not text": saying(b"\xff\xfe\xfd"),
    "empty": saying(""),
    "too early": saying(VALUE, status=425),
    "error": saying(VALUE, status=500),
    "slow": dawdling,
    "dribbling": dribbling,
    "hung up": hanging_up,
    "not HTTP": mumbling,
}
SLOW = ("slow", "dribbling")


@pytest.fixture
def patience(behaviour):
    return SHORT if behaviour in SLOW else LONG


@pytest.mark.parametrize("behaviour", FAILING)
def test_relay_that_fails_is_passed_by(behaviour, patience):
    with relay(FAILING[behaviour]) as (failing, asked), relay(saying(VALUE)) as (good, _):
        assert ask(failing, good, patience=patience) == VALUE
    assert len(asked) == 1


@pytest.mark.parametrize("behaviour", FAILING)
def test_no_value_beats_a_wrong_one(behaviour, patience):
    with relay(FAILING[behaviour]) as (address, _), pytest.raises(SpecError):
        ask(address, patience=patience)


def test_relay_that_is_down_is_skipped():
    with relay(saying(VALUE)) as (good, _):
        assert ask(nobody(), good) == VALUE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_relay_sends_nobody_elsewhere(status):
    with ExitStack() as relays_up:
        elsewhere, asked = relays_up.enter_context(relay(saying(VALUE)))
        address, _ = relays_up.enter_context(relay(saying("", status=status, Location=elsewhere)))
        with pytest.raises(SpecError):
            ask(address)
    assert asked == []


def test_first_genuine_answer_ends_asking():
    with relay(saying(VALUE)) as (first, _), relay(saying(VALUE)) as (second, asked):
        ask(first, second)
    assert asked == []


def test_newest_round_is_the_newest_signed():
    with relay(saying(practice_answer(700))) as (one, asked), relay(saying(FORGED)) as (lying, _):
        assert draw_value.newest_round([nobody(), lying, one], CHAIN) == 700
    assert asked == [f"/{CHAIN.hash}/public/latest"]

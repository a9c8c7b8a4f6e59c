"""Few requests reach Flask at once; the rest wait in line, and a body is read before its request takes a place."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.web import bulkhead
from app.web.bulkhead import READERS, SLOTS, Bulkhead
from tests.conftest import ENTRY_URL, filled, on_sqlite

LARGEST = 64


class Inner:
    """An application that is busy until it is let on."""

    def __init__(self):
        self.running, self.most, self.let_on, self.lock = 0, 0, threading.Event(), threading.Lock()
        self.full = threading.Event()

    def __call__(self, environ, start_response):
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            if self.running == SLOTS:
                self.full.set()
        self.let_on.wait(20)
        with self.lock:
            self.running -= 1
        return [environ["wsgi.input"].read()]


@pytest.fixture
def inner():
    return Inner()


def ask(app, body=b"", **environ):
    told = {"CONTENT_LENGTH": str(len(body))} if body else {}
    return b"".join(app(told | {"wsgi.input": io.BytesIO(body)} | environ, lambda *_: None))


def test_no_more_run_than_there_are_places_yet_all_answered(inner):
    app = Bulkhead(inner, LARGEST)
    with ThreadPoolExecutor(40) as crowd:
        asked = [crowd.submit(ask, app, b"a form") for _ in range(40)]
        assert inner.full.wait(20)
        inner.let_on.set()
        assert [answer.result() for answer in asked] == [b"a form"] * 40
    assert inner.most == SLOTS


def test_a_place_is_free_again_when_its_request_failed():
    def broken(*_):
        raise ZeroDivisionError

    app = Bulkhead(broken, LARGEST)
    for _ in range(SLOTS + 1):
        with pytest.raises(ZeroDivisionError):
            ask(app)


class Slow:
    """A body of which the rest never comes, until the client goes."""

    def __init__(self, gone):
        self.gone = gone

    def read(self, _length):
        self.gone.wait(20)
        return b"half"


def test_who_sends_slowly_takes_no_place(inner):
    inner.let_on.set()
    app, gone = Bulkhead(inner, LARGEST), threading.Event()
    with ThreadPoolExecutor(READERS) as slow:
        for _ in range(READERS - 1):
            slow.submit(app, {"CONTENT_LENGTH": "9", "wsgi.input": Slow(gone)}, None)
        assert ask(app, b"whole") == b"whole"
        gone.set()


def test_chunked_body_is_read_to_its_limit_and_one_more(inner):
    inner.let_on.set()
    body = ask(Bulkhead(inner, LARGEST), **{"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO(b"a" * 500)})
    assert len(body) == LARGEST + 1


@pytest.mark.parametrize("told", ["-4", "abc", "1e9"])
def test_a_length_that_is_none_is_left_for_flask(inner, told):
    inner.let_on.set()
    assert ask(Bulkhead(inner, LARGEST), CONTENT_LENGTH=told) == b""


@on_sqlite
def test_a_request_that_found_no_place_is_told_so(make_app, monkeypatch):
    monkeypatch.setattr(bulkhead, "SLOT_WAITS", 0.0)
    entered, let_on = threading.Event(), threading.Event()
    app = make_app()

    @app.before_request
    def wait():
        entered.set()
        let_on.wait(20)

    slots = [ThreadPoolExecutor(1) for _ in range(SLOTS)]
    for slot in slots:
        entered.clear()
        slot.submit(app.test_client().get, ENTRY_URL)
        assert entered.wait(20)
    answer = app.test_client().post(ENTRY_URL, data=filled())
    let_on.set()
    for slot in slots:
        slot.shutdown()
    assert answer.status_code == 503
    assert "Om du skickade något är det inte mottaget." in answer.text

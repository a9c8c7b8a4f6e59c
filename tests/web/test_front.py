"""The calendar in Granian: what the server is told, and when. Nobody is thanked before they are stored."""

import io
import re
import threading
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import request_started
from granian import wsgi
from granian.server import mp
from sqlalchemy.exc import OperationalError
from werkzeug.test import EnvironBuilder

from app.contest import acceptance
from app.contest.models import Entry
from app.database import db
from app.mail.models import OutboxMail
from app.web.front import READING, Front, stand_in
from app.web.limits import limiter
from tests.conftest import ENTRY_URL, configured, filled, on_sqlite, token_in
from tests.web.granian import Proto, front


@pytest.fixture
def ask(app):
    """Hands a request to the calendar as Granian does: ask("/om") → Proto."""
    stand = front(app)

    def hand_over(path, stream=None, length=None, environ=(), **more):
        environ = EnvironBuilder(path, base_url="http://localhost", **more).get_environ() | dict(environ)
        environ = {name: value for name, value in environ.items() if isinstance(value, str) or name == "wsgi.input"}
        if stream:
            environ["wsgi.input"] = stream
        if length is not None:
            environ["CONTENT_LENGTH"] = str(length)
        proto = Proto()
        stand(proto, environ)
        return proto

    return hand_over


@pytest.fixture
def send(ask, client, clock):
    """Sends the form with a token of its own: send(email="bo@example.se") → Proto."""
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    return lambda **changes: ask(ENTRY_URL, method="POST", data=filled(token=token, **changes))


@pytest.fixture
def storing(monkeypatch):
    """The instant before entries are stored, held until it is let on."""

    class Held:
        begun, let_on, error = threading.Event(), threading.Event(), None

        def __call__(self, sent):
            self.begun.set()
            assert self.let_on.wait(20)
            if self.error:
                raise self.error
            return store(sent)

    store, held = acceptance._store, Held()
    monkeypatch.setattr(acceptance, "_store", held)
    yield held
    held.let_on.set()


def tickets(app):
    with app.app_context():
        return list(db.session.scalars(sa.select(Entry.ticket)))


@on_sqlite
def test_a_page_at_hand_is_told_before_the_server_is_called_back(ask, client):
    expected = client.get("/om")
    found = ask("/om")
    assert found.told.done()
    status, headers, body = found.answer()
    assert (status, body) == (200, expected.text)
    assert headers["ETag"] == expected.headers["ETag"]
    assert ask("/om", headers={"If-None-Match": headers["ETag"]}).answer()[0] == 304


@on_sqlite
def test_a_page_that_nobody_has_asked_for_yet_is_the_same(ask, client):
    status, _, body = ask("/om").answer()
    assert (status, body) == (200, client.get("/om").text)


@on_sqlite
@pytest.mark.parametrize("path", ["/2026/lucka/11", "/finns-inte", ENTRY_URL, "/healthz"])
def test_other_pages_are_as_under_any_server(ask, client, path):
    expected = client.get(path)
    status, headers, body = ask(path).answer()
    assert status == expected.status_code
    assert headers["Content-Security-Policy"] == expected.headers["Content-Security-Policy"]
    assert len(body) == len(expected.text)


@on_sqlite
def test_a_file_that_is_sent_in_pieces_is_whole(app, ask, client):
    address = app.jinja_env.globals["asset"]("site.css")
    assert ask(address).answer()[2] == client.get(address).text


def test_nobody_is_thanked_before_the_entry_is_stored(app, send, storing):
    anna = send()
    assert storing.begun.wait(10)
    assert not anna.told.done()
    assert tickets(app) == []
    storing.let_on.set()
    status, headers, page = anna.answer()
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert [ticket in page for ticket in tickets(app)] == [True]


def test_pages_and_forms_are_answered_while_entries_wait(send, storing, ask):
    crowd = [send(email=f"person{number}@example.se") for number in range(40)]
    assert storing.begun.wait(10)
    assert ask("/om").answer()[0] == 200
    assert ask(ENTRY_URL).answer()[0] == 200
    assert not any(person.told.done() for person in crowd)
    storing.let_on.set()
    assert [person.answer()[0] for person in crowd] == [200] * 40


def test_each_of_a_crowd_has_a_receipt_of_their_own(app, send):
    pages = [send(email=f"person{number}@example.se").answer()[2] for number in range(30)]
    found = tickets(app)
    assert len(found) == 30
    assert sorted([ticket for ticket in found if ticket in page] for page in pages) == sorted([each] for each in found)


def test_those_who_come_in_the_same_second_are_thanked_without_flask(app, send):
    asked = []

    def note(_app):
        asked.append(1)

    with request_started.connected_to(note, app):
        pages = [send(email=f"person{number}@example.se").answer() for number in range(10)]
    assert len(asked) == 1
    assert [status for status, _, _ in pages] == [200] * 10
    assert [headers for _, headers, _ in pages] == [pages[0][1]] * 10
    found = tickets(app)
    unnamed = {re.sub("|".join(found) + "|[0-9A-Z]{5}(-[0-9A-Z]{5}){3}-[0-9A-Z]{6}", "…", page) for _, _, page in pages}
    assert len(unnamed) == 1


def test_the_same_form_sent_twice_is_one_entry_with_one_receipt(app, send, clock):
    first = send().answer()
    clock.forward(seconds=5)
    assert send().answer()[2] == first[2]
    assert len(tickets(app)) == 1
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(OutboxMail.id))) == 1


def test_an_entry_that_could_not_be_stored_is_never_thanked_for_and_keeps_what_was_filled_in(app, send, storing):
    storing.error = OperationalError("INSERT", {}, Exception("disk full"))
    storing.let_on.set()
    status, _, page = send(email="bo@example.se").answer()
    assert status == 503
    assert "Ditt bidrag är <strong>inte</strong> mottaget ännu." in page
    assert 'value="bo@example.se"' in page
    storing.error = None
    assert tickets(app) == []
    assert send(email="bo@example.se").answer()[0] == 200
    assert len(tickets(app)) == 1


def test_an_entry_that_waited_while_the_list_was_locked_is_told_so(send, storing, monkeypatch):
    anna = send()
    assert storing.begun.wait(10)
    monkeypatch.setattr("app.contest.acceptance.records.has", lambda *_: True)
    storing.let_on.set()
    status, _, page = anna.answer()
    assert status == 409
    assert "Tävlingen har stängt" in page


def test_wrong_answers_are_told_at_once(app, send):
    status, _, page = send(email="ingen adress").answer()
    assert status == 422
    assert "Skriv e-postadressen så här" in page
    assert tickets(app) == []


def test_an_error_that_nobody_thought_of_is_told_once_and_stops_nobody(send, storing, ask):
    storing.error = ZeroDivisionError()
    storing.let_on.set()
    assert send().answer()[0] == 500
    assert ask("/om").answer()[0] == 200


def test_an_application_that_breaks_altogether_is_an_error_and_not_silence(app):
    def broken(_environ, _start_response):
        raise ZeroDivisionError

    stand, proto = Front(app, wsgi._callback_wrapper(broken, {})), Proto()
    stand(proto, EnvironBuilder("/finns-inte").get_environ())
    assert proto.answer()[0] == 500


@on_sqlite
def test_a_body_that_ends_too_soon_is_not_received(ask):
    status, _, page = ask(ENTRY_URL, io.BytesIO(b"email="), 100, method="POST").answer()
    assert status == 503
    assert "Om du skickade något är det inte mottaget." in page


def test_an_entry_that_ends_too_soon_is_not_received_though_all_that_is_asked_for_came(app, ask, send, client, clock):
    """The receipt lies ready, so the view that refuses it is not asked first; what is cut off may be the honeypot."""
    assert send().answer()[0] == 200
    body = urlencode(filled(email="bo@example.se", token=token_in(client.get(ENTRY_URL)))).encode()
    clock.forward(seconds=20)
    kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    assert send(email="cia@example.se").answer()[0] == 200
    status, _, page = ask(ENTRY_URL, io.BytesIO(body), len(body) + 100, environ=kind, method="POST").answer()
    assert status == 503
    assert "Om du skickade något är det inte mottaget." in page
    assert len(tickets(app)) == 2
    assert ask(ENTRY_URL, io.BytesIO(body), len(body), environ=kind, method="POST").answer()[0] == 200


@configured(ENTRY_LIMIT="10 per hour", ENTRY_LIMIT_ALL="3 per minute")
def test_a_try_that_is_one_too_many_is_counted_once(app, send):
    with patch("app.web.limits.limiter.limiter.hit", wraps=limiter.limiter.hit) as hit:
        answers = [send(email=f"person{number}@example.se").answer()[0] for number in range(5)]
    assert answers == [200] * 3 + [429] * 2
    assert hit.call_count == 2 * 5


@on_sqlite
def test_bodies_that_never_come_are_waited_for_by_some_threads_only(ask):
    class Slow:
        begun, let_on = threading.Semaphore(0), threading.Event()

        def read(self, _length):
            self.begun.release()
            assert self.let_on.wait(20)
            return b""

    slow = Slow()
    servers = [
        threading.Thread(target=ask, args=(ENTRY_URL, slow, 100), kwargs={"method": "POST"}) for _ in range(READING)
    ]
    for thread in servers:
        thread.start()
        assert slow.begun.acquire(timeout=10)
    late = ask(ENTRY_URL, io.BytesIO(b"a" * 100), 100, method="POST")
    assert late.answer()[0] == 503
    assert ask("/om").answer()[0] == 200
    slow.let_on.set()
    for thread in servers:
        thread.join(20)
    assert ask(ENTRY_URL, io.BytesIO(b"a=1"), 3, method="POST").answer()[0] == 422


@on_sqlite
@pytest.mark.parametrize("how", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"SERVER_PROTOCOL": "HTTP/2"}], ids=str)
def test_a_body_of_unknown_length_is_read_as_any_other(ask, how):
    kind = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    status, _, page = ask(ENTRY_URL, io.BytesIO(b"email=bo%40example.se"), environ=how | kind, method="POST").answer()
    assert status == 422
    assert 'value="bo@example.se"' in page
    too_much = io.BytesIO(b"email=" + b"a" * 70_000)
    assert ask(ENTRY_URL, too_much, environ=how | kind, method="POST").answer()[0] == 413


@on_sqlite
def test_what_is_too_long_is_refused_unread(ask):
    class Unread:
        def read(self, *_):
            raise AssertionError("somebody read it")

    assert ask(ENTRY_URL, Unread(), 10_000_000, method="POST").answer()[0] == 413


def test_granian_still_has_the_place_that_the_calendar_takes(app, monkeypatch):
    monkeypatch.setattr(mp, "_wsgi_call_wrap", mp._wsgi_call_wrap)
    assert mp._wsgi_call_wrap is wsgi._callback_wrapper
    stand_in(app)
    assert isinstance(mp._wsgi_call_wrap(app, {}, None), Front)

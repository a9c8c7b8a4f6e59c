"""Who sends a form gives way to who reads a page; forms that take long keep no other out."""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from app.web import aside
from app.web.aside import THREADS, Aside

FORM = {"CONTENT_LENGTH": "5", "REQUEST_METHOD": "POST"}
PAGE = {"REQUEST_METHOD": "GET"}


class Work:
    """An application in which a request says that it has begun, and in whose thread, and waits to be let on."""

    def __init__(self):
        self.begun = {}
        self.let_on = threading.Event()

    def __call__(self, environ, start_response):
        start_response("200 OK", [])
        self.begun[environ["name"]].set_result(threading.current_thread().name)
        assert environ["name"].startswith("quick") or self.let_on.wait(20)
        return [environ["name"]]


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def send(work):
    app = Aside(work)
    with ThreadPoolExecutor(THREADS + 2, "server") as server:

        def send(name, kind):
            work.begun[name] = Future()
            return server.submit(app, kind | {"name": name}, lambda *_: None)

        send.app = app
        yield send
        work.let_on.set()


def test_a_form_is_worked_on_by_a_thread_of_its_own_and_a_page_by_the_servers(work, send):
    assert send("quick form", FORM).result(10) == ["quick form"]
    assert work.begun["quick form"].result(10).startswith("form")
    assert send("quick page", PAGE).result(10) == ["quick page"]
    assert work.begun["quick page"].result(10).startswith("server")


def test_forms_that_take_long_keep_no_other_out(work, send):
    for number in range(THREADS):
        send(f"slow {number}", FORM)
    for number in range(THREADS):
        assert work.begun[f"slow {number}"].result(10).startswith("form")
    assert send("quick other", FORM).result(10) == ["quick other"]
    assert work.begun["quick other"].result(10).startswith("server")


def test_a_form_that_takes_long_is_answered_once_and_by_its_own_thread(work, send, monkeypatch):
    monkeypatch.setattr(aside, "PATIENCE", 0.01)
    slow = send("slow", FORM)
    assert work.begun["slow"].result(10).startswith("form")
    work.let_on.set()
    assert slow.result(10) == ["slow"]


def test_pages_go_before_forms():
    def rank(_environ, start_response):
        start_response("200 OK", [])
        return [os.getpriority(os.PRIO_PROCESS, threading.get_native_id())]

    app = Aside(rank)
    assert app(FORM, lambda *_: None)[0] > app(PAGE, lambda *_: None)[0]


def test_what_goes_wrong_with_a_form_is_told_to_the_server():
    def broken(_environ, _start_response):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Aside(broken)(FORM, lambda *_: None)


def test_a_server_that_is_about_to_end_answers_what_has_come(work):
    app = Aside(work)
    work.begun["quick last"] = Future()
    app._threads.shutdown()
    assert app(FORM | {"name": "quick last"}, lambda *_: None) == ["quick last"]


def test_a_machine_without_a_thread_to_spare_works_on_each_form_once(work, send, monkeypatch):
    seen = []
    slow = send("slow", FORM)
    assert work.begun["slow"].result(10).startswith("form")

    def none_to_spare(_thread):
        raise RuntimeError("can't start new thread")

    def quick(environ, start_response):
        seen.append(environ["name"])
        start_response("200 OK", [])
        return [environ["name"]]

    monkeypatch.setattr(send.app, "_app", quick)
    monkeypatch.setattr(threading.Thread, "start", none_to_spare)
    assert send.app(FORM | {"name": "other"}, lambda *_: None) == ["other"]
    work.let_on.set()
    assert slow.result(10) == ["slow"]
    send.app._threads.shutdown()
    assert seen == ["other"]

"""Who sends a form gives way to who reads a page; who works for long keeps nobody out."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from app.web.turns import OneAtATime, let_by

FORM = {"CONTENT_LENGTH": "5", "REQUEST_METHOD": "POST"}
PAGE = {"REQUEST_METHOD": "GET"}


class Work:
    """An application in which each request says that it has begun, and then waits to be told to go on."""

    def __init__(self):
        self.begun = {}
        self.may_end = {}
        self.order = []

    def add(self, name):
        self.begun[name], self.may_end[name] = threading.Event(), threading.Event()

    def __call__(self, environ, _start_response):
        name = environ["name"]
        self.order.append(name)
        self.begun[name].set()
        assert self.may_end[name].wait(10)
        return [name]


@pytest.fixture
def work():
    return Work()


@pytest.fixture
def send(work):
    app = OneAtATime(work)
    with ThreadPoolExecutor(4) as crowd:

        def send(name, kind):
            work.add(name)
            return crowd.submit(app, kind | {"name": name}, None)

        yield send
        for each in work.may_end.values():
            each.set()


def test_a_page_does_not_wait_for_a_form(work, send):
    send("form", FORM)
    assert work.begun["form"].wait(10)
    page = send("page", PAGE)
    work.may_end["page"].set()
    assert page.result(10) == ["page"]


def test_a_form_that_takes_long_keeps_no_other_out(work, send):
    send("slow", FORM)
    assert work.begun["slow"].wait(10)
    other = send("other", FORM)
    work.may_end["other"].set()
    assert other.result(10) == ["other"]


def test_forms_are_worked_on_one_after_another(work, monkeypatch, send):
    monkeypatch.setattr("app.web.turns.PATIENCE", 10)
    first = send("first", FORM)
    assert work.begun["first"].wait(10)
    second = send("second", FORM)
    assert work.order == ["first"]
    work.may_end["first"].set()
    assert first.result(10) == ["first"]
    assert work.begun["second"].wait(10)
    work.may_end["second"].set()
    assert second.result(10) == ["second"]


def test_a_form_that_fails_gives_its_turn_back():
    def broken(_environ, _start_response):
        raise ZeroDivisionError

    app = OneAtATime(broken)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            app(FORM.copy(), None)
        assert app._turn.acquire(blocking=False)
        app._turn.release()


def test_a_form_that_waits_for_the_database_lets_the_next_one_work_meanwhile(monkeypatch):
    monkeypatch.setattr("app.web.turns.PATIENCE", 10)
    app = Flask(__name__)
    let = []

    @app.post("/")
    def waits():
        let_by()
        if not let:
            let.append("first")
            let.append(ThreadPoolExecutor(1).submit(app.test_client().post, "/", data="x").result(10).text)
        return "done"

    app.wsgi_app = OneAtATime(app.wsgi_app)
    assert app.test_client().post("/", data="x").text == "done"
    assert let == ["first", "done"]
    assert app.wsgi_app._turn.acquire(blocking=False)

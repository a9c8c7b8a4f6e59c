"""Whatever goes wrong is said in words, with a way on, and nothing of the program's inside."""

import pytest
from bs4 import BeautifulSoup
from flask import abort

from tests.conftest import ENTRY_URL, on_sqlite

pytestmark = on_sqlite
HEADINGS = {
    400: "Det gick inte att läsa det som skickades",
    403: "Det här gick inte att skicka",
    404: "Sidan finns inte",
    405: "Sidan gick inte att öppna",
    413: "Texten är för lång",
    418: "Det gick inte att läsa det som skickades",
    429: "Det blev många försök på kort tid",
    500: "Något gick fel hos oss",
    503: "Kalendern är upptagen just nu",
}


@pytest.fixture
def site(make_app):
    """A visitor to a site that has pages which go wrong, each in its own way."""
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/krasch", "krasch", lambda: {}["hemlig nyckel"])
    app.add_url_rule("/fel/<int:status>", "fel", lambda status: abort(status))
    return app.test_client()


@pytest.mark.parametrize("status", HEADINGS)
def test_every_error_has_a_page_in_words(site, status):
    answer = site.get(f"/fel/{status}")
    page = BeautifulSoup(answer.text, "html.parser")
    assert answer.status_code == status
    assert page.h1.text == HEADINGS[status]
    assert page.title.text == f"{HEADINGS[status]} – Miljöjulkalendern"
    assert page.select_one("main a.button")["href"] == "/"
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_address_that_is_not_there_is_not_found(site):
    answer = site.get("/finns-inte?<script>")
    assert answer.status_code == 404
    assert "Alla luckor hittar du i kalendern." in answer.text
    assert "finns-inte" not in answer.text


def test_page_used_wrong_way_says_which_ways_there_are(site):
    answer = site.post("/om")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_too_much_at_once_is_refused_before_it_is_read(site):
    answer = site.post(ENTRY_URL, data={"email": "x" * 70_000})
    assert answer.status_code == 413
    assert "Korta texten och skicka den igen." in answer.text


def test_a_mistake_of_ours_shows_nothing_of_the_inside(site):
    answer = site.get("/krasch")
    assert answer.status_code == 500
    assert "Felet är antecknat." in answer.text
    for inside in ("Traceback", "KeyError", "hemlig nyckel", "/app/", ".py"):
        assert inside not in answer.text


def test_a_mistake_of_ours_is_on_record(site, caplog):
    site.get("/krasch")
    assert "KeyError: 'hemlig nyckel'" in caplog.text


def test_mistake_in_page_is_not_kept_for_next_visitor(site, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setitem(site.application.jinja_env.globals, "now", None)
        broken.setattr("app.calendar.schedule.days_left", None)
        assert site.get("/").status_code == 500
    assert site.get("/").status_code == 200

"""Pages are made once per state of the calendar and are the same bytes for everybody; never older than the clock."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest

from app.web import page_cache
from tests.conftest import ENTRY_URL, on_sqlite, swedish

pytestmark = on_sqlite
PAGES = ("/", "/2026/", "/2026/lucka/10", "/om", "/personuppgifter", "/kakor")


def ask(client, path="/", **headers):
    return client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_page_is_made_once_however_many_ask_for_it(app, client, made):
    for encoding in ("br", "gzip", "", "br"):
        ask(client, "/2026/lucka/10", Accept_Encoding=encoding)
    app.test_client().head("/2026/lucka/10")
    assert made == ["calendar/hatch.html"]


def test_a_page_is_made_once_when_all_ask_at_once(app, made):
    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(lambda _: app.test_client().get("/2026/lucka/10").data, range(32)))
    assert made == ["calendar/hatch.html"]
    assert len(set(answers)) == 1


def test_a_page_is_made_anew_once_when_a_hatch_opens(client, clock, made):
    client.get("/")
    clock.set("2026-12-11 00:00")
    client.get("/")
    client.get("/")
    assert made == ["calendar/calendar.html"] * 2


def test_the_page_is_new_at_the_stroke_of_midnight(client, clock):
    clock.set("2026-12-10 23:59:59.999999")
    assert "Öppna lucka 10" in client.get("/").text
    clock.set("2026-12-11 00:00")
    assert "Öppna lucka 11" in client.get("/").text
    assert client.get("/2026/lucka/11").status_code == 200


def test_the_contest_closes_on_its_page_as_well(client, clock):
    clock.set("2026-12-20 23:59:59.999")
    assert "Till tävlingen" in client.get("/2026/lucka/10").text
    clock.set("2026-12-21 00:00")
    assert "Tävlingen stängde 20 december." in client.get("/2026/lucka/10").text


def test_a_clock_that_is_set_back_locks_the_hatch_again(client, clock):
    clock.set("2026-12-11 00:00")
    assert client.get("/2026/lucka/11").status_code == 200
    clock.set("2026-12-10 23:59:59")
    assert client.get("/2026/lucka/11").status_code == 403
    assert "Öppna lucka 10" in client.get("/").text


def test_a_change_in_the_content_changes_the_page(app, client):
    before = ask(client)
    edition = app.extensions["library"].editions[2026]
    renamed = edition.file.model_copy(update={"tagline": "Ny rad under rubriken"})
    app.extensions["library"].editions = {2026: replace(edition, file=renamed)}
    app.extensions["library"].version += 1
    assert "Ny rad under rubriken" in ask(client, If_None_Match=before.headers["ETag"]).text


@pytest.mark.parametrize("path", PAGES)
def test_a_browser_that_has_the_page_gets_no_second_copy(client, path):
    tag = client.get(path).headers["ETag"]
    answer = ask(client, path, If_None_Match=tag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert "Content-Length" not in answer.headers


def test_tag_may_be_one_of_several_or_weakened_on_way(client):
    tag = client.get("/").headers["ETag"]
    for known in (f'"annan", {tag}', f"W/{tag}", "*"):
        assert ask(client, If_None_Match=known).status_code == 304
    assert ask(client, If_None_Match='"annan"').status_code == 200


def test_each_encoding_has_a_tag_of_its_own(client):
    tags = [ask(client, Accept_Encoding=encoding).headers["ETag"] for encoding in ("", "gzip", "br")]
    assert len(set(tags)) == 3
    assert ask(client, Accept_Encoding="br", If_None_Match=tags[1]).status_code == 200


UNPACK = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [
        ("", None),
        ("identity", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("br;q=0.1", "br"),
        ("*", "br"),
        ("*;q=0", None),
        ("deflate", None),
        ("br;q=nej", None),
    ],
)
def test_a_page_is_packed_as_the_browser_can_unpack_it(client, accepted, sent):
    answer = ask(client, Accept_Encoding=accepted)
    assert answer.headers.get("Content-Encoding") == sent
    assert answer.headers["Vary"] == "*"
    assert ask(client, "/flode.xml", Accept_Encoding=accepted).headers["Vary"] == "Accept-Encoding"
    assert UNPACK[sent](answer.data) == client.get("/").data
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_the_head_of_a_page_is_that_of_the_page(client):
    head, page = client.head("/"), client.get("/")
    assert head.data == b""
    assert dict(head.headers) == dict(page.headers)


def age(answer):
    return int(answer.headers["Cache-Control"].removeprefix("public, max-age=").removesuffix(", must-revalidate"))


@pytest.mark.parametrize(
    ("moment", "most"),
    [
        ("2026-12-10 08:00", 60),
        ("2026-12-10 23:59:00", 60),
        ("2026-12-10 23:59:30", 30),
        ("2026-12-10 23:59:59", 1),
        ("2026-12-10 23:59:59.999", 0),
        ("2026-12-11 00:00", 60),
        ("2026-12-20 23:59:45", 15),
        ("2026-12-24 23:59:50", 10),
        ("2027-03-01 12:00", 60),
    ],
)
def test_nobody_may_keep_a_page_past_the_next_opening(client, clock, moment, most):
    clock.set(moment)
    assert age(client.get("/")) == most
    assert age(client.get("/2026/lucka/10")) == most


def test_a_page_is_the_same_bytes_for_everybody(app):
    def visit(**headers):
        client = app.test_client()
        client.set_cookie("kaka", "smula")
        answer = ask(client, "/2026/lucka/10", **headers)
        assert "Set-Cookie" not in answer.headers
        return answer.data

    visits = [{}, {"Accept_Language": "en"}, {"User_Agent": "curl"}, {"Referer": "https://x.se"}, {"DNT": "1"}]
    assert len({visit(**headers) for headers in visits}) == 1


def test_the_first_visitor_cannot_poison_the_page_for_the_next(app):
    poisoned = app.test_client().get(
        "/2026/lucka/9", base_url="https://elak.example", headers={"X-Forwarded-Host": "elak"}
    )
    assert "elak" not in poisoned.text
    assert "elak" not in app.test_client().get("/2026/lucka/9").text


def test_what_is_one_persons_or_locked_is_never_kept(client, made):
    for path in (ENTRY_URL, "/2026/lucka/11", "/finns-inte", "/admin/logga-in"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
        client.get(path)
    assert len(made) == 8


def test_strange_addresses_never_fill_the_memory(client, made):
    strange = [path for number in range(20) for path in (f"/nej-{number}", f"/2026/lucka/1{number % 5 + 1}")]
    for path in strange:
        client.get(path)
    asked = len(made)
    for path in strange:
        client.get(path)
    assert len(made) == 2 * asked >= 40, "each is made anew"
    made.clear()
    for number in range(20):
        client.get(f"/?{number}")
        client.get("/om", headers={"Accept-Encoding": f"x{number}"})
        client.post("/")
    assert len([name for name in made if name.startswith("calendar/")]) <= 2


def test_page_asked_for_with_query_is_same_page(client):
    assert "elak" not in client.get("/?utm_source=elak&ar=2027&nu=2026-12-24").text
    assert client.get("/?utm_source=nyhetsbrev").data == client.get("/").data


def test_old_pages_are_forgotten(client, clock, made):
    for day in range(11, 19):
        clock.set(f"2026-12-{day} 00:00")
        client.get("/om")
    made.clear()
    for day in (18, 17, 16):
        clock.set(f"2026-12-{day} 00:00")
        client.get("/om")
    assert made == []
    clock.set("2026-12-11 00:00")
    client.get("/om")
    assert len(made) == 1


@pytest.fixture
def threads(monkeypatch):
    """Run the threads that the cache starts, when the test says so."""
    started = []

    class Thread:
        def __init__(self, target, args, daemon):
            self.run = lambda: target(*args)

        def start(self):
            started.append(self)

    monkeypatch.setattr(page_cache.threading, "Thread", Thread)
    return started


def test_the_next_day_is_made_before_the_clock_turns(client, clock, made, threads, make_app):
    clock.set("2026-12-10 23:58:59")
    for path in PAGES:
        client.get(path)
    assert threads == []
    clock.set("2026-12-10 23:59:30")
    client.get("/")
    client.get("/")
    [thread] = threads
    thread.run()
    assert "Öppna lucka 10" in client.get("/").text
    assert client.get("/2026/lucka/11").status_code == 403
    clock.set("2026-12-10 23:59:59.999999")
    assert client.get("/2026/lucka/11").status_code == 403
    made.clear()
    clock.set("2026-12-11 00:00")
    for path in (*PAGES, "/2026/lucka/11"):
        assert client.get(path).status_code == 200
    assert made == []
    fresh = make_app().test_client()
    for path in (*PAGES, "/2026/lucka/11", "/flode.xml"):
        assert client.get(path).data == fresh.get(path).data


def test_page_with_counts_is_not_made_before_asked_for(client, clock, made, threads):
    clock.set("2026-12-10 23:59:30")
    client.get("/2026/lucka/9/testar")
    made.clear()
    threads.pop().run()
    assert "calendar/hatch.html" in made
    assert [name for name in made if name.startswith("pledges/") and not name.startswith("pledges/_")] == []


@pytest.mark.parametrize("step", [0.5, 5, 3600, 7200, 86_400])
def test_clock_that_jumps_about_opening_always_shows_what_it_says(client, clock, step, threads):
    opening = clock.instant = swedish("2026-12-11 00:00")
    for offset in (-1, 1, -1, 1, -step, step, 0, -0.000001, 0, -step, -step / 2, step / 2):
        clock.instant = opening + timedelta(seconds=offset)
        if threads:
            threads.pop().run()
        is_open = offset >= 0
        assert client.get("/2026/lucka/11").status_code == (200 if is_open else 403)
        assert ("/2026/lucka/11" in client.get("/flode.xml").text) == is_open

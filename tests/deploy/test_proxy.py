"""nginx as it is shipped: what it keeps, what it refuses, what it writes down."""

import shutil

import pytest

from tests.conftest import DATABASE, ENTRY_URL
from tests.deploy.conftest import behind_nginx, serving_nodes


@pytest.fixture(scope="module")
def nodes(blanks, built, tmp_path_factory):
    folder = tmp_path_factory.mktemp("nodes")
    shutil.copyfile(blanks("sqlite"), folder / DATABASE)
    with serving_nodes(folder, built, f"sqlite:///{folder / DATABASE}", "2026-12-10T08:00") as nodes:
        yield nodes


@pytest.fixture
def site(nodes, folder):
    with behind_nginx(folder, nodes) as site:
        yield site


def test_pages_are_kept_unless_they_differ_between_people(site):
    for path in ("/", "/", ENTRY_URL, ENTRY_URL, "/2026/lucka/11", "/2026/lucka/11", "/admin/", "/admin/"):
        site.ask("GET", path)
    found = [(line[3], line[4], line[8]) for line in site.log()]
    assert found == [
        ("/", "200", "MISS"),
        ("/", "200", "HIT"),
        (ENTRY_URL, "200", "MISS"),
        (ENTRY_URL, "200", "MISS"),
        ("/2026/lucka/11", "403", "MISS"),
        ("/2026/lucka/11", "403", "MISS"),
        ("/admin/", "303", "-"),
        ("/admin/", "303", "-"),
    ]


def test_browser_asks_again_so_no_page_outlives_an_opening(site):
    kept = [site.ask("GET", "/") for _ in range(2)]
    assert {answer.headers["cache-control"] for answer in kept} == {"public, no-cache"}
    again = site.ask("GET", "/", if_none_match=kept[1].headers["etag"])
    assert (again.status, again.text) == (304, "")
    assert site.ask("GET", ENTRY_URL).headers["cache-control"] == "no-store"


def test_no_request_mixes_the_cache(site):
    plain = site.ask("GET", "/").text
    for number in range(3):
        asked = site.ask(
            "GET",
            f"/?x={number}",
            x_forwarded_host="ond.example",
            x_forwarded_prefix="/ond",
            forwarded="host=ond.example",
            accept_language="en",
        )
        assert asked.text == plain
    assert [line[8] for line in site.log()] == ["MISS", "BYPASS", "BYPASS", "BYPASS"]
    assert site.ask("GET", "/").text == plain


def test_another_host_is_not_answered(site):
    assert site.ask("GET", "/", host="ond.example").status == 421
    assert b" 400 " in site.raw(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")[:20]


def test_too_large_is_refused_at_the_door(site):
    assert site.ask("POST", ENTRY_URL, {"token": "x" * 70_000}).status == 413
    assert site.ask("GET", "/" + "x" * 9000).status == 414


def test_the_log_has_no_address_no_question_and_no_invitation(site):
    site.ask("GET", "/?email=anna@example.se")
    site.ask("GET", "/admin/inbjudan/hemligt")
    assert [line[3] for line in site.log()] == ["/", "/admin/"]
    text = (site.folder / "access.log").read_text()
    for secret in ("anna", "hemligt", " 127.0.0.1 "):
        assert secret not in text

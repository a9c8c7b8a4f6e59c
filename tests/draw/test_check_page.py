"""What the page of the draw says about checking it: each command of the worked example really gives its number."""

import re
import subprocess
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from flask import render_template
from tests.draw.test_views import K4_RANKING

from app.spec.beacon import QUICKNET, round_at
from tests.conftest import on_sqlite, swedish
from tests.draw.crowds import enter_crowd

pytestmark = on_sqlite
PAGE = "/2026/dragning"


@pytest.fixture
def example(client):
    """The worked example, as a person who follows it sees it: (command, numbers that it shall give) per step."""
    page = BeautifulSoup(client.get(PAGE).text, "html.parser")
    return [
        (step.select_one("pre.command").text, [number.text for number in step.select("samp")])
        for step in page.select("ol.example > li")
    ]


def test_every_command_gives_the_number_that_stands_below_it(example):
    assert len(example) == 5
    for command, numbers in example:
        done = subprocess.run(["sh", "-euc", command], capture_output=True, text=True)
        assert (re.findall("[0-9a-f]{64}", done.stdout), done.stderr) == (numbers, "")


def test_the_example_is_k4_of_the_specification(client, example):
    assert [number for _, (number, *_) in example][:4] == [
        "be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea",
        "153597c4a4f3fc79297e212643d93b3028326ce2f7a647f5ee8ee12d5a43fd70",
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
        "0ce1e7d0e79f8cf81ecb12fefe7f26352c8e25a7eeaa0222fbafe561e126313d",
    ]
    rows = BeautifulSoup(client.get(PAGE).text, "html.parser").select("ol.example tbody tr")
    shown = [[cell.text.removesuffix("…") for cell in row.select("td")] for row in rows]
    people = ("Anna", "Eva", "Bo", "David", "Cecilia")
    assert [(place, who) for place, who, _ in shown] == [(str(at), who) for at, who in enumerate(people, 1)]
    assert all(key.startswith(number) for (_, key), (_, _, number) in zip(K4_RANKING, shown, strict=True))


def test_the_value_stands_beside_the_relays_where_anyone_can_compare_it(app, contest, client, clock, monkeypatch):
    signature = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
    monkeypatch.setattr(conduct.beacon, "verified", lambda chain, number, pasted: value)
    value = conduct.beacon.Value(0, signature, 64 * "7")
    moment = swedish("2026-12-22 12:00")
    number = round_at(QUICKNET, moment)
    with app.app_context():
        enter_crowd(contest, 3)
        clock.set("2026-12-21 09:00")
        conduct.lock(contest, "Regler.\n", moment, QUICKNET, clock.now())
        clock.set("2026-12-22 12:01")
        conduct.draw(contest, signature, QUICKNET, clock.now())
    section = BeautifulSoup(client.get(PAGE).text, "html.parser").find(id="slumptal-rubrik").parent
    assert section.code.text == 64 * "7"
    assert [link["href"] for link in section.select("a")] == [
        f"https://{host}/{QUICKNET.hash}/public/{number}"
        for host in ("api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com")
    ]


def test_a_rehearsals_value_is_said_to_prove_nothing(app, contest, reach, client):
    with app.app_context():
        enter_crowd(contest, 12)
    reach("finished")
    assert "Slumptalet kommer från en övningskälla som alla kan räkna fram" in client.get(PAGE).text
    assert "drand.cloudflare.com" not in client.get(PAGE).text


@pytest.mark.parametrize(("entries", "come"), [(5000, True), (5001, False)])
def test_the_files_come_with_the_page_while_they_are_light(app, entries, come):
    edition = app.extensions["library"].editions[2026]
    with app.test_request_context():
        midnights = [SimpleNamespace(entries=entries)]
        html = render_template("draw/check.html", edition=edition, midnights=midnights)
    page = BeautifulSoup(html, "html.parser")
    assert page.find(id="i-webblasaren")["data-files"] == (f"{PAGE}/lista.txt" if come else "")
    assert ("Filerna kom med sidan." in page.text) == come
    assert page.select_one("#rakna details").has_attr("open") != come


def test_the_script_is_light_and_on_this_page_only(app, client):
    size = app.extensions["asset_size"](app.jinja_env.globals["asset"]("check.js"))
    assert size <= 5000
    assert "/static/check." in client.get(PAGE).text
    assert [
        path for path in ("/", "/2026/lucka/10", "/2026/tavling/villkor") if "check." in client.get(path).text
    ] == []

"""What the page of the draw says about checking it: each command of the worked example really gives its number."""

import re
import subprocess

import pytest
from bs4 import BeautifulSoup
from flask import render_template

from app.draw.status import ContestStatus
from tests.conftest import on_sqlite
from tests.draw.crowds import enter_crowd
from tests.spec import k4

pytestmark = on_sqlite
PAGE = "/2026/dragning"


@pytest.fixture
def page(app, contest, reach, client):
    """The page once the list is locked."""
    with app.app_context():
        enter_crowd(contest, 12)
    reach("locked")
    return BeautifulSoup(client.get(PAGE).text, "html.parser")


@pytest.fixture
def example(page):
    """The worked example, as a person who follows it sees it: (command, numbers that it shall give) per step."""
    return [
        (step.select_one("pre.command").text, [number.text for number in step.select("samp")])
        for step in page.select("ol.example > li")
    ]


def test_commands_give_the_numbers_below_them(example):
    assert len(example) == 5
    for command, numbers in example:
        done = subprocess.run(["sh", "-euc", command], capture_output=True, text=True)
        assert (re.findall("[0-9a-f]{64}", done.stdout), done.stderr) == (numbers, "")


def test_example_is_k4_of_specification(page, example):
    assert [number for _, (number, *_) in example][:4] == [
        "e22c02bd86a48209c7a85d28162da4c090b6fe51bf8ae9db31fdfef85f7770f5",
        k4.PROOF_SUM,
        "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
        "18276d99c76193419b40e903c9a2482abd22ebb0e25720964aa131461ae85876",
    ]
    people = [row.select("td")[1].text for row in page.select("ol.example tbody tr")]
    assert people == ["Eva", "Bo", "Cecilia", "Anna", "David"]


def test_rehearsal_is_said_to_prove_nothing(page, reach, client):
    assert "Slumptalet" in page.text
    with client.get(PAGE) as answer:
        assert "drand.cloudflare.com" not in answer.text


@pytest.mark.parametrize(("entries", "come"), [(5000, True), (5001, False)])
def test_light_files_come_with_the_page(app, contest, entries, come):
    edition = app.extensions["library"].editions[2026]
    standing = ContestStatus(contest, "locked")
    vars(standing)["entries"] = entries
    with app.test_request_context():
        html = render_template("draw/check.html", edition=edition, contest=contest, standing=standing, drawn=None)
    found = BeautifulSoup(html, "html.parser")
    names = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "logg.txt")
    expected = " ".join(f"{PAGE}/{name}" for name in names) if come else ""
    assert found.find(id="i-webblasaren")["data-files"] == expected
    assert ("Filerna kom med sidan." in found.text) == come
    assert found.select_one("#rakna details").has_attr("open") != come


def test_script_is_on_this_page_only(page, client):
    assert "/static/check." in str(page)
    assert [
        path for path in ("/", "/2026/lucka/10", "/2026/tavling/villkor") if "check." in client.get(path).text
    ] == []

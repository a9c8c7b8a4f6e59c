"""The footer's claim, and what the pages may weigh at most, brotli, first visit (issue: light is the message)."""

import re

import brotli
import pytest
from bs4 import BeautifulSoup

from tests.conftest import ROOT, on_sqlite

pytestmark = on_sqlite

# As visitors get it: the other tests compress quickly.
COMPRESS = brotli.compress
PARTS = {"link": "href", "img": "src", "script": "src"}
HATCHES = [f"/2026/lucka/{number}" for number in range(1, 25)]
OTHERS = ("/en/2026/hatch/17", "/2026/lucka/17/lattlast", "/om", "/kommun/goteborg", "/skarm", "/2026/affisch")
MOST = {"/2026/": 45_000, "/en/": 45_000, **dict.fromkeys((*HATCHES, *OTHERS), 35_000)}
# A screen and a sheet of paper say nothing of it.
SILENT = ("/skarm", "/2026/affisch")


def compressed(client, path: str) -> int:
    with client.get(path, headers={"Accept-Encoding": "br"}) as answer:
        return len(answer.data)


def visit(client, path: str) -> tuple[str, dict[str, int]]:
    """The page's HTML, and the compressed bytes of it and of each part that it asks for."""
    html = client.get(path).text
    sizes = {path: compressed(client, path)}
    for element in BeautifulSoup(html, "html.parser").find_all(list(PARTS)):
        address = element.get(PARTS[element.name])
        if address and element.get("rel") in (None, ["stylesheet"], ["icon"]):
            sizes[address] = compressed(client, address)
    return html, sizes


@pytest.fixture(scope="module")
def measured():
    return {}


@pytest.fixture
def app(make_app, monkeypatch):
    monkeypatch.setattr(brotli, "compress", COMPRESS)
    return make_app()


@pytest.fixture
def visits(clock, client, measured):
    """Every page of MOST on Christmas Eve, when they weigh most; asked for once."""
    clock.set("2026-12-24 08:00")
    if not measured:
        measured.update({path: visit(client, path) for path in MOST})
    return measured


def test_every_page_is_light(visits):
    totals = {path: sum(sizes.values()) for path, (_, sizes) in visits.items()}
    assert {path: total for path, total in totals.items() if total > MOST[path]} == {}


def test_no_page_needs_over_six_requests_or_script_5k(visits):
    for path, (_, sizes) in visits.items():
        assert len(sizes) <= 6, path
        assert sum(size for address, size in sizes.items() if address.endswith(".js")) <= 5_000, path


def said(html: str) -> int:
    """What the footer says, in kB."""
    return int(re.search(r"(?:Sidan väger|This page weighs) (\d+)\s+kB", html)[1])


def test_the_footer_tells_the_weight_that_was_measured(visits):
    for path in visits.keys() - SILENT:
        html, sizes = visits[path]
        assert abs(said(html) * 1000 - sum(sizes.values())) <= 1000, path


def test_the_readme_tells_the_same(visits):
    calendar, *hatches = [said(visits[path][0]) for path in ("/2026/", *HATCHES)]
    hatch = "–".join(map(str, sorted({min(hatches), max(hatches)})))
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert f"weighs {calendar} kB over the wire on a first visit, a hatch {hatch} kB" in readme
    assert f"{calendar} kB is {calendar * 0.148 / 1000:.3f} g CO2e a visit" in readme

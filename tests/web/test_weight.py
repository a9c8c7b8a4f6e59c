"""The footer's claim, and what the pages may weigh at most, brotli, first visit (issue: light is the message)."""

import re

import pytest
from bs4 import BeautifulSoup

PARTS = {"link": "href", "img": "src", "script": "src"}
MOST = {"/2026/": 45_000, **{f"/2026/lucka/{number}": 35_000 for number in range(1, 25)}, "/om": 35_000}


def visit(client, path: str) -> tuple[str, dict[str, int]]:
    """The page's HTML, and the compressed bytes of it and of each part that it asks for."""
    page = client.get(path)
    sizes = {path: len(client.get(path, headers={"Accept-Encoding": "br"}).data)}
    for element in BeautifulSoup(page.text, "html.parser").find_all(list(PARTS)):
        address = element.get(PARTS[element.name])
        if address and element.get("rel") != ["canonical"]:
            sizes[address] = len(client.get(address, headers={"Accept-Encoding": "br"}).data)
    return page.text, sizes


@pytest.fixture
def on_christmas_eve(clock, client):
    clock.set("2026-12-24 08:00")
    return client


@pytest.mark.parametrize("path", MOST)
def test_a_page_is_light(on_christmas_eve, path):
    html, sizes = visit(on_christmas_eve, path)
    assert sum(sizes.values()) <= MOST[path]
    assert len(sizes) <= 6
    assert sum(size for address, size in sizes.items() if address.endswith(".js")) <= 5_000


@pytest.mark.parametrize("path", MOST)
def test_the_footer_tells_the_weight_that_was_measured(on_christmas_eve, path):
    html, sizes = visit(on_christmas_eve, path)
    said = int(re.search(r"Sidan väger (\d+) kB", html)[1])
    assert abs(said * 1000 - sum(sizes.values())) <= 1000

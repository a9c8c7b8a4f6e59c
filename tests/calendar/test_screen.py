"""The screen in a lobby: right without script, dark at night, another hatch each hour after Christmas."""

import itertools

import pytest
from bs4 import BeautifulSoup

from app.calendar.content import NUMBERS
from app.calendar.pages.screen import shown_number
from tests.conftest import on_sqlite, swedish

pytestmark = on_sqlite


@pytest.fixture
def seen(client, clock):
    """The screen at a moment: seen("2026-12-13 08:00")."""

    def look(moment):
        clock.set(moment)
        return BeautifulSoup(client.get("/skarm").text, "html.parser")

    return look


def test_browser_asks_again_by_itself(client):
    assert client.get("/skarm").headers["Refresh"] == "300"


def test_screen_turns_at_midnight(seen):
    assert seen("2026-12-12 23:59:59").select_one(".kicker").text.split()[:2] == ["Lucka", "12,"]
    assert seen("2026-12-13 00:00").select_one(".kicker").text.split()[:2] == ["Lucka", "13,"]


@pytest.mark.parametrize(
    ("moment", "heading"),
    [("2026-11-20 08:00", "11 dagar kvar till första luckan"), ("2026-11-30 08:00", "I morgon öppnar första luckan")],
)
def test_screen_counts_down(seen, moment, heading):
    assert seen(moment).h1.text == heading


@pytest.mark.parametrize(
    ("time", "is_dark"), [("21:59", False), ("22:00", True), ("05:59", True), ("06:00", False), ("12:00", False)]
)
def test_screen_is_dark_at_night(seen, time, is_dark):
    assert ("is-night" in seen(f"2026-12-13 {time}").body["class"]) == is_dark


def test_every_hatch_comes_in_office_hours(seen, app):
    hatches = app.extensions["library"].editions[2026].hatches
    moments = [f"2027-01-{day:02} {hour:02}:30" for day in range(1, 25) for hour in range(8, 17)]
    numbers = [shown_number(2026, swedish(moment)) for moment in moments]
    assert set(numbers) == set(NUMBERS)
    assert all(former != later for former, later in itertools.pairwise(numbers))
    for place in (0, 1, 8, 9, -1):
        assert seen(moments[place]).h1.text == hatches[numbers[place]].file.title


def test_code_and_link_lead_to_the_hatch(seen):
    way = seen("2026-12-13 08:00").select_one("a.way")
    assert way["href"].endswith("/2026/lucka/13")
    assert way.svg.title.text == f"QR-kod till {way['href']}"


def test_night_comes_to_a_kept_page(client, clock):
    clock.set("2026-12-13 21:59:30")
    assert "is-night" not in client.get("/skarm").text
    clock.forward(seconds=60)
    assert "is-night" in client.get("/skarm").text

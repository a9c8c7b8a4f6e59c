"""Håller du fast?: the question of January, and the numbers of the whole season."""

import csv
import json
import re

import pytest
from bs4 import BeautifulSoup

from tests.conftest import on_sqlite

JANUARY, RESULT = "/2026/januari", "/2026/resultat"


@on_sqlite
@pytest.mark.parametrize("moment", ["2026-12-10 08:00", "2027-01-14 23:59:59", "2027-02-01 00:00"])
def test_outside_the_two_weeks_nothing_is_asked_or_counted(client, clock, counted, words, moment):
    clock.set(moment)
    assert client.post(JANUARY, data={"lucka": "5"}).location == JANUARY
    assert "Skicka mitt svar" not in words(JANUARY)
    assert counted() == {}


@pytest.mark.parametrize("moment", ["2027-01-15 00:00", "2027-01-31 23:59:59"])
def test_what_is_ticked_is_counted_once_for_each_hatch(client, clock, counted, words, moment):
    clock.set(moment)
    assert "5. Ett paket i stället för tre" in words(JANUARY)
    assert client.post(JANUARY, data={"lucka": ["2", "5", "5", "99"]}).location == f"{JANUARY}/tack"
    client.post(JANUARY)
    assert counted() == {
        ("follow_up", 0, "some"): 1,
        ("follow_up", 0, "none"): 1,
        ("kept", 2, ""): 1,
        ("kept", 5, ""): 1,
    }


@on_sqlite
def test_january_names_as_many_tips_as_it_has_boxes(make_app, content, clock):
    hatch = content / "2026" / "03" / "hatch.md"
    hatch.write_text(re.sub(r"(?m)^steps = \[\n(?:.*\n)*?\]", "steps = []", hatch.read_text(), count=1))
    client = make_app(CALENDAR_CONTENT=content).test_client()
    clock.set("2027-01-16 08:00")
    page = BeautifulSoup(client.get(JANUARY).text, "html.parser")
    assert len(page.select("[type=checkbox]")) == 23
    assert "kalenderns 23 tips" in page.select_one("meta[name=description]")["content"]
    clock.set("2027-01-14 08:00")
    assert "kalenderns 23 tips" in client.get(JANUARY).text


@on_sqlite
def test_afterwards_the_page_says_how_many_hold(add, clock, words):
    add("follow_up", choice="some", times=545)
    add("follow_up", choice="none", times=395)
    add("kept", 4, times=300)
    clock.set("2027-02-01 00:00")
    assert "58 % av 940 svar håller fast" in words(JANUARY)
    assert "Tåget hem till jul 32 %" in words(JANUARY)


@on_sqlite
def test_few_answers_are_not_told_in_percent(add, clock, words):
    add("follow_up", choice="some", times=19)
    clock.set("2027-02-01 00:00")
    assert "visar vi när minst 20 har svarat" in words(JANUARY)


@on_sqlite
def test_the_home_page_asks_while_it_is_asked(client, clock):
    asked = []
    for moment in ("2027-01-14 23:59", "2027-01-15 00:00", "2027-01-31 23:59", "2027-02-01 00:00"):
        clock.set(moment)
        asked.append(f'href="{JANUARY}"' in client.get("/").text)
    assert asked == [False, True, True, False]


@pytest.fixture
def season(add, client, clock):
    """Five read hatch 5, twenty answer it, a dozen try hatch 2, and twenty say what they still do."""
    for _ in range(5):
        client.get("/2026/lucka/5")
    add("answer", 5, "3", times=15)
    add("answer", 5, "1", times=5)
    add("pledge", 2, times=12)
    add("follow_up", choice="some", times=20)
    add("kept", 2, times=8)
    clock.set("2027-02-01 08:00")


@on_sqlite
def test_result_has_visits_answers_pledges_effect_and_what_is_kept(season, words):
    page = words(RESULT)
    for part in ("Visningar 5", "Svar på frågorna 20 75 % rätt", "Jag testar 12", "Håller fast 100 % av 20 svar"):
        assert part in page
    assert "mellan 0 och 60 km mindre bilkörning" in page
    assert "5. Ett paket i stället för tre 5 20 75 % 0 0" in page
    assert "CC0 1.0" in page


def test_the_same_numbers_are_open_data_with_a_licence(season, client):
    table, body = client.get(f"{RESULT}.csv"), client.get(f"{RESULT}.json")
    rows = list(csv.DictReader(table.text.splitlines()))
    assert len(rows) == 24
    assert [*rows[4].values()] == ["2026", "5", "5", "20", "75", "0", "0"]
    assert [*rows[1].values()] == ["2026", "2", "0", "0", "", "12", "8"]
    found = json.loads(body.text)
    assert (found["visningar"], found["svar"], found["testar"]) == (5, 20, 12)
    assert found["januari"] == {"svar": 20, "haller_fast_procent": 100}
    assert found["effekt"] == [{"enhet": "km", "minst": 0, "mest": 60}]
    assert found["luckor"][4]["rubrik"] == "Ett paket i stället för tre"
    assert "publicdomain/zero/1.0" in found["licens"]
    for answer in (table, body):
        assert answer.headers["Link"].endswith('rel="license"')
        assert "Set-Cookie" not in answer.headers


@on_sqlite
def test_only_open_hatches_are_in_the_result(client, clock):
    clock.set("2026-12-03 08:00")
    assert len(client.get(f"{RESULT}.csv").text.splitlines()) == 4
    clock.set("2026-11-20 08:00")
    assert "Siffrorna kommer när den första luckan har öppnat." in client.get(RESULT).text


def test_how_many_have_entered_is_told_when_no_more_can(accept, reach, client, words):
    for name in ("anna", "bo"):
        accept(f"{name}@example.se")
    for state in ("open", "closed"):
        reach(state)
        assert "Svar i tävlingen" not in words(RESULT)
        assert json.loads(client.get(f"{RESULT}.json").text)["tavlingsbidrag"] is None
    reach("locked")
    assert "Svar i tävlingen 2" in words(RESULT)

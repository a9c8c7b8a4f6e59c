"""Jag testar: how many try a tip, where they live, and what that may change."""

import pytest
from bs4 import BeautifulSoup

from app.calendar.files.faults import ContentError
from app.calendar.loader import read_edition
from app.pledges import results
from tests.conftest import on_sqlite

PLEDGE = "/2026/lucka/2/testar"


def test_a_pledge_is_thanked_for_and_counted(client, counted, words):
    sent = client.post(PLEDGE)
    assert (sent.status_code, sent.location) == (303, PLEDGE)
    assert "Tack! Du är en av de första som testar" in words(PLEDGE)
    assert counted() == {("pledge", 2, ""): 1}


@on_sqlite
def test_thanks_say_how_many_others_do_and_what_changes(add, words):
    add("pledge", 2, times=132)
    assert "Du och 131 andra testar det här" in words(PLEDGE)
    assert "Om alla gör det en gång blir det mellan 0 och 660 km mindre bilkörning." in words(PLEDGE)


@on_sqlite
def test_where_no_source_gives_a_number_none_is_told(add, words):
    add("pledge", 9, times=132)
    assert "Om alla gör det" not in words("/2026/lucka/9/testar")
    assert "Vad löftena kan betyda" not in words("/2026/resultat")


@on_sqlite
def test_a_municipality_is_a_counter_of_its_own(client, counted, words):
    assert client.post(f"{PLEDGE}/kommun", data={"kommun": "1441"}).location == f"{PLEDGE}/kommun"
    assert "Tack, nu räknas din kommun också" in words(f"{PLEDGE}/kommun")
    assert counted() == {("municipality", 0, "1441"): 1}


@on_sqlite
@pytest.mark.parametrize("code", ["", "vill-inte-uppge", "9999", "1441'"])
def test_a_municipality_that_is_none_is_not_counted(client, counted, code):
    assert client.post(f"{PLEDGE}/kommun", data={"kommun": code}).location == f"{PLEDGE}#kommun"
    assert counted() == {}


@on_sqlite
def test_a_locked_hatch_takes_no_pledge(client, counted):
    for path in ("/2026/lucka/11/testar", "/2026/lucka/11/testar/kommun"):
        assert client.post(path, data={"kommun": "1441"}).status_code == 403
        assert client.get(path).status_code == 403
    assert counted() == {}


def test_organisers_see_small_municipalities_without_their_number(add, organiser):
    add("municipality", choice="1441", times=12)
    add("municipality", choice="1480", times=30)
    add("municipality", choice="1407", times=4)
    add("municipality", choice="1419", times=3)
    add("pledge", 2, times=49)
    add("answer", 5, "3", times=7)
    page = BeautifulSoup(organiser.get("/admin/statistik").text, "html.parser")

    def table(key):
        return [[cell.text for cell in row.select("td")] for row in page.select(f"[aria-labelledby=figur-{key}] tr")]

    assert table("testar-kommuner")[1:] == [
        ["Göteborg", "30"],
        ["Lerum", "12"],
        ["Öckerö", "färre än 5"],
        ["Tjörn", "färre än 5"],
    ]
    assert table("testar")[2] == ["Lucka 2", "49"]
    assert (table("svar")[5], table("ratt")[5]) == (["Lucka 5", "7"], ["Lucka 5", "7"])


@on_sqlite
def test_the_method_names_every_assumption_and_its_source(words):
    method = words("/2026/resultat/metod")
    assert "mellan 0 och 5 km mindre bilkörning" in method
    assert "Du gör en resa till fots eller på cykel i stället för med bil, en gång och åt ett håll." in method
    assert "VTI:s Cykelcentrum, återgivet av Cykelfrämjandet" in method
    assert "Den som svarar flera gånger räknas flera gånger." in method


def effect(least, most, unit="km"):
    return f'\neffect_unit = "{unit}"\neffect_least = {least}\neffect_most = {most}\neffect_assumes = "Du åker."\n'


def with_effect(content, number, added):
    file = content / "2026" / f"{number:02}" / "hatch.md"
    file.write_text(file.read_text().replace("\n[question]", f"{added}\n[question]", 1))


def test_each_unit_is_summed_for_itself(content):
    with_effect(content, 9, effect(0.5, 2, "kg CO2e"))
    with_effect(content, 14, effect(1, 10))
    edition = read_edition(content / "2026")
    found = results.sum_effects(edition, {2: 10, 9: 4, 14: 3, 20: 7, 22: 0})
    assert [(each.unit, each.least, each.most) for each in found] == [("km", 3, 80), ("kg CO2e", 2, 8)]


@pytest.mark.parametrize(
    ("added", "fault"),
    [
        ('\neffect_unit = "km"\n', "en effekt ska ha enhet, minst, mest och antaganden, eller inget av dem"),
        (effect(3, 2), "effekten kan inte vara mer som minst än som mest"),
    ],
)
def test_an_effect_is_given_whole_or_not_at_all(content, added, fault):
    with_effect(content, 9, added)
    with pytest.raises(ContentError, match=fault):
        read_edition(content / "2026")


@pytest.mark.parametrize(("exact", "shown"), [(0, 0), (7, 7), (84.6, 85), (655, 660), (123_456, 120_000)])
def test_a_sum_is_told_with_two_digits(exact, shown):
    assert results.rounded(exact) == shown

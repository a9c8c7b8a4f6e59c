"""The contest moves to another locked hatch, or goes, as long as it has not opened; a draft of a year goes whole."""

import pytest

from app.calendar.loader import read_edition
from tests.conftest import on_sqlite, swedish
from tests.editing.conftest import faults, fields, hatch_text, soup, words

pytestmark = on_sqlite
MOVE, REMOVE = "/admin/redigera/tavling/flytta", "/admin/redigera/tavling/ta-bort"


def test_the_contest_moves_with_its_opening_and_nothing_else(change, organiser, content):
    old = read_edition(content / "2026")
    answer = change(MOVE, target="12")
    assert answer.location == "/admin/redigera/lucka/12/tavling?ar=2026&klart=flyttad"
    assert "Tävlingen är flyttad hit." in words(organiser.get(answer.location))
    new = read_edition(content / "2026")
    assert (new.file_contest_number, new.file_contest.opens) == (12, swedish("2026-12-12 00:00"))
    kept = {"opens"}
    assert new.file_contest.model_dump(exclude=kept) == old.file_contest.model_dump(exclude=kept)
    assert new.hatches[10].file == old.hatches[10].file.model_copy(update={"contest": None})


@pytest.mark.parametrize("target", ["0", "5", "10", "99"])
def test_only_another_locked_hatch_takes_it(change, content, clock, target):
    clock.set("2026-12-06 08:00")
    before = hatch_text(content, 10)
    assert change(MOVE, target=target).status_code == 422
    assert hatch_text(content, 10) == before


def test_a_contest_that_has_opened_stays(organiser, content, clock):
    clock.set("2026-12-10 08:00")
    sent = fields(organiser.get(MOVE))
    before = hatch_text(content, 10)
    assert faults(organiser.post(MOVE, data=sent | {"target": "12"})) == [
        "Tävlingen har öppnat. Då är villkoren låsta och kan inte ändras."
    ]
    assert organiser.post(REMOVE, data=sent).status_code == 422
    assert hatch_text(content, 10) == before


def test_a_contest_is_taken_away_and_comes_back(organiser, content):
    organiser.post(REMOVE, data=fields(organiser.get(MOVE)))
    assert read_edition(content / "2026").file_contest is None
    assert "Lägg tävlingen här" in words(organiser.get("/admin/redigera/lucka/4"))
    address = "/admin/redigera/lucka/10/tidigare/1"
    organiser.post(address, data=fields(organiser.get(address)))
    assert read_edition(content / "2026").file_contest_number == 10


def test_a_draft_of_a_year_is_taken_away(change, organiser, content):
    change("/admin/redigera/ny", year="2027")
    page = organiser.get("/admin/redigera?ar=2027")
    link = soup(page).find("a", string="Ta bort utkastet")["href"]
    answer = change(link)
    assert "Utkastet är borttaget." in words(organiser.get(answer.location))
    assert not (content / "2027").exists()
    assert organiser.get("/admin/redigera?ar=2027").status_code == 404


def test_a_calendar_in_use_is_no_draft(organiser, content):
    assert soup(organiser.get("/admin/redigera")).find("a", string="Ta bort utkastet") is None
    address = "/admin/redigera/ta-bort"
    assert organiser.post(address, data=fields(organiser.get(address))).status_code == 422
    assert (content / "2026").exists()

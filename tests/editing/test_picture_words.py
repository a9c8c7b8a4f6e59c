"""What stands beside a picture: who took it, what matters in it, and the card that follows it."""

import io

import pytest

from app.calendar.loader import read_edition
from tests.calendar.test_content import edit
from tests.conftest import on_sqlite
from tests.editing.conftest import faults, hatch_text, soup
from tests.editing.test_phone_pictures import HEIC

PICTURE = "/admin/redigera/lucka/3/bild"
CREDIT = "Foto: Anna Berg, CC BY 4.0"


@on_sqlite
def test_who_took_a_picture_stands_under_it(change, client, clock):
    assert change(PICTURE, image_credit=CREDIT).status_code == 303
    clock.set("2026-12-03 08:00")
    assert soup(client.get("/2026/lucka/3")).select_one(".wall .credit").text == CREDIT
    assert not soup(client.get("/2026/lucka/2")).select(".credit")


@on_sqlite
def test_what_matters_in_picture_is_kept_in_file_and_crops(change, client, clock, content):
    answer = change(PICTURE, focus_x="80", focus_y="21", picture=(io.BytesIO(HEIC), "IMG_0001.HEIC"))
    assert answer.status_code == 303
    assert "image_focus = [80, 21]" in hatch_text(content)
    clock.set("2026-12-03 08:00")
    assert soup(client.get("/2026/lucka/3")).select_one(".opened img")["class"] == ["focus-x8", "focus-y2"]
    assert change(PICTURE, focus_x="50", focus_y="50").status_code == 303
    assert "image_focus" not in hatch_text(content)


@pytest.mark.parametrize("place", ["-1", "101", "mitten", ""])
@on_sqlite
def test_a_place_outside_the_picture_is_refused_beside_its_field(change, content, place):
    before = hatch_text(content)
    answer = change(PICTURE, focus_x=place)
    assert (answer.status_code, faults(answer)) == (422, ["Skriv ett tal från 0 till 100."])
    assert hatch_text(content) == before


@on_sqlite
def test_a_hatch_without_a_picture_asks_for_one(change, content):
    edit(content, "03/hatch.md", 'image = "bild.svg"\n', "")
    assert faults(change(PICTURE, image_alt="En buss.")) == ["Välj en bild."]


def test_the_card_beside_a_link_goes_when_its_picture_does(content):
    before = read_edition(content / "2026").hatches[3]
    assert before.card
    (content / "2026" / "03" / "bild.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    assert read_edition(content / "2026").hatches[3].card is None


@on_sqlite
def test_the_card_moves_with_its_picture(change, content):
    before = read_edition(content / "2026").hatches[3]
    change("/admin/redigera/byt-plats", first="3", second="15")
    after = read_edition(content / "2026").hatches[15]
    assert (after.card, after.images[after.card]) == (before.card, before.images[before.card])

"""The whole hatch as the form has it, as it will be, and as it was: a page for the organiser only, and never kept."""

import io

import pytest

from tests.conftest import on_sqlite
from tests.editing.conftest import faults, fields, hatch_text, soup
from tests.editing.photos import photo

pytestmark = on_sqlite
HATCH = "/admin/redigera/lucka/3"
PREVIEW = f"{HATCH}/forhandsgranska"


@pytest.fixture
def shown(organiser):
    """Send the form of the hatch, changed, to its preview."""
    return lambda **typed: organiser.post(PREVIEW, data=fields(organiser.get(HATCH)) | typed)


def test_the_form_is_shown_as_a_page(shown, content, client):
    before = hatch_text(content)
    answer = shown(title="Hemlig rubrik", tip="Cykla **mera**.")
    page = soup(answer)
    assert (answer.status_code, page.h1.text, page.select_one(".tip strong").text) == (200, "Hemlig rubrik", "mera")
    assert "Inget är sparat" in page.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert hatch_text(content) == before
    assert client.get("/2026/lucka/3").status_code == 403


def test_its_picture_can_be_seen_by_the_organiser_only(shown, organiser, client):
    address = soup(shown()).select_one(".opened img")["src"]
    assert organiser.get(address).status_code == 200
    assert client.get(address).status_code == 303


def test_what_could_not_be_saved_is_told_instead(shown):
    answer = shown(title="")
    assert faults(answer) == ["Rubrik: saknas"]


def test_a_form_from_elsewhere_is_not_shown(shown):
    answer = shown(token="x")
    assert (len(faults(answer)), soup(answer).select_one(".hatch")) == (1, None)


def test_a_locked_hatch_can_be_looked_at(organiser):
    link = soup(organiser.get(HATCH)).find("a", string="Se luckan")["href"]
    assert soup(organiser.get(link)).select_one(".kicker").text.strip().startswith("Lucka 3, dagens lucka")


def test_an_earlier_version_is_a_page_with_its_own_picture(organiser, change):
    old = soup(organiser.get(HATCH)).select_one("#title")["value"]
    change(HATCH, title="Ny rubrik")
    change(f"{HATCH}/bild", image_alt="En röd cykel.", picture=(io.BytesIO(photo()), "x.jpg"))
    link = soup(organiser.get(f"{HATCH}/tidigare/1")).find("a", string="Se som sida")["href"]
    page = soup(organiser.get(link))
    assert (page.h1.text, "version 1" in page.text) == (old, True)
    assert organiser.get(page.select_one(".opened img")["src"]).mimetype == "image/svg+xml"

"""Two people in one hatch: what they changed in different fields is all kept, and in the same field both are asked."""

import io

from tests.calendar.test_content import edit
from tests.conftest import on_sqlite
from tests.editing.conftest import fields, hatch_text, words
from tests.editing.photos import photo

pytestmark = on_sqlite
HATCH = "/admin/redigera/lucka/3"
CONTEST = "/admin/redigera/lucka/10/tavling"


def test_two_people_in_different_fields_lose_nothing(organiser, anna, content):
    mine = fields(organiser.get(HATCH))
    anna.post(HATCH, data=fields(anna.get(HATCH)) | {"facts-0-year": "2021", "summary": "Annas mening."})
    answer = organiser.post(HATCH, data=mine | {"title": "Min rubrik"})
    assert answer.status_code == 303
    told = words(organiser.get(answer.location))
    assert "Sparat. Det som anna@example.se sparade medan du skrev är också med" in told
    text = hatch_text(content)
    assert all(line in text for line in ('title = "Min rubrik"', 'summary = "Annas mening."', "year = 2021"))


def test_two_people_in_the_same_field_are_asked(organiser, anna, content):
    mine = fields(organiser.get(HATCH))
    anna.post(HATCH, data=fields(anna.get(HATCH)) | {"title": "Annas rubrik"})
    answer = organiser.post(HATCH, data=mine | {"title": "Min rubrik", "summary": "Min mening."})
    assert (answer.status_code, fields(answer)["summary"]) == (409, "Min mening.")
    assert "Annas rubrik" in hatch_text(content)


def test_text_and_contest_of_one_hatch_are_put_together(organiser, anna, content):
    mine = fields(organiser.get(CONTEST))
    hatch = "/admin/redigera/lucka/10"
    anna.post(hatch, data=fields(anna.get(hatch)) | {"title": "Annas rubrik"})
    assert organiser.post(CONTEST, data=mine | {"tax": "Ingen skatt."}).status_code == 303
    assert "Annas rubrik" in hatch_text(content, 10)
    assert "Ingen skatt." in hatch_text(content, 10)


def test_text_and_picture_of_one_hatch_are_put_together(organiser, anna, content):
    picture = fields(anna.get(f"{HATCH}/bild")) | {"image_alt": "En röd cykel."}
    picture |= {"picture": (io.BytesIO(photo()), "x.jpg")}
    organiser.post(HATCH, data=fields(organiser.get(HATCH)) | {"title": "Min rubrik"})
    assert anna.post(f"{HATCH}/bild", data=picture).status_code == 303
    assert 'title = "Min rubrik"' in hatch_text(content)
    assert "En röd cykel." in hatch_text(content)


def test_a_change_never_lands_in_another_hatch(organiser, anna, content):
    mine = fields(organiser.get(HATCH))
    swap = "/admin/redigera/byt-plats"
    anna.post(swap, data=fields(anna.get(swap)) | {"first": "3", "second": "15"})
    answer = organiser.post(HATCH, data=mine | {"image_alt": "En cykel."})
    assert answer.status_code == 409
    assert "En cykel." not in hatch_text(content)


def test_a_text_changed_on_the_server_is_asked_about(organiser, content):
    mine = fields(organiser.get(HATCH))
    edit(content, "03/hatch.md", "summary = ", "# en kommentar\nsummary = ")
    assert organiser.post(HATCH, data=mine | {"title": "Min rubrik"}).status_code == 409

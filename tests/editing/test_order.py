"""Before December the hatches get another order, one step at a time or all at once, and nothing is lost."""

from app.calendar.loader import read_edition
from tests.conftest import on_sqlite, swedish
from tests.editing.conftest import faults, fields, hatch_text, soup, words

pytestmark = on_sqlite
ORDER = "/admin/redigera/ordning"


def texts(content):
    return [hatch_text(content, number) for number in range(1, 25)]


def test_a_hatch_moves_a_step_and_is_saved(organiser, content):
    before = texts(content)
    moved = organiser.post(ORDER, data=fields(organiser.get(ORDER)) | {"act": "upp-3"})
    assert texts(content) == before
    names = [each.text.strip() for each in soup(moved).select(".order .name")]
    assert organiser.post(ORDER, data=fields(moved) | {"act": ""}).status_code == 303
    assert texts(content) == [before[0], before[2], before[1], *before[3:]]
    assert read_edition(content / "2026").hatches[2].file.title == names[1]


def test_the_contest_opens_with_its_new_hatch(organiser, content):
    order = [*range(1, 10), 11, 12, 10, *range(13, 25)]
    sent = fields(organiser.get(ORDER)) | {"order": ",".join(map(str, order)), "act": ""}
    answer = organiser.post(ORDER, data=sent)
    assert "Luckorna har fått ny ordning." in words(organiser.get(answer.location))
    edition = read_edition(content / "2026")
    assert (edition.file_contest_number, edition.file_contest.opens) == (12, swedish("2026-12-12 00:00"))


def test_an_order_that_lacks_a_hatch_is_refused(organiser, content):
    before = texts(content)
    answer = organiser.post(ORDER, data=fields(organiser.get(ORDER)) | {"order": "1,2,2", "act": ""})
    assert (answer.status_code, "alla 24 luckor" in faults(answer)[0]) == (422, True)
    assert texts(content) == before


def test_in_december_the_order_stands(organiser, content, clock):
    sent = fields(organiser.get(ORDER))
    order = ",".join(map(str, [2, 1, *range(3, 25)]))
    clock.set("2026-12-01 08:00")
    page = organiser.get(ORDER)
    assert "ordningen ligger fast" in words(page)
    before = texts(content)
    token = fields(organiser.get("/admin/redigera/byt-plats"))["token"]
    assert organiser.post(ORDER, data=sent | {"order": order, "token": token, "act": ""}).status_code == 422
    assert texts(content) == before

"""What the program is about to do with the entries and the draw is shown before it is done."""

from tests.admin.test_views import DRAW, cast, numbers, soup, words
from tests.conftest import on_sqlite, token_in

pytestmark = on_sqlite
__all__ = ["cast"]
COMING = "Kommer att strykas: "


def test_what_will_be_struck_is_what_is_struck(organiser, cast, reach):
    reach("closed")
    shown = numbers(organiser.get("/admin/bidrag"))
    forecast = {name.removeprefix(COMING): count for name, count in shown.items() if name.startswith(COMING)}
    assert forecast == {"fel svar": "1", "dubblett": "1"}
    reach("locked")
    after = numbers(organiser.get("/admin/bidrag"))
    assert {name.removeprefix("Strukna: "): n for name, n in after.items() if name.startswith("Strukna: ")} == forecast
    assert not any(name.startswith(COMING) for name in after)


def test_a_strike_has_no_reason_until_one_is_chosen(organiser, cast, reach):
    reach("open")
    page = organiser.get("/admin/bidrag/1/stryk")
    assert soup(page).select_one("select option")["value"] == ""
    refused = organiser.post("/admin/bidrag/1/stryk", data={"token": token_in(page), "reason": ""})
    assert (refused.status_code, "Välj ett skäl." in words(refused)) == (422, True)


def test_the_draw_page_follows_only_what_is_about_to_come(organiser, cast, reach, clock):
    follows = {}
    for moment in ("2026-12-11 12:00", "2026-12-21 23:55"):
        clock.set(moment)
        follows[moment] = "data-waits" in organiser.get(DRAW).text
    reach("locked")
    follows["locked"] = "data-waits" in organiser.get(DRAW).text
    clock.set("2026-12-22 11:55")
    page = organiser.get(DRAW)
    assert page.headers["Cache-Control"] == "no-store"
    follows["value"] = soup(page).select_one('head noscript meta[http-equiv="refresh"]') is not None
    assert follows == {"2026-12-11 12:00": False, "2026-12-21 23:55": True, "locked": False, "value": True}

"""Hatches in easy Swedish and other languages: where they are, what they are in, and that nothing comes early."""

import icalendar
import pytest
from bs4 import BeautifulSoup

from app.calendar.loader import read_edition
from app.languages import foreign
from tests.conftest import on_sqlite
from tools.translations import FOLDER, renewed, wanted

pytestmark = on_sqlite


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def today(clock):
    clock.set("2026-12-13 08:00")


def test_english_hatch_is_english(client, today):
    page = soup(client.get("/en/2026/hatch/5"))
    assert page.html["lang"] == "en"
    assert page.h1.text.strip() != soup(client.get("/2026/lucka/5")).h1.text.strip()
    assert page.select_one(".kicker").text.split() == ["Hatch", "5", "–", "5", "December", "2026"]
    assert page.select_one(".facts ul")["lang"] == "sv"


def test_easy_hatch_is_swedish_without_question(client, today):
    page = soup(client.get("/2026/lucka/5/lattlast"))
    assert page.html["lang"] == "sv"
    assert page.select_one(".question") is None
    assert page.select_one("link[rel=canonical]")["href"].endswith("/2026/lucka/5/lattlast")


def test_each_version_leads_to_the_others(client, today):
    paths = ["/2026/lucka/5", "/2026/lucka/5/lattlast", "/en/2026/hatch/5"]
    for path in paths:
        page = soup(client.get(path))
        assert [a["href"] for a in page.select(".languages a")] == [other for other in paths if other != path]
        alternates = {link["hreflang"]: link["href"] for link in page.select("link[rel=alternate][hreflang]")}
        assert {language: address.partition("/20")[2] for language, address in alternates.items()} == {
            "sv": "26/lucka/5",
            "en": "26/hatch/5",
        }


def test_links_stay_in_the_language(client, today):
    page = soup(client.get("/en/"))
    hatches = {a["href"] for a in page.select("a.window")}
    assert hatches == {f"/en/2026/hatch/{number}" for number in range(1, 14)}
    easy = soup(client.get("/2026/lucka/5/lattlast"))
    assert [a["href"] for a in easy.select(".pager a")] == [
        "/2026/lucka/4/lattlast",
        "/2026/",
        "/2026/lucka/6/lattlast",
    ]


def test_nothing_comes_early_in_any_language(client, today):
    for path in ("/2026/lucka/14/lattlast", "/en/2026/hatch/14"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert soup(answer).html["lang"] == path[1:3].replace("20", "sv")


def test_what_is_not_translated_says_so(share_app, content, today):
    (content / "2026" / "05" / "en.md").unlink()
    (content / "2026" / "05" / "lattlast.md").unlink()
    client = share_app(CALENDAR_CONTENT=content).test_client()
    assert "This hatch is in Swedish only." in client.get("/en/2026/hatch/5").text
    assert client.get("/2026/lucka/5/lattlast").status_code == 404
    assert soup(client.get("/2026/lucka/5")).select(".languages a") == []


@pytest.mark.parametrize("path", ["/de/", "/en/2025/", "/en/2026/lucka/5", "/lattlast/", "/sv/"])
def test_no_page_in_a_language_that_is_not_there(client, today, path):
    assert client.get(path).status_code == 404


def test_feed_and_calendar_file_are_english(client, today):
    feed = client.get("/en/feed.xml").text
    assert 'xml:lang="en"' in feed
    assert "/en/2026/hatch/13" in feed
    assert "hatch/14" not in feed
    events = icalendar.Calendar.from_ical(client.get("/en/calendar.ics").data).events
    assert str(events[23]["summary"]) == "Hatch 24"
    assert str(events[0]["summary"]).startswith("Hatch 1: ")


def test_a_language_does_not_stay_for_the_next_page(client, today):
    client.get("/en/2026/hatch/5")
    assert soup(client.get("/om")).html["lang"] == "sv"


def test_catalogues_have_every_text(engine):
    for language in foreign():
        file = FOLDER / f"{language}.po"
        assert renewed(file, wanted()) == file.read_bytes(), language
        assert b'msgstr ""\n\n' not in file.read_bytes().partition(b"\n\n")[2], language


def test_question_with_other_options_stays_swedish(engine, content):
    file = content / "2026" / "05" / "en.md"
    text = file.read_text("utf-8")
    start = text.index("options = [")
    file.write_text(f'{text[:start]}options = ["To Spain", "To Norway"]{text[text.index("]", start) + 1 :]}', "utf-8")
    edition = read_edition(content / "2026")
    assert [(remark.file, remark.field) for remark in edition.remarks] == [("2026/05/en.md", "question.options")]
    assert edition.hatches[5].within("en").file.question == edition.hatches[5].file.question


@pytest.mark.parametrize("path", ["/en/2026/hatch/10", "/2026/lucka/10/lattlast"])
def test_hatch_leads_to_what_is_not_translated(client, today, path):
    swedish, parts = soup(client.get("/2026/lucka/10")), soup(client.get(path)).select("section[aria-labelledby=mer] a")
    assert [part.text for part in parts] == ["Svara och se vad andra tror", "Säg att du testar", "Hos kommunerna"]
    for part in parts:
        assert part.find_parent(lang=True)["lang"] == part["hreflang"] == "sv"
        page, _, name = part["href"].partition("#")
        assert page == "/2026/lucka/10"
        assert swedish.find(id=name)


def test_street_is_told_in_english(client, today):
    street = soup(client.get("/en/")).select_one("section[aria-labelledby=gatan]")
    assert street.h2.text == "On the street today"
    assert "a walking school bus led by Lucia" in street.text
    assert not street.select("[lang]")
    assert street.a["hreflang"] == "sv"


def test_figure_whose_words_have_changed_is_told_in_swedish(share_app, today, content):
    file = content / "2026" / "13" / "figur.svg"
    file.write_text(file.read_text("utf-8").replace("en vandrande", "en lång"), "utf-8")
    page = soup(share_app(CALENDAR_CONTENT=content).test_client().get("/en/"))
    said = page.select("section[aria-labelledby=gatan] [lang=sv], .street .is-new [lang=sv]")
    assert [part.text for part in said] == ["en lång skolbuss med lucia"] * 2
    assert [(each.file, each.field) for each in read_edition(content / "2026").remarks] == [("2026/13/en.md", "figure")]


def told_of(page):
    """What a page tells other programs: its picture, icons, styles, feeds, and itself in every language."""
    for element in page.select('meta[property="og:image"], link[href]'):
        address = element.get("content") or element["href"]
        yield address if address.startswith("/") else f"/{address.partition('://')[2].partition('/')[2]}"


@pytest.mark.parametrize("path", ["/", "/en/", "/2026/lucka/5", "/2026/lucka/5/lattlast", "/en/2026/hatch/5"])
def test_what_page_tells_programs_is_there(client, today, path):
    told = [*told_of(soup(client.get(path)))]
    assert any("/bild/delning" in address for address in told)
    for address in told:
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            thumbnail = answer.json.get("thumbnail_url", "") if answer.is_json else ""
        assert not thumbnail or client.get(f"/{thumbnail.split('/', 3)[3]}").status_code == 200

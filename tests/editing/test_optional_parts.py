"""What a hatch or an edition may do without; "God jul" is a hatch too, and everything else goes on as before."""

import pytest

from app.calendar.loader import read_edition
from tests.conftest import on_sqlite
from tests.editing.conftest import faults, hatch_text, soup, words

pytestmark = on_sqlite
HATCH, SHOWN = "/admin/redigera/lucka/3", "/2026/lucka/3"
NOTHING = {"steps": "", "question-text": "", "question-explanation": "", "question-answer": ""}
NOTHING |= {f"question-options-{place}": "" for place in range(6)}


@pytest.fixture
def greeting(organiser, content, change, clock):
    """A hatch that says God jul, saved from the form and open."""
    facts = [name for name in _fields(organiser) if name.startswith("facts-")]
    answer = change(HATCH, title="God jul", tip="Vi önskar dig en god jul.", **NOTHING, **dict.fromkeys(facts, ""))
    assert answer.location.endswith("klart=sparat")
    clock.set("2026-12-03 08:00")


def _fields(organiser):
    return [each["name"] for each in soup(organiser.get(HATCH)).select("main form [name]")]


def test_a_greeting_is_a_hatch(greeting, client, content):
    file = read_edition(content / "2026").hatches[3].file
    assert (file.steps, file.facts, file.question) == ((), (), None)
    assert "question" not in hatch_text(content)
    page = soup(client.get(SHOWN))
    assert [heading.text for heading in page.main.select("h1, h2")] == ["God jul"]
    assert "Jag testar" not in page.main.text


def test_the_calendar_shows_its_title_instead_of_a_question(greeting, client):
    assert soup(client.get("/")).select_one(".masthead h2").text == "God jul"


def test_what_has_no_question_takes_no_answer(greeting, client):
    assert client.post(f"{SHOWN}/svar", data={"svar": "1"}).status_code == 400
    assert client.get(f"{SHOWN}/svar/1").status_code == 404
    assert client.get("/2026/resultat").status_code == 200
    assert client.get("/2026/resultat.json").get_json()["luckor"][2]["svar"] == 0


def test_the_checklist_asks_whether_it_is_meant(greeting, organiser):
    assert "Luckan har inga steg, inga fakta och ingen fråga. Är det meningen?" in words(
        organiser.get("/admin/beredskap")
    )


def test_a_question_half_written_is_refused(change):
    answer = change(HATCH, **(NOTHING | {"question-text": "Varför?"}))
    assert answer.status_code == 422


def test_january_asks_only_about_what_can_be_done(greeting, client, clock):
    clock.set("2027-01-16 08:00")
    assert "God jul" not in soup(client.get("/2026/januari")).main.text


def test_sheets_are_written_in_the_form(change, client):
    few, texts = "\n".join(f"Jag lagade {number}" for number in range(23)), "/admin/redigera/texter"
    assert faults(change(texts, bingo=few, school_title="")) == [
        "Arbetsplatsbingo: ska ha 24 rutor, eller ingen; nu är de 23",
        "Kolumner på bladet för klassen: rubrik och kolumner behövs båda; fyll i den som saknas, eller töm båda",
    ]
    columns = "Åt upp allt\nSlängde mat"
    change(texts, bingo=f"{few}\nJag lånade", school_title="Så åt vi", school_columns=columns, tradition="")
    assert "Jag lånade" in words(client.get("/2026/bingo"))
    sheet = soup(client.get("/2026/skolblad"))
    assert sheet.h1.text == "Så åt vi i december 2026"
    assert [each.text for each in sheet.select("thead th")] == ["Dag", "Åt upp allt", "Slängde mat"]
    assert "Traditionen" not in client.get("/arkiv").text

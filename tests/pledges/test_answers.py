"""Vad tror du?: an answer at once, counted without a trace of who gave it."""

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.exc import OperationalError

from app.pledges import counter
from tests.conftest import configured, on_sqlite

QUESTION = "/2026/lucka/5/svar"
RIGHT, WRONG = f"{QUESTION}/3", f"{QUESTION}/1"


@pytest.fixture
def answer(client):
    """Answer the question of hatch 5: answer(3)."""

    def send(option, **headers):
        return client.post(QUESTION, data={"svar": str(option)}, headers=headers)

    return send


def test_an_answer_leads_to_the_page_of_its_option(answer, counted, words):
    sent = answer(3)
    assert (sent.status_code, sent.location) == (303, RIGHT)
    assert "Rätt! Vart skickades returer" in words(RIGHT)
    assert answer(1).location == WRONG
    assert "Inte riktigt" in words(WRONG)
    assert "Rätt svar är: Till Estland eller Polen. Returerna gick ofta långt" in words(WRONG)
    assert counted() == {("answer", 5, "3"): 1, ("answer", 5, "1"): 1}


@on_sqlite
def test_the_form_of_a_hatch_sends_what_is_chosen(client):
    form = BeautifulSoup(client.get("/2026/lucka/5").text, "html.parser").select_one(".question form")
    assert (form["action"], form["method"]) == (QUESTION, "post")
    assert [option["value"] for option in form.select("input")] == ["1", "2", "3"]


@on_sqlite
def test_page_is_same_for_everyone_and_kept_for_minute(app, answer):
    answer(1)
    pages = [app.test_client().get(WRONG, headers={"User-Agent": name}) for name in ("a", "b")]
    assert pages[0].data == pages[1].data
    assert pages[0].headers["Cache-Control"] == "public, max-age=60, must-revalidate"
    assert "Set-Cookie" not in pages[0].headers


@on_sqlite
def test_how_many_were_right_is_told_from_twenty_answers_on(add, words, clock):
    add("answer", 5, "3", times=12)
    add("answer", 5, "1", times=7)
    assert "Det visar vi när minst 20 har svarat." in words(RIGHT)
    add("answer", 5, "2")
    clock.forward(seconds=60)
    assert "60 % svarade rätt" in words(RIGHT)
    assert "Till Spanien eller Italien ditt svar 35 %" in words(WRONG)
    assert "Av 20 svar." in words(WRONG)


@on_sqlite
def test_the_numbers_are_a_minute_old_at_most(add, words, clock):
    add("answer", 5, "3", times=20)
    assert "Av 20 svar." in words(RIGHT)
    add("answer", 5, "3")
    clock.forward(seconds=59)
    assert "Av 20 svar." in words(RIGHT)
    clock.forward(seconds=1)
    assert "Av 21 svar." in words(RIGHT)


@on_sqlite
def test_a_locked_hatch_takes_no_answer_and_shows_none(client, counted):
    for sent in (client.post("/2026/lucka/11/svar", data={"svar": "1"}), client.get("/2026/lucka/11/svar/1")):
        assert sent.status_code == 403
        assert "Lucka 11 är inte öppen ännu" in sent.text
    assert counted() == {}


@on_sqlite
@pytest.mark.parametrize("option", ["0", "4", "-1", "x", "٣"])
def test_an_option_that_does_not_exist_is_not_counted(answer, client, counted, option):
    assert answer(option).status_code == 400
    assert client.get(f"{QUESTION}/{option}").status_code == 404
    assert counted() == {}


@on_sqlite
def test_who_has_chosen_nothing_comes_back_to_the_question(answer, counted):
    sent = answer("")
    assert (sent.status_code, sent.location) == (303, "/2026/lucka/5#vad-tror-du")
    assert counted() == {}


@on_sqlite
@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text[:-1],
    ],
    ids=["same", "capitals", "spaces", "unbroken", "without its mark"],
)
def test_the_question_of_the_contest_is_not_answered_at_once(make_app, content, write):
    file = content / "2026" / "10" / "hatch.md"
    text = file.read_text()
    contest = text.index("[contest]")
    asked = text[text.index("question = ", contest) :].splitlines()[0].removeprefix("question = ")
    own = text[text.index("[question]") :].splitlines()[1]
    file.write_text(text.replace(own, f'text = "{write(asked.strip().strip(chr(34)))}"'))
    client = make_app(CALENDAR_CONTENT=content).test_client()
    assert BeautifulSoup(client.get("/2026/lucka/10").text, "html.parser").select(".question form") == []
    assert client.post("/2026/lucka/10/svar", data={"svar": "1"}).status_code == 400
    assert client.get("/2026/lucka/10/svar/1").status_code == 404


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elak.example"},
    ],
)
def test_another_site_sends_nothing(client, clock, counted, headers):
    clock.set("2027-01-20 08:00")
    for path in (QUESTION, "/2026/lucka/5/testar", "/2026/lucka/5/testar/kommun", "/2026/januari"):
        data = {"svar": "1", "kommun": "1441", "lucka": "5"}
        assert client.post(path, data=data, headers=headers).status_code == 403, path
    assert counted() == {}


@on_sqlite
@configured(ENTRY_LIMIT="2 per hour")
def test_too_many_answers_are_told_right_or_wrong_but_uncounted(answer, counted):
    assert [answer(3).status_code for _ in range(3)] == [303] * 3
    assert counted() == {("answer", 5, "3"): 2}


@on_sqlite
@configured(ENTRY_LIMIT_ALL="1 per hour")
def test_too_many_pledges_are_refused_in_words(client, counted):
    sent = [client.post("/2026/lucka/5/testar") for _ in range(2)]
    assert [each.status_code for each in sent] == [303, 429]
    assert "Vänta några minuter och försök igen" in sent[1].text
    assert counted() == {("pledge", 5, ""): 1}


@on_sqlite
def test_the_answer_is_told_while_the_database_is_away(client, answer, monkeypatch):
    def away(_year):
        raise OperationalError("SELECT", None, Exception("away"))

    monkeypatch.setattr(counter, "stored_replies", away)
    monkeypatch.setattr(counter, "add_replies", away)
    assert answer(3).location == RIGHT
    page = client.get(RIGHT)
    assert "Returerna gick ofta långt" in page.text
    assert page.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_the_last_page_stays_while_the_database_is_away(add, words, clock, monkeypatch):
    def away(_year):
        raise OperationalError("SELECT", None, Exception("away"))

    add("answer", 5, "3", times=20)
    before = words(RIGHT)
    monkeypatch.setattr(counter, "stored_replies", away)
    clock.forward(minutes=5)
    assert words(RIGHT) == before

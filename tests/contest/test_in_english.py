"""The contest in English: what is read and mailed is English, what is stored and drawn is the frozen Swedish."""

from email import message_from_bytes, policy

import pytest
from bs4 import BeautifulSoup

from app.calendar.loader import read_edition
from app.contest import terms
from app.contest.entries import make_ticket
from app.contest.models import Entry
from app.database import db
from app.draw import actions, winners
from app.languages import current, speaking
from app.operations import jobs
from tests.conftest import ENTRY_URL, filled, on_sqlite, token_in

pytestmark = on_sqlite
ENGLISH = "/en/2026/hatch/10/enter"
OPTIONS = 'options = ["2027", "2030", "2040"]'
LATIN = 'options = ["MMXXVII", "MMXXX", "MMXL"]'


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def send(client, clock, **changes):
    token = token_in(client.get(ENGLISH))
    clock.forward(seconds=20)
    return client.post(ENGLISH, data=filled(token=token, **changes))


@pytest.fixture
def other_words(content):
    """The calendar's files, where the English options differ from the Swedish."""
    file = content / "2026" / "10" / "en.md"
    text = file.read_text("utf-8")
    assert OPTIONS in text
    file.write_text(text.replace(OPTIONS, LATIN), "utf-8")
    return content


@pytest.fixture
def mails(tmp_path):
    """What lies in the outbox' folder, by kind."""

    def read():
        files = sorted((tmp_path / "mail").glob("*.eml"))
        return {file.name.split(".")[0]: message_from_bytes(file.read_bytes(), policy=policy.default) for file in files}

    return read


def test_form_and_receipt_are_english(client, clock):
    page = soup(client.get(ENGLISH))
    assert page.html["lang"] == "en"
    assert page.legend.text.startswith("By what year")
    assert [option.text for option in page.select("fieldset label")] == ["2027", "2030", "2040"]
    assert page.select_one("fieldset [lang]") is None
    assert page.find("label", {"for": "adult"}).text == "I am 18 or older"
    receipt = soup(send(client, clock))
    assert (receipt.html["lang"], receipt.h1.text) == ("en", "You are in!")
    assert receipt.select_one(".told dd").text.strip() == "2030"


def test_entry_is_the_frozen_swedish_one(share_app, other_words, clock):
    app = share_app(CALENDAR_CONTENT=other_words)
    client = app.test_client()
    form = soup(client.get(ENGLISH))
    assert [(i["value"], i.find_next("label").text) for i in form.select("input[type=radio]")][1] == ("2030", "MMXXX")
    assert soup(send(client, clock)).select_one(".told dd").text.strip() == "MMXXX (2030)"
    with app.app_context():
        entry = db.session.scalars(db.select(Entry)).one()
        assert (entry.answer, entry.language) == ("2030", "en")
        assert entry.ticket == make_ticket("mjk-2026", entry.receipt_code, entry.email, "2030")


def test_what_an_english_form_freezes_is_swedish(make_app, clock):
    app = make_app(opened=False)
    client = app.test_client()
    token = token_in(client.get("/mitt-svar"))
    clock.forward(seconds=20)
    assert client.post(ENGLISH, data=filled(token=token)).status_code == 200
    with app.app_context():
        frozen, edition = terms.frozen_in(2026), app.extensions["library"].editions[2026]
        assert (frozen.edition_title, frozen.question) == (edition.file.title, edition.file_contest.question)
        assert "tisdag 22 december" in frozen.rules
        assert "Tuesday" not in frozen.rules


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("answer", "MMXXX", "Choose one of the answers."),
        ("email", None, "Enter your e-mail address. We need it to reach you if you win."),
        ("email", "anna", "Enter the e-mail address like this: name@example.com"),
        ("municipality", "", "Choose your municipality, or “Prefer not to say”."),
        ("adult", None, "Tick that you are 18 or older. You must be to take part."),
        ("rules", None, "Tick that you accept the rules."),
        ("website", "x", "Empty the field “Leave empty”. It is there to stop programs that fill in forms."),
    ],
)
def test_faults_are_english(client, clock, field, typed, sentence):
    page = soup(send(client, clock, **{field: typed}))
    assert page.title.text.startswith("Error: ")
    assert [(link["href"], link.text) for link in page.select("#fel a")] == [(f"#{field}", sentence)]
    assert " ".join(page.find(id=f"{field}-fel").text.split()) == f"Error: {sentence}"


def test_form_that_is_too_old_says_so(client, clock):
    answer = client.post(ENGLISH, data=filled(token="x"))
    assert soup(answer).select_one("#fel li").text == "The form has been open for too long. Send it again."


def test_what_was_typed_is_never_markup(client, clock):
    assert "<script>alert" not in send(client, clock, email='"><script>alert(1)</script>').text


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("en.md", OPTIONS, 'options = ["2027", "2030"]'),
        ("hatch.md", "Senast vilket år ska all", "När ska all"),
    ],
    ids=["other options", "question changed after the opening"],
)
def test_untranslated_contest_is_swedish(make_app, content, client, clock, file, old, new):
    path = content / "2026" / "10" / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    make_app()
    page = soup(make_app(CALENDAR_CONTENT=content).test_client().get(ENGLISH))
    assert page.legend.text.startswith("Senast vilket år")
    assert {element["lang"] for element in page.select("legend, fieldset label, .lead span")} == {"sv"}
    assert page.html["lang"] == "en"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hatch.md", OPTIONS, 'options = ["2040", "2030", "2027"]'),
        ("hatch.md", OPTIONS, 'options = ["2029", "2030", "2040"]'),
        ("en.md", OPTIONS, 'options = ["2027", "2030"]'),
        ("en.md", 'prizes = ["Studded', 'prizes = ["A cake", "Studded'),
    ],
)
def test_translation_of_another_contest_is_left_out(engine, content, file, old, new):
    path = content / "2026" / "10" / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    edition = read_edition(content / "2026")
    assert [(remark.file, remark.field) for remark in edition.remarks] == [("2026/10/en.md", "contest")]
    assert edition.hatches[10].translations["en"].file.contest is None


def test_receipt_mail_is_in_the_entrys_language(share_app, other_words, clock, mails):
    app = share_app(CALENDAR_CONTENT=other_words)
    send(app.test_client(), clock)
    with app.app_context():
        jobs.run_round()
    mail = mails()["kvitto"]
    text = mail.get_body(("plain",)).get_content()
    assert mail["Content-Language"] == "en"
    assert mail["Subject"].startswith("You are in the contest in ")
    assert "You answered: MMXXX (2030)." in text
    assert "Tuesday 22 December 2026" in text
    assert '<html lang="en">' in mail.get_body(("html",)).get_content()


def test_other_mails_begin_with_english(app, client, clock, mails):
    send(client, clock)
    with app.app_context():
        actions.cancel_contest(terms.frozen_in(2026), "Vinsten finns inte längre.", clock.now())
        jobs.run_round()
    mail = mails()["installd"]
    text = mail.get_body(("plain",)).get_content()
    assert text.startswith("The contest is cancelled. The rest of this e-mail is in Swedish.\n\nHej!")
    html = mail.get_body(("html",)).get_content()
    assert '<html lang="sv">' in html
    assert '<p lang="en">The contest is cancelled.' in html
    assert mail["Content-Language"] == "sv, en"


def test_closed_contest_says_so(client, clock):
    clock.set("2026-12-21 08:00")
    page = soup(client.get(ENGLISH))
    assert (page.html["lang"], page.h1.text) == ("en", "The contest has closed")
    assert client.post(ENGLISH, data=filled()).status_code == 409


def test_english_links_stay_english(client):
    hatch, start = soup(client.get("/en/2026/hatch/10")), soup(client.get("/en/"))
    assert hatch.select_one(".contest-call a.button")["href"] == ENGLISH
    assert start.select_one(f'.masthead a[href="{ENGLISH}"]')
    assert hatch.select_one(".contest-call p").text.count("Studded tyres") == 1
    assert soup(client.get("/2026/lucka/10")).select_one(".contest-call a.button")["href"] == ENTRY_URL


RULES, NOTICE = "/en/2026/contest/rules", "/en/privacy"


@pytest.mark.parametrize(("english", "swedish"), [(RULES, "/2026/tavling/villkor"), (NOTICE, "/personuppgifter")])
def test_legal_text_says_that_the_swedish_is_in_force(client, english, swedish):
    page = soup(client.get(english))
    first = page.select_one("main p")
    assert page.html["lang"] == "en"
    assert (first.text.strip(), first.a["href"]) == ("The Swedish text is in force: read it.", swedish)
    original = soup(client.get(swedish))
    assert len(page.select("main h2")) == len(original.select("main h2"))
    assert len(page.select("main p, main li")) == len(original.select("main p, main li")) + 1
    # Only who the officer is stands as the organiser wrote it.
    assert [part.text for part in page.select("main [lang]") if "dataskyddsombud" not in part.text] == []


def test_rules_say_what_was_frozen(client):
    text = " ".join(soup(client.get(RULES)).main.text.split())
    assert "You must be 18 or older." in text
    assert "1 × Studded tyres for your bicycle" in text
    assert "worth 1,500 kronor" in text
    assert "from Thursday 10 December 2026 at 00:00 to Sunday 20 December 2026 at 23:59:59, Swedish time" in text
    assert "does not answer, declines, not eligible, withdrawn" in text


def test_what_is_not_translated_stays_swedish_in_the_rules(share_app, content):
    file = content / "2026" / "10" / "en.md"
    text = file.read_text("utf-8")
    file.write_text(text[: text.index("[contest]")] + text[text.index("+++", 10) :], "utf-8")
    page = soup(share_app(CALENDAR_CONTENT=content).test_client().get(RULES))
    swedish = [paragraph.text for paragraph in page.select("main p[lang=sv]")]
    assert len(swedish) == 6
    assert swedish[0] == "Senast vilket år ska all Västtrafiks stadsbusstrafik vara elektrifierad?"


def test_links_lead_to_the_english_rules_and_notice(client):
    form = soup(client.get(ENGLISH))
    assert form.select_one(f'form a[href="{RULES}"]')
    assert form.select_one(f'main li a[href="{NOTICE}"]')
    assert form.select_one(f'footer a[href="{NOTICE}"]')
    assert soup(client.get("/en/2026/hatch/10")).select_one(f'.contest-call a[href="{RULES}"]')
    assert soup(client.get("/")).select_one('footer a[href="/personuppgifter"]')


@pytest.mark.parametrize(
    ("english", "swedish"), [(ENGLISH, ENTRY_URL), (RULES, "/2026/tavling/villkor"), (NOTICE, "/personuppgifter")]
)
def test_each_page_leads_to_the_other_language(client, english, swedish):
    for path, other, language in ((english, swedish, "sv"), (swedish, english, "en")):
        link = soup(client.get(path)).select_one(f'footer a[hreflang="{language}"]')
        assert (link["href"], link["lang"]) == (other, language)


def test_withdrawing_takes_the_language(app, client, clock):
    send(client, clock)
    with app.app_context():
        ticket = db.session.scalars(db.select(Entry.ticket)).one()
        winners.withdraw_entry(terms.frozen_in(2026), ticket, clock.now())
        assert db.session.scalars(db.select(Entry.language)).one() is None


def test_a_fault_ends_speaking(app):
    with app.app_context(), speaking("en"):
        with pytest.raises(ValueError, match="x"), speaking("sv"):
            raise ValueError("x")
        assert current() == "en"

"""The contest as its participants meet it: the form, the receipt, and the pages when there is no form."""

import re
from hashlib import sha256
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup
from sqlalchemy.exc import OperationalError

from app.contest import store
from app.contest.entries import LOOK_AGAIN
from app.contest.models import Entry
from app.database import db
from tests.conftest import ENTRY_URL, configured, fill_in, filled, freeze, on_sqlite, token_in

ADDRESS = "Skriv e-postadressen så här: namn@exempel.se"
TOO_OLD = "Formuläret har varit öppet för länge. Skicka det igen."


@pytest.fixture
def stored(make_app):
    app = make_app(opened=False)

    """Reads the entries from the database, first one first."""

    def read():
        with app.app_context():
            return list(db.session.scalars(db.select(Entry).order_by(Entry.id)))

    return read


@pytest.fixture
def with_changes(share_app, content):
    """A visitor to a calendar whose contest is changed: with_changes("closes = ", "# closes = ")."""

    def visitor(old, new):
        file = content / "2026" / "10" / "hatch.md"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        return share_app(CALENDAR_CONTENT=content).test_client()

    return visitor


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def code_and_ticket(receipt):
    code, shown, whole = (element.text for element in soup(receipt).select("main dl code, main details code"))
    assert shown.replace("-", "").lower() == whole[:8]
    return code, whole


def test_thanked_entry_is_in_the_database(enter, stored):
    page = enter()
    assert page.status_code == 200
    assert soup(page).h1.text == "Du är med!"
    [entry] = stored()
    assert (entry.email, entry.answer, entry.municipality) == ("anna@example.se", "2030", "1441")


@on_sqlite
def test_own_municipalities_are_offered_and_kept(with_changes, clock, make_app):
    visitor = with_changes("exclusions = ", 'municipalities = ["Lerum", "Malmö"]\nexclusions = ')
    page = soup(visitor.get(ENTRY_URL))
    shown = {option["value"]: option.text for option in page.select("#municipality option")}
    assert [*shown.values()] == ["Välj kommun", "Lerum", "Malmö", "Annan kommun", "Vill inte uppge"]
    assert shown["1441"] == "Lerum"
    assert "Du som bor, arbetar eller studerar i" in page.main.text
    sent = filled(token=token_in(visitor.get(ENTRY_URL)), municipality="1480")
    clock.forward(seconds=20)
    assert "Välj din kommun" in visitor.post(ENTRY_URL, data=sent).text
    assert visitor.post(ENTRY_URL, data=sent | {"municipality": "Malmö"}).status_code == 200
    assert "Lerum och Malmö" in visitor.get("/2026/tavling/villkor").text


def test_wrong_answer_is_entry_too(enter, stored):
    assert enter(answer="2027").status_code == 200
    assert [entry.answer for entry in stored()] == ["2027"]


@on_sqlite
def test_form_asks_one_thing_at_time_and_says_what_for(client):
    labels = [label.text for label in soup(client.get(ENTRY_URL)).select("form[method=post] label, form legend")]
    assert labels[0] == "Senast vilket år ska all Västtrafiks stadsbusstrafik vara elektrifierad?"
    assert "E-postadress" in labels
    assert "Jag har fyllt 18 år" in labels


@on_sqlite
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("answer", None, "Välj ett av svaren."),
        ("answer", "2031", "Välj ett av svaren."),
        ("email", None, "Skriv din e-postadress. Vi behöver den för att nå dig om du vinner."),
        ("email", "   ", "Skriv din e-postadress. Vi behöver den för att nå dig om du vinner."),
        ("email", "anna", ADDRESS),
        ("email", "anna@", ADDRESS),
        ("email", "@example.se", ADDRESS),
        ("email", "anna@example", ADDRESS),
        ("email", "anna@exa mple.se", ADDRESS),
        ("email", "anna@example.se, bo@example.se", ADDRESS),
        ("email", "anna\r\nBcc: bo@example.se", ADDRESS),
        ("email", f"{'a' * 65}@example.se", LOOK_AGAIN),
        ("municipality", None, "Välj din kommun, eller ”Vill inte uppge”."),
        ("municipality", "", "Välj din kommun, eller ”Vill inte uppge”."),
        ("municipality", "9999", "Välj din kommun, eller ”Vill inte uppge”."),
        ("adult", None, "Kryssa i att du har fyllt 18 år. Det krävs för att delta."),
        ("rules", None, "Kryssa i att du godkänner reglerna."),
        ("website", "https://", "Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär."),
    ],
)
def test_what_is_wrong_is_said_at_top_and_beside_field(enter, stored, field, typed, sentence):
    answer = enter(**{field: typed})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.title.text.startswith("Fel: ")
    assert page.select_one("#fel h2").text == "Det finns ett problem"
    assert [(link["href"], link.text) for link in page.select("#fel a")] == [(f"#{field}", sentence)]
    assert page.find(id=field).name in ("input", "select", "textarea")
    assert " ".join(page.find(id=f"{field}-fel").text.split()) == f"Fel: {sentence}"
    assert page.select_one(f'[aria-invalid="true"][aria-describedby~="{field}-fel"]')
    assert stored() == []


@on_sqlite
def test_everything_wrong_is_said_at_once_in_order_of_page(enter):
    page = soup(enter(answer=None, email=None, municipality=None, adult=None, rules=None))
    named = [link["href"] for link in page.select("#fel a")]
    assert named == ["#answer", "#email", "#municipality", "#adult", "#rules"]


def assert_everything_is_kept(answer):
    page = soup(answer)
    assert page.select_one("input[name=answer][checked]")["value"] == "2030"
    assert page.select_one("input[name=email]")["value"] == "anna@example.se"
    assert page.select_one("option[selected]")["value"] == "1441"
    assert len(page.select("input[type=checkbox][checked]")) == 2


@on_sqlite
def test_what_was_filled_in_is_kept(enter):
    assert_everything_is_kept(enter(website="x"))


@on_sqlite
def test_what_was_typed_is_shown_as_text_not_run(enter):
    assert "<script>alert" not in enter(email='"><script>alert(1)</script>').text


@on_sqlite
def test_form_sent_faster_than_anyone_reads_comes_back_filled_in(client, clock, stored):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=1)
    answer = client.post(ENTRY_URL, data=filled(token=token))
    assert answer.status_code == 422
    assert "Formuläret skickades ovanligt snabbt. Vänta två sekunder och skicka igen." in answer.text
    assert_everything_is_kept(answer)
    assert stored() == []


@on_sqlite
def test_form_left_open_over_one_day_can_be_sent(client, clock, stored):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(hours=24, seconds=1)
    answer = client.post(ENTRY_URL, data=filled(token=token))
    assert (answer.status_code, stored()) == (422, [])
    assert TOO_OLD in answer.text
    assert_everything_is_kept(answer)
    clock.forward(seconds=5)
    assert client.post(ENTRY_URL, data=filled(token=token_in(answer))).status_code == 200


@on_sqlite
def test_form_may_stay_open_over_lunch(client, clock):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(hours=23)
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 200


@on_sqlite
@pytest.mark.parametrize("token", [None, "", "x", "é", "WyJwdWJsaWMiLDEsInAiXQ.Zm9yZ2Vk", "[]", "\0"])
def test_entry_needs_our_form(client, stored, token):
    answer = client.post(ENTRY_URL, data=filled(token=token))
    assert (answer.status_code, stored()) == (422, [])
    assert TOO_OLD in answer.text


@on_sqlite
def test_foreign_token_is_refused(client, make_app, clock, stored):
    token = token_in(make_app(SECRET_KEY="someone else's key, just as long").test_client().get(ENTRY_URL))
    clock.forward(seconds=20)
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 422
    assert stored() == []


@on_sqlite
def test_token_of_another_form_is_refused(client, clock, stored):
    token = token_in(client.get("/admin/logga-in"))
    clock.forward(seconds=20)
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 422
    assert stored() == []


@on_sqlite
def test_token_from_future_is_refused(client, clock, stored):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(minutes=-5)
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 422
    assert stored() == []


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elak.example"},
        {"Origin": "http://localhost.elak.example"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
    ids=str,
)
def test_form_from_another_site_is_refused(client, clock, stored, headers):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    answer = client.post(ENTRY_URL, data=filled(token=token), headers=headers)
    assert (answer.status_code, stored()) == (403, [])
    assert "Öppna sidan på nytt" in answer.text


@on_sqlite
@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}, {"Origin": "null"}],
    ids=str,
)
def test_form_sent_from_calendar_is_taken(client, clock, headers):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    assert client.post(ENTRY_URL, data=filled(token=token), headers=headers).status_code == 200


@on_sqlite
@configured(ENTRY_LIMIT="2 per hour")
def test_too_many_entries_from_one_place_wait_with_everything_kept(enter, stored):
    enter(email="bo@example.se")
    enter(email="cecilia@example.se")
    answer = enter()
    assert answer.status_code == 429
    assert soup(answer).select_one("#fel strong").text == "inte"
    assert "Ditt svar är inte mottaget ännu." in soup(answer).select_one("#fel").text
    assert_everything_is_kept(answer)
    assert len(stored()) == 2


@on_sqlite
@configured(ENTRY_LIMIT_ALL="1 per hour")
def test_too_many_from_everywhere_wait(enter, client, clock):
    enter(email="bo@example.se")
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert enter().status_code == 429


@on_sqlite
@configured(ENTRY_LIMIT="1 per hour")
def test_one_place_does_not_use_up_the_entries_of_another(enter, client):
    enter(email="bo@example.se")
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert enter().status_code == 200


@on_sqlite
@configured(ENTRY_LIMIT="1 per hour", ENTRY_LIMIT_ALL="1 per hour")
def test_only_stored_entries_use_up_entries(enter, stored):
    for _ in range(3):
        assert enter(email="bo").status_code in {422, 429}
    assert enter(email="bo@example.se").status_code == 200
    assert len(stored()) == 1


@on_sqlite
@configured(ENTRY_LIMIT="1 per hour")
def test_sender_of_many_faulty_forms_is_told_and_hinders_none(enter, client):
    assert [enter(email="bo").status_code for _ in range(2)] == [422, 429]
    answer = enter(email="bo")
    assert "Rätta fälten som är markerade och skicka en gång till." in soup(answer).select_one("#fel").text
    assert " ".join(soup(answer).select_one("#email-fel").text.split()) == f"Fel: {ADDRESS}"
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert enter(email="bo").status_code == 422


def test_first_of_two_equal_fields_counts(client, clock, stored):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    both = {"email": ["anna@example.se", "bo@example.se"], "municipality": ["1441", "1480"]}
    assert client.post(ENTRY_URL, data=filled(token=token) | both).status_code == 200
    assert [(entry.email, entry.municipality) for entry in stored()] == [("anna@example.se", "1441")]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencodedx", ""])
def test_a_body_that_says_it_is_no_form_is_none(client, clock, stored, kind):
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    answer = client.post(ENTRY_URL, data=urlencode(filled(token=token)), content_type=kind)
    assert (answer.status_code, stored()) == (422, [])


def test_receipt_shows_code_ticket_and_time(enter, stored):
    receipt = enter()
    code, ticket = code_and_ticket(receipt)
    assert re.fullmatch("([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{6}", code)
    assert ticket == stored()[0].ticket
    assert "Den här kalendern skickar inga mejl." in receipt.text


def test_anyone_can_compute_ticket_from_receipt(enter):
    code, ticket = code_and_ticket(enter(email=" Anna@Example.SE "))
    lines = f"oppen-dragning/v2/lott\nmjk-2026\n{code.replace('-', '')}\nanna@example.se\n2030\n"
    assert sha256(lines.encode()).hexdigest() == ticket


def test_pressing_send_twice_is_one_entry_with_one_receipt(client, clock, stored):
    fields = filled(token=token_in(client.get(ENTRY_URL)))
    clock.forward(seconds=20)
    first = client.post(ENTRY_URL, data=fields)
    clock.forward(seconds=3)
    assert client.post(ENTRY_URL, data=fields).data == first.data
    assert len(stored()) == 1


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ANNA@RÄKSMÖRGÅS.SE", "anna@xn--rksmrgs-5wao1o.se"),
        ("anna@xn--rksmrgs-5wao1o.se", "anna@xn--rksmrgs-5wao1o.se"),
        ("\u00a0Anna+jul@Example.SE ", "anna+jul@example.se"),
        ("o'hara@example.se", "o'hara@example.se"),
    ],
)
def test_addresses_are_kept_in_one_spelling(enter, stored, typed, kept):
    assert enter(email=typed).status_code == 200
    assert [entry.email for entry in stored()] == [kept]


@on_sqlite
def test_motivation_is_asked_for_only_when_organiser_wants_it(make_app, with_changes):
    assert "motivation" not in make_app(opened=False).test_client().get(ENTRY_URL).text
    page = soup(
        with_changes("ask_motivation = false", 'ask_motivation = true\nmotivation_question = "Vart reser du?"').get(
            ENTRY_URL
        )
    )
    assert page.select_one("label[for=motivation]").text == "Vart reser du?"


def test_unasked_motivation_is_not_kept(enter, stored):
    enter(motivation="Jag reser till Skövde.")
    assert stored()[0].motivation is None


@pytest.mark.parametrize("typed", ["Jag\u00a0åker buss.\nVarje dag 👩\u200d🚒", "x" * 600])
def test_motivation_is_kept_as_written(with_changes, clock, stored, typed):
    asking = with_changes("ask_motivation = false", "ask_motivation = true")
    assert fill_in(asking, clock, motivation=typed).status_code == 200
    assert stored()[0].motivation == typed


@on_sqlite
def test_a_motivation_that_is_too_long_is_kept_for_shortening(with_changes, clock):
    asking = with_changes("ask_motivation = false", "ask_motivation = true")
    answer = fill_in(asking, clock, motivation="x" * 601)
    assert answer.status_code == 422
    assert soup(answer).select_one("#fel a").text == "Korta texten till högst 600 tecken."
    assert soup(answer).textarea.text.strip() == "x" * 601


def test_strange_sign_loses_no_entry(with_changes, clock, stored):
    asking = with_changes("ask_motivation = false", "ask_motivation = true")
    assert fill_in(asking, clock, motivation="Buss\0 är bäst").status_code == 200
    assert len(stored()) == 1


def test_late_opening_contest_says_when(with_changes, clock):
    early = with_changes("opens = 2026-12-10T00:00:00", "opens = 2026-12-10T12:00:00")
    assert "Den öppnar torsdag 10 december 2026 kl. 12.00, svensk tid." in early.get(ENTRY_URL).text
    assert "/tavla" not in early.get("/2026/lucka/10").text
    assert early.post(ENTRY_URL, data=filled()).status_code == 409
    clock.set("2026-12-10 12:00")
    assert "Tävlingen öppnar strax" in early.get(ENTRY_URL).text
    with early.application.app_context():
        freeze(early.application)
    assert 'href="/2026/lucka/10/tavla"' in early.get("/2026/lucka/10").text
    assert fill_in(early, clock).status_code == 200


def test_the_last_second_counts(client, clock):
    clock.set("2026-12-20 23:59:00")
    token = token_in(client.get(ENTRY_URL))
    clock.set("2026-12-20 23:59:59.999")
    assert client.post(ENTRY_URL, data=filled(token=token)).status_code == 200


def test_late_entry_is_refused_in_words(client, clock, stored):
    clock.set("2026-12-20 23:59:00")
    token = token_in(client.get(ENTRY_URL))
    clock.set("2026-12-21 00:00:00")
    answer = client.post(ENTRY_URL, data=filled(token=token))
    assert (answer.status_code, stored()) == (409, [])
    assert "Ditt svar hann inte fram och är inte med." in answer.text


@on_sqlite
@pytest.mark.parametrize(
    ("moment", "heading"),
    [
        ("2026-12-21 00:00", "Tävlingen har stängt"),
        ("2027-02-20 11:00", "Tävlingen har stängt"),
        ("2027-06-01 08:00", "Tävlingen är avgjord"),
    ],
)
def test_closed_contest_has_page_in_words(client, clock, moment, heading):
    clock.set(moment)
    page = client.get(ENTRY_URL)
    assert page.status_code == 200
    assert soup(page).h1.text == heading
    assert soup(page).select_one("main a[href='/2026/dragning']")


@on_sqlite
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_contest_is_locked_with_hatch(client, clock, method):
    clock.set("2026-12-09 23:59:59.999")
    answer = client.open(ENTRY_URL, method=method, data=filled())
    assert answer.status_code == 403
    assert "Lucka 10 är inte öppen ännu" in answer.text


@on_sqlite
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hatch_without_contest_has_no_form(client, method):
    assert client.open("/2026/lucka/9/tavla", method=method, data=filled()).status_code == 404


def test_an_entry_that_cannot_be_saved_is_never_thanked_for(enter, monkeypatch, stored):
    def broken(*_):
        raise OperationalError("INSERT", {}, Exception("disk full"))

    monkeypatch.setattr(store, "save_entries", broken)
    answer = enter()
    assert (answer.status_code, stored()) == (503, [])
    assert soup(answer).select_one("#fel strong").text == "inte"
    assert "Ditt svar är inte mottaget ännu." in soup(answer).select_one("#fel").text
    assert_everything_is_kept(answer)


@on_sqlite
def test_no_cache_keeps_forms_or_receipts(client, enter):
    for answer in (client.get(ENTRY_URL), enter(), enter(email="anna"), client.get("/2026/lucka/11/tavla")):
        assert answer.headers["Cache-Control"] == "no-store"


@on_sqlite
def test_no_visitor_gets_a_cookie(client, enter):
    public = ["/", "/2026/lucka/10", "/2026/lucka/11", ENTRY_URL, "/2026/dragning", "/2026/tavling/villkor", "/nej"]
    for answer in (*map(client.get, public), enter(), enter(email="anna")):
        assert "Set-Cookie" not in answer.headers


@on_sqlite
def test_rules_say_what_contest_says(client):
    page = soup(client.get("/2026/tavling/villkor")).main.text
    for part in ("Dubbdäck till cykeln", "värde 1\xa0500 kronor", "torsdag 10 december 2026 kl. 00.00", "fyllt 18 år"):
        assert part in page


@on_sqlite
def test_rules_are_locked_with_hatch(client, clock):
    clock.set("2026-12-09 23:59:59.999")
    assert client.get("/2026/tavling/villkor").status_code == 403

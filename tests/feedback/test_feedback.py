"""The form on the accessibility page: anyone may tell what does not work, and only organisers read it."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from sqlalchemy.exc import OperationalError

from app import feedback
from app.database import db
from app.feedback import KINDS, Feedback
from tests.conftest import on_sqlite, token_in

pytestmark = on_sqlite

PAGE = "/tillganglighet"
TOLD = {"kind": "hinder", "message": "Lucka 3 går inte att läsa."}
ADDRESS = "Skriv e-postadressen så här: namn@exempel.se, eller lämna fältet tomt."
TOO_OLD = "Formuläret har varit öppet för länge. Skicka det igen."


@pytest.fixture
def tell(client, clock):
    """Fill in the form as a person does: tell(message="…"); None leaves a field out."""

    def send(seconds=20, **changes):
        token = token_in(client.get(PAGE))
        clock.forward(seconds=seconds)
        fields = {name: value for name, value in (TOLD | changes).items() if value is not None}
        return client.post(PAGE, data=fields | {"token": token})

    return send


@pytest.fixture
def stored(app):
    def read():
        with app.app_context():
            rows = db.session.scalars(sa.select(Feedback).order_by(Feedback.id))
            return [(row.kind, row.message, row.reply_to, row.received_at) for row in rows]

    return read


def soup(page):
    return BeautifulSoup(page.text, "html.parser")


def test_whoever_tells_something_may_be_anonymous(tell, stored, client, clock):
    answer = tell()
    assert (answer.status_code, answer.location) == (303, "/tillganglighet/tack")
    assert "Tack, det är mottaget" in client.get(answer.location).text
    assert stored() == [("hinder", "Lucka 3 går inte att läsa.", None, clock.now())]


def test_whoever_wants_answer_leaves_address(tell, stored):
    assert tell(reply_to=" Gun@Example.se ").status_code == 303
    assert stored()[0][2] == "Gun@Example.se"


def test_one_can_ask_for_something_to_be_made_accessible(tell, stored, client):
    choices = [label.text for label in soup(client.get(PAGE)).select("fieldset label")]
    assert choices == [*KINDS.values()]
    assert tell(kind="begaran").status_code == 303
    assert stored()[0][0] == "begaran"


@pytest.mark.parametrize("message", ["Radbrytning\nfinns kvar 👩‍🦯", "x" * 4000])
def test_words_are_kept_as_written(tell, stored, message):
    assert tell(message=message).status_code == 303
    assert stored()[0][1] == message


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("kind", None, "Välj vad det gäller."),
        ("kind", "beröm", "Välj vad det gäller."),
        ("message", None, "Skriv vad det gäller, gärna vilken sida."),
        ("message", " \n ", "Skriv vad det gäller, gärna vilken sida."),
        ("message", "x" * 4001, "Korta texten till högst 4 000 tecken."),
        ("reply_to", "gun", ADDRESS),
        ("reply_to", "gun@", ADDRESS),
        ("reply_to", f"{'x' * 250}@example.se", "Adressen är för lång."),
        ("website", "https://", "Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär."),
    ],
)
def test_what_is_wrong_is_said_at_top_and_beside_field(tell, stored, field, typed, sentence):
    answer = tell(**{field: typed})
    page = soup(answer)
    assert (answer.status_code, stored()) == (422, [])
    assert page.title.text.startswith("Fel: ")
    assert [(link["href"], link.text) for link in page.select("#fel a")] == [(f"#{field}", sentence)]
    assert page.find(id=f"{field}-fel").text == f"Fel: {sentence}"


def assert_kept(answer):
    page = soup(answer)
    assert page.select_one("input[name=kind][checked]")["value"] == "hinder"
    assert page.textarea.text.strip() == "Lucka 3 går inte att läsa."
    assert page.select_one("#reply_to")["value"] == "gun@example.se"


def test_what_was_written_is_kept(tell):
    assert_kept(tell(reply_to="gun@example.se", website="x"))


def test_form_sent_faster_than_anyone_reads_comes_back_filled_in(tell, stored):
    answer = tell(seconds=1, reply_to="gun@example.se")
    assert (answer.status_code, stored()) == (422, [])
    assert "Vänta två sekunder och skicka igen." in answer.text
    assert_kept(answer)


def test_foreign_form_is_refused(client, stored):
    answer = client.post(PAGE, data=TOLD | {"token": "x"})
    assert (answer.status_code, TOO_OLD in answer.text, stored()) == (422, True, [])


def test_trap_is_hidden_from_people_until_it_was_filled_in(client, tell):
    assert soup(client.get(PAGE)).select_one(".trap").has_attr("hidden")
    assert not soup(tell(website="x")).select_one(".trap").has_attr("hidden")


def test_too_much_from_one_place_waits_with_everything_kept(tell, stored, client):
    for _ in range(20):
        tell()
    answer = tell(reply_to="gun@example.se")
    assert answer.status_code == 429
    assert "Det du skrev är inte mottaget ännu." in soup(answer).select_one("#fel").text
    assert_kept(answer)
    client.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert tell().status_code == 303
    assert len(stored()) == 21


def test_a_database_that_is_down_is_said_and_loses_nothing(tell, stored, monkeypatch, caplog):
    def down():
        raise OperationalError("INSERT", {}, Exception("down"), hide_parameters=True)

    with monkeypatch.context() as broken:
        broken.setattr(feedback, "begin_write", down)
        answer = tell(reply_to="gun@example.se")
    assert (answer.status_code, stored()) == (503, [])
    assert "Det du skrev är inte mottaget ännu. Försök igen om en stund." in soup(answer).select_one("#fel").text
    assert_kept(answer)
    assert "gun@" not in caplog.text
    assert "Lucka 3" not in caplog.text


def test_feedback_is_for_organisers_only(tell, client, organiser):
    tell(reply_to="gun@example.se", message="<b>Hej</b>")
    page = organiser.get("/admin/aterkoppling")
    assert "&lt;b&gt;Hej&lt;/b&gt;" in page.text
    assert 'href="mailto:gun@example.se"' in page.text
    for path in (PAGE, "/tillganglighet/tack", "/", "/admin/aterkoppling"):
        assert "gun@" not in client.get(path).text
    assert client.get("/admin/aterkoppling").status_code == 303


def test_organisers_read_newest_feedback_first(app, organiser, clock):
    with app.app_context():
        for number in range(53):
            row = Feedback(received_at=clock.now(), kind="annat", message=f"Nummer {number}.", reply_to=None)
            db.session.add(row)
            db.session.flush()
        db.session.commit()
    page = soup(organiser.get("/admin/aterkoppling"))
    assert [each.text for each in page.select(".as-written")] == [f"Nummer {n}." for n in range(52, 2, -1)]
    older = soup(organiser.get(page.find("a", string="Visa äldre")["href"]))
    assert [each.text for each in older.select(".as-written")] == ["Nummer 2.", "Nummer 1.", "Nummer 0."]


def test_no_cache_and_no_cookie(client, tell):
    for answer in (client.get(PAGE), tell(), tell(message=None), client.get("/tillganglighet/tack")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_form_needs_no_script(client):
    page = soup(client.get(PAGE))
    assert page.select_one("main form[method=post] button[type=submit]").text == "Skicka"
    assert page.select("main iframe, main img, main canvas") == []

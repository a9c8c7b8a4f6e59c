"""One's own entry, with code and address: to see, to take along, to take back; and nothing for whoever only guesses."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from app.draw.ranking import ranked
from bs4 import BeautifulSoup
from sqlalchemy.exc import OperationalError

from app.calendar.lookup import library
from app.contest import entries
from app.contest.models import Entry
from app.database import db
from app.draw import delivery
from app.draw.models import ListedTicket, Lock
from app.mail.models import OutboxMail
from app.privacy import erasure, own_entry
from app.privacy.views import UNKNOWN
from tests.conftest import ANNA, DRAW_AT, configured, on_sqlite, swedish, token_in
from tests.privacy.conftest import OWN, shown

TAKE_BACK = {"act": "aterkalla", "sure": "ja"}
GONE = "Bidraget är tillbakataget"
KEPT = "Allt du fyllde i finns kvar."


@pytest.fixture
def anna(accept):
    return accept("anna@example.se")


def soup(page):
    return BeautifulSoup(page.text, "html.parser")


def test_code_and_address_show_the_entry(anna, ask):
    page = ask(anna.code, "anna@example.se")
    assert page.status_code == 200
    words = shown(page)
    assert "Bidraget är mottaget." in words
    assert "E-postadress anna@example.se Svar 2030 Kommun Lerum" in words
    assert anna.ticket in words


@pytest.mark.parametrize("spelling", [str.lower, entries.grouped, lambda code: f" {code[:7]} {code[7:]}\n"])
def test_the_code_may_be_written_as_it_comes(anna, ask, spelling):
    assert ask(spelling(anna.code), "anna@example.se").status_code == 200


def test_letters_that_look_like_digits_are_read_as_those(app, contest, clock, ask):
    code = "0" * 13 + "1" * 13
    with app.app_context():
        row = {"ticket": entries.ticket(contest.id, code, "anna@example.se"), "receipt_code": code}
        row |= {"contest_id": contest.id, "email": "anna@example.se", "duplicate_key": "anna@example.se"}
        row |= {"answer": "2030", "municipality": "1441", "received_at": clock.now()}
        db.session.execute(sa.insert(Entry.__table__).values(row))
        db.session.commit()
    assert ask("O" * 13 + "I" * 13, "anna@example.se").status_code == 200
    assert ask("o" * 13 + "l" * 13, "anna@example.se").status_code == 200


@pytest.mark.parametrize("typed", ["ANNA@RÄKSMÖRGÅS.SE", " anna@xn--rksmrgs-5wao1o.se ", "anna@räksmörgås.se"])
def test_the_address_may_be_written_in_any_of_its_forms(accept, ask, typed):
    receipt = accept("anna@xn--rksmrgs-5wao1o.se")
    assert ask(receipt.code, typed).status_code == 200


def test_the_entry_is_taken_along_as_a_file(accept, ask):
    receipt = accept("anna@example.se", motivation="Jag åker buss.")
    answer = ask(receipt.code, "anna@example.se", act="hamta")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mitt-bidrag.json"'
    assert json.loads(answer.data) == {
        "tavling": "mjk-2026",
        "kalender": "Miljöjulkalendern 2026 – tema transporter",
        "kvittokod": entries.grouped(receipt.code),
        "lott": receipt.ticket,
        "e_post": "anna@example.se",
        "svar": "2030",
        "kommun": "Lerum",
        "motivering": "Jag åker buss.",
        "mottaget": "2026-12-10T08:00:00Z",
        "struket": None,
        "plats_i_dragningen": None,
    }


def assert_erased(entry):
    assert (entry.email, entry.receipt_code, entry.duplicate_key, entry.motivation) == (None,) * 4


def test_whoever_takes_back_before_locking_is_struck_and_forgotten(anna, ask, entry_of, acts, client, clock):
    clock.set("2026-12-10 10:00")
    page = ask(anna.code, "anna@example.se", **TAKE_BACK)
    assert (page.status_code, soup(page).h1.text) == (200, GONE)
    assert "Bidraget är struket." in page.text
    assert_erased(entry_of(anna.ticket))
    assert entry_of(anna.ticket).struck == "återkallad"
    assert acts() == ["bidrag", "struken"]
    clock.set("2026-12-11 08:00")
    assert f"{anna.ticket} struken" in client.get("/2026/dragning/lista.txt").text


def test_taking_back_wants_a_tick_and_says_so_beside_it(anna, ask, entry_of):
    page = ask(anna.code, "anna@example.se", act="aterkalla")
    assert page.status_code == 422
    assert soup(page).select_one("#fel a[href='#sure']").text.startswith("Kryssa i rutan")
    assert entry_of(anna.ticket).email == "anna@example.se"


def test_whoever_takes_back_after_locking_is_forgotten_but_the_list_stays(
    anna, accept, reach, ask, entry_of, acts, client
):
    accept("bo@example.se")
    reach("locked")
    listed = client.get("/2026/dragning/lista.txt").data
    page = ask(anna.code, "anna@example.se", **TAKE_BACK)
    assert "Lotten står kvar i den låsta listan, men ingen kan längre se att den är din." in page.text
    assert_erased(entry_of(anna.ticket))
    assert entry_of(anna.ticket).struck is None
    assert acts()[-1] == "aterkallad"
    assert client.get("/2026/dragning/lista.txt").data == listed


def test_after_the_draw_one_sees_ones_place_and_can_still_be_forgotten(accept, reach, app, contest, ask, entry_of):
    receipts = {
        receipt.ticket: (name, receipt) for name in ("anna", "bo") for receipt in [accept(f"{name}@example.se")]
    }
    reach("drawn")
    with app.app_context():
        places = [rank.ticket for rank in ranked(contest.id)]
    for place, ticket in enumerate(places, 1):
        name, receipt = receipts[ticket]
        assert f"fick plats {place}." in shown(ask(receipt.code, f"{name}@example.se"))
        assert json.loads(ask(receipt.code, f"{name}@example.se", act="hamta").data)["plats_i_dragningen"] == place
        assert ask(receipt.code, f"{name}@example.se", **TAKE_BACK).status_code == 200
        assert_erased(entry_of(ticket))


def test_a_confirmed_winner_reads_that_and_may_take_back_too(accept, reach, app, contest, ask, entry_of, client):
    receipts = {
        receipt.ticket: (name, receipt) for name in ("anna", "bo") for receipt in [accept(f"{name}@example.se")]
    }
    reach("finished")
    with app.app_context():
        winner = ranked(contest.id)[1].ticket
        name, receipt = receipts[winner]
    assert "Bidraget fick plats 2 i dragningen och har vunnit." in shown(ask(receipt.code, f"{name}@example.se"))
    protocol = client.get("/2026/dragning/protokoll.json").data
    assert ask(receipt.code, f"{name}@example.se", **TAKE_BACK).status_code == 200
    assert_erased(entry_of(winner))
    assert client.get("/2026/dragning/protokoll.json").data == protocol


def test_after_erasure_one_sees_what_is_left(anna, accept, reach, make_app, decided, clock):
    accept("bo@example.se")
    reach("finished")
    clock.set("2027-03-31 03:10")
    app = make_app(CALENDAR_CONTENT=decided)
    with app.app_context():
        assert erasure.erase_due(clock.now())
    client = app.test_client()
    fields = {"token": token_in(client.get(OWN)), "code": anna.code, "email": "anna@example.se"}
    page = client.post(OWN, data=fields)
    assert (page.status_code, "E-postadress raderad" in shown(page)) == (200, True)
    assert "anna@example.se" not in page.text
    assert client.post(OWN, data=fields | TAKE_BACK).status_code == 200


def test_taking_back_twice_is_done_once(anna, ask, acts):
    assert [ask(anna.code, "anna@example.se", **TAKE_BACK).status_code for _ in range(2)] == [200, 200]
    assert acts() == ["bidrag", "struken"]
    page = shown(ask(anna.code, "anna@example.se"))
    assert "Du har tagit tillbaka bidraget. Det är inte med i dragningen." in page
    assert "Ta tillbaka" not in page


def test_a_struck_entry_says_why_and_can_be_forgotten(anna, app, contest, ask, clock, entry_of, acts):
    with app.app_context():
        conduct.strike(contest, entry_of(anna.ticket).id, "anställd", clock.now())
    assert "Skäl: anställd." in shown(ask(anna.code, "anna@example.se"))
    ask(anna.code, "anna@example.se", **TAKE_BACK)
    assert (entry_of(anna.ticket).struck, entry_of(anna.ticket).email) == ("anställd", None)
    assert acts() == ["bidrag", "struken", "aterkallad"]


def together(*calls):
    """Makes the calls at the same moment, each in a thread of its own."""
    start = Barrier(len(calls))

    def go(call):
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as crowd:
        return [future.result() for future in [crowd.submit(go, call) for call in calls]]


def withdrawing(app, receipt, email, now):
    """Takes an entry back as a request of its own would."""

    def act():
        with app.app_context():
            found = own_entry.find(library().editions.values(), receipt.code, email)
            return own_entry.withdraw(found, now)

    return act


def test_two_withdrawals_at_the_same_time_are_one(accept, app, clock, acts):
    for name in ("anna", "bo", "cecilia", "david"):
        receipt = accept(f"{name}@example.se")
        together(*[withdrawing(app, receipt, f"{name}@example.se", clock.now())] * 2)
    assert acts().count("struken") == 4
    assert "aterkallad" not in acts()


def test_a_withdrawal_that_meets_the_locking_is_before_it_or_after_it(accept, app, contest, entry_of):
    receipts = {name: accept(f"{name}@example.se") for name in ("anna", "bo", "cecilia")}
    closed = swedish("2026-12-21 09:00")

    def lock():
        with app.app_context():
            conduct.lock(contest, "Regler.\n", DRAW_AT, PRACTICE, closed)

    was_locked, _ = together(withdrawing(app, receipts["anna"], "anna@example.se", closed), lock)
    anna = entry_of(receipts["anna"].ticket)
    assert_erased(anna)
    assert anna.struck == (None if was_locked else "återkallad")
    with app.app_context():
        listed = dict(db.session.execute(sa.select(ListedTicket.ticket, ListedTicket.counts)).all())
        assert listed == {
            receipt.ticket: receipt is not receipts["anna"] or was_locked for receipt in receipts.values()
        }
        proof = db.session.scalar(sa.select(Lock.proof))
    assert f"antal-med: {sum(listed.values())}" in proof


def test_the_next_entry_of_a_person_counts_when_the_first_is_taken_back(accept, app, ask, reach, entry_of):
    first, second, third = (accept(address) for address in ("anna@example.se", "anna+b@example.se", "anna@example.se"))
    ask(first.code, "anna@example.se", **TAKE_BACK)
    reach("locked")
    assert [entry_of(each.ticket).struck for each in (first, second, third)] == ["återkallad", None, "dubblett"]


def test_the_mails_about_an_entry_go_with_it(accept, app, ask):
    mine, other = (accept(f"{name}@example.se", at="2026-12-10 07:00") for name in ("anna", "bo"))
    with app.app_context():
        delivery.send_due()
        assert len([*delivery.folder().iterdir()]) == 2
    ask(mine.code, "anna@example.se", **TAKE_BACK)
    with app.app_context():
        [left] = delivery.folder().iterdir()
    assert other.ticket[:16] in left.name


def test_a_mail_that_has_not_gone_yet_never_goes(accept, app, ask):
    receipt = accept("anna@example.se", at="2026-12-10 07:00")
    ask(receipt.code, "anna@example.se", **TAKE_BACK)
    with app.app_context():
        assert delivery.send_due() == 0
        assert db.session.scalars(sa.select(OutboxMail.state)).all() == ["dropped"]


# Whoever guesses.


def without(page, *typed):
    """A page without its token and without what was typed."""
    text = re.sub(r'name="token" value="[^"]+"', "", page.text)
    for each in typed:
        text = text.replace(f'value="{each}"', 'value=""')
    return text


def test_nobody_learns_which_half_was_wrong(anna, accept, ask):
    bo = accept("bo@example.se")
    guesses = [
        ("7" * 26, "anna@example.se"),
        (anna.code, "ingen@example.se"),
        ("7" * 26, "ingen@example.se"),
        (bo.code, "anna@example.se"),
        (anna.code[:25], "anna@example.se"),
        ("åäö", "anna@example.se"),
        ("'; DROP TABLE entry; --", "anna@example.se"),
    ]
    answers = [(guess, ask(*guess)) for guess in guesses]
    assert {answer.status_code for _, answer in answers} == {422}
    typed = [(guess[0].replace("'", "&#39;"), guess[1]) for guess in guesses]
    assert len({without(answer, *each) for each, (_, answer) in zip(typed, answers, strict=True)}) == 1
    assert len({tuple(name for name, _ in answer.headers) for _, answer in answers}) == 1
    assert UNKNOWN in answers[0][1].text


def test_asking_to_take_along_or_back_tells_no_more(anna, ask):
    plain = without(ask("7" * 26, "anna@example.se"), "7" * 26)
    for fields in ({"act": "hamta"}, TAKE_BACK):
        answer = ask("7" * 26, "anna@example.se", **fields)
        assert (answer.status_code, without(answer, "7" * 26)) == (422, plain)


@on_sqlite
@pytest.mark.parametrize(
    ("code", "address", "field", "sentence"),
    [
        ("", "anna@example.se", "code", "Skriv koden från ditt kvitto."),
        ("  ", "anna@example.se", "code", "Skriv koden från ditt kvitto."),
        ("x" * 61, "anna@example.se", "code", "Koden är för lång."),
        ("7" * 26, "", "email", "Skriv e-postadressen så här: namn@exempel.se"),
        ("7" * 26, "anna", "email", "Skriv e-postadressen så här: namn@exempel.se"),
        ("7" * 26, "anna@..", "email", "Skriv e-postadressen så här: namn@exempel.se"),
        ("7" * 26, f"{'x' * 250}@example.se", "email", "Adressen är för lång."),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field_with_the_input_kept(ask, code, address, field, sentence):
    page = soup(ask(code, address))
    assert page.title.text.startswith("Fel: ")
    assert [(link["href"], link.text) for link in page.select("#fel a")] == [(f"#{field}", sentence)]
    assert page.find(id=f"{field}-fel").text == f"Fel: {sentence}"
    assert page.select_one("#email")["value"] == address
    assert page.select_one("#code")["value"] == code.strip()


@on_sqlite
def test_a_form_that_is_not_ours_shows_nothing(anna, client):
    answer = client.post(OWN, data={"code": anna.code, "email": "anna@example.se"})
    assert (answer.status_code, anna.ticket in answer.text) == (422, False)


@on_sqlite
def test_too_many_tries_wait_with_the_input_kept(anna, ask):
    for _ in range(30):
        ask("7" * 26, "anna@example.se")
    page = ask(anna.code, "anna@example.se")
    assert page.status_code == 429
    assert KEPT in page.text
    assert (soup(page).select_one("#code")["value"], anna.ticket in page.text) == (anna.code, False)


@on_sqlite
def test_everybody_together_has_a_limit_as_well(anna, ask, client):
    for number in range(40):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        answers = {ask("7" * 26, "anna@example.se").status_code for _ in range(30)}
    assert answers == {422}
    client.environ_base["REMOTE_ADDR"] = "192.0.2.99"
    assert ask(anna.code, "anna@example.se").status_code == 429


@pytest.mark.parametrize("step", ["find", "withdraw"])
def test_a_database_that_is_down_is_said_in_one_sentence_and_loses_nothing(
    anna, ask, entry_of, monkeypatch, step, caplog
):
    asked_for = {"email_1": ANNA["email"]}

    def down(*_):
        raise OperationalError("SELECT", asked_for, Exception("down"), hide_parameters=True)

    with monkeypatch.context() as broken:
        broken.setattr(own_entry, step, down)
        page = ask(anna.code, "anna@example.se", **TAKE_BACK)
    assert page.status_code == 503
    assert "Det du bad om är inte gjort ännu. Försök igen om en stund. Allt du fyllde i finns kvar." in shown(page)
    assert (soup(page).select_one("#code")["value"], soup(page).select_one("#email")["value"]) == (
        anna.code,
        "anna@example.se",
    )
    assert entry_of(anna.ticket).email == "anna@example.se"
    assert "anna@example.se" not in caplog.text
    assert anna.code not in caplog.text


@on_sqlite
def test_no_cache_keeps_any_of_it_and_no_address_shows_it(anna, ask, client):
    found = ask(anna.code, "anna@example.se")
    answers = [client.get(OWN), found, ask("7" * 26, "anna@example.se"), ask(anna.code, "anna@example.se", act="hamta")]
    answers += [ask(anna.code, "anna@example.se", **TAKE_BACK)]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Location" not in answer.headers
        assert "Set-Cookie" not in answer.headers
    for link in soup(found).select("[href], [src], form[action]"):
        assert anna.code not in str(link.attrs)
        assert "anna@" not in str({link.get("href"), link.get("src"), link.get("action")})


@on_sqlite
def test_what_stands_in_the_address_bar_is_not_read(anna, client):
    page = client.get(OWN, query_string={"code": anna.code, "email": "anna@example.se"})
    assert anna.code not in page.text


@on_sqlite
@configured(ENTRY_LIMIT="1000 per hour")
def test_nothing_of_it_is_logged(anna, ask, enter, caplog):
    caplog.set_level("DEBUG")
    enter(email="bo@example.se")
    enter(email="fel@")
    ask(anna.code, "anna@example.se")
    ask("7" * 26, "anna@example.se")
    ask(anna.code, "anna@example.se", **TAKE_BACK)
    for name in ("anna@", "bo@", "fel@", anna.code, entries.grouped(anna.code)):
        assert name not in caplog.text

"""The page of the draw: anchors, the value from a relay, attempts, names, two organisers, and buttons pressed twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.admin.models import Organiser
from app.database import db
from app.draw import rehearsal, relays
from tests.conftest import VALUE, configured, on_sqlite, signed_in, token_in

DRAW = "/admin/dragning"
ANCHOR = {"recipient": "Registrator, Lerums kommun", "sent_at": "2026-12-21T09:00", "reference": "KS 2026/123"}
CONTACT = {"place": "1", "how": "telefon", "tried_at": "2026-12-22T12:01"}
NAME = {"place": "2", "first_name": "Sigrid", "municipality": "1441", "consented_on": "2026-12-30", "agreed": "ja"}


@pytest.fixture
def cast(accept):
    for name in ("anna", "bo", "cecilia"):
        accept(f"{name}@example.se")


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def words(answer):
    return " ".join(soup(answer).main.text.split())


def faults(answer):
    assert answer.status_code in (422, 429)
    page = soup(answer)
    assert page.title.text.startswith("Fel: ")
    for link in page.select("#fel a"):
        assert page.find(id=link["href"][1:]), link
    return [each.text for each in page.select("#fel li")]


def post(client, address, fields):
    return client.post(address, data=fields | {"token": token_in(client.get(DRAW))})


@pytest.fixture
def send(organiser):
    return lambda act, **fields: post(organiser, f"{DRAW}/{act}", fields)


@on_sqlite
def test_the_page_says_how_short_the_lead_will_look(cast, reach, organiser, send, clock):
    reach("closed")
    assert "protokollet: ”Mellan låsning och dragning: 27 timmar.”" in words(organiser.get(DRAW))
    clock.set("2026-12-22 11:50")
    assert "10 minuter, kortare än ett dygn" in words(organiser.get(DRAW))
    assert "1 minut, kortare än ett dygn" in words(send("las", draw_at="2026-12-22T11:51"))


@on_sqlite
def test_the_letters_are_ready_once_the_list_is_locked(cast, reach, organiser):
    reach("closed")
    assert not soup(organiser.get(DRAW)).select("textarea")
    reach("locked")
    page = soup(organiser.get(DRAW))
    proof = page.find(id="till-registratorn").text
    assert "Dragningen görs: tisdag 22 december 2026 kl. 12.00" in proof
    assert "http://127.0.0.1:5000/2026/dragning" in page.find(id="till-kommuner").text


def test_an_anchor_is_noted_with_the_form(cast, reach, organiser, send, client):
    reach("locked")
    assert "Ingen förankring är antecknad ännu." in words(organiser.get(DRAW))
    assert send("forankra", **ANCHOR).status_code == 303
    assert "Registrator, Lerums kommun" in words(organiser.get(DRAW))
    assert "Registrator, Lerums kommun" in words(client.get("/2026/dragning"))


@on_sqlite
def test_an_anchor_that_will_not_do_is_said_beside_its_field(cast, reach, send):
    reach("locked")
    answer = send("forankra", recipient=" ", sent_at="i går", reference="")
    assert faults(answer) == ["Skriv vem som har fått den.", "Välj dag och klockslag.", "Skriv var den går att hitta."]
    answer = send("forankra", **ANCHOR | {"reference": "x" * 201, "recipient": "Registrator"})
    assert faults(answer) == ["Korta texten."]
    assert soup(answer).find(id="recipient")["value"] == "Registrator"
    assert soup(answer).find(id="reference").find_parent("details").has_attr("open")
    tomorrow = send("forankra", **ANCHOR | {"sent_at": "2026-12-21T09:01"})
    assert faults(tomorrow) == ["Tiden ska ligga efter att listan låstes, och inte i framtiden."]


def test_the_value_is_fetched_at_a_press(cast, reach, organiser, send, clock):
    reach("locked")
    assert faults(send("hamta")) == ["Slumptalet finns inte ännu. Vänta tills tiden för dragningen har kommit."]
    clock.set("2026-12-22 12:01")
    assert send("hamta").status_code == 303
    assert "Plats 1 är på tur" in words(organiser.get(DRAW))


@on_sqlite
@configured(DRAW_CHAIN=replace(rehearsal.CHAIN, hash="e1" * 32), DRAW_RELAYS=["http://127.0.0.1:9"])
def test_when_no_relay_answers_the_value_can_still_be_pasted(cast, reach, organiser, send, clock, monkeypatch):
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    clock.set("2026-12-22 12:01")
    monkeypatch.setattr(relays, "PATIENCE", 0.1)
    answer = send("hamta")
    assert faults(answer)[0].startswith("Ingen av källorna gav slumptalet just nu.")
    assert soup(answer).find(id="value").name == "textarea"
    assert send("slumptal", value=VALUE).status_code == 303


@on_sqlite
@configured(DRAW_CHAIN=replace(rehearsal.CHAIN, hash="e1" * 32), DRAW_RELAYS="")
def test_a_calendar_that_may_not_ask_anyone_has_no_button_for_it(cast, reach, organiser, send, clock):
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    clock.set("2026-12-22 12:01")
    assert [
        button.text for button in soup(organiser.get(DRAW)).select("#hamta ~ form button, #hamta ~ details button")
    ] == ["Gör dragningen"]


@on_sqlite
@configured(DRAW_LIMIT="2 per minute")
@pytest.mark.parametrize("act", ["slumptal", "hamta"])
def test_values_are_checked_a_few_times_a_minute(cast, reach, send, clock, act):
    reach("locked")
    for _ in range(2):
        assert send(act, value="{}").status_code == 422
    answer = send(act, value="{}")
    assert (answer.status_code, faults(answer)) == (
        429,
        ["Det blev många försök. Vänta en minut och försök igen."],
    )


def test_attempts_are_noted_and_listed(cast, reach, organiser, send):
    reach("drawn")
    assert send("kontakt", **CONTACT).status_code == 303
    assert "tisdag 22 december 2026 kl. 12.01: telefon" in words(organiser.get(DRAW))


@on_sqlite
def test_an_attempt_that_will_not_do_is_said_beside_its_field(cast, reach, send):
    reach("drawn")
    assert faults(send("kontakt", **CONTACT | {"tried_at": ""})) == ["Välj dag och klockslag."]
    assert faults(send("kontakt", **CONTACT | {"how": "brevduva"})) == ["Välj ett av sätten i listan."]
    assert faults(send("kontakt", **CONTACT | {"place": "2"})) == ["Plats 2 är redan avgjord. Nu gäller det plats 1."]
    assert len(faults(send("kontakt", **CONTACT | {"place": str(10**30)}))) == 1


@on_sqlite
def test_silence_is_no_reason_before_a_week_has_gone(cast, reach, organiser, send):
    reach("drawn")
    [sentence] = faults(send("avgor", place="1", verdict="svarar inte"))
    assert sentence.endswith("Inget försök är antecknat.")
    assert "Plats 1 är på tur" in words(organiser.get(DRAW))


@on_sqlite
def test_the_attempts_are_not_public(cast, reach, organiser, send, client):
    reach("drawn")
    send("kontakt", **CONTACT)
    assert "telefon" not in client.get("/2026/dragning").text


def test_a_winner_who_agrees_is_named_until_they_change_their_mind(cast, reach, organiser, send, client):
    reach("finished")
    assert "Sigrid" not in client.get("/2026/dragning").text
    assert send("namn", **NAME).status_code == 303
    assert "Sigrid, Lerum" in words(client.get("/2026/dragning"))
    assert "Sigrid" not in client.get("/2026/dragning/protokoll.json").text
    assert "Sigrid från Lerum visas för alla. Samtycke 30 december." in words(organiser.get(DRAW))
    assert send("namn/ta-bort", place="2").status_code == 303
    assert "Sigrid" not in client.get("/2026/dragning").text + organiser.get(DRAW).text


@on_sqlite
def test_nobody_is_named_without_having_agreed(cast, reach, organiser, send, client):
    reach("finished")
    assert not soup(organiser.get(DRAW)).find(id="agreed").has_attr("checked")
    answer = send("namn", **{name: value for name, value in NAME.items() if name != "agreed"})
    assert faults(answer) == ["Kryssa i att vinnaren har sagt ja. Annars får namnet inte visas."]
    assert soup(answer).find(id="first_name")["value"] == "Sigrid"
    assert faults(send("namn", **NAME | {"consented_on": "jul", "first_name": ""})) == [
        "Skriv vinnarens förnamn.",
        "Välj dag.",
    ]
    assert "Sigrid" not in client.get("/2026/dragning").text


@on_sqlite
def test_a_name_is_text_and_nothing_else(cast, reach, send, client):
    reach("finished")
    send("namn", **NAME | {"first_name": "<b>Sigrid</b>\n"})
    assert "&lt;b&gt;Sigrid&lt;/b&gt;, Lerum" in client.get("/2026/dragning").text


@on_sqlite
@pytest.mark.parametrize(
    ("act", "fields"),
    [("forankra", ANCHOR), ("kontakt", CONTACT), ("namn", NAME), ("namn/ta-bort", {"place": "1"})]
    + [("forslag", {"number": "1", "answer": answer}) for answer in ("ja", "nej")],
)
def test_an_act_out_of_its_turn_is_refused_in_words(cast, reach, send, act, fields):
    reach("closed")
    [sentence] = faults(send(act, **fields))
    assert sentence.endswith(".")


TWO = {"answer": "ja", "number": "1"}
BUTTONS = {
    "strike": ("closed", "/admin/bidrag/1/stryk", {"reason": "anställd"}),
    "lock": ("closed", f"{DRAW}/las", {"draw_at": "2026-12-22T12:00"}),
    "anchor": ("locked", f"{DRAW}/forankra", ANCHOR),
    "fetch": ("value", f"{DRAW}/hamta", {}),
    "paste": ("value", f"{DRAW}/slumptal", {"value": VALUE}),
    "contact": ("drawn", f"{DRAW}/kontakt", CONTACT),
    "letter": ("drawn", f"{DRAW}/brev", {"place": "1"}),
    "confirm": ("drawn", f"{DRAW}/avgor", {"place": "1", "verdict": "vinnare"}),
    "skip": ("drawn", f"{DRAW}/avgor", {"place": "1", "verdict": "tackar nej"}),
    "name": ("finished", f"{DRAW}/namn", NAME),
    "no name": ("named", f"{DRAW}/namn/ta-bort", {"place": "2"}),
    "rehearse": ("closed", f"{DRAW}/ova", {"number": "1"}),
}


def test_every_button_of_the_desk_is_tried(app):
    buttons = {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(DRAW) and "POST" in rule.methods}
    assert {address for _, address, _ in BUTTONS.values() if "bidrag" not in address} | {f"{DRAW}/forslag"} == buttons


def pressed_at_once(app, email_of, address, fields):
    """What two organisers, or one with two tabs, are answered when they press a button at the same instant."""
    clients = [signed_in(app, email) for email in email_of]
    tokens = [token_in(client.get(DRAW)) for client in clients]

    def press(pair):
        client, token = pair
        return client.post(address, data=fields | {"token": token})

    with ThreadPoolExecutor(2) as hands:
        return sorted(hands.map(press, zip(clients, tokens, strict=True)), key=lambda answer: answer.status_code)


@pytest.mark.parametrize("button", BUTTONS)
def test_of_two_who_press_a_button_at_once_one_acts_and_one_is_told(cast, reach, app, clock, send, button):
    state, address, fields = BUTTONS[button]
    reach({"value": "locked", "named": "finished"}.get(state, state))
    if state == "value":
        clock.set("2026-12-22 12:01")
    if state == "named":
        send("namn", **NAME)
    done, told = pressed_at_once(app, ("asta@example.se", "bea@example.se"), address, fields)
    assert done.status_code == 303
    [sentence] = faults(told)
    assert sentence.endswith(".")


@on_sqlite
@pytest.mark.parametrize("button", BUTTONS)
def test_no_button_works_from_elsewhere_or_for_someone_else(
    cast, reach, clock, organiser, other_organiser, client, send, button
):
    state, address, fields = BUTTONS[button]
    reach({"value": "locked", "named": "finished"}.get(state, state))
    if state == "value":
        clock.set("2026-12-22 12:01")
    if state == "named":
        send("namn", **NAME)
    before = words(organiser.get(DRAW)) + words(organiser.get("/admin/bidrag"))
    for token in (token_in(other_organiser.get(DRAW)), token_in(client.get("/admin/logga-in")), "", "x"):
        assert organiser.post(address, data=fields | {"token": token}).status_code == 422
    mine, elsewhere = token_in(organiser.get(DRAW)), {"Sec-Fetch-Site": "cross-site"}
    assert organiser.post(address, data=fields | {"token": mine}, headers=elsewhere).status_code == 403
    assert words(organiser.get(DRAW)) + words(organiser.get("/admin/bidrag")) == before


def test_two_organisers_lock_the_list_together(for_two, cast, reach, organiser, other_organiser, send, client, clock):
    reach("closed")
    assert send("las", draw_at="2026-12-22T12:00").status_code == 303
    mine, theirs = words(organiser.get(DRAW)), words(other_organiser.get(DRAW))
    assert "Ett förslag väntar på svar Lås listan, med dragning tisdag 22 december 2026 kl. 12.00." in theirs
    assert "Föreslaget av olle@example.se" in theirs
    assert ("Godkänn förslaget" in theirs, "Godkänn förslaget" in mine) == (True, False)
    own = send("forslag", **TWO)
    assert faults(own) == ["Du kan inte godkänna ditt eget förslag. Be en annan organisatör."]
    assert post(other_organiser, f"{DRAW}/forslag", TWO).status_code == 303
    page = words(client.get("/2026/dragning"))
    assert "Listan låstes måndag 21 december 2026 kl. 09.00, godkänt av två personer." in page
    assert "olle@" not in page + client.get("/2026/dragning/protokoll.json").text
    assert client.get("/2026/dragning/protokoll.json").json["godkant_av_tva"] == [{"akt": "last"}]


def test_two_organisers_pass_over_together(for_two, cast, reach, organiser, other_organiser, send, client, clock):
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    post(other_organiser, f"{DRAW}/forslag", TWO)
    clock.set("2026-12-22 12:01")
    send("hamta")
    assert send("avgor", place="1", verdict="tackar nej").status_code == 303
    assert "Gå vidare från plats 1. Skäl: tackar nej." in words(other_organiser.get(DRAW))
    assert "förbigången" not in words(client.get("/2026/dragning"))
    assert post(other_organiser, f"{DRAW}/forslag", {"answer": "ja", "number": "2"}).status_code == 303
    assert "förbigången: tackar nej, godkänt av två personer" in words(client.get("/2026/dragning"))
    assert send("avgor", place="2", verdict="vinnare").status_code == 303


@on_sqlite
def test_a_witness_approves_and_the_log_says_who_did_what(for_two, cast, reach, app, organiser, other_organiser, send):
    with app.app_context():
        db.session.execute(sa.update(Organiser).where(Organiser.email == "olga@example.se").values(role="witness"))
        db.session.commit()
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    assert post(other_organiser, f"{DRAW}/forslag", TWO).status_code == 303
    told = [
        [cell.text for cell in row.select("td")[1:]] for row in soup(organiser.get("/admin/logg")).select("tbody tr")
    ]
    assert told[:2] == [
        ["olga@example.se, vittne", "godkände ett förslag", "mjk-2026"],
        ["olle@example.se, administratör", "lade fram ett förslag", "mjk-2026"],
    ]


@on_sqlite
def test_a_proposal_can_be_said_no_to(for_two, cast, reach, organiser, other_organiser, send):
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    assert not soup(organiser.get(DRAW)).find(id="draw_at")
    post(other_organiser, f"{DRAW}/forslag", TWO | {"answer": "nej"})
    assert soup(organiser.get(DRAW)).find(id="draw_at")
    assert "Ett förslag" not in words(organiser.get(DRAW))


@on_sqlite
def test_an_organiser_on_their_own_is_told_what_is_missing(for_two, cast, reach, organiser, request):
    reach("closed")
    missing = "Den här tävlingen kräver två organisatörer, men det finns bara ett konto som kan godkänna."
    assert missing in words(organiser.get(DRAW))
    request.getfixturevalue("other_organiser")
    assert missing not in words(organiser.get(DRAW))


@pytest.mark.parametrize("answer", ["ja", "nej"])
def test_of_two_answers_to_a_proposal_one_counts(for_two, cast, reach, app, send, answer):
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    fields = TWO | {"answer": answer}
    done, told = pressed_at_once(app, ("asta@example.se", "bea@example.se"), f"{DRAW}/forslag", fields)
    assert (done.status_code, len(faults(told))) == (303, 1)


def test_of_two_proposals_at_once_one_waits(for_two, cast, reach, app):
    reach("closed")
    fields = {"draw_at": "2026-12-22T12:00"}
    done, told = pressed_at_once(app, ("asta@example.se", "bea@example.se"), f"{DRAW}/las", fields)
    assert (done.status_code, faults(told)) == (303, ["Det finns redan ett förslag som väntar på svar."])


@pytest.mark.parametrize("button", ["propose", "ja", "nej"])
def test_of_two_who_want_to_pass_over_at_once_one_is_told(
    for_two, cast, reach, app, clock, send, other_organiser, button
):
    reach("closed")
    send("las", draw_at="2026-12-22T12:00")
    post(other_organiser, f"{DRAW}/forslag", TWO)
    clock.set("2026-12-22 12:01")
    send("hamta")
    skip = {"place": "1", "verdict": "tackar nej"}
    address, fields = f"{DRAW}/avgor", skip
    if button != "propose":
        send("avgor", **skip)
        address, fields = f"{DRAW}/forslag", {"number": "2", "answer": button}
    done, told = pressed_at_once(app, ("asta@example.se", "bea@example.se"), address, fields)
    assert (done.status_code, len(faults(told))) == (303, 1)

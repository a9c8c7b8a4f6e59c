"""Asking, confirming and leaving, as a person or a mail program meets them."""

import re
import sqlite3

import pytest

from app.reminders import views
from tests.conftest import on_sqlite, token_in
from tests.reminders.conftest import PAGE

pytestmark = on_sqlite
ANNA = "anna@kommun.se"


def plain(arrival):
    return arrival[1].get_body(("plain",)).get_content().replace("\r\n", "\n")


def link(text, label):
    return re.search(rf"{label}:\nhttp://127\.0\.0\.1:5000(\S+)", text)[1]


def test_only_the_press_after_the_mail_makes_a_subscription(serve, client, ask, run_at, postmaster, rows):
    serve()
    assert ask(ANNA, hour=8, days="vardagar").location == "/paminnelse/tack"
    run_at("2026-11-20 08:01")
    (arrival,) = postmaster.arrived
    assert "måndag till fredag kl. 08" in plain(arrival)
    confirm = link(plain(arrival), "Bekräfta")
    page = client.get(confirm)
    assert "Ja, påminn mig" in page.text
    assert rows()[0].confirmed_at is None
    run_at("2026-12-01 09:00")
    assert len(postmaster.arrived) == 1


def test_pressed_button_stores_which_text_was_agreed_to_and_when(serve, client, ask, run_at, postmaster, rows):
    serve()
    ask(ANNA)
    run_at("2026-11-20 08:01")
    confirm = link(plain(postmaster.arrived[0]), "Bekräfta")
    done = client.post(confirm, data={"token": token_in(client.get(confirm))})
    assert done.status_code == 303
    assert "Klart, du blir påmind" in client.get(done.location).text
    (row,) = rows()
    assert (row.consent, str(row.confirmed_at)) == ("2026-1", "2026-11-20 07:01:00+00:00")


def test_a_request_is_good_for_seven_days_and_then_forgotten(serve, client, ask, run_at, postmaster, clock, rows):
    serve()
    ask(ANNA)
    run_at("2026-11-20 08:01")
    confirm = link(plain(postmaster.arrived[0]), "Bekräfta")
    clock.set("2026-11-27 08:00:19")
    assert client.get(confirm).status_code == 200
    clock.forward(seconds=1)
    assert client.get(confirm).status_code == 410
    run_at("2026-11-28 05:00")
    assert rows() == []


def test_an_address_gets_one_mail_to_confirm_with_a_day(serve, ask, run_at, postmaster):
    serve()
    for hour in (7, 8, 9):
        ask(ANNA, hour=hour)
        run_at("2026-11-20 08:01")
    assert postmaster.receivers == [ANNA]
    run_at("2026-11-21 08:00")
    ask(ANNA)
    run_at("2026-11-21 08:01")
    assert postmaster.receivers == [ANNA, ANNA]


@pytest.mark.parametrize(
    "written",
    [
        [f"anna+{number}@kommun.se" for number in range(8)],
        ["anna.berg@gmail.com", "annaberg+jul@gmail.com", "a.n.n.a.berg@googlemail.com", "Anna.Berg@Gmail.com"],
        ["_anna@kommun.se", "_anna+1@kommun.se"],
    ],
)
def test_a_mailbox_gets_one_mail_to_confirm_with_a_day(serve, ask, run_at, postmaster, written):
    serve()
    for day in (20, 21):
        run_at(f"2026-11-{day} 08:00")
        assert {ask(email, hour=8).location for email in written} == {"/paminnelse/tack"}
        run_at(f"2026-11-{day} 12:00")
        assert len(postmaster.receivers) == day - 19


def test_mailboxes_that_look_alike_are_asked_apart(serve, ask, run_at, postmaster):
    serve()
    written = ["anna.berg@kommun.se", "annaberg@kommun.se", "annaberg@gmail.com", "_nnaberg@kommun.se"]
    for email in written:
        ask(email)
    run_at("2026-11-20 12:00")
    assert sorted(postmaster.receivers) == sorted(written)


def test_page_answers_new_and_listed_address_the_same(ask, subscribe, client):
    subscribe(ANNA)
    answers = [ask(email) for email in (ANNA, "ny@kommun.se")]
    assert len({(answer.status_code, answer.location, answer.data) for answer in answers}) == 1


def test_another_hour_replaces_first_without_second_mail_that_day(
    serve, ask, subscribe, run_at, postmaster, client, rows
):
    serve()
    subscribe(ANNA, hour=7)
    run_at("2026-12-01 07:00")
    ask(ANNA, hour=12)
    run_at("2026-12-01 07:01")
    confirm = link(plain(postmaster.arrived[-1]), "Bekräfta")
    client.post(confirm, data={"token": token_in(client.get(confirm))})
    run_at("2026-12-01 12:00")
    assert [row.hour for row in rows()] == [12]
    assert len(postmaster.arrived) == 2
    run_at("2026-12-02 12:00")
    assert len(postmaster.arrived) == 3


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "", "Skriv din e-postadress, så här: namn@exempel.se"),
        ("email", "anna", "Skriv e-postadressen så här: namn@exempel.se"),
        ("hour", "3", "Välj ett klockslag mellan 06 och 20."),
        ("days", "x", "Välj varje dag, eller måndag till fredag."),
        ("website", "x", "Töm fältet ”Lämna tomt”."),
    ],
)
def test_fault_is_said_beside_its_field_and_rest_kept(client, clock, field, value, sentence):
    token = token_in(client.get(PAGE))
    clock.forward(seconds=20)
    fine = {"token": token, "email": ANNA, "hour": "8", "days": "alla"}
    answer = client.post(PAGE, data=fine | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert field == "email" or ANNA in answer.text


def test_too_many_from_one_place_are_asked_to_wait(ask, monkeypatch):
    monkeypatch.setattr(views, "EACH", "1 per hour")
    assert ask(ANNA).status_code == 303
    answer = ask("bo@kommun.se")
    assert answer.status_code == 429
    assert "bo@kommun.se" in answer.text


@pytest.mark.parametrize("moment", ["2026-12-24 00:00", "2027-01-08 08:00"])
def test_no_address_is_taken_when_no_reminder_is_to_come(client, clock, ask, moment, rows):
    token = token_in(client.get(PAGE))
    clock.set(moment)
    page = client.get(PAGE)
    assert "Just nu går det inte att få påminnelser med mejl" in page.text
    answer = client.post(PAGE, data={"token": token, "email": ANNA, "hour": "8", "days": "alla"})
    assert (answer.status_code, rows()) == (409, [])


def test_no_address_is_taken_before_organiser_says_who_they_are(share_app, content):
    file = content / "2026" / "edition.toml"
    file.write_text(file.read_text().replace('erasure_decision = "GR 2026-117"', 'erasure_decision = ""'))
    page = share_app(CALENDAR_CONTENT=content).test_client().get(PAGE)
    assert "Just nu går det inte att få påminnelser med mejl" in page.text
    assert "<form" not in page.text


def test_a_mail_programs_own_button_ends_it_from_another_site(client, subscribe, rows):
    key = subscribe(ANNA)
    answer = client.post(
        f"/paminnelse/avsluta/{key}",
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example.com", "Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status_code, rows()) == (200, [])


def test_opening_link_to_leave_ends_nothing_and_its_button_does(client, subscribe, rows):
    key = subscribe(ANNA)
    page = client.get(f"/paminnelse/avsluta/{key}")
    assert "Sluta få påminnelser?" in page.text
    assert len(rows()) == 1
    assert "Du får inga fler påminnelser" in client.post(f"/paminnelse/avsluta/{key}").text
    assert rows() == []


def test_wrong_key_gets_same_answers_as_right_one(client, subscribe):
    key = subscribe(ANNA)
    for method in (client.get, client.post):
        known, unknown = method(f"/paminnelse/avsluta/{key}"), method("/paminnelse/avsluta/x")
        assert (known.status_code, known.data) == (unknown.status_code, unknown.data)


def test_wrong_key_waits_for_no_one_who_writes(app, client, tmp_path):
    confirm = "/paminnelse/bekrafta/x"
    token = token_in(client.get(PAGE))
    with sqlite3.connect(tmp_path / "kalender.sqlite3", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert client.post("/paminnelse/avsluta/x").status_code == 200
        assert client.post(confirm, data={"token": token}).status_code == 410
        writer.execute("ROLLBACK")


def test_other_forms_still_refuse_other_sites(client):
    answer = client.post(PAGE, headers={"Origin": "https://mail.example.com"})
    assert answer.status_code == 403

"""Looking for one ticket, and turning over the pages of the ranking: on the public page, without script."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.audit import records
from app.contest import entries
from app.contest.models import Entry
from app.database import db, write
from app.draw import conduct, views
from app.draw.ranking import ranked
from app.draw.tickets import UnclearTicket, typed_ticket
from tests.conftest import on_sqlite, swedish

PAGE = "/2026/dragning"


@pytest.fixture
def cast(accept):
    """Seven people with a right answer, and Fel with a wrong one: receipts by name."""
    names = ("anna", "bo", "cecilia", "david", "eva", "fatima", "gustav")
    return {name: accept(f"{name}@example.se") for name in names} | {"fel": accept("fel@example.se", answer="2027")}


@pytest.fixture
def search(client):
    """What the page answers to whoever types this, and with which status."""

    def look(typed):
        answer = client.get(PAGE, query_string={"lott": typed})
        page = BeautifulSoup(answer.text, "html.parser")
        found = page.select("p.found, p.fault")
        assert len(found) == 1
        return answer.status_code, " ".join(found[0].text.split()).removeprefix("Fel: ")

    return look


def test_a_ticket_is_found_the_day_after_it_came(cast, search, clock):
    clock.set("2026-12-10 23:00")
    assert search(cast["anna"].ticket) == (200, "Ingen lista är klar ännu. Den första görs vid midnatt.")
    clock.set("2026-12-11 08:00")
    assert search(cast["anna"].ticket) == (200, "Lotten finns i listan.")


def test_a_ticket_of_today_is_not_in_the_list_yet(cast, search, accept, clock):
    clock.set("2026-12-12 08:00")
    today = accept("sen@example.se", at="2026-12-12 07:00")
    sentence = (
        "Ingen lott i listan börjar så. Listan är från midnatt: kom ditt bidrag in i dag finns lotten där i morgon."
    )
    assert search(today.ticket) == (200, sentence)


def test_eight_characters_are_enough_and_space_and_capitals_do_no_harm(cast, search, clock):
    clock.set("2026-12-11 08:00")
    ticket = cast["anna"].ticket
    for typed in (ticket[:8], f"  {ticket[:4]} {ticket[4:9]}\n", ticket.upper(), f"{ticket[:16]}…"):
        assert search(typed) == (200, "Lotten finns i listan.")


def test_a_struck_ticket_is_said_to_be_struck(cast, search, reach):
    reach("locked")
    assert search(cast["fel"].ticket) == (200, "Lotten är struken och är inte med i dragningen.")
    assert search(cast["anna"].ticket) == (200, "Lotten är med i dragningen.")


def test_a_ticket_struck_today_still_stands_in_the_list_of_midnight(cast, search, app, contest, clock):
    clock.set("2026-12-11 08:00")
    with app.app_context():
        number = db.session.scalar(sa.select(Entry.id).where(Entry.ticket == cast["bo"].ticket))
        conduct.strike(contest, number, "anställd", clock.now())
    assert search(cast["bo"].ticket) == (200, "Lotten finns i listan.")
    clock.set("2026-12-12 08:00")
    assert search(cast["bo"].ticket) == (200, "Lotten är struken och är inte med i dragningen.")


def test_a_ticket_that_is_not_in_the_locked_list_is_said_not_to_be(cast, search, reach):
    reach("locked")
    nobody = "Ingen lott i den låsta listan börjar så. Den är inte med i dragningen."
    assert search("0" * 64) == (200, nobody)


def test_after_the_draw_a_ticket_has_its_place_and_what_became_of_it(cast, search, reach, app, contest):
    reach("finished")
    with app.app_context():
        tickets = [rank.ticket for rank in ranked(contest.id)]
    assert [search(ticket)[1] for ticket in tickets[:3]] == [
        "Lotten har plats 1 av 7 och blev förbigången: svarar inte.",
        "Lotten har plats 2 av 7 och har vunnit.",
        "Lotten har plats 3 av 7.",
    ]
    assert search(cast["fel"].ticket)[1] == "Lotten är struken och är inte med i dragningen."


@pytest.mark.parametrize("state", ["open", "locked"])
def test_a_beginning_that_several_tickets_share_asks_for_more(contest, app, reach, search, state):
    with app.app_context():
        for last in "ab":
            _enter(contest, "12345678" + 55 * "0" + last)
    reach(state)
    assert search("12345678") == (422, "Flera lotter börjar så. Skriv några tecken till.")
    assert search("12345678" + 55 * "0" + "b")[0] == 200


def _enter(contest, ticket):
    write()
    values = {"contest_id": contest.id, "ticket": ticket, "duplicate_key": ticket, "answer": contest.answer}
    db.session.add(Entry(**values, municipality="1441", received_at=swedish("2026-12-10 09:00")))
    records.append(contest.id, "bidrag", swedish("2026-12-10 09:00"), lott=ticket)
    db.session.commit()


def test_a_ticket_of_another_contest_is_not_found(cast, contest, app, search, reach):
    with app.app_context():
        _enter(contest.model_copy(update={"id": "mjk-2025"}), "1" * 64)
    reach("open")
    assert search("1" * 64)[1].startswith("Ingen lott i listan börjar så.")


@on_sqlite
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Skriv din lott, eller de åtta första tecknen i den."),
        ("   ", "Skriv din lott, eller de åtta första tecknen i den."),
        ("abc1234", "Det är för kort. Skriv minst de åtta första tecknen i lotten."),
        ("…", "Det är för kort. Skriv minst de åtta första tecknen i lotten."),
        ("a" * 65, "Det är för långt. En lott har 64 tecken."),
        ("anna@example.se", "En lott har bara siffror och bokstäverna a till f. Kopiera den från ditt kvitto."),
        ("12345678%", "En lott har bara siffror och bokstäverna a till f. Kopiera den från ditt kvitto."),
        ("١٢٣٤٥٦٧٨", "En lott har bara siffror och bokstäverna a till f. Kopiera den från ditt kvitto."),
        ("<b>12345678", "En lott har bara siffror och bokstäverna a till f. Kopiera den från ditt kvitto."),
        ("\x00" * 9, "Skriv din lott, eller de åtta första tecknen i den."),
        (
            entries.grouped("0123456789ABCDEFGHJKMNPQRS"),
            "Det ser ut som en kvittokod. Behåll den för dig själv och sök på lotten i stället.",
        ),
    ],
)
def test_what_is_no_ticket_is_answered_with_one_sentence(cast, search, clock, typed, sentence):
    clock.set("2026-12-11 08:00")
    assert search(typed) == (422, sentence)


@on_sqlite
def test_what_was_typed_stays_in_the_field_and_the_title_says_that_it_is_wrong(cast, client, clock):
    clock.set("2026-12-11 08:00")
    page = BeautifulSoup(client.get(PAGE, query_string={"lott": 'fel">'}).text, "html.parser")
    field = page.select_one("#lott")
    assert (field["value"], field["aria-invalid"]) == ('fel">', "true")
    assert page.find(id="lott-fel").text.startswith("Fel: ")
    assert page.title.text.startswith("Fel: ")


@on_sqlite
def test_a_receipt_code_is_not_shown_again_on_the_page(cast, client, clock):
    clock.set("2026-12-11 08:00")
    code = cast["anna"].code
    assert code not in client.get(PAGE, query_string={"lott": code}).text


def test_a_whole_ticket_that_could_be_a_code_is_still_a_ticket():
    assert typed_ticket("1" * 64) == "1" * 64
    with pytest.raises(UnclearTicket, match="kvittokod"):
        typed_ticket("1" * 26)


@pytest.fixture
def three_at_a_time(monkeypatch):
    monkeypatch.setattr(views, "_SHOWN", 3)


def places(client, address):
    page = BeautifulSoup(client.get(address).text, "html.parser")
    rows = [[cell.text for cell in row.select("td")] for row in page.select("table.ranking tbody tr")]
    return [(int(place), ticket, outcome) for place, ticket, outcome in rows], {
        link.text: link["href"] for link in page.select(".pager a")
    }


def test_the_whole_ranking_can_be_read_page_by_page(cast, reach, client, three_at_a_time, app, contest):
    reach("finished")
    shown, steps = places(client, PAGE)
    assert "Föregående" not in steps
    while "Nästa" in steps:
        assert steps["Nästa"].endswith("#ordningen")
        more, steps = places(client, steps["Nästa"])
        shown += more
    with app.app_context():
        expected = [(rank.place, f"{rank.ticket[:16]}…") for rank in ranked(contest.id)]
    assert [(place, ticket) for place, ticket, _ in shown] == expected
    assert [outcome for _, _, outcome in shown[:3]] == ["förbigången: svarar inte", "vinnare", ""]
    assert places(client, steps["Föregående"])[0] == shown[3:6]


@on_sqlite
def test_the_page_says_which_places_it_shows(cast, reach, client, three_at_a_time):
    reach("drawn")
    assert "Plats 4 till 6 av 7." in client.get(f"{PAGE}?fran=4").text


@on_sqlite
def test_a_place_after_the_last_one_says_where_the_ranking_ends(cast, reach, client):
    reach("drawn")
    for place in ("8", "99999999999999999999"):
        assert "Ordningen slutar på plats 7." in client.get(f"{PAGE}?fran={place}").text


@on_sqlite
@pytest.mark.parametrize("place", ["0", "-5", "abc", "", "1e3"])
def test_a_place_that_cannot_be_is_taken_for_the_first(cast, reach, client, place):
    reach("drawn")
    assert places(client, f"{PAGE}?fran={place}")[0][0][0] == 1


@on_sqlite
def test_a_list_without_tickets_has_an_empty_ranking(reach, client):
    reach("drawn")
    assert "Inga lotter var med i dragningen." in client.get(PAGE).text


@on_sqlite
def test_a_ticket_that_was_found_leads_to_its_place(cast, reach, client):
    reach("drawn")
    page = BeautifulSoup(client.get(f"{PAGE}?lott={cast['eva'].ticket}").text, "html.parser")
    first, _ = places(client, page.select_one("p.found a")["href"])
    assert first[0][1] == f"{cast['eva'].ticket[:16]}…"

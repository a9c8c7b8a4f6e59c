"""The page of a draw for people: one headline for each state, and a search that leaves no trace in an address."""

import pytest
from bs4 import BeautifulSoup

from app.draw import winners
from tests.conftest import ENTRY_URL, on_sqlite, swedish

pytestmark = on_sqlite
PAGE = "/2026/dragning"


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


@pytest.fixture
def ticket(accept):
    """A ticket among some."""
    anna, *_ = [accept(f"{name}@example.se").ticket for name in ("anna", "bo", "cecilia")]
    return anna


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("open", "Tävlingen är öppen"),
        ("closed", "Tävlingen har stängt"),
        ("locked", "Snart lottas vinnaren"),
        ("drawn", "Vinnaren är lottad"),
        ("contact", "Vi väntar på vinnarens svar"),
        ("finished", "Vinnaren är klar"),
    ],
)
def test_each_state_has_one_headline(ticket, client, reach, state, headline):
    reach(state)
    page = soup(client.get(PAGE))
    assert [h1.text for h1 in page.select("h1")] == [headline]
    assert headline in page.title.text


def test_missing_value_is_said(ticket, client, reach, clock):
    reach("locked")
    clock.set("2026-12-22 12:30")
    assert soup(client.get(PAGE)).h1.text == "Slumptalet dröjer"


def told_on_the_calendar(client):
    """What the calendar's own page says of the contest."""
    return " ".join(soup(client.get("/")).select_one("section[aria-labelledby=tavling]").text.split())


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("closed", "Tävlingen har stängt Tack för alla svar. Vinnaren lottas tisdag 22 december 2026"),
        ("locked", "Snart lottas vinnaren Slumptalet som avgör kommer tisdag 22 december 2026"),
        ("drawn", "Vinnaren är lottad Vinnaren lottades öppet"),
        ("finished", "Vinnaren är klar"),
    ],
)
def test_the_calendar_says_how_far_the_contest_has_come(ticket, client, reach, state, told):
    reach(state)
    assert told_on_the_calendar(client).startswith(told)


def test_the_calendar_says_that_the_value_is_late(ticket, client, clock, reach):
    reach("locked")
    client.get("/")
    clock.set("2026-12-22 12:00")
    assert told_on_the_calendar(client).startswith("Slumptalet dröjer Det skulle ha kommit tisdag 22 december 2026")


@pytest.mark.parametrize("day", ["22 12:00", "24 08:00", "31 08:00"])
@pytest.mark.parametrize(
    ("state", "told"),
    [("closed", "Dragningen dröjer Tack för alla svar. Vinnaren skulle ha lottats"), ("locked", "Slumptalet dröjer")],
)
def test_no_page_promises_what_should_have_been(ticket, client, clock, reach, state, told, day):
    reach(state)
    client.get("/")
    clock.set(f"2026-12-{day}")
    page = soup(client.get(PAGE))
    assert told_on_the_calendar(client).startswith(told)
    assert told.startswith(page.h1.text)
    for said in (told_on_the_calendar(client), " ".join(page.main.text.split())):
        assert not [word for word in ("lottas tis", "kommer tis", "låses tis", "sker tis") if word in said]
        assert "varje minut" not in said


@pytest.mark.parametrize(("path", "form"), [("/", "/2026/lucka/10/tavla"), ("/en/", "/en/2026/hatch/10/enter")])
def test_the_calendar_leads_to_the_form(client, path, form):
    section = soup(client.get(path)).select_one("section[aria-labelledby=tavling]")
    assert [link["href"] for link in section.select("a.button")] == [form]


def test_contest_that_opens_late_is_not_said_to_be_open(share_app, clock):
    clock.set("2026-12-09 08:00")
    client = share_app().test_client()
    clock.set("2026-12-11 08:00")
    assert told_on_the_calendar(client).startswith("Tävlingen öppnar strax")


def test_contest_that_never_opened_is_over(share_app, clock):
    clock.set("2026-12-09 08:00")
    client = share_app().test_client()
    clock.set("2026-12-21 08:00")
    over = "Tiden gick ut innan tävlingen kunde öppna. Det blir ingen dragning."
    assert told_on_the_calendar(client).endswith(over)
    for address in (PAGE, ENTRY_URL, "/2026/tavling/villkor"):
        assert soup(client.get(address)).select_one(".lead").text.strip() == over
    assert soup(client.get("/2026/lucka/10")).select_one(".contest-call p").text == over


def test_calendar_names_winner_for_as_long_as_winner_lets_it(ticket, app, client, clock, contest, reach):
    reach("finished")
    client.get("/")
    with app.app_context():
        winners.publish_name(contest, 2, winners.Named("Maja", "1441", clock.now().date()), clock.now())
    assert told_on_the_calendar(client).startswith("Grattis Maja i Lerum!")
    with app.app_context():
        winners.withdraw_name(contest, 2)
    assert "Maja" not in client.get("/").text


def test_a_named_winner_is_congratulated(ticket, app, client, reach, contest, clock):
    reach("finished")
    with app.app_context():
        winners.publish_name(contest, 2, winners.Named("Maja", "1441", swedish("2026-12-30").date()), clock.now())
    assert soup(client.get(PAGE)).h1.text == "Grattis Maja i Lerum!"


def test_organisers_see_what_the_winner_said_yes_to(ticket, app, organiser, reach, contest, clock):
    reach("finished")
    with app.app_context():
        winners.publish_name(contest, 2, winners.Named("Maja", "1441", swedish("2026-12-30").date()), clock.now())
    assert "du kan ta tillbaka ditt ja när som helst." in " ".join(
        soup(organiser.get("/admin/dragning")).main.text.split()
    )


def test_what_is_for_checking_lies_folded_below_people(ticket, client, reach):
    reach("finished")
    folded = soup(client.get(PAGE)).select_one("#kontrollera")
    assert "open" not in folded.attrs
    page = soup(client.get(PAGE))
    page.select_one("#kontrollera").extract()
    assert not [text for text in page.main.stripped_strings if len(text) == 64]


def test_ticket_is_looked_for_by_post(ticket, client, reach):
    reach("drawn")
    answer = client.post(PAGE, data={"lott": f" {ticket[:12].upper()} "})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Lotten har plats" in " ".join(soup(answer).select_one(".found").text.split())
    assert soup(client.get(PAGE, query_string={"lott": ticket})).select_one(".found") is None


@pytest.mark.parametrize("typed", ["", "hej", "0123", "x" * 200, "\0"])
def test_wrong_ticket_is_told_beside_its_field(ticket, client, reach, typed):
    reach("locked")
    answer = client.post(PAGE, data={"lott": typed})
    assert answer.status_code == 422
    assert soup(answer).select_one("#lott-fel").text.startswith("Fel: ")


def test_unknown_ticket_is_said(ticket, client, reach):
    reach("locked")
    answer = client.post(PAGE, data={"lott": "0" * 12})
    assert "Ingen lott i den låsta listan börjar så." in soup(answer).select_one(".found").text


def test_every_prize_is_named_as_called(make_app, content):
    file = content / "2026" / "10" / "hatch.md"
    more = '[[contest.prizes]]\ntitle = "%s"\nvalue = 500\ncount = %d\n\n'
    prizes = more % ("SJ-biljett till Skövde", 1) + more % ("Liseberg för två", 3)
    file.write_text(file.read_text("utf-8").replace("[[contest.prizes]]", f"{prizes}[[contest.prizes]]", 1), "utf-8")
    visitor = make_app(CALENDAR_CONTENT=content).test_client()
    for page in ("/", "/2026/lucka/10", "/2026/lucka/10/tavla", PAGE):
        told = "Vinster: SJ-biljett till Skövde; 3 st Liseberg för två; Dubbdäck till cykeln"
        assert told in " ".join(soup(visitor.get(page)).main.text.split()), page

"""The pages on personal data and cookies say what the calendar does, with what the organiser has filled in."""

import pytest
from bs4 import BeautifulSoup

from tests.conftest import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def changed(share_app, content):
    """The page on personal data after an edit of edition.toml: changed('kind = "myndighet"', 'kind = "förening"')."""

    def words(old, new):
        file = content / "2026" / "edition.toml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        return read(share_app(CALENDAR_CONTENT=content).test_client(), "/personuppgifter")

    return words


def read(client, path):
    return " ".join(BeautifulSoup(client.get(path).text, "html.parser").main.text.split())


def test_authority_tells_of_public_documents_and_association_does_not(client, changed):
    told = "Svaren är allmänna handlingar"
    assert told in read(client, "/personuppgifter")
    assert told not in changed('kind = "myndighet"', 'kind = "förening"')


def test_the_decision_to_erase_is_named_once_there_is_one(client, changed):
    assert "Raderingen sker enligt arrangörens beslut om gallring (GR 2026-117)." in read(client, "/personuppgifter")
    page = changed('erasure_decision = "GR 2026-117"', 'erasure_decision = ""')
    assert "Raderingen sker enligt arrangörens beslut om gallring." in page


def test_time_is_that_of_contest(share_app, content):
    file = content / "2026" / "10" / "hatch.md"
    file.write_text(file.read_text().replace("keep_days = 90", "keep_days = 30"))
    client = share_app(CALENDAR_CONTENT=content).test_client()
    assert "raderas 30 dagar efter att den sista vinsten är utdelad" in read(client, "/personuppgifter")
    assert "Uppgifterna raderas 30 dagar efter" in read(client, "/2026/lucka/10/tavla")
    assert "Uppgifterna raderas 30 dagar efter" in read(client, "/2026/tavling/villkor")


def test_motivation_is_told_of_only_where_one_is_asked_for(make_app, content):
    assert "motivering" not in read(make_app(opened=False).test_client(), "/personuppgifter")
    file = content / "2026" / "10" / "hatch.md"
    file.write_text(file.read_text().replace("ask_motivation = false", "ask_motivation = true"))
    page = read(make_app(CALENDAR_CONTENT=content).test_client(), "/personuppgifter")
    assert "Ditt svar och din motivering" in page
    assert "koder, motiveringar och kvitton raderas" in page


def test_typed_words_are_shown_as_text(changed, share_app, content):
    changed("recipients = ", 'recipients = "<script>alert(1)</script>" # ')
    assert "<script>alert" not in share_app(CALENDAR_CONTENT=content).test_client().get("/personuppgifter").text


def test_calendar_runs_with_notice_where_there_is_no_contest(share_app, content):
    file = content / "2026" / "10" / "hatch.md"
    before, _, after = file.read_text().partition("[contest]")
    file.write_text(before + "+++" + after.partition("+++")[2])
    client = share_app(CALENDAR_CONTENT=content).test_client()
    for path in ("/personuppgifter", "/kakor", "/tillganglighet", "/mitt-svar"):
        assert client.get(path).status_code == 200


def test_notices_are_same_for_everybody_and_may_be_kept(client):
    for path in ("/personuppgifter", "/kakor"):
        assert client.get(path).headers["Cache-Control"].startswith("public, max-age=60")


def test_form_says_shortly_what_happens_and_where_to_read_more(client):
    words = read(client, "/2026/lucka/10/tavla")
    assert "är personuppgiftsansvarig" in words
    assert "Vi ber aldrig om kortuppgifter, BankID eller betalning." in words
    assert "så kontaktar vi vinnaren" in words.lower()


def test_every_page_leads_to_the_notices(client):
    for path in ("/", "/2026/lucka/9", "/mitt-svar", "/finns-inte"):
        links = {link["href"] for link in BeautifulSoup(client.get(path).text, "html.parser").select("footer a")}
        assert {"/personuppgifter", "/kakor", "/mitt-svar", "/tillganglighet"} <= links

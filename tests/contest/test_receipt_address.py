"""The page of thanks says where the mail goes, to the sender alone."""

from bs4 import BeautifulSoup

from tests.conftest import ENTRY_URL, on_sqlite


@on_sqlite
def test_slip_in_address_is_seen_at_once_by_sender_only(enter, client):
    answer = enter(email="anna@gmial.com")
    told = BeautifulSoup(answer.text, "html.parser").find("dt", string="Din e-postadress")
    assert told.find_next_sibling("dd").text.strip() == "anna@gmial.com"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "gmial" not in client.get(ENTRY_URL).text

"""What was being written in the editor when the sign-in ended: it comes back, and can be saved."""

import secrets

import pytest

from tests.admin.conftest import SIGN_IN
from tests.conftest import on_sqlite
from tests.editing.conftest import fields, hatch_text, soup, words

pytestmark = on_sqlite
HATCH, TEXTS = "/admin/redigera/lucka/3", "/admin/redigera/texter"


@pytest.fixture
def app(share_app, content, clock):
    clock.set("2026-11-20 08:00")
    return share_app(CALENDAR_CONTENT=content)


@pytest.fixture
def olga(account, come_in):
    """A signed-in editor; `olga.secret` is what her app has."""
    _, secret = account(role="editor")
    browser = come_in(secret)
    browser.secret = secret
    return browser


@pytest.fixture
def send_late(olga, clock):
    """Fill a page of the editor in, and sends it when the sign-in has ended."""

    def send(address, **changes):
        sent = fields(olga.get(address)) | changes
        clock.forward(hours=2)
        return olga.post(address, data=sent)

    return send


def resumed(olga, come_in, late):
    """The page after signing in again."""
    kept = soup(late).select_one("#code").find_parent("form").select_one("[name=kept]")["value"]
    return come_in(olga.secret, browser=olga, kept=kept).answer


def test_hatch_sent_too_late_returns_after_sign_in_and_saves(olga, come_in, send_late, content):
    before = hatch_text(content)
    late = send_late(HATCH, title="Skriven för sent å", tip="Ett stycke.\n\nTvå **stycken**.")
    assert late.status_code == 401
    assert "Logga in, så kan du skicka det du skrev." in words(late)
    again = resumed(olga, come_in, late)
    assert hatch_text(content) == before
    assert "Inget av det är sparat ännu." in words(again)
    form = soup(again).main.form
    saved = olga.post(form["action"], data=fields(again))
    assert (saved.status_code, saved.location) == (303, f"{HATCH}?ar=2026&klart=sparat")
    assert 'title = "Skriven för sent å"' in hatch_text(content)
    assert hatch_text(content).endswith("Två **stycken**.\n")


def test_faulty_form_comes_back(olga, come_in, send_late):
    again = resumed(olga, come_in, send_late(HATCH, title="", summary="Behåll mig"))
    form = olga.post(soup(again).main.form["action"], data=fields(again))
    assert form.status_code == 422
    assert fields(form)["summary"] == "Behåll mig"


def test_change_made_meanwhile_is_not_overwritten(olga, account, come_in, send_late, clock, content):
    late = send_late(HATCH, title="Olgas")
    _, secret = account("eva@example.se", "editor")
    eva = come_in(secret, "eva@example.se")
    assert eva.post(HATCH, data=fields(eva.get(HATCH)) | {"title": "Evas"}).status_code == 303
    again = resumed(olga, come_in, late)
    assert olga.post(HATCH, data=fields(again)).status_code == 409
    assert 'title = "Evas"' in hatch_text(content)


def test_long_texts_come_along_too(olga, come_in, send_late, content):
    """Three texts that are together more than a usual form may be."""
    prose = " ".join(f"Åk tåg {number} gånger, så slipper du köa på bron över älven." for number in range(330))
    late = send_late(TEXTS, before=prose, after=prose, about=prose)
    again = resumed(olga, come_in, late)
    assert olga.post(TEXTS, data=fields(again)).status_code == 303
    assert (content / "2026" / "edition.toml").read_text().count("Åk tåg 329 gånger") == 3


@pytest.mark.parametrize("length", [40_000, 600_000])
def test_what_is_too_much_to_carry_is_said(send_late, length):
    late = send_late(TEXTS, before=secrets.token_urlsafe(length))
    assert late.status_code == 401
    assert "var för långt för att tas med hit. Gå bakåt i webbläsaren, kopiera texten" in words(late)
    assert soup(late).select_one("[name=kept]")["value"] == ""


def test_whoever_never_was_signed_in_just_gets_the_way_in(client):
    assert client.post(HATCH, data={"title": "Nej"}).location == SIGN_IN

"""A kommunredaktör writes one municipality's page and reaches nothing else; an administrator writes all of them."""

import re

import pytest

from app.admin.accounts.forms import CHOOSE_MUNICIPALITY
from app.admin.accounts.models import AdminUser
from app.admin.accounts.sessions import accept_invitation
from app.admin.users import INVITE
from app.database import db
from tests.conftest import on_sqlite
from tests.editing.conftest import faults, fields, soup, words

pytestmark = on_sqlite
PAGE = "/admin/kommun"
LINE = {"lines-0-number": "7", "lines-0-text": "Dubbdäck är dumt hos oss.", "lines-0-source": "https://lerum.se/dubb"}


@pytest.fixture
def app(share_app, content, clock):
    clock.set("2026-12-09 08:00")
    return share_app(CALENDAR_CONTENT=content)


@pytest.fixture
def file(content):
    return content / "2026" / "kommuner" / "lerum.toml"


@pytest.fixture
def write(lerums):
    """Send the own page with some fields changed."""
    return lambda **changes: lerums.post(PAGE, data=fields(lerums.get(PAGE)) | changes)


def test_the_way_in_leads_to_the_own_page(lerums):
    assert lerums.get("/admin/").location == PAGE
    assert soup(lerums.get(PAGE)).h1.text == "Lerum i kalendern"


def test_no_other_municipality_is_reached(lerums, content):
    before = {path: path.read_bytes() for path in (content / "2026").rglob("*") if path.is_file()}
    sent = fields(lerums.get(PAGE)) | {"greeting": "Hej från grannen!"}
    for address in ("/admin/kommun/ale", "/admin/kommun/lerum", "/admin/kommuner", "/admin/redigera/texter"):
        assert lerums.get(address).status_code == 403, address
        assert lerums.post(address, data=sent).status_code in (403, 405), address
    assert {path: path.read_bytes() for path in (content / "2026").rglob("*") if path.is_file()} == before


def test_what_is_saved_shows_on_the_page(write, client, file):
    answer = write(
        greeting="Hej från Lerum!",
        website="www.lerum.se/jul",
        contact="miljo@lerum.se",
        **{"links-cykelkarta": "https://www.lerum.se/karta"},
        **LINE,
    )
    assert answer.location == f"{PAGE}?ar=2026&klart=sparat"
    text = file.read_text("utf-8")
    assert "# En hälsning till era invånare. Kommunen skriver den själv." in text
    assert '07 = "Dubbdäck är dumt hos oss."' in text.replace('"07"', "07")
    page = words(client.get("/kommun/lerum"))
    assert "Hej från Lerum!" in page
    assert "Cykelkarta" in page
    assert "Dubbdäck är dumt hos oss. Källa: lerum.se." in page
    assert "Dubbdäck är dumt hos oss." in words(client.get("/2026/lucka/7"))


def test_a_line_that_is_taken_out_goes(write, file):
    write(**LINE)
    assert "Dubbdäck" in file.read_text("utf-8")
    write(**dict.fromkeys(LINE, ""))
    assert "Dubbdäck" not in file.read_text("utf-8")


def test_a_line_for_a_locked_hatch_waits(write, client, clock):
    write(**LINE | {"lines-0-number": "10"})
    for address in ("/kommun/lerum", "/2026/lucka/10"):
        assert "Dubbdäck är dumt" not in client.get(address).text
    clock.set("2026-12-10 00:00")
    for address in ("/kommun/lerum", "/2026/lucka/10"):
        assert "Dubbdäck är dumt" in client.get(address).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"links-tomgang": "hej"}, "Regler för tomgång: ska vara en webbadress som börjar med https://"),
        ({"contact": "eva"}, "E-postadress för frågor: ska vara en e-postadress"),
        ({"greeting": "x" * 1001}, "Hälsning: är för långt; högst 1000 tecken"),
        (LINE | {"lines-0-source": "ingen"}, "Rad 1, källans webbadress: ska vara en webbadress som börjar med"),
        (LINE | {"lines-0-source": ""}, "Rad 1, källans webbadress: saknas"),
        (LINE | {"lines-0-text": ""}, "Rad 1, vad ni berättar: saknas"),
        (LINE | {"lines-0-number": "25"}, "Rad 1, luckans nummer: ”25” är ingen lucka; skriv ett tal från 1 till 24"),
        (LINE | {"lines-0-number": ""}, "Rad 1, luckans nummer: saknas; skriv ett tal från 1 till 24"),
    ],
)
def test_wrong_input_is_kept_and_told(write, file, changes, sentence):
    before = file.read_bytes()
    answer = write(**changes)
    assert answer.status_code == 422
    [told] = faults(answer)
    assert told.startswith(sentence)
    assert file.read_bytes() == before
    assert {name: fields(answer)[name] for name in changes} == changes


def test_two_lines_for_a_hatch_are_refused(write, file):
    before = file.read_bytes()
    second = {name.replace("0", "1", 1): value for name, value in LINE.items()} | {"lines-1-number": "07"}
    answer = write(**LINE, **second)
    assert faults(answer) == ["Två rader är för lucka 7. Skriv ihop dem till en."]
    assert fields(answer)["lines-1-text"] == LINE["lines-0-text"]
    assert file.read_bytes() == before


def test_a_row_is_added_and_taken_away(write):
    assert "lines-0-text" in fields(write(act="lines+"))
    assert "lines-0-text" not in fields(write(**LINE, act="lines-1"))


def test_another_change_in_between_is_shown(lerums, organiser, file):
    sent = fields(lerums.get(PAGE))
    theirs = organiser.get("/admin/kommun/lerum")
    assert organiser.post("/admin/kommun/lerum", data=fields(theirs) | {"greeting": "Först!"}).status_code == 303
    answer = lerums.post(PAGE, data=sent | {"greeting": "Sedan!"})
    assert answer.status_code == 409
    assert "ändrade kommunens sida" in words(answer)
    assert fields(answer)["greeting"] == "Sedan!"
    assert 'greeting = "Först!"' in file.read_text("utf-8")


def test_an_administrator_edits_all(organiser, content):
    ways = [link["href"] for link in soup(organiser.get("/admin/kommuner")).select("main .list a")]
    assert len(ways) == 50
    answer = organiser.post(ways[0], data=fields(organiser.get(ways[0])) | {"greeting": "Hej från Ale!"})
    assert answer.location == "/admin/kommun/ale?ar=2026&klart=sparat"
    assert 'greeting = "Hej från Ale!"' in (content / "2026" / "kommuner" / "ale.toml").read_text("utf-8")


def invite(organiser, **changes):
    sent = fields(organiser.get("/admin/konton"))
    token = re.search(r'name="token" value="([^"]+)"', organiser.get("/admin/konton").text)[1]
    return organiser.post("/admin/konton", data=sent | {"token": token} | changes)


def test_an_invitation_names_the_municipality(app, organiser, clock, monkeypatch):
    answer = invite(organiser, email="eva@lerum.se", role="municipality", municipality="lerum")
    token = re.search(r"/admin/inbjudan/([\w-]+)", answer.text)[1]
    monkeypatch.setattr("app.admin.accounts.credentials.step_of", lambda *_: 1)
    with app.app_context():
        made = accept_invitation(token, "", "en mening går bra", "000000", app.config["SECRET_KEY"], clock.now())
        assert (made.role, made.municipality) == ("municipality", "lerum")
    assert "eva@lerum.se, Lerum" in words(organiser.get("/admin/konton"))


@pytest.mark.parametrize("municipality", ["", "atlantis"])
def test_a_kommunredaktor_needs_a_municipality(organiser, municipality):
    answer = invite(organiser, email="eva@lerum.se", role="municipality", municipality=municipality)
    assert answer.status_code == 422
    assert CHOOSE_MUNICIPALITY in words(answer)


def test_a_change_of_role_takes_the_municipality_away(app, organiser, lerums):
    token = re.search(r'name="token" value="([^"]+)"', organiser.get("/admin/konton").text)[1]
    with app.app_context():
        number = db.session.query(AdminUser.id).filter_by(email="eva@lerum.se").scalar()
    address = f"/admin/konton/{number}/roll"
    assert organiser.post(address, data={"token": token, "role": "editor"}).status_code == 303
    with app.app_context():
        assert db.session.get(AdminUser, number).municipality is None
    assert lerums.get(PAGE).status_code == 403
    assert INVITE in words(organiser.post(address, data={"token": token, "role": "municipality"}))

"""Who may do what: every address of the organisers' area, for everybody."""

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup
from flask import url_for

from app.admin.accounts.roles import ASKED_AGAIN, MAY_USE, OPEN_TO_ALL, ROLES, may
from app.contest import terms
from app.database import db
from app.privacy import erasure
from tests.conftest import ROOT, STATES, configured, on_sqlite, swedish

pytestmark = on_sqlite
PLACES = {"entry_id": 1, "organiser_id": 1, "passkey_id": 1, "name": "x", "checksum": "x", "token": "x"}
PLACES |= {"slug": "ale"}
PLACES |= {"instant": swedish("2026-12-13 08:00"), "path": "2026/lucka/13", "figure": "luckor"}
# The promises that matter most, said once more by name.
MUST_NOT = {
    "editor": {"entries", "extract", "entries_csv", "entries_xlsx", "draw", "erase", "feedback", "accounts_page"},
    "municipality": {"editing", "edit_hatch", "edit_municipality", "entries", "statistics"},
    "contest": {"accounts_page", "invite_organiser", "change_role", "remove_organiser"},
}


@pytest.fixture
def guarded(app):
    """Every page but the way in: its endpoint, one of its methods and an address."""
    adapter = app.url_map.bind("")
    return [
        (rule.endpoint, method, adapter.build(rule.endpoint, {name: PLACES.get(name, 1) for name in rule.arguments}))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.") and rule.endpoint not in OPEN_TO_ALL
        for method in sorted(rule.methods - {"OPTIONS", "HEAD"})
    ]


def test_every_page_and_line_of_table_match(app, guarded):
    pages = {endpoint for endpoint, _, _ in guarded}
    assert pages - MAY_USE.keys() == set(), "give these a role in app/admin/accounts/roles.py"
    assert MAY_USE.keys() - pages == set()
    assert pages >= ASKED_AGAIN


def test_every_page_asks_for_a_sign_in(client, guarded):
    for _, method, address in guarded:
        answer = client.open(address, method=method)
        assert (answer.status_code, answer.location) == (303, "/admin/logga-in"), address


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_exactly_its_pages(account, come_in, guarded, role):
    browser = come_in(account(role=role)[1])
    inside = [page for page in guarded if page[0] not in ("admin.end_all_sign_ins", "admin.sign_out")]
    refused = {endpoint for endpoint, method, address in inside if is_refused(browser.open(address, method=method))}
    assert refused == {endpoint for endpoint, _, _ in inside if role not in MAY_USE[endpoint]}
    assert refused >= {f"admin.{name}" for name in MUST_NOT.get(role, ())}


def test_a_visitor_who_knows_every_address_and_field_changes_nothing(app, client, all_rows, accept, guarded):
    accept("anna@example.se")
    before = all_rows()
    for _, method, address in guarded:
        sent = {"token": "x", "title": "Nej", "reason": "annat", "verdict": "vinnare", "place": "1", "sure": "ja"}
        answer = client.open(f"{address}?ar=2026", method=method, data=sent if method == "POST" else None)
        assert (answer.status_code, answer.location) == (303, "/admin/logga-in"), address
    assert all_rows() == before


@pytest.fixture
def all_rows(app):
    """What the calendar knows: every row of every table."""

    def look():
        with app.app_context():
            return {name: db.session.execute(sa.select(table)).all() for name, table in db.metadata.tables.items()}

    return look


def is_refused(answer):
    answer.close()
    return answer.status_code == 403 and "Den här sidan hör inte till din roll" in answer.text


@pytest.mark.parametrize("role", ROLES)
def test_ways_on_lead_somewhere(account, come_in, role):
    browser = come_in(account(role=role)[1])
    page = BeautifulSoup(browser.get("/admin/", follow_redirects=True).text, "html.parser")
    ways = [link["href"] for link in page.select("header nav a")]
    assert ways[0] == ("/admin/kommun" if role == "municipality" else "/admin/")
    assert {browser.get(way).status_code for way in ways} == {200}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", [*STATES, "erased"])
def test_no_page_leads_beyond_the_role(account, come_in, accept, reach, app, clock, role, state):
    """Every link and button of the pages that the role may see, in every state of the contest."""
    accept("anna@example.se")
    accept("bo@example.se")
    reach("finished" if state == "erased" else state)
    if state == "erased":
        clock.set("2027-06-01 08:00")
        erase(app, clock)
    browser = come_in(account(role=role)[1])
    endpoints = ("overview", "readiness", "preview", "statistics", "draw", "entries", "erasure_page", "feedback")
    ways = set()
    with app.test_request_context():
        pages = [url_for(f"admin.{name}") for name in endpoints if may(role, f"admin.{name}")]
    for page in pages:
        main = BeautifulSoup(browser.get(page, follow_redirects=True).text, "html.parser").main
        ways |= {(link["href"], "GET") for link in main.select("a[href^='/admin/']")}
        ways |= {(form["action"], "POST") for form in main.select("form[method=post][action^='/admin/']")}
    adapter = app.url_map.bind("")
    closed = {way for way, method in ways if not may(role, adapter.match(way.partition("?")[0], method)[0])}
    assert closed == set()


def erase(app, clock):
    with app.app_context():
        terms.contact_of("mjk-2026").erasure_decision = "dnr 1"
        db.session.commit()
        erasure.erase_contest(terms.frozen_in(2026), "nattlig gallring", clock.now())


@pytest.mark.parametrize("role", ["editor"])
@pytest.mark.parametrize("state", STATES)
def test_overview_tells_of_people_only_to_those_concerned(account, come_in, accept, reach, role, state):
    accept("anna@example.se")
    accept("bo@example.se")
    reach(state)
    page = BeautifulSoup(come_in(account(role=role)[1]).get("/admin/").text, "html.parser").main.text
    assert "@" not in page
    assert "mejl" not in page.lower()
    assert "Nästa steg" in page


@pytest.mark.parametrize("role", ["editor", "contest"])
def test_overview_leads_to_where_gaps_are_filled(content, share_app, account, come_in, role):
    file = content / "2026" / "edition.toml"
    file.write_text(file.read_text().replace('address = "Box 5073, 402 22 Göteborg"', 'address = ""'))
    app = share_app(CALENDAR_CONTENT=content)
    main = BeautifulSoup(
        come_in(account(role=role)[1], browser=app.test_client()).get("/admin/").text, "html.parser"
    ).main
    assert main.select("a[href*='/redigera/arrangor']")


def test_unlisted_page_is_closed_to_everyone(account, come_in, monkeypatch):
    browser = come_in(account()[1])
    monkeypatch.delitem(MAY_USE, "admin.entries")
    assert is_refused(browser.get("/admin/bidrag"))


def test_the_refusal_says_who_one_is_and_whom_to_ask(account, come_in):
    page = come_in(account(role="editor")[1]).get("/admin/bidrag").text
    assert "Du är redaktör. Behöver du sidan? Be en administratör ändra din roll under Konton." in page


@configured(CALENDAR_CONTENT=ROOT / "calendar_content")
@pytest.mark.parametrize("path", ["/admin/gallring", "/admin/redigera/lucka/10/tavling"])
def test_who_is_responsible_for_the_contest_edits_decision_and_witnesses(content, share_app, account, come_in, path):
    file = content / "2026" / "edition.toml"
    file.write_text(file.read_text().replace('erasure_decision = "GR 2026-117"', 'erasure_decision = ""'))
    app = share_app(CALENDAR_CONTENT=content)
    olga, organiser = come_in(account(role="contest")[1], browser=app.test_client()), "/admin/redigera/arrangor?ar=2026"
    page = BeautifulSoup(olga.get(path).text, "html.parser").main
    assert organiser in [link["href"] for link in page.select("a")]
    form = BeautifulSoup(olga.get(organiser).text, "html.parser").select_one("form[data-asks]")
    told = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    told |= {field["name"]: field.text for field in form.select("textarea")} | {"organiser-kind": "myndighet"}
    saved = olga.post(organiser, data=told | {"organiser-witnesses": "revisor@lerum.se"})
    assert "revisor@lerum.se" in olga.get(saved.location).text

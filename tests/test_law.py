"""One short test for each requirement of law on a public body's calendar, L-1 to L-23, on the running app.

They point at what is there; the pages' and modules' own tests go into it.
"""

import io
import re
import subprocess
import sys
from zipfile import ZipFile

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.audit import AuditRecord
from app.calendar.edition import Contest, Prize
from app.calendar.files.faults import ContentError
from app.calendar.gaps import advice
from app.calendar.loader import read_edition
from app.contest import terms
from app.contest.models import Entry
from app.database import db
from app.feedback import Feedback
from app.outbox.models import OutboxMail
from app.privacy import erasure
from app.privacy.models import Erasure, ErasureNote
from app.web.headers import CONTENT_SECURITY_POLICY
from tests.browser.places import PLACES
from tests.calendar.test_content import edit
from tests.conftest import ENTRY_URL, ROOT, STATES, on_sqlite, token_in

PAGES = ("/", "/2026/lucka/10", ENTRY_URL, "/2026/tavling/villkor", "/2026/dragning", "/om", "/mitt-svar")
PAGES += ("/personuppgifter", "/kakor", "/tillganglighet", "/tillganglighet/tack", "/finns-inte")
MALLAR = ROOT / "docs" / "mallar"
SCRIPTS = [*(ROOT / "app" / "static").glob("*.js")]


@pytest.fixture
def read(client):
    """A page as (soup, its words)."""

    def page(path):
        soup = BeautifulSoup(client.get(path).text, "html.parser")
        return soup, " ".join(soup.main.text.split())

    return page


@on_sqlite
def test_l01_statement_is_linked_everywhere(read):
    """tests/golden/sidor/tillganglighet.txt has every part that the statement must have."""
    soup, _ = read("/tillganglighet")
    assert soup.select_one('a[href="https://www.digg.se/tdosanmalan"]')
    assert [path for path in PAGES if not read(path)[0].select('footer a[href="/tillganglighet"]')] == []


@on_sqlite
def test_l02_anyone_can_tell_what_fails_without_saying_who(client, read, clock, organiser):
    """A form that may be anonymous, has 15 § as a choice and no captcha, is stored and shown to organisers."""
    _, words = read("/tillganglighet")
    assert "15 § lagen om tillgänglighet till digital offentlig service" in words
    token = token_in(client.get("/tillganglighet"))
    clock.forward(seconds=20)
    sent = client.post("/tillganglighet", data={"token": token, "kind": "begaran", "message": "Läs upp lucka 3."})
    assert sent.status_code == 303
    assert "Läs upp lucka 3." in organiser.get("/admin/aterkoppling").text


@on_sqlite
def test_l03_the_program_never_claims_to_be_accessible_by_itself(make_app, organiser):
    """The calendar is shipped unassessed, says so, and the checklist asks for it: a person types what they found."""
    shipped = make_app(CALENDAR_CONTENT=ROOT / "calendar_content").test_client()
    page = shipped.get("/tillganglighet").text
    assert "Vi har inte bedömt kalendern än." in page
    assert "förenlig</strong>" not in page
    assert "Tillgängligheten är inte bedömd." not in organiser.get("/admin/beredskap").text


@on_sqlite
def test_l04_rules_list_and_protocol_are_plain_and_pictures_described(client, reach, accept):
    """HTML, plain text and JSON; no PDF; an image needs its description."""
    accept("anna@example.se")
    accept("bo@example.se")
    reach("finished")
    kinds = {"/2026/tavling/villkor": "text/html", "/2026/dragning/lista.txt": "text/plain"}
    kinds |= {"/2026/dragning/regler.txt": "text/plain", "/2026/dragning/protokoll.json": "application/json"}
    assert {path: client.get(path).mimetype for path in kinds} == kinds
    assert [path for path in PAGES if ".pdf" in client.get(path).text] == []


def test_l05_every_public_page_is_among_those_looked_through():
    """browser/test_places.py has each of them checked against WCAG 2.2 AA."""
    assert {*PAGES} <= {place.path for place in PLACES.values()} | {"/tillganglighet/tack"}


@on_sqlite
def test_l06_form_has_short_notice_and_page_of_article_13(read):
    """Five lines at the form; controller, officer, purposes, basis, recipients, time, rights, complaint behind them."""
    soup, _ = read(ENTRY_URL)
    notice = soup.find("h2", string="Dina uppgifter").find_next("ul")
    assert len(notice.select("li")) == 6
    assert notice.select_one('a[href="/personuppgifter"]')
    _, words = read("/personuppgifter")
    for part in (
        "organisationsnummer 222000-0265, är personuppgiftsansvarig",
        "Dataskyddsombud:",
        "Vilka uppgifter, och varför?",
        "artikel 6.1 e",
        "Vem får del av uppgifterna?",
        "Uppgifterna förs inte ut ur EU och EES.",
        "Vinnarens namn och adress: De raderas två år efter",
        "raderas 90 dagar efter",
        "Invända mot",
        "Samtycket kan tas tillbaka när som helst",
        "Klaga hos Integritetsskyddsmyndigheten",
        "Du måste lämna e-postadress för att delta",
        "Avgör en dator vem som vinner? Ja. Ett slumptal",
    ):
        assert part in words


@on_sqlite
def test_l07_nothing_is_ticked_beforehand_or_asked_beyond_need(read, enter, app, contest):
    """Two boxes, both needed to take part, no newsletter; which rules were accepted, and when, is on record."""
    soup, _ = read(ENTRY_URL)
    assert [box["name"] for box in soup.select("main input[type=checkbox]")] == ["adult", "rules"]
    assert soup.select("main [checked], main [selected]:not([value=''])") == []
    enter()
    with app.app_context():
        assert db.session.scalar(sa.select(Entry.received_at)) >= contest.opens


@on_sqlite
def test_l08_everyone_sees_exports_and_withdraws_their_own_entry(accept, client, app):
    """Code and address by POST; before the locking the ticket is struck as återkallad and the data is gone."""
    anna = accept("anna@example.se")
    fields = {"token": token_in(client.get("/mitt-svar")), "code": anna.code, "email": "anna@example.se"}
    assert client.post("/mitt-svar", data=fields).status_code == 200
    assert client.post("/mitt-svar", data=fields | {"act": "hamta"}).json["lott"] == anna.ticket
    assert client.post("/mitt-svar", data=fields | {"act": "aterkalla", "sure": "ja"}).status_code == 200
    with app.app_context():
        entry = db.session.scalars(sa.select(Entry)).one()
        assert (entry.email, entry.receipt_code, entry.struck) == (None, None, "återkallad")


@on_sqlite
def test_l09_data_has_a_last_day_that_organisers_see_coming(accept, reach, organiser):
    """90 days after the prize is accepted unless the contest says otherwise, with a countdown."""
    assert Contest.model_fields["keep_days"].default == 90
    accept("anna@example.se")
    accept("bo@example.se")
    reach("finished")
    assert "90 dagar kvar" in organiser.get("/admin/gallring").text


@on_sqlite
def test_l10_no_log_and_no_count_knows_who_it_was(enter, client, caplog, tmp_path):
    """Limits count keyed hashes with a daily key; logs hold no address."""
    caplog.set_level("DEBUG")
    client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
    enter()
    enter(email="anna@")
    counted = b"".join(file.read_bytes() for file in tmp_path.glob("ratelimit.sqlite3*"))
    assert b"bidrag" in counted
    assert b"192.0.2" not in counted
    assert "anna@" not in caplog.text


@on_sqlite
def test_l11_no_page_asks_anything_of_another_host(read, client):
    """Everything comes from the calendar itself, and the policy sent with each page holds the browser to that."""
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    for path in PAGES:
        assert client.get(path).headers["Content-Security-Policy"].startswith("default-src 'none'")
        parts = read(path)[0].select("script, img, iframe, link[rel=stylesheet], link[rel=icon], form[action]")
        addresses = [part.get("src") or part.get("href") or part.get("action") for part in parts]
        assert [each for each in addresses if each and not re.match("/(?!/)", each)] == []


@pytest.mark.parametrize(
    ("name", "parts"),
    {
        "registerforteckning": ("Ändamål", "Rättslig grund", "Kategorier av registrerade", "Mottagare", "Gallring"),
        "riskbedomning": ("Risker och vad vi gör åt dem", "Behövs en konsekvensbedömning?", "Slutsats"),
        "bitradesavtal-checklista": ("Före avtalet", "Avtalet ska ange", "Instruktionen"),
        "incidentrutin": ("72 timmar", "Stoppa", "Ta reda på", "Anmäl", "Berätta", "Anteckna"),
    }.items(),
)  # fmt: skip
def test_l12_what_organiser_needs_on_paper_is_there(name, parts):
    """Record of processing, risk assessment, processor checklist and incident routine, each with its blanks."""
    text = (MALLAR / f"{name}.md").read_text("utf-8")
    assert text.startswith("# ")
    assert [part for part in parts if part not in text] == []
    assert re.search(r"\[[^\]]{4,}\](?!\()", text)


@on_sqlite
def test_l13_visitors_get_no_cookie_and_read_why(client, enter, read):
    """No Set-Cookie on any public page or answer; the organisers' one cookie is described on /kakor."""
    answers = [*map(client.get, PAGES), enter(), enter(email="anna"), client.post("/mitt-svar")]
    assert [answer.request.path for answer in answers if "Set-Cookie" in answer.headers] == []
    assert "__Host-organisator" in read("/kakor")[1]


def test_l14_nothing_is_kept_in_browser():
    """Opened hatches are the browser's own visited links; no script touches storage, so no button is needed."""
    assert SCRIPTS
    ways = re.compile("localStorage|sessionStorage|indexedDB|document.cookie|caches|serviceWorker|sendBeacon")
    assert [script.name for script in SCRIPTS if ways.search(script.read_text())] == []


@on_sqlite
def test_l15_visit_leaves_nothing_behind(client, app, tmp_path):
    """No statistics about visitors: reading pages changes no table and counts nobody."""

    def rows():
        with app.app_context():
            return {name: db.session.execute(sa.select(table)).all() for name, table in db.metadata.tables.items()}

    before = rows()
    for path in PAGES:
        client.get(path)
    assert rows() == before
    assert not (tmp_path / "ratelimit.sqlite3").exists()


@on_sqlite
def test_l16_taking_part_costs_nothing_and_cannot_be_made_to(read, content):
    """The rules say so, and the contest has no field for a price."""
    assert "Det kostar inget att delta och inget köp krävs." in read("/2026/tavling/villkor")[1]
    edit(content, "10/hatch.md", "keep_days = 90", "avgift = 10")
    with pytest.raises(ContentError, match=r"contest\.avgift: okänt fält"):
        read_edition(content / "2026")


@on_sqlite
def test_l17_contest_is_for_adults_and_says_so_before_form(read, enter):
    """18 as long as nothing else is said; the hatch says it, the form asks, and without the tick nothing is taken."""
    assert Contest.model_fields["minimum_age"].default == 18
    assert "För dig som har fyllt 18 år." in read("/2026/lucka/10")[1]
    assert enter(adult=None).status_code == 422


@on_sqlite
def test_l18_chance_decides_among_right_answers_and_money_is_warned(contest, read):
    """The draw is the only way to win; a prize has a value; what may be taxed is pointed out."""
    _, words = read("/2026/tavling/villkor")
    assert "Vinnaren avgörs av ett slumptal från en fristående tjänst." in words
    assert "Skatt Vinsten lottas ut" in words
    assert Prize.model_fields["value"].is_required()
    assert advice(contest) == []
    money = contest.model_copy(update={"prizes": (Prize(title="Presentkort på cykel", value=500),)})
    staff = contest.model_copy(update={"who_may_enter": "Alla anställda i kommunen."})
    assert [len(advice(each)) for each in (money, staff)] == [1, 1]


@on_sqlite
def test_l19_rules_are_complete_and_frozen(read, enter):
    """Organiser, who may, times, another way to enter, prizes, method, contact, skips, complaints, data; frozen."""
    enter()
    _, words = read("/2026/tavling/villkor")
    for part in (
        "organisationsnummer 222000-0265",
        "Box 5073, 402 22 Göteborg",
        "Vem kan vara med?",
        "får inte delta",
        "svensk tid",
        "Behöver du göra det på något annat sätt, skriv till arrangören.",
        "värde 1 500 kronor",
        "Öppen dragning v2",
        "Klockslaget bestämdes när tävlingen öppnade.",
        "Vinnaren har 7 dagar på sig att svara",
        "svarar inte, tackar nej, inte behörig, återkallad",
        "Tjänsten heter drand",
        "Vinsten byts inte mot pengar.",
        "Måste tävlingen ställas in",
        "Frågor och klagomål",
        "Dina uppgifter",
        "regler.txt, med kontrollsumman",
    ):
        assert part in words


@on_sqlite
@pytest.mark.parametrize("state", STATES)
def test_l20_nobody_is_told_of_winning_before_they_have(client, reach, accept, state):
    """No public page says ”du har vunnit”, in any state of the contest."""
    accept("anna@example.se")
    accept("bo@example.se")
    reach(state)
    for path in ("/", "/2026/lucka/10", ENTRY_URL, "/2026/dragning"):
        assert not re.search("du har vunnit|du vann|grattis", client.get(path).text, re.IGNORECASE)


@on_sqlite
def test_l21_authority_erases_under_decision_only_and_keeps_record(app, accept, reach, clock, content, make_app):
    """Without the decision's number the job refuses; with it, the record says what, how many, when, by whom."""
    accept("anna@example.se")
    accept("bo@example.se")
    reach("finished")
    clock.set("2027-04-01 03:10")
    edit(content, "edition.toml", 'erasure_decision = "GR 2026-117"', 'erasure_decision = ""')
    with make_app(CALENDAR_CONTENT=content).app_context():
        terms.refresh_contacts()
        assert "gallringsbeslut" in erasure.erase_due(clock.now())[0]
        assert db.session.scalars(sa.select(Erasure)).all() == []
    edit(content, "edition.toml", 'erasure_decision = ""', 'erasure_decision = "GR 2026-117"')
    with make_app(CALENDAR_CONTENT=content).app_context():
        terms.refresh_contacts()
        erasure.erase_due(clock.now())
        record = db.session.scalars(sa.select(Erasure)).one()
        assert (record.entries, record.erased_at) == (2, clock.now())
        note = db.session.scalars(sa.select(ErasureNote)).one()
        assert (note.decision, note.ordered_by) == ("GR 2026-117", "nattlig gallring")
        assert "gallrad" in db.session.scalars(sa.select(AuditRecord.kind)).all()


@on_sqlite
def test_l22_all_to_be_kept_is_one_self_checking_file(accept, reach, organiser, tmp_path):
    """Rules, list, låsbevis, value, ranking, skips, log and program, in plain formats with their checksums."""
    for name in ("anna", "bo"):
        accept(f"{name}@example.se")
    reach("finished")
    page = BeautifulSoup(organiser.get("/admin/dragning").text, "html.parser")
    link = page.find("a", string="Hämta arkivpaketet")
    with ZipFile(io.BytesIO(organiser.get(link["href"]).data)) as packed:
        packed.extractall(tmp_path)
    folder = tmp_path / "arkivpaket-mjk-2026"
    kinds = {"README.txt", "tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt", "protokoll.json", "logg.txt"}
    assert kinds <= {file.name for file in folder.iterdir()}
    # The rehearsal chain of tests proves nothing, and says so (2).
    for command, code in ((["sha256sum", "--check", "SHA256SUMS"], 0), ([sys.executable, "verifiera.py"], 2)):
        assert subprocess.run(command, cwd=folder, capture_output=True).returncode == code
    assert [file for file in folder.rglob("*.*") if b"anna@" in file.read_bytes()] == []


@on_sqlite
def test_l23_one_click_withdraws_an_entry_and_participants_know(accept, organiser, client, read):
    """For a request to disclose a document: everything about one entry and nobody else; the notice says so."""
    accept("anna@example.se")
    accept("bo@example.se")
    link = BeautifulSoup(organiser.get("/admin/bidrag").text, "html.parser").select_one("#bidrag-1 a[href*=utdrag]")
    extract = organiser.get(link["href"])
    assert extract.mimetype == "text/plain"
    assert "E-post: anna@example.se" in extract.text
    assert "bo@" not in extract.text
    assert client.get(link["href"]).status_code == 303
    assert "Svaren är allmänna handlingar och kan lämnas ut om någon begär det" in read("/personuppgifter")[1]


def test_what_is_kept_stands_in_tables_of_the_notice():
    """A new column that could name somebody belongs in the notice and in the erasure, too."""
    kept = {
        table.name: {*table.columns.keys()} for table in (Entry.__table__, Feedback.__table__, OutboxMail.__table__)
    }
    assert kept["entry"] - {*("id", "contest_id", "received_at", "struck", "ticket", "stays", "blocked_at")} == {
        *("receipt_code", "email", "duplicate_key", "answer", "municipality", "motivation", "nr", "nonce", "language")
    }
    answered = {"answered_at", "answered_by", "register_number", "decision"}
    assert kept["feedback"] - answered == {"id", "received_at", "kind", "message", "reply_to"}
    assert not kept["outbox_mail"] & {"email", "recipient", "address", "body", "text"}

"""What the contest must tell before it opens: while a field is empty the calendar runs, and the contest waits."""

from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from app.calendar import library
from app.calendar.loader import read_edition
from app.contest.models import Entry
from app.database import db
from app.editing.labels import field_label
from app.operations import jobs
from tests.calendar.test_content import edit, faults_in
from tests.conftest import ENTRY_URL, ROOT, fill_in, filled, on_sqlite, signed_in, token_in
from tests.prepared import MAILBOX

EDITION, HATCH = "edition.toml", "10/hatch.md"
# Each field that the contest needs, its file, and how its line begins.
REQUIRED = {
    "organiser.kind": (EDITION, 'kind = "myndighet"'),
    "organiser.organisation_number": (EDITION, 'organisation_number = "222000-0265"'),
    "organiser.address": (EDITION, 'address = "Box'),
    "privacy.legal_basis": (EDITION, 'legal_basis = "'),
    "privacy.officer": (EDITION, 'officer = "'),
    "privacy.recipients": (EDITION, 'recipients = "'),
    "privacy.transfers": (EDITION, 'transfers = "'),
    "privacy.winner_kept": (EDITION, 'winner_kept = "'),
    "contest.who_may_enter": (HATCH, 'who_may_enter = "'),
    "contest.exclusions": (HATCH, 'exclusions = "'),
    "contest.tax": (HATCH, 'tax = "'),
    "contest.answer_days": (HATCH, "answer_days = "),
}
EMPTY = "fyll i fältet, annars öppnar inte tävlingen"
EXAMPLE = "är ett exempel; skriv er egen adress, annars öppnar inte tävlingen"
DECISION = (
    "skriv gallringsbeslutets diarienummer, för en myndighet gallrar inte utan beslut, annars öppnar inte tävlingen"
)
OFFICER = "skriv dataskyddsombudets egen adress, för kalenderns läser andra också, annars öppnar inte tävlingen"
ORGANISATION_NUMBER = "ska vara ett organisationsnummer, som 222000-0265"


def empty(content, field):
    """Leaves a required field out of the copied content."""
    file, start = REQUIRED[field]
    edit(content, file, start, f"# {start}")


@pytest.fixture(params=REQUIRED)
def field(request, content):
    empty(content, request.param)
    return request.param


@pytest.fixture
def visitor(field, share_app, content):
    """A visitor to a calendar that lacks a field."""
    return share_app(CALENDAR_CONTENT=content).test_client()


def words(page):
    return " ".join(BeautifulSoup(page.text, "html.parser").main.text.split())


def test_the_shipped_calendar_lacks_what_only_its_organiser_knows():
    """Outside a demo the contest stays closed until they are there; a demo fills in those that are empty."""
    shipped = ROOT / "calendar_content" / "2026"
    assert {gap.field: gap.message for gap in read_edition(shipped).gaps} == {
        "organiser.email": f"miljojulkalendern@example.org {EXAMPLE}",
        "privacy.legal_basis": EMPTY,
        "privacy.officer": EMPTY,
        "privacy.transfers": EMPTY,
        "privacy.winner_kept": EMPTY,
        "privacy.erasure_decision": DECISION,
    }
    assert [gap.field for gap in read_edition(shipped, demo=True).gaps] == [
        *("privacy.legal_basis", "privacy.officer", "privacy.transfers", "privacy.winner_kept"),
        "privacy.erasure_decision",
    ]


@on_sqlite
def test_shipped_contest_stays_closed_and_filled_in_one_opens(make_app, clock):
    shipped = make_app(CALENDAR_CONTENT=ROOT / "calendar_content").test_client()
    assert "Tävlingen öppnar så snart det är gjort." in words(shipped.get(ENTRY_URL))
    assert fill_in(make_app().test_client(), clock).status_code == 200


@pytest.mark.parametrize(
    ("line", "text", "field", "address"),
    [
        ('email = "', 'email = "a@kalender.example" # ', "organiser.email", "a@kalender.example"),
        ('email = "', 'email = "a@EXAMPLE.com" # ', "organiser.email", "a@example.com"),
        ('officer = "', 'officer = "Ada, ada@kommun.invalid" # ', "privacy.officer", "ada@kommun.invalid"),
        ('recipients = "', 'recipients = "Vi, www.example.org" # ', "privacy.recipients", "www.example.org"),
        ('address = "', 'address = "Gatan 1, post.kommun.test" # ', "organiser.address", "post.kommun.test"),
    ],
)
def test_address_that_reaches_no_one_is_as_good_as_none(content, line, text, field, address):
    edit(content, EDITION, line, text)
    [gap] = read_edition(content / "2026").gaps
    assert (gap.field, gap.message) == (field, f"{address} {EXAMPLE}")
    assert read_edition(content / "2026", demo=True).gaps == ()


def test_a_witness_without_a_real_address_keeps_the_contest_closed(content):
    edit(content, EDITION, 'kind = "', 'witnesses = ["revisor@example.org"]\nkind = "')
    [gap] = read_edition(content / "2026").gaps
    assert (gap.field, gap.message) == ("organiser.witnesses", f"revisor@example.org {EXAMPLE}")


def test_the_officer_is_not_reached_at_the_calendars_own_mailbox(content):
    edit(content, EDITION, 'officer = "', f'officer = "Ada Ek, {MAILBOX.upper()}" # ')
    [gap] = read_edition(content / "2026").gaps
    assert (gap.field, gap.message) == ("privacy.officer", OFFICER)


def test_only_authority_without_decision_on_erasure_has_gap(content):
    edit(content, EDITION, 'erasure_decision = "', 'erasure_decision = "" # ')
    [gap] = read_edition(content / "2026").gaps
    assert (gap.field, gap.message) == ("privacy.erasure_decision", DECISION)
    edit(content, EDITION, 'kind = "myndighet"', 'kind = "förening"')
    assert read_edition(content / "2026").gaps == ()


@on_sqlite
def test_the_calendar_runs_without_it(visitor):
    for page in ("/", "/2026/lucka/9", "/2026/lucka/10", "/personuppgifter", "/tillganglighet", "/2026/dragning"):
        assert visitor.get(page).status_code == 200


@on_sqlite
def test_the_hatch_says_that_the_contest_waits(visitor):
    page = visitor.get("/2026/lucka/10")
    assert "Tävlingen öppnar snart. Arrangören håller på att göra reglerna klara." in words(page)
    assert ENTRY_URL not in page.text


@on_sqlite
def test_the_form_is_not_there_and_nothing_sent_is_stored(visitor, clock):
    token = token_in(visitor.get("/mitt-svar"))
    clock.forward(seconds=20)
    page, answer = visitor.get(ENTRY_URL), visitor.post(ENTRY_URL, data=filled(token=token))
    for each, status in ((page, 200), (answer, 409)):
        assert each.status_code == status
        assert "Tävlingen öppnar så snart det är gjort." in words(each)
        assert "<form" not in each.text
    with visitor.application.app_context():
        assert db.session.scalar(db.select(db.func.count(Entry.id))) == 0


@on_sqlite
def test_incomplete_rules_say_so_and_show_no_empty_place(visitor, field):
    page = words(visitor.get("/2026/tavling/villkor"))
    assert "Reglerna är inte klara. Tävlingen öppnar inte förrän arrangören har fyllt i dem." in page
    assert "None" not in page
    if field.startswith("contest.") or field in ("organiser.address", "organiser.organisation_number"):
        assert "(inte ifyllt ännu)" in page


@on_sqlite
def test_the_page_on_personal_data_says_so_too(visitor):
    page = visitor.get("/personuppgifter")
    assert "Den här sidan är inte klar." in words(page)
    assert "<p></p>" not in page.text
    assert " . " not in words(page)


@on_sqlite
def test_organisers_see_which_field_it_is(field, share_app, content):
    desk = signed_in(share_app(CALENDAR_CONTENT=content), "olle@example.se")
    page = words(desk.get("/admin/"))
    assert "Tävlingen kan inte öppna ännu" in page
    assert f"{field_label(field)}: {EMPTY}" in page
    assert "Nästa steg Fyll i det som saknas i reglerna." in page
    assert "Väntar på uppgifter" in page


def check(share_app, content):
    return share_app(CALENDAR_CONTENT=content).test_cli_runner().invoke(args=["content", "check"])


@on_sqlite
def test_the_check_names_file_field_and_line(field, share_app, content):
    file, start = REQUIRED[field]
    table = "[contest]" if file == HATCH else f"[{field.split('.')[0]}]"
    lines = (content / "2026" / file).read_text().splitlines()
    assert f"# {start}" in "\n".join(lines)
    done = check(share_app, content)
    assert done.exit_code == 1
    assert f"2026/{file}, rad {lines.index(table) + 1}, fältet {field}: {EMPTY}" in done.output


@on_sqlite
def test_field_that_stands_empty_is_named_with_its_line(share_app, content):
    line = edit(content, EDITION, 'officer = "', 'officer = "  " # ')
    assert f"2026/edition.toml, rad {line}, fältet privacy.officer: {EMPTY}" in check(share_app, content).output


@on_sqlite
def test_a_contest_without_prizes_waits_as_well(share_app, content):
    file = content / "2026" / HATCH
    before, _, after = file.read_text().partition("[[contest.prizes]]")
    file.write_text(before + "+++" + after.partition("+++")[2])
    assert f"fältet contest.prizes: {EMPTY}" in check(share_app, content).output
    visitor = share_app(CALENDAR_CONTENT=content).test_client()
    for page in ("/2026/lucka/10", ENTRY_URL, "/2026/tavling/villkor"):
        assert visitor.get(page).status_code == 200
    assert "(inte ifyllt ännu)" in words(visitor.get("/2026/tavling/villkor"))


@on_sqlite
def test_what_is_filled_in_opens_the_contest_within_a_second(field, make_app, content, clock, monkeypatch):
    watch = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(library, "time", SimpleNamespace(monotonic=lambda: watch.seconds, monotonic_ns=lambda: 0))
    visitor = make_app(CALENDAR_CONTENT=content).test_client()
    assert "<form" not in visitor.get(ENTRY_URL).text
    file, start = REQUIRED[field]
    edit(content, file, f"# {start}", start)
    watch.seconds = 1
    assert "Till tävlingen" in words(visitor.get("/2026/lucka/10"))
    assert "Tävlingen öppnar strax" in words(visitor.get(ENTRY_URL))
    with visitor.application.app_context():
        jobs.run_round()
    assert fill_in(visitor, clock).status_code == 200


@on_sqlite
def test_the_filled_in_content_passes_the_check(share_app, content):
    done = check(share_app, content)
    assert (done.exit_code, done.output.startswith("Innehållet är utan fel: 2026")) == (0, True)


@pytest.mark.parametrize("number", ["222000-0266", "2220000265", "22200-0265", "222000-026x", "åäöåäö-åäöå"])
def test_organisation_number_with_slip_of_pen_is_refused(content, number):
    line = edit(content, EDITION, "222000-0265", number)
    expected = f"2026/edition.toml, rad {line}, fältet organiser.organisation_number: {ORGANISATION_NUMBER}"
    assert faults_in(content) == [expected]


@pytest.mark.parametrize("number", ["222000-0265", "802002-4280", "556036-0793", "212000-1355"])
def test_a_right_organisation_number_is_taken(content, number):
    edit(content, EDITION, "222000-0265", number)
    assert read_edition(content / "2026").file.organiser.organisation_number == number


@pytest.mark.parametrize("name", ["method", "assessed", "updated"])
def test_a_statement_of_accessibility_that_lacks_something_is_a_fault(content, name):
    edit(content, EDITION, f"\n{name} = ", f"\n# {name} = ")
    [fault] = faults_in(content)
    assert "bedömningen är inte hel" in fault


def test_a_calendar_without_a_statement_is_a_fault(content):
    file = content / "2026" / EDITION
    file.write_text(file.read_text().partition("[accessibility]")[0])
    assert faults_in(content) == ["2026/edition.toml, fältet accessibility: fältet saknas"]


def test_a_calendar_that_is_not_fully_accessible_says_where(content):
    file = content / "2026" / EDITION
    file.write_text(file.read_text().partition("[[accessibility.shortcomings]]")[0])
    [fault] = faults_in(content)
    assert fault.endswith("brister saknas: räkna upp dem i shortcomings, eller ändra conformance")


@on_sqlite
@pytest.mark.parametrize("name", ["assessed", "updated"])
def test_date_that_has_not_been_fails_check_but_not_start(share_app, content, name):
    line = edit(content, EDITION, f"\n{name} = 2026-11-23", f"\n{name} = 2199-01-01") + 1
    done = check(share_app, content)
    assert done.exit_code == 1
    assert (
        f"2026/edition.toml, rad {line}, fältet accessibility.{name}: är ett datum som ligger framåt i tiden"
        in done.output
    )
    assert share_app(CALENDAR_CONTENT=content).test_client().get("/tillganglighet").status_code == 200


@on_sqlite
def test_correction_of_day_to_come_fails_check_with_its_line(share_app, content):
    correction = '[[contest.corrections]]\ndate = 2199-01-01\ntext = "Rättat."\n\n[[contest.prizes]]'
    line = edit(content, HATCH, "[[contest.prizes]]", correction) + 1
    told = f"2026/10/hatch.md, rad {line}, fältet contest.corrections[1].date: är ett datum som ligger framåt i tiden"
    assert told in check(share_app, content).output


@on_sqlite
def test_corrected_fact_of_coming_day_fails_check_with_its_line(share_app, content):
    correction = '[[corrections]]\ndate = 2199-01-01\nwrong = "Fel."\nright = "Rätt."\n\n[question]'
    line = edit(content, "03/hatch.md", "[question]", correction) + 1
    told = f"2026/03/hatch.md, rad {line}, fältet corrections[1].date: är ett datum som ligger framåt i tiden"
    assert told in check(share_app, content).output

"""What people come to do, from the first page to the last word."""

import re

import pyotp
import pytest
from playwright.sync_api import expect

from app.admin.accounts import sessions
from app.database import db
from app.draw import mails
from app.draw import value as draw_value
from app.draw.models import Rank
from tests.browser.acts import fill_in, press, send, tab_to
from tests.browser.conftest import SMALL
from tests.browser.places import NOON, frozen_contest
from tests.conftest import ENTRY_URL, VALUE, on_sqlite, send_letter

pytestmark = on_sqlite

THANKS = "Du är med!"
# What each field, by its label, says when it was left empty.
FAULTS = {
    "2027": "Välj ett av svaren.",
    "E-postadress": "Skriv din e-postadress. Vi behöver den för att nå dig om du vinner.",
    "Kommun": "Välj din kommun, eller ”Vill inte uppge”.",
    "Jag har fyllt 18 år": "Kryssa i att du har fyllt 18 år. Det krävs för att delta.",
    "Jag har läst och godkänner tävlingsreglerna": "Kryssa i att du godkänner reglerna.",
}
VISITORS = {
    "at a desk": {},
    "on a small phone without script": {"viewport": SMALL, "java_script_enabled": False},
    "at 400 % zoom": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
}


@pytest.fixture(params=VISITORS)
def visitor(request, lend):
    """A page as different people meet it."""
    return lend(**VISITORS[request.param])


@pytest.fixture
def desk(page, clock, sign_in, reach, accept):
    """Open the organisers' page of the draw, after three right entries: desk("closed", at="2026-12-22 00:10")."""

    def open_at(state, at=None):
        for name in ("anna", "bo", "cecilia"):
            accept(f"{name}@example.se")
        reach(state)
        if at:
            clock.set(at)
        sign_in(page)
        page.goto("/admin/dragning")
        return page

    return open_at


def focused(page):
    return page.locator(":focus")


def heading(page, name, level=1):
    return page.get_by_role("heading", name=name, level=level)


def test_a_hatch_opens_from_the_calendar(visitor):
    visitor.goto("/")
    visitor.get_by_role("link", name=re.compile(r"^Lucka 9\b")).click()
    expect(visitor).to_have_title("Lucka 9 – När flygbiljetten blir en tjänstecykel – Miljöjulkalendern 2026")
    expect(heading(visitor, "När flygbiljetten blir en tjänstecykel")).to_be_visible()


def test_todays_hatch_opens_from_the_top(visitor):
    visitor.goto("/")
    visitor.get_by_text("Öppna lucka 10").click(force=True)  # the link lies over its whole card
    expect(heading(visitor, "Åk buss och sticka en halv vante")).to_be_visible()


def test_hatches_lead_on_and_back(visitor):
    visitor.goto("/2026/lucka/9")
    ways = visitor.get_by_role("navigation", name="Fler luckor")
    ways.get_by_role("link", name="Nästa").click()
    expect(visitor).to_have_url(re.compile(r"/2026/lucka/10$"))
    expect(ways).to_contain_text("Lucka 11 öppnas 11 december")
    ways.get_by_role("link", name="föregående").click()
    expect(visitor).to_have_url(re.compile(r"/2026/lucka/9$"))
    ways.get_by_role("link", name="Alla luckor").click()
    expect(visitor.get_by_role("link", name=re.compile(r"^Lucka \d"))).to_have_count(10)


def test_empty_form_comes_back_with_sentence_at_each_field(visitor, clock):
    visitor.goto(ENTRY_URL)
    send(visitor, clock)
    expect(visitor).to_have_title(re.compile("^Fel: "))
    for label, sentence in FAULTS.items():
        expect(visitor.get_by_text(sentence)).to_have_count(2)
        visitor.get_by_role("alert").get_by_role("link", name=sentence).click()
        expect(focused(visitor)).to_have_accessible_name(label)
        group = visitor.get_by_role("group").filter(has=focused(visitor))
        expect(group if label == "2027" else focused(visitor)).to_have_accessible_description(re.compile(sentence))


def test_focus_goes_to_what_to_mend(page, clock):
    page.goto(ENTRY_URL)
    send(page, clock)
    expect(focused(page)).to_have_accessible_name("Det finns ett problem")


def test_what_was_filled_in_is_kept(visitor, clock):
    visitor.goto(ENTRY_URL)
    fill_in(visitor)
    visitor.get_by_label("E-postadress").fill("anna@")
    send(visitor, clock)
    expect(visitor.get_by_role("alert").get_by_role("link")).to_have_text(re.compile("namn@exempel.se$"))
    expect(visitor.get_by_label("E-postadress")).to_have_value("anna@")
    expect(visitor.get_by_label("2030")).to_be_checked()
    expect(visitor.get_by_label("Kommun")).to_have_value("1441")
    expect(visitor.get_by_label("Jag har fyllt")).to_be_checked()
    expect(visitor.get_by_label(re.compile("godkänner"))).to_be_checked()


def test_entrant_finds_the_ticket(visitor, clock, reach):
    visitor.goto("/2026/lucka/10")
    visitor.get_by_role("link", name="Till tävlingen").click()
    fill_in(visitor)
    send(visitor, clock)
    expect(heading(visitor, THANKS)).to_be_visible()
    visitor.get_by_text("Hela lotten").click()
    ticket = visitor.get_by_text(re.compile("^[0-9a-f]{64}$")).inner_text()
    reach("locked")
    visitor.get_by_role("main").get_by_role("link", name="dragningen", exact=True).click()
    visitor.get_by_text("För dig som vill kontrollera").click()
    visitor.get_by_role("main").get_by_role("link", name="lista.txt").click()
    expect(visitor.locator("body")).to_contain_text(f"{ticket} med")
    visitor.go_back()
    visitor.get_by_label("Din lott").fill(ticket[:8])
    press(visitor, "Sök")
    expect(visitor.get_by_role("status").first).to_have_text("Lotten är med i dragningen.")


def test_mailed_ticket_is_not_shown(visitor, clock, app):
    app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    visitor.goto(ENTRY_URL)
    fill_in(visitor)
    send(visitor, clock)
    expect(heading(visitor, THANKS)).to_be_visible()
    told = visitor.get_by_role("main")
    for words in ("2030", "anna@example.se", "Du får ett mejl med din lott och en kod."):
        expect(told).to_contain_text(words)
    expect(told).not_to_contain_text(re.compile("[0-9a-f]{64}"))
    expect(visitor.locator(".receipt-code")).to_have_count(0)


def test_code_is_copied_at_press(page, clock):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(ENTRY_URL)
    fill_in(page)
    send(page, clock)
    page.get_by_role("button", name="Kopiera koden").click()
    expect(page.get_by_text("Kopierat.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator(".receipt-code").inner_text()


def test_the_focus_goes_to_the_thanks(page, clock):
    page.goto(ENTRY_URL)
    fill_in(page)
    send(page, clock)
    expect(heading(page, THANKS)).to_be_focused()


def test_a_visitor_enters_by_keyboard_alone(page, clock):
    page.goto("/")
    tab_to(page.get_by_role("link", name=re.compile(r"^Lucka 10\b"))).press("Enter")
    expect(heading(page, "Åk buss och sticka en halv vante")).to_be_visible()
    tab_to(page.get_by_role("link", name="Till tävlingen")).press("Enter")
    expect(heading(page, "Svara och var med i utlottningen")).to_be_visible()
    tab_to(page.get_by_label("2027")).press("ArrowDown")
    tab_to(page.get_by_label("E-postadress")).press_sequentially("anna@example.se")
    tab_to(page.get_by_label("Kommun")).press("ArrowDown")
    tab_to(page.get_by_label("Jag har fyllt")).press("Space")
    tab_to(page.get_by_label(re.compile("godkänner"))).press("Space")
    clock.forward(seconds=20)
    tab_to(page.get_by_role("button", name="Skicka mitt svar")).press("Enter")
    expect(heading(page, THANKS)).to_be_focused()


def ask_for(page, receipt, email):
    """Ask for an entry with its receipt, by what the fields are called."""
    page.goto("/mitt-svar")
    page.get_by_label("Kvittokod").fill(receipt.code.lower())
    page.get_by_label("E-postadress").fill(email)
    press(page, "Visa mitt svar")


def test_visitor_takes_the_entry_back(visitor, accept):
    receipt = accept("bo@example.se")
    ask_for(visitor, receipt, "bo@example.se")
    expect(visitor.get_by_text(receipt.ticket)).to_be_visible()
    press(visitor, "Ta tillbaka svaret")
    visitor.get_by_role("alert").get_by_role("link", name=re.compile("^Kryssa i rutan")).click()
    expect(focused(visitor)).to_have_accessible_name("Ja, ta tillbaka mitt svar och radera mina uppgifter")
    focused(visitor).check()
    press(visitor, "Ta tillbaka svaret")
    expect(heading(visitor, "Svaret är tillbakataget")).to_be_visible()
    ask_for(visitor, receipt, "bo@example.se")
    expect(visitor.get_by_role("alert")).to_contain_text("Vi hittar inget svar")


def test_wrong_code_stays_in_its_field(visitor, accept):
    ask_for(visitor, accept("bo@example.se"), "fel@example.se")
    expect(visitor).to_have_title(re.compile("^Fel: "))
    visitor.get_by_role("alert").get_by_role("link", name=re.compile("^Vi hittar inget svar")).click()
    expect(focused(visitor)).to_have_accessible_name("Kvittokod")
    expect(visitor.get_by_label("E-postadress")).to_have_value("fel@example.se")


def test_visitor_tells_what_does_not_work(visitor, clock, organiser):
    visitor.goto("/")
    visitor.get_by_role("contentinfo").get_by_role("link", name="Tillgänglighet").click()
    clock.forward(seconds=20)
    press(visitor, "Skicka")
    expect(visitor.get_by_role("alert").get_by_role("link")).to_have_count(2)
    visitor.get_by_label("Något går inte").check()
    visitor.get_by_label("Berätta").fill("Lucka 3 går inte att läsa.")
    clock.forward(seconds=20)
    press(visitor, "Skicka")
    expect(heading(visitor, "Tack, det är mottaget")).to_be_visible()
    assert "Lucka 3 går inte att läsa." in organiser.get("/admin/aterkoppling").text


def test_an_entry_is_seen_and_taken_back_by_keyboard_alone(page, accept):
    page.set_viewport_size(SMALL)
    receipt = accept("bo@example.se")
    page.goto("/mitt-svar")
    tab_to(page.get_by_label("Kvittokod")).press_sequentially(receipt.code)
    tab_to(page.get_by_label("E-postadress")).press_sequentially("bo@example.se")
    tab_to(page.get_by_role("button", name="Visa mitt svar")).press("Enter")
    expect(page.get_by_text(receipt.ticket)).to_be_visible()
    tab_to(page.get_by_label("Ja, ta tillbaka")).press("Space")
    tab_to(page.get_by_role("button", name="Ta tillbaka svaret")).press("Enter")
    expect(heading(page, "Svaret är tillbakataget")).to_be_focused()


def test_feedback_goes_by_keyboard_alone(page, clock):
    page.set_viewport_size(SMALL)
    page.goto("/tillganglighet")
    tab_to(page.get_by_label("Något går inte")).press("Space")
    tab_to(page.get_by_label("Berätta")).press_sequentially("Lucka 3.")
    clock.forward(seconds=20)
    tab_to(page.get_by_role("button", name="Skicka")).press("Enter")
    expect(heading(page, "Tack, det är mottaget")).to_be_focused()


def test_invited_organiser_signs_in(page, app, clock):
    with app.app_context():
        token = sessions.create_invitation("olle@example.se", clock.now())
    page.goto(f"/admin/inbjudan/{token}")
    app_in_the_phone = pyotp.TOTP(page.get_by_text(re.compile("^[A-Z2-7]{32}$")).inner_text())
    page.get_by_label("Välj ett lösenord").fill("en snöig morgon i Sotenäs")
    page.get_by_label("Engångskod").fill(app_in_the_phone.at(clock.now()))
    page.get_by_role("button", name="Skapa kontot").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="Jag har sparat dem, börja").click()
    expect(heading(page, "Nästa steg", 2)).to_be_visible()
    page.get_by_role("button", name="Logga ut").click()
    expect(heading(page, "Logga in")).to_be_visible()


def test_the_draw_page_waits_for_what_one_does(desk, page, app, clock, contest):
    page.clock.install()
    desk("locked", at="2026-12-22 12:00:30")
    page.get_by_role("button", name="Fråga nu").focus()
    with app.app_context():
        draw_value.draw_winners(contest, VALUE, clock.now())
    page.clock.fast_forward(31_000)
    expect(page.locator("#foljer")).to_contain_text("Något har hänt")
    expect(page.get_by_role("button", name="Fråga nu")).to_be_focused()


def test_the_draw_page_is_another_when_the_value_has_come(desk, page, app, clock, contest):
    page.clock.install()
    desk("locked", at="2026-12-22 12:00:30")
    with app.app_context():
        draw_value.draw_winners(contest, VALUE, clock.now())
    page.clock.fast_forward(31_000)
    expect(page.locator(".acts > li.is-done")).to_have_count(3)
    expect(page.get_by_role("heading", name="Plats 1 är på tur")).to_be_visible()


def test_an_organiser_strikes_an_entry(desk):
    page = desk("open")
    page.get_by_role("link", name="Tävlingssvar", exact=True).click()
    page.get_by_role("link", name="Stryk svar 2").click()
    page.get_by_label("Skäl").select_option("anställd")
    page.get_by_role("button", name="Stryk svar 2").click()
    expect(page.get_by_role("row", name="bo@example.se")).to_contain_text("anställd")


def test_link_in_mail_withdraws_entry_once(visitor, accept, app):
    ticket = accept("bo@example.se").ticket
    with app.app_context():
        address = f"/mitt-svar/ta-tillbaka/{mails.sign_link(mails.WITHDRAW, 'mjk-2026', ticket)}"
    visitor.goto(address)
    expect(heading(visitor, "Ta tillbaka ditt svar?")).to_be_visible()
    press(visitor, "Ta tillbaka mitt svar")
    expect(heading(visitor, "Svaret är tillbakataget")).to_be_visible()
    visitor.goto(address)
    expect(heading(visitor, "Svaret är redan tillbakataget")).to_be_visible()
    expect(visitor.get_by_role("main").get_by_role("button")).to_have_count(0)


def test_winner_declines_and_next_follows(visitor, desk, app, clock):
    page = desk("drawn")
    with app.app_context():
        contest = frozen_contest()
        send_letter(contest, 1, clock.now())
        ticket = db.session.get_one(Rank, (contest.id, 1)).ticket
        address = f"/2026/dragning/tacka-nej/{mails.sign_link(mails.DECLINE, contest.id, 1, ticket)}"
    visitor.goto(address)
    expect(heading(visitor, "Tacka nej till vinsten?")).to_be_visible()
    press(visitor, "Tacka nej")
    expect(heading(visitor, "Du har tackat nej")).to_be_visible()
    visitor.get_by_role("link", name="Till dragningen").click()
    visitor.get_by_text("För dig som vill kontrollera").click()
    expect(visitor.get_by_text("Plats 1: tackar nej")).to_be_visible()
    page.reload()
    expect(heading(page, "Plats 2 är på tur", 3)).to_be_visible()


def test_organiser_locks_a_late_list(desk, clock):
    page = desk("closed")
    expect(page.get_by_role("button", name="Lås nu")).to_have_count(0)
    clock.set("2026-12-22 00:10")
    page.reload()
    page.get_by_role("button", name="Lås nu").click()
    expect(page.get_by_text("3 lotter är med, 0 är strukna.")).to_be_visible()
    page.get_by_role("link", name="den öppna sidan").click()
    expect(heading(page, "Snart lottas vinnaren")).to_be_visible()


@pytest.mark.parametrize("place", ["the desk, with no value pasted"])  # in a contest of the real chain
def test_wrong_value_stays_in_its_box(desk, place):
    page = desk("locked", at=NOON)
    page.get_by_text("Klistra in det själv").click()
    page.get_by_label("Slumptalet").fill(VALUE.replace("{", ""))
    page.get_by_role("button", name="Gör dragningen").click()
    expect(page).to_have_title(re.compile("^Fel: "))
    expect(focused(page)).to_contain_text("Klistra in hela svaret, från { till }.")
    expect(page.get_by_label("Slumptalet")).to_have_value(VALUE.replace("{", ""))


def test_value_is_asked_for_at_press(desk):
    page = desk("locked", at=NOON)
    page.get_by_role("button", name="Fråga nu").click()
    expect(heading(page, "Plats 1 är på tur", 3)).to_be_visible()


def test_contest_is_cancelled_publicly(desk, visitor):
    page = desk("open")
    page.get_by_text("Ställ in tävlingen").first.click()
    press(page, "Ställ in tävlingen")
    page.get_by_role("alert").get_by_role("link", name="Skriv varför. Alla ser det.").click()
    page.keyboard.insert_text("Vinsten finns inte längre.")
    page.get_by_label("Ja, ställ in tävlingen.").check()
    press(page, "Ställ in tävlingen")
    expect(page.get_by_text("Skäl: Vinsten finns inte längre.")).to_be_visible()
    visitor.goto(ENTRY_URL)
    expect(heading(visitor, "Tävlingen är inställd")).to_be_visible()
    visitor.get_by_role("link", name="sidan om dragningen").click()
    expect(visitor.get_by_text("Skäl: Vinsten finns inte längre.")).to_be_visible()


def test_winner_is_confirmed_publicly(desk, app, clock):
    page = desk("drawn")
    expect(page.get_by_role("button", name="Bekräfta vinnaren")).to_have_count(0)
    expect(page.get_by_text("Mejlet har inte gått ännu.")).to_be_visible()
    with app.app_context():
        send_letter(frozen_contest(), 1, clock.now())
    page.reload()
    ticket = page.get_by_text(re.compile("^Lott [0-9a-f]{64}$")).inner_text().split()[1]
    page.get_by_role("button", name="Bekräfta vinnaren").click()
    expect(page.get_by_text("Klart.")).to_be_visible()
    page.get_by_role("link", name="den öppna sidan").click()
    expect(heading(page, "Vinnaren är klar")).to_be_visible()
    expect(page.locator("main code").get_by_text(f"{ticket[:4]}-{ticket[4:8]}".upper())).to_be_visible()

"""A communicator plays a whole season by the pages alone, from the invitation in October to the erasing in spring."""

import io
import re
import zipfile
from email import message_from_bytes, policy

import pyotp
import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup
from playwright.sync_api import expect

from app.contest import store, terms
from app.contest.forms import EntryInput
from app.operations.jobs import run_round
from tests.browser.acts import Person, fill_in, send
from tests.conftest import on_sqlite
from tests.editing.photos import photo
from tests.prepared import DECISION

pytestmark = on_sqlite
EMAIL, PASSWORD = "olga@example.se", "en mening går bra"
DECEMBER = "/2027/lucka/13"


@pytest.fixture
def app(make_app, content, clock):
    clock.set("2027-10-04 09:00")
    return make_app(CALENDAR_CONTENT=content)


@pytest.fixture
def flask(app):
    """Run a command at the server, and returns what it printed."""

    def run(*words, code=0):
        group = FlaskGroup(create_app=lambda: app, load_dotenv=False, set_debug_flag=False)
        result = CliRunner().invoke(group, words)
        assert result.exit_code == code, result.output
        return result.output

    return run


@pytest.fixture
def jobs(app, clock):
    """What runs beside the server, at an instant, until nothing is left to do: jobs("2027-12-22 12:00:01")."""

    def run(at):
        clock.set(at)
        with app.app_context():
            for _ in range(2):
                run_round()

    return run


@pytest.fixture
def mails(app):
    """The mails of a kind, which lie as files where none are sent: mails("vinst")."""

    def of(kind):
        folder = app.extensions["library"].state.parent / "mail"
        found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in folder.glob(f"{kind}.*")]
        return [mail.get_body(("plain",)).get_content() for mail in found]

    return of


@pytest.fixture
def watched(new_context, site, width):
    """Make a page of somebody's own; what it should not do, whoever it is, is in the list that stands beside it."""
    wrong = []

    def made():
        page = new_context(viewport={"width": width, "height": 900}).new_page()
        page.on("request", lambda request: request.url.startswith((site, "data:")) or wrong.append(request.url))
        page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(error.message))
        return page

    yield made
    # The page that asks who is there answers 403, and the browser says so.
    assert [each for each in wrong if "status of 403" not in each] == []


class Communicator(Person):
    """Olga, with a phone that shows codes."""

    secret = ""

    def code(self):
        self.clock.forward(seconds=30)
        return pyotp.TOTP(self.secret).at(self.clock.now())

    def accept(self, link):
        self.go(link)
        self.secret = self.page.locator("code.key").inner_text().replace(" ", "")
        self.write("Välj ett lösenord", PASSWORD)
        self.write("Engångskod", self.code())
        self.press("Skapa kontot")
        self.sees("Kontot är skapat, och du är inloggad.")
        self.press("Logga ut")

    def come_in(self, at):
        self.clock.set(at)
        self.go("/admin/logga-in")
        self.write("E-postadress", EMAIL)
        self.write("Lösenord", PASSWORD)
        self.write("Engångskod", self.code())
        self.press("Logga in")

    def prove(self):
        """Say who is there once more: the last proof is some minutes old."""
        expect(self.page.get_by_role("heading", name="Bekräfta att det är du")).to_be_visible()
        self.write("Engångskod", self.code())
        self.press("Fortsätt")

    def download(self, link):
        with self.page.expect_download() as begun:
            self.page.get_by_role("link", name=link).first.click()
        return begun.value.path().read_bytes()


def make_next_years_calendar(olga):
    olga.follow("Redigera")
    olga.follow("Ny kalender")
    expect(olga.page.get_by_label("År", exact=True)).to_have_value("2027")
    olga.press("Skapa kalendern")
    olga.sees("25 delar är inte genomgångna än.")


def edit_texts_and_a_hatch(olga):
    olga.follow("Kalenderns texter")
    olga.write("Tema", "tema vatten")
    olga.press("Spara")
    olga.go("/admin/redigera/lucka/12?ar=2027")
    olga.press("Spara")
    olga.go("/admin/redigera?ar=2027")
    olga.sees("23 delar är inte genomgångna än.")
    olga.go("/admin/redigera/lucka/13?ar=2027")
    olga.write("Rubrik", "Duscha kortare än sången")
    olga.press("Spara")
    olga.sees("Luckan öppnar 13 december.")


def upload_a_picture(olga):
    olga.follow("Bild")
    olga.page.get_by_label("Ny bild").set_input_files(
        {"name": "IMG_0001.JPG", "mimeType": "image/jpeg", "buffer": photo()}
    )
    olga.write("Bildbeskrivning", "En blå dusch och en röd handduk.")
    olga.press("Spara")
    olga.sees("Bilden syns när luckan är öppen.")


def look_ahead(olga):
    olga.go("/admin/beredskap?ar=2027")
    olga.go("/admin/forhandsvisning?ar=2027")
    olga.follow("Lucka 13")
    expect(olga.page.get_by_role("heading", name="Duscha kortare än sången", level=1)).to_be_visible()
    olga.go("/admin/")
    olga.press("Logga ut")


def open_hatches(visitor, clock):
    """The hatch is not there the minute before, and is there with its picture in its own minute."""
    clock.set("2027-12-12 23:59:59")
    visitor.go(DECEMBER)
    expect(visitor.page.get_by_text("Duscha")).to_have_count(0)
    clock.set("2027-12-13 00:00")
    visitor.go(DECEMBER)
    expect(visitor.page.get_by_role("heading", name="Duscha kortare än sången", level=1)).to_be_visible()
    picture = visitor.page.get_by_role("img", name="En blå dusch och en röd handduk.")
    assert picture.evaluate("each => each.complete && each.naturalWidth") > 0
    visitor.go("/")
    visitor.sees("tema vatten")


def enter(visitor, app, clock):
    """Two people by the form, nine behind it, and one who will be struck."""
    for name in ("anna", "bo"):
        visitor.go("/2027/lucka/10")
        visitor.follow(re.compile("tävl", re.IGNORECASE))
        fill_in(visitor.page, f"{name}@example.se")
        send(visitor.page, clock)
        visitor.look()
        visitor.sees("Du är med!")
    with app.app_context():
        for number in range(10):
            answers = EntryInput(f"{number}@example.se", "2030", "1441", None, f"{number:040}")
            store.save_entry(terms.frozen_in(2027), answers, clock.now())


def strike_and_read_the_figures(olga):
    olga.come_in("2027-12-15 09:00")
    olga.follow("Tävlingssvar")
    olga.follow("Stryk svar 3")
    olga.page.get_by_label("Skäl").select_option("anställd")
    olga.press("Stryk svar 3")
    expect(olga.page.locator("#bidrag-3").get_by_role("link", name="Stryk svar 3")).to_have_count(0)
    olga.follow("Statistik")
    olga.sees("12 svar")


def compare(visitor, mails):
    """What everyone got by mail before the value is what the front page says."""
    (told,) = {re.search("[0-9a-f]{64}", mail)[0] for mail in mails("last")}
    assert len(mails("last")) == 12
    visitor.go("/")
    visitor.unfold("Hela kontrollsumman")
    visitor.sees(told)
    return told


def decline(visitor, mails):
    """The first in line presses the link in the letter."""
    (letter,) = mails("vinst")
    visitor.go(re.search(r"/2027/dragning/tacka-nej/\S+", letter)[0])
    visitor.press("Tacka nej")
    visitor.sees("Du har tackat nej")


def confirm(olga):
    olga.come_in("2027-12-23 09:00")
    olga.follow("Dragning")
    olga.clock.forward(minutes=11)
    olga.press("Bekräfta vinnaren på plats 2")
    olga.prove()
    olga.unfold("Visa vem som vann")
    olga.write("Förnamn", "Sigrid")
    olga.page.get_by_label("Vinnaren har sagt ja").check()
    olga.press("Visa namnet")
    olga.sees(re.compile("Sigrid från .* visas för alla"))


def take_out(olga):
    """The workbook, the archive package and the figures for the report."""
    with zipfile.ZipFile(io.BytesIO(olga.download("Hämta arkivpaketet"))) as package:
        assert package.testzip() is None
    olga.follow("Tävlingssvar")
    with zipfile.ZipFile(io.BytesIO(olga.download("Hämta alla svar som Excel-fil"))) as book:
        assert b"anna@example.se" in book.read("xl/worksheets/sheet1.xml")
    olga.follow("Statistik")
    assert olga.download(re.compile("CSV")).startswith(b"\xef\xbb\xbf")


def erase(olga):
    olga.come_in("2028-04-03 09:00")
    olga.follow("Gallring")
    olga.sees(f"Beslut om gallring: {DECISION}.")
    olga.page.get_by_label("Ja, gallra uppgifterna").check()
    olga.press("Gallra uppgifterna nu")
    olga.sees("Uppgifterna är gallrade")
    olga.sees(DECISION)
    olga.follow("Tävlingssvar")
    expect(olga.page.get_by_text("@example.se", exact=False).and_(olga.page.locator("td"))).to_have_count(0)


@pytest.mark.parametrize(("width", "by_keyboard"), [(1440, False), (390, True)], ids=["mouse", "keyboard"])
def test_whole_season_from_invitation_to_erasing(watched, flask, app, clock, jobs, mails, by_keyboard):
    olga, visitor = Communicator(watched(), clock, by_keyboard), Person(watched(), clock, by_keyboard)
    olga.accept(re.search(r"/admin/inbjudan/\S+", flask("organiser", "invite", EMAIL))[0])
    olga.come_in("2027-10-04 10:00")
    make_next_years_calendar(olga)
    edit_texts_and_a_hatch(olga)
    upload_a_picture(olga)
    look_ahead(olga)
    jobs("2027-12-10 00:00")
    open_hatches(visitor, clock)
    enter(visitor, app, clock)
    strike_and_read_the_figures(olga)
    jobs("2027-12-22 00:00:01")
    mailed = compare(Person(watched(), clock, by_keyboard), mails)
    jobs("2027-12-22 12:00:01")
    decline(visitor, mails)
    jobs("2027-12-22 12:30")
    confirm(olga)
    visitor.go("/2027/dragning")
    visitor.sees(re.compile("Sigrid"))
    take_out(olga)
    assert "ÖVNING" in flask("draw", "verify", "2027", "--kontrollsumma", mailed, code=2)
    erase(olga)

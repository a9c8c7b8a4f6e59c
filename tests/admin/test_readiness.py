"""Is all ready for 1 December: what is missing or odd, said in one sentence each."""

import os
import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup

from app.admin import readiness
from app.calendar.loader import read_edition
from app.operations import jobs, server_checks
from app.operations.server_checks import Server
from tests.conftest import ROOT, configured, on_sqlite

PAGE = "/admin/beredskap"
TODAY = date(2026, 11, 25)
WELL = Server(
    public_url="https://kalender.example.se",
    mail_url="smtp://post.example.se",
    rehearsal=False,
    debug=False,
    key_is_private=True,
    backup_age=timedelta(hours=3),
    jobs_age=timedelta(seconds=40),
    apart=timedelta(0),
    sqlite=(3, 51, 3),
    disk_free=20_000_000_000,
    mail_from="kalender@example.se",
    sampled=True,
)


@pytest.fixture
def change(content):
    """Change a file of the edition and gives what is then found: change("07/hatch.md", "gammalt", "nytt")."""

    def made(file="", old="", new=""):
        if file:
            path = content / "2026" / file
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new, 1))
        found = readiness.check_edition(read_edition(content / "2026"), {}, TODAY)
        return {(finding.severity, finding.hatch, finding.sentence) for finding in found}

    return made


@pytest.fixture
def new(change):
    """What a change gives that was not found before."""

    def made(*args):
        before = change()
        return change(*args) - before

    return made


def test_a_miniature_that_says_more_than_it_may_is_told(new):
    sentence = "miniatyr.svg visas inte: den får bara ha enkla former i åtta färger."
    assert new("07/miniatyr.svg", 'class="n"', 'fill="red"') == {("may", 7, sentence)}


@pytest.mark.parametrize(
    ("file", "old", "text", "finding"),
    [
        (
            "07/hatch.md",
            'title = "Med eller utan dubbar?"',
            'title = "Häng reflexen lågt"',
            ("should", 7, "En annan lucka heter också ”Häng reflexen lågt”."),
        ),
        (
            "07/hatch.md",
            'image = "bild.svg"\nimage_alt',
            "image_alt",
            ("should", 7, "Luckan har ingen bild."),
        ),
        (
            "07/hatch.md",
            "Dubbar eller inte är en fråga",
            "Julkalendern 2025 säger: dubbar eller inte är en fråga",
            ("should", 7, "Texten säger ”Julkalendern 2025”, men kalendern är för 2026."),
        ),
        (
            "07/hatch.md",
            'year = "odaterad"',
            "year = 2015",
            ("may", 7, "Källan ”Göteborgs Stad, Dubbdäcksförbud” är från 2015. Finns det något nyare?"),
        ),
        (
            "07/hatch.md",
            "Dubbar eller inte är en fråga",
            "Sedan december 2206 är dubbar eller inte en fråga",
            ("should", 7, "Texten säger ”december 2206”, men kalendern är för 2026."),
        ),
        (
            "edition.toml",
            "Den 1 december öppnar",
            "Den 1 december 2025 öppnar",
            ("should", 0, "Texten säger ”december 2025”, men kalendern är för 2026."),
        ),
        (
            "edition.toml",
            "assessed = 2026-11-23",
            "assessed = 2026-12-23",
            ("must", 0, "Tillgänglighetsredogörelsen är bedömd 2026-12-23, ett datum som ligger framåt i tiden."),
        ),
        (
            "edition.toml",
            "assessed = 2026-11-23",
            "assessed = 2025-11-01",
            ("should", 0, "Tillgängligheten bedömdes 2025-11-01, för mer än ett år sedan."),
        ),
        (
            "edition.toml",
            'address = "Box 5073, 402 22 Göteborg"',
            'address = ""',
            ("must", 0, "Postadress: fyll i fältet, annars öppnar inte tävlingen."),
        ),
        (
            "10/hatch.md",
            'id = "mjk-2026"',
            'id = "mjk-2025"',
            ("must", 10, "Tävlingens namn, mjk-2025, är från ett annat år. Det ska vara nytt varje år."),
        ),
    ],
)
def test_odd_things_are_found(new, file, old, text, finding):
    assert finding in new(file, old, text)


def test_old_year_is_told_in_every_language(content):
    copy = replace(read_edition(content / "2026"), year=2027)
    found = {finding.sentence: finding.part for finding in readiness.check_edition(copy, {}, TODAY)}
    by_file = "men kalendern är för 2027. Ändra den i ZIP-filen."
    assert found["Texten säger ”Lucia 2026”, men kalendern är för 2027."] == "hatch"
    assert found[f"Översättningen 13/lattlast.md säger ”Lucia 2026”, {by_file}"] == "archive"
    assert found[f"Översättningen 13/en.md säger ”2026 Lucia”, {by_file}"] == "archive"
    assert found[f"Översättningen en.toml säger ”Miljöjulkalendern 2026”, {by_file}"] == "archive"


@pytest.mark.parametrize("text", ["jul 2025", "2025 Lucia", "Christmas 2025", "nyår 2025", "Kalendern år 2025"])
def test_old_year_is_seen_beside_each_feast(text):
    assert readiness.other_years(f"Se {text} igen.", 2026) == [f"Texten säger ”{text}”, men kalendern är för 2026."]


def test_example_address_on_page_about_calendar_must_be_changed(new):
    told = ("must", 0, "Adressen namn@example.org är ett exempel. Skriv er egen.")
    assert told in new("edition.toml", 'about = """\n', 'about = """\nSkriv till namn@example.org.\n')


def test_the_real_hatches_need_nothing(change):
    assert {finding for finding in change() if finding[1] and finding[0] != "may"} == set()


@pytest.mark.parametrize(("words", "told"), [(59, "kort: 59 ord"), (60, ""), (200, ""), (201, "långt: 201 ord")])
def test_a_tip_has_a_good_length(content, words, told):
    path = content / "2026" / "07" / "hatch.md"
    head = path.read_text().rpartition("+++")[0]
    path.write_text(f"{head}+++\n\n{'ord ' * words}\n")
    found = [f.sentence for f in readiness.check_edition(read_edition(content / "2026"), {}, TODAY) if f.hatch == 7]
    assert [sentence for sentence in found if "Tipset" in sentence and told in sentence] == [
        sentence for sentence in found if "Tipset" in sentence
    ]
    assert any("Tipset" in sentence for sentence in found) == bool(told)


def test_a_heavy_picture_is_told(content):
    picture = content / "2026" / "07" / "bild.svg"
    picture.write_text(picture.read_text() + " " * 70_000)
    found = readiness.check_edition(read_edition(content / "2026"), {}, TODAY)
    assert any(f.sentence.startswith("Bilden väger 71 kB.") and f.hatch == 7 for f in found)


def test_link_without_a_picture_of_its_own_is_told(content):
    for card in (content / "2026").rglob("delning-*"):
        card.unlink()
    found = {
        (f.hatch, f.sentence.partition(".")[0])
        for f in readiness.check_edition(read_edition(content / "2026"), {}, TODAY)
    }
    assert (7, "En delad länk visar kalenderns bild i stället för luckans") in found
    assert (0, "En delad länk till kalendern har ingen bild som visar det som står nu") in found


def test_meaningful_picture_without_description_is_told(content):
    path = content / "2026" / "07" / "hatch.md"
    path.write_text(re.sub(r'image_alt = ".*"', 'image_alt = "En bild"', path.read_text(), count=1))
    found = readiness.check_edition(read_edition(content / "2026"), {}, TODAY)
    sentence = "Bildbeskrivningen är för kort för att säga vad bilden visar."
    assert [(f.hatch, f.part) for f in found if f.sentence == sentence] == [(7, "picture")]


def test_ordinary_date_is_no_wrong_year(new):
    assert new("07/hatch.md", "Dubbar eller inte", "Sedan den 1 juli 2015 gäller: dubbar eller inte") == set()


def test_server_that_is_well_needs_nothing():
    assert server_checks.check_server(WELL) == []
    assert server_checks.check_server(replace(WELL, sqlite=None)) == []


@pytest.mark.parametrize(
    ("change", "severity", "words"),
    [
        ({"debug": True}, "must", "Felsökningsläget är på."),
        ({"rehearsal": True}, "must", "Det här är en övning"),
        ({"public_url": "http://127.0.0.1:5000"}, "must", "Kalenderns adress är http://127.0.0.1:5000."),
        ({"mail_url": ""}, "should", "Ingen e-postserver är inställd."),
        ({"sampled": False}, "should", "Mejlen går från kalender@example.se. Adressen ska få skicka"),
        ({"key_is_private": False}, "should", "Filen med den hemliga nyckeln kan läsas av andra"),
        ({"backup_age": None}, "should", "Det finns ingen säkerhetskopia."),
        ({"backup_age": timedelta(days=9)}, "should", "Den senaste säkerhetskopian är 9 dagar gammal."),
        ({"jobs_age": None}, "should", "har aldrig körts"),
        ({"jobs_age": timedelta(hours=1)}, "should", "har stannat"),
        ({"apart": timedelta(seconds=-61)}, "must", "Serverns klocka går en minut fel."),
        ({"apart": timedelta(minutes=12)}, "must", "Serverns klocka går 12 minuter fel."),
        ({"apart": None}, "may", "Klockan gick inte att jämföra"),
        ({"sqlite": (3, 40, 1)}, "may", "SQLite är version 3.40.1."),
        ({"disk_free": 50_000_000}, "must", "Disken är nästan full: 50 MB kvar."),
        ({"disk_free": 500_000_000}, "should", "ont om plats på disken: 500 MB kvar."),
    ],
)
def test_what_the_server_lacks_is_told(change, severity, words):
    (finding,) = server_checks.check_server(replace(WELL, **change))
    assert finding.severity == severity
    assert words in finding.sentence


@pytest.mark.parametrize("apart", [timedelta(seconds=60), timedelta(seconds=-60)])
def test_clock_may_be_off_by_minute(apart):
    assert server_checks.check_server(replace(WELL, apart=apart)) == []


def words(answer):
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.text.split())


@on_sqlite
def test_the_page_lists_every_hatch(organiser):
    page = BeautifulSoup(organiser.get(PAGE).text, "html.parser")
    assert [row.td.text for row in page.select("table.hatches tbody tr")] == [str(number) for number in range(1, 25)]
    assert "är inte redo ännu" in page.text
    assert organiser.get(page.select_one("table.hatches a")["href"]).status_code == 200


@on_sqlite
def test_shipped_calendar_tells_its_gaps(share_app, organiser):
    desk = share_app(CALENDAR_CONTENT=ROOT / "calendar_content").test_client()
    desk.set_cookie("__Host-organisator", organiser.get_cookie("__Host-organisator").value)
    told = words(desk.get(PAGE))
    for sentence in (
        "E-postadress: miljojulkalendern@example.org är ett exempel; skriv er egen adress",
        "Dataskyddsombud: fyll i fältet, annars öppnar inte tävlingen.",
        "Gallringsbeslutets diarienummer: skriv gallringsbeslutets diarienummer, för en myndighet gallrar inte utan",
    ):
        assert sentence in told


@on_sqlite
def test_calendar_that_lacks_nothing_is_ready(app, content, make_app, organiser, tmp_path):
    ready = make_app(CALENDAR_CONTENT=content, PUBLIC_URL="https://jul.se", MAIL_URL="smtp://post.jul.se")
    with ready.app_context():
        jobs.run_round()
    for done in ("backup.done", "reminder.sample"):
        (tmp_path / done).touch()
    client = ready.test_client()
    cookie = organiser.get_cookie("__Host-organisator")
    client.set_cookie("__Host-organisator", cookie.value)
    assert "Redo för 1 december" in words(client.get(PAGE))
    os.utime(tmp_path / "backup.done", (0, 0))
    assert "Den senaste säkerhetskopian är" in words(client.get(PAGE))


@on_sqlite
@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("/2026/lucka/3", False),
        ("/2026/lucka/25", True),
        ("/2025/lucka/3", True),
        ("3", False),
        ("/om", False),
        ("/om-oss", True),
        ("/2026/lucka/7/bild/bild.svg", False),
        ("/2026/lucka/7/bild/borta.svg", True),
        ("http://127.0.0.1:5000/finns-inte", True),
        ("https://example.com/finns-inte", False),
        ("mailto:anna@example.se", False),
    ],
)
def test_dead_link_within_site_is_told(content, share_app, link, dead):
    path = content / "2026" / "07" / "hatch.md"
    path.write_text(path.read_text() + f"\nLäs [mer]({link}).\n")
    app = share_app(CALENDAR_CONTENT=content)
    with app.app_context():
        assert readiness.dead_links(app.extensions["library"].editions[2026], 7) == ([link] if dead else [])


@on_sqlite
@configured(MAIL_URL="smtp://post.example.se")
def test_heartbeat_tells_the_last_round(app, organiser):
    assert "har aldrig körts" in words(organiser.get(PAGE))
    with app.app_context():
        jobs.run_round()
    assert "Bakgrundsjobben" not in words(organiser.get(PAGE))


@on_sqlite
def test_each_finding_has_a_way_to_where_it_is_mended(content, share_app, organiser):
    (content / "2026" / "edition.toml").write_text(
        (content / "2026" / "edition.toml").read_text().replace('address = "Box 5073, 402 22 Göteborg"', 'address = ""')
    )
    client = share_app(CALENDAR_CONTENT=content).test_client()
    client.set_cookie("__Host-organisator", organiser.get_cookie("__Host-organisator").value)
    ways = BeautifulSoup(client.get(PAGE).text, "html.parser").main.select('a[href*="/redigera/"]')
    assert "/admin/redigera/arrangor?ar=2026" in {way["href"] for way in ways}
    assert {client.get(way["href"]).status_code for way in ways} == {200}
    assert all(" ".join(way.text.split()).startswith("Ändra: ") for way in ways)


@on_sqlite
def test_unread_copy_is_told(content, share_app, organiser, clock):
    clock.set("2027-10-01 08:00")
    client = share_app(CALENDAR_CONTENT=content).test_client()
    client.set_cookie("__Host-organisator", organiser.get_cookie("__Host-organisator").value)
    page = client.get("/admin/redigera/ny")
    token = BeautifulSoup(page.text, "html.parser").main.select_one("[name=token]")["value"]
    made = client.post("/admin/redigera/ny", data={"token": token, "source": "2026", "year": "2027"})
    assert made.status_code == 303
    told = words(client.get(f"{PAGE}?ar=2027"))
    assert told.count("Texten är inte genomgången (kopierad från 2026). Läs och spara. Ändra") == 25


@on_sqlite
@configured(DEMO=True)
@pytest.mark.parametrize("page", ["", "beredskap", "forhandsvisning", "statistik", "redigera", "bidrag", "logg"])
def test_every_page_exists_in_demo(organiser, page):
    answer = organiser.get(f"/admin/{page}")
    assert answer.status_code == 200
    assert "Inget du gör här är på riktigt." in " ".join(answer.text.split())


def test_each_municipality_lacks_its_own_links(change, content):
    def told(name, *changed):
        return [sentence for *_, sentence in change(*changed) if sentence.startswith(f"{name}: ")]

    assert told("Ale") == ["Ale: hälsning och alla länkar."]
    [lacking] = told("Falköping")
    assert lacking == "Falköping: Cykelkarta, Pendelparkeringar, Regler för tomgång, Energi- och klimatrådgivning."
    file = content / "2026" / "kommuner" / "ale.toml"
    full = file.read_text().replace(' = ""', ' = "https://ale.se/sida"').replace("greeting = ", "# ")
    assert told("Ale", "kommuner/ale.toml", file.read_text(), full) == []

"""What visitors meet: the calendar, the hatches, their pictures."""

import re
import shutil
import struct
import time
from itertools import count
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from tests.conftest import on_sqlite

pytestmark = on_sqlite


@pytest.fixture
def site(share_app, content):
    """A visitor to a calendar whose files a test may change."""
    return share_app(CALENDAR_CONTENT=content).test_client()


@pytest.fixture
def last_year(content):
    """The edition of 2025, made from that of 2026."""
    folder = shutil.copytree(content / "2026", content / "2025")
    for path in (folder / "edition.toml", folder / "10" / "hatch.md"):
        path.write_text(path.read_text().replace("mjk-2026", "mjk-2025").replace("2026-", "2025-"))
    return folder


@pytest.fixture
def a_second_passes(monkeypatch):
    """The content is looked at again at the next visit."""
    seconds = count(time.monotonic() + 2, 2)
    later = SimpleNamespace(monotonic=lambda: next(seconds))
    return lambda: monkeypatch.setattr("app.calendar.library.time", later)


def edit(content, path, old, new):
    file = content / "2026" / path
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def soup(client, path):
    return BeautifulSoup(client.get(path).text, "html.parser")


def words(element):
    return " ".join(element.get_text().split())


def test_the_start_page_shows_todays_hatch_first(client):
    first = soup(client, "/").select_one("main a")
    assert first["href"] == "/2026/lucka/10"
    assert words(first) == "Öppna lucka 10"


def test_start_page_asks_todays_question_and_keeps_rest_for_hatch(client, app):
    page = soup(client, "/")
    hatch = app.extensions["library"].editions[2026].hatches[10]
    assert words(page.select_one(".masthead h2")) == hatch.file.question.text
    assert hatch.file.summary not in page.text
    assert not page.select("main img")


def test_the_start_page_is_the_current_edition(client):
    assert client.get("/").data == client.get("/2026/").data


def test_all_24_hatches_stand_in_date_order(client):
    numbers = [int(number.text) for number in soup(client, "/").select("ol.windows .number")]
    assert numbers == list(range(1, 25))


def test_the_calendar_links_to_open_hatches_only(client):
    links = [link["href"] for link in soup(client, "/").select("ol.windows a")]
    assert links == [f"/2026/lucka/{number}" for number in range(1, 11)]


def test_every_hatch_says_its_state_in_words(client):
    shown = [words(item) for item in soup(client, "/").select("ol.windows li")]
    assert shown[8].startswith("Lucka 9, öppen: ")
    assert shown[9].startswith("Lucka 10, dagens lucka: ")
    assert shown[10] == "Lucka 11 öppnas 11 december"


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-11-20 12:00", "11 dagar kvar till första luckan"),
        ("2026-11-30 23:59:59", "I morgon öppnar första luckan"),
        ("2026-12-01 00:00", "Tisdag 1 december"),
        ("2026-12-24 23:59:59", "Torsdag 24 december, julafton"),
        ("2026-12-25 00:00", "Alla luckor är öppna"),
        ("2027-06-01 12:00", "Alla luckor är öppna"),
    ],
)
def test_the_calendar_knows_the_time_of_year(client, clock, moment, shown):
    clock.set(moment)
    assert shown in client.get("/").text


@pytest.mark.parametrize("path", ["/2026/lucka/9", "/2026/lucka/9/lattlast", "/2026/lucka/9/testar"])
def test_sharing_is_called_that_without_share_sheet(client, path):
    button = soup(client, path).select_one("#dela")
    assert (words(button), button["data-copy"]) == ("Dela luckan", "Dela (kopiera länken)")


def test_contest_is_promised_without_its_hatch(client, clock):
    said = {}
    for day in ("2026-11-30", "2026-12-01", "2026-12-09", "2026-12-10", "2026-12-24"):
        clock.set(f"{day} 12:00")
        said[day[5:]] = " ".join(words(line) for line in soup(client, "/").select(".masthead .more"))
    promised = "I december kommer en tävling. Håll utkik!"
    assert said.pop("11-30").startswith("Med mejl")
    assert [line == promised for line in said.values()] == [True, True, False, False]
    assert "till och med" in said["12-10"]


def test_no_contest_is_promised_where_there_is_none(make_app, content, clock):
    file = content / "2026" / "10" / "hatch.md"
    file.write_text(re.sub(r"(?s)\n\[contest\].*?\n\+\+\+", "\n+++", file.read_text()))
    clock.set("2026-12-05 12:00")
    assert not soup(make_app(CALENDAR_CONTENT=content).test_client(), "/").select(".masthead .more")


def test_nothing_of_a_locked_hatch_is_drawn(client, clock, app):
    hatches = app.extensions["library"].editions[2026].hatches
    for day in range(1, 24):
        clock.set(f"2026-12-{day:02} 12:00")
        page = client.get("/").text
        for number in range(day + 1, 25):
            assert hatches[number].miniature
            assert hatches[number].file.title not in page
            drawn = set(re.findall(r' d="[^"]{30,}"', hatches[number].miniature))
            assert not drawn & set(re.findall(r' d="[^"]*"', page))
            assert hatches[number].figure.words not in page
            assert f'class="p{number}"' not in page


def test_the_house_follows_the_date(client, clock):
    def shows(moment, *selectors):
        clock.set(moment)
        page = soup(client, "/")
        return [len(page.select(selector)) for selector in selectors]

    candle, star = ".gable .flame", ".gable-star"
    assert shows("2026-11-28 12:00", candle, ".scene.is-asleep", ".wreath") == [0, 1, 0]
    assert shows("2026-11-29 12:00", candle, ".scene.is-asleep", ".wreath") == [1, 1, 0]
    assert shows("2026-12-05 12:00", candle, ".scene.snow-1", ".wreath") == [1, 1, 1]
    assert shows("2026-12-06 12:00", candle, ".wreath .w") == [2, 0]
    assert shows("2026-12-13 12:00", candle, ".wreath .w", star) == [3, 5, 0]
    assert shows("2026-12-20 12:00", candle, ".scene.snow-4", star) == [4, 1, 0]
    assert shows("2026-12-24 12:00", candle, ".scene.is-finale", star, ".street li") == [4, 1, 1, 25]
    shutters = "use[href='#shutters']"
    assert shows("2026-12-23 12:00", shutters, ".is-lit") == [1, 0]
    assert shows("2026-12-24 12:00", shutters, ".is-lit a[aria-current=date]") == [0, 1]
    assert shows("2026-12-25 12:00", ".all-lit a", ".scene.is-finale", star, ".titles li p") == [24, 0, 1, 24]


def test_the_days_to_december_are_counted_down_day_by_day(client, clock):
    clock.set("2026-11-20 12:00")
    client.get("/")
    clock.set("2026-11-21 00:00")
    assert "10 dagar kvar" in client.get("/").text


def test_the_new_edition_takes_over_in_november(last_year, site, clock):
    clock.set("2026-10-31 23:59:59")
    assert "/2025/lucka/24" in site.get("/").text
    clock.set("2026-11-01 00:00")
    assert "dagar kvar till första luckan" in site.get("/").text


def test_an_open_hatch_shows_the_whole_tip(client):
    page = soup(client, "/2026/lucka/7")
    assert page.h1.text == "Med eller utan dubbar?"
    for part in ("bilen rullar mest", "Dubbar river upp partiklar", "Sätt dubbarna på cykeln", "På torr asfalt"):
        assert part in page.main.text


def test_every_fact_names_its_source(client):
    facts = soup(client, "/2026/lucka/7").select("[aria-labelledby=fakta] li")
    assert len(facts) == 3
    assert all(fact.a["href"].startswith("https://") and "Källa:" in fact.text for fact in facts)


def test_a_source_says_its_language_and_when_it_was_read(share_app, content):
    edit(content, "10/hatch.md", 'year = "odaterad"', 'year = "odaterad"\nread = 2026-11-30')
    client = share_app(CALENDAR_CONTENT=content).test_client()
    foreign, swedish_one = soup(client, "/2026/lucka/10").select("[aria-labelledby=fakta] .source")
    assert words(foreign) == "Källa: Västtrafik, How we work for sustainable public transport (på engelska), 2023."
    assert (foreign.a["hreflang"], foreign.a.span["lang"]) == ("en", "en")
    assert foreign.a.span.text == "How we work for sustainable public transport"
    assert words(swedish_one).endswith("elektrifierar vi Västsverige, odaterad sida, läst 30 november 2026.")
    assert not swedish_one.select("[lang], [hreflang]")


def test_only_name_of_page_is_in_language_of_page(client, clock):
    clock.set("2026-12-19 08:00")
    (source,) = soup(client, "/2026/lucka/19").select("[aria-labelledby=fakta] .source")
    assert words(source) == "Källa: Tek.no om NAF:s test (på norska), 2019."
    assert source.a["hreflang"] == "nb"
    assert not source.select("[lang]")


def test_the_title_tells_the_pages_apart(client):
    assert soup(client, "/2026/lucka/7").title.text == "Lucka 7 – Med eller utan dubbar? – Miljöjulkalendern 2026"


def test_a_locked_hatch_says_when_it_opens(client):
    answer = client.get("/2026/lucka/11")
    assert answer.status_code == 403
    assert "Den öppnas fredag 11 december 2026 kl. 00.00, svensk tid." in answer.text


def test_a_locked_hatch_says_nothing_else_of_itself(client):
    page = soup(client, "/2026/lucka/11")
    assert page.title.text == "Lucka 11 är inte öppen ännu – Miljöjulkalendern 2026"
    assert "Fyra i bilen" not in str(page)
    assert not page.select("main img, meta[name=description]")
    assert [link["href"] for link in page.select("main a")] == ["/2026/lucka/10", "/2026/"]


def test_a_hatch_opens_at_midnight_in_sweden(client, clock):
    clock.set("2026-12-10 23:59:59.999999")
    assert client.get("/2026/lucka/11").status_code == 403
    clock.set("2026-12-11 00:00")
    assert client.get("/2026/lucka/11").status_code == 200


def test_a_hatch_of_the_day_needs_no_year(client):
    answer = client.get("/lucka/7")
    assert (answer.status_code, answer.location) == (303, "/2026/lucka/7")


@pytest.mark.parametrize(
    ("number", "ways"),
    [
        (1, ["/2026/", "/2026/lucka/2"]),
        (7, ["/2026/lucka/6", "/2026/", "/2026/lucka/8"]),
        (10, ["/2026/lucka/9", "/2026/"]),
    ],
)
def test_hatch_leads_to_one_before_and_one_after(client, number, ways):
    assert [link["href"] for link in soup(client, f"/2026/lucka/{number}").select(".pager a")] == ways


def test_todays_hatch_says_when_the_next_one_opens(client, clock):
    assert "Lucka 11 öppnas 11 december" in client.get("/2026/lucka/10").text
    clock.set("2026-12-24 08:00")
    assert "Lucka 25" not in client.get("/2026/lucka/24").text


def test_a_picture_is_shown_as_the_picture_it_is(client, content):
    picture = client.get("/2026/lucka/10/bild/bild.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data == (content / "2026/10/bild.svg").read_bytes()


def test_the_picture_of_a_hatch_is_described(client):
    picture = soup(client, "/2026/lucka/10").select_one(".hatch img")
    assert picture["src"] == "/2026/lucka/10/bild/bild.svg"
    assert picture["alt"].startswith("En blå elbuss vid en hållplats")


@pytest.mark.parametrize("name", ["bild.svg", "finns-inte.svg"])
def test_a_locked_picture_is_behind_the_same_door(client, name):
    answer = client.get(f"/2026/lucka/11/bild/{name}")
    assert answer.status_code == 403
    assert "Lucka 11 är inte öppen ännu" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/2026/lucka/0",
        "/2026/lucka/25",
        "/2026/lucka/10/bild/annan.svg",
        "/2026/lucka/10/bild/hatch.md",
        "/2025/",
        "/2025/lucka/1",
        "/lucka/25",
    ],
)
def test_address_has_one_spelling_and_else_there_is_no_page(client, address):
    assert client.get(address).status_code == 404


def test_past_editions_stay_open(last_year, site):
    assert [link["href"] for link in soup(site, "/2026/").select("#tidigare ~ ul a")] == ["/2025/"]
    assert "24 av 24 luckor är öppna" in site.get("/2025/").text
    assert site.get("/2025/lucka/24").status_code == 200


def test_a_past_edition_does_not_point_to_newer_ones(last_year, site):
    assert "Tidigare kalendrar" not in site.get("/2025/").text


def test_the_contest_is_told_of_when_its_hatch_has_opened(client, clock):
    assert "/2026/dragning" in client.get("/").text
    clock.set("2026-12-09 23:59:59")
    page = soup(client, "/")
    assert page.main.text.count("ävling") == page.select_one(".masthead").text.count("ävling") == 1
    assert "/2026/dragning" not in str(page)


def test_the_about_page_says_who_is_behind_it(client):
    page = soup(client, "/om")
    assert "Kommunnätverket för hållbar utveckling" in page.main.text
    assert page.select_one("main a[href^=mailto]")["href"] == "mailto:miljojulkalendern@kommun.se"


def corrected(day, wrong, right):
    return f'[[corrections]]\ndate = {day}\nwrong = "{wrong}"\nright = "{right}"\n\n[question]'


def test_what_was_wrong_in_open_hatches_is_listed_latest_first(share_app, content):
    edit(content, "03/hatch.md", "[question]", corrected("2026-12-05", "Tre av tio.", "Fyra av tio."))
    edit(content, "09/hatch.md", "[question]", corrected("2026-12-09", "Hälften.", "En tredjedel."))
    edit(content, "11/hatch.md", "[question]", corrected("2026-11-30", "Hemligt fel.", "Hemligt rätt."))
    page = soup(share_app(CALENDAR_CONTENT=content).test_client(), "/2026/rattelser")
    assert [link["href"] for link in page.select("main h2 a")] == ["/2026/lucka/9", "/2026/lucka/3"]
    assert "Rättad 5 december 2026 Det stod Tre av tio. Det ska stå Fyra av tio." in words(page.main)
    assert "Hemligt" not in page.text


def test_corrected_hatch_says_when_and_leads_to_what_was_wrong(share_app, content):
    edit(content, "03/hatch.md", "[question]", corrected("2026-12-05", "Tre av tio.", "Fyra av tio."))
    client = share_app(CALENDAR_CONTENT=content).test_client()
    link = soup(client, "/2026/lucka/3").select_one("article a[href='/2026/rattelser']")
    assert words(link) == "Rättad 5 december"
    assert not soup(client, "/2026/lucka/4").select("a[href='/2026/rattelser']")


def test_without_corrections_the_page_says_so_and_where_to_write(client):
    page = soup(client, "/2026/rattelser")
    assert "Hittills har vi inte rättat något i de öppna luckorna." in words(page.main)
    assert page.select_one("main a[href^=mailto]").text == "miljojulkalendern@kommun.se"
    assert soup(client, "/om").select_one("main a[href='/2026/rattelser']")


def meta(page, name):
    return page.select_one(f"meta[property='{name}']")["content"]


@pytest.mark.parametrize("path", ["/", "/2026/", "/2026/lucka/10", "/en/", "/en/2026/hatch/10"])
def test_a_shared_link_has_a_name_and_a_picture(client, path):
    page = soup(client, path)
    theme = "theme: transport" if "/en/" in path else "tema transporter"
    assert meta(page, "og:title") == (page.h1.text if "10" in path else f"Miljöjulkalendern 2026 – {theme}")
    assert page.select_one("link[rel=canonical]")["href"] == meta(page, "og:url")
    card = client.get(meta(page, "og:image").removeprefix("http://127.0.0.1:5000"))
    assert (card.status_code, card.mimetype) == (200, "image/png")
    size = struct.unpack(">II", card.data[16:24])
    assert size == (int(meta(page, "og:image:width")), int(meta(page, "og:image:height"))) == (1200, 630)


def test_an_edition_without_a_card_names_none(share_app, content):
    [card] = (content / "2026").glob("delning-*.png")
    card.unlink()
    client = share_app(CALENDAR_CONTENT=content).test_client()
    assert not soup(client, "/").select("meta[property='og:image'], meta[name='twitter:card']")
    assert client.get(f"/2026/bild/{card.name}").status_code == 404


def test_hatch_without_a_card_shares_the_editions(share_app, content):
    next((content / "2026" / "10").glob("delning*")).unlink()
    client = share_app(CALENDAR_CONTENT=content).test_client()
    page = soup(client, "/2026/lucka/10")
    assert meta(page, "og:image") == meta(soup(client, "/"), "og:image")
    assert meta(page, "og:image:alt") == meta(soup(client, "/"), "og:image:alt")


def test_phone_is_told_name_icons_and_colours_for_home_screen(client):
    page = soup(client, "/2026/lucka/10")
    told = client.get(page.select_one("link[rel=manifest]")["href"])
    assert (told.mimetype, told.json["name"]) == ("application/manifest+json", "Miljöjulkalendern 2026")
    assert client.get(told.json["start_url"]).status_code == 200
    icons = [(icon["src"], icon["sizes"]) for icon in told.json["icons"]]
    for address, size in [*icons, (page.select_one("link[rel=apple-touch-icon]")["href"], "192x192")]:
        icon = client.get(address, buffered=True)
        assert "{}x{}".format(*struct.unpack(">II", icon.data[16:24])) == size
    colours = [(each["media"], each["content"]) for each in page.select("meta[name=theme-color]")]
    styles = client.get(page.select_one("link[rel=stylesheet]")["href"], buffered=True).text
    skies = re.findall(r"--sky: (#\w+)", styles)
    assert colours == [
        (f"(prefers-color-scheme: {name})", sky) for name, sky in zip(("light", "dark"), skies, strict=True)
    ]


RED = "#8c2f27"


def own_look(content, wall):
    """Give the edition a wall, a logo and a horizon of its own."""
    looks = f'wall = "{wall}"\nlogo = "logotyp.svg"\nlogo_alt = "Lerums kommun"\n'
    edit(content, "edition.toml", "theme = ", f"{looks}theme = ")
    shape = '<path class="h1" d="M0 0h760v300H0z"/>'
    for name in ("logotyp.svg", "horisont.svg"):
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 300">{shape}</svg>'
        (content / "2026" / name).write_text(drawing)
    (content / "2026" / "horisont-hoger.svg").unlink()
    return shape


def test_an_edition_has_its_own_wall_logo_and_horizon(share_app, content):
    shape = own_look(content, RED)
    client = share_app(CALENDAR_CONTENT=content).test_client()
    page = soup(client, "/")
    sheet = client.get(page.select("link[rel=stylesheet]")[-1]["href"])
    assert (sheet.mimetype, f"--wall:{RED}" in sheet.text) == ("text/css", True)
    assert soup(client, "/inbaddning").select(f'link[href="{page.select("link[rel=stylesheet]")[-1]["href"]}"]')
    assert sheet.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    logo = page.select_one("footer img")
    assert (logo["alt"], client.get(logo["src"]).mimetype) == ("Lerums kommun", "image/svg+xml")
    assert str(page.select_one(".horizon path")) == shape.replace("/>", "></path>")
    assert not page.select(".horizon-right")
    assert soup(client, "/2026/lucka/10").select("footer img")


def test_what_house_is_known_by_is_editions_own_name(share_app, content):
    edit(content, "edition.toml", 'title = "Miljöjulkalendern 2026"', 'title = "Klimatluckan 2026"')
    client = share_app(CALENDAR_CONTENT=content).test_client()
    for path in ("/om", "/mitt-svar", "/finns-inte"):
        page = soup(client, path)
        assert words(page.select_one(".site-name")) == "Klimatluckan"
        assert "Klimatluckan" in page.title.text
        assert "Miljöjulkalendern" not in page.title.text
    assert "PRODID:-//Klimatluckan//sv" in client.get("/kalender.ics").text


def test_an_edition_without_its_own_look_has_the_usual(client):
    page = soup(client, "/")
    assert not page.select("footer img")
    assert len(page.select("link[rel=stylesheet]")) == 1
    assert client.get("/2026/farger.css").status_code == 404


@pytest.mark.parametrize("spoilt", [None, "</g>", '<path class="h1" onclick="x()"/>'])
def test_without_a_horizon_of_its_own_there_are_hills(share_app, content, spoilt):
    harbour = soup(share_app(CALENDAR_CONTENT=content).test_client(), "/")
    assert harbour.select(".horizon .br") and harbour.select(".horizon-right .wat")
    for name in ("horisont.svg", "horisont-hoger.svg"):
        path = content / "2026" / name
        path.write_text(path.read_text().replace("</svg>", f"{spoilt}</svg>")) if spoilt else path.unlink()
    page = soup(share_app(CALENDAR_CONTENT=content).test_client(), "/")
    assert (len(page.select(".horizon")), len(page.select(".horizon-right"))) == (1, 1)
    assert not page.select(".horizon .br, .horizon-right .wat")


def test_an_edit_shows_after_a_second(site, content, a_second_passes):
    site.get("/2026/lucka/10")
    edit(content, "10/hatch.md", "Åk buss och sticka", "Åk tåg och virka")
    assert "Åk buss och sticka" in site.get("/2026/lucka/10").text
    a_second_passes()
    assert "Åk tåg och virka" in site.get("/2026/lucka/10").text


def test_a_broken_edit_keeps_the_last_good_version(site, content, a_second_passes):
    edit(content, "10/hatch.md", 'title = "Åk', 'titel = "Åk')
    a_second_passes()
    assert "Åk buss och sticka en halv vante" in site.get("/2026/lucka/10").text
    assert "Åk buss och sticka en halv vante" in site.get("/").text


def test_a_mended_edit_shows_again(site, content, a_second_passes):
    edit(content, "10/hatch.md", 'title = "Åk', 'titel = "Åk')
    a_second_passes()
    site.get("/")
    edit(content, "10/hatch.md", 'titel = "Åk buss', 'title = "Åk spårvagn')
    assert "Åk spårvagn och sticka" in site.get("/2026/lucka/10").text

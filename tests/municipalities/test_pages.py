"""The calendar in each municipality's frame: its words behind each hatch's lock, and numbers from five on."""

import pytest
from bs4 import BeautifulSoup

from app.pledges.models import Reply
from tests.conftest import on_sqlite

pytestmark = on_sqlite
LINE = "På Friggagatan och Odinsgatan råder dubbdäcksförbud."
WORDS = """greeting = "Hej från Lerum!"
website = "https://www.lerum.se/jul"
contact = "miljo@lerum.se"
logo = "lerum.svg"
logo_alt = "Lerums kommun"
"""


@pytest.fixture
def read(client):
    def parse(path):
        answer = client.get(path)
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, "html.parser")

    return parse


@pytest.fixture
def words(read):
    return lambda path: " ".join(read(path).main.get_text(" ").split())


@pytest.fixture
def pledge(app, clock):
    """Count pledges of a municipality; what is shown of them is a minute old."""

    def count(code, times):
        app.extensions["replies"].count(*[Reply(2026, "municipality", 0, code)] * times)
        clock.forward(seconds=61)

    return count


def links(page):
    return {link.text.strip(): link["href"] for link in page.main.select("a")}


def test_a_local_line_opens_with_its_hatch(clock, words, client):
    clock.set("2026-12-06 23:59:59.999")
    assert "Friggagatan" not in client.get("/kommun/goteborg").text
    clock.set("2026-12-07 00:00")
    page = words("/kommun/goteborg")
    assert page.count(LINE) == 1
    assert "I Göteborg: På Friggagatan" in page
    clock.set("2026-12-08 00:00")
    page = words("/kommun/goteborg")
    assert page.count(LINE) == 1
    assert "Göteborg i luckorna Lucka 7: " in page


def test_a_line_has_its_source(clock, read):
    clock.set("2026-12-08 08:00")
    assert links(read("/kommun/goteborg"))["goteborg.se"].startswith("https://goteborg.se/wps/portal/start/")


def test_today_is_shown_in_the_season_only(clock, read, words):
    clock.set("2026-11-30 08:00")
    assert "Den första luckan öppnar 1 december." in words("/kommun/lerum")
    clock.set("2026-12-09 08:00")
    card = read("/kommun/lerum").select_one("article.today")
    assert card.a["href"] == "/2026/lucka/9"
    assert card.img["alt"]
    clock.set("2026-12-25 00:00")
    assert "Alla 24 luckor är öppna." in words("/kommun/lerum")


def test_page_has_whole_calendar_in_the_municipalitys_name(clock, read):
    clock.set("2026-12-12 08:00")
    page = read("/kommun/boras")
    led = [link["href"] for link in page.main.select("a")]
    assert led[0] == "/2026/lucka/12"
    assert page.main.select_one("a.button")["href"] == "/2026/"
    assert {f"/2026/lucka/{number}" for number in range(1, 13)} < set(led)
    name = "Miljöjulkalendern i Borås"
    assert page.title.text == page.h1.text == page.select_one("meta[property='og:title']")["content"] == name


def test_the_frame_bears_the_municipalitys_name(clock, read):
    clock.set("2026-12-12 08:00")
    frame = BeautifulSoup(
        read("/kommun/boras").select_one('pre[aria-label="Kod till en ram"]').text, "html.parser"
    ).iframe
    assert frame["title"] == "Dagens lucka i Miljöjulkalendern i Borås"
    page = read("/" + frame["src"].split("/", 3)[3])
    assert page.h1.text == "Miljöjulkalendern i Borås"
    assert page.select_one(".card a")["href"].endswith("/2026/lucka/12")


def test_numbers_are_told_from_five_on(clock, words, pledge):
    clock.set("2026-12-09 08:00")
    pledge("1441", 4)
    assert "siffror" not in words("/kommun/lerum")
    pledge("1441", 1)
    assert "Lerum i siffror Jag testar 5" in words("/kommun/lerum")
    assert "siffror" not in words("/kommun/ale")


def test_entries_are_told_once_locked(accept, reach, words):
    for town, count in (("1441", 6), ("1440", 5), ("1480", 4)):
        for number in range(count):
            accept(f"{town}-{number}@example.se", municipality=town)
    assert "Tävlingssvar" not in words("/kommun/lerum")
    reach("locked")
    assert "Svar i tävlingen 6" in words("/kommun/lerum")
    # With it and the total, that of Göteborg would be known.
    assert "Tävlingssvar" not in words("/kommun/ale")
    assert "Tävlingssvar" not in words("/kommun/goteborg")


def test_a_municipality_shows_what_it_wrote(share_app, content, clock):
    clock.set("2026-12-09 08:00")
    file = content / "2026" / "kommuner" / "lerum.toml"
    text = file.read_text("utf-8").replace('greeting = ""\n', WORDS)
    file.write_text(text.replace('cykelkarta = ""', 'cykelkarta = "https://www.lerum.se/karta"'), "utf-8")
    (content / "2026" / "lerum.svg").write_text("<svg/>")
    answer = share_app(CALENDAR_CONTENT=content).test_client().get("/kommun/lerum")
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select_one(".lead").text == "Hej från Lerum!"
    assert page.select_one(".municipality img.logo")["alt"] == "Lerums kommun"
    found = links(page)
    assert found["Cykelkarta"] == "https://www.lerum.se/karta"
    assert found["Kommunens egen sida om kalendern"] == "https://www.lerum.se/jul"
    assert found["miljo@lerum.se"] == "mailto:miljo@lerum.se"
    assert "Pendelparkeringar" not in found


def test_all_municipalities_stand_in_order(read):
    assert links(read("/om"))["Kommunernas egna sidor"] == "/kommun"
    ways = [link["href"] for link in read("/kommun").select(".towns a")]
    assert len(ways) == 50
    assert (ways[0], ways[-2:]) == ("/kommun/ale", ["/kommun/amal", "/kommun/ockero"])


def test_a_hatch_leads_to_those_with_a_line(clock, read):
    clock.set("2026-12-24 08:00")
    section = read("/2026/lucka/7").select_one("section[aria-labelledby=kommuner]")
    assert [link["href"] for link in section.select("a[href^='/kommun/']")] == ["/kommun/goteborg"]
    assert LINE in section.text
    assert read("/2026/lucka/1").select("a[href^='/kommun/']") == []


def test_the_poster_names_its_sender(words, client):
    assert "Från Lerum" in words("/kommun/lerum/affisch")
    assert client.get("/kommun/atlantis/affisch").status_code == 404
    assert client.get("/kommun/atlantis").status_code == 404


def test_the_card_of_a_link_is_there(read, client):
    head = read("/kommun/lerum").head
    assert head.select_one("meta[property='og:title']")["content"] == "Miljöjulkalendern i Lerum"
    card = head.select_one("meta[property='og:image']")["content"]
    assert client.get("/" + card.split("/", 3)[3]).content_type == "image/png"


def test_a_preview_tells_the_public_address(organiser, clock):
    clock.set("2026-11-20 08:00")
    answer = organiser.get("/admin/forhandsvisning/2026-12-13T0800/kommun/goteborg")
    head = BeautifulSoup(answer.text, "html.parser").head
    assert head.select_one("link[rel=canonical]")["href"] == "http://127.0.0.1:5000/kommun/goteborg"
    assert "Friggagatan" in answer.text


def test_an_edition_without_municipalities_has_no_pages(share_app, content):
    for file in (content / "2026" / "kommuner").iterdir():
        file.unlink()
    client = share_app(CALENDAR_CONTENT=content).test_client()
    assert client.get("/kommun").status_code == 404
    assert "/kommun" not in client.get("/om").text


def test_forms_offer_the_editions_own_municipalities(share_app, content, clock):
    for file in (content / "2026" / "kommuner").iterdir():
        if file.name != "lerum.toml":
            file.unlink()
    client = share_app(CALENDAR_CONTENT=content).test_client()
    clock.set("2026-12-12 08:00")
    for path, last in (("/2026/lucka/10/tavla", ["Vill inte uppge"]), ("/2026/lucka/3/testar", [])):
        options = BeautifulSoup(client.get(path).text, "html.parser").select("select option")
        assert [each.text.strip() for each in options][1:] == ["Lerum", "Annan kommun", *last], path


def test_the_page_is_the_same_for_everyone(clock, client):
    clock.set("2026-12-09 08:00")
    first = client.get("/kommun/lerum")
    assert first.cache_control.public
    assert first.cache_control.max_age == 60
    assert "Set-Cookie" not in first.headers
    again = client.get("/kommun/lerum", headers={"User-Agent": "en annan", "Cookie": "x=y"})
    assert again.data == first.data


def test_numbers_are_missing_without_the_database(clock, words, monkeypatch, app):
    from sqlalchemy.exc import OperationalError

    def fail(*_):
        raise OperationalError("", {}, Exception())

    clock.set("2026-12-09 08:00")
    monkeypatch.setattr("app.pledges.counter.stored_replies", fail)
    assert "Dagens lucka, 9 december" in words("/kommun/lerum")

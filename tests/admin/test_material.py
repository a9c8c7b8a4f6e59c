"""What communicators send out: in the edition's own words, and nothing of a locked hatch."""

import io
from zipfile import ZipFile

import pytest
from bs4 import BeautifulSoup

from tests.conftest import on_sqlite, signed_in

pytestmark = on_sqlite
POSTS = ("inlagg-1", "inlagg-2", "inlagg-3")
CARDS = ("alt-texter.txt", "delning.png", "lucka-01.png", "lucka-02.png", "lucka-03.png")


def texts(organiser):
    page = BeautifulSoup(organiser.get("/admin/material").text, "html.parser")
    return {area["id"]: area.text for area in page.select("textarea")}


def test_there_are_texts_for_every_channel(organiser):
    found = texts(organiser)
    assert set(found) == {f"text-{name}" for name in ("nyhet", "intranat", "mejl", "ram", *POSTS)}
    assert [name for name in POSTS if "Alt-text: Ett gammalt hus" not in found[f"text-{name}"]] == []
    assert "<iframe" in found["text-ram"]


def test_texts_use_the_editions_own_words(share_app, content):
    file = content / "2026" / "edition.toml"
    text = file.read_text().replace('title = "Miljöjulkalendern 2026"', 'title = "Klokjul 2026"')
    text = text.replace("tema transporter", "tema mat").replace("om hur vi tar oss fram", "om det vi äter")
    file.write_text(text.replace("Göteborgsregionens kommunalförbund", "Lerums kommun"))
    found = "\n".join(texts(signed_in(share_app(CALENDAR_CONTENT=content), "olle@example.se")).values())
    for expected in ("Klokjul 2026", "tema mat", "om det vi äter", "Lerums kommun"):
        assert expected in found
    assert [word for word in ("miljöjul", "transport", "buss", "cyk") if word in found.lower()] == []


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-11-20", "öppnar 1 december"),
        ("2026-12-10", "är öppen, med en ny lucka varje dag till julafton"),
        ("2026-12-27", "står kvar, med alla 24 luckor öppna"),
    ],
)
def test_news_follow_the_season(organiser, clock, day, words):
    clock.set(f"{day} 08:00")
    assert texts(organiser)["text-nyhet"].startswith(f"Miljöjulkalendern 2026 {words}\n")


def test_zip_has_texts_and_open_cards(organiser, clock):
    clock.set("2026-12-03 08:00")
    with ZipFile(io.BytesIO(organiser.get("/admin/material/allt.zip").data)) as archive:
        names = set(archive.namelist())
        card = archive.read("material-2026/bilder/lucka-03.png")
        news = archive.read("material-2026/nyhet.txt").decode()
    pictures = {name for name in names if "/bilder/" in name}
    assert pictures == {f"material-2026/bilder/{name}" for name in CARDS}
    assert card.startswith(b"\x89PNG")
    assert news.strip() == texts(organiser)["text-nyhet"]

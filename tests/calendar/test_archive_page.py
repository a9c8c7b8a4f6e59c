"""The archive has every edition that has begun, and the tradition as its sources tell it."""

import re
import shutil

from bs4 import BeautifulSoup

from app.calendar.files.markdown import to_html
from tests.conftest import on_sqlite

pytestmark = on_sqlite


def test_archive_lists_editions_that_have_begun(share_app, clock, content):
    shutil.copytree(content / "2026", content / "2027")
    for path in (content / "2027").rglob("*.*"):
        if path.suffix in (".md", ".toml"):
            text = path.read_text().replace("mjk-2026", "mjk-2027").replace("2026-", "2027-")
            path.write_text(text.replace("Miljöjulkalendern 2026", "Miljöjulkalendern 2027"))
    client = share_app(CALENDAR_CONTENT=content).test_client()
    assert "Miljöjulkalendern 2027" not in client.get("/arkiv").text
    clock.set("2027-12-05 08:00")
    listed = BeautifulSoup(client.get("/arkiv").text, "html.parser").select("main ul li")
    assert [" ".join(item.text.split()) for item in listed] == [
        "Miljöjulkalendern 2027 – tema transporter: 5 av 24 luckor är öppna",
        "Miljöjulkalendern 2026 – tema transporter: alla 24 luckor är öppna",
    ]


def test_every_year_of_the_tradition_has_a_source(client):
    page = BeautifulSoup(client.get("/arkiv").text, "html.parser")
    years = [heading.text for heading in page.select("h3")]
    sources = [heading.find_next("p").a for heading in page.select("h3")]
    assert years == ["2010", "2012", "2024"]
    assert [year for year, source in zip(years, sources, strict=True) if year not in source.text] == []


def test_dates_and_numbers_stay_on_one_line(client):
    page = BeautifulSoup(client.get("/arkiv").text, "html.parser").main
    assert len(re.findall(r"\d\xa0(?:november|december)", page.text)) == 2
    assert not re.findall(r"\d (?:november|december)", page.text)
    assert to_html("60 000 varor, 402 22 och 3 maj") == "<p>60&nbsp;000 varor, 402 22 och 3&nbsp;maj</p>\n"


def test_who_knows_more_can_write(client):
    page = BeautifulSoup(client.get("/arkiv").text, "html.parser").main
    assert "Skriv till oss." in page.text
    assert page.select("a")[-1]["href"].startswith("mailto:")


def test_about_leads_to_archive_and_sheets(client):
    about = BeautifulSoup(client.get("/om").text, "html.parser")
    assert "Alla kalendrar. Sidan väger" in " ".join(about.footer.text.split())
    found = {link["href"] for link in about.select("main a")}
    assert {"/arkiv", "/skarm", "/2026/affisch", "/2026/bingo", "/2026/skolblad"} <= found
    assert about.select_one('footer a[href="/arkiv"]')


def test_other_footers_stay_as_they_are(client):
    assert "/arkiv" not in client.get("/2026/").text

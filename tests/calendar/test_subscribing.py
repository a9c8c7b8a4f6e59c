"""What feed readers and calendar programs make of the feeds: no two sites alike, edits are noticed, links lead home."""

import json
import os
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from tests.conftest import configured, on_sqlite, swedish

pytestmark = on_sqlite
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://jul.exempel.se"


@pytest.fixture
def reader(make_app, content):
    """Read on 13 December; the content may be changed."""
    return make_app(PUBLIC_URL=SITE, CALENDAR_CONTENT=content).test_client()


@pytest.fixture(autouse=True)
def thirteenth(clock):
    clock.set("2026-12-13 08:00")


def edit(content, moment, number=10):
    """Edit the text of a hatch, at a moment."""
    file = content / f"2026/{number:02}/hatch.md"
    file.write_text(file.read_text("utf-8") + "\n[Lucka 2](/2026/lucka/2), [regler](tavla?a=1&b=2).\n", "utf-8")
    os.utime(file, (swedish(moment).timestamp(),) * 2)


def entries(client):
    feed = ElementTree.fromstring(client.get("/flode.xml").data)  # noqa: S314 – our own
    return feed, {
        entry.findtext(f"{ATOM}link") or entry.find(f"{ATOM}link").get("href"): entry
        for entry in feed.iter(f"{ATOM}entry")
    }


def events(client):
    return Calendar.from_ical(client.get("/kalender.ics").data).walk("VEVENT")


@configured(PUBLIC_URL="https://jul.åmål.example:8443")
def test_ids_are_this_sites_own(client):
    feed, found = entries(client)
    ids = [feed.findtext(f"{ATOM}id"), *(entry.findtext(f"{ATOM}id") for entry in found.values())]
    assert {name.rpartition(":")[0] for name in ids} == {"tag:jul.xn--ml-xiab.example,2026"}
    assert len({*ids}) == len(ids)
    assert str(events(client)[0]["uid"]) == "lucka-1-2026@jul.xn--ml-xiab.example"


def test_edit_after_opening_is_update_in_every_feed(make_app, content):
    edit(content, "2026-12-12 12:00")
    edit(content, "2026-12-08 12:00", number=9)
    client = make_app(PUBLIC_URL=SITE, CALENDAR_CONTENT=content).test_client()
    feed, found = entries(client)
    edited, untouched = found[f"{SITE}/2026/lucka/10"], found[f"{SITE}/2026/lucka/9"]
    assert edited.findtext(f"{ATOM}updated") == "2026-12-12T11:00:00+00:00"
    assert edited.findtext(f"{ATOM}published") == "2026-12-09T23:00:00+00:00"
    assert untouched.findtext(f"{ATOM}updated") == "2026-12-08T23:00:00+00:00"
    items = {item["url"]: item for item in json.loads(client.get("/flode.json").data)["items"]}
    assert items[f"{SITE}/2026/lucka/10"]["date_modified"] == "2026-12-12T11:00:00+00:00"
    assert feed.findtext(f"{ATOM}updated") == "2026-12-12T23:00:00+00:00"


def test_links_in_a_feed_lead_to_the_site(make_app, content):
    edit(content, "2026-12-12 12:00")
    client = make_app(PUBLIC_URL=SITE, CALENDAR_CONTENT=content).test_client()
    told = json.loads(client.get("/flode.json").data)["items"]
    in_atom = [entry.findtext(f"{ATOM}content") for entry in entries(client)[1].values()]
    assert in_atom == [item["content_html"] for item in told]
    [html] = [item["content_html"] for item in told if item["url"].endswith("/10")]
    assert f'<a href="{SITE}/2026/lucka/2"' in html
    assert f'<a href="{SITE}/2026/lucka/tavla?a=1&amp;b=2"' in html
    assert re.findall(r'href="(?!https?:|mailto:)', "".join(in_atom)) == []


def test_calendar_file_has_name_and_period_for_every_program(reader):
    text = reader.get("/kalender.ics").text
    calendar = Calendar.from_ical(text)
    assert str(calendar["X-WR-CALNAME"]) == str(calendar["NAME"])
    assert str(calendar["NAME"]).startswith("Miljöjulkalendern")
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in text
    assert str(calendar["X-PUBLISHED-TTL"]) == "PT1H"


def test_event_has_text_link_and_higher_number_after_change(share_app, content, clock):
    client = share_app(CALENDAR_CONTENT=content).test_client()
    numbers = []
    for moment, edited in (
        ("2026-12-09 08:00", None),
        ("2026-12-10 00:00", None),
        ("2026-12-12 12:00", "2026-12-12 11:00"),
        ("2026-12-13 08:00", "2026-12-12 13:00"),
    ):
        clock.set(moment)
        if edited:
            edit(content, edited)
            client.application.extensions["library"].refresh(at_once=True)
        event = events(client)[9]
        numbers.append(int(event["sequence"]))
        assert str(event["description"]).endswith("/2026/lucka/10")
    assert numbers[0] == 0
    assert numbers == sorted({*numbers})
    assert str(event["description"]).startswith(
        client.application.extensions["library"].editions[2026].hatches[10].file.summary
    )


def test_a_locked_event_says_nothing_of_its_hatch(reader):
    assert str(events(reader)[13]["description"]) == f"Luckan öppnas i dag.\n\n{SITE}/2026/lucka/14"

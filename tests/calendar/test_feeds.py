import json
from hashlib import sha256
from xml.etree import ElementTree

from icalendar import Calendar

from app.draw.status import publish_state
from tests.calendar.test_content import edit
from tests.conftest import on_sqlite

pytestmark = on_sqlite

CORRECTED = '[[corrections]]\ndate = 2026-12-10\nwrong = "Fel."\nright = "Rätt."\n'
ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_has_the_open_hatches_newest_first(client):
    feed = ElementTree.fromstring(client.get("/flode.xml").data)  # noqa: S314 – our own
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert len(titles) == 10
    assert titles[0].startswith("Lucka 10: ")
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href") == "http://127.0.0.1:5000/2026/lucka/10"


def test_the_json_feed_says_the_same(client):
    feed = json.loads(client.get("/flode.json").data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"][-2:] for item in feed["items"]][:2] == ["10", "/9"]


def test_corrected_hatch_is_newer_in_feeds_but_keeps_its_place(share_app, content):
    edit(content, "03/hatch.md", "[question]", f"{CORRECTED}\n[question]")
    client = share_app(CALENDAR_CONTENT=content).test_client()
    feed = ElementTree.fromstring(client.get("/flode.xml").data)  # noqa: S314 – our own
    third, fourth = feed.findall(f"{ATOM}entry")[7:5:-1]
    assert third.findtext(f"{ATOM}id").endswith("lucka-3")
    assert third.findtext(f"{ATOM}updated") == "2026-12-09T23:00:00+00:00"
    assert fourth.findtext(f"{ATOM}updated") == "2026-12-03T23:00:00+00:00"
    item = json.loads(client.get("/flode.json").data)["items"][7]
    assert item["date_modified"] == "2026-12-09T23:00:00+00:00"


def test_the_feed_is_empty_before_december(client, clock):
    clock.set("2026-11-30 23:59:59")
    assert json.loads(client.get("/flode.json").data)["items"] == []


def test_calendar_file_has_24_days_and_titles_of_open_hatches(client):
    events = Calendar.from_ical(client.get("/kalender.ics").data).walk("VEVENT")
    assert len(events) == 24
    assert str(events[9]["summary"]).startswith("Lucka 10: ")
    assert str(events[10]["summary"]) == "Lucka 11"
    assert events[10]["dtstart"].dt.isoformat() == "2026-12-11"


def test_embed_shows_todays_hatch_and_may_be_framed_by_anyone(client):
    answer = client.get("/inbaddning")
    assert "Dagens lucka, 10 december" in answer.text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers


def test_the_embed_says_when_the_calendar_opens(client, clock):
    clock.set("2026-11-20 08:00")
    assert "Kalendern öppnar 1 december" in client.get("/inbaddning").text


def test_the_sitemap_lists_open_hatches_only(client):
    sitemap = client.get("/sitemap.xml").text
    assert "/2026/lucka/10<" in sitemap
    assert "/2026/lucka/11<" not in sitemap


def test_crawlers_are_kept_out_of_the_organisers_area(client):
    assert "Disallow: /admin/" in client.get("/robots.txt").text


def test_security_txt_says_where_to_write_for_under_a_year(client):
    text = client.get("/.well-known/security.txt").text
    assert "Contact: mailto:miljojulkalendern@kommun.se" in text
    assert "Expires: 2027-11-05T00:00:00Z" in text


def test_the_feeds_tell_the_checksum_of_the_locked_list(app, client, reach, enter):
    enter()
    reach("locked")
    with app.app_context():
        publish_state()
    proof = sha256(client.get("/2026/dragning/lasbevis.txt").data).hexdigest()
    feed = ElementTree.fromstring(client.get("/flode.xml").data)  # noqa: S314 – our own
    newest = feed.find(f"{ATOM}entry")
    assert newest.findtext(f"{ATOM}title") == "Listan inför dragningen är låst"
    assert proof in newest.findtext(f"{ATOM}summary")
    assert feed.findtext(f"{ATOM}updated") == newest.findtext(f"{ATOM}updated")
    item = json.loads(client.get("/flode.json").data)["items"][0]
    assert (item["url"][-14:], proof in item["content_html"]) == ("/2026/dragning", True)

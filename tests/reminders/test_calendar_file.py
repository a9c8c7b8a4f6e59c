"""The calendar file with alarms."""

from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from app.calendar.feeds import calendar_file
from tests.conftest import on_sqlite

pytestmark = on_sqlite


def events(client, clock_time):
    return Calendar.from_ical(client.get(f"/kalender.ics?kl={clock_time}").data).events


def test_each_of_24_days_and_15_january_rings_at_time(client):
    found = events(client, "0730")
    assert len(found) == 25
    assert found[0].start == datetime(2026, 12, 1, 6, 30, tzinfo=UTC)
    assert (str(found[-1]["summary"]), found[-1].start) == ("Håller du fast?", datetime(2027, 1, 15, 6, 30, tzinfo=UTC))
    assert found[-1]["url"] == "http://127.0.0.1:5000/2026/januari"
    assert all(event.alarms.times[0].trigger == event.start for event in found)


def test_it_names_open_hatches_only(client, clock):
    clock.set("2026-12-10 23:59:59")
    found = events(client, "0600")
    assert ": " in found[9]["summary"]
    assert found[10]["summary"] == "Lucka 11"
    clock.set("2026-12-11 00:00")
    assert ": " in events(client, "0600")[10]["summary"]


def test_a_time_between_quarters_becomes_the_quarter_before(client):
    assert client.get("/kalender.ics?kl=0744").location == "/kalender.ics?kl=0730"


@pytest.mark.parametrize("asked", ["", "0500", "2100", "7", "0760", "٠٧٣٠", "07:30"])
def test_what_is_no_time_of_day_is_not_found(client, asked):
    assert client.get("/kalender.ics", query_string={"kl": asked}).status_code == 404


def test_page_cache_keeps_each_time_apart_and_makes_each_once(client, monkeypatch):
    made = []
    ical = calendar_file.ical
    monkeypatch.setattr(calendar_file, "ical", lambda *told: made.append(told[-1]) or ical(*told))
    for _ in range(2):
        for address in ("/kalender.ics", "/kalender.ics?kl=0700", "/kalender.ics?kl=0730", "/kalender.ics?x=1"):
            client.get(address)
    assert len(made) == 3


def test_the_page_leads_to_it_by_webcal(client):
    assert 'href="webcal://127.0.0.1:5000/kalender.ics?kl=0700"' in client.get("/paminnelse").text

"""The contest at each midnight: what anyone may keep a copy of while it is open, and what never changes afterwards."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from app.audit import chain
from app.audit.records import AuditRecord
from app.contest.models import Entry
from app.database import db
from app.draw import conduct
from app.draw.midnights import midnight_after
from tests.conftest import on_sqlite, swedish

PAGE = "/2026/dragning"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def cast(accept):
    """Anna and Bo on the first day, Cecilia on the third: their receipts."""
    days = {"anna": "2026-12-10 09:00", "bo": "2026-12-10 23:59:59", "cecilia": "2026-12-12 08:00"}
    return {name: accept(f"{name}@example.se", at=at) for name, at in days.items()}


def days(client):
    """dagar.txt as {day: (entries, checksum of the list, head of the chain)}."""
    lines = client.get(f"{PAGE}/dagar.txt").text.splitlines()
    assert lines[:2] == ["oppen-dragning/v1/dagar", "mjk-2026"]
    return {day: tuple(rest) for day, *rest in (line.split(" ") for line in lines[2:])}


def feed(client):
    """flode.xml as a reader has it."""
    return ElementTree.fromstring(client.get(f"{PAGE}/flode.xml").data)  # noqa: S314 – our own


def list_of(client, day):
    answer = client.get(f"{PAGE}/lista.txt?dag={day}")
    assert answer.status_code == 200
    return answer.data


def strike(app, contest, receipt, now, reason="uppenbart falsk"):
    with app.app_context():
        number = db.session.scalar(sa.select(Entry.id).where(Entry.ticket == receipt.ticket))
        conduct.strike(contest, number, reason, now)


@pytest.mark.parametrize(
    ("moment", "midnight"),
    [
        ("2026-12-10 00:00:00", "2026-12-11 00:00"),
        ("2026-12-10 23:59:59.999", "2026-12-11 00:00"),
        ("2026-10-24 12:00", "2026-10-25 00:00"),
        ("2026-10-25 12:00", "2026-10-26 00:00"),  # a day of 25 hours
        ("2027-03-28 00:00", "2027-03-29 00:00"),  # a day of 23 hours
    ],
)
def test_a_day_ends_at_midnight_in_sweden_in_summer_and_in_winter(moment, midnight):
    assert midnight_after(swedish(moment)) == swedish(midnight)


@settings(deadline=None)
@given(st.datetimes(swedish("2026-01-01").replace(tzinfo=None), swedish("2028-01-01").replace(tzinfo=None)))
def test_the_next_midnight_is_always_ahead_and_at_most_25_hours_away(moment):
    moment = swedish(moment.isoformat())
    assert 0 < (midnight_after(moment).timestamp() - moment.timestamp()) <= 25 * 3600


def test_each_day_has_a_line_with_its_list_and_the_head_of_the_chain(cast, client, clock, app):
    clock.set("2026-12-13 08:00")
    found = days(client)
    assert {day: entries for day, (entries, *_) in found.items()} == {
        "2026-12-10": "2",
        "2026-12-11": "2",
        "2026-12-12": "3",
    }
    for day, (entries, checksum, _) in found.items():
        listed = list_of(client, day)
        assert (sha256(listed).hexdigest(), listed.count(b" med\n")) == (checksum, int(entries))
    with app.app_context():
        heads = db.session.scalars(sa.select(AuditRecord.head).order_by(AuditRecord.number)).all()
    assert [head for *_, head in found.values()] == [heads[1], heads[1], heads[2]]


def test_nothing_of_the_day_that_has_not_ended_is_shown(cast, accept, client, clock):
    clock.set("2026-12-13 08:00")
    before = client.get(f"{PAGE}/dagar.txt").data, client.get(f"{PAGE}/lista.txt").data, client.get(PAGE).data
    accept("eva@example.se", at="2026-12-13 08:00")
    assert (client.get(f"{PAGE}/dagar.txt").data, client.get(f"{PAGE}/lista.txt").data, client.get(PAGE).data) == before


def test_yesterdays_list_does_not_change_when_something_is_struck_today(cast, client, clock, app, contest):
    clock.set("2026-12-13 08:00")
    before, lists = days(client), {day: list_of(client, day) for day in days(client)}
    strike(app, contest, cast["bo"], clock.now())
    assert {day: list_of(client, day) for day in before} == lists
    clock.set("2026-12-14 08:00")
    after = days(client)
    assert {day: after[day] for day in before} == before
    assert f"{cast['bo'].ticket} struken\n".encode() in list_of(client, "2026-12-13")
    assert f"{cast['bo'].ticket} med\n".encode() in list_of(client, "2026-12-12")


def test_a_process_that_starts_later_gives_the_same_bytes(cast, client, clock, contest, app, make_app):
    clock.set("2026-12-13 08:00")
    first = client.get(f"{PAGE}/dagar.txt").data
    strike(app, contest, cast["anna"], clock.now())
    clock.set("2026-12-14 08:00")
    later, now = make_app().test_client(), client
    for name in ("dagar.txt", "flode.xml", "lista.txt"):
        answers = [each.get(f"{PAGE}/{name}") for each in (now, later)]
        assert answers[0].data == answers[1].data
        assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    assert later.get(f"{PAGE}/dagar.txt").data.startswith(first)


def test_visitors_who_come_all_at_once_see_the_same(cast, app, clock):
    clock.set("2026-12-13 08:00")
    with ThreadPoolExecutor(8) as visitors:
        answers = {*visitors.map(lambda _: app.test_client().get(f"{PAGE}/dagar.txt").data, range(8))}
    assert len(answers) == 1


def test_the_first_midnight_after_locking_has_the_very_list_of_the_lasbevis(cast, accept, reach, client, clock):
    accept("fel@example.se", answer="2027")
    reach("locked")
    clock.set("2026-12-22 08:00")
    _, checksum, _ = days(client)["2026-12-21"]
    assert f"lista-sha256: {checksum}\n" in client.get(f"{PAGE}/lasbevis.txt").text
    assert list_of(client, "2026-12-21") == client.get(f"{PAGE}/lista.txt").data


def test_after_closing_there_is_a_line_for_each_day_on_which_something_was_done(cast, reach, client, clock):
    reach("finished")
    clock.set("2027-02-01 08:00")
    assert [*days(client)][-3:] == ["2026-12-22", "2026-12-26", "2026-12-30"]


def test_the_heads_are_those_of_a_chain_that_anyone_can_follow(cast, reach, client, clock, app):
    reach("finished")
    clock.set("2026-12-31 08:00")
    with app.app_context():
        bodies = db.session.scalars(sa.select(AuditRecord.body).order_by(AuditRecord.number)).all()
    heads = [chain.START]
    for body in bodies:
        heads.append(chain.next_head(heads[-1], body))
    published = [heads.index(head) for *_, head in days(client).values()]
    assert published == sorted(published)
    assert published[-1] == len(bodies)


def test_a_feed_reader_gets_one_entry_a_day_with_both_checksums(cast, client, clock):
    clock.set("2026-12-13 08:00")
    entries = feed(client).findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "12 december: 3 lotter i listan",
        "11 december: 2 lotter i listan",
        "10 december: 2 lotter i listan",
    ]
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3
    for entry, (_, checksum, head) in zip(entries, reversed(days(client).values()), strict=True):
        assert checksum in entry.findtext(f"{ATOM}content")
        assert head in entry.findtext(f"{ATOM}content")
    assert feed(client).findtext(f"{ATOM}updated") == "2026-12-13T00:00:00+01:00"
    assert "1 bidrag kom in den här dagen." in entries[0].findtext(f"{ATOM}content")


def test_an_entry_of_the_feed_never_changes(cast, client, clock, app, contest):
    def entries():
        return {each.findtext(f"{ATOM}id"): ElementTree.tostring(each) for each in feed(client).findall(f"{ATOM}entry")}

    clock.set("2026-12-12 08:00")
    before = entries()
    strike(app, contest, cast["bo"], clock.now())
    clock.set("2026-12-15 08:00")
    assert before.items() <= entries().items()
    assert len(entries()) == len(before) + 3


@on_sqlite
def test_before_the_first_midnight_there_are_no_lines_yet(cast, client, clock):
    clock.set("2026-12-10 12:00")
    assert days(client) == {}
    assert feed(client).findall(f"{ATOM}entry") == []
    assert feed(client).findtext(f"{ATOM}updated") == "2026-12-10T00:00:00+01:00"
    assert "Den första listan görs vid midnatt." in client.get(PAGE).text


@on_sqlite
@pytest.mark.parametrize("day", ["2026-12-09", "2026-12-13", "2027-12-10", "i dag", "", "2026-12-10x"])
def test_a_day_without_a_list_is_not_found(cast, client, clock, day):
    clock.set("2026-12-13 08:00")
    assert client.get(f"{PAGE}/lista.txt", query_string={"dag": day}).status_code == 404


def test_the_page_shows_the_start_of_each_checksum(cast, client, clock):
    clock.set("2026-12-13 08:00")
    page = client.get(PAGE).text
    for _, checksum, head in days(client).values():
        for each in (checksum, head):
            assert " ".join(each[start : start + 4] for start in range(0, 16, 4)) in page


def test_a_record_that_comes_late_is_on_the_list_of_the_next_day_at_the_latest(cast, accept, client, clock):
    """Whoever waits for their turn over midnight is stamped before it, and is on record a moment after."""
    clock.set("2026-12-13 00:00:30")
    accept("sen@example.se", at="2026-12-12 23:59:59")
    assert len(days(client)) == 2
    clock.set("2026-12-13 00:01")
    assert days(client)["2026-12-12"][0] == "4"


def test_a_clock_that_is_set_back_over_midnight_leaves_the_lists_in_order(accept, client, clock, app):
    """So does a process whose clock is some seconds behind, and whoever waited for their turn over midnight."""
    for number, at in enumerate(
        ("12-10 23:59:30", "12-11 00:00:20", "12-10 23:59:50", "12-11 00:00:10", "12-11 07:00")
    ):
        accept(f"person{number}@example.se", at=f"2026-{at}")
    clock.set("2026-12-11 08:00")
    assert days(client)["2026-12-10"][0] == "1"
    clock.set("2026-12-12 00:01")
    assert days(client)["2026-12-11"][0] == "5"
    assert app.test_cli_runner().invoke(args=["draw", "verify", "2026"]).output.startswith("Allt stämmer")


def test_the_check_finds_all_in_order_in_the_minute_before_a_days_list_is_public(accept, clock, app):
    for at in ("12-10 12:00", "12-11 12:00", "12-12 00:00:10"):
        accept(f"person{at[:5]}@example.se", at=f"2026-{at}")
    for moment in ("2026-12-11 23:59:59", "2026-12-12 00:00:30", "2026-12-12 00:01"):
        clock.set(moment)
        assert app.test_cli_runner().invoke(args=["draw", "verify", "2026"]).output.startswith("Allt stämmer")

"""What the editor does shows within a second where it may, and nowhere before its time."""

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.calendar import library
from app.editing.validation import TOO_EARLY
from tests.conftest import on_sqlite
from tests.editing.conftest import faults, fields, hatch_text, soup, words
from tests.editing.photos import photo

pytestmark = on_sqlite
START = "/admin/redigera"
HATCH = f"{START}/lucka/15"
SECRET = "Hemligt ord i advent"


@pytest.fixture
def addresses(app):
    """Every public address of the edition, with the names of its pictures."""
    adapter, found = app.url_map.bind(""), set()
    names = app.extensions["library"].editions[2026].hatches[15].images
    for rule in app.url_map.iter_rules():
        # The result counts these very visits.
        if "GET" in rule.methods and not rule.rule.startswith(("/admin", "/<year:year>/resultat")):
            for number in (3, 15, 16):
                for name in names:
                    known = {"year": 2026, "number": number, "name": name, "token": "x", "option": 2}
                    known |= {"language": "en", "slug": "goteborg"} | (rule.defaults or {})
                    found.add(adapter.build(rule.endpoint, {each: known[each] for each in rule.arguments}))
    return sorted(found)


@pytest.fixture
def seen(client, addresses):
    """What a visitor gets everywhere: status, headers and body, but for the token that every form has of its own."""

    def look():
        found = {}
        for address in addresses:
            with client.get(address) as answer:
                body = re.sub(rb'name="token"[^>]*', b"", answer.data)
                found[address] = (answer.status_code, answer.headers.get("ETag"), body)
        return found

    return look


@pytest.fixture
def take_in(organiser):
    """Send the content as an archive for a year, with its hatches in another order when one is given."""

    def send(content, year, order=None):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as made:
            for path in sorted((content / "2026").rglob("*")):
                if path.is_file() and path.suffix != ".png":
                    name = path.relative_to(content / "2026").as_posix()
                    body = path.read_bytes().replace(b"mjk-2026", f"mjk-{year}".encode())
                    made.writestr((order or {}).get(name[:2], name[:2]) + name[2:], body)
        address = f"{START}/las-in"
        sent = fields(organiser.get(address)) | {"year": year, "archive": (io.BytesIO(target.getvalue()), "x.zip")}
        return organiser.post(address, data=sent)

    return send


def edit_it(change, content):
    return change(HATCH, title=SECRET, tip=f"{SECRET}.")


def upload_a_picture(change, content):
    return change(f"{HATCH}/bild", image_alt=f"{SECRET}.", picture=(io.BytesIO(photo()), "x.jpg"))


def swap_it(change, content):
    return change(f"{START}/byt-plats", first="15", second="16")


def go_back(change, content):
    change(HATCH, title=SECRET)
    return change(f"{HATCH}/tidigare/1")


def begin_next_year(change, content):
    return change(f"{START}/ny")


@pytest.mark.parametrize("act", [edit_it, upload_a_picture, swap_it, go_back, begin_next_year])
def test_nothing_visitor_gets_tells_that_locked_hatch_was_touched(change, content, clock, seen, act):
    clock.set("2026-12-09 08:00")
    before = seen()
    assert act(change, content).status_code == 303
    assert seen() == before


def test_new_picture_of_locked_hatch_has_no_address_yet(change, client, clock, content):
    upload_a_picture(change, content)
    names = [path.name for path in (content / "2026" / "15").iterdir() if path.suffix != ".md"]
    assert len(names) == 7
    assert {client.get(f"/2026/lucka/15/bild/{name}").status_code for name in names} == {403}
    clock.set("2026-12-15 00:00")
    assert {client.get(f"/2026/lucka/15/bild/{name}").status_code for name in names} == {200}


def test_changed_open_hatch_is_new_to_caches_and_feeds(change, client, clock):
    clock.set("2026-12-16 08:00")
    places = ("/2026/lucka/15", "/flode.xml", "/flode.json", "/kalender.ics", "/")
    before = {place: client.get(place).headers["ETag"] for place in places}
    picture = soup(client.get("/2026/lucka/15")).select_one(".opened img")["src"]
    edit_it(change, None)
    for place, tag in before.items():
        answer = client.get(place, headers={"If-None-Match": tag})
        assert (answer.status_code, SECRET in answer.text) == (200, True), place
    upload_a_picture(change, None)
    assert client.get(picture).status_code == 404
    assert client.get(soup(client.get("/2026/lucka/15")).select_one(".opened img")["src"]).status_code == 200


def test_another_worker_shows_it_within_a_second(make_app, change, content, clock, monkeypatch):
    clock.set("2026-12-16 08:00")
    watch = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(library, "time", SimpleNamespace(monotonic=lambda: watch.seconds, monotonic_ns=lambda: 0))
    visitor = make_app(CALENDAR_CONTENT=content).test_client()
    assert SECRET not in visitor.get("/2026/lucka/15").text
    edit_it(change, content)
    watch.seconds = 1
    assert SECRET in visitor.get("/2026/lucka/15").text


def test_earlier_version_that_says_what_locked_hatch_says_is_barred(change, client, clock, content):
    """Hatch 9 was written, moved to the 15th, and is gone back to when the 9th has come."""
    change(f"{START}/byt-plats", first="9", second="15")
    clock.set("2026-12-10 08:00")
    before = hatch_text(content, 9)
    answer = change(f"{START}/lucka/9/tidigare/1")
    assert (answer.status_code, TOO_EARLY in words(answer)) == (422, True)
    assert hatch_text(content, 9) == before
    clock.set("2026-12-15 08:00")
    assert change(f"{START}/lucka/9/tidigare/1").status_code == 303


def test_archive_in_another_order_does_not_open_locked_hatch(take_in, clock, content):
    clock.set("2026-12-09 08:00")
    assert take_in(content, "2026").status_code == 200
    assert faults(take_in(content, "2026", order={"09": "15", "15": "09"})) == [TOO_EARLY]


def test_locked_calendar_is_not_taken_in_as_past_one(take_in, client, clock, content):
    clock.set("2026-11-20 08:00")
    assert faults(take_in(content, "2025")) == [TOO_EARLY]
    assert client.get("/2025/lucka/15").status_code == 404


def test_next_years_calendar_is_locked_altogether(change, client, clock, content):
    clock.set("2026-12-24 08:00")
    begin_next_year(change, content)
    change(f"{START}/lucka/1?ar=2027", title=SECRET)
    assert SECRET in hatch_text_of(content, 2027)
    for address in ("/", "/2027/", "/flode.xml", "/flode.json", "/kalender.ics", "/sitemap.xml", "/inbaddning"):
        assert SECRET not in client.get(address).text
    assert change(f"{START}/texter?ar=2027", theme=SECRET).status_code == 303
    hidden = ("", "lucka/1", "lucka/24", "lucka/1/bild/bild.svg", "lucka/10/tavla", "tavling/villkor", "dragning")
    assert {client.get(f"/2027/{path}").status_code for path in hidden} == {404}
    clock.set("2027-11-01 00:00")
    assert SECRET in client.get("/2027/").text
    assert {client.get(f"/2027/lucka/{number}").status_code for number in range(1, 25)} == {403}


def hatch_text_of(content, year):
    return (content / str(year) / "01" / "hatch.md").read_text("utf-8")


def test_earlier_versions_and_half_made_editions_have_no_address(app, change, client, content):
    edit_it(change, content)
    kept = [path for path in Path(app.instance_path, "history").rglob("*") if path.is_file()]
    assert len(kept) > 3
    for path in kept:
        below = path.relative_to(app.instance_path).as_posix()
        for address in (f"/{below}", f"/instance/{below}", f"/static/../{below}", f"/static/%2e%2e/{below}"):
            assert client.get(address).status_code == 404

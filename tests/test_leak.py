"""THE LEAK TEST: nothing of a hatch is in any answer before it opens, whatever is asked for and however.

Answers and secrets are compared as bare letters and digits, after undoing every disguise a format may give them
(HTML entities, JSON escapes, percent signs, folded lines), so that a feed or a calendar file is searched as well.
"""

import gzip
import html
import re
import shutil
from collections import defaultdict
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import brotli
import pytest

from app.calendar.content import NUMBERS
from app.calendar.loader import read_edition
from tests.calendar.test_edition_2026 import EDITION
from tests.conftest import ROOT, on_sqlite

pytestmark = on_sqlite
# The municipalities that say something in a hatch.
SPEAKING = [slug for slug, each in EDITION.municipalities.items() if each.hatches]
# Letters and digits that a string needs to be told from chance.
DISTINCTIVE = 12
DAYS = ["2026-11-30", *(f"2026-12-{day:02}" for day in NUMBERS), "2026-12-31"]
# The last instant of each day, and the first of some.
MOMENTS = [f"{day} 23:59:59.999" for day in DAYS] + [f"2026-12-{day:02} 00:00" for day in (1, 10, 11, 24)]
# For what is the same whichever hatch is next: the first, around the contest's, and the last.
SOME = (2, 10, 11, 24)
CORRECTED = """[[corrections]]
date = 2026-11-25
wrong = "Felet i lucka nummer {0} slut"
right = "Rättelsen i lucka nummer {0} slut"
"""
NEXT_YEAR = "Hemlighet från nästa års kalender"


def bare(text):
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda code: chr(int(code[1], 16)), html.unescape(unquote(text)))
    return re.sub(r"\\[nrt]|[\W_]+", "", text).lower()


def last_open(moment):
    """The number of the newest hatch that is open at a moment such as "2026-12-10 08:00"."""
    return min(int(moment[8:10]), 24) if moment[5:7] == "12" else 0


def hatch_in(address):
    """The number of the hatch that an address names, or whose picture; None when it names none of this year's."""
    found = re.match(r"(?:/en)?(?:/2026)?/(?:lucka|hatch)/(\d+)", address)
    return int(found[1]) if found else OWNERS.get(address.rpartition("/")[2])


def is_told_of(number, newest):
    """Whether another hatch shows whether this one keeps what it should: neither is near the newest that is open."""
    return newest and number and number not in (newest, newest + 1, 10, 24)


def own_card(number):
    """The name of the picture beside a link to the hatch."""
    [card] = (ROOT / "calendar_content" / "2026" / f"{number:02}").glob("delning-*.png")
    return card.name


def picture_name(number):
    return f"hemligt-motiv-i-lucka-nummer-{number}-slut.svg"


OWNERS = {name(number): number for number in NUMBERS for name in (picture_name, own_card)}


def strings_of(edition, hatch):
    """Everything that files say of a hatch, in pieces."""
    file = hatch.file
    for line in edition.local_lines(hatch.number):
        yield from (line.text, line.source)
    yield from (file.title, file.summary, file.image_alt or "", *file.steps, *file.question.options)
    for correction in file.corrections:
        yield from (correction.wrong, correction.right)
    yield from (file.question.text, file.question.answer, file.question.explanation)
    for fact in file.facts:
        yield from (fact.text, str(fact.url), *re.split(r"[.:] ", fact.text))
    yield from re.split(r"[.!?:] ", re.sub("<[^>]+>", " ", hatch.tip))
    for translation in hatch.translations.values():
        told = translation.file
        yield from (told.title, told.summary, told.image_alt or "", *told.steps)
        if told.question:
            yield from (told.question.text, *told.question.options, told.question.explanation)
        if told.figure:
            yield told.figure.words
        if told.contest:
            yield from (
                told.contest.question,
                *told.contest.prizes,
                told.contest.who_may_enter,
                told.contest.exclusions,
            )
        yield from re.split(r"[.!?:] ", re.sub("<[^>]+>", " ", translation.tip))
    if contest := file.contest:
        yield from (contest.id, contest.question, contest.who_may_enter, contest.exclusions)
        yield from (prize.title for prize in contest.prizes)
    if hatch.figure:
        yield hatch.figure.words
    for name, picture in hatch.images.items():
        drawn = picture.decode("utf-8", "replace")
        yield from (name, drawn, *re.findall(r' d="([^"]{40,})"', drawn))


@pytest.fixture(scope="module")
def folder(filled_in, tmp_path_factory):
    """The real content with telling picture names, and a calendar for next year that nobody may see at all."""
    root = shutil.copytree(filled_in, tmp_path_factory.mktemp("leak") / "content")
    for number in NUMBERS:
        place = root / "2026" / f"{number:02}"
        (place / "bild.svg").rename(place / picture_name(number))
        file = place / "hatch.md"
        text = file.read_text().replace('"bild.svg"', f'"{picture_name(number)}"')
        file.write_text(text.replace("[question]", f"{CORRECTED.format(number)}\n[question]"))
    shutil.copytree(root / "2026", root / "2027")
    for path in (root / "2027").rglob("*.md"):
        text = path.read_text().replace("mjk-2026", "mjk-2027").replace("2026-", "2027-")
        path.write_text(re.sub(r'(?m)^(title|summary|source|image_alt) = ".*"', rf'\1 = "{NEXT_YEAR}"', text))
    return root


@pytest.fixture(scope="module")
def edition(folder):
    return read_edition(folder / "2026")


@pytest.fixture(scope="module")
def secrets(edition, filled_in):
    """What to look for, each with the number of the first hatch that says it."""
    whole = {number: bare(" ".join(strings_of(edition, hatch))) for number, hatch in edition.hatches.items()}
    # The house has a fir tree too, of the same shape as one on the street.
    house = (ROOT / "app/templates/calendar").rglob("*.svg")
    # The municipalities' own pages are linked to from the start; a hatch may have one of them as its source.
    links = (link for each in edition.municipalities.values() for link in each.links.given.values())
    known = bare("".join((*(path.read_text() for path in (*(filled_in / "2026").glob("*.toml"), *house)), *links)))
    pieces = {bare(piece) for hatch in edition.hatches.values() for piece in strings_of(edition, hatch)}
    found = {piece for piece in pieces if len(piece) >= DISTINCTIVE and piece not in known}
    firsts = {piece: next(number for number in NUMBERS if piece in whole[number]) for piece in found}
    return firsts | {bare(NEXT_YEAR): 25}


@pytest.fixture(scope="module")
def newest_in(secrets):
    """Searches an answer; returns (number, secret) of the newest hatch that it tells of. Equal answers only once."""
    by_start = defaultdict(list)
    for secret, number in secrets.items():
        by_start[secret[:DISTINCTIVE]].append((number, secret))

    @cache
    def search(answer):
        text = bare(answer.decode("utf-8", "replace"))
        starts = {text[at : at + DISTINCTIVE] for at in range(len(text))} & by_start.keys()
        return max((each for start in starts for each in by_start[start] if each[1] in text), default=(0, ""))

    return search


@pytest.fixture
def app(share_app, folder):
    return share_app(CALENDAR_CONTENT=folder)


@pytest.fixture
def addresses(app, folder):
    """Every address that anyone can ask for: the program's own rules filled in, static files, guesses."""
    found = {
        "/2026",
        "/2026/lucka/",
        "/static/",
        "/hatch.md",
        "/2026/24/hatch.md",
        "/calendar_content/2026/24/hatch.md",
        "/kalender.ics?kl=0730",
    }
    found |= {f"/static/{path.name}" for path in Path(app.instance_path, "static").iterdir()}
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.rule.startswith("/admin"):
            assert rule.arguments <= {"year", "number", "name", "token", "option", "language", "slug"}, (
                f"the leak test cannot fill in {rule.rule}"
            )
            found |= {
                adapter.build(rule.endpoint, values) for values in values_for(rule.arguments, rule.defaults or {})
            }
    return sorted(found)


def values_for(arguments, defaults):
    """The hatches of this year and the last of the next, each with the names of its pictures; and municipalities."""
    if "slug" in arguments:
        yield from ({"slug": slug} for slug in SPEAKING)
        return
    for year, number in [*((2026, number) for number in NUMBERS), (2027, 24)]:
        for name in (picture_name(number), own_card(number), "miniatyr.svg", "figur.svg"):
            known = {"year": year, "number": number, "name": name, "token": "x", "option": 2}
            known |= {"language": "en"} | defaults
            yield {argument: known[argument] for argument in arguments}


def told(newest_in, answer):
    """The newest hatch that an answer tells of, as (number, secret)."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(answer.headers.get("Content-Encoding"), bytes)
    body = unpack(answer.data)
    answer.close()
    return max(newest_in(body), newest_in(str(answer.headers).encode()))


def test_search_finds_every_open_hatch(client, clock, newest_in):
    clock.set("2026-12-24 08:00")
    for number in NUMBERS:
        for address in (f"/2026/lucka/{number}", f"/2026/lucka/{number}/bild/{picture_name(number)}"):
            assert told(newest_in, client.get(address))[0] == number
    assert told(newest_in, client.get("/2026/rattelser"))[0] == 24
    clock.set("2027-12-24 08:00")
    assert told(newest_in, client.get("/2027/lucka/24"))[0] == 25


def test_no_answer_tells_of_locked_hatch(client, clock, addresses, newest_in):
    leaks = []
    for moment in MOMENTS:
        clock.set(moment)
        for address in addresses:
            # What is static stays as it is.
            if is_told_of(hatch_in(address), last_open(moment)) or (
                moment != MOMENTS[0] and address.startswith("/static/")
            ):
                continue
            number, secret = told(newest_in, client.get(address))
            if number > last_open(moment):
                leaks.append((moment, address, secret))
    assert leaks == []


def test_no_answer_tells_of_locked_hatch_when_clock_goes_backwards(client, clock, newest_in):
    for number in reversed(SOME):
        clock.set(f"2026-12-{number:02} 00:00")
        assert told(newest_in, client.get(f"/2026/lucka/{number}"))[0] == number
        clock.forward(milliseconds=-1)
        for address in tomorrow(number):
            assert told(newest_in, client.get(address))[0] < number


WAYS = (
    {"query_string": "nu=2026-12-24&ar=2027&number=24"},
    {"method": "HEAD"},
    {"method": "OPTIONS"},
    {"method": "POST"},
    {"headers": {"Accept-Encoding": "br"}},
    {"headers": {"Accept-Encoding": "gzip"}},
    {"headers": {"Date": "Thu, 24 Dec 2026 12:00:00 GMT", "X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/"}},
)


def test_no_way_of_asking_tells_of_tomorrow(client, clock, newest_in):
    for number in SOME:
        clock.set(f"2026-12-{number - 1:02} 23:59:59.999")
        for address in tomorrow(number):
            for asked in WAYS:
                assert told(newest_in, client.open(address, **asked))[0] < number, (address, asked)


def test_knowing_tomorrows_etag_tells_nothing(client, clock):
    for number in SOME:
        clock.set(f"2026-12-{number:02} 00:00")
        tags = {address: client.get(address).headers.get("ETag", '"-"') for address in tomorrow(number)}
        clock.set(f"2026-12-{number - 1:02} 23:59:59.999")
        for address, tag in tags.items():
            assert client.get(address, headers={"If-None-Match": tag}).status_code in (200, 403)


def test_a_visitor_cannot_move_the_clock(client, clock):
    clock.set("2026-12-10 23:59:59.999")
    answer = client.get("/2026/lucka/11", environ_overrides={"HTTP_KALENDER_NOW": "2026-12-24", "HTTP_PINNED": "1"})
    assert answer.status_code == 403


def tomorrow(number):
    """The addresses where a hatch shows as soon as it opens."""
    hatch = f"/2026/lucka/{number}"
    feeds = ("/flode.xml", "/flode.json", "/kalender.ics", "/inbaddning", "/sitemap.xml")
    results = ("/2026/resultat", "/2026/resultat.csv", "/2026/resultat.json")
    answers = (f"{hatch}/svar/{option}" for option in (1, 2, 3))
    replies = (*answers, f"{hatch}/testar", f"{hatch}/testar/kommun")
    municipalities = (f"/kommun/{slug}{page}" for slug in SPEAKING for page in ("", "/inbaddning"))
    pictures = (f"{hatch}/bild/{picture_name(number)}", f"{hatch}/bild/{own_card(number)}")
    languages = ("/en/", "/en/feed.xml", "/en/calendar.ics", f"/en/2026/hatch/{number}", f"{hatch}/lattlast")
    languages = (*languages, f"/en/2026/hatch/{number}/enter", "/en/2026/contest/rules")
    return (
        "/",
        "/2026/",
        *languages,
        "/skarm",
        "/2026/rattelser",
        *feeds,
        *results,
        hatch,
        *pictures,
        f"{hatch}/tavla",
        *replies,
        *municipalities,
    )

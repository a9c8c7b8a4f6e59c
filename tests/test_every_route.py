"""Every address is public on purpose or the organisers' own, and every page is built the way it must be."""

import re

import pytest
from bs4 import BeautifulSoup

from app.admin.accounts.roles import OPEN_TO_ALL
from tests.conftest import ENTRY_URL, on_sqlite, swedish

pytestmark = on_sqlite
# What anyone may ask for. A new address belongs here only when somebody has thought about it.
PUBLIC = """
    / /<year:year>/ /<year:year>/lucka/<hatch:number> /lucka/<hatch:number> /om
    /<year:year>/rattelser
    /<year:year>/lucka/<hatch:number>/bild/<name> /<year:year>/bild/<name>
    /<year:year>/farger.css
    /<year:year>/lucka/<hatch:number>/tavla /<year:year>/tavling/villkor
    /<year:year>/dragning /<year:year>/dragning/lista.txt /<year:year>/dragning/lasbevis.txt
    /<year:year>/dragning/regler.txt /<year:year>/dragning/protokoll.json
    /<year:year>/dragning/tavling.txt /<year:year>/dragning/logg.txt /<year:year>/dragning/verifiera.py
    /<year:year>/dragning/tacka-nej/<token> /mitt-svar/ta-tillbaka/<token> /mitt-bidrag
    /flode.xml /flode.json /kalender.ics /inbaddning /oembed /sitemap.xml /robots.txt /.well-known/security.txt
    /<year:year>/lucka/<hatch:number>/svar /<year:year>/lucka/<hatch:number>/svar/<number:option>
    /<year:year>/lucka/<hatch:number>/testar /<year:year>/lucka/<hatch:number>/testar/kommun
    /<year:year>/januari /<year:year>/januari/tack
    /<year:year>/resultat /<year:year>/resultat.csv /<year:year>/resultat.json /<year:year>/resultat/metod
    /<year:year>/lucka/<hatch:number>/lattlast /<language:language>/ /<language:language>/<year:year>/
    /<language:language>/<year:year>/hatch/<hatch:number> /<language:language>/<year:year>/hatch/<hatch:number>/enter
    /<language:language>/<year:year>/contest/rules /<language:language>/privacy
    /<language:language>/feed.xml /<language:language>/calendar.ics
    /kommun /kommun/<slug> /kommun/<slug>/affisch /kommun/<slug>/inbaddning
    /arkiv /skarm /<year:year>/affisch /<year:year>/bingo /<year:year>/skolblad
    /manifest.webmanifest /healthz /readyz
    /personuppgifter /kakor /mitt-svar /tillganglighet /tillganglighet/tack
    /paminnelse /paminnelse/tack /paminnelse/bekrafta/<token> /paminnelse/avsluta/<token>
""".split()  # noqa: SIM905 – to be read as lines
POSTED_BY_ANYONE = {
    "/<year:year>/dragning",
    "/<year:year>/lucka/<hatch:number>/tavla",
    "/<language:language>/<year:year>/hatch/<hatch:number>/enter",
    "/mitt-svar",
    "/tillganglighet",
    "/<year:year>/dragning/tacka-nej/<token>",
    "/mitt-svar/ta-tillbaka/<token>",
    "/<year:year>/lucka/<hatch:number>/svar",
    "/<year:year>/lucka/<hatch:number>/testar",
    "/<year:year>/lucka/<hatch:number>/testar/kommun",
    "/<year:year>/januari",
    "/paminnelse",
    "/paminnelse/bekrafta/<token>",
    "/paminnelse/avsluta/<token>",
}
VALUES = {"token": "x", "entry_id": 1, "part": "lista.txt"}
VALUES |= {"organiser_id": 1, "number": 1, "version": 1, "passkey_id": 1, "name": "x", "checksum": "x", "year": 2026}
VALUES |= {"slug": "ale"}
VALUES |= {"instant": swedish("2026-12-13 08:00"), "path": "2026/lucka/13", "figure": "luckor", "message_id": 1}


@pytest.fixture
def rules(app):
    return list(app.url_map.iter_rules())


def test_every_address_is_public_on_purpose_or_the_organisers_own(rules):
    others = {rule.rule for rule in rules if not rule.rule.startswith("/admin/")}
    assert others == set(PUBLIC)


def test_public_sends_only_entries_feedback_and_questions_about_own_entry(rules):
    posted = [rule.rule for rule in rules if rule.methods - {"GET", "HEAD", "OPTIONS"}]
    assert {rule for rule in posted if not rule.startswith("/admin/")} == POSTED_BY_ANYONE


def test_organisers_area_asks_for_a_sign_in(app, client, rules):
    guarded = [rule for rule in rules if rule.rule.startswith("/admin/") and rule.endpoint not in OPEN_TO_ALL]
    adapter = app.url_map.bind("")
    assert len(guarded) > 8
    for rule in guarded:
        address = adapter.build(rule.endpoint, {name: VALUES[name] for name in rule.arguments})
        for method in rule.methods:
            answer = client.open(address, method=method)
            assert (answer.status_code, answer.location) == (303, "/admin/logga-in"), f"{method} {address}"


def test_json_in_place_of_a_form_is_no_fault(app, client, organiser, rules):
    adapter = app.url_map.bind("")
    for rule in rules:
        if "POST" not in rule.methods or rule.endpoint == "admin.sign_out":
            continue
        values = {name: (VALUES | {"language": "en"})[name] for name in rule.arguments - {*(rule.defaults or ())}}
        address = adapter.build(rule.endpoint, values | (rule.defaults or {}), method="POST")
        for body in ("8", "[1]", "null", '"x"', '{"token": {"a": 1}, "website": [[]]}', "{"):
            for visitor in (client, organiser):
                answer = visitor.post(address, data=body, content_type="application/json")
                assert answer.status_code < 500, f"{address} {body}"


def test_an_invented_cookie_opens_nothing(client):
    client.set_cookie("__Host-organisator", "x" * 43)
    assert client.get("/admin/").location == "/admin/logga-in"


def test_what_is_open_in_organisers_area_is_way_in_only(app, client):
    adapter = app.url_map.bind("")
    ways_in = {adapter.build(name, VALUES if "invitation" in name else {}).split("?")[0] for name in OPEN_TO_ALL}
    passkeys = {"/admin/logga-in/passkey", "/admin/passkey-fraga", "/admin/inbjudan/x/passkey-fraga"}
    assert ways_in == {"/admin/logga-in", "/admin/inbjudan/x"} | passkeys
    assert [client.get(way).status_code for way in sorted(ways_in - passkeys)] == [410, 200]


def test_addresses_are_lower_case_words(rules):
    part = r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?|<(\w+:)?\w+>|\.well-known"
    assert [rule.rule for rule in rules if not re.fullmatch(rf"(/({part}))+/?|/", rule.rule)] == []


# The pages, visited once for all tests.
SEEN: dict[str, BeautifulSoup] = {}


@pytest.fixture
def pages(app, request):
    """Every kind of page, by what it is."""
    if not SEEN:
        visited = request.getfixturevalue("visited")
        SEEN.update({name: BeautifulSoup(answer.text, "html.parser") for name, answer in visited.items()})
    return SEEN


@pytest.fixture
def visited(client, organiser, clock, enter, accept, reach):
    found = {
        "hatch": client.get("/2026/lucka/9"),
        "hatch with contest": client.get("/2026/lucka/10"),
        "easy hatch": client.get("/2026/lucka/9/lattlast"),
        "locked hatch": client.get("/2026/lucka/11"),
        "form": client.get(ENTRY_URL),
        "receipt": enter(),
        "form with faults": enter(answer=None, email="x", municipality="", adult=None, rules=None, website="x"),
        "not found": client.get("/finns-inte"),
        "wrong method": client.post("/"),
        "about": client.get("/om"),
        "corrections": client.get("/2026/rattelser"),
        "archive": client.get("/arkiv"),
        "municipalities": client.get("/kommun"),
        "own page of a municipality": client.get("/kommun/goteborg"),
        "poster of a municipality": client.get("/kommun/goteborg/affisch"),
        "poster": client.get("/2026/affisch"),
        "bingo": client.get("/2026/bingo"),
        "school sheet": client.get("/2026/skolblad"),
        "personal data": client.get("/personuppgifter"),
        "cookies": client.get("/kakor"),
        "own entry": client.get("/mitt-svar"),
        "own entry with faults": client.post("/mitt-svar"),
        "accessibility": client.get("/tillganglighet"),
        "feedback with faults": client.post("/tillganglighet"),
        "feedback received": client.get("/tillganglighet/tack"),
        "rules": client.get("/2026/tavling/villkor"),
        "answer": client.get("/2026/lucka/9/svar/1"),
        "pledge": client.get("/2026/lucka/9/testar"),
        "municipality": client.get("/2026/lucka/9/testar/kommun"),
        "method": client.get("/2026/resultat/metod"),
        "reminder": client.get("/paminnelse"),
        "reminder with faults": client.post("/paminnelse"),
        "reminder asked for": client.get("/paminnelse/tack"),
        "reminder that cannot be confirmed": client.get("/paminnelse/bekrafta/x"),
        "reminder to leave": client.get("/paminnelse/avsluta/x"),
        "reminder left": client.post("/paminnelse/avsluta/x"),
        "sign in": client.get("/admin/logga-in"),
        "sign in with faults": client.post("/admin/logga-in"),
        "invitation gone": client.get("/admin/inbjudan/x"),
    }
    for day in ("2026-11-20", "2026-12-01", "2026-12-24", "2026-12-25"):
        clock.set(f"{day} 08:00")
        found |= {f"start {day}": client.get("/"), f"embed {day}": client.get("/inbaddning")}
        found |= {f"{day} {path}": client.get(path) for path in EVERY_DAY}
    for day in ("2026-12-24", "2027-01-15", "2027-02-01"):
        clock.set(f"{day} 08:00")
        season = ("/2026/januari", "/2026/januari/tack", "/2026/resultat")
        found |= {f"{day} {path}": client.get(path) for path in season}
    accept("bo@example.se")
    for state in ("open", "closed"):
        reach(state)
        found |= {f"{state} {path}": organiser.get(path) for path in (ENTRY_URL, *CONTEST, *ORGANISERS)}
    clock.set("2026-12-31 08:00")
    found |= {f"late {path}": organiser.get(path) for path in CONTEST}
    reach("contact")
    found |= {f"contact {path}": organiser.get(path) for path in (*CONTEST, *ORGANISERS)}
    return found


CONTEST = ("/", "/en/", "/2026/dragning", "/2026/lucka/10", "/en/2026/hatch/10")


EVERY_DAY = ("/skarm",)
ORGANISERS = (
    "/admin/",
    "/admin/bidrag",
    "/admin/bidrag/tecken",
    "/admin/bidrag/1/stryk",
    "/admin/dragning",
    "/admin/aterkoppling",
    "/admin/gallring",
    "/admin/konton",
    "/admin/konton/1/ta-bort",
    "/admin/logg",
    "/admin/konto",
    "/admin/konto/engangskoder",
    "/admin/redigera",
    "/admin/redigera/lucka/9",
    "/admin/redigera/lucka/10/tavling",
    "/admin/redigera/lucka/9/bild",
    "/admin/redigera/lucka/9/tidigare",
    "/admin/redigera/texter",
    "/admin/redigera/texter/tidigare",
    "/admin/redigera/utseende",
    "/admin/redigera/arrangor",
    "/admin/redigera/tillganglighet",
    "/admin/redigera/byt-plats",
    "/admin/redigera/ny",
    "/admin/redigera/las-in",
    "/admin/beredskap",
    "/admin/statistik",
    "/admin/paminnelser",
    "/admin/material",
    "/admin/forhandsvisning",
    "/admin/forhandsvisning/2026-12-13T0800/2026/lucka/13",
)


def where(pages, wrong):
    """The pages on which `wrong` finds something, with what it found."""
    return {name: found for name, page in pages.items() if (found := wrong(page))}


def test_every_page_is_in_its_language(pages):
    assert where(pages, lambda page: page.html.get("lang") != "sv").keys() == {name for name in pages if "/en/" in name}


def test_every_page_has_one_heading_and_one_title(pages):
    assert where(pages, lambda page: [len(page.select(tag)) for tag in ("h1", "head title")] != [1, 1]) == {}
    assert where(pages, lambda page: not page.h1.text.strip() or not page.title.text.strip()) == {}


def test_no_two_elements_share_an_id(pages):
    def repeated(page):
        names = [element["id"] for element in page.select("[id]")]
        return {name for name in names if names.count(name) > 1}

    assert where(pages, repeated) == {}


def test_links_within_a_page_lead_somewhere(pages):
    def missing(page):
        names = {link["href"][1:] for link in page.select('a[href^="#"]')}
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            names |= {name for element in page.select(f"[{attribute}]") for name in element[attribute].split()}
        return {name for name in names if not page.find(id=name)}

    assert where(pages, missing) == {}


def test_first_stop_skips_to_content(pages):
    def without(page):
        first = page.select_one("body a, body button, body input, body select, body textarea")
        told = ("#innehall", "Skip to the content" if page.html["lang"] == "en" else "Hoppa till innehållet")
        return not page.select("body.embed, body.screen") and (first["href"], first.text) != told

    assert where(pages, without) == {}


def test_no_page_has_inline_style_or_script(pages):
    assert where(pages, lambda page: page.select("style, script:not([src]), [style]")) == {}
    events = re.compile("^on")
    assert where(pages, lambda page: page.find_all(lambda tag: any(map(events.match, tag.attrs)))) == {}


def test_no_page_fetches_anything_from_elsewhere(pages):
    parts = "[src], [srcset], link[rel~=stylesheet], link[rel~=icon], link[rel~=preload], use[href], form[action]"

    def foreign(page):
        asked = [element.get(name, "/") for element in page.select(parts) for name in ("src", "href", "action")]
        return [address for address in asked if not address.startswith(("/", "#")) or address.startswith("//")]

    assert where(pages, foreign) == {}


def test_every_field_has_a_label(pages):
    def unlabelled(page):
        fields = page.select("input:not([type=hidden]), select, textarea")
        return [field["name"] for field in fields if not page.select_one(f'label[for="{field.get("id")}"]')]

    assert where(pages, unlabelled) == {}


def test_every_picture_has_text_or_says_that_it_needs_none(pages):
    assert where(pages, lambda page: page.select("img:not([alt])")) == {}


def test_nothing_unfinished_is_shown(pages):
    unfinished = re.compile(r"§\w|\{\{|\{%|\bNone\b|(?i:undefined|lorem)")
    assert where(pages, lambda page: unfinished.findall(page.get_text())) == {}


def test_sentences_have_space_between_them(pages):
    inline = r"</?(?:a|span|strong|em|abbr|small|time|b|i|kbd|samp|button|input|svg|path)\b[^>]*>|<!--.*?-->"
    glued = re.compile(rf"[a-zåäö0-9)”][.!?](?:{inline})*[A-ZÅÄÖ]\w*")
    # Addresses and code are no sentences.
    other = re.compile(r"""="[^"]*"|https?://[^\s<]+|<(pre|code|script|textarea)\b.*?</\1>""", re.DOTALL)
    assert where(pages, lambda page: glued.findall(other.sub("", str(page.body)))) == {}

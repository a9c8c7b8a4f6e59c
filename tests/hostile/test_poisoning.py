"""Nobody can put words, hosts or pages of their own before the next visitor."""

import csv
import io
import re

import pytest

from tests.conftest import ENTRY_URL, configured, on_sqlite

pytestmark = on_sqlite
EVIL = "elak.example"
UNKEYED = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Server": EVIL,
    "X-Host": EVIL,
    "Forwarded": f"host={EVIL};proto=https",
    "X-Forwarded-Proto": EVIL,
    "X-Forwarded-Scheme": EVIL,
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-Port": "1",
    "X-Original-URL": "/admin/",
    "X-Rewrite-URL": "/2026/lucka/24",
    "X-HTTP-Method-Override": "POST",
    "X-HTTP-Method": "DELETE",
    "X-Method-Override": "PUT",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}",
    "Accept-Language": EVIL,
    "User-Agent": EVIL,
    "Cookie": f"a={EVIL}",
    "Range": "bytes=0-9",
    "Accept": "application/json",
}
CACHED = ("/", "/2026/", "/2026/lucka/9", "/om", "/flode.xml", "/flode.json", "/kalender.ics", "/inbaddning")
CACHED = (*CACHED, "/sitemap.xml", "/robots.txt", "/.well-known/security.txt", "/kakor", "/personuppgifter")
UNCACHED = ("/2026", "/lucka/9", "/2026/lucka/11", "/2026/dragning", "/2026/tavling/villkor", ENTRY_URL, "/finns-inte")
UNCACHED = (*UNCACHED, "/mitt-svar", "/tillganglighet", "/admin/", "/admin/logga-in", "//2026", "/2026//lucka/9")
VARIANTS = (
    "//om",
    "/./om",
    "/om/",
    "/om/.",
    "/om/../om",
    "/OM",
    "/om;x",
    "/om;jsessionid=1",
    "/om%20",
    "/om%00",
    "/%2e/om",
    "/om.html",
    "/om/x.css",
    "/%6F%6D/x.js",
)


@pytest.mark.parametrize("path", CACHED)
def test_no_header_changes_next_visitors_page(app, path):
    for header, value in UNKEYED.items():
        # As if the calendar had changed: the visitor with the header is the first to see it.
        app.extensions["library"].version += 1
        first = app.test_client().get(path, headers={header: value})
        again = app.test_client().get(path)
        assert EVIL not in first.text + str(first.headers), header
        assert (first.status_code, first.data) == (again.status_code, again.data), header


def test_no_answer_repeats_an_invented_host(client):
    for path in UNCACHED:
        for header in ("Host", "X-Forwarded-Host", "Forwarded"):
            answer = client.get(path, headers={header: UNKEYED[header]})
            assert EVIL not in answer.text + str(answer.headers), (path, header)
            assert re.match(r"(http://localhost)?/(?!/)", answer.headers.get("Location", "/")), (path, header)


def test_foreign_host_gets_no_page(client):
    for host in (EVIL, "localhost:99999", "a b", "x" * 300, "a..b", "1:2:3"):
        for path in ("/2026", "/finns-inte", "/admin/passkey-fraga", ENTRY_URL):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 400, (path, host)
            assert answer.text.startswith("Det här är inte kalenderns adress."), (path, host)
            assert answer.headers["Cache-Control"] == "no-store", (path, host)


@configured(PUBLIC_URL="https://jul.exempel.se", TRUSTED_HOSTS="www.exempel.se, .kommunen.se")
@pytest.mark.parametrize("host", ["jul.exempel.se", "www.exempel.se", "jul.kommunen.se:8080", "127.0.0.1:5000"])
def test_the_sites_own_names_are_answered(client, host):
    assert client.get(ENTRY_URL, headers={"Host": host}).status_code == 200


@configured(TRUSTED_PROXIES=1)
def test_not_even_what_comes_through_proxy_of_ours_is_repeated(client):
    for path in (*CACHED, *UNCACHED):
        answer = client.get(path, headers={"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https"})
        assert EVIL not in answer.text + str(answer.headers), path


@configured(PUBLIC_URL="https://jul.example.se")
def test_outgoing_links_have_own_address(client):
    for path in ("/flode.xml", "/flode.json", "/kalender.ics", "/sitemap.xml", "/robots.txt", "/2026/lucka/9"):
        assert "https://jul.example.se/" in client.get(path, headers={"Host": EVIL}).text


def test_other_spelling_is_not_kept(client):
    plain = client.get("/om").data
    for variant in VARIANTS:
        answer = client.get(variant)
        assert answer.status_code in (200, 308, 400, 404), variant
        assert client.get("/om").data == plain, variant
        if "public" in answer.headers.get("Cache-Control", ""):
            assert answer.data == plain, variant


def test_no_query_slips_past_the_memory(client, made):
    plain = client.get("/om").data
    made.clear()
    for query in ("?x", "?ar=2020", "?%00", "?utm_source=a", "?x=" + "a" * 5000, "?nu=2026-12-24", "?_method=DELETE"):
        assert client.get(f"/om{query}").data == plain
    assert made == []


def test_no_method_changes_the_next_page(app, client):
    for method in ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW", "get"):
        app.extensions["library"].version += 1
        answer = client.open("/om", method=method)
        assert answer.status_code in (200, 405), method
        assert "set-cookie" not in answer.headers, method
        assert client.get("/om").status_code == 200, method
        assert b"<h1" in client.get("/om").data, method


def test_every_address_answers_head_as_get_and_says_its_methods(app, client):
    adapter = app.url_map.bind("")
    for rule in app.url_map.iter_rules():
        if not rule.arguments and not rule.rule.startswith("/admin") and rule.rule != "/readyz":
            path = adapter.build(rule.endpoint)
            head = client.head(path)
            assert (head.status_code, head.data) == (client.get(path).status_code, b"")
            assert "GET" in client.options(path).headers["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../secret_key",
        "/static/..%2f..%2fsecret_key",
        "/static/%2e%2e/secret_key",
        "/static//etc/passwd",
        "/static/..\\..\\secret_key",
        "/2026/lucka/9/bild/../hatch.md",
        "/2026/lucka/9/bild/..%2fhatch.md",
        "/2026/lucka/9/bild/hatch.md",
        "/2026/lucka/11/bild/bild.svg",
        "/2026/lucka/9/bild/../../11/bild/bild.svg",
        "/../calendar_content/2026/edition.toml",
        "/.env",
        "/.git/config",
    ],
)
def test_no_path_leads_outside(client, path):
    assert client.get(path).status_code in (403, 404)


@pytest.mark.parametrize(
    "place",
    [
        *(f"https://{EVIL}/", f"//{EVIL}", f"/\\{EVIL}", f"\\/{EVIL}", f"/admin/\r\nLocation: https://{EVIL}"),
        *(f"javascript://{EVIL}", f"/admin/../..//{EVIL}", f"/admin@{EVIL}", f"https:{EVIL}", "/2026/lucka/24"),
    ],
)
def test_no_link_sends_anyone_elsewhere(organiser, place):
    organiser.get("/admin/logga-in", query_string={"till": place})
    answer = organiser.post("/admin/bekrafta", data={"till": place})
    assert answer.status_code == 404
    assert EVIL not in str(answer.headers)


STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://elak")', "|calc", "%0A=1")


def test_no_cell_of_list_for_spreadsheets_begins_like_formula(accept, organiser):
    for number, start in enumerate(STARTS):
        accept(f"person{number}@example.se", motivation=start)
    answer = organiser.get("/admin/bidrag.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len(STARTS) + 1
    assert [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@", "\t", "\r")] == []


@pytest.mark.parametrize(
    "address",
    [
        "anna@example.se\r\nBcc: alla@example.se",
        "anna@example.se\nSubject: x",
        "a@example.se, b@example.se",
    ],
)
def test_no_address_that_would_be_mail_line_is_accepted(enter, address):
    assert enter(email=address).status_code == 422

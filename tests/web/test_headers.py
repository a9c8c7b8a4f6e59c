"""The security headers, on every answer whoever gives it."""

import pytest

from tests.conftest import ENTRY_URL, on_sqlite

pytestmark = on_sqlite
EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; "
        "frame-ancestors 'none'"
    ),
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def site(make_app):
    """A visitor to a site that has a broken page."""
    app = make_app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/krasch", "krasch", lambda: 1 / 0)
    return app.test_client()


def style_sheet(site):
    return site.get("/").text.partition('<link rel="stylesheet" href="')[2].partition('"')[0]


ANSWERS = {
    "a page": (200, lambda site: site.get("/")),
    "a page asked for again": (200, lambda site: (site.get("/om"), site.get("/om"))[1]),
    "a page not changed": (304, lambda site: site.get("/", headers={"If-None-Match": site.get("/").headers["ETag"]})),
    "the head of a page": (200, lambda site: site.head("/2026/lucka/10")),
    "a picture": (200, lambda site: site.get("/2026/lucka/10/bild/bild.svg")),
    "a style sheet": (200, lambda site: site.get(style_sheet(site), buffered=True)),
    "a style sheet that is not there": (404, lambda site: site.get("/static/annan.css")),
    "a form": (200, lambda site: site.get(ENTRY_URL)),
    "a form with faults": (422, lambda site: site.post(ENTRY_URL)),
    "a locked hatch": (403, lambda site: site.get("/2026/lucka/11")),
    "another site's form": (403, lambda site: site.post(ENTRY_URL, headers={"Sec-Fetch-Site": "cross-site"})),
    "a page that is not there": (404, lambda site: site.get("/finns-inte")),
    "a way that is not there": (405, lambda site: site.post("/om")),
    "too much": (413, lambda site: site.post(ENTRY_URL, data={"email": "x" * 70_000})),
    "a broken page": (500, lambda site: site.get("/krasch")),
    "a way on": (303, lambda site: site.get("/lucka/7")),
    "a missing slash": (308, lambda site: site.get("/2026")),
    "the way in for organisers": (200, lambda site: site.get("/admin/logga-in")),
    "the organisers' door": (303, lambda site: site.get("/admin/")),
    "the health": (200, lambda site: site.get("/healthz")),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_every_answer_has_every_header_once(site, what):
    status, ask = ANSWERS[what]
    answer = ask(site)
    assert answer.status_code == status
    # A frame that another site has put in a sandbox fetches these as a stranger.
    shared = {"Cross-Origin-Resource-Policy": "cross-origin"} if what in ("a picture", "a style sheet") else {}
    expected = EXPECTED | shared
    assert {name: answer.headers.getlist(name) for name in expected} == {name: [expected[name]] for name in expected}


def test_no_answer_lets_page_use_what_it_does_not_need(site):
    policy = site.get("/").headers["Permissions-Policy"]
    for feature in ("camera", "geolocation", "microphone", "payment"):
        assert f"{feature}=()" in policy


def test_no_answer_says_what_program_made_it(site):
    for address in ("/", "/finns-inte", "/krasch", "/static/annan.css"):
        assert not {"Server", "X-Powered-By"} & set(site.get(address).headers.keys())


def test_every_text_says_its_alphabet(site):
    for address in ("/", ENTRY_URL, "/2026/dragning/lista.txt", "/finns-inte"):
        assert site.get(address).headers["Content-Type"].endswith("; charset=utf-8")

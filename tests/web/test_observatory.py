"""What MDN's HTTP Observatory would say of the site: A+, with points to spare.

Source: github.com/mdn/mdn-http-observatory, src/grader/charts.js (the modifiers) and src/analyzer (what earns them).
A site starts at 100. Penalties are taken off; from 90 points on, bonuses are added. 100 and more is A+. Tests whose
outcome costs and gives nothing here (CORS, redirection by the proxy, subresource integrity) are in the table with 0.
"""

import re

import pytest

from tests.conftest import ENTRY_URL, on_sqlite

pytestmark = on_sqlite
ENOUGH, FOR_BONUSES = 135, 90
MODIFIERS = {
    "csp default-src none, nothing unsafe, form-action": 10,
    "csp nothing unsafe": 5,
    "csp unsafe": -20,
    "csp missing": -25,
    "cookies none": 0,
    "cookies secure, httponly, samesite": 5,
    "cookies careless": -40,
    "cors none or public": 0,
    "cors with credentials": -50,
    "referrer private": 5,
    "referrer missing": 0,
    "referrer unsafe": -5,
    "hsts preloaded": 5,
    "hsts half a year or more": 0,
    "hsts short": -10,
    "hsts missing": -20,
    "sri all scripts": 5,
    "sri scripts of the same origin without": 0,
    "sri foreign scripts without": -50,
    "nosniff": 0,
    "nosniff missing": -5,
    "framing ruled by csp": 5,
    "framing ruled by x-frame-options": 0,
    "framing free": -20,
    "corp same-origin": 10,
    "corp cross-origin or missing": 0,
    "coop same-origin": 10,
    "coop missing": 0,
    "coep require-corp": 10,
    "coep missing": 0,
}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
PAGES = ("/", "/2026/", "/2026/lucka/10", "/2026/lucka/11", "/om", "/kakor", "/personuppgifter", "/tillganglighet")
PAGES = (*PAGES, "/mitt-svar", ENTRY_URL, "/2026/dragning", "/2026/tavling/villkor", "/finns-inte")


def policy(answer):
    parts = [part.split() for part in answer.headers.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {name: sources for name, *sources in parts}


def of_policy(answer):
    rules = policy(answer)
    if not rules:
        return "csp missing"
    scripts = rules.get("script-src", rules.get("default-src", ["*"]))
    for sources in (scripts, rules.get("style-src", rules.get("default-src", ["*"]))):
        if any(source in ("'unsafe-inline'", "'unsafe-eval'", "data:", "https:", "http:", "*") for source in sources):
            return "csp unsafe"
    strict = rules.get("default-src") == ["'none'"] and rules.get("form-action") in (["'self'"], ["'none'"])
    return "csp default-src none, nothing unsafe, form-action" if strict else "csp nothing unsafe"


def of_cookies(answer):
    cookies = [cookie.lower() for cookie in answer.headers.getlist("Set-Cookie")]
    if not cookies:
        return "cookies none"
    fine = all("; secure" in each and "; httponly" in each and "; samesite=" in each for each in cookies)
    return "cookies secure, httponly, samesite" if fine else "cookies careless"


def of_transport(answer):
    told = answer.headers.get("Strict-Transport-Security", "")
    age = re.search(r"max-age=(\d+)", told)
    if not age:
        return "hsts missing"
    return "hsts half a year or more" if int(age[1]) >= 15768000 else "hsts short"


def of_scripts(answer):
    scripts = re.findall(r"<script[^>]* src=\"([^\"]+)\"", answer.text)
    foreign = any(not re.match(r"/(?!/)", address) for address in scripts)
    return "sri foreign scripts without" if foreign else "sri scripts of the same origin without"


def of_framing(answer):
    if policy(answer).get("frame-ancestors") in (["'none'"], ["'self'"]):
        return "framing ruled by csp"
    framed = answer.headers.get("X-Frame-Options", "").upper() in ("DENY", "SAMEORIGIN")
    return "framing ruled by x-frame-options" if framed else "framing free"


def of_referrer(answer):
    told = answer.headers.get("Referrer-Policy")
    return "referrer missing" if not told else "referrer private" if told in PRIVATE else "referrer unsafe"


def outcomes(answer):
    told = answer.headers
    return [
        of_policy(answer),
        of_cookies(answer),
        "cors with credentials" if "Access-Control-Allow-Credentials" in told else "cors none or public",
        of_referrer(answer),
        of_transport(answer),
        of_scripts(answer),
        "nosniff" if told.get("X-Content-Type-Options") == "nosniff" else "nosniff missing",
        of_framing(answer),
        "corp same-origin"
        if told.get("Cross-Origin-Resource-Policy") == "same-origin"
        else "corp cross-origin or missing",
        "coop same-origin" if told.get("Cross-Origin-Opener-Policy") == "same-origin" else "coop missing",
        "coep require-corp" if told.get("Cross-Origin-Embedder-Policy") == "require-corp" else "coep missing",
    ]


def score(answer):
    modifiers = [MODIFIERS[outcome] for outcome in outcomes(answer)]
    points = 100 + sum(modifier for modifier in modifiers if modifier < 0)
    bonus = sum(modifier for modifier in modifiers if modifier > 0)
    return points + bonus if points >= FOR_BONUSES else max(points, 0)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_an_a_plus_with_points_to_spare(client, path):
    answer = client.get(path)
    assert score(answer) >= ENOUGH, outcomes(answer)


def test_start_page_has_every_bonus_possible_without_cookies(client):
    assert score(client.get("/")) == 150


@pytest.mark.parametrize("path", PAGES)
def test_no_policy_allows_anything_by_default_or_anything_unsafe(client, path):
    told = client.get(path).headers["Content-Security-Policy"]
    assert policy(client.get(path))["default-src"] == ["'none'"]
    assert not re.search(r"unsafe|data:|blob:|https?:|\*", told)


def test_a_worse_site_would_have_a_worse_score(client):
    answer = client.get("/")
    for name, points in (
        ("Cross-Origin-Opener-Policy", 140),
        ("Content-Security-Policy", 75),
        ("Strict-Transport-Security", 80),
    ):
        worse = client.get("/")
        del worse.headers[name]
        assert score(worse) == points
    answer.headers["Set-Cookie"] = "besokare=1"
    assert score(answer) == 60

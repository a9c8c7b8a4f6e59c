"""The site at another time: for the organiser who is signed in, and for nobody else by any way."""

import shutil

import pytest
from bs4 import BeautifulSoup

from app.admin.accounts.guard import COOKIE
from app.contest.models import Entry
from app.database import db
from tests.conftest import filled, on_sqlite, swedish, token_in

pytestmark = on_sqlite
PREVIEW = "/admin/forhandsvisning"
THEN = f"{PREVIEW}/2026-12-13T0800"
HATCH = f"{THEN}/2026/lucka/13"
# A title that the test gives to hatch 13.
SECRET = "Sätt skor på bilen"
PAGES = (
    "/",
    "/2026/",
    "/2026/lucka/13",
    "/2026/lucka/13/bild/bild.svg",
    "/2026/lucka/10/tavla",
    "/2026/tavling/villkor",
    "/2026/dragning",
    "/2026/dragning/tavling.txt",
    "/om",
    "/flode.xml",
    "/flode.json",
    "/kalender.ics",
    "/inbaddning",
    "/sitemap.xml",
    "/mitt-svar",
    "/tillganglighet",
    "/personuppgifter",
    "/kakor",
)


@pytest.fixture(scope="module")
def folder(filled_in, tmp_path_factory):
    """The real content with a title to look for, and a text that links from the root."""
    root = shutil.copytree(filled_in, tmp_path_factory.mktemp("preview") / "content")
    file = root / "2026/13/hatch.md"
    lines = [f'title = "{SECRET}"' if line.startswith("title") else line for line in file.read_text().split("\n")]
    file.write_text("\n".join(lines) + "\nLäs [lucka 3](/2026/lucka/3) igen.\n")
    return root


@pytest.fixture
def app(share_app, folder):
    return share_app(CALENDAR_CONTENT=folder)


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def test_organiser_sees_a_locked_hatch(organiser):
    page = soup(organiser.get(HATCH))
    assert page.h1.text == SECRET
    assert "Så här ser sidan ut söndag 13 december 2026 kl. 08.00. Bara du ser den." in page.aside.text


def test_the_whole_site_is_there(organiser):
    assert {path: organiser.get(THEN + path).status_code for path in PAGES} == dict.fromkeys(PAGES, 200)


def test_previewed_files_have_the_publics_types(client, organiser, clock):
    kinds = {path: organiser.get(THEN + path).headers.getlist("Content-Type") for path in PAGES}
    clock.set("2026-12-13 08:00")
    assert kinds == {path: client.get(path).headers.getlist("Content-Type") for path in PAGES}


def test_every_page_in_words_says_that_it_is_a_preview(organiser):
    pages = [organiser.get(THEN + path) for path in (*PAGES, "/finns-inte", "/2026/lucka/14")]
    assert [
        page.request.path for page in pages if page.mimetype == "text/html" and "Förhandsvisning." not in page.text
    ] == []


def test_what_is_locked_at_that_time_is_locked_in_preview(organiser):
    page = organiser.get(f"{THEN}/2026/lucka/14")
    assert page.status_code == 403
    assert "Den öppnas måndag 14 december 2026" in page.text


def test_calendar_has_as_many_open_hatches_as_it_will_have(organiser):
    assert "13 av 24 luckor är öppna." in organiser.get(f"{THEN}/").text
    assert "Alla luckor är öppna" in organiser.get(f"{PREVIEW}/2026-12-25T0800/").text


def test_links_and_pictures_stay_in_preview(organiser):
    for path in ("/", "/2026/lucka/13", "/2026/lucka/14", "/om", "/finns-inte"):
        page = soup(organiser.get(THEN + path))
        links = {link["href"] for link in page.select("a[href^='/']:not(aside.preview-banner a)")}
        assert links
        assert {link for link in links if not link.startswith(f"{THEN}/")} == set()
        parts = {part.get("src") or part["href"] for part in page.select("img[src], link[rel=stylesheet]")}
        for part in parts:
            with organiser.get(part) as answer:
                assert answer.status_code == 200


def test_text_link_stays_in_preview(organiser):
    link = soup(organiser.get(HATCH)).find("a", string="lucka 3")
    assert link["href"] == f"{THEN}/2026/lucka/3"


def test_what_other_sites_will_be_told_is_the_public_address(organiser):
    page = soup(organiser.get(HATCH))
    assert page.select_one("link[rel=canonical]")["href"] == "http://127.0.0.1:5000/2026/lucka/13"
    assert page.select_one("meta[property='og:image']")["content"].startswith("http://127.0.0.1:5000/2026/lucka/13/")
    assert f"Lucka 13: {SECRET}" in organiser.get(f"{THEN}/flode.xml").text


def test_short_address_leads_on_within_preview(organiser):
    assert organiser.get(f"{THEN}/lucka/13").location == HATCH
    assert organiser.get(THEN).location.endswith(f"{THEN}/")


def test_banner_leads_day_on_to_another_time_and_out(organiser):
    links = {link.text: link["href"] for link in soup(organiser.get(HATCH)).select("aside.preview-banner a")}
    assert links == {
        "En dag tidigare": HATCH.replace("-13T", "-12T"),
        "En dag senare": HATCH.replace("-13T", "-14T"),
        "Välj en annan tid": PREVIEW,
        "Avsluta": "/admin/",
    }
    assert [organiser.get(links[name]).status_code for name in links] == [403, 200, 200, 200]


def test_form_is_not_sent_in_preview(app, organiser, clock):
    address = f"{THEN}/2026/lucka/10/tavla"
    token = token_in(organiser.get(address))
    clock.set("2026-12-13 08:01")
    answer = organiser.post(address, data=filled(token=token))
    assert answer.status_code == 405
    assert "Formulär går inte att skicka i en förhandsvisning." in answer.text
    assert soup(answer).select_one("a.button")["href"] == address
    with app.app_context():
        assert db.session.query(Entry).count() == 0


def test_organisers_pages_stay_outside_preview(organiser):
    assert organiser.get(f"{THEN}/admin/bidrag").location == "/admin/bidrag"


def test_time_is_chosen_in_form(organiser):
    token = token_in(organiser.get(PREVIEW))
    answer = organiser.post(PREVIEW, data={"token": token, "instant": "2026-12-13T08:00"})
    assert (answer.status_code, answer.location) == (303, f"{THEN}/")


@pytest.mark.parametrize("typed", ["", "i morgon", "0026-12-13T08:00", "2126-12-13T08:00"])
def test_time_that_cannot_be_is_told(organiser, typed):
    token = token_in(organiser.get(PREVIEW))
    answer = organiser.post(PREVIEW, data={"token": token, "instant": typed})
    assert answer.status_code == 422
    assert soup(answer).title.text.startswith("Fel: ")
    assert soup(answer).select("#fel a")


def test_every_suggested_moment_has_a_page(organiser):
    links = [link["href"] for link in soup(organiser.get(PREVIEW)).select(".days a, .links a")]
    assert len(links) == 32
    assert {link: organiser.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("moment", ["2026-13-01T0800", "2026-12-13T2561", "2026-02-30T0800", "2026-12-13t0800", "x"])
def test_impossible_time_has_no_page(organiser, moment):
    assert organiser.get(f"{PREVIEW}/{moment}/").status_code == 404


def nothing_told(answer):
    """No answer to an outsider says anything of hatch 13."""
    return SECRET not in answer.text + str(answer.headers)


def signed_out(client):
    client.delete_cookie(COOKIE)


def invented(client):
    client.set_cookie(COOKIE, "x" * 43)


def cut_short(client):
    client.set_cookie(COOKIE, client.get_cookie(COOKIE).value[:-1])


@pytest.mark.parametrize("change", [signed_out, invented, cut_short], ids=lambda change: change.__name__)
def test_a_preview_needs_a_sign_in(organiser, change):
    change(organiser)
    for path in PAGES:
        answer = organiser.get(THEN + path)
        assert (answer.status_code, answer.location) == (303, "/admin/logga-in"), path
        assert nothing_told(answer), path


def test_ended_sign_in_shows_nothing(organiser, clock):
    assert SECRET in organiser.get(HATCH).text
    clock.set("2030-01-01 01:01")
    assert organiser.get(HATCH.replace("2026-12-13", "2031-12-13")).location.startswith("/admin/logga-in?")


def test_who_has_signed_out_sees_nothing(app, organiser):
    token = token_in(organiser.get(PREVIEW))
    stolen = organiser.get_cookie(COOKIE).value
    assert organiser.post("/admin/logga-ut", data={"token": token}).status_code == 303
    organiser.set_cookie(COOKIE, stolen)
    assert organiser.get(HATCH).location == "/admin/logga-in"


def test_no_cache_may_keep_a_preview(organiser):
    for path in PAGES:
        headers = organiser.get(THEN + path).headers
        assert headers["Cache-Control"] == "no-store"
        assert {"ETag", "Last-Modified", "Expires", "Set-Cookie", "Access-Control-Allow-Origin"} & {
            *headers.keys()
        } == set()
        assert headers["Referrer-Policy"] == "no-referrer"


def test_preview_leaves_nothing_for_next_visitor(client, organiser):
    for path in PAGES:
        organiser.get(THEN + path)
        assert nothing_told(client.get(path)), path
        assert nothing_told(client.get(THEN + path)), path
    assert client.get("/2026/lucka/13").status_code == 403
    assert "Förhandsvisning" not in client.get("/").text


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"Referer": f"http://localhost{HATCH}"}},
        {"headers": {"X-Original-URL": HATCH, "X-Rewrite-URL": HATCH}},
        {"headers": {"X-Script-Name": THEN, "Script-Name": THEN, "X-Forwarded-Prefix": THEN}},
        {"headers": {"Kalender.Preview": "1", "Kalender.Now": "2026-12-13"}},
        {"query_string": "instant=2026-12-13T0800&preview=1"},
    ],
    ids=["referer", "rewritten", "prefix", "environ", "query"],
)
def test_nothing_turns_a_page_into_preview(client, asked):
    for path in ("/", "/2026/lucka/13", "/flode.xml"):
        answer = client.get(path, **asked)
        assert nothing_told(answer), path
        assert "Förhandsvisning" not in answer.text, path


@pytest.mark.parametrize(
    "address",
    [
        f"/{HATCH}",
        HATCH.replace("/admin", "//admin"),
        HATCH.replace("/admin/", "/admin//"),
        HATCH.replace("/admin", "/Admin"),
        HATCH.replace("/admin", "/%61dmin"),
        HATCH.replace("/admin", "/om/../admin"),
        HATCH.replace("13T0800/", "13T0800/../2026-12-13T0800/"),
        f"{PREVIEW}/2026-12-13T0800%2F2026%2Flucka%2F13",
        f"{THEN}//2026/lucka/13",
        f"{THEN}/admin/../2026/lucka/13",
        "/static/..%2Fadmin",
    ],
)
def test_a_bent_address_shows_nothing(client, address):
    for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT"):
        answer = client.open(address, method=method, follow_redirects=True)
        assert nothing_told(answer), method
        assert "tavla" not in answer.text, method


def test_sign_in_follows_real_clock_not_previewed_one(organiser, clock):
    clock.set("2030-01-01 02:00")
    assert organiser.get(HATCH).location.startswith("/admin/logga-in?")
    assert swedish("2026-12-13 08:00") < clock.now()

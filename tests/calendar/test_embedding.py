"""The calendar on other sites: code to copy, and links that tools know how to show."""

import re
from html import unescape

import pytest
from bs4 import BeautifulSoup

from tests.conftest import configured, on_sqlite

pytestmark = on_sqlite
SITE = "https://jul.exempel.se"
ours = configured(PUBLIC_URL=SITE)


def soup(client, path):
    return BeautifulSoup(client.get(path, headers={"Host": "jul.exempel.se"}).text, "html.parser")


def ask(client, url, **more):
    return client.get("/oembed", query_string={"url": url, **more}, headers={"Host": "jul.exempel.se"})


@ours
def test_the_code_to_copy_is_a_frame_with_a_name(client):
    copied = soup(client, "/om").select_one('pre[aria-label="Kod till en ram"]').text
    frame = BeautifulSoup(copied, "html.parser").iframe
    assert (frame["src"], frame["title"]) == (f"{SITE}/inbaddning", "Dagens lucka i Miljöjulkalendern 2026")
    assert int(frame["height"]) > 400


@ours
@pytest.mark.parametrize("path", ["/", "/2026/"])
def test_a_link_to_the_calendar_is_shown_as_the_frame(client, path):
    found = soup(client, path).select_one('link[type="application/json+oembed"]')["href"]
    told = client.get(found.removeprefix(SITE), headers={"Host": "jul.exempel.se"})
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    told = told.json
    assert (told["version"], told["type"], told["provider_url"]) == ("1.0", "rich", f"{SITE}/")
    assert f'src="{SITE}/inbaddning"' in told["html"]
    assert (told["width"], told["height"]) == (640, 560)


@ours
def test_link_to_hatch_is_shown_with_its_title_and_picture(client):
    found = soup(client, "/2026/lucka/10").select_one('link[type="application/json+oembed"]')["href"]
    told = client.get(unescape(found).removeprefix(SITE), headers={"Host": "jul.exempel.se"}).json
    assert told["type"] == "link"
    assert told["title"] == soup(client, "/2026/lucka/10").h1.text
    assert re.fullmatch(rf"{SITE}/2026/lucka/10/bild/delning.*\.(jpg|png)", told["thumbnail_url"])


@ours
def test_a_frame_is_no_larger_than_asked_for(client):
    told = ask(client, f"{SITE}/", maxwidth=300, maxheight=200).json
    assert (told["width"], told["height"]) == (300, 200)
    assert 'width="300" height="200"' in told["html"]


@ours
@pytest.mark.parametrize(
    ("url", "kind"),
    [
        *((f"{SITE}{path}", "link") for path in ("/2026/lucka/10/", "/2026/lucka/010", "/lucka/10", "/2026/lucka/10)")),
        *((f"{SITE}{path}", "link") for path in ("/2026/lucka/10%E2%80%A6", "/2026/lucka/10…", "/2026/lucka/10#tips")),
        *((f"{SITE}{path}", "link") for path in ("/2026/lucka/10/lattlast", "/en/2026/hatch/10/", "/lucka/10?a=b")),
        *((f"{SITE}{path}", "rich") for path in ("", "/2026", "/en", "/en/2026/", "/inbaddning/")),
        ("http://jul.exempel.se/2026/lucka/10", "link"),
        ("HTTPS://JUL.EXEMPEL.SE:443/2026/", "rich"),
    ],
)
def test_every_form_of_our_address_is_taken(client, url, kind):
    assert ask(client, url).json["type"] == kind


@ours
@pytest.mark.parametrize(
    ("url", "status"),
    [
        (f"{SITE}/2026/lucka/11", 403),
        (f"{SITE}/2026/lucka/25", 404),
        (f"{SITE}/2025/", 404),
        (f"{SITE}/admin/", 404),
        (f"{SITE}/lucka/11/", 403),
        ("https://elak.example/2026/lucka/10", 404),
        ("https://jul.exempel.se@elak.example/2026/lucka/10", 404),
        ("ftp://jul.exempel.se/", 404),
        (f"{SITE}.elak.example/", 404),
        ("", 404),
        ("https://[", 404),
    ],
)
def test_nothing_is_told_of_other_pages(client, url, status):
    answer = ask(client, url)
    assert answer.status_code == status
    assert client.application.extensions["library"].editions[2026].hatches[11].file.title not in answer.text


@ours
def test_another_format_is_not_offered(client):
    assert ask(client, f"{SITE}/", format="xml").status_code == 501


@pytest.mark.parametrize("path", ["/inbaddning", "/2026/lucka/10/bild/bild.svg"])
def test_what_a_frame_needs_may_be_fetched_by_other_sites(client, path):
    assert client.get(path).headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_other_sites_may_fetch_styles_and_scripts_of_frame(client):
    page = BeautifulSoup(client.get("/inbaddning").text, "html.parser")
    needed = [part["href"] for part in page.select("link[href]")] + [part["src"] for part in page.select("script")]
    assert len(needed) == 4
    for path in needed:
        with client.get(path) as answer:
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/").headers["Cross-Origin-Resource-Policy"] == "same-origin"

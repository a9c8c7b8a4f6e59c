"""Addresses as people copy and write them lead to the page that was meant, and nowhere else."""

import pytest

from tests.conftest import on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("/2026/lucka/3/", "/2026/lucka/3"),
        ("/2026/lucka/03", "/2026/lucka/3"),
        ("/lucka/03", "/lucka/3"),
        ("/2026/lucka/3)", "/2026/lucka/3"),
        ("/2026/lucka/3).", "/2026/lucka/3"),
        ("/2026/lucka/10,", "/2026/lucka/10"),
        ("/2026/lucka/10/tavla/", "/2026/lucka/10/tavla"),
        ("/2026/lucka/3%C2%A0", "/2026/lucka/3"),
        ("/2026/dragning/", "/2026/dragning"),
        *((f"/2026/lucka/3{sign}", "/2026/lucka/3") for sign in "…–\u200b\u00ad\ufeff|"),
        ("/en/2026/hatch/03", "/en/2026/hatch/3"),
        ("/2026)", "/2026/"),
        ("/om/", "/om"),
        ("/)", "/"),
    ],
)
def test_a_spelling_leads_to_the_page_that_was_meant(client, written, meant):
    answer = client.get(written)
    assert (answer.status_code, answer.headers["Location"]) == (308, meant)
    assert client.get(meant).status_code in (200, 303)


@pytest.mark.parametrize("address", ["/2026/lucka/25/", "/2026/lucka/0", "/2026/lucka/00", "/x)", "/admin/x/"])
def test_an_address_of_nothing_stays_so(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address", ["//elak.example/", "//om/", "//lucka/3)", "/\\elak.example/", "//elak.example/om/"]
)
def test_no_address_leads_to_another_site(client, address):
    answer = client.get("/", environ_overrides={"PATH_INFO": address})
    assert "elak" not in answer.headers.get("Location", "")
    assert not answer.headers.get("Location", "/").startswith("//")


def test_form_that_is_sent_to_spelling_is_not_lost(client):
    assert client.post("/2026/lucka/10/tavla/", data={"email": "anna@example.se"}).status_code == 308

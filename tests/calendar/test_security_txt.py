"""Where to write about a security hole, after RFC 9116, and whether that still holds."""

import re
from datetime import datetime

import pytest

from app.calendar.feeds.security_txt import security_fault
from tests.conftest import configured, on_sqlite, swedish

ADDRESS = "/.well-known/security.txt"


def fields(text):
    return dict(line.split(": ", 1) for line in text.splitlines())


@on_sqlite
@configured(PUBLIC_URL="https://jul.example.se")
def test_it_has_each_field_of_rfc_9116_once(client, clock):
    answer = client.get(ADDRESS)
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Type"].endswith("charset=utf-8")
    assert re.fullmatch(r"([A-Z][A-Za-z-]+: \S[^\n]*\n)+", answer.text)
    found = fields(answer.text)
    assert len(found) == len(answer.text.splitlines())
    assert found["Contact"] == "mailto:miljojulkalendern@kommun.se"
    assert found["Canonical"] == f"https://jul.example.se{ADDRESS}"
    assert found["Preferred-Languages"] == "sv, en"
    assert 0 < (datetime.fromisoformat(found["Expires"]) - clock.now()).days < 365


@on_sqlite
@configured(SECURITY_CONTACT="sakerhet@example.se")
def test_the_contact_may_be_configured(client):
    assert fields(client.get(ADDRESS).text)["Contact"] == "mailto:sakerhet@example.se"


@on_sqlite
@configured(SECURITY_CONTACT="https://example.se/sakerhet")
def test_the_contact_may_be_a_page(client):
    assert fields(client.get(ADDRESS).text)["Contact"] == "https://example.se/sakerhet"


@on_sqlite
@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-12-10", None),
        ("2027-10-31", None),
        ("2027-11-20", "security.txt går ut om 11 dygn"),
        ("2027-12-02", "security.txt har gått ut"),
    ],
)
def test_it_expires_when_nobody_cares_for_the_calendar_any_more(client, clock, now, said):
    clock.set(f"{now} 00:00")
    fault = security_fault(client.get(ADDRESS).text, clock.now())
    assert fault is None if said is None else fault.startswith(said)


@pytest.mark.parametrize("file", ["", "Contact: mailto:a@example.se\n", "Contact: x\nExpires: snart\n", "Expires: x"])
def test_a_file_that_lacks_what_it_must_have_is_told(file):
    assert security_fault(file, swedish("2026-12-10")) == "security.txt saknar Contact eller Expires."


def test_a_contact_that_leads_nowhere_is_told():
    file = "Contact: ring oss\nExpires: 2027-01-01T00:00:00Z\n"
    assert "Kontakten i security.txt är ring oss." in security_fault(file, swedish("2026-12-10"))

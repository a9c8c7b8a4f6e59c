"""The draw recounted in the reader's own browser, with the network cut; what it computes tests/spec holds it to."""

import re

import pytest
from playwright.sync_api import expect

from app.database import db
from app.draw.models import LockedList
from tests.conftest import on_sqlite
from tests.draw.crowds import enter_crowd, published

pytestmark = on_sqlite
PAGE = "/2026/dragning"


@pytest.fixture
def check(page, app, contest, reach):
    """The page of a finished draw among twelve, without a network."""
    with app.app_context():
        enter_crowd(contest, 12)
    reach("finished")
    page.goto(PAGE)
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    return page


@pytest.fixture
def mailed(check, app, contest):
    """The checksum that stood in the mails."""
    with app.app_context():
        return db.session.get(LockedList, contest.id).proof_sha256


def recount(page):
    page.get_by_role("button", name="Räkna om dragningen").click()
    answer = page.locator("#rakna-svar")
    expect(answer).to_contain_text(re.compile("stämmer"), timeout=20_000)
    return answer


def test_a_right_draw_is_recounted_and_what_is_not_checked_is_told(check, mailed):
    check.get_by_label("Kontrollsumman i ditt mejl").fill(mailed)
    expect(recount(check)).to_contain_text("Räkningen stämmer. Vinnare:")
    expect(check.locator("#rakna-steg li.wrong")).to_have_count(0)
    expect(check.locator("#rakna-kvar")).to_contain_text("Signaturen")
    expect(check.locator("#rakna-kvar")).not_to_contain_text("Kontrollsumman")


def test_without_the_mailed_checksum_that_is_told_too(check):
    recount(check)
    expect(check.locator("#rakna-kvar")).to_contain_text("skriv alla 64 tecken ur mejlet")


def test_another_checksum_does_not_agree(check):
    check.get_by_label("Kontrollsumman i ditt mejl").fill(64 * "a")
    expect(recount(check)).to_contain_text("Det stämmer inte.")


def test_files_that_were_changed_are_told(check, client):
    check.get_by_text("Räkna på filer som du har hämtat själv").click()
    files = published(client)
    rows = files["lista.txt"].split(b"\n")
    files["lista.txt"] = b"\n".join([*rows[:2], *rows[3:]])
    payload = [{"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files.items()]
    check.locator("#rakna-filer").set_input_files(payload)
    expect(recount(check)).to_contain_text("Det stämmer inte.")


def test_a_ticket_is_found_in_the_list(check, client):
    ticket = re.search("([0-9a-f]{64}) med", published(client)["lista.txt"].decode())[1]
    check.get_by_label("Lott att leta efter").fill(ticket[:8])
    check.get_by_role("button", name="Finns min lott med?").click()
    expect(check.locator("#rakna-svar")).to_contain_text(f"Ja, lotten {ticket} är med, på plats")

"""Printed codes: offered when the account is made, and enough beside the password when the phone is gone."""

import pytest
from bs4 import BeautifulSoup

from app.admin.accounts import sessions, throttle
from tests.admin.conftest import EMAIL, PASSWORD, SIGN_IN
from tests.conftest import on_sqlite, token_in

pytestmark = on_sqlite


@pytest.fixture
def printed(app, client, clock, code):
    """The codes that the first administrator prints when the account is made."""
    with app.app_context():
        page = f"/admin/inbjudan/{sessions.create_invitation(EMAIL, clock.now())}"
    shown = client.get(page)
    secret = BeautifulSoup(shown.text, "html.parser").select_one("code.key").text
    typed = {"password": PASSWORD, "code": code(secret), "token": token_in(shown)}
    answer = client.post(page, data=typed)
    return [item.text for item in BeautifulSoup(answer.text, "html.parser").select(".recovery-codes code")]


def sign_in(browser, recovery, password=PASSWORD):
    typed = {"email": EMAIL, "password": password, "code": "", "recovery": recovery}
    return browser.post(SIGN_IN, data=typed | {"token": token_in(browser.get(SIGN_IN))})


def test_last_administrator_gets_in_with_printed_code_and_password(printed, app):
    assert len(printed) == 10
    assert sign_in(app.test_client(), printed[0], "ett annat lösenord").status_code == 422
    assert sign_in(app.test_client(), printed[0]).location == "/admin/"
    assert sign_in(app.test_client(), printed[0]).status_code == 422
    assert sign_in(app.test_client(), printed[1].upper().replace("-", " ")).location == "/admin/"


def test_guessing_at_codes_does_not_close_way_with_password(printed, app):
    with app.app_context():
        while not throttle.codes_exhausted(EMAIL):
            throttle.hit_wrong_code(EMAIL)
    assert sign_in(app.test_client(), printed[0]).location == "/admin/"

"""Guessing stops, the organiser never: who may try to sign in how often."""

import pytest

from app.admin.accounts import throttle
from app.admin.accounts.guard import COOKIE
from app.web.rate_limit import RateLimitExceeded
from tests.admin.conftest import EMAIL, SIGN_IN
from tests.conftest import configured, on_sqlite, token_in

pytestmark = on_sqlite
DEVICE = throttle.DEVICE_COOKIE


@pytest.fixture
def secret(account):
    return account()[1]


@pytest.fixture
def flood(app):
    """Wrong tries against Olga's account: flood(addresses, tries from each). Returns how many were counted out."""

    def run(addresses, each=1):
        refused = 0
        for number in range(addresses):
            address = f"198.{number >> 16}.{number >> 8 & 255}.{number & 255}"
            with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
                for _ in range(each):
                    try:
                        throttle.hit_sign_in(EMAIL, None)
                    except RateLimitExceeded:
                        refused += 1
        return refused

    return run


def is_in(browser):
    return browser.get("/admin/").status_code == 200


def test_ten_thousand_tries_at_account_do_not_stop_own_browser(secret, come_in, flood, clock):
    browser = come_in(secret)
    browser.delete_cookie(COOKIE)
    assert flood(500, each=20) == 5000
    assert is_in(come_in(secret, browser=browser))


def test_nor_new_browser_at_another_address(secret, come_in, flood):
    flood(500, each=20)
    assert is_in(come_in(secret))


def test_known_browser_gets_in_even_from_flooding_address(secret, come_in):
    browser = come_in(secret)
    browser.delete_cookie(COOKIE)
    for _ in range(11):
        come_in(secret, password="en gissning bara")
    assert come_in(secret).answer.status_code == 429
    assert is_in(come_in(secret, browser=browser))


def test_one_address_cannot_try_every_account(app, client):
    token = token_in(client.get(SIGN_IN))
    statuses = [
        client.post(SIGN_IN, data={"email": f"{number}@example.se", "token": token}).status_code for number in range(61)
    ]
    assert statuses == [422] * 60 + [429]


def test_a_known_browser_is_not_let_in_by_being_known(secret, come_in, app):
    browser = come_in(secret)
    browser.delete_cookie(COOKIE)
    assert not is_in(browser)
    assert come_in(secret, browser=browser, password="en gissning bara").answer.status_code == 422


@configured(SIGN_IN_LIMIT="3 per hour")
def test_stolen_browser_cannot_guess_on(secret, come_in):
    browser = come_in(secret)
    browser.delete_cookie(COOKIE)
    statuses = [come_in(secret, browser=browser, password="en gissning bara").answer.status_code for _ in range(4)]
    assert statuses == [422, 422, 422, 429]


def test_cookie_of_known_browser_is_for_its_own_account_only(secret, account, come_in):
    _, other = account("eva@example.se")
    browser = come_in(other, "eva@example.se")
    browser.delete_cookie(COOKIE)
    for _ in range(10):
        come_in(secret, password="en gissning bara")
    assert come_in(secret, browser=browser).answer.status_code == 429


@pytest.mark.parametrize("value", ["", "x", "x" * 3000])
def test_invented_cookie_makes_no_known_browser(secret, come_in, app, value):
    browser = app.test_client()
    browser.set_cookie(DEVICE, value)
    statuses = [come_in(secret, browser=browser, password="en gissning bara").answer.status_code for _ in range(11)]
    assert statuses[-1] == 429


def test_known_browser_cookie_names_nobody_and_ends_after_half_year(secret, come_in, clock):
    browser = come_in(secret)
    [cookie] = [line for line in browser.answer.headers.getlist("Set-Cookie") if line.startswith(DEVICE)]
    for attribute in ("Secure", "HttpOnly", "Path=/", "SameSite=Strict", "Max-Age=15552000"):
        assert attribute in cookie.split("; ")
    assert "olga" not in cookie
    browser.delete_cookie(COOKIE)
    clock.forward(days=181)
    for _ in range(10):
        come_in(secret, password="en gissning bara")
    assert come_in(secret, browser=browser).answer.status_code == 429


def test_visitors_get_no_such_cookie(client):
    assert client.get(SIGN_IN).headers.getlist("Set-Cookie") == []
    assert client.post(SIGN_IN, data={"email": EMAIL}).headers.getlist("Set-Cookie") == []


def test_known_password_cannot_try_every_code(secret, come_in, app):
    for number in range(20):
        stranger = app.test_client()
        stranger.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        come_in(secret, browser=stranger, code="000000")
    stranger = app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.99"
    assert come_in(secret, browser=stranger).answer.status_code == 422


def test_known_browser_goes_on(secret, come_in, app):
    browser = come_in(secret)
    browser.delete_cookie(COOKIE)
    for number in range(20):
        stranger = app.test_client()
        stranger.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        come_in(secret, browser=stranger, code="000000")
    assert is_in(come_in(secret, browser=browser))

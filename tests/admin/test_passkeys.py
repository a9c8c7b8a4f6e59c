"""Passkeys against an authenticator in software, so that what a browser never does can be tried, too."""

import hashlib
import json
import secrets

import cbor2
import pytest
from bs4 import BeautifulSoup
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url as b64

from app.admin.accounts import sessions
from app.admin.accounts.guard import COOKIE
from tests.admin.conftest import PASSWORD, SIGN_IN
from tests.conftest import configured, on_sqlite, token_in

ACCOUNT, QUESTION = "/admin/konto", "/admin/passkey-fraga"
UNKNOWN = "Passkeyn känns inte igen. Försök en gång till, eller använd lösenord och kod."
PRESENT, VERIFIED, NEW_KEY = 1, 4, 64


class Authenticator:
    """One key on one device (WebAuthn level 2, 6.1)."""

    def __init__(self, site="http://localhost"):
        self.key, self.id, self.site = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32), site
        self.flags, self.count = PRESENT | VERIFIED, 0

    def _data(self, flags):
        party = self.site.partition("//")[2].partition(":")[0]
        self.count += 1
        return hashlib.sha256(party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _told(self, kind, asked, **response):
        told = {"type": kind, "challenge": asked["options"]["challenge"], "origin": self.site, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, client, **response):
        name = b64(self.id)
        packed = {key: b64(value) for key, value in response.items()} | {"clientDataJSON": b64(client)}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": packed})

    def create(self, asked):
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        named = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        data = self._data(self.flags | NEW_KEY) + named
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(self._told("webauthn.create", asked), attestationObject=attestation)

    def get(self, asked):
        client, data = self._told("webauthn.get", asked), self._data(self.flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(client, authenticatorData=data, signature=signature)


@pytest.fixture
def olga(account, come_in):
    return come_in(account()[1])


@pytest.fixture
def add(olga):
    """Add a device's passkey to Olga's account."""

    def send(device, name="Jobbtelefonen"):
        asked = olga.get(f"{QUESTION}?ny=1").json
        fields = {"name": name, "credential": device.create(asked), "challenge": asked["challenge"]}
        return olga.post(f"{ACCOUNT}/passkeys", data=fields | {"token": token_in(olga.get(ACCOUNT))})

    return send


@pytest.fixture
def device(add):
    """A device whose passkey Olga has added."""
    made = Authenticator()
    assert add(made).location == f"{ACCOUNT}?klart=passkey"
    return made


def answer(browser, device, asked=None):
    """Sign in with the passkey."""
    asked = asked or browser.get(QUESTION).json
    fields = {"credential": device.get(asked), "challenge": asked["challenge"], "token": token_in(browser.get(SIGN_IN))}
    return browser.post(f"{SIGN_IN}/passkey", data=fields)


@on_sqlite
def test_passkey_replaces_password_and_code(device, client, olga):
    assert "Jobbtelefonen" in olga.get(ACCOUNT).text
    assert answer(client, device).location == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert "loggade in" in client.get("/admin/logg").text


def test_an_answer_counts_once(device, client, app):
    asked = client.get(QUESTION).json
    fields = {"credential": device.get(asked), "challenge": asked["challenge"], "token": token_in(client.get(SIGN_IN))}
    assert client.post(f"{SIGN_IN}/passkey", data=fields).status_code == 303
    other = app.test_client()
    fields["token"] = token_in(other.get(SIGN_IN))
    again = other.post(f"{SIGN_IN}/passkey", data=fields)
    assert (again.status_code, other.get_cookie(COOKIE)) == (422, None)


@on_sqlite
def test_question_lasts_ten_minutes(device, client, clock):
    asked = client.get(QUESTION).json
    clock.forward(minutes=10, seconds=1)
    assert UNKNOWN in answer(client, device, asked).text


@on_sqlite
def test_device_that_does_not_ask_who_holds_it_is_refused(add, device, client):
    careless = Authenticator()
    careless.flags = PRESENT
    assert add(careless).status_code == 422
    device.flags = PRESENT
    assert UNKNOWN in answer(client, device).text


@on_sqlite
@pytest.mark.parametrize("site", ["https://elak.example", "http://localhost:81", "https://localhost"])
def test_another_sites_passkey_is_refused(add, device, client, site):
    assert add(Authenticator(site)).status_code == 422
    device.site = site
    assert UNKNOWN in answer(client, device).text


@on_sqlite
def test_key_that_nobody_added_is_refused(device, client):
    stranger = Authenticator()
    assert UNKNOWN in answer(client, stranger).text
    stranger.id = device.id
    assert UNKNOWN in answer(client, stranger).text


@on_sqlite
def test_copied_key_is_noticed(device, client):
    answer(client, device)
    client.delete_cookie(COOKIE)
    device.count = 0
    assert UNKNOWN in answer(client, device).text


@on_sqlite
@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", "null", '{"id": 7}', '{"id": "x", "response": []}'])
def test_nonsense_is_refused_in_words(client, olga, credential):
    fields = {"credential": credential, "challenge": client.get(QUESTION).json["challenge"]}
    page = client.post(f"{SIGN_IN}/passkey", data=fields | {"token": token_in(client.get(SIGN_IN))})
    assert (page.status_code, UNKNOWN in page.text) == (422, True)
    asked = olga.get(f"{QUESTION}?ny=1").json["challenge"]
    fields = {"name": "", "credential": credential, "challenge": asked, "token": token_in(olga.get(ACCOUNT))}
    assert olga.post(f"{ACCOUNT}/passkeys", data=fields).status_code == 422


@on_sqlite
def test_a_removed_passkey_opens_nothing(device, client, olga):
    olga.post(f"{ACCOUNT}/passkeys/1/ta-bort", data={"token": token_in(olga.get(ACCOUNT))})
    assert "Jobbtelefonen" not in olga.get(ACCOUNT).text
    assert answer(client, device).status_code == 422


@on_sqlite
def test_nobody_removes_passkey_of_somebody_else(device, client, account, come_in):
    eva = come_in(account("eva@example.se")[1], "eva@example.se")
    eva.post(f"{ACCOUNT}/passkeys/1/ta-bort", data={"token": token_in(eva.get(ACCOUNT))})
    assert answer(client, device).status_code == 303


@on_sqlite
def test_same_passkey_is_not_added_twice(add, device):
    assert add(device).status_code == 422


@on_sqlite
def test_passkey_is_proof_enough_in_between_but_only_ones_own(device, olga, clock, account, come_in):
    eva = come_in(account("eva@example.se")[1], "eva@example.se")
    clock.forward(minutes=11)
    for browser, status in ((eva, 422), (olga, 303)):
        asked = browser.get(QUESTION).json
        fields = {"till": "/admin/bidrag.csv", "token": token_in(browser.get("/admin/bidrag.csv"))}
        fields |= {"proof_code": "", "proof_credential": device.get(asked), "proof_challenge": asked["challenge"]}
        assert browser.post("/admin/bekrafta", data=fields).status_code == status


@on_sqlite
@configured(PUBLIC_URL="https://192.0.2.1")
def test_numeric_address_says_that_passkeys_do_not_work(olga):
    page = olga.get(ACCOUNT)
    assert "Passkeys fungerar inte när kalendern nås på en IP-adress." in page.text
    assert olga.get(QUESTION).status_code == 422


@on_sqlite
@configured(PUBLIC_URL="https://jul.example.se")
def test_on_public_server_configured_address_counts_whatever_was_asked_for(client):
    asked = client.get(QUESTION, base_url="https://127.0.0.1").json
    assert asked["options"]["rpId"] == "jul.example.se"
    assert asked["options"]["userVerification"] == "required"


@on_sqlite
@pytest.mark.parametrize("host", ["_", "kalender.test", "[::1]"])
def test_name_that_is_not_sites_own_gets_no_question(client, host):
    answer = client.get(QUESTION, headers={"Host": host})
    assert answer.status_code in (400, 422)
    assert "challenge" not in answer.text


EVA = "eva@example.se"


@pytest.fixture
def invite(app, clock):
    """The address of an invitation's page."""

    def make(role, email=EVA):
        with app.app_context():
            return f"/admin/inbjudan/{sessions.create_invitation(email, clock.now(), role)}"

    return make


def accept(browser, page, device, password=PASSWORD, asked=None):
    """Accept an invitation with a passkey instead of a code."""
    asked = asked or browser.get(f"{page}/passkey-fraga").json
    fields = {"credential": device.create(asked), "challenge": asked["challenge"], "password": password}
    return browser.post(page, data=fields | {"token": token_in(browser.get(page))})


@pytest.fixture
def eva(invite, app):
    """Eva is a redaktör with a passkey and no app for codes: her browser, her device and her recovery codes."""
    browser, device = app.test_client(), Authenticator()
    answer = accept(browser, invite("editor"), device)
    codes = [code.text for code in BeautifulSoup(answer.text, "html.parser").select(".recovery-codes code")]
    return browser, device, codes


def test_editor_may_sign_up_with_passkey(eva, client):
    _, device, codes = eva
    assert len(codes) == 10
    assert answer(client, device).location == "/admin/"
    assert "Lägg till app för engångskoder" in " ".join(client.get(ACCOUNT).text.split())


@on_sqlite
@pytest.mark.parametrize(
    ("role", "offered"), [("administrator", False), ("contest", False), ("editor", True), ("municipality", True)]
)
def test_passkey_alone_is_never_offered_to_who_sees_people(invite, client, role, offered):
    page = invite(role)
    assert ("Skapa kontot med passkey" in client.get(page).text) is offered
    asked = client.get(f"{page}/passkey-fraga")
    assert asked.status_code == (200 if offered else 404)
    if not offered:
        asked = client.get(f"{invite('editor')}/passkey-fraga").json
        assert accept(client, page, Authenticator(), asked=asked).status_code == 422
        assert answer(client, Authenticator()).status_code == 422


@on_sqlite
def test_sign_up_with_passkey_needs_password(invite, client):
    page, device = invite("editor"), Authenticator()
    refused = accept(client, page, device, password="kort")
    assert (refused.status_code, "minst 12 tecken" in refused.text) == (422, True)
    assert accept(client, page, device).status_code == 200


@on_sqlite
def test_passkey_of_another_invitation_is_refused(invite, client):
    asked = client.get(f"{invite('editor', 'bo@example.se')}/passkey-fraga").json
    refused = accept(client, invite("editor"), Authenticator(), asked=asked)
    assert (refused.status_code, "Passkeyn gick inte att läsa." in refused.text) == (422, True)


@on_sqlite
@configured(PUBLIC_URL="https://192.0.2.1")
def test_sign_up_offers_no_passkey_on_numbers(invite, client):
    page = client.get(invite("editor")).text
    assert "Skapa kontot med passkey" not in page
    assert "Engångskod" in page


@on_sqlite
def test_last_means_of_sign_in_stays(eva, code, client):
    browser, device, _ = eva
    remove = f"{ACCOUNT}/passkeys/1/ta-bort"
    refused = browser.post(remove, data={"token": token_in(browser.get(ACCOUNT))})
    assert (refused.status_code, "Lägg först till en app för engångskoder" in refused.text) == (422, True)
    add_app(browser, code)
    assert browser.post(remove, data={"token": token_in(browser.get(ACCOUNT))}).status_code == 303
    assert answer(client, device).status_code == 422


def add_app(browser, code):
    """Add the app for one-time codes under Mitt konto; returns the secret in it."""
    shown = BeautifulSoup(browser.get(f"{ACCOUNT}/engangskoder").text, "html.parser")
    secret = shown.select_one("code.key").text
    fields = {name: shown.select_one(f"main [name={name}]")["value"] for name in ("token", "offer")}
    assert browser.post(f"{ACCOUNT}/engangskoder", data=fields | {"code": code(secret)}).status_code == 303
    return secret


@on_sqlite
def test_code_added_later_signs_in(eva, code, come_in):
    secret = add_app(eva[0], code)
    assert come_in(secret, EVA).answer.location == "/admin/"


@on_sqlite
def test_lost_passkey_leaves_the_recovery_codes(eva, app, come_in):
    browser = come_in("A" * 32, EVA, code="", recovery=eva[2][0])
    assert browser.answer.location == "/admin/"


@on_sqlite
def test_who_has_no_app_is_asked_for_the_passkey_only(eva, clock):
    browser, device, _ = eva
    clock.forward(minutes=11)
    page = browser.get(f"{ACCOUNT}/engangskoder")
    assert (page.status_code, "proof_code" in page.text) == (403, False)
    asked = browser.get(QUESTION).json
    fields = {"till": f"{ACCOUNT}/engangskoder", "token": token_in(page)}
    fields |= {"proof_credential": device.get(asked), "proof_challenge": asked["challenge"]}
    assert browser.post("/admin/bekrafta", data=fields).location == f"{ACCOUNT}/engangskoder"


@on_sqlite
@pytest.mark.parametrize("role", ["contest", "administrator"])
def test_raised_role_needs_the_app_first(olga, eva, code, role):
    browser, *_ = eva
    accounts = "/admin/konton"
    told = olga.post(f"{accounts}/2/roll", data={"role": role, "token": token_in(olga.get(accounts))})
    assert "lägga till en app för engångskoder" in olga.get(told.location).text
    refused = browser.get("/admin/bidrag")
    assert refused.location == f"{ACCOUNT}/engangskoder"
    assert "Din roll visar personuppgifter." in browser.get(refused.location).text
    add_app(browser, code)
    assert browser.get("/admin/bidrag").status_code == 200

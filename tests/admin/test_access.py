"""How organisers get in: invitation, password and one-time code; and how they are out again."""

import re
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.admin.accounts import credentials, sessions
from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminSession, AdminUser
from app.database import db
from tests.conftest import configured, on_sqlite, token_in

SIGN_IN = "/admin/logga-in"
EMAIL, PASSWORD = "olle@example.se", "en mening går bra"
NOT_TOGETHER = "E-postadress, lösenord och kod hör inte ihop. Försök igen med en ny kod ur appen."


@pytest.fixture
def invite(app, clock):
    """The address of a new invitation's page."""

    def make(email=EMAIL):
        with app.app_context():
            return f"/admin/inbjudan/{sessions.create_invitation(email, clock.now())}"

    return make


@pytest.fixture
def code(clock):
    """The code that the app in the pocket shows now, or some steps of 30 seconds from now."""
    return lambda secret, steps=0: pyotp.TOTP(secret).at(clock.now() + steps * timedelta(seconds=30))


@pytest.fixture
def accept(client, code):
    """Accept an invitation with the form; returns the answer and the secret of the one-time codes."""

    def send(page, email=EMAIL, password=PASSWORD, typed=None):
        shown = client.get(page)
        secret = secret_on(shown)
        fields = {"email": email, "password": password, "code": typed or code(secret), "token": token_in(shown)}
        answer = client.post(page, data=fields)
        # The new account is let in at once; these tests are about the way in afterwards.
        client.delete_cookie(COOKIE)
        return answer, secret

    return send


@pytest.fixture
def secret(invite, accept, clock):
    """Olle has an account, and this is the secret in his app; the code he made it with is a step old."""
    answer, secret = accept(invite())
    assert answer.status_code == 200
    clock.forward(seconds=30)
    return secret


@pytest.fixture
def sign_in(client, secret, code):
    """Fill in the sign-in form."""

    def send(email=EMAIL, password=PASSWORD, typed=None):
        fields = {"email": email, "password": password, "code": typed or code(secret)}
        return client.post(SIGN_IN, data=fields | {"token": token_in(client.get(SIGN_IN))})

    return send


def secret_on(page):
    return BeautifulSoup(page.text, "html.parser").select_one(".qr ~ p code").text


def faults(answer):
    return [link.text for link in BeautifulSoup(answer.text, "html.parser").select("#fel a")]


def is_in(client):
    return client.get("/admin/").status_code == 200


@on_sqlite
def test_invited_organiser_signs_in(sign_in, client):
    answer = sign_in()
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert is_in(client)


@on_sqlite
def test_first_organiser_says_address_herself(app, invite, accept):
    answer, _ = accept(invite(None), email="Olle@Example.SE")
    assert (answer.status_code, "Kontot är skapat, och du är inloggad." in answer.text) == (200, True)
    with app.app_context():
        assert db.session.scalars(sa.select(AdminUser.email)).all() == ["olle@example.se"]


@on_sqlite
def test_invitation_is_for_invited_address_only(app, invite, accept):
    accept(invite("olle@example.se"), email="elak@example.se")
    with app.app_context():
        assert db.session.scalars(sa.select(AdminUser.email)).all() == ["olle@example.se"]


@on_sqlite
def test_a_new_account_is_let_in_at_once(invite, client, code):
    page = invite("olle@example.se")
    shown = client.get(page)
    assert "otpauth://totp/" in shown.text
    fields = {"password": PASSWORD, "code": code(secret_on(shown)), "token": token_in(shown)}
    told = client.post(page, data=fields).text
    assert "Kontot är skapat, och du är inloggad." in told
    assert is_in(client)


def test_an_invitation_works_once(invite, accept, client):
    page = invite()
    accept(page)
    for answer in (client.get(page), client.post(page, data={"password": PASSWORD})):
        assert answer.status_code == 410
        assert "Länken gäller inte längre" in answer.text


@on_sqlite
def test_an_invitation_lasts_seven_days(invite, client, clock):
    page = invite()
    clock.forward(days=7, seconds=-1)
    assert client.get(page).status_code == 200
    clock.forward(seconds=1)
    assert client.get(page).status_code == 410


@on_sqlite
def test_an_invitation_cannot_be_guessed(invite, client):
    page = invite()
    assert len(page.rpartition("/")[2]) >= 32
    assert client.get("/admin/inbjudan/gissning").status_code == 410


@on_sqlite
def test_invitation_keeps_its_code_picture(invite, client):
    page = invite()
    assert secret_on(client.get(page)) == secret_on(client.get(page))


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "elva tecken"}, "Välj ett lösenord på minst 12 tecken."),
        ({"password": ""}, "Välj ett lösenord på minst 12 tecken."),
        ({"password": "x" * 129}, "Välj ett lösenord på minst 12 tecken och högst 128."),
        ({"typed": "000000"}, "Koden stämmer inte. Vänta på nästa kod i appen och skriv den."),
        ({"email": "olle"}, "Skriv e-postadressen så här: namn@exempel.se"),
    ],
    ids=["short", "empty", "long", "code", "address"],
)
def test_wrong_answer_leaves_invitation_open(invite, accept, client, wrong, sentence):
    page = invite(None)
    answer, _ = accept(page, **wrong)
    assert (answer.status_code, faults(answer)) == (422, [sentence])
    assert client.get(page).status_code == 200


@on_sqlite
@pytest.mark.parametrize(
    "password", ["tolv tecken!", "🎄 och 🐢 på väg hem" + "." * 109, " mellanslag räknas "], ids=len
)
def test_long_and_strange_passwords_are_fine(invite, accept, client, clock, code, password):
    _, secret = accept(invite(), password=password)
    clock.forward(seconds=30)
    fields = {"email": EMAIL, "password": password, "code": code(secret), "token": token_in(client.get(SIGN_IN))}
    assert client.post(SIGN_IN, data=fields).status_code == 303


@on_sqlite
def test_stolen_password_hash_is_hard_work(app, invite, accept, monkeypatch):
    monkeypatch.undo()
    accept(invite())
    with app.app_context():
        kept = db.session.scalar(sa.select(AdminUser.password_hash))
    memory, rounds = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+)", kept).groups()
    assert int(memory) >= 19 * 1024
    assert int(rounds) >= 2


@on_sqlite
def test_nothing_in_database_lets_reader_in(app, sign_in, client):
    sign_in()
    token = client.get_cookie(COOKIE).value
    with app.app_context():
        assert token not in db.session.scalars(sa.select(AdminSession.token_sha256)).all()
    client.set_cookie(COOKIE, sessions.checksum(token))
    assert not is_in(client)


@on_sqlite
def test_whatever_was_wrong_words_are_same(sign_in):
    answers = [
        sign_in(email="okand@example.se"),
        sign_in(password="fel lösenord, lika långt"),
        sign_in(typed="000000"),
        sign_in(typed="kod"),
    ]
    assert [(answer.status_code, faults(answer)) for answer in answers] == [(422, [NOT_TOGETHER])] * 4
    same = {re.sub(r'(name="(token|email|code)"[^>]*) value="[^"]*"', r"\1", answer.text) for answer in answers}
    assert len(same) == 1


@on_sqlite
def test_unknown_account_costs_as_much_work_as_known_one(sign_in, monkeypatch):
    checked = []

    class Watched:
        verify = staticmethod(lambda *given: checked.append(given))
        hash = staticmethod(credentials.hasher().hash)

    monkeypatch.setattr(credentials, "hasher", lambda: Watched)
    sign_in(email="okand@example.se")
    sign_in()
    assert len(checked) == 2
    assert all(password_hash.startswith("$argon2id$") for password_hash, _ in checked)


@on_sqlite
def test_empty_form_is_told_by_field(client):
    answer = client.post(SIGN_IN, data={"token": token_in(client.get(SIGN_IN))})
    assert faults(answer) == ["Skriv din e-postadress.", "Skriv ditt lösenord.", "Skriv de sex siffrorna ur din app."]


@pytest.mark.parametrize("field", ["email", "password", "typed"])
def test_a_strange_sign_breaks_nothing(sign_in, field):
    assert sign_in(**{field: "olle\0\ud83d@example.se".encode("utf-8", "replace")}).status_code == 422


@on_sqlite
def test_a_password_is_never_shown_again(sign_in):
    assert "min hemlighet" not in sign_in(password="min hemlighet är lång").text


def test_a_code_works_once(sign_in, client, secret, code):
    used = code(secret)
    assert sign_in(typed=used).status_code == 303
    client.delete_cookie(COOKIE)
    assert (again := sign_in(typed=used)).status_code == 422
    assert faults(again) == [NOT_TOGETHER]


@on_sqlite
def test_accounts_first_code_does_not_sign_in(invite, accept, client, code):
    _, secret = accept(invite())
    fields = {"email": EMAIL, "password": PASSWORD, "code": code(secret), "token": token_in(client.get(SIGN_IN))}
    assert client.post(SIGN_IN, data=fields).status_code == 422


@on_sqlite
def test_older_code_fails_after_newer(sign_in, client, secret, code):
    sign_in(typed=code(secret, 1))
    client.delete_cookie(COOKIE)
    assert sign_in(typed=code(secret)).status_code == 422


@on_sqlite
@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
def test_phone_may_be_half_minute_wrong(sign_in, secret, clock, code, steps, status):
    clock.forward(minutes=10)
    assert sign_in(typed=code(secret, steps)).status_code == status


@on_sqlite
def test_code_may_be_typed_with_space(sign_in, secret, code):
    digits = code(secret)
    assert sign_in(typed=f"{digits[:3]} {digits[3:]}").status_code == 303


@on_sqlite
def test_cookie_is_for_this_site_over_https_never_for_scripts(sign_in):
    name, *attributes = sign_in().headers["Set-Cookie"].split("; ")
    assert name.startswith("__Host-")
    assert set(attributes) == {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"}


@on_sqlite
def test_every_sign_in_has_own_token(sign_in, client, clock):
    sign_in()
    first = client.get_cookie(COOKIE).value
    client.delete_cookie(COOKIE)
    clock.forward(seconds=30)
    sign_in()
    assert client.get_cookie(COOKIE).value != first


@on_sqlite
def test_hour_without_click_signs_out(sign_in, client, clock):
    sign_in()
    clock.forward(minutes=59)
    assert is_in(client)
    clock.forward(minutes=59)
    assert is_in(client)
    clock.forward(hours=1, seconds=1)
    assert not is_in(client)


@on_sqlite
def test_twelve_hours_end_every_sign_in(sign_in, client, clock):
    sign_in()
    for _ in range(12):
        clock.forward(minutes=59)
        assert is_in(client)
    clock.forward(minutes=59)
    assert not is_in(client)


@on_sqlite
def test_signing_out_ends_it_on_server(sign_in, client):
    sign_in()
    token = client.get_cookie(COOKIE).value
    answer = client.post("/admin/logga-ut", data={"token": token_in(client.get("/admin/"))})
    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    assert client.get_cookie(COOKIE) is None
    client.set_cookie(COOKIE, token)
    assert not is_in(client)


@on_sqlite
def test_link_from_elsewhere_signs_no_one_out(sign_in, client):
    sign_in()
    assert client.get("/admin/logga-ut").status_code == 405
    assert client.post("/admin/logga-ut").status_code == 403
    assert is_in(client)


@on_sqlite
def test_second_sign_in_leads_to_overview(sign_in, client):
    sign_in()
    assert client.get(SIGN_IN).location == "/admin/"


@on_sqlite
@configured(SIGN_IN_LIMIT="2 per hour")
def test_too_many_tries_have_to_wait(sign_in):
    sign_in(password="första gissningen")
    sign_in(password="andra gissningen")
    answer = sign_in()
    assert answer.status_code == 429
    assert faults(answer) == ["Det blev många försök. Vänta tio minuter och försök igen."]


@on_sqlite
@configured(SIGN_IN_LIMIT="2 per hour")
def test_guesses_at_one_account_do_not_shut_out_another(sign_in):
    sign_in(email="bo@example.se")
    sign_in(email="BO@example.se ")
    assert sign_in(email="bo@example.se").status_code == 429
    assert sign_in().status_code == 303


@on_sqlite
def test_new_invitation_gives_new_password_and_ends_old_sign_ins(sign_in, client, invite, accept, clock, code):
    sign_in()
    token = client.get_cookie(COOKIE).value
    client.delete_cookie(COOKIE)
    _, secret = accept(invite(), password="ett helt nytt lösenord")
    clock.forward(seconds=30)
    client.set_cookie(COOKIE, token)
    assert not is_in(client)
    client.delete_cookie(COOKIE)
    assert sign_in(typed=code(secret)).status_code == 422
    assert sign_in(password="ett helt nytt lösenord", typed=code(secret)).status_code == 303


@on_sqlite
def test_no_cache_keeps_organisers_pages(sign_in, client):
    answers = [client.get(SIGN_IN), client.get("/admin/"), sign_in(), client.get("/admin/"), client.get("/admin/nej")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}

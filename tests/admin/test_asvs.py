"""OWASP ASVS 5.0, level 2, chapters 6 (authentication) and 7 (session management): one test or more per item.

Not applicable, because there is no such thing here: 6.4.2 (no questions), 6.4.5 (nothing expires but invitations), 6.6
(nothing is sent by telephone or mail), 6.7 (no certificates), 6.8 and 7.6 (no identity provider), 7.1 (in SECURITY.md).
Passkeys have tests of their own, test_passkeys.py, and limits test_attempts.py. `6_2_6_7` is 6.2.6 and 6.2.7.
"""

import re
import secrets
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from bs4 import BeautifulSoup

from app.admin.accounts import credentials, sessions
from app.admin.accounts.credentials import TOO_EASY
from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminUser, RecoveryCode
from app.admin.accounts.roles import ASKED_AGAIN
from app.database import db
from tests.admin.conftest import EMAIL, PASSWORD, SIGN_IN
from tests.conftest import configured, on_sqlite, token_in

ACCOUNT = "/admin/konto"
NEW = "ett helt nytt lösenord"


@pytest.fixture
def olga(account, come_in):
    """Signed in; `olga.secret` is what her app has."""
    _, secret = account()
    browser = come_in(secret)
    browser.secret = secret
    return browser


@pytest.fixture
def post(olga):
    """Post a form of Mitt konto."""
    return lambda path, **fields: olga.post(ACCOUNT + path, data=fields | {"token": token_in(olga.get(ACCOUNT))})


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def faults(answer):
    return [item.text for item in soup(answer).select("#fel li")]


def is_in(browser):
    return browser.get("/admin/").status_code == 200


def change(post, new, old=PASSWORD):
    return post("/losenord", old_password=old, password=new)


def recovery_codes(post):
    return [item.text for item in soup(post("/reservkoder")).select(".recovery-codes code")]


@on_sqlite
def test_6_2_1_password_has_twelve_signs_and_better_fifteen(olga, post):
    assert faults(change(post, "elva tecken")) == ["Välj ett lösenord på minst 12 tecken."]
    assert "Minst 12 tecken, helst 15." in olga.get(ACCOUNT).text
    assert change(post, "tolv tecken!").status_code == 303


@on_sqlite
def test_6_2_2_organisers_can_change_their_password(account, olga, post, come_in):
    assert change(post, NEW).location == f"{ACCOUNT}?klart=losenord"
    assert not is_in(come_in(olga.secret))
    assert is_in(come_in(olga.secret, password=NEW))


@on_sqlite
def test_6_2_3_changing_it_asks_for_the_old_one(post, olga, come_in):
    assert faults(change(post, NEW, old="fel lösenord")) == ["Det är inte ditt nuvarande lösenord."]
    assert faults(change(post, NEW, old="")) == ["Skriv ditt nuvarande lösenord."]
    assert is_in(come_in(olga.secret))


@on_sqlite
@pytest.mark.parametrize("easy", ["password1234", "123456789012", "qwertyuiop12", "aaaaaaaaaaaa", "iloveyou1234"])
def test_6_2_4_common_passwords_are_refused(post, easy):
    assert faults(change(post, easy)) == [TOO_EASY]


@on_sqlite
@pytest.mark.parametrize("context", ["miljojulkalendern", "Miljöjulkalendern26", "olga@example.se", "julkalender2026"])
def test_6_2_11_words_of_the_place_are_no_password(post, context):
    assert faults(change(post, context)) == [TOO_EASY]


@on_sqlite
@pytest.mark.parametrize(
    "any_signs", ["bara små bokstäver", "11 05 74 92 38 60", "日本語のとても長いパスワード", "mellan   slag  räknas"]
)
def test_6_2_5_no_sign_is_demanded_or_forbidden(post, any_signs):
    assert change(post, any_signs).status_code == 303


@on_sqlite
def test_6_2_6_7_password_is_hidden_pasteable_and_managed(olga, client):
    kinds = {"current-password": client.get(SIGN_IN), "new-password": olga.get(ACCOUNT)}
    for kind, page in kinds.items():
        [field] = soup(page).select(f'input[autocomplete="{kind}"]')
        assert field["type"] == "password"
        assert not {"onpaste", "readonly", "maxlength"} & field.attrs.keys()
    assert soup(client.get(SIGN_IN)).select_one('[autocomplete="username"]')["name"] == "email"
    assert soup(client.get(SIGN_IN)).select_one('[autocomplete="one-time-code"]')["name"] == "code"


@on_sqlite
@pytest.mark.parametrize("other", ["En mening går bra", " en mening går bra", "en mening går bra ", "en mening går br"])
def test_6_2_8_password_is_taken_exactly_as_typed(olga, come_in, other):
    assert not is_in(come_in(olga.secret, password=other))


@on_sqlite
def test_6_2_9_hundred_and_twenty_eight_signs_are_allowed(olga, post, come_in):
    long = "Tomten gick på vinden och hittade en påse gröt. " * 2 + "Sedan blev det jul."
    long = long.ljust(128, "!")
    assert change(post, long).status_code == 303
    assert not is_in(come_in(olga.secret, password=long[:-1]))
    assert is_in(come_in(olga.secret, password=long))


@on_sqlite
def test_6_2_10_a_password_has_no_last_day(olga, come_in, clock):
    clock.forward(days=800)
    assert is_in(come_in(olga.secret))


@on_sqlite
def test_6_3_1_2_no_account_exists_from_start(app):
    with app.app_context():
        assert db.session.scalars(sa.select(AdminUser)).all() == []


@on_sqlite
@pytest.mark.parametrize("missing", ["password", "code"])
def test_6_3_3_nobody_comes_in_with_one_factor_alone(olga, come_in, missing):
    assert not is_in(come_in(olga.secret, **{missing: ""}))


@on_sqlite
def test_6_3_8_unknown_account_costs_and_says_the_same(account, come_in, monkeypatch):
    """What takes time is to compare with a hash; its first part says how much."""
    work = []

    class Watched(PasswordHasher):
        def verify(self, password_hash, password):
            work.append(password_hash.rpartition("$")[0].rpartition("$")[0])
            return super().verify(password_hash, password)

    monkeypatch.setattr(credentials, "hasher", lambda: Watched(time_cost=2, memory_cost=128, parallelism=1))
    credentials.hash_of_no_account.cache_clear()
    _, secret = account()
    pages = [come_in(secret, email=email, password="fel lösenord här").answer.text for email in (EMAIL, "okand@b.se")]
    credentials.hash_of_no_account.cache_clear()
    assert work == ["$argon2id$v=19$m=128,t=2,p=1"] * 2
    assert len({re.sub(r'(name="(token|email|code)"[^>]*) value="[^"]*"', r"\1", page) for page in pages}) == 1


@on_sqlite
def test_6_4_1_invitation_is_random_brief_and_used_once(app, clock):
    with app.app_context():
        tokens = {sessions.create_invitation(EMAIL, clock.now()) for _ in range(3)}
    assert len(tokens) == 3
    assert min(map(len, tokens)) >= 32
    assert timedelta(days=7) >= sessions.INVITATION_LASTS


@on_sqlite
def test_6_4_3_4_lost_app_opens_nothing_with_less(olga, post, come_in, app):
    [code, *_] = recovery_codes(post)
    assert not is_in(come_in(olga.secret, password="", code="", recovery=code))
    assert not is_in(come_in(olga.secret, email="okand@example.se", code="", recovery=code))


def test_6_5_1_a_one_time_code_works_once(olga, come_in, clock):
    early = pyotp.TOTP(olga.secret).at(clock.now() + timedelta(seconds=60))
    assert is_in(come_in(olga.secret, code=early))
    assert not is_in(come_in(olga.secret, code=early))


def test_6_5_1_recovery_code_works_once_and_others_remain(olga, post, come_in):
    first, second, *_ = recovery_codes(post)
    for recovery, inside in ((first, True), (first, False), (second.upper().replace("-", " "), True)):
        assert is_in(come_in(olga.secret, code="", recovery=recovery)) == inside
    assert "Du har 8 av 10 kvar." in olga.get(ACCOUNT).text


@on_sqlite
def test_6_5_1_new_recovery_codes_end_the_old_ones(olga, post, come_in):
    old, *_ = recovery_codes(post)
    assert len(set(recovery_codes(post))) == 10
    assert not is_in(come_in(olga.secret, code="", recovery=old))


@on_sqlite
def test_6_5_2_3_recovery_codes_are_long_random_hashed(app, olga, post):
    shown = [code.replace("-", "") for code in recovery_codes(post)]
    assert {len(code) for code in shown} == {24}
    assert len(set("".join(shown))) > 25
    with app.app_context():
        kept = db.session.scalars(sa.select(RecoveryCode.code_hmac)).all()
    assert not any(code in "".join(kept) for code in shown)
    assert shown[0][:4] not in olga.get(ACCOUNT).text


def test_6_5_4_one_time_code_has_long_random_secret():
    made = {credentials.new_secret() for _ in range(5)}
    assert len(made) == 5
    assert {len(secret) for secret in made} == {32}


@on_sqlite
@pytest.mark.parametrize(("late", "inside"), [(30, True), (61, False)])
def test_6_5_5_one_time_code_lasts_at_most_minute(olga, come_in, clock, late, inside):
    clock.set("2026-12-10 09:00")
    old = pyotp.TOTP(olga.secret).at(clock.now())
    clock.forward(seconds=late - 30)
    assert is_in(come_in(olga.secret, code=old)) == inside


@on_sqlite
def test_6_5_6_lost_app_is_replaced_and_stops_working(olga, come_in, code):
    page = olga.get(f"{ACCOUNT}/engangskoder")
    new = soup(page).select_one("code.key").text
    assert soup(page).select_one(".qr svg")
    fields = {"offer": soup(page).select_one("[name=offer]")["value"], "token": token_in(page)}
    wrong = olga.post(f"{ACCOUNT}/engangskoder", data=fields | {"code": "000000"})
    assert (wrong.status_code, soup(wrong).select_one("code.key").text) == (422, new)
    right = olga.post(f"{ACCOUNT}/engangskoder", data=fields | {"code": code(new)})
    assert right.location == f"{ACCOUNT}?klart=engangskoder"
    assert not is_in(come_in(olga.secret))
    assert is_in(come_in(new))


@on_sqlite
def test_6_5_6_secret_that_was_not_offered_is_refused(olga, code):
    page = olga.get(f"{ACCOUNT}/engangskoder")
    fields = {"offer": credentials.new_secret(), "token": token_in(page), "code": "000000"}
    assert olga.post(f"{ACCOUNT}/engangskoder", data=fields).status_code == 422


@on_sqlite
def test_11_4_2_argon2id_hashes_again_when_parameters_change(app, account, come_in, monkeypatch):
    _, secret = account()
    monkeypatch.setattr(credentials, "hasher", lambda: PasswordHasher())
    assert is_in(come_in(secret))
    with app.app_context():
        kept = db.session.scalar(sa.select(AdminUser.password_hash))
    memory, rounds, lanes = map(int, re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)", kept).groups())
    assert (memory >= 19 * 1024, rounds >= 2, lanes >= 1) == (True, True, True)
    assert is_in(come_in(secret))


@on_sqlite
def test_13_3_1_one_time_secrets_are_sealed_in_database(app, olga, make_app, come_in):
    with app.app_context():
        kept = db.session.scalar(sa.select(AdminUser.totp_secret))
    assert olga.secret not in kept
    assert kept.startswith("gAAAA")


@on_sqlite
@configured(SECRET_KEY="a-new-key-" * 4, SECRET_KEY_FALLBACKS=["test-" * 8])
def test_13_3_4_new_secret_key_reads_what_old_sealed(app, account, come_in, monkeypatch):
    with monkeypatch.context() as before:
        before.setitem(app.config, "SECRET_KEY", "test-" * 8)
        _, secret = account()
        browser = come_in(secret)
        [code, *_] = recovery_codes(
            lambda path: browser.post(ACCOUNT + path, data={"token": token_in(browser.get(ACCOUNT))})
        )
    assert is_in(browser)
    assert is_in(come_in(secret))
    assert is_in(come_in(secret, code="", recovery=code))


@on_sqlite
def test_7_2_1_2_sign_in_and_token_are_servers(olga, app):
    browser = app.test_client()
    browser.set_cookie(COOKIE, "a" * 43)
    assert not is_in(browser)
    assert len(olga.get_cookie(COOKIE).value) == 43


@on_sqlite
def test_7_2_3_4_sign_ins_and_proofs_renew_token(olga, come_in, clock, code):
    first = olga.get_cookie(COOKIE).value
    clock.forward(minutes=11)
    prove(olga, code)
    second = olga.get_cookie(COOKIE).value
    assert second != first
    olga.set_cookie(COOKIE, first)
    assert not is_in(olga)
    olga.set_cookie(COOKIE, second)
    assert is_in(olga)


@on_sqlite
def test_7_2_4_signing_in_again_ends_first_sign_in(olga, code):
    first = olga.get_cookie(COOKIE).value
    fields = {"email": EMAIL, "password": PASSWORD, "code": code(olga.secret), "token": token_in(olga.get("/admin/"))}
    assert olga.post(SIGN_IN, data=fields).status_code == 303
    assert is_in(olga)
    olga.set_cookie(COOKIE, first)
    assert not is_in(olga)


def prove(browser, code, path="/admin/bidrag.csv"):
    page = browser.get(path)
    fields = {"token": token_in(page), "till": path, "proof_code": code(browser.secret)}
    return browser.post("/admin/bekrafta", data=fields)


@on_sqlite
def test_7_3_1_2_ends_after_idle_hour_or_twelve(olga, clock):
    assert (timedelta(hours=1), timedelta(hours=12)) == (sessions.IDLE, sessions.ABSOLUTE)
    assert "Du loggas ut kl. 09.00 om du inte gör något innan dess." in " ".join(olga.get("/admin/").text.split())
    clock.forward(hours=1, minutes=1)
    assert not is_in(olga)


@on_sqlite
def test_7_3_1_pressing_stay_keeps_sign_in(olga, clock):
    clock.forward(minutes=58)
    assert olga.get("/admin/inloggad").json == {"seconds": 3600}
    clock.forward(minutes=58)
    assert is_in(olga)


@on_sqlite
def test_7_3_1_asked_page_follows_signing_in(olga, clock, come_in):
    clock.forward(hours=2)
    asked = olga.get("/admin/bidrag?sok=anna")
    assert asked.location == "/admin/logga-in?till=/admin/bidrag?sok%3Danna"
    assert come_in(olga.secret, browser=olga, till="/admin/bidrag?sok=anna").answer.location == "/admin/bidrag?sok=anna"


@on_sqlite
@pytest.mark.parametrize(
    "elsewhere",
    ["https://elak.example/", "//elak.example/admin/", "/", "/om", "/admin/../om", "admin/", "\\\\elak", "/admin/nej"],
)
def test_7_3_1_and_nowhere_else(olga, come_in, elsewhere):
    assert come_in(olga.secret, till=elsewhere).answer.location == "/admin/"


@on_sqlite
def test_7_3_1_what_was_being_sent_is_not_lost(accept, olga, clock, come_in):
    accept("bo@example.se")
    token = token_in(olga.get("/admin/bidrag/1/stryk"))
    clock.forward(hours=2)
    late = olga.post("/admin/bidrag/1/stryk", data={"reason": "anställd", "token": token})
    assert late.status_code == 401
    kept = soup(late).select_one("#code").find_parent("form").select_one("[name=kept]")["value"]
    assert "anst" not in kept
    again = come_in(olga.secret, browser=olga, kept=kept).answer
    form = soup(again).main.form
    assert form["action"] == "/admin/bidrag/1/stryk"
    fields = {field["name"]: field["value"] for field in form.select("input")}
    assert fields["reason"] == "anställd"
    assert "Inget av det är sparat ännu." in again.text
    assert olga.post(form["action"], data=fields).status_code == 303


@on_sqlite
def test_7_3_1_nor_given_to_somebody_else(accept, olga, clock, account, come_in):
    accept("bo@example.se")
    clock.forward(hours=2)
    late = olga.post("/admin/bidrag/1/stryk", data={"reason": "anställd"})
    kept = soup(late).select_one("[name=kept]")["value"]
    _, other = account("eva@example.se")
    assert come_in(other, "eva@example.se", kept=kept).answer.location == "/admin/"


@on_sqlite
def test_7_3_1_and_no_secret_is_among_it(olga, clock, come_in):
    clock.forward(hours=2)
    late = olga.post(f"{ACCOUNT}/losenord", data={"old_password": PASSWORD, "password": NEW})
    kept = soup(late).select_one("[name=kept]")["value"]
    page = come_in(olga.secret, browser=olga, kept=kept).answer.text
    assert PASSWORD not in page
    assert NEW not in page


@on_sqlite
def test_7_3_1_what_is_too_long_is_said_aloud(olga, clock):
    clock.forward(hours=2)
    noise = secrets.token_urlsafe(33_000)
    late = olga.post("/admin/bidrag/1/stryk", data={"reason": noise})
    assert (late.status_code, "för långt för att tas med hit" in late.text) == (401, True)


@on_sqlite
def test_7_4_1_signing_out_ends_sign_in_on_server(olga):
    token = olga.get_cookie(COOKIE).value
    olga.post("/admin/logga-ut", data={"token": token_in(olga.get("/admin/"))})
    olga.set_cookie(COOKIE, token)
    assert not is_in(olga)


@on_sqlite
def test_7_4_3_new_password_ends_every_other_sign_in(olga, post, come_in):
    other = come_in(olga.secret)
    assert change(post, NEW).status_code == 303
    assert (is_in(olga), is_in(other)) == (True, False)


@on_sqlite
def test_7_4_4_every_page_has_the_way_out(olga):
    for path in ("/admin/", ACCOUNT, "/admin/konton", "/admin/logg", "/admin/bidrag"):
        assert soup(olga.get(path)).select_one('form[action="/admin/logga-ut"] button').text == "Logga ut"


@on_sqlite
def test_7_5_2_organisers_see_and_end_their_sign_ins(olga, come_in, post):
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
    other = come_in(olga.secret, agent=agent)
    rows = [" ".join(row.get_text(" ").split()) for row in soup(olga.get(ACCOUNT)).select("#inloggningar ~ .list > li")]
    assert rows[0].startswith("Safari på Iphone sedan 10 dec. 08.01")
    assert rows[1].startswith("En webbläsare (den här) sedan 10 dec. 08.00")
    [end] = soup(olga.get(ACCOUNT)).select('form[action*="/avsluta"]:not([action$="alla"])')
    assert post(end["action"].removeprefix(ACCOUNT)).status_code == 303
    assert (is_in(olga), is_in(other)) == (True, False)


@on_sqlite
def test_7_4_5_organisers_sign_out_everywhere(olga, come_in, post):
    other = come_in(olga.secret)
    assert post("/inloggningar/avsluta-alla").location == "/admin/logga-in"
    assert (is_in(olga), is_in(other)) == (False, False)


@on_sqlite
def test_7_5_2_nobody_ends_sign_in_of_somebody_else(olga, account, come_in):
    _, secret = account("eva@example.se")
    eva = come_in(secret, "eva@example.se")
    come_in(olga.secret)
    [end] = soup(olga.get(ACCOUNT)).select('form[action*="/avsluta"]:not([action$="alla"])')
    assert eva.post(end["action"], data={"token": token_in(eva.get(ACCOUNT))}).status_code == 303
    assert len(soup(olga.get(ACCOUNT)).select("#inloggningar ~ .list > li")) == 2


@on_sqlite
@pytest.mark.parametrize("path", ["/losenord", "/reservkoder", "/inloggningar/avsluta-alla", "/passkeys/1/ta-bort"])
def test_3_5_1_nothing_of_ones_own_changes_without_token(olga, path):
    fields = {"old_password": PASSWORD, "password": NEW, "token": "x"}
    assert olga.post(ACCOUNT + path, data=fields).status_code == 422
    assert is_in(olga)


@on_sqlite
def test_7_5_3_what_matters_most_asks_again_after_minutes(olga, app, clock):
    clock.forward(minutes=11)
    adapter = app.url_map.bind("")
    places = {"entry_id": 1, "organiser_id": 1, "passkey_id": 1, "name": "x", "checksum": "x"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in ASKED_AGAIN:
            address = adapter.build(rule.endpoint, {name: places.get(name, 1) for name in rule.arguments})
            answer = olga.open(address, method="POST" if "POST" in rule.methods else "GET")
            assert (answer.status_code, soup(answer).h1.text) == (403, "Bekräfta att det är du"), address


@on_sqlite
def test_7_5_3_proof_leads_on_and_lasts_ten_minutes(olga, clock, code, accept):
    accept("bo@example.se")
    clock.forward(minutes=11)
    assert prove(olga, code).location == "/admin/bidrag.csv"
    with olga.get("/admin/bidrag.csv") as file:
        assert b"bo@example.se" in file.data
    clock.forward(minutes=11)
    assert olga.get("/admin/bidrag.csv").status_code == 403


@on_sqlite
def test_7_5_3_form_goes_on_its_way_with_proof(olga, clock, code):
    clock.forward(minutes=11)
    told = {"email": "eva@example.se", "role": "editor", "token": token_in(olga.get("/admin/konton"))}
    asked = olga.post("/admin/konton", data=told)
    form = soup(asked).main.form
    fields = {field["name"]: field.get("value", "") for field in form.select("input")}
    assert {name: fields[name] for name in told} == told
    wrong = olga.post(form["action"], data=fields | {"proof_code": "000000"})
    assert faults(wrong) == ["Koden stämmer inte, eller har redan använts. Vänta på nästa kod i appen."]
    right = olga.post(form["action"], data=fields | {"proof_code": code(olga.secret)})
    assert "Inbjudan är klar" in right.text


@on_sqlite
def test_7_5_3_a_proof_cannot_be_guessed(olga, clock, code):
    clock.forward(minutes=11)
    path = "/admin/bidrag.csv"
    fields = {"token": token_in(olga.get(path)), "till": path}
    for _ in range(10):
        assert olga.post("/admin/bekrafta", data=fields | {"proof_code": "000000"}).status_code == 422
    late = olga.post("/admin/bekrafta", data=fields | {"proof_code": code(olga.secret)})
    assert faults(late) == ["Det blev många försök. Vänta tio minuter och försök igen."]


@on_sqlite
@pytest.mark.parametrize("till", ["https://elak.example/", "//elak.example", "/om", ""])
def test_7_5_3_a_proof_leads_nowhere_else(olga, code, till):
    fields = {"token": token_in(olga.get("/admin/")), "till": till, "proof_code": code(olga.secret)}
    assert olga.post("/admin/bekrafta", data=fields).status_code == 404


@on_sqlite
def test_6_3_1_guesses_wait_apart_from_known_browsers(olga, come_in, monkeypatch):
    monkeypatch.setattr(credentials, "WAITS", 0.01)
    with credentials.take_turn(credentials._turns), credentials.take_turn(credentials._turns):
        assert come_in(olga.secret).answer.status_code == 429
        olga.delete_cookie(COOKIE)
        assert is_in(come_in(olga.secret, browser=olga))
    assert is_in(come_in(olga.secret))

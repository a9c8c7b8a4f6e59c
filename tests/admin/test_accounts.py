"""Konton and Logg: inviting, roles, removing, and what is written down about it."""

import re

import pytest
import sqlalchemy as sa
from bs4 import BeautifulSoup

from app.admin.accounts import activity_log, sessions, throttle
from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminUser
from app.database import db
from tests.conftest import on_sqlite, token_in

ACCOUNTS = "/admin/konton"


@pytest.fixture
def olga(account, come_in):
    """An administrator, signed in."""
    return come_in(account()[1])


@pytest.fixture
def post(olga):
    """Post a form of the page of all accounts."""
    return lambda path, **fields: olga.post(ACCOUNTS + path, data=fields | {"token": token_in(olga.get(ACCOUNTS))})


def soup(answer):
    return BeautifulSoup(answer.text, "html.parser")


def words(answer):
    return " ".join(soup(answer).main.text.split())


def listed(olga):
    rows = soup(olga.get(ACCOUNTS)).select(".accounts > li")
    return {row.strong.text: row.select_one("option[selected]").text for row in rows}


def acts(app):
    with app.app_context():
        return [f"{act.kind}: {act.about}" for act, _ in activity_log.log_page(None, 100)]


@on_sqlite
def test_administrator_invites_and_link_works_once(olga, post, client):
    answer = post("", email="Eva@example.se", role="editor")
    link = soup(answer).select_one(".one-time-link code").text
    assert link.startswith("http://127.0.0.1:5000/admin/inbjudan/")
    assert "redaktör" in words(answer)
    assert "eva@example.se" in client.get(link.removeprefix("http://127.0.0.1:5000")).text
    assert link.rpartition("/")[2] not in olga.get(ACCOUNTS).text
    assert "eva@example.se, redaktör" in words(olga.get(ACCOUNTS))


@on_sqlite
@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"email": "eva", "role": "editor"}, "Skriv e-postadressen så här: namn@exempel.se"),
        (
            {"email": "åsa@kommun.se", "role": "editor"},
            "Titta en gång till på det som står före @: där går bara a till z",
        ),
        ({"email": "OLGA@example.se", "role": "editor"}, "Adressen har redan ett konto."),
        ({"email": "eva@example.se", "role": "kejsare"}, "Välj en av rollerna."),
    ],
)
def test_bad_invitation_is_refused(olga, post, told, sentence):
    answer = post("", **told)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "one-time-link" not in answer.text
    assert "Fel: " in soup(answer).title.text


@on_sqlite
def test_without_mail_log_says_that_inviter_saw_link(app, post):
    post("", email="eva@example.se", role="editor")
    assert acts(app)[0] == "invited: redaktör, länken visad för den som bjöd in"


@on_sqlite
def test_link_for_account_that_has_come_to_be_is_refused(app, post, client, clock, code):
    links = [soup(post("", email="eva@example.se", role="editor")).select_one(".one-time-link code") for _ in "ab"]
    first, second = (link.text.removeprefix("http://127.0.0.1:5000") for link in links)
    page = client.get(first)
    secret = re.search(r'class="key"[^>]*>(\w+)<', page.text)[1]
    typed = {"password": "ett helt nytt lösenord", "code": code(secret), "token": token_in(page)}
    assert client.post(first, data=typed).status_code == 200
    assert client.get(second).status_code == 410
    answer = post("", email="eva@example.se", role="administrator")
    told = "Adressen har redan ett konto. Har personen blivit av med allt gör den som sköter servern en ny länk."
    assert (answer.status_code, told in answer.text) == (422, True)


@on_sqlite
def test_an_invitation_can_be_taken_back(olga, post, client):
    link = soup(post("", email="eva@example.se", role="editor")).select_one(".one-time-link code").text
    withdraw = soup(olga.get(ACCOUNTS)).select_one('form[action*="dra-tillbaka"]')["action"]
    assert post(withdraw.removeprefix(ACCOUNTS)).status_code == 303
    assert client.get(link.removeprefix("http://127.0.0.1:5000")).status_code == 410


@on_sqlite
def test_new_role_counts_at_once(account, come_in, olga, post):
    number, secret = account("eva@example.se", "contest")
    eva = come_in(secret, "eva@example.se")
    assert eva.get("/admin/bidrag").status_code == 200
    assert post(f"/{number}/roll", role="editor").status_code == 303
    assert eva.get("/admin/bidrag").status_code == 403
    assert listed(olga) == {"eva@example.se": "redaktör", "olga@example.se": "administratör"}


@on_sqlite
def test_removed_account_is_out_at_once(app, account, come_in, olga, post):
    number, secret = account("eva@example.se", "contest")
    eva = come_in(secret, "eva@example.se")
    assert post(f"/{number}/ta-bort").location == f"{ACCOUNTS}?klart=borta"
    assert eva.get("/admin/").status_code == 303
    assert come_in(secret, "eva@example.se").answer.status_code == 422
    assert listed(olga) == {"olga@example.se": "administratör"}


def test_last_administrator_can_neither_be_removed_nor_made_something_else(account, olga, post):
    account("eva@example.se", "contest")
    number = int(soup(olga.get(ACCOUNTS)).select_one('a[href*="ta-bort"]:-soup-contains("olga")')["href"].split("/")[3])
    for answer in (post(f"/{number}/roll", role="editor"), post(f"/{number}/ta-bort")):
        assert answer.status_code == 422
        assert "Det måste finnas minst en administratör." in words(answer)
    assert listed(olga)["olga@example.se"] == "administratör"


@on_sqlite
def test_one_of_two_administrators_may_go(account, olga, post):
    number, _ = account("eva@example.se")
    assert post(f"/{number}/roll", role="contest").status_code == 303


@on_sqlite
def test_number_is_never_reused(app, account, olga, post):
    gone, _ = account("eva@example.se")
    post(f"/{gone}/ta-bort")
    assert account("bo@example.se")[0] > gone


@on_sqlite
def test_removed_account_cannot_be_changed(post):
    assert "Kontot finns inte längre." in post("/4711/roll", role="editor").text
    assert "Välj en av rollerna." in post("/1/roll", role="kejsare").text
    assert post("/4711/ta-bort").status_code == 404


@on_sqlite
@pytest.mark.parametrize("path", ["", "/1/roll", "/1/ta-bort", "/inbjudan/x/dra-tillbaka"])
def test_account_forms_need_their_token(olga, path):
    before = words(olga.get(ACCOUNTS))
    fields = {"role": "witness", "email": "eva@example.se", "token": "x"}
    assert olga.post(ACCOUNTS + path, data=fields).status_code == 422
    assert words(olga.get(ACCOUNTS)) == before


@on_sqlite
def test_the_log_says_who_did_what_and_names_no_participant(app, accept, account, come_in, olga, post):
    accept("anna@example.se")
    number, secret = account("eva@example.se", "contest")
    eva = come_in(secret, "eva@example.se", agent="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    eva.get("/admin/bidrag.csv")
    eva.post("/admin/bidrag/1/stryk", data={"reason": "anställd", "token": token_in(eva.get("/admin/bidrag/1/stryk"))})
    post(f"/{number}/roll", role="editor")
    rows = [row.select("td") for row in soup(olga.get("/admin/logg")).select("tbody tr")]
    told = [" ".join(cell.text for cell in row[1:]) for row in rows]
    assert told[:4] == [
        f"olga@example.se, administratör bytte en roll konto nr {number} är nu redaktör",
        "eva@example.se, tävlingsansvarig strök ett svar svar 1 i mjk-2026: anställd",
        "eva@example.se, tävlingsansvarig hämtade uppgifter alla svar i mjk-2026, CSV",
        "eva@example.se, tävlingsansvarig loggade in lösenord och kod, Firefox på Windows",
    ]
    assert "anna" not in " ".join(told)


@on_sqlite
def test_removed_person_is_number_in_log(account, come_in, olga, post):
    number, secret = account("eva@example.se", "contest")
    come_in(secret, "eva@example.se")
    post(f"/{number}/ta-bort")
    page = olga.get("/admin/logg").text
    assert "eva@example.se" not in page
    assert f"borttaget konto nr {number}, tävlingsansvarig" in page


@on_sqlite
def test_failed_sign_in_is_noted_anonymously(app, account, come_in):
    _, secret = account()
    come_in(secret, password="fel lösenord helt")
    come_in(secret, email="anna@example.se")
    assert acts(app) == ["failed: okänt konto", "failed: "]


@on_sqlite
def test_flood_of_guesses_is_not_logged(app, account, come_in, monkeypatch):
    _, secret = account()
    monkeypatch.setattr(throttle, "LOGGED", "2 per hour")
    for _ in range(4):
        come_in(secret, password="fel lösenord helt")
    assert acts(app) == ["failed: ", "failed: "]


@pytest.mark.parametrize("statement", ["UPDATE organiser_log SET about = 'x'", "DELETE FROM organiser_log"])
def test_database_refuses_to_change_log(app, olga, statement):
    with app.app_context(), pytest.raises(sa.exc.DBAPIError, match="written once"):
        db.session.execute(sa.text(statement))


@on_sqlite
def test_log_goes_on_page_by_page(app, olga, clock):
    with app.app_context():
        for number in range(60):
            activity_log.log_action("export", f"nr {number}", clock.now())
    first = olga.get("/admin/logg")
    assert len(soup(first).select("tbody tr")) == 50
    older = soup(first).find("a", string="Visa äldre")["href"]
    assert "nr 9" in olga.get(older).text
    assert "nr 10" not in olga.get(older).text


@pytest.mark.parametrize("before", ["nej", "-1", "0", str(10**30)])
def test_a_strange_page_number_breaks_nothing(olga, before):
    assert olga.get(f"/admin/logg?fore={before}").status_code == 200


@on_sqlite
def test_server_always_lets_somebody_in_again(app, account, come_in, clock, client, code):
    number, secret = account(role="editor")
    browser = come_in(secret)
    with app.app_context():
        page = f"/admin/inbjudan/{sessions.create_invitation('olga@example.se', clock.now())}"
    shown = client.get(page)
    new = re.search(r'class="key"[^>]*>(\w+)<', shown.text)[1]
    fields = {"password": "ett helt nytt lösenord", "code": code(new), "token": token_in(shown)}
    assert client.post(page, data=fields).status_code == 200
    assert browser.get("/admin/").status_code == 303
    assert come_in(secret).answer.status_code == 422
    assert come_in(new, password="ett helt nytt lösenord").get_cookie(COOKIE)
    with app.app_context():
        assert db.session.get(AdminUser, number).role == "editor"


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [
        "konton/inbjudan/x/dra-tillbaka",
        "konto/mejl",
        "konto/reservkoder",
        "konto/passkeys/1/ta-bort",
        "konto/inloggningar/x/avsluta",
        "konto/inloggningar/avsluta-alla",
    ],
)
def test_button_on_an_old_page_says_why(olga, path):
    answer = olga.post(f"/admin/{path}", data={"token": "x"})
    assert answer.status_code == 422
    assert "har varit öppet för länge" in soup(answer).select_one(".fault-summary").text

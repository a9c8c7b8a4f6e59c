"""An invitation goes to the invited person, and its link to no one else."""

import re

import pytest
from bs4 import BeautifulSoup

from app.admin.accounts import activity_log
from tests.conftest import on_sqlite, token_in

ACCOUNTS = "/admin/konton"
pytestmark = on_sqlite


@pytest.fixture
def invite(organiser):
    """Olle invites somebody with the form."""

    def send(email="eva@kommun.se"):
        told = {"email": email, "role": "editor", "token": token_in(organiser.get(ACCOUNTS))}
        return organiser.post(ACCOUNTS, data=told)

    return send


def words(answer):
    return " ".join(BeautifulSoup(answer.text, "html.parser").main.text.split())


def newest_act(app):
    with app.app_context():
        [(act, _)] = activity_log.log_page(None, 1)
        return f"{act.kind}: {act.about}"


def test_the_link_is_mailed_and_not_shown(serve, invite, postmaster, client, app):
    serve()
    answer = invite()
    assert answer.status_code == 200
    assert "Vi har mejlat en länk till eva@kommun.se." in words(answer)
    [(receivers, mail)] = postmaster.arrived
    assert receivers == ["eva@kommun.se"]
    assert mail["Subject"] == "Du är inbjuden till Miljöjulkalendern 2026"
    link = re.search(r"http://127\.0\.0\.1:5000(/admin/inbjudan/\S+)", mail.get_body(("plain",)).get_content())[1]
    assert link not in answer.text
    assert "eva@kommun.se" in client.get(link).text
    assert newest_act(app) == "invited: redaktör, länken mejlad"


def test_a_mail_that_does_not_go_leaves_no_invitation(serve, invite, postmaster, organiser):
    postmaster.script["RCPT"] = ["550 unknown", "451 later"]
    serve()
    for sentence in (
        "Mejlservern tar inte emot adressen. Se efter att den är rätt skriven.",
        "Mejlet gick inte i väg, så ingen inbjudan är skapad. Försök igen om en stund.",
    ):
        answer = invite()
        assert (answer.status_code, sentence in words(answer)) == (422, True)
    assert "eva@kommun.se" not in words(organiser.get(ACCOUNTS))


def test_a_mail_server_that_is_down_is_told(nobody, invite):
    answer = invite()
    assert answer.status_code == 422
    assert "Mejlet gick inte i väg" in words(answer)

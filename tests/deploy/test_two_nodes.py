"""Two processes behind nginx: the same limits, the same sign-ins, one draw, and nothing lost when one of them dies."""

import http.client
import re
import subprocess
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import sqlalchemy as sa

from app.audit import AuditRecord
from app.contest.models import Entry
from app.database import db
from app.draw.models import DrawnValue
from tests.conftest import ANNA, ENTRY_URL, VALUE, on_postgresql, on_sqlite, signed_in
from tests.deploy.conftest import form_token, shipped
from tests.load.test_real_server import new_token

COOKIE = "__Host-organisator"
MANY = {"FLASK_ENTRY_LIMIT": "100000 per hour", "FLASK_ENTRY_LIMIT_ALL": "100000 per hour"}


def enter(site, token, email):
    """One entry; its ticket on the receipt."""
    answer = site.ask("POST", ENTRY_URL, ANNA | {"email": email, "token": token})
    assert answer.status == 200, f"{email}: {answer.status}"
    return re.search(r"\b[0-9a-f]{64}\b", answer.text)[0]


def upstreams(site, path):
    return {line[7].strip('"') for line in site.log() if line[3] == path}


def test_the_shipped_configuration_has_no_faults(folder):
    checked = subprocess.run(
        ["nginx", "-t", "-e", f"{folder}/error.log", "-c", shipped(folder, 8080, [5001, 5002])],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


@on_sqlite
def test_limits_are_counted_together_whatever_a_client_says_of_itself(app, two_nodes):
    site = two_nodes("2026-12-10T08:00", FLASK_ENTRY_LIMIT="6 per hour")
    answers = [
        site.ask(
            "POST",
            ENTRY_URL,
            ANNA | {"email": f"person{number}@example.se", "token": token},
            x_forwarded_for=f"10.0.0.{number}",
        ).status
        for number, token in enumerate(new_token(app.config["SECRET_KEY"]) for _ in range(12))
    ]
    assert len(upstreams(site, ENTRY_URL)) == 2
    assert answers.count(429) == 6
    assert answers[-6:] == [429] * 6


@on_postgresql
def test_signing_in_and_out_holds_on_every_node(app, two_nodes):
    cookie = f"{COOKIE}={signed_in(app, 'olle@example.se').get_cookie(COOKIE).value}"
    site = two_nodes("2026-12-10T08:00")
    assert {site.ask("GET", "/admin/", cookie=cookie).status for _ in range(6)} == {200}
    assert len(upstreams(site, "/admin/")) == 2
    token = form_token(site, "/admin/", cookie=cookie)
    # The demo's clock of the one process may be some second behind the other's, and then the token is not due yet.
    answers = (site.ask("POST", "/admin/logga-ut", {"token": token}, cookie=cookie).status for _ in range(500))
    assert next(status for status in answers if status != 403) == 303
    assert {site.ask("GET", "/admin/", cookie=cookie).status for _ in range(6)} == {303}


def test_node_that_dies_midway_loses_nothing_and_the_other_answers(app, two_nodes):
    site = two_nodes("2026-12-10T08:00", **MANY)
    tokens, shown = [new_token(app.config["SECRET_KEY"]) for _ in range(200)], {}

    def send(number):
        if number == 60:
            site.kill(min(site.nodes))
        shown[number] = enter(site, tokens[number], f"person{number}@example.se")

    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(send, range(200)))
    with app.app_context():
        stored = db.session.scalars(sa.select(Entry.ticket)).all()
    assert sorted(stored) == sorted(shown.values())
    assert len(set(stored)) == 200
    verified = app.test_cli_runner().invoke(args=["draw", "verify", "2026"]).output
    assert "200 poster" in verified, verified
    assert {site.ask("GET", f"/2026/lucka/{number}").status for number in range(1, 11)} == {200}
    assert {site.ask("GET", ENTRY_URL).status for _ in range(10)} == {200}


@on_postgresql
def test_two_who_draw_at_once_get_one_draw(app, accept, reach, two_nodes):
    for number in range(20):
        accept(f"person{number}@example.se")
    reach("locked")
    cookies = [f"{COOKIE}={signed_in(app, name).get_cookie(COOKIE).value}" for name in ("a@example.se", "b@example.se")]
    site = two_nodes("2026-12-22T12:01")
    ports = sorted(site.nodes)
    tokens = [form_token(site, "/admin/dragning", cookie=cookie) for cookie in cookies]

    def draw(which):
        # Past nginx, so that each goes to a node of its own.
        body = urllib.parse.urlencode({"token": tokens[which], "value": VALUE})
        headers = {"Cookie": cookies[which], "Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection("127.0.0.1", ports[which], timeout=60)) as connection:
            connection.request("POST", "/admin/dragning/slumptal", body, headers)
            return connection.getresponse().status

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(draw, (0, 1))) == [303, 422]
    with app.app_context():
        assert len(db.session.scalars(sa.select(DrawnValue)).all()) == 1
        kinds = db.session.scalars(sa.select(AuditRecord.kind)).all()
    assert kinds.count("dragen") == 1
    verified = app.test_cli_runner().invoke(args=["draw", "verify", "2026"]).output
    assert "äkta signatur" in verified, verified

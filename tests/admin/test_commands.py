"""What whoever runs the server types: accounts for organisers, a look at the content, and the first start."""

import os
import re
import subprocess
import sys

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask.cli import FlaskGroup

from app.admin.accounts import sessions
from app.admin.accounts.models import AdminUser
from app.database import db
from tests.conftest import ROOT, configured, on_sqlite, token_in

pytestmark = on_sqlite


@pytest.fixture
def flask(app):
    """Run a command: flask("organiser", "invite"). Returns its exit code and what it printed."""

    def run(*words):
        group = FlaskGroup(create_app=lambda: app, load_dotenv=False, set_debug_flag=False)
        result = CliRunner().invoke(group, words)
        return result.exit_code, result.output

    return run


def path_in(printed):
    return re.search(r"http://127\.0\.0\.1:5000(/admin/inbjudan/\S+)\n", printed)[1]


def test_printed_invitation_works(flask, client):
    code, printed = flask("organiser", "invite", "olle@example.se")
    assert (code, printed.splitlines()[0]) == (0, "Engångslänk för olle@example.se (gäller i sju dagar):")
    assert "olle@example.se" in client.get(path_in(printed)).text


def test_an_invitation_may_name_a_role(flask, app, clock):
    code, printed = flask("organiser", "invite", "eva@example.se", "--role", "redaktör")
    assert code == 0
    with app.app_context():
        assert sessions.find_invitation(path_in(printed).rpartition("/")[2], clock.now()).role == "editor"


def test_role_that_is_none_is_refused(flask):
    code, printed = flask("organiser", "invite", "eva@example.se", "--role", "kejsare")
    assert code == 2
    assert "redaktör" in printed


@configured(PUBLIC_URL="https://jul.example.se/")
def test_link_leads_to_sites_own_address(flask):
    assert "\n  https://jul.example.se/admin/inbjudan/" in flask("organiser", "invite", "olle@example.se")[1]


def test_invitation_needs_an_address(flask):
    assert flask("organiser", "invite", "olle") == (1, "Error: olle är ingen e-postadress.\n")


def test_first_start_prints_a_link(flask, client):
    code, printed = flask("prepare")
    assert code == 0
    assert "Databasen är i ordning.\nEngångslänk för det första kontot (gäller i sju dagar):" in printed
    assert "E-postadress" in client.get(path_in(printed)).text


def test_later_starts_print_no_link(flask, organiser):
    assert flask("prepare") == (0, "Databasen är i ordning.\n")


@configured(DEMO=True)
def test_demo_invents_entries_once(flask, organiser, clock):
    clock.set("2026-12-13 08:00")
    assert "40 påhittade svar är med, för övning." in flask("prepare")[1]
    assert "påhittade" not in flask("prepare")[1]


def test_invented_entries_never_stand_among_real(flask, organiser, clock):
    clock.set("2026-12-13 08:00")
    assert "påhittade" not in flask("prepare")[1]


def test_faultless_content_is_said_so(flask):
    assert flask("content", "check") == (0, "Innehållet är utan fel: 2026, 24 luckor i varje kalender.\n")


def test_every_fault_in_content_is_listed_with_file_and_line(app, flask, content):
    app.config["CALENDAR_CONTENT"] = content
    file = content / "2026" / "07" / "hatch.md"
    file.write_text(file.read_text().replace('title = "Med', "title = 7 # Med").replace("image_alt =", "alt ="))
    code, printed = flask("content", "check")
    assert code == 1
    assert printed.splitlines() == [
        "Error: 3 fel i innehållet:",
        "2026/07/hatch.md, fältet image_alt: saknas: beskriv bilden i en mening",
        "2026/07/hatch.md, rad 2, fältet title: ska vara text inom citattecken",
        "2026/07/hatch.md, rad 5, fältet alt: okänt fält; är det rätt stavat?",
    ]


def test_lone_administrator_who_lost_everything_comes_in_by_server(flask, app, client, account, come_in, code):
    """The only administrator: no password, no app, no codes, and the address is guessed at by somebody else."""
    account("olle@example.se")
    stranger = app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for _ in range(12):
        come_in("A" * 32, email="olle@example.se", password="en gissning till", browser=stranger)
    exit_code, printed = flask("organiser", "invite", "olle@example.se")
    assert exit_code == 0
    page = client.get(path_in(printed))
    secret = re.search(r'<code class="key"[^>]*>([^<]+)', page.text)[1].replace(" ", "")
    typed = {"token": token_in(page), "password": "ett alldeles nytt lösenord", "code": code(secret)}
    assert client.post(path_in(printed), data=typed).status_code == 200
    browser = come_in(secret, email="olle@example.se", password="ett alldeles nytt lösenord")
    assert browser.get("/admin/konton").status_code == 200
    with app.app_context():
        assert [(each.email, each.role) for each in db.session.scalars(sa.select(AdminUser))] == [
            ("olle@example.se", "administrator")
        ]


def test_invitation_needs_no_faultless_content(content, database_url, tmp_path):
    """At the server itself, where nothing of the running calendar helps."""
    (content / "2026" / "07" / "hatch.md").write_text("oj")
    settings = {"FLASK_CALENDAR_CONTENT": str(content), "DATABASE_URL": database_url, "FLASK_SECRET_KEY": "test-" * 8}
    run = subprocess.run(
        [sys.executable, "-m", "flask", "organiser", "invite", "olle@example.se"],
        env=os.environ | settings | {"FLASK_INSTANCE_PATH": str(tmp_path)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout.splitlines()[0]) == (
        0,
        "Engångslänk för olle@example.se (gäller i sju dagar):",
    )

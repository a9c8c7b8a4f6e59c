"""A demo is a sandbox: nothing in it reaches outside, and one button puts it back to how it was."""

import re
from types import SimpleNamespace

import pyotp
import pytest

from app import create_app, database
from app.admin.accounts.models import AdminUser
from app.clock import session_now
from app.contest.models import Entry
from app.database import db
from tests.admin.conftest import PASSWORD
from tests.conftest import ROOT, on_sqlite, token_in

pytestmark = on_sqlite

TITLE = re.compile(r'(?m)^title = ".*"$')


@pytest.fixture
def source(content):
    return content


@pytest.fixture
def start(make_app, source, tmp_path):
    """Start the demo, as often as one likes, and gives the app and its copy of the content."""

    def make():
        app = make_app(DEMO=True, CALENDAR_CONTENT=source, INSTANCE_PATH=tmp_path / "demo")
        with app.app_context():
            database.upgrade()
        return SimpleNamespace(app=app, copy=tmp_path / "demo" / "calendar_content")

    return make


def set_title(folder, title):
    file = folder / "2026/20/hatch.md"
    file.write_text(TITLE.sub(f'title = "{title}"', file.read_text(), count=1))


def title(demo):
    return demo.app.extensions["library"].editions[2026].hatches[20].file.title


def test_demo_shows_content_as_it_is_until_somebody_edits_demo(start, source):
    start()
    set_title(source, "Ny från redaktionen")
    assert title(start()) == "Ny från redaktionen"
    set_title(start().copy, "Ändrad i övningen")
    set_title(source, "Ännu nyare")
    assert title(start()) == "Ändrad i övningen"
    assert "Ännu nyare" in (source / "2026/20/hatch.md").read_text()


def test_demo_fills_in_empty_required_fields(start, source):
    for name in ("2026/10/hatch.md", "2026/edition.toml"):
        file = source / name
        emptied = re.sub(
            r'(?m)^(who_may_enter|exclusions|tax|address|officer|kind) = ".*"$', r'\1 = ""', file.read_text()
        )
        file.write_text(re.sub(r"(?m)^answer_days = .*$", "", emptied))
    edition = start().app.extensions["library"].editions[2026]
    assert edition.gaps == ()
    assert edition.file_contest.who_may_enter.startswith("Exempel: ")
    assert edition.file.privacy.officer.startswith("Exempel: ")


def test_shipped_contest_opens_in_demo(make_app, clock, tmp_path):
    clock.set("2026-12-13 08:00")
    app = make_app(DEMO=True, CALENDAR_CONTENT=ROOT / "calendar_content", INSTANCE_PATH=tmp_path / "demo")
    edition = app.extensions["library"].editions[2026]
    assert (edition.gaps, edition.file_contest.phase(clock.now())) == ((), "open")
    assert edition.file.privacy.officer.startswith("Exempel: ")
    assert edition.file.privacy.erasure_decision.startswith("Exempel: ")
    assert "öppnar inte tävlingen" not in app.test_cli_runner().invoke(args=["content", "check"]).output


@pytest.fixture
def demo(start, clock):
    """A demo with invented entries and an organiser who is signed in."""
    clock.set("2026-12-13 08:00")
    made = start()
    printed = made.app.test_cli_runner().invoke(args=["prepare"]).output
    browser = made.app.test_client()
    path = re.search(r"/admin/inbjudan/\S+", printed)[0]
    page = browser.get(path)
    secret = re.search(r'<code class="key"[^>]*>([^<]+)', page.text)[1].replace(" ", "")
    typed = {"email": "olle@example.se", "password": PASSWORD, "code": pyotp.TOTP(secret).at(clock.now())}
    assert browser.post(path, data=typed | {"token": token_in(page)}).status_code == 200
    return SimpleNamespace(app=made.app, copy=made.copy, browser=browser)


def count(model):
    return db.session.query(model).count()


def test_one_button_restarts_demo(demo, source):
    set_title(demo.copy, "Ändrad i övningen")
    with demo.app.app_context():
        entry = db.session.query(Entry).first()
        entry.answer = "2027"
        db.session.commit()
    overview = demo.browser.get("/admin/")
    assert "Börja om från början" in overview.text
    answer = demo.browser.post("/admin/borja-om", data={"token": token_in(overview)}, follow_redirects=True)
    assert "Övningen är som från början." in " ".join(answer.text.split())
    assert (demo.copy / "2026/20/hatch.md").read_text() == (source / "2026/20/hatch.md").read_text()
    with demo.app.app_context():
        assert count(Entry) == 40
        assert count(AdminUser) == 1


def test_no_such_button_outside_demo(organiser):
    overview = organiser.get("/admin/")
    assert "Börja om från början" not in overview.text
    assert organiser.post("/admin/borja-om", data={"token": token_in(overview)}).status_code == 404


def test_codes_go_by_the_real_clock(engine, tmp_path):
    """As a phone does: the demo shows another day, the code on the phone is of now."""
    settings = {"DEMO": True, "NOW": "2030-12-13T08:00", "SECRET_KEY": "test-" * 8, "INSTANCE_PATH": tmp_path}
    app = create_app(settings | {"CALENDAR_CONTENT": ROOT / "calendar_content"})
    printed = app.test_cli_runner().invoke(args=["prepare"]).output
    browser = app.test_client()
    path = re.search(r"/admin/inbjudan/\S+", printed)[0]
    page = browser.get(path)
    secret = re.search(r'<code class="key"[^>]*>([^<]+)', page.text)[1].replace(" ", "")
    with app.app_context():
        code = pyotp.TOTP(secret).at(session_now())
        assert session_now().year < 2030
    typed = {"email": "olle@example.se", "password": PASSWORD, "code": code, "token": token_in(page)}
    assert browser.post(path, data=typed).status_code == 200

"""What whoever watches the server asks: is it up, and is what it needs in order."""

from datetime import UTC, datetime

import pytest

from app.web import health
from tests.conftest import on_sqlite, signed_in

IN_ORDER = {"database": "ok", "disk": "ok", "content": "ok", "clock": "ok"}


def test_a_calendar_in_order_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, IN_ORDER)
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_calendar_in_order_is_ready_wherever_it_was_started(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert client.get("/readyz").json == IN_ORDER


@on_sqlite
def test_the_process_is_up_even_when_the_database_is_not(make_app, tmp_path):
    site = make_app(DATABASE_URL=f"sqlite:///{tmp_path}/finns-inte.sqlite3").test_client()
    assert site.get("/healthz").json == {"status": "ok"}
    assert site.get("/").status_code == 200
    answer = site.get("/readyz")
    assert (answer.status_code, answer.json) == (503, IN_ORDER | {"database": "does not answer"})


@on_sqlite
def test_a_database_that_is_not_migrated_is_told(make_app, tmp_path):
    (tmp_path / "ny.sqlite3").touch()
    site = make_app(DATABASE_URL=f"sqlite:///{tmp_path}/ny.sqlite3").test_client()
    answer = site.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] == "is not migrated: run flask db upgrade"


@on_sqlite
def test_faults_in_the_content_are_told(app, client, content):
    library = app.extensions["library"]
    library.root = content
    (content / "2026" / "07" / "hatch.md").unlink()
    library.refresh(at_once=True)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["content"] == "1 faults: run flask content check"


@on_sqlite
def test_a_clock_that_was_never_set_is_told(client, monkeypatch):
    class Unset(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(1970, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(health, "datetime", Unset)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["clock"]) == (503, "is before 2026")


@on_sqlite
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nobody_learns_where_things_are(client, path, tmp_path):
    assert str(tmp_path) not in client.get(path).text


@on_sqlite
def test_a_start_with_broken_content_serves_and_tells(share_app, content):
    share_app(CALENDAR_CONTENT=content)
    file = content / "2026/20/hatch.md"
    file.write_text(file.read_text().replace('title = "', "title = 7 #", 1))
    app = share_app(CALENDAR_CONTENT=content)
    visitor, organiser = app.test_client(), signed_in(app, "olle@example.se")
    assert visitor.get("/").status_code == 200
    ready = visitor.get("/readyz")
    assert (ready.status_code, ready.json["content"]) == (503, "1 faults: run flask content check")
    assert "2026/20/hatch.md, rad 2, fältet title" in organiser.get("/admin/").text

"""7 January: the list goes, from every file, and a command proves it; no backup ever had it."""

import sqlite3
import zipfile
from pathlib import Path

import pytest

from app.operations import backup
from tests.conftest import on_sqlite

PEOPLE = [f"person{number}@kommun.se" for number in range(20)]


@pytest.fixture
def verify(app):
    return lambda *more: app.test_cli_runner().invoke(args=["reminder", "verify", *more])


@pytest.fixture
def after_a_season(subscribe, run_at):
    """Mails in files, one subscription that has ended, and a list that is still there."""
    for email in PEOPLE:
        subscribe(email)
    run_at("2026-12-24 07:00")


def bytes_of(folder):
    """Every file's bytes, unpacked where a file is an archive."""
    for path in (path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()):
        yield path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from map(archive.read, archive.namelist())


def traces(folder):
    return [email for email in PEOPLE if any(email.encode() in content for content in bytes_of(folder))]


def test_the_list_is_gone_from_every_file_on_7_january(
    after_a_season, run_at, verify, rows, organiser, tmp_path, engine
):
    assert len(list((tmp_path / "reminders").iterdir())) == len(PEOPLE)
    run_at("2027-01-06 23:59:59")
    assert len(rows()) == len(PEOPLE)
    before = verify()
    assert (before.exit_code, "20 adresser för 2026. De raderas 2027-01-07." in before.output) == (1, True)
    run_at("2027-01-07 00:00")
    assert rows() == []
    assert traces(tmp_path) == []
    after = verify()
    assert after.exit_code == 0, after.output
    assert "Påminnelserna 2026: 20 adresser raderades 2027-01-0" in after.output
    assert ("PostgreSQL" in after.output) == (engine == "postgresql")
    assert "20 adresser raderades torsdag 7 januari 2027" in " ".join(organiser.get("/admin/paminnelser").text.split())


@on_sqlite
def test_verify_finds_what_was_left_in_file_mail_and_log(app, run_at, subscribe, verify, tmp_path):
    subscribe(PEOPLE[0])
    copy = tmp_path / "glömd-kopia.sqlite3"
    with sqlite3.connect(tmp_path / "kalender.sqlite3") as source, sqlite3.connect(copy) as target:
        source.backup(target)
    run_at("2027-01-07 00:00")
    (tmp_path / "reminders").mkdir(exist_ok=True)
    (tmp_path / "reminders" / "paminnelse.1.2026-01.eml").touch()
    log = tmp_path / "elsewhere" / "mail.txt"
    log.parent.mkdir()
    log.write_text(f"to=<{PEOPLE[0]}>")
    found = verify("--log", str(log))
    assert found.exit_code == 1
    assert f"{copy.name} har spår av 1 adresser." in found.output
    assert "Ett mejl ligger kvar som fil: reminders/paminnelse.1.2026-01.eml" in found.output
    assert "Loggen mail.txt har 1 e-postadresser." in found.output


@on_sqlite
def test_mails_in_files_go_when_their_subscription_ends(subscribe, run_at, client, tmp_path):
    keys = [subscribe(email) for email in PEOPLE[:2]]
    run_at("2026-12-24 07:00")
    client.post(f"/paminnelse/avsluta/{keys[0]}")
    assert traces(tmp_path / "reminders") == PEOPLE[1:2]


def test_no_backup_has_the_list_and_the_rest_comes_back(after_a_season, app, clock, tmp_path, engine):
    with app.app_context():
        made = backup.make_backup(tmp_path / "kopia.zip", clock.now())
    inside = tmp_path / "inside"
    with zipfile.ZipFile(made.file) as archive:
        archive.extractall(inside)
    assert traces(inside) == []
    if engine == "sqlite":
        with sqlite3.connect(inside / "database.sqlite3") as copy:
            assert copy.execute("SELECT count(*) FROM night_claim").fetchone() == (1,)

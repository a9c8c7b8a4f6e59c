"""7 January: the list goes, from every file, and a command proves it; no backup ever had it."""

import bz2
import gzip
import io
import lzma
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from app.database import begin_write, db
from app.operations import backup
from app.reminders import subscriptions
from app.reminders.models import Reminder
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


def zipped(content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mail.log", content)
    return file.getvalue()


# Each packs a line; those that are closed can be read by no program that stands here.
PACKED = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zip": zipped,
    "gz in a zip": lambda content: zipped(gzip.compress(content)),
    "zip in a gz": lambda content: gzip.compress(zipped(content)),
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "gz of UTF-16": lambda content: gzip.compress(content.decode().encode("utf-16")),
    "bytes before a zip": lambda content: content + zipped(b"more"),
}
CLOSED = {
    "zst": b"\x28\xb5\x2f\xfd",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "journal": b"LPKSHHRH",
    "cut off": gzip.compress(b"a long line of a log")[:-9],
    "zst in a gz": gzip.compress(b"\x28\xb5\x2f\xfd"),
    "zst in a zip": zipped(b"\x28\xb5\x2f\xfd"),
    "half a zip": zipped(b"more")[:40],
}


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
@pytest.mark.parametrize("kind", PACKED)
def test_verify_finds_what_is_packed(verify, tmp_path, tmp_path_factory, kind):
    log = tmp_path_factory.mktemp("var") / "mail.log.2"
    log.write_bytes(PACKED[kind](f"to=<{PEOPLE[0]}>\n".encode()))
    (tmp_path / "copy").write_bytes(PACKED[kind](f"reminder:{PEOPLE[0]}\n".encode()))
    found = verify("--log", str(log))
    assert found.exit_code == 1
    assert "Loggen mail.log.2 har 1 e-postadresser." in found.output
    assert "copy har spår av 1 adresser." in found.output


@on_sqlite
@pytest.mark.parametrize("kind", CLOSED)
@pytest.mark.parametrize("place", ["log", "instance"])
def test_verify_proves_nothing_of_unreadable_file(verify, tmp_path, tmp_path_factory, kind, place):
    file = tmp_path / "copy" if place == "instance" else tmp_path_factory.mktemp("var") / "copy"
    file.write_bytes(CLOSED[kind])
    ended = verify(*(["--log", str(file)] if place == "log" else []))
    assert (ended.exit_code, "Inget finns kvar" in ended.output) == (1, False)
    assert (
        len([line for line in ended.output.splitlines() if line.startswith("Inte genomsökt") and "copy: " in line]) == 1
    )


@on_sqlite
@pytest.mark.parametrize("linked", ["file", "folder"])
def test_verify_follows_links(verify, tmp_path, tmp_path_factory, linked):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "copy").write_text(f"reminder:{PEOPLE[0]}")
    (elsewhere / "back").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(elsewhere / "copy" if linked == "file" else elsewhere)
    found = verify()
    assert found.exit_code == 1
    assert f"link{'/copy' * (linked == 'folder')} har spår av 1 adresser." in found.output


@on_sqlite
def test_verify_searches_database_that_lies_elsewhere(make_app, blank, clock, tmp_path_factory):
    database = tmp_path_factory.mktemp("var") / "other.sqlite3"
    shutil.copyfile(blank, database)
    app = make_app(DATABASE_URL=f"sqlite:///{database}")
    with app.app_context():
        subscriptions.ask(PEOPLE[0], 2026, 7, False, clock.now())
        begin_write()
        db.session.query(Reminder).delete()
        db.session.commit()
    found = app.test_cli_runner().invoke(args=["reminder", "verify"])
    assert found.exit_code == 1
    assert f"{database}-wal har spår av 1 adresser." in found.output


@on_sqlite
def test_verify_searches_each_log_once(make_app, tmp_path, tmp_path_factory):
    front = tmp_path_factory.mktemp("nginx") / "access.log"
    front.touch()
    front.with_name("access.log.1").write_text(PEOPLE[0])
    (tmp_path / "calendar.log").write_text(PEOPLE[1])
    app = make_app(ACCESS_LOG=front)
    found = app.test_cli_runner().invoke(args=["reminder", "verify", "--log", str(tmp_path / "calendar.log")]).output
    for name in ("access.log.1", "calendar.log"):
        assert found.count(f"Loggen {name} har 1 e-postadresser.") == 1
    assert "Loggfiler: access.log, access.log.1, calendar.log." in found


@on_sqlite
def test_mails_in_files_go_when_their_subscription_ends(subscribe, run_at, client, tmp_path):
    keys = [subscribe(email) for email in PEOPLE[:2]]
    run_at("2026-12-24 07:00")
    client.post(f"/paminnelse/avsluta/{keys[0]}")
    assert traces(tmp_path / "reminders") == PEOPLE[1:2]


def test_no_backup_has_the_list_and_the_rest_comes_back(after_a_season, app, clock, tmp_path, engine):
    with app.app_context():
        made, _ = backup.make_backup(tmp_path / "kopia.zip", clock.now())
    inside = tmp_path / "inside"
    with zipfile.ZipFile(made) as archive:
        archive.extractall(inside)
    assert traces(inside) == []
    if engine == "sqlite":
        with sqlite3.connect(inside / "database.sqlite3") as copy:
            assert copy.execute("SELECT count(*) FROM night_claim").fetchone() == (1,)

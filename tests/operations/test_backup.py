"""A backup made while the calendar is served, and what comes of it in an empty place."""

import json
import os
import shutil
import stat
import threading
import time
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.config import ConfigurationError
from app.contest.models import Entry
from app.database import db
from app.errors import NotAllowed
from app.operations import backup as operations_backup
from app.operations import bundle
from tests.conftest import on_sqlite


@pytest.fixture
def file(tmp_path):
    folder = tmp_path / "kopior"
    folder.mkdir(mode=0o700)
    return folder / "kopia.zip"


def entries(app):
    with app.app_context():
        return db.session.scalars(sa.select(Entry.ticket).order_by(Entry.id)).all()


def tree(root):
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_restored_elsewhere_all_is_there(app, accept, reach, backup, restore, restored, file, content, tmp_path):
    (tmp_path / "history" / "2026" / "07").mkdir(parents=True)
    (tmp_path / "history" / "2026" / "07" / "000001.json").write_text("{}")
    for name in ("anna", "bo", "cilla"):
        accept(f"{name}@example.se")
    reach("contact")
    assert backup("--to", file).exit_code == 0
    result = restore(file)
    assert result.exit_code == 0, result.output
    assert "Säkerhetskopian från " in result.output
    other = restored()
    assert entries(other) == entries(app)
    assert tree(tmp_path / "ny" / "content") == tree(content)
    assert (tmp_path / "ny" / "instance" / "secret_key").read_text() == (tmp_path / "secret_key").read_text()
    assert (tmp_path / "ny" / "instance" / "history" / "2026" / "07" / "000001.json").exists()
    verified = other.test_cli_runner().invoke(args=["draw", "verify"])
    assert (verified.exit_code, "Räkningen stämmer" in verified.output) == (2, True)
    assert other.test_client().get("/readyz").status_code == 200


def test_entries_meanwhile_do_not_spoil_it(app, accept, backup, restore, restored, file, clock):
    clock.set("2026-12-10 12:00")
    ended, written = threading.Event(), []

    def write():
        while not ended.is_set():
            written.append(accept(f"person{len(written)}@example.se").ticket)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 10:
            time.sleep(0.01)
        before = list(written)
        result = backup("--to", file)
        after = len(written)
    finally:
        ended.set()
        writer.join()
    assert result.exit_code == 0, result.output
    assert restore(file).exit_code == 0
    other = restored()
    found = entries(other)
    assert set(before) <= set(found)
    assert found == written[: len(found)]
    assert len(before) < after, "nobody was written meanwhile"
    verified = other.test_cli_runner().invoke(args=["draw", "verify"])
    assert f"Loggen: {len(found) + 1} poster, hela kedjan är omräknad." in verified.output
    assert "Räkningen stämmer" in verified.output


def test_server_that_waits_on_empty_place_sees_it_filled(accept, backup, restore, restored, file, tmp_path, app):
    accept("anna@example.se")
    backup("--to", file)
    shutil.copytree(app.config["CALENDAR_CONTENT"], tmp_path / "ny" / "content")
    (tmp_path / "ny" / "instance").mkdir(parents=True)
    shutil.copyfile(tmp_path / "secret_key", tmp_path / "ny" / "instance" / "secret_key")
    waiting = restored()
    assert waiting.test_client().get("/readyz").status_code == 503
    result = restore(file)
    assert result.exit_code == 0, result.output
    assert waiting.test_client().get("/readyz").status_code == 200
    assert len(entries(waiting)) == 1


@on_sqlite
def test_counters_queues_and_mails_in_files_are_not_in_it(app, enter, backup, file):
    enter()
    assert (Path(app.instance_path) / "ratelimit.sqlite3").exists()
    backup("--to", file)
    names = zipfile.ZipFile(file).namelist()
    assert {name for name in names if not name.startswith("content/")} == {
        "database.sqlite3",
        "instance/secret_key",
        "manifest.json",
    }


def test_only_its_owner_can_read_it_and_readiness_is_told(app, backup, tmp_path, clock):
    said = backup().output
    made = next(Path(app.instance_path, "backup").iterdir())
    assert f"Säkerhetskopian är klar: {made}" in said
    assert "Det är den första." in said
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    assert (tmp_path / "backup.done").exists()


@on_sqlite
def test_age_of_last_is_told_and_old_dropped_on_request(backup, tmp_path):
    backup()
    old = next((tmp_path / "backup").iterdir()).rename(tmp_path / "backup" / "kalender-2020-01-01-000000.zip")
    four_days_ago = time.time() - 4 * 86_400
    for path in (old, tmp_path / "backup.done"):
        os.utime(path, (four_days_ago, four_days_ago))
    said = backup("--keep", 3).output
    assert "Den förra gjordes för 4 dygn sedan." in said
    assert "1 äldre än 3 dygn är borttagna." in said
    assert not old.exists()
    assert len(list((tmp_path / "backup").iterdir())) == 1


@on_sqlite
def test_key_from_environment_is_said_not_to_be_in_it(make_app, tmp_path, file):
    app = make_app(SECRET_KEY="ur-miljön-" * 4)
    said = app.test_cli_runner().invoke(args=["backup", "--to", str(file)]).output
    assert "Den hemliga nyckeln är inte med" in said


@on_sqlite
def test_open_place_is_refused(backup, file):
    file.parent.chmod(0o777)
    result = backup("--to", file)
    assert result.exit_code == 1
    assert "kan andra på servern byta ut filer" in result.output
    assert list(file.parent.iterdir()) == []


@on_sqlite
def test_no_backup_is_written_over(backup, file):
    file.write_text("förra årets")
    assert "finns redan" in backup("--to", file).output
    assert file.read_text() == "förra årets"


@on_sqlite
def test_missing_folder_is_told(backup, tmp_path):
    result = backup("--to", tmp_path / "finns" / "inte.zip")
    assert (result.exit_code, result.output) == (
        1,
        f"Error: Ingen säkerhetskopia gjordes. Mappen {tmp_path / 'finns'} finns inte.\n",
    )


@on_sqlite
def test_damaged_database_gives_no_backup(app, backup, file, monkeypatch):
    def damaged(target):
        target.write_bytes(b"SQLite format 3\0" + b"x" * 4080)
        raise NotAllowed("Databasen är skadad.")

    monkeypatch.setattr(operations_backup, "dump_database", damaged)
    result = backup("--to", file)
    assert result.exit_code == 1
    assert list(file.parent.iterdir()) == []
    assert not (Path(app.instance_path) / "backup.done").exists()


# -- restoring --


def rewritten(file, change):
    """The same backup with its members changed: change(name -> bytes, manifest)."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(members, manifest)
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
        archive.writestr("manifest.json", json.dumps(manifest))


def nothing_came(tmp_path):
    left = tree(tmp_path / "ny")
    return {name for name in left if not name.startswith("instance/kalender.sqlite3")} == set()


def test_damaged_file_is_not_restored(backup, restore, file, tmp_path):
    backup("--to", file)
    rewritten(file, lambda members, _: members.update({"content/2026/edition.toml": b"annat"}))
    result = restore(file)
    assert (result.exit_code, result.output) == (
        1,
        "Error: Inget återställdes. Filen content/2026/edition.toml i säkerhetskopian är skadad: "
        "kontrollsumman stämmer inte.\n",
    )
    assert nothing_came(tmp_path)


@on_sqlite
@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9])
def test_file_with_flipped_bytes_is_refused(backup, restore, file, tmp_path, at):
    backup("--to", file)
    body = bytearray(file.read_bytes())
    for place in range(int(len(body) * at), int(len(body) * at) + 40):
        body[place] ^= 0xFF
    file.write_bytes(body)
    result = restore(file)
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert result.output.startswith("Error: Inget återställdes. ")
    assert nothing_came(tmp_path)


@on_sqlite
@pytest.mark.parametrize("cut", [0, 10, 5000])
def test_a_file_cut_short_is_refused(backup, restore, file, cut):
    backup("--to", file)
    file.write_bytes(file.read_bytes()[:cut])
    assert "är ingen säkerhetskopia, eller så är den skadad" in restore(file).output


@on_sqlite
@pytest.mark.parametrize(
    "name",
    ["../utanför", "content/../../utanför", "/etc/utanför", "content/a\\..\\b", "instance/annat", "content//x", "C:x"],
)
def test_no_file_leads_to_another_folder(backup, restore, file, tmp_path, name):
    backup("--to", file)

    def add(members, manifest):
        members[name] = b"x"
        manifest["sha256"][name] = bundle.sha256(b"x").hexdigest()

    rewritten(file, add)
    assert "som inte hör till en kalender" in restore(file).output
    assert nothing_came(tmp_path)


@on_sqlite
def test_backup_of_newer_program_is_refused(backup, restore, file, tmp_path):
    backup("--to", file)
    rewritten(file, lambda _, manifest: manifest.update(revision="0999"))
    assert "från en annan utgåva av programmet (databas 0999). Återställ den med den utgåvan." in restore(file).output
    assert nothing_came(tmp_path)


@on_sqlite
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda members, manifest: manifest.update(format="annat/1"), "har formatet 'annat/1'"),
        (lambda members, manifest: manifest.pop("sha256"), "dess förteckning saknas"),
        (lambda members, manifest: members.pop("database.sqlite3"), "ingen databas"),
        (lambda members, manifest: members.pop("content/2026/edition.toml"), "andra filer än dem"),
        (lambda members, manifest: manifest.update(engine="oracle"), "ingen databas"),
    ],
)
def test_a_file_that_is_not_as_it_says_is_refused(backup, restore, file, tmp_path, change, words):
    backup("--to", file)
    rewritten(file, change)
    assert words in restore(file).output
    assert nothing_came(tmp_path)


@on_sqlite
def test_backup_of_other_database_is_refused(backup, restore, file):
    backup("--to", file)

    def other(members, manifest):
        members["database.dump"] = members.pop("database.sqlite3")
        manifest["sha256"]["database.dump"] = manifest["sha256"].pop("database.sqlite3")
        manifest["engine"] = "postgresql"

    rewritten(file, other)
    assert "är från PostgreSQL, men den här kalendern använder SQLite" in restore(file).output


def test_nothing_is_ever_written_over(backup, restore, file):
    backup("--to", file)
    assert restore(file).exit_code == 0
    result = restore(file)
    assert (result.exit_code, result.output) == (
        1,
        "Error: Inget återställdes. Här finns redan en databas med innehåll. Återställ bara till en tom kalender.\n",
    )


@on_sqlite
def test_content_file_that_differs_stops_it(backup, restore, file, tmp_path):
    backup("--to", file)
    place = tmp_path / "ny" / "content" / "2026" / "07" / "hatch.md"
    place.parent.mkdir(parents=True)
    place.write_text("en annan lucka")
    assert f"Filen {place} finns redan med annat innehåll." in restore(file).output
    assert place.read_text() == "en annan lucka"
    place.unlink()
    assert restore(file).exit_code == 0


@on_sqlite
def test_backup_without_key_waits_for_it(make_app, restore, file):
    app = make_app(SECRET_KEY="ur-miljön-" * 4)
    app.test_cli_runner().invoke(args=["backup", "--to", str(file)])
    assert "Säkerhetskopian har ingen hemlig nyckel." in restore(file).output
    assert restore(file, SECRET_KEY="ur-miljön-" * 4).exit_code == 0


@on_sqlite
def test_restored_files_are_private_and_readable_backup_is_told_of(backup, restore, file, tmp_path):
    backup("--to", file)
    file.chmod(0o644)
    assert f"Andra på servern kan läsa filen. Ändra det med: chmod 600 {file}" in restore(file).output
    instance = tmp_path / "ny" / "instance"
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700
    for name in ("kalender.sqlite3", "secret_key"):
        assert stat.S_IMODE((instance / name).stat().st_mode) == 0o600


@on_sqlite
def test_a_place_that_cannot_be_made_is_told_in_words(restore, tmp_path):
    (tmp_path / "fil").touch()
    with pytest.raises(ConfigurationError, match=r"FLASK_INSTANCE_PATH: .* går inte att skapa"):
        restore(tmp_path / "kopia.zip", INSTANCE_PATH=tmp_path / "fil" / "ny")

"""Where machines share their content, a backup has it in the database, and that is shown when it is restored."""

import shutil

import pytest

from app.editing import save, store
from app.editing.store import ContentRef
from app.operations import doctor
from tests.conftest import on_sqlite

pytestmark = on_sqlite
LEAF = ContentRef(2026, 3)


@pytest.fixture
def app(make_app, content, tmp_path, clock):
    clock.set("2026-11-20 08:00")
    (tmp_path / "secret_key").write_text("hemlig-nyckel-" * 4)
    return make_app(CALENDAR_CONTENT=content, SECRET_KEY="", SHARED_CONTENT=True)


def edit(app, folder, words):
    with app.app_context():
        desk = save.open_editor(app.extensions["library"], folder)
        files = desk.read(LEAF)
        text = files["hatch.md"] + f"\n{words}\n".encode()
        act = save.Change(1, "ändrade luckan", app.extensions["clock"].now())
        save.save_change(desk, LEAF, store.checksum(files), lambda files: files | {"hatch.md": text}, act)
        app.extensions["library"].refresh(at_once=True)


def test_a_restored_calendar_shows_what_the_database_had(app, backup, restore, restored, elsewhere, tmp_path):
    edit(app, tmp_path, "Med i kopian.")
    file = tmp_path / "kopia.zip"
    (tmp_path / "kopior").mkdir(mode=0o700)
    file = tmp_path / "kopior" / "kopia.zip"
    assert backup("--to", file).exit_code == 0
    edit(app, tmp_path, "Efter kopian.")
    elsewhere["SHARED_CONTENT"] = True
    # The machine has a copy of what was shown last, and the files that came with the program.
    instance = tmp_path / "ny" / "instance"
    for name in ("content", "history"):
        shutil.copytree(tmp_path / name, instance / name)
    shutil.copytree(app.config["CALENDAR_CONTENT"], elsewhere["CALENDAR_CONTENT"])
    result = restore(file)
    assert result.exit_code == 0, result.output
    tip = restored().extensions["library"].editions[2026].hatches[3].tip
    assert "Med i kopian." in tip
    assert "Efter kopian." not in tip
    assert len([*(instance / "history/2026/03").glob("*.json")]) == 2


def test_the_doctor_says_which_files_wait_to_be_published(app, content):
    def said():
        with app.app_context():
            return [line.sentence for line in doctor.doctor_lines() if "content push" in line.sentence]

    assert said() == []
    text = content / "2026/03/hatch.md"
    text.write_text(text.read_text("utf-8") + "\nUr filen.\n", "utf-8")
    assert said() == ["Ändrat i filerna men inte publicerat: 2026/03. Kör flask content push."]

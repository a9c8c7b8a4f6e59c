"""Two machines with folders of their own on one database: what is edited on one is on both, whole or not at all."""

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import sqlalchemy as sa

from app import shared_content
from app.calendar.loader import read_edition
from app.database import db
from app.editing import editions, save, store
from app.editing.history import History
from app.editing.save import Change, Editor, put_files
from app.editing.store import ContentRef
from tests import prepared
from tests.conftest import ROOT, link_built, on_sqlite, swedish
from tests.editing.photos import photo

LEAF = ContentRef(2026, 3)


class Machine:
    """A process on a machine of its own."""

    def __init__(self, app):
        self.app = app
        self.library = app.extensions["library"]
        self.client = app.test_client()
        self.folder = self.library.root.parent

    @property
    def desk(self):
        return save.open_editor(self.library, self.folder)

    def edit(self, words, leaf=LEAF, who=1, **pictures):
        """Save a text and pictures, as an organiser does."""

        def revise(files):
            text = files["hatch.md"] + f"\n{words}\n".encode()
            return files | {"hatch.md": text} | {f"{name}.jpg": body for name, body in pictures.items()}

        act = save.Change(who, "ändrade luckan", self.app.extensions["clock"].now())
        with self.app.app_context():
            save.save_change(self.desk, leaf, store.checksum(self.desk.read(leaf)), revise, act)
            self.library.refresh(at_once=True)

    def hatch(self, number=3):
        """What the machine shows of a hatch."""
        self.library.refresh(at_once=True)
        return self.library.editions[2026].hatches[number]

    def run(self, *arguments):
        return self.app.test_cli_runner().invoke(args=[*arguments])


@pytest.fixture
def machines(make_app, tmp_path, built, filled_in, clock):
    """Start machines on one database: one, other = machines("a", "b"). Each has its files in a folder of its own."""
    clock.set("2026-11-20 08:00")

    def start(*names):
        started = []
        for name in names:
            folder, files = tmp_path / name, tmp_path / f"{name}-files"
            if not files.exists():
                folder.mkdir()
                link_built(folder, built)
                shutil.copytree(filled_in, files)
            settings = {"INSTANCE_PATH": folder, "CALENDAR_CONTENT": files, "SHARED_CONTENT": True}
            started.append(Machine(make_app(**settings)))
        return started

    return start


def test_edit_is_on_other_machine_with_pictures_and_history(machines):
    one, other = machines("a", "b")
    picture = photo()
    one.edit("Ny mening.", ny=picture)
    assert "Ny mening." in other.hatch().tip
    assert other.hatch().images["ny.jpg"] == picture
    assert [version.what for version in other.desk.history.versions(LEAF)] == ["ändrade luckan", "den första versionen"]
    other.edit("Ett svar.")
    assert "Ett svar." in one.hatch().tip
    assert one.hatch().changed == other.hatch().changed


@on_sqlite
def test_a_visitor_meets_the_edit_a_second_later(machines, monkeypatch):
    one, other = machines("a", "b")
    monkeypatch.setattr("app.calendar.library.DATABASE_WAITS", 30)
    one.edit("Ny mening.", ContentRef(2026, 1))
    other.app.extensions["clock"].set("2026-12-01 08:00")
    monkeypatch.setattr("app.calendar.library.time.monotonic", lambda start=other.library._checked: start + 1)
    assert "Ny mening." in other.client.get("/2026/lucka/1").text


@on_sqlite
def test_a_picture_travels_once_however_often_it_is_used(machines):
    one, other = machines("a", "b")
    picture = photo()
    one.edit("Först.", ny=picture, samma=picture)
    one.edit("Sedan.", ContentRef(2026, 4), ny=picture)
    with one.app.app_context():
        bodies = db.session.scalars(sa.select(shared_content.ContentBody.body)).all()
    assert bodies.count(picture) == 1
    assert other.hatch(4).images["ny.jpg"] == picture


@on_sqlite
def test_what_is_taken_away_is_gone_everywhere(machines):
    one, other = machines("a", "b")
    one.edit("Med bild.", ny=photo())
    assert "ny.jpg" in other.hatch().images
    with other.app.app_context():
        first = other.desk.history.versions(LEAF)[-1].number
        save.restore_version(
            other.desk, LEAF, first, save.Change(2, "gick tillbaka", other.app.extensions["clock"].now())
        )
    assert "ny.jpg" not in one.hatch().images
    assert "Med bild." not in one.hatch().tip


def test_two_who_save_at_once_on_two_machines_lose_nothing(machines):
    both = machines("a", "b")

    def write(machine):
        for number in range(4):
            while True:
                try:
                    machine.edit(f"{machine.folder.name}{number}.")
                    break
                except save.EditConflict:
                    machine.library.refresh(at_once=True)

    with ThreadPoolExecutor(2) as hands:
        list(hands.map(write, both))
    texts = {machine.hatch().tip for machine in both}
    assert len(texts) == 1
    assert all(f"{name}{number}." in next(iter(texts)) for name in "ab" for number in range(4))


@on_sqlite
@pytest.mark.parametrize("step", ["0", "3", "commit"])
def test_machine_that_dies_in_middle_of_save_has_saved_nothing(machines, database_url, step):
    one, other = machines("a", "b")
    command = [sys.executable, "-m", "tests.editing.killed_in_a_save", one.folder, database_url, step]
    died = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE)
    assert died.returncode == -9, died.stderr.decode()
    half = (one.library.root / "2026/03/hatch.md").read_text("utf-8").endswith("Halvsparat.\n")
    assert half == (step == "commit")
    for machine in (one, other):
        assert "Halvsparat." not in machine.hatch().tip
    other.edit("Efter döden.")
    [again] = machines("a")
    for machine in (one, other, again):
        assert "Efter döden." in machine.hatch().tip
        assert "Halvsparat." not in machine.hatch().tip
        assert [version.who for version in machine.desk.history.versions(LEAF)] == [1, None]


@on_sqlite
def test_a_refused_save_leaves_the_copy_as_it_was(machines):
    [one] = machines("a")
    with pytest.raises(save.SaveRefused):
        one.edit("Tomt.", ContentRef(2026, 3), bild=b"x" * 1_100_000)
    assert "Tomt." not in one.hatch().tip
    assert "bild.jpg" not in one.desk.read(LEAF)


@on_sqlite
def test_database_that_is_away_saves_nothing_and_stops_no_page(machines, monkeypatch):
    [one] = machines("a")

    def away(*_arguments, **_options):
        raise sa.exc.OperationalError("SELECT", None, OSError("away"))

    with monkeypatch.context() as patch, pytest.raises(store.ContentWriteError, match="Databasen svarar inte"):
        patch.setattr(sa.Engine, "connect", away)
        assert one.client.get("/").status_code == 200
        one.edit("Nyss.")
    assert "Nyss." not in one.hatch().tip


@on_sqlite
def test_files_seed_empty_database_and_then_wait_to_be_published(machines, tmp_path):
    [one] = machines("a")
    file = tmp_path / "b-files"
    prepared.copied(file)
    (tmp_path / "b").mkdir()
    text = file / "2026/03/hatch.md"
    text.write_text(text.read_text("utf-8") + "\nUr filen.\n", "utf-8")
    [other] = machines("b")
    assert "Ur filen." not in other.hatch().tip
    pushed = other.run("content", "push")
    assert pushed.output == "2026: 1 del publicerad.\n"
    assert "Ur filen." in one.hatch().tip
    assert other.run("content", "push").output == "2026: inget är ändrat.\n"


@on_sqlite
def test_publishing_files_takes_no_organisers_edit_back(machines, tmp_path):
    [one] = machines("a")
    one.edit("I webbläsaren.")
    assert one.run("content", "push").output == "2026: inget är ändrat.\n"
    text = tmp_path / "a-files/2026/03/hatch.md"
    text.write_text(text.read_text("utf-8") + "\nUr filen.\n", "utf-8")
    refused = one.run("content", "push")
    assert (refused.exit_code, "Ändrat både i filerna och av redaktionen: 2026/03." in refused.output) == (1, True)
    assert "I webbläsaren." in one.hatch().tip
    assert one.run("content", "push", "--over").exit_code == 0
    assert "Ur filen." in one.hatch().tip
    assert [version.who for version in one.desk.history.versions(LEAF)] == [None, 1, None]


def test_what_is_taken_away_in_files_is_published(content, tmp_path):
    files = shutil.copytree(content, tmp_path / "files")
    desk = Editor(content, History(tmp_path / "history"), {2026: read_edition(content / "2026")})
    added, act = ContentRef(2026, municipality="ny"), Change(1, "ny kommun", swedish("2026-11-20"))
    put_files(desk, added, {"ny.toml": desk.read(ContentRef(2026, municipality="ale"))["ale.toml"]}, act)
    for name in ("kommuner/lerum.toml", "03/miniatyr.svg"):
        (files / "2026" / name).unlink()
    gone = {ContentRef(2026, 3), ContentRef(2026, municipality="lerum")}
    assert {*editions.find_unpublished(desk, files, 2026).changed} == gone
    assert editions.publish_files(desk, files, 2026, False, replace(act, who=None)) == 2
    assert not (content / "2026/kommuner/lerum.toml").exists()
    assert not (content / "2026/03/miniatyr.svg").exists()
    assert desk.read(added)
    assert not editions.find_unpublished(desk, files, 2026).changed


@on_sqlite
def test_fault_in_files_is_told_and_nothing_is_published(machines, tmp_path):
    [one] = machines("a")
    text = tmp_path / "a-files/2026/03/hatch.md"
    text.write_text(text.read_text("utf-8").replace('title = "', 'titel = "'), "utf-8")
    refused = one.run("content", "push")
    assert (refused.exit_code, "2026/03/hatch.md, rad 2" in refused.output) == (1, True)
    assert one.run("content", "check").exit_code == 1
    assert not one.library.faults


@on_sqlite
def test_one_machine_reads_its_files_and_has_nothing_to_publish(app):
    answer = app.test_cli_runner().invoke(args=["content", "push"])
    assert (answer.exit_code, "läser filerna själv" in answer.output) == (1, True)

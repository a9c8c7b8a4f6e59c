"""The editions of a running calendar: edits are read without a restart, and visitors never meet a broken one."""

import os
from pathlib import Path
from shutil import copytree, rmtree
from types import SimpleNamespace
from typing import Any

import pytest

from app.calendar import library
from app.calendar.files.faults import ContentError
from app.calendar.library import LastGood, Library
from tests.calendar.test_content import edit
from tests.conftest import ROOT


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The seconds that the library believes have passed."""
    watch = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(library, "time", SimpleNamespace(monotonic=lambda: watch.seconds))
    return watch


def open_library(content: Path) -> Library:
    return Library(content, LastGood(content.with_name("last_good")))


def title(shelf: Library) -> str:
    return shelf.editions[2026].hatches[1].file.title


def look_again(shelf: Library, watch: SimpleNamespace) -> None:
    watch.seconds += 1
    shelf.refresh()


def test_changed_file_is_read_again_within_second_without_restart(content, watch):
    shelf = open_library(content)
    before = shelf.version
    edit(content, "01/hatch.md", 'title = "', 'title = "Nyhet: ')
    watch.seconds = 0.9
    shelf.refresh()
    assert not title(shelf).startswith("Nyhet")
    watch.seconds = 1
    shelf.refresh()
    assert title(shelf).startswith("Nyhet")
    assert shelf.version > before


def test_folder_that_may_not_be_read_is_no_change(content, watch, monkeypatch):
    (content / "lost+found").mkdir()
    scandir = os.scandir

    def refuse(folder: Path | str) -> Any:
        if str(folder).endswith("lost+found"):
            raise PermissionError(folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    shelf = open_library(content)
    before = shelf.version
    look_again(shelf, watch)
    assert shelf.version == before


@pytest.mark.parametrize("year", [2025, 2027])
def test_contest_id_that_another_edition_has_is_fault_of_newcomer(content, watch, year):
    shelf = open_library(content)
    copy_edition(content, year, "mjk-2026")
    look_again(shelf, watch)
    [fault] = shelf.faults
    line = (content / str(year) / "10/hatch.md").read_text().splitlines().index('id = "mjk-2026"') + 1
    sentence = "finns redan i kalendern 2026; varje tävling ska ha ett eget"
    assert str(fault) == f"{year}/10/hatch.md, rad {line}, fältet contest.id: {sentence}"
    assert [*shelf.editions] == [2026]
    copy_edition(content, year, f"mjk-{year}")
    look_again(shelf, watch)
    assert (shelf.faults, sorted(shelf.editions)) == ([], sorted({2026, year}))


def copy_edition(content: Path, year: int, contest_id: str) -> None:
    copytree(content / "2026", content / str(year), dirs_exist_ok=True)
    hatch = content / str(year) / "10/hatch.md"
    times = (
        hatch.read_text()
        .replace("opens = 2026", f"opens = {max(year, 2026)}")
        .replace("closes = 2026", "closes = 2027")
    )
    hatch.write_text(times.replace("draw_at = 2026", "draw_at = 2028").replace("mjk-2026", contest_id))


def test_nothing_is_read_again_when_nothing_has_changed(content, watch):
    shelf = open_library(content)
    editions, version = shelf.editions, shelf.version
    look_again(shelf, watch)
    assert (shelf.editions, shelf.version) == (editions, version)
    assert shelf.editions is editions


def test_visitors_keep_last_good_edition_while_broken_one_is_mended(content, watch, caplog):
    shelf = open_library(content)
    good = title(shelf)
    edit(content, "01/hatch.md", 'title = "', "title = 7 #")
    look_again(shelf, watch)
    assert title(shelf) == good
    assert [fault.field for fault in shelf.faults] == ["title"]
    assert "Fel i innehållet, den förra versionen visas: 2026/01/hatch.md" in caplog.text
    edit(content, "01/hatch.md", "title = 7 #", 'title = "Lagat: ')
    look_again(shelf, watch)
    assert title(shelf) == f"Lagat: {good}"
    assert shelf.faults == []


def test_what_is_broken_from_beginning_is_told_once_without_version(content, caplog):
    edit(content, "01/hatch.md", 'title = "', "title = 7 #")
    shelf = open_library(content)
    with pytest.raises(ContentError, match=r"2026/01/hatch\.md"):
        shelf.check()
    assert caplog.text == ""


def test_a_broken_edition_stays_beside_the_others(content, watch):
    (content / "2026").rename(content / "2025")
    copytree(content / "2025", content / "2026")
    edit(content, "10/hatch.md", "mjk-2026", "mjk-2026-2")
    shelf = open_library(content)
    edit(content, "01/hatch.md", 'title = "', "title = 7 #")
    look_again(shelf, watch)
    assert sorted(shelf.editions) == [2025, 2026]
    assert {fault.file for fault in shelf.faults} == {"2026/01/hatch.md"}


def test_new_edition_that_is_half_copied_leaves_old_one_alone(content, watch):
    shelf = open_library(content)
    (content / "2027/01").mkdir(parents=True)
    look_again(shelf, watch)
    assert [*shelf.editions] == [2026]
    assert {fault.file.partition("/")[0] for fault in shelf.faults} == {"2027"}
    with pytest.raises(ContentError, match=r"2027/edition\.toml: filen saknas"):
        shelf.check()


def test_a_strange_value_does_not_break_the_visitors_page(content, watch):
    shelf = open_library(content)
    edit(content, "07/hatch.md", "title = ", f"title = {5000 * '1'} #")
    look_again(shelf, watch)
    assert [*shelf.editions] == [2026]
    assert shelf.faults


def test_content_that_is_away_for_while_leaves_calendar_standing(content, watch):
    shelf = open_library(content)
    content.rename(content.with_name("borta"))
    look_again(shelf, watch)
    assert title(shelf)
    assert shelf.faults
    content.with_name("borta").rename(content)
    look_again(shelf, watch)
    assert shelf.faults == []


def test_file_that_vanishes_while_it_is_read_leaves_calendar_standing(content, watch, monkeypatch):
    def vanished(folder, *_):
        raise FileNotFoundError(folder)

    shelf = open_library(content)
    edit(content, "01/hatch.md", 'title = "', 'title = "Nyhet: ')
    monkeypatch.setattr(library, "read_edition", vanished)
    look_again(shelf, watch)
    assert title(shelf)
    assert shelf.faults


def break_locked_hatch(content):
    edit(content, "20/hatch.md", 'title = "', "title = 7 #")


def begin_next_year(content):
    (content / "2027/01").mkdir(parents=True)


def lose_hatch(content):
    rmtree(content / "2026/20")


def lose_year(content):
    rmtree(content / "2026")


def lose_everything(content):
    rmtree(content)


BROKEN = [break_locked_hatch, begin_next_year, lose_hatch, lose_year, lose_everything]


@pytest.mark.parametrize("damage", BROKEN)
def test_a_start_with_broken_content_serves_the_last_good_version(content, damage):
    good = open_library(content)
    damage(content)
    started = open_library(content)
    assert [*started.editions] == [2026]
    assert started.editions[2026].hatches == good.editions[2026].hatches
    assert started.faults
    started.require_edition()


def test_mended_edition_takes_place_of_last_good_one(content):
    open_library(content)
    edit(content, "01/hatch.md", 'title = "', "title = 7 #")
    broken = open_library(content)
    edit(content, "01/hatch.md", "title = 7 #", 'title = "Lagat: ')
    broken.refresh(at_once=True)
    assert title(broken).startswith("Lagat: ")
    edit(content, "01/hatch.md", 'title = "', "title = 7 #")
    assert title(open_library(content)).startswith("Lagat: ")


def test_a_broken_last_good_version_is_no_edition(content):
    open_library(content)
    for file in content.with_name("last_good").iterdir():
        file.write_bytes(b"no archive")
    break_locked_hatch(content)
    assert open_library(content).editions == {}


def test_a_start_without_any_calendar_says_what_to_do(tmp_path):
    with pytest.raises(ContentError, match="här finns ingen kalender; skapa en mapp med årtalet som namn"):
        open_library(tmp_path / "nothing").require_edition()


def test_the_real_content_can_be_shown(tmp_path):
    shelf = Library(ROOT / "calendar_content", LastGood(tmp_path))
    shelf.check()
    assert 2026 in shelf.editions

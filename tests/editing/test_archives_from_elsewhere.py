"""Archives as Finder and Windows pack them, from other years, and into a calendar that is there."""

import io
import shutil
import unicodedata
import zipfile
from itertools import count
from pathlib import Path

import pytest

from app.calendar.library import LastGood, Library
from app.calendar.loader import read_edition
from app.editing import editions, store
from app.editing.archive import unpack_edition
from app.editing.history import History
from app.editing.save import Change, Editor
from app.editing.store import ContentRef
from tests.calendar.test_content import edit
from tests.conftest import on_sqlite, swedish
from tests.editing.conftest import faults, fields, hatch_text, soup, words
from tests.editing.photos import photo
from tests.editing.test_archive import WHOLE, zipped

START = "/admin/redigera"
ARCHIVE = f"{START}/las-in"
RUBBISH = (
    "__MACOSX/2026/._edition.toml",
    *("2026/.DS_Store", "2026/01/._a.png", "2026/.Spotlight-V100/x", "2026/.fseventsd/a", ".Trashes/501/x"),
    *("2026/01/Thumbs.db", "2026/Thumbs.db:encryptable", "2026/ehthumbs_vista.db", "2026/desktop.ini", "2026/Icon\r"),
    *("System Volume Information/x", "$RECYCLE.BIN/desktop.ini", "2026/01/~$hatch.docx", "2026/01/.hatch.md.swp"),
)


@pytest.mark.parametrize("outer", ["", "miljojulkalendern-2026/", "Ny mapp (2)/"])
def test_what_finder_and_windows_add_is_ignored(outer):
    files = {f"{outer}2026/{name}": body for name, body in WHOLE.items()}
    files |= {name if name.startswith("__") else outer + name: b"x" for name in RUBBISH}
    assert unpack_edition(zipped(files), 2027) == unpack_edition(zipped(WHOLE), 2027)


def test_backslashes_of_windows_part_folders():
    packed = zipped({f"2026/{name}": body for name, body in WHOLE.items()})
    # ZipInfo writes slashes whatever it is given.
    assert unpack_edition(packed.replace(b"2026/", b"2026\\").replace(b"/hatch.md", b"\\hatch.md"), 2027) == (
        unpack_edition(packed, 2027)
    )


@pytest.mark.parametrize("told", [True, False], ids=["as UTF-8", "without a word"])
def test_a_name_that_finder_packed_is_read_as_it_was(told):
    body = zipped(WHOLE | {"01/åtgärd.png": photo(9, 9, "PNG")})
    loose = unicodedata.normalize("NFD", "åtgärd").encode()
    if not told:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as made:
            for name, content in WHOLE.items():
                made.writestr(name, content)
            made.writestr(f"01/{'x' * len(loose)}.png", photo(9, 9, "PNG"))
        body = target.getvalue().replace(b"x" * len(loose), loose)
    assert "åtgärd.png" in unpack_edition(body, 2027)[ContentRef(2027, 1)]


def packed(content):
    return zipped(
        {
            path.relative_to(content).as_posix(): path.read_bytes()
            for path in (content / "2026").rglob("*")
            if path.suffix in (".md", ".toml", ".svg")
        }
    )


@pytest.fixture
def send(organiser, content):
    """Send an archive of the shipped calendar, without its cards, after another change of the content."""
    for card in (content / "2026").rglob("delning*"):
        card.unlink()
    body = packed(content)

    def send_it(year):
        page = organiser.get(ARCHIVE)
        return organiser.post(ARCHIVE, data=fields(page) | {"year": year, "archive": (io.BytesIO(body), "x.zip")})

    return send_it


def everything(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@on_sqlite
def test_into_another_year_times_and_id_move_and_await_reading(send, organiser, content):
    assert send("2027").location == f"{START}?ar=2027&klart=inlast"
    contest = read_edition(content / "2027").file_contest
    assert (contest.id, contest.opens, contest.draw_at) == (
        "mjk-2027",
        swedish("2027-12-10 00:00:00"),
        swedish("2027-12-22 12:00:00"),
    )
    assert "25 delar är inte genomgångna än" in words(organiser.get(f"{START}?ar=2027"))


def test_old_year_shifts_in_every_title():
    head = '+++\ntitle = "Cykla 2026"\n+++\n\nText 2026.\n'
    files = {name: head.encode() for name in ("hatch.md", "lattlast.md", "en.md")}
    moved = editions.shift_year(files, ContentRef(2026, 3), 2027)
    assert all(b'title = "Cykla 2027"' in body and b"Text 2026" in body for body in moved.values())
    files = dict.fromkeys(("edition.toml", "en.toml"), b'title = "Kalendern 2026"\n')
    moved = editions.shift_year(files, ContentRef(2026), 2027)
    assert all(b'title = "Kalendern 2027"' in body for body in moved.values())


@pytest.mark.parametrize(
    ("folder", "title", "year", "source"),
    [
        ("2026/", "Agenda 2030-kalendern", 2026, None),
        ("", "Agenda 2030-kalendern", 2026, None),
        ("ut/2026/", "Vår klimatkalender 2030", 2026, None),
        ("2026/", "Agenda 2030-kalendern", 2027, 2026),
        ("", "Miljöjulkalendern 2026", 2027, 2026),
        ("2027/", "Kalendern", 2027, None),
        ("", "Kalendern mot 2050", 2027, None),
    ],
)
def test_year_of_archive_without_contest_is_plausible(folder, title, year, source):
    files = WHOLE | {"edition.toml": f'title = "{title}"\n'.encode()}
    made = editions.read_archive(year, zipped({folder + name: body for name, body in files.items()}))
    told = made[ContentRef(year)]["edition.toml"].decode()
    assert ("kopierad från" in told) == (source is not None)
    assert title.replace(f"kalendern {source}", f"kalendern {year}") in told
    assert source is None or f"kopierad från {source}" in told


@on_sqlite
def test_into_existing_year_it_asks_first_and_can_undo(send, organiser, content):
    edit(content, "03/hatch.md", 'title = "', 'title = "Ändrad: ')
    (content / "2026" / "04" / "ny.png").write_bytes(photo(9, 9, "PNG"))
    before = everything(content)
    asked = send("2026")
    assert [item.text for item in soup(asked).select("main li")] == ["Lucka 3: texten", "Lucka 4: bilden ny.png"]
    assert everything(content) == before
    assert organiser.post(f"{ARCHIVE}/ja?ar=2026", data=fields(asked)).location == f"{START}?ar=2026&klart=inlast"
    assert "Ändrad" not in hatch_text(content)
    page = organiser.get(START)
    assert "Ta tillbaka inläsningen" in words(page)
    back = organiser.post(f"{ARCHIVE}/ta-tillbaka?ar=2026", data=fields(page))
    assert back.location == f"{START}?ar=2026&klart=tillbaka"
    assert everything(content) == before
    assert "Ta tillbaka inläsningen" not in words(organiser.get(START))


@on_sqlite
def test_changes_after_an_import_are_never_taken_back_with_it(send, organiser, change, content):
    edit(content, "03/hatch.md", 'title = "', 'title = "Ändrad: ')
    organiser.post(f"{ARCHIVE}/ja?ar=2026", data=fields(send("2026")))
    page = organiser.get(START)
    change(f"{START}/lucka/3", title="Ny rubrik")
    late = organiser.post(f"{ARCHIVE}/ta-tillbaka?ar=2026", data=fields(page))
    assert faults(late) == ["Något har ändrats efter inläsningen. Gå tillbaka för en lucka i taget."]
    assert "Ny rubrik" in hatch_text(content)


@on_sqlite
def test_an_import_that_the_disk_refuses_half_way_changes_nothing(send, organiser, content, monkeypatch):
    for number in ("03", "04"):
        edit(content, f"{number}/hatch.md", 'title = "', 'title = "Ändrad: ')
    sent, before = fields(send("2026")), everything(content)
    write = store.write_atomically

    def refuse_the_fourth(root, leaf, files):
        if leaf.number == 4:
            raise store.ContentWriteError("Disken är full.")
        write(root, leaf, files)

    monkeypatch.setattr(store, "write_atomically", refuse_the_fourth)
    answer = organiser.post(f"{ARCHIVE}/ja?ar=2026", data=sent)
    assert (answer.status_code, faults(answer)) == (503, ["Disken är full."])
    assert everything(content) == before


def test_import_killed_between_its_moves_is_whole(content, tmp_path, monkeypatch):
    history, act = History(tmp_path / "history"), Change(1, "", swedish("2026-11-20"))
    desk = Editor(content, history, {2026: read_edition(content / "2026")})
    edit(content, "03/hatch.md", 'title = "', 'title = "Ny: ')
    made = {leaf: desk.read(leaf) for leaf in (ContentRef(2026, 3), ContentRef(2026, 4))}
    edit(content, "03/hatch.md", 'title = "Ny: ', 'title = "')
    rename, moves = Path.rename, count(1)

    def die(*_, **__):
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(Path, "rename", lambda path, to: rename(path, to) if next(moves) == 1 else die())
        killed.setattr(shutil, "rmtree", die)
        with pytest.raises(SystemExit):
            editions.put_edition(desk, 2026, made, act)
    assert not (content / "2026").exists()
    library = Library(content, LastGood(tmp_path / "good"))
    assert library.editions[2026].hatches[3].file.title.startswith("Ny: ")
    assert (library.faults, [path.name for path in content.iterdir()]) == ([], ["2026"])


@on_sqlite
def test_what_is_not_read_through_stays_so_wherever_it_goes(organiser, change, content):
    change(f"{START}/ny")
    assert change(f"{START}/byt-plats?ar=2027", first="3", second="15").status_code == 303
    assert change(f"{START}/lucka/4/bild?ar=2027", image_credit="Foto: Anna").status_code == 303
    page = words(organiser.get(f"{START}?ar=2027"))
    assert "25 delar är inte genomgångna än" in page
    assert "se över: kopierad från 2026" in page
    with organiser.get(f"{START}/kalender.zip?ar=2027") as answer:
        texts = {leaf: files for leaf, files in unpack_edition(answer.data, 2027).items() if not leaf.municipality}
    assert all(b'unreviewed = "kopierad fr' in files[leaf.text_name] for leaf, files in texts.items())
    told = organiser.get("/admin/beredskap?ar=2027")
    assert "Texten är inte genomgången (kopierad från 2026)." in words(told)
    assert f'Ändra den i ZIP-filen. <a href="{START}?' in " ".join(told.text.split())


@on_sqlite
def test_a_sentence_that_was_to_be_replaced_is_never_ready(organiser, change, content):
    change(f"{START}/ny", source="tom")
    assert change(f"{START}/lucka/3?ar=2027", title="Vår rubrik").status_code == 303
    told = words(organiser.get("/admin/beredskap?ar=2027"))
    assert "Här står fortfarande ”Skriv en mening om tipset.”. Skriv er egen text." in told
    assert "Här står fortfarande ”Skriv tipset här.”" in told

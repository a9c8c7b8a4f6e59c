"""Several organisers at once, in threads and in processes: nothing is lost, and nothing is half written."""

import io
import re
import subprocess
import sys
from threading import Barrier, Thread

import pytest

from app.calendar.loader import read_edition
from app.editing import store
from app.editing.history import History
from app.editing.store import ContentRef
from tests.conftest import ROOT, on_sqlite
from tests.editing.conftest import fields, hatch_text, words
from tests.editing.photos import photo

START = "/admin/redigera"
HATCH = f"{START}/lucka/3"
# Adds its name to the end of a hatch four times, and looks at it anew whenever another process was first.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.editing import save, store
from app.editing.history import History
from app.editing.store import ContentRef

root, history, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
desk, leaf = save.Editor(root, History(history), {}), ContentRef(2026, 3)

def signed(files):
    text = files["hatch.md"].decode()
    return files | {"hatch.md": (text + f"{name}.\\n").encode()}

print("ready", flush=True)
sys.stdin.readline()
for _ in range(4):
    while True:
        try:
            act = save.Change(None, name, datetime.now(UTC))
            save.save_change(desk, leaf, store.checksum(desk.read(leaf)), signed, act)
            break
        except save.EditConflict:
            continue
"""


def together(*acts):
    """Do several things at the same moment; what each of them gave, in order."""
    start, given = Barrier(len(acts)), [None] * len(acts)

    def do(place):
        start.wait()
        given[place] = acts[place]()

    threads = [Thread(target=do, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def sending(client, address, form=None, **changes):
    """What sends a form with what it says now, changed."""
    sent = fields(client.get(form or address)) | changes
    return lambda: client.post(address, data=sent)


def kept(app, number=3):
    """Every text that the hatch has had, the newest first."""
    history = History(app.extensions["library"].root.parent / "history")
    leaf = ContentRef(2026, number)
    return [history.files(leaf, version)["hatch.md"].decode() for version in history.versions(leaf)]


@on_sqlite
def test_swap_and_edit_at_same_moment_lose_nothing(app, organiser, anna, content):
    edit = sending(organiser, HATCH, title="Min rubrik")
    swap = sending(anna, f"{START}/byt-plats", first="3", second="15")
    answer, swapped = together(edit, swap)
    assert (swapped.status_code, answer.status_code in (303, 409)) == (303, True)
    where = [n for n in (3, 15) if 'title = "Min rubrik"' in hatch_text(content, n)]
    if answer.status_code == 409:
        assert (where, fields(answer)["title"]) == ([], "Min rubrik"), "what was typed is still in the form"
        assert "anna@example.se ändrade den här luckan" in words(answer)
    else:
        assert where == [15], "the edit came first and moved with its hatch"
    assert len(read_edition(content / "2026").hatches) == 24


@on_sqlite
def test_picture_and_text_at_same_moment_lose_nothing(organiser, anna, content):
    text = sending(organiser, HATCH, title="Min rubrik")
    picture = sending(anna, f"{HATCH}/bild", image_alt="En röd cykel.", picture=(io.BytesIO(photo()), "x.jpg"))
    assert [answer.status_code for answer in together(text, picture)] == [303, 303]
    assert 'title = "Min rubrik"' in hatch_text(content)
    assert "En röd cykel." in hatch_text(content)
    assert read_edition(content / "2026").hatches[3].file.image in read_edition(content / "2026").hatches[3].images


@on_sqlite
def test_going_back_and_edit_at_same_moment_lose_nothing(app, organiser, anna, change, content):
    change(HATCH, title="Andra")
    back = sending(anna, f"{HATCH}/tidigare/1")
    edit = sending(organiser, HATCH, title="Tredje")
    restored, edited = together(back, edit)
    assert (restored.status_code, edited.status_code in (303, 409)) == (303, True)
    texts = kept(app)
    assert 'title = "Andra"' in texts[1] or 'title = "Andra"' in texts[2]
    if edited.status_code == 303:
        assert 'title = "Tredje"' in texts[1], "the edit came first, and is a version to go back to"
    else:
        assert fields(edited)["title"] == "Tredje"
    assert texts[0] == hatch_text(content)


def test_two_processes_writing_at_once_lose_nothing_nor_leave_halves(tmp_path, content):
    words_of = [sys.executable, "-c", WRITER, str(content), str(tmp_path / "history")]
    writers = [
        subprocess.Popen([*words_of, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for name in ("Anna", "Olle")
    ]
    assert {writer.stdout.readline() for writer in writers} == {"ready\n"}
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    while any(writer.poll() is None for writer in writers):
        text = hatch_text(content)
        assert re.search(r"\n(?:(?:Anna|Olle)\.\n)*\Z", text), "a reader meets a whole file at any moment"
    for writer in writers:
        writer.communicate()
    assert [writer.returncode for writer in writers] == [0, 0]
    found = re.findall(r"^(Anna|Olle)\.$", hatch_text(content), re.MULTILINE)
    assert (found.count("Anna"), found.count("Olle")) == (4, 4)
    assert [version.number for version in History(tmp_path / "history").versions(ContentRef(2026, 3))] == [
        *range(9, 0, -1)
    ]
    assert [path.name for path in content.rglob("*.partial")] == []


@on_sqlite
@pytest.mark.parametrize("fails_at", ["hatch.md", "bild.svg"])
def test_swap_that_disk_refuses_halfway_is_put_back_whole(change, content, monkeypatch, fails_at):
    before = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    put, failed = store.put_files, []

    def full(path, body):
        if path.parent == content / "2026" / "15" and path.name == fails_at and not failed:
            failed.append(path)
            raise OSError(28, "nej")
        put(path, body)

    monkeypatch.setattr(store, "put_files", full)
    answer = change(f"{START}/byt-plats", first="3", second="15")
    assert (answer.status_code, "Inget är ändrat på sidan." in words(answer)) == (503, True)
    assert failed
    assert {path: path.read_bytes() for path in content.rglob("*") if path.is_file()} == before

"""The archive package: unpacked elsewhere, it is whole, checks itself, recounts the draw and names nobody."""

import io
import subprocess
import sys
import tracemalloc
from hashlib import sha256
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from app import database
from app.audit import chain, records
from app.contest import entries, rulebook
from app.contest.models import Entry
from app.database import db, write
from app.draw import anchors
from app.privacy import archive, erasure
from app.web import zipped
from tests.conftest import on_sqlite, signed_in, swedish, token_in

ADDRESS = "/admin/arkivpaket.zip"
NAMES = ("anna", "bo", "cecilia", "david")
EARLY = {"README.txt", "SHA256SUMS", "verifiera.py"}
OPEN = EARLY | {"logg.txt", "lista.txt", "dagar.txt", "regler/version-1.txt"}
LOCKED = OPEN | {"regler.txt", "lasbevis.txt", "protokoll.json"}


@pytest.fixture
def app(make_app, decided):
    return make_app(CALENDAR_CONTENT=decided)


@pytest.fixture
def receipts(app, accept, contest):
    """Four people on two days; the rules as they were when the contest opened."""
    organiser = app.extensions["library"].editions[2026].file.organiser
    with app.app_context():
        rulebook.freeze(contest, organiser, swedish("2026-12-10 00:00:30"))
    days = ("2026-12-10 09:00", "2026-12-10 10:00", "2026-12-10 11:00", "2026-12-11 09:00")
    return [accept(f"{name}@example.se", at=at) for name, at in zip(NAMES, days, strict=True)]


@pytest.fixture
def unpack(organiser, tmp_path):
    """Fetches the package and unpacks it: the folder that it makes."""

    def go(address=ADDRESS, to="arkiv"):
        answer = organiser.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        assert answer.headers["Cache-Control"] == "no-store"
        with ZipFile(io.BytesIO(answer.data)) as packed:
            assert packed.testzip() is None
            packed.extractall(tmp_path / to)
        [folder] = (tmp_path / to).iterdir()
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{folder.name}.zip"'
        return folder

    return go


def files_in(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def checked(folder):
    """What `sha256sum -c` says; every file but the list itself has to be in it."""
    run = subprocess.run(["sha256sum", "-c", "--strict", zipped.SUMS], cwd=folder, capture_output=True, text=True)
    told = {line.rpartition(": ")[0]: line.rpartition(": ")[2] for line in run.stdout.splitlines()}
    assert set(told) == {*files_in(folder)} - {zipped.SUMS}
    return run.returncode, {*told.values()}


def recounted(folder):
    run = subprocess.run([sys.executable, "verifiera.py"], cwd=folder, capture_output=True, text=True)
    return run.returncode, run.stdout.splitlines()[-1]


def names_somebody(folder, receipts):
    """What is known of the participants and stands in the package all the same."""
    known = [f"{name}@" for name in NAMES] + ["ovning.example"]
    for receipt in receipts:
        known += [receipt.code, receipt.code.lower(), entries.grouped(receipt.code)]
    return [text for text in known for data in files_in(folder).values() if text.encode() in data]


@on_sqlite
def test_before_the_contest_the_package_says_what_is_to_come(organiser, unpack, clock):
    clock.set("2026-12-01 08:00")
    folder = unpack()
    assert set(files_in(folder)) == EARLY
    assert checked(folder) == (0, {"OK"})
    readme = (folder / "README.txt").read_text("utf-8")
    assert "Vad som inte finns" in readme
    assert "Reglerna sparas när tävlingen öppnar." in readme


@pytest.mark.parametrize("state", ["open", "closed", "locked", "drawn", "contact", "finished"])
def test_at_every_stage_it_is_whole_and_names_nobody(receipts, reach, unpack, state):
    reach(state)
    folder = unpack()
    assert {name for name in files_in(folder) if not name.startswith("listor/")} == (
        OPEN if state in ("open", "closed") else LOCKED
    )
    assert checked(folder) == (0, {"OK"})
    assert names_somebody(folder, receipts) == []
    if state not in ("open", "closed"):
        assert recounted(folder) == (0, "Allt stämmer.")


def test_its_files_are_those_that_anyone_may_fetch(receipts, reach, unpack, client, contest, app, clock):
    reach("finished")
    with app.app_context():
        anchors.add(contest, anchors.Sent("Registratorn i Mölndal", clock.now(), "KS 2026/123"), clock.now())
    files = files_in(unpack())
    for name in ("lista.txt", "lasbevis.txt", "regler.txt", "protokoll.json", "dagar.txt", "verifiera.py"):
        assert files[name] == client.get(f"/2026/dragning/{name}").data
    for name, data in files.items():
        if name.startswith("listor/"):
            assert data == client.get(f"/2026/dragning/lista.txt?dag={name[7:17]}").data
    # From the eleventh on the list is the one that was locked.
    assert [name for name in files if name.startswith("listor/")] == ["listor/2026-12-10.txt"]
    assert "Registratorn i Mölndal" in files["forankringar.txt"].decode()
    assert "Beteckning: KS 2026/123\n" in files["forankringar.txt"].decode()


def test_its_log_can_be_recounted_and_vouches_for_every_day_and_version(receipts, reach, unpack):
    reach("finished")
    files = {name: data.decode() for name, data in files_in(unpack()).items()}
    heads, head = [], chain.START
    for line in files["logg.txt"].splitlines():
        told, _, body = line.partition(" ")
        head = sha256(f"oppen-dragning/v1/logg\n{head}\n{body}\n".encode()).hexdigest()
        assert told == head
        heads.append(head)
    days = [line.split(" ") for line in files["dagar.txt"].splitlines()[2:]]
    assert days
    assert {day[3] for day in days} <= {*heads}
    assert sha256(files["regler/version-1.txt"].encode()).hexdigest() in files["logg.txt"]
    assert [receipt.ticket in files["logg.txt"] for receipt in receipts] == [True] * 4


def test_after_the_erasure_it_still_recounts_and_has_the_record_of_it(receipts, reach, unpack, clock, app):
    reach("finished")
    before = files_in(unpack(to="before"))
    clock.set("2027-04-01 03:10")
    with app.app_context():
        erasure.erase_due(clock.now())
    folder = unpack()
    after = files_in(folder)
    assert (checked(folder), recounted(folder)) == ((0, {"OK"}), (0, "Allt stämmer."))
    assert names_somebody(folder, receipts) == []
    assert {name for name in after if before.get(name) != after[name]} == {
        *("README.txt", "SHA256SUMS", "logg.txt", "dagar.txt", "gallring.txt")
    }
    assert after["logg.txt"].startswith(before["logg.txt"])
    assert "Beslut: GR 2026-117." in after["gallring.txt"].decode()
    assert "Lägg därför inte ut paketet" in before["README.txt"].decode()
    assert "Inget i paketet säger vem som deltog." in after["README.txt"].decode()


def test_a_changed_byte_is_found(receipts, reach, unpack):
    reach("drawn")
    folder = unpack()
    changed = (folder / "lista.txt").read_bytes().replace(b" med\n", b" struken\n", 1)
    (folder / "lista.txt").write_bytes(changed)
    assert checked(folder)[1] == {"OK", "FAILED"}
    assert recounted(folder)[0] == 1


@on_sqlite
def test_the_same_content_gives_the_same_bytes_whenever_and_wherever_it_is_asked_for(
    receipts, reach, organiser, clock, make_app, decided
):
    reach("finished")
    clock.set("2027-01-10 08:00")
    first = organiser.get(ADDRESS).data
    clock.set("2027-01-20 21:30")
    assert organiser.get(ADDRESS).data == first
    assert signed_in(make_app(CALENDAR_CONTENT=decided), "olga@example.se").get(ADDRESS).data == first


@on_sqlite
def test_the_package_of_a_rehearsal_says_so_and_is_of_the_rehearsal_only(receipts, organiser, unpack, clock):
    clock.set("2026-12-11 14:30:20")
    desk = "/admin/dragning"
    organiser.post(f"{desk}/ova", data={"number": "1", "token": token_in(organiser.get(desk))})
    for act, fields in (("las", {"draw_at": "2026-12-11T14:31"}), ("hamta", {})):
        clock.forward(seconds=20)
        token = token_in(organiser.get(f"{desk}?ovning=1"))
        answer = organiser.post(f"{desk}/{act}?ar=2026&ovning=1", data=fields | {"token": token})
        assert answer.status_code == 303
    assert f"{ADDRESS}?ar=2026&amp;ovning=1" in organiser.get(f"{desk}?ovning=1").text
    folder = unpack(f"{ADDRESS}?ar=2026&ovning=1")
    assert folder.name == "arkivpaket-ovning-2026-1"
    files = files_in(folder)
    assert files["README.txt"].decode().startswith("ÖVNING. Inget i det här paketet är på riktigt.\n")
    assert files["regler.txt"].decode().startswith("ÖVNING.")
    assert (checked(folder), recounted(folder)) == ((0, {"OK"}), (0, "Allt stämmer."))
    assert names_somebody(folder, receipts) == []
    assert [receipt for receipt in receipts if receipt.ticket.encode() in b"".join(files.values())] == []


@on_sqlite
def test_the_page_of_the_draw_leads_to_it_and_says_what_it_holds(receipts, reach, organiser, clock, app):
    reach("finished")
    page = organiser.get("/admin/dragning").text
    assert f'href="{ADDRESS}?ar=2026" download>Hämta arkivpaketet</a>' in page
    assert "Lägg inte ut paketet på webben före gallringen." in page
    clock.set("2027-04-01 03:10")
    with app.app_context():
        erasure.erase_due(clock.now())
    assert "Lägg inte ut paketet" not in organiser.get("/admin/dragning").text
    assert f'href="{ADDRESS}?ar=2026"' in organiser.get("/admin/gallring").text


@on_sqlite
def test_only_organisers_get_it(receipts, client):
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.location) == (303, "/admin/logga-in")


@on_sqlite
def test_lists_that_are_too_long_together_stay_out_and_it_says_how_to_make_them(receipts, reach, unpack, monkeypatch):
    reach("closed")
    monkeypatch.setattr(archive, "MOST_LINES", 2)
    files = files_in(unpack())
    assert [name for name in files if name.startswith("listor/")] == []
    assert "De går att göra" in files["README.txt"].decode()


@on_sqlite
def test_while_it_is_sent_no_connection_is_held_and_hardly_any_memory(app, contest, organiser, clock, monkeypatch):
    monkeypatch.setattr(database, "BATCH", 500)
    clock.set("2026-12-11 12:00")
    with app.app_context():
        write()
        tickets = [sha256(b"%d" % number).hexdigest() for number in range(20_000)]
        rows = [{"contest_id": contest.id, "ticket": ticket, **ENTERED} for ticket in tickets]
        db.session.execute(sa.insert(Entry), rows)
        records.append_all(contest.id, "bidrag", swedish("2026-12-10 09:00"), ({"lott": each} for each in tickets))
        db.session.commit()
    del rows, tickets
    assert len(organiser.get(ADDRESS).data) > 2_000_000
    parts = organiser.get(ADDRESS, buffered=False).iter_encoded()
    assert next(parts)
    with app.app_context():
        assert db.engine.pool.checkedout() == 0
    tracemalloc.start()
    sent = sum(map(len, parts))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (sent > 2_000_000, most < 1_500_000) == (True, True)


ENTERED = {"answer": "2030", "municipality": "1441", "received_at": swedish("2026-12-10 09:00")}


def test_a_zip_made_as_it_goes_is_a_zip_like_any_other():
    files = [("a.txt", ["å", "ä\n"] * 100_000), ("b/c.txt", []), ("d.txt", ["x"])]
    data = b"".join(zipped.zipped("mapp", files, swedish("2026-12-24 15:00")))
    assert data == b"".join(zipped.zipped("mapp", files, swedish("2026-12-24 15:00")))
    with ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["mapp/a.txt", "mapp/b/c.txt", "mapp/d.txt", "mapp/SHA256SUMS"]
        assert packed.read("mapp/a.txt").decode() == "åä\n" * 100_000
        assert packed.infolist()[0].date_time == (2026, 12, 24, 15, 0, 0)
        sums = packed.read("mapp/SHA256SUMS").decode()
    assert sums.splitlines()[2] == f"{sha256(b'x').hexdigest()}  d.txt"

"""The workbook: what people wrote is there as they wrote it, and nothing of it is run."""

import io
import re
import zipfile
from datetime import datetime
from xml.etree import ElementTree

import pytest

from app.contest.models import Entry
from app.database import db
from tests.conftest import on_sqlite, swedish

# From the first day of spreadsheets to 10 December 2026.
DAYS = (datetime(2026, 12, 10) - datetime(1899, 12, 30)).days
NAME = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def unpacked(organiser):
    with organiser.get("/admin/bidrag.xlsx") as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"] == "attachment; filename=bidrag-mjk-2026.xlsx"
        return zipfile.ZipFile(io.BytesIO(answer.data))


def kinds(book):
    """What the cells below the heading are, but for the number of the entry and its time."""
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 – made by ourselves
    below = list(sheet.iter(f"{NAME}row"))[1:]
    return {cell.get("t") for row in below for cell in row if cell.get("r")[0] not in "AB" and len(cell)}


def rows(book):
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 – made by ourselves
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{NAME}row")]


def test_swedish_letters_and_pictures_come_through(accept, organiser):
    accept("åsa@example.se", motivation='Räksmörgås på Öckerö 🎄 <b> & "så"')
    heading, first = rows(unpacked(organiser))
    assert heading == [
        "Nr",
        "Mottaget",
        "E-post",
        "Svar",
        "Kommun",
        "Motivering",
        "Struket",
        "Lott",
        "Post i loggen",
        "Lotten som gäller",
    ]
    assert first[:6] == [
        "1",
        str(DAYS + 9 / 24),
        "åsa@example.se",
        "2030",
        "Lerum",
        'Räksmörgås på Öckerö 🎄 <b> & "så"',
    ]


@on_sqlite
def test_no_cell_is_formula_or_link(accept, organiser):
    starts = ("=", "+", "-", "@", "\t=", "\r=", "\n=", "{=", "http://", "mailto:", "external:", "internal:")
    for start in starts:
        accept(f"=1+{starts.index(start)}@example.se", motivation=f'{start}HYPERLINK("http://elak.example";"Klicka")')
    book = unpacked(organiser)
    everything = "".join(book.read(name).decode() for name in book.namelist())
    assert not re.search(r"<f[ >]|<hyperlink|externalLink|oleObject|vbaProject", everything)
    assert {row[2][:3] for row in rows(book)[1:]} == {"=1+"}
    assert rows(book)[1][5] == '=HYPERLINK("http://elak.example";"Klicka")'
    assert kinds(book) == {"inlineStr"}


@on_sqlite
def test_number_that_somebody_wrote_stays_text(accept, organiser):
    accept("bo@example.se", motivation="0046701234567")
    sheet = unpacked(organiser).read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<c r="F2" t="inlineStr"><is><t>0046701234567</t>', sheet)


@pytest.mark.parametrize("file", ["bidrag.xlsx", "bidrag.csv"])
def test_many_entries_are_all_there(app, contest, organiser, file):
    with app.app_context():
        db.session.add_all(entry(contest, number) for number in range(1201))
        db.session.commit()
    with organiser.get(f"/admin/{file}") as answer:
        if file.endswith("xlsx"):
            found = [row[2] for row in rows(zipfile.ZipFile(io.BytesIO(answer.data)))[1:]]
        else:
            found = [line.split(";")[2] for line in answer.data.decode("utf-8-sig").splitlines()[1:]]
    assert found == [f"{number}@example.se" for number in range(1201)]


def entry(contest, number):
    known = {"contest_id": contest.id, "answer": "2030", "municipality": "1441", "received_at": swedish("2026-12-10")}
    return Entry(**known, ticket=f"{number:064x}", email=f"{number}@example.se")


@on_sqlite
def test_spreadsheet_leaves_nothing_on_server(accept, organiser, tmp_path):
    accept("bo@example.se")
    unpacked(organiser)
    assert list(tmp_path.glob("xlsx-*")) == []


@on_sqlite
@pytest.mark.parametrize("shown", ["2026-12-10 09:00:00", "2026-12-11 00:30:00"])
def test_times_are_those_on_the_wall(accept, organiser, shown):
    accept("bo@example.se", at=shown)
    with organiser.get("/admin/bidrag.csv") as answer:
        assert answer.data.decode("utf-8-sig").splitlines()[1].split(";")[1] == shown
    assert f"Mottaget: {shown}" in organiser.get("/admin/bidrag/1/utdrag.txt").text


@on_sqlite
def test_the_other_file_comes_in_pieces(accept, organiser):
    accept("bo@example.se")
    with organiser.get("/admin/bidrag.csv") as answer:
        assert answer.is_streamed
        assert answer.headers.get("Content-Length") is None

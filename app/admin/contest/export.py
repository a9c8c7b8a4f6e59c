"""All entries of a contest as files for the spreadsheet, row by row from the database however many they are."""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from app.clock import SWEDEN
from app.contest.lookup import municipality_names
from app.contest.models import Entry
from app.database import db

COLUMNS = (
    *("Nr", "Mottaget", "E-post", "Svar", "Kommun", "Motivering", "Struket", "Lott"),
    *("Post i loggen", "Lotten som gäller"),
)
# In signs.
WIDTHS = (6, 20, 32, 12, 20, 50, 16, 66, 14, 66)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AT_A_TIME = 500
# The last four are the first ones as wide as a Chinese character, which some spreadsheets take for the same.
_BEGINS_A_FORMULA = (*"=+-@\t\r\n\0", *"\uff1d\uff0b\uff0d\uff20")


def entry_cells(entry: Entry, municipalities: Mapping[str, str]) -> tuple[object, ...]:
    """Return an entry under the headings of COLUMNS; its time is what clocks in Sweden showed."""
    municipality = municipalities.get(entry.municipality, entry.municipality)
    received = entry.received_at.astimezone(SWEDEN).replace(tzinfo=None, microsecond=0)
    known = (entry.id, received, entry.email, entry.answer, municipality)
    return (*known, entry.motivation, entry.struck, entry.ticket, entry.nr, entry.stays)


def entry_rows(contest_id: str) -> Iterator[tuple[object, ...]]:
    query = sa.select(Entry).where(Entry.contest_id == contest_id).order_by(Entry.id)
    municipalities = municipality_names()
    for entry in db.session.scalars(query.execution_options(yield_per=_AT_A_TIME)):
        yield entry_cells(entry, municipalities)
        db.session.expunge(entry)


def csv_lines(contest_id: str) -> Iterator[str]:
    """As Swedish spreadsheets like it: semicolons and a byte order mark."""
    # Excel takes a CSV file without the mark for Windows-1252, and å for two signs.
    yield "\ufeff" + entry_line(COLUMNS)
    for row in entry_rows(contest_id):
        yield entry_line([_harmless(cell) for cell in row])


def entry_line(row: tuple[object, ...] | list[str]) -> str:
    sheet = io.StringIO()
    csv.writer(sheet, delimiter=";").writerow(row)
    return sheet.getvalue()


def _harmless(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def entry_workbook(contest_id: str, instance: str) -> BinaryIO:
    """Return an open XLSX file without a name."""
    # Every cell but number and time is text, so that nothing is run.
    # What it is made of lies in the instance folder meanwhile, which is for the server's own user.
    # It takes 8 MiB, and few processes ever make a workbook.
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="xlsx-", dir=instance) as folder:
        path = Path(folder) / "bidrag.xlsx"
        # XlsxWriter keeps all cells in memory, and makes formulas and links of text, unless it is told not to.
        options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(path, options) as book:
            sheet = book.add_worksheet("Tävlingssvar")
            sheet.freeze_panes(1, 0)
            for number, width in enumerate(WIDTHS):
                sheet.set_column(number, number, width)
                sheet.write_string(0, number, COLUMNS[number], book.add_format({"bold": True}))
            as_time = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            for line, (number_of_entry, received, *row) in enumerate(entry_rows(contest_id), 1):
                sheet.write_number(line, 0, number_of_entry)
                sheet.write_datetime(line, 1, received, as_time)
                for column, cell in enumerate(row, 2):
                    sheet.write_string(line, column, "" if cell is None else str(cell))
        return path.open("rb")

"""Whole editions: two hatches that change places, next year's calendar from this year's, and one from an archive."""

import re
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from app.calendar.schedule import NUMBERS, is_open
from app.clock import SWEDEN
from app.editing import archive, hatch_file, save, store, validation
from app.editing.save import Change, Editor, SaveRefused
from app.editing.store import ContentRef, Files

BLANK_HATCH = """+++
title = "Lucka {number}"
summary = "Skriv en mening om tipset."
steps = ["Skriv det första steget."]

[[facts]]
text = "Skriv något som går att kontrollera."
source = "Skriv vem som säger det."
url = "https://example.org/"
year = "odaterad"

[question]
text = "Skriv en fråga."
options = ["Ja", "Nej"]
answer = "Ja"
explanation = "Skriv varför."
+++

Skriv tipset här.
"""


def read_all(desk: Editor, year: int) -> dict[ContentRef, Files]:
    """Return every leaf of an edition. Raises ContentWriteError when one cannot be read."""
    return {leaf: desk.read(leaf) for leaf in _all(year)}


def _all(year: int) -> list[ContentRef]:
    return [ContentRef(year, number) for number in (0, *NUMBERS)]


def swap_hatches(desk: Editor, year: int, first: int, second: int, act: Change) -> None:
    """Two hatches change places, with texts, pictures and contest. Raises SaveRefused, ContentWriteError."""
    if first == second:
        raise SaveRefused("Välj två olika luckor.")
    if is_open(year, first, act.now) != is_open(year, second, act.now):
        raise SaveRefused("En av luckorna är öppen och den andra låst. Då skulle den låstas text synas för tidigt.")
    with store.exclusive_lock(desk.history.root):
        one, other = ContentRef(year, first), ContentRef(year, second)
        save.save_all(desk, {one: desk.read(other), other: desk.read(one)}, act)


def copy_edition(desk: Editor, source: int, year: int, act: Change) -> None:
    """A new edition from an earlier one: the contest's times moved, its name new, every leaf to be looked through."""
    with store.exclusive_lock(desk.history.root):
        made = {
            ContentRef(year, leaf.number): shift_year(files, leaf, year)
            for leaf, files in read_all(desk, source).items()
        }
        create_edition(desk, year, made, Change(act.who, f"{save.COPIED} {source}", act.now))


def blank_edition(desk: Editor, source: int, year: int, act: Change) -> None:
    """A new edition with hatches to write; sender and statement come from an earlier one."""
    with store.exclusive_lock(desk.history.root):
        made = {ContentRef(year): shift_year(desk.read(ContentRef(source)), ContentRef(source), year)}
        made |= {ContentRef(year, n): {"hatch.md": BLANK_HATCH.format(number=n).encode()} for n in NUMBERS}
        create_edition(desk, year, made, Change(act.who, save.BLANK, act.now))


def shift_year(files: Files, leaf: ContentRef, year: int) -> Files:
    """Return the files of a leaf with the year's own words in its text changed to those of another year."""
    text = store.text_of(files)
    try:
        if not leaf.number:
            title = str(hatch_file.parse_toml(text).get("title", "")).replace(str(leaf.year), str(year))
            new = hatch_file.change_toml(text, {"title": title})
        else:
            contest = hatch_file.parse_hatch(text)[0].get("contest")
            new = hatch_file.render_hatch(text, {"contest": _next(contest, leaf.year, year)}) if contest else text
    except hatch_file.HatchFileError:
        raise SaveRefused(f"{leaf.name}/{leaf.text_name} i {leaf.year} går inte att läsa. Rätta den först.") from None
    return files | {leaf.text_name: new.encode()}


def _next(contest: dict[str, Any], before: int, year: int) -> dict[str, Any]:
    name = str(contest.get("id", ""))
    moved = name.replace(str(before), str(year)) if str(before) in name else f"{name}-{year}"
    times = {key: at.replace(year=at.year + year - before) for key, at in contest.items() if isinstance(at, datetime)}
    return {"id": moved} | times


def create_edition(desk: Editor, year: int, made: dict[ContentRef, Files], act: Change) -> None:
    """Put a new edition in place in one move. Raises SaveRefused, ContentWriteError."""
    folder = desk.root / str(year)
    if folder.exists():
        raise SaveRefused(f"Det finns redan en kalender för {year}.")
    if not re.fullmatch(r"20\d\d", str(year)):
        raise SaveRefused("Skriv ett årtal med fyra siffror, som 2027.")
    if found := validation.find_faults(desk.root, year, made, desk.shown):
        raise SaveRefused(faults=tuple(found))
    save.require_not_early(desk, made, act.now, years=desk.shown)
    with store.translate_os_errors():
        for leaf, files in made.items():
            desk.history.add(leaf, files, act.who, act.what, act.now)
        temporary = Path(tempfile.mkdtemp(prefix=".ny-", dir=desk.root))
        try:
            temporary.chmod(0o755)
            for leaf, files in made.items():
                target = temporary / (leaf.name if leaf.number else "")
                target.mkdir(exist_ok=True)
                for name, body in files.items():
                    store.put_files(target / name, body)
            temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def require_future_year(year: int, now: datetime) -> None:
    """Raise SaveRefused for a year whose hatches would be open from the start and shown at once."""
    if year < now.astimezone(SWEDEN).year or is_open(year, 1, now):
        raise SaveRefused(f"Luckorna för {year} skulle vara öppna på en gång. Välj ett kommande år.")


def import_edition(desk: Editor, year: int, body: bytes, act: Change) -> None:
    """Put an archive's edition in place, as a new year or instead of one whose contest has not opened.

    Raises NotAllowed, SaveRefused with every fault, ContentWriteError.
    """
    made = archive.unpack_edition(body, year)
    with store.exclusive_lock(desk.history.root):
        if not (desk.root / str(year)).exists():
            create_edition(desk, year, made, act)
            return
        edition = desk.shown.get(year)
        if edition and validation.has_opened(edition, act.now):
            raise SaveRefused(f"Tävlingen i {year} har öppnat, så kalendern kan inte bytas ut. Ändra en lucka i taget.")
        save.save_all(desk, made, act)

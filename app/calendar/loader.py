"""Reads the files of an edition."""

# Every fault is named with file, field and line.

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

import nh3
from markdown_it import MarkdownIt
from pydantic import BaseModel, ValidationError

from app.calendar.edition import EditionFile, HatchFile
from app.calendar.faults import ContentError, Fault, from_pydantic_errors, line_numbers
from app.calendar.gaps import find_gaps
from app.calendar.schedule import NUMBERS, Edition, Hatch, opens_at

LARGEST_TEXT = 100_000
LARGEST_IMAGE = 1_000_000
IMAGE = re.compile(r"[\w-]+\.(svg|png|jpg|webp|avif)")

Model = TypeVar("Model", bound=BaseModel)


def read_edition(folder: Path, demo: bool = False) -> Edition:
    """Return the edition in a folder named after its year. Raises ContentError with every fault in it."""
    # In a demo an example is as good as an address: nothing is sent.
    faults: list[Fault] = []
    year = int(folder.name)
    hatches = {number: read_hatch(folder / f"{number:02}", year, number, faults) for number in NUMBERS}
    path = folder / "edition.toml"
    text = read_text(path, faults)
    edition = None if text is None else read_model(path, EditionFile, faults, text)
    contests = [number for number, hatch in hatches.items() if hatch and hatch.file.contest]
    for number in contests[1:]:
        path = folder / f"{number:02}" / "hatch.md"
        line = line_numbers(path.read_text("utf-8-sig")).get("contest", 0)
        faults.append(Fault(_name(path), line, "contest", "en kalender har bara en tävling"))
    if faults or edition is None:
        raise ContentError(faults)
    return Edition(
        year=year,
        file=edition,
        hatches={number: hatch for number, hatch in hatches.items() if hatch},
        before=to_html(edition.before),
        after=to_html(edition.after),
        about=to_html(edition.about),
        gaps=_gaps(folder, edition, contests[0] if contests else 0, hatches, demo),
    )


def _gaps(
    folder: Path, edition: EditionFile, number: int, hatches: dict[int, Hatch | None], demo: bool
) -> tuple[Fault, ...]:
    """Return what keeps the contest in hatch `number` closed, with the line where it stands or should."""
    hatch = hatches.get(number)
    if hatch is None or hatch.file.contest is None:
        return ()
    found = []
    for field, sentence in find_gaps(edition, hatch.file.contest, demo):
        table = field.partition(".")[0]
        path = folder / f"{number:02}" / "hatch.md" if table == "contest" else folder / "edition.toml"
        lines = line_numbers(path.read_text("utf-8-sig"))
        found.append(Fault(_name(path), lines.get(field, lines.get(table, 0)), field, sentence))
    return tuple(found)


def find_reused_id(folder: Path, edition: Edition, others: Iterable[Edition]) -> list[Fault]:
    """Name the id of the edition's contest when another edition has it: entries and draw belong to the id."""
    known = {other.file_contest.id: other.year for other in others if other.file_contest}
    if edition.file_contest is None or edition.file_contest.id not in known:
        return []
    path = folder / f"{edition.file_contest_number:02}" / "hatch.md"
    line = line_numbers(path.read_text("utf-8-sig")).get("contest.id", 0)
    sentence = f"finns redan i kalendern {known[edition.file_contest.id]}; varje tävling ska ha ett eget"
    return [Fault(_name(path), line, "contest.id", sentence)]


def read_hatch(folder: Path, year: int, number: int, faults: list[Fault]) -> Hatch | None:
    path = folder / "hatch.md"
    text = read_text(path, faults)
    if text is None:
        return None
    parts = FRONT_MATTER.match(text)
    if not parts:
        faults.append(Fault(_name(path), 1, "", "filen ska börja med ett huvud mellan två rader med +++"))
        return None
    file = read_model(path, HatchFile, faults, parts[1], first_line=2)
    if not parts[2].strip():
        faults.append(Fault(_name(path), text.count("\n") + 1, "", "själva tipset saknas under huvudet"))
    images = read_images(folder, faults)
    lines = line_numbers(parts[1], 2)
    if file and file.image and file.image not in images:
        sentence = f"bilden {file.image} finns inte i mappen {folder.name}"
        faults.append(Fault(_name(path), lines.get("image", 0), "image", sentence))
    if file and file.contest and file.contest.opens < opens_at(year, number):
        sentence = "tävlingen kan inte öppna före sin lucka"
        faults.append(Fault(_name(path), lines.get("contest.opens", 0), "contest.opens", sentence))
    return Hatch(number, file, to_html(parts[2]), images) if file else None


def read_text(path: Path, faults: list[Fault]) -> str | None:
    try:
        # Anything but a file could make the reader wait for ever, or never end.
        if not path.is_file():
            raise FileNotFoundError(path)
        raw = path.read_bytes() if path.stat().st_size <= LARGEST_TEXT else None
    except OSError:
        faults.append(Fault(_name(path), 0, "", "filen saknas eller går inte att läsa"))
        return None
    if raw is None:
        faults.append(Fault(_name(path), 0, "", f"filen är större än {LARGEST_TEXT // 1000} kB"))
        return None
    try:
        # Organisers edit on Windows: a byte order mark and CRLF are fine.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        faults.append(Fault(_name(path), line, "", "filen är inte sparad som UTF-8; spara om den med den kodningen"))
        return None


def read_images(folder: Path, faults: list[Fault]) -> dict[str, bytes]:
    images = {}
    for path in sorted(each for each in folder.iterdir() if IMAGE.fullmatch(each.name)):
        try:
            if not path.is_file():
                raise FileNotFoundError(path)
            if path.stat().st_size > LARGEST_IMAGE:
                faults.append(Fault(_name(path), 0, "", f"bilden är större än {LARGEST_IMAGE // 1_000_000} MB"))
            else:
                images[path.name] = path.read_bytes()
        except OSError:
            faults.append(Fault(_name(path), 0, "", "bilden går inte att läsa"))
    return images


def read_model(path: Path, model: type[Model], faults: list[Fault], text: str, first_line: int = 1) -> Model | None:
    try:
        return model.model_validate(tomllib.loads(text))
    except ValidationError as error:
        faults += from_pydantic_errors(_name(path), line_numbers(text, first_line), error.errors())
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]) + first_line - 1, place[2]) if place else (first_line + text.count("\n"), "sist")
        sentence = f"går inte att läsa från tecken {column}; se efter citattecken och likhetstecken"
        faults.append(Fault(_name(path), line, "", sentence))
    except (ValueError, RecursionError):
        faults.append(
            Fault(_name(path), 0, "", "går inte att läsa; ett värde är orimligt stort eller har för många nivåer")
        )
    return None


def _name(path: Path) -> str:
    """Return how an organiser knows the file: from the year on."""
    parts = path.parts
    year = next((at for at in range(len(parts) - 1, -1, -1) if re.fullmatch(r"20\d\d", parts[at])), len(parts) - 1)
    return "/".join(parts[year:])


# A hatch.md in two: its head, in TOML, and the tip, in Markdown.
FRONT_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*\n?(.*)\Z", re.DOTALL)
_RENDERER = MarkdownIt("commonmark", {"html": False, "typographer": True, "quotes": "””’’"}).enable(
    ["smartquotes", "replacements"]
)
_TAGS = {"p", "em", "strong", "a", "ul", "ol", "li", "blockquote", "br", "h2", "h3", "code"}


def to_html(text: str) -> str:
    return nh3.clean(
        _RENDERER.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}
    )

"""Reads calendar_content/ into editions. Every fault is named with file, field and line, in Swedish."""

import logging
import re
import threading
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from app.calendar.faults import in_swedish
from app.calendar.hatches import NUMBERS, Edition, Hatch, opens_at
from app.calendar.markdown import to_html
from app.calendar.schema import EditionFile, HatchFile

_LARGEST_TEXT = 100_000
_LARGEST_IMAGE = 1_000_000
_FRONT_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*\n?(.*)\Z", re.DOTALL)
_IMAGE = re.compile(r"[\w-]+\.(svg|png|jpg|webp|avif)")
_log = logging.getLogger(__name__)

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Fault:
    """Something to mend in a file; `field` and `line` are empty and 0 when the whole file is meant."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = (
            self.file + (f", rad {self.line}" if self.line else "") + (f", fältet {self.field}" if self.field else "")
        )
        return f"{place}: {self.message}"


class ContentError(Exception):
    """One or more faults; the text is a Swedish list of all of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def read_edition(folder: Path) -> Edition:
    """The edition in a folder named after its year. Raises ContentError with every fault in it."""
    faults: list[Fault] = []
    hatches = {number: _read_hatch(folder / f"{number:02}", number, faults) for number in NUMBERS}
    edition = _read_model(folder / "edition.toml", EditionFile, faults, _read_text(folder / "edition.toml", faults))
    faults += _faults_between(folder, hatches)
    if faults or edition is None:
        raise ContentError(faults)
    return Edition(
        year=int(folder.name),
        file=edition,
        hatches={number: hatch for number, hatch in hatches.items() if hatch},
        before=to_html(edition.before),
        after=to_html(edition.after),
        about=to_html(edition.about),
    )


def _read_hatch(folder: Path, number: int, faults: list[Fault]) -> Hatch | None:
    path = folder / "hatch.md"
    text = _read_text(path, faults)
    if text is None:
        return None
    parts = _FRONT_MATTER.match(text)
    if not parts:
        faults.append(Fault(_name(path), 1, "", "filen ska börja med ett huvud mellan två rader med +++"))
        return None
    file = _read_model(path, HatchFile, faults, parts[1], first_line=2)
    if not parts[2].strip():
        faults.append(Fault(_name(path), text.count("\n") + 1, "", "själva tipset saknas under huvudet"))
    images = _read_images(folder, faults)
    if file and file.image and file.image not in images:
        line = line_numbers(parts[1], 2).get("image", 0)
        faults.append(Fault(_name(path), line, "image", f"bilden {file.image} finns inte i mappen {folder.name}"))
    return Hatch(number, file, to_html(parts[2]), images) if file else None


def _faults_between(folder: Path, hatches: dict[int, Hatch | None]) -> list[Fault]:
    """What no file can see alone: at most one contest, opened no earlier than its hatch."""
    year = int(folder.name)
    faults = []
    contests = [(hatch, hatch.file.contest) for hatch in hatches.values() if hatch and hatch.file.contest]
    for place, (hatch, contest) in enumerate(contests):
        file = _name(folder / f"{hatch.number:02}" / "hatch.md")
        if place:
            faults.append(Fault(file, 0, "contest", "en kalender har bara en tävling"))
        if contest.opens < opens_at(year, hatch.number):
            faults.append(Fault(file, 0, "contest.opens", "tävlingen kan inte öppna före sin lucka"))
    return faults


def _read_text(path: Path, faults: list[Fault]) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError:
        faults.append(Fault(_name(path), 0, "", "filen saknas eller går inte att läsa"))
        return None
    if len(raw) > _LARGEST_TEXT:
        faults.append(Fault(_name(path), 0, "", f"filen är större än {_LARGEST_TEXT // 1000} kB"))
        return None
    try:
        # Organisers edit on Windows: a byte order mark and CRLF are fine.
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        faults.append(Fault(_name(path), line, "", "filen är inte sparad som UTF-8; spara om den med den kodningen"))
        return None


def _read_images(folder: Path, faults: list[Fault]) -> dict[str, bytes]:
    images = {}
    for path in sorted(folder.iterdir()):
        if _IMAGE.fullmatch(path.name):
            if path.stat().st_size > _LARGEST_IMAGE:
                faults.append(Fault(_name(path), 0, "", f"bilden är större än {_LARGEST_IMAGE // 1_000_000} MB"))
            else:
                images[path.name] = path.read_bytes()
    return images


def _read_model(
    path: Path, model: type[Model], faults: list[Fault], text: str | None, first_line: int = 1
) -> Model | None:
    if text is None:
        return None
    try:
        return model.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]) + first_line - 1, place[2]) if place else (first_line + text.count("\n"), "sist")
        faults.append(
            Fault(
                _name(path), line, "", f"går inte att läsa från tecken {column}; se efter citattecken och likhetstecken"
            )
        )
    except ValidationError as error:
        lines = line_numbers(text, first_line)
        faults += [_fault(_name(path), lines, detail) for detail in error.errors()]
    return None


def _fault(file: str, lines: dict[str, int], detail: Any) -> Fault:
    # A value of several allowed types has the type's name last in its path; the file does not.
    keys = [str(part) for part in detail["loc"] if part not in ("int", "str")]
    known = next((".".join(keys[:end]) for end in range(len(keys), 0, -1) if ".".join(keys[:end]) in lines), "")
    shown = "".join(f"[{int(key) + 1}]" if key.isdigit() else f".{key}" for key in keys).lstrip(".")
    return Fault(file, lines.get(known, 0), shown, in_swedish(detail))


def line_numbers(toml: str, first_line: int = 1) -> dict[str, int]:
    """The line of every key and table header, by path: {"title": 2, "facts.0": 9, "facts.0.url": 11}."""
    lines: dict[str, int] = {}
    seen: Counter[str] = Counter()
    prefix = ""
    for number, line in enumerate(toml.split("\n"), first_line):
        if header := re.match(r"\[(\[?)([\w.-]+)\]", line):
            name = f"{header[2]}.{seen[header[2]]}" if header[1] else header[2]
            seen[header[2]] += 1
            prefix = f"{name}."
            lines[name] = number
        elif key := re.match(r"([\w-]+)\s*=", line):
            lines.setdefault(prefix + key[1], number)
    return lines


def _name(path: Path) -> str:
    """How an organiser knows the file: from the year on."""
    parts = path.parts
    year = next((at for at in range(len(parts) - 1, -1, -1) if re.fullmatch(r"20\d\d", parts[at])), len(parts) - 1)
    return "/".join(parts[year:])


class Library:
    """The editions on disk, read again when a file changes; the last good edition stays when a new one is broken."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.editions: dict[int, Edition] = {}
        self.faults: list[Fault] = []
        self.version = 0
        self._lock = threading.Lock()
        self._checked = time.monotonic()
        self._seen = self._fingerprint()
        self._read()

    def refresh(self) -> None:
        """Reads again what has changed on disk; looks at most once a second and never makes a request wait."""
        if time.monotonic() - self._checked < 1 or not self._lock.acquire(blocking=False):
            return
        try:
            self._checked = time.monotonic()
            if (found := self._fingerprint()) != self._seen:
                self._seen = found
                self._read()
        finally:
            self._lock.release()

    def check(self) -> None:
        """Raises ContentError when the content on disk has faults, or when there is no edition at all."""
        if self.faults:
            raise ContentError(self.faults)

    def _read(self) -> None:
        editions, faults = {}, []
        for folder in sorted(path for path in self.root.iterdir() if re.fullmatch(r"20\d\d", path.name)):
            try:
                editions[int(folder.name)] = read_edition(folder)
            except (ContentError, OSError) as error:
                faults += (
                    error.faults
                    if isinstance(error, ContentError)
                    else [Fault(folder.name, 0, "", "går inte att läsa")]
                )
                if int(folder.name) in self.editions:
                    editions[int(folder.name)] = self.editions[int(folder.name)]
        if not editions and not faults:
            faults.append(Fault(self.root.name, 0, "", "här finns ingen kalender; skapa en mapp med årtalet som namn"))
        for fault in faults:
            _log.error("Fel i innehållet, den förra versionen visas: %s", fault)
        self.editions, self.faults = editions or self.editions, faults
        self.version += 1

    def _fingerprint(self) -> frozenset[tuple[str, int, int]]:
        found = set()
        for path in self.root.rglob("*"):
            try:
                status = path.stat()
            except OSError:
                continue
            found.add((str(path), status.st_mtime_ns, status.st_size))
        return frozenset(found)

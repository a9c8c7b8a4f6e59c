"""Reads a file of the content: a text, its TOML, the pictures beside it. Every fault has file, field and line."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from app.calendar.files.faults import Fault, fault_at, from_pydantic_errors, line_numbers
from app.text import not_carried, tidy

# What a picture may be called: a name on any disk, and in an address.
IMAGE = re.compile(r"[\w()][\w ().+-]*\.(svg|png|jpe?g|webp|avif)", re.IGNORECASE)
# A hatch.md in two: its head, in TOML, and the tip, in Markdown.
FRONT_MATTER = re.compile(r"\A\+\+\+[ \t]*\n(.*?\n)\+\+\+[ \t]*\n?(.*)\Z", re.DOTALL)
LARGEST_TEXT = 100_000
LARGEST_IMAGE = 1_000_000

Model = TypeVar("Model", bound=BaseModel)


class Findings(NamedTuple):
    """What is found while files are read: faults that keep an edition from being shown, and remarks that do not."""

    faults: list[Fault]
    remarks: list[Fault]


def fault_in(path: Path, keys: Sequence[str | int], sentence: str, in_form: str = "") -> Fault:
    """Return a fault of the field that `keys` lead to in a file."""
    return fault_at(name_of(path), line_numbers(path.read_text("utf-8-sig")), keys, sentence, in_form)


def read_toml(path: Path, model: type[Model], found: Findings) -> Model | None:
    text = read_text(path, found)
    return None if text is None else read_model(path, model, found, text)


def read_page(path: Path, model: type[Model], found: Findings) -> tuple[Model | None, re.Match[str] | None]:
    """Return what the head of a Markdown file says, and its parts; None where it has none."""
    text = read_text(path, found)
    parts = FRONT_MATTER.match(text or "")
    if parts:
        return read_model(path, model, found, parts[1], first_line=2), parts
    if text is not None:
        found.faults.append(Fault(name_of(path), 1, "", "filen ska börja med ett huvud mellan två rader med +++"))
    return None, None


def read_text(path: Path, found: Findings) -> str | None:
    try:
        # Anything but a file could make the reader wait for ever, or never end.
        if not path.is_file():
            raise FileNotFoundError(path)
        raw = path.read_bytes() if path.stat().st_size <= LARGEST_TEXT else None
    except OSError:
        found.faults.append(Fault(name_of(path), 0, "", "filen saknas eller går inte att läsa"))
        return None
    if raw is None:
        sentence = f"filen är större än {LARGEST_TEXT // 1000} kB"
        found.faults.append(Fault(name_of(path), 0, "", sentence, "texten är för lång; korta den"))
        return None
    try:
        # Organisers edit on Windows: a byte order mark and CRLF are fine.
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        sentence = "filen är inte sparad som UTF-8; spara om den med den kodningen"
        found.faults.append(Fault(name_of(path), line, "", sentence))
        return None
    for line, content in enumerate(text.replace("\r\n", "\n").split("\n") if not_carried(text) else (), 1):
        if odd := not_carried(content):
            found.remarks.append(Fault(name_of(path), line, "", odd_sentence(odd)))
    return tidy(text)


def odd_sentence(odd: list[str]) -> str:
    return f"har ett tecken som inte går att visa ({', '.join(odd)}); ta bort det"


def read_images(folder: Path, faults: list[Fault]) -> dict[str, bytes]:
    images = {}
    for path in sorted(each for each in folder.iterdir() if image_name(each.name)):
        try:
            if not path.is_file():
                raise FileNotFoundError(path)
            if path.stat().st_size > LARGEST_IMAGE:
                faults.append(Fault(name_of(path), 0, "", f"bilden är större än {LARGEST_IMAGE // 1_000_000} MB"))
            else:
                images[image_name(path.name)] = path.read_bytes()
        except OSError:
            faults.append(Fault(name_of(path), 0, "", "bilden går inte att läsa"))
    return images


def image_name(name: str) -> str:
    """Return a picture's name in NFC, which macOS writes otherwise; "" for a file that is no picture."""
    composed = unicodedata.normalize("NFC", name)
    return composed if IMAGE.fullmatch(composed) else ""


def parse_toml(text: str) -> dict[str, Any]:
    """Return what a TOML text says, its texts tidy: an escape can name any character. Raises TOMLDecodeError."""
    values: dict[str, Any] = _tidied(tomllib.loads(text))
    return values


def _tidied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tidied(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_tidied(part) for part in value]
    return tidy(value) if isinstance(value, str) else value


def _texts(value: Any, *keys: str | int) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Give each text in a TOML file, and the keys that lead to it."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _texts(part, *keys, key)
    if isinstance(value, str):
        yield keys, value


def read_model(path: Path, model: type[Model], found: Findings, text: str, first_line: int = 1) -> Model | None:
    try:
        for keys, value in _texts(tomllib.loads(text)) if "\\" in text else ():
            if odd := not_carried(value):
                found.remarks.append(fault_at(name_of(path), line_numbers(text, first_line), keys, odd_sentence(odd)))
        checked: Model = _validated(model, text)
        return checked
    except ValidationError as error:
        lines = line_numbers(text, first_line)
        found.faults.extend(from_pydantic_errors(name_of(path), lines, error.errors()))
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]) + first_line - 1, place[2]) if place else (first_line + text.count("\n"), "sist")
        sentence = f"går inte att läsa från tecken {column}; se efter citattecken och likhetstecken"
        found.faults.append(Fault(name_of(path), line, "", sentence))
    except (ValueError, RecursionError):
        sentence = "går inte att läsa; ett värde är orimligt stort eller har för många nivåer"
        found.faults.append(Fault(name_of(path), 0, "", sentence))
    return None


# An organiser who saves one text has the whole edition read again.
@lru_cache(maxsize=1024)
def _validated(model: type[Model], text: str) -> Model:
    return model.model_validate(parse_toml(text))


def name_of(path: Path) -> str:
    """Return how an organiser knows the file: from the year on."""
    parts = path.parts
    year = next((at for at in range(len(parts) - 1, -1, -1) if re.fullmatch(r"20\d\d", parts[at])), len(parts) - 1)
    return "/".join(parts[year:])

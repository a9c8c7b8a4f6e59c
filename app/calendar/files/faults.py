"""Faults in content: where they are and what to do, each in one Swedish sentence. Pure."""

import dataclasses
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic_core import ErrorDetails

_TIME = ("datetime_type", "datetime_parsing", "datetime_from_date_parsing")
_DATE = ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact")
_SENTENCES = {
    "missing": "fältet saknas",
    "extra_forbidden": "okänt fält; är det rätt stavat?",
    "string_type": "ska vara text inom citattecken",
    "string_too_short": "är tomt; skriv något eller ta bort raden",
    "string_too_long": "är för långt; högst {max_length} tecken",
    "string_pattern_mismatch": "har fel form ({pattern})",
    "tuple_type": "ska vara en lista inom hakparenteser",
    "too_short": "har för få delar; minst {min_length} behövs",
    "too_long": "har för många delar; högst {max_length}",
    "int_type": "ska vara ett heltal utan citattecken",
    **dict.fromkeys(("int_parsing", "int_from_float"), "ska vara ett heltal"),
    "greater_than": "ska vara större än {gt}",
    "greater_than_equal": "ska vara minst {ge}",
    "less_than_equal": "ska vara högst {le}",
    **dict.fromkeys(("bool_type", "bool_parsing"), "ska vara true eller false"),
    **dict.fromkeys(_TIME, "ska vara en tid som 2026-12-10T00:00:00"),
    **dict.fromkeys(_DATE, "ska vara ett datum som 2026-12-11"),
    **dict.fromkeys(("url_type", "url_parsing", "url_scheme"), "ska vara en webbadress som börjar med https://"),
    "float_type": "ska vara ett tal utan citattecken",
    "float_parsing": "ska vara ett tal",
    "model_type": "ska vara en egen del, med rubriken inom hakparenteser",
}
# The same for the one who has a form before them, and no file.
_IN_FORMS = {
    "missing": "saknas",
    "extra_forbidden": "är något som kalendern inte känner till; be den som sköter servern att ta bort det",
    "string_type": "ska vara text",
    "string_too_short": "saknas",
    "string_pattern_mismatch": "får bara ha små bokstäver (a–z), siffror och bindestreck, 3 till 60 tecken",
    "too_short": "är för få; fyll i minst {min_length}",
    "too_long": "är för många; högst {max_length}",
    "int_type": "ska vara ett heltal",
    **dict.fromkeys(_TIME, "välj dag och klockslag"),
    "float_type": "ska vara ett tal",
}


class FieldError(ValueError):
    """A value that a field cannot have, in the words of the file and in those of a form."""

    def __init__(self, sentence: str, in_form: str) -> None:
        super().__init__(sentence)
        self.in_form = in_form


@dataclass(frozen=True, order=True)
class Fault:
    """Something to mend in a file; `field` is empty and `line` 0 when the whole file is meant.

    `in_form` says the same as `message` to the one who has a form before them.
    """

    file: str
    line: int
    field: str
    message: str
    in_form: str = dataclasses.field(default="", compare=False)

    def __str__(self) -> str:
        place = (
            self.file + (f", rad {self.line}" if self.line else "") + (f", fältet {self.field}" if self.field else "")
        )
        return f"{place}: {self.message}"


class ContentError(Exception):
    """One or more faults; the text is a Swedish list of all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def from_pydantic_errors(file: str, lines: Mapping[str, int], details: Sequence[ErrorDetails]) -> list[Fault]:
    """Pydantic's error details as faults. `lines` is what line_numbers found in the file."""
    paths = {".".join(map(str, detail["loc"])) for detail in details}
    return [
        fault_at(file, lines, detail["loc"], describe_error(detail), _in_form(detail))
        for detail in details
        # A list of which a part is wrong is counted without it; the part's own fault says enough.
        if not (
            detail["type"] == "too_short"
            and any(path.startswith(".".join(map(str, detail["loc"])) + ".") for path in paths)
        )
    ]


def fault_at(file: str, lines: Mapping[str, int], keys: Sequence[str | int], message: str, in_form: str = "") -> Fault:
    """Return a fault of the field that `keys` lead to. `lines` is what line_numbers found in the file."""
    paths = [".".join(map(str, keys[:end])) for end in range(len(keys), 0, -1)]
    known = next((path for path in paths if path in lines), "")
    shown = "".join(f"[{key + 1}]" if isinstance(key, int) else f".{key}" for key in keys).lstrip(".")
    return Fault(file, lines.get(known, 0), shown, message, in_form)


def describe_error(detail: ErrorDetails) -> str:
    """Return the sentence for one of pydantic's error details."""
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        return str(context["error"]) if "error" in context else "ska vara en e-postadress"
    return _SENTENCES.get(detail["type"], "har ett värde som inte går att använda").format(**context)


def _in_form(detail: ErrorDetails) -> str:
    error = detail.get("ctx", {}).get("error")
    if isinstance(error, FieldError):
        return error.in_form
    return _IN_FORMS.get(detail["type"], "").format(**detail.get("ctx", {}))


def line_numbers(toml: str, first_line: int = 1) -> dict[str, int]:
    """Return the line of every key and table header, by path: {"title": 2, "facts.0": 9, "facts.0.url": 11}."""
    lines: dict[str, int] = {}
    seen: Counter[str] = Counter()
    prefix = ""
    for number, line in enumerate(toml.split("\n"), first_line):
        # The end of a head, whose Markdown may begin a line in the same way.
        if lines and line.rstrip() == "+++":
            break
        if header := re.match(r"\[(\[?)([\w.-]+)\]", line):
            name = f"{header[2]}.{seen[header[2]]}" if header[1] else header[2]
            seen[header[2]] += 1
            prefix = f"{name}."
            lines[name] = number
        elif key := re.match(r"(\"?)([\w-]+)\1\s*=", line):
            lines.setdefault(prefix + key[2], number)
    return lines

"""The public text files of a draw: terms, list and låsbevis, byte for byte after Öppen dragning v2. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from app.spec.lines import HEX64, TIME, SpecError, checksum, is_time, split_lines

COUNTS, STRUCK = "med", "struken"
HEX32 = "[0-9a-f]{32}"
NUMBER, POSITIVE = "0|[1-9][0-9]{0,15}", "[1-9][0-9]{0,15}"
CONTEST_ID, SOURCE = "[a-z0-9-]{3,60}", "[a-z0-9-]{3,60}"
# An option's label: one line, without white space at its ends.
LABEL = r"\S(?:[^\n]*\S)?"
RECORD = f"(?:{NUMBER}) {HEX64}"
_SHAPES = {
    HEX64: "64 tecken, 0–9 och a–f",
    HEX32: "32 tecken, 0–9 och a–f",
    NUMBER: "ett heltal",
    POSITIVE: "ett heltal, minst 1",
    CONTEST_ID: "ett id med a–z, 0–9 och bindestreck",
    TIME: "en tid i UTC, som 2026-12-20T21:59:59Z",
    LABEL: "en text",
    RECORD: "en posts nummer och kontrollsumma",
}


def _line(shape: str) -> Any:
    """Return a field of a file with a line for each, whose value has a shape."""
    return field(metadata={"shape": shape})


@dataclass(frozen=True)
class Terms:
    """The lines of tavling.txt, in their order."""

    tavling: str = _line(CONTEST_ID)
    oppnar: str = _line(TIME)
    stanger: str = _line(TIME)
    regler_sha256: str = _line(HEX64)
    svar_sha256: str = _line(HEX64)
    vinster: int = _line(POSITIVE)
    kalla: str = _line(SOURCE)
    kedja: str = _line(HEX64)
    runda: int = _line(POSITIVE)
    tidpunkt: str = _line(TIME)


@dataclass(frozen=True)
class Proof:
    """The lines of lasbevis.txt, in their order. `logg` is `<number> <checksum>` of the record before the locking."""

    tavling: str = _line(CONTEST_ID)
    tavling_sha256: str = _line(HEX64)
    last: str = _line(TIME)
    logg: str = _line(RECORD)
    antal_med: int = _line(NUMBER)
    antal_strukna: int = _line(NUMBER)
    lista_sha256: str = _line(HEX64)
    svar: str = _line(LABEL)
    salt: str = _line(HEX32)
    runda: int = _line(POSITIVE)
    tidpunkt: str = _line(TIME)

    @property
    def log_number(self) -> int:
        """The number of the last record before the locking; 0 when there is none."""
        return int(self.logg.split(" ")[0])

    @property
    def log_head(self) -> str:
        """The chain's checksum after that record."""
        return self.logg.split(" ")[1]


def answer_sum(contest_id: str, answer: str, salt: str) -> str:
    """Return `svar-sha256`: the right answer sealed with a salt (32 hex digits) that is secret until the locking."""
    return checksum(f"{line}\n" for line in ("oppen-dragning/v2/svar", contest_id, answer, salt))


def terms_text(terms: Terms) -> str:
    """Return tavling.txt. Raises ValueError when a field has another form than its line."""
    return write_fields("oppen-dragning/v2/tavling", terms)


def proof_text(proof: Proof) -> str:
    """Return lasbevis.txt. Raises ValueError when a field has another form than its line."""
    return write_fields("oppen-dragning/v2/lasbevis", proof)


def read_terms(data: bytes) -> Terms:
    """Read tavling.txt. Raises SpecError."""
    return Terms(**read_fields("tavling.txt", "oppen-dragning/v2/tavling", data, Terms))


def read_proof(data: bytes) -> Proof:
    """Read lasbevis.txt. Raises SpecError."""
    return Proof(**read_fields("lasbevis.txt", "oppen-dragning/v2/lasbevis", data, Proof))


def list_lines(contest_id: str, tickets: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """Give lista.txt line by line from (ticket, counts), sorted by ticket. Raises ValueError when they are not."""
    yield "oppen-dragning/v2/lista\n"
    yield f"{contest_id}\n"
    above = ""
    for ticket, counts in tickets:
        if ticket <= above:
            raise ValueError("tickets are not sorted, or one stands twice")
        above = ticket
        yield f"{ticket} {COUNTS if counts else STRUCK}\n"


def write_fields(heading: str, values: Terms | Proof) -> str:
    rows = []
    for each in fields(values):
        name, value = each.name.replace("_", "-"), str(getattr(values, each.name))
        if not _fits(value, each.metadata["shape"]):
            raise ValueError(f"{name} cannot be written as {value!r:.100}")
        rows.append(f"{name}: {value}\n")
    return f"{heading}\n" + "".join(rows)


def read_fields(name: str, heading: str, data: bytes, kind: type[Terms | Proof]) -> dict[str, Any]:
    lines, wanted = split_lines(name, data), fields(kind)
    if lines[:1] != [heading]:
        raise SpecError(f"{name}: rad 1 ska vara {heading}.")
    if len(lines) != len(wanted) + 1:
        raise SpecError(f"{name}: filen ska ha {len(wanted) + 1} rader, men har {len(lines)}.")
    found = {}
    for number, (each, line) in enumerate(zip(wanted, lines[1:], strict=True), 2):
        key, shape = each.name.replace("_", "-"), each.metadata["shape"]
        start, colon, value = line.partition(": ")
        if (start, colon) != (key, ": ") or not _fits(value, shape):
            raise SpecError(f"{name}: rad {number} ska vara ”{key}: ” och {_SHAPES[shape]}.")
        found[each.name] = int(value) if each.type is int else value
    return found


def _fits(value: str, shape: str) -> bool:
    return re.fullmatch(shape, value) is not None and (shape != TIME or is_time(value))

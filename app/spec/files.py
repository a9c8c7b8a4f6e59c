"""The public text files of a draw: terms, list and låsbevis, byte for byte after Öppen dragning v2. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.spec.lines import HEX64, TIME, SpecError, checksum, is_time, split_lines

COUNTS, STRUCK = "med", "struken"
HEX32 = "[0-9a-f]{32}"
NUMBER, POSITIVE = "0|[1-9][0-9]{0,15}", "[1-9][0-9]{0,15}"
CONTEST_ID, SOURCE = "[a-z0-9-]{3,60}", "[a-z0-9-]{3,60}"
# An option's label: one line, without white space at its ends.
LABEL = r"\S(?:[^\n]*\S)?"
_SHAPES = {
    HEX64: "64 tecken, 0–9 och a–f",
    HEX32: "32 tecken, 0–9 och a–f",
    NUMBER: "ett heltal",
    POSITIVE: "ett heltal, minst 1",
    CONTEST_ID: "ett id med a–z, 0–9 och bindestreck",
    TIME: "en tid i UTC, som 2026-12-20T21:59:59Z",
    LABEL: "en text",
}
_SHAPES[f"(?:{NUMBER}) {HEX64}"] = "en posts nummer och kontrollsumma"


@dataclass(frozen=True)
class Terms:
    """The lines of tavling.txt, in their order."""

    tavling: str
    oppnar: str
    stanger: str
    regler_sha256: str
    svar_sha256: str
    vinster: int
    kalla: str
    kedja: str
    runda: int
    tidpunkt: str


@dataclass(frozen=True)
class Proof:
    """The lines of lasbevis.txt, in their order. `logg` is `<number> <checksum>` of the record before the locking."""

    tavling: str
    tavling_sha256: str
    last: str
    logg: str
    antal_med: int
    antal_strukna: int
    lista_sha256: str
    svar: str
    salt: str
    runda: int
    tidpunkt: str

    @property
    def log_number(self) -> int:
        """The number of the last record before the locking; 0 when there is none."""
        return int(self.logg.split(" ")[0])

    @property
    def log_head(self) -> str:
        """The chain's checksum after that record."""
        return self.logg.split(" ")[1]


_TERMS = {
    "tavling": CONTEST_ID,
    "oppnar": TIME,
    "stanger": TIME,
    "regler-sha256": HEX64,
    "svar-sha256": HEX64,
    "vinster": POSITIVE,
    "kalla": SOURCE,
    "kedja": HEX64,
    "runda": POSITIVE,
    "tidpunkt": TIME,
}
_PROOF = {
    "tavling": CONTEST_ID,
    "tavling-sha256": HEX64,
    "last": TIME,
    "logg": f"(?:{NUMBER}) {HEX64}",
    "antal-med": NUMBER,
    "antal-strukna": NUMBER,
    "lista-sha256": HEX64,
    "svar": LABEL,
    "salt": HEX32,
    "runda": POSITIVE,
    "tidpunkt": TIME,
}


def answer_sum(contest_id: str, answer: str, salt: str) -> str:
    """Return `svar-sha256`: the right answer sealed with a salt (32 hex digits) that is secret until the locking."""
    return checksum(f"{line}\n" for line in ("oppen-dragning/v2/svar", contest_id, answer, salt))


def terms_text(terms: Terms) -> str:
    """Return tavling.txt. Raises ValueError when a field has another form than its line."""
    return write_fields("oppen-dragning/v2/tavling", vars(terms), _TERMS)


def proof_text(proof: Proof) -> str:
    """Return lasbevis.txt. Raises ValueError when a field has another form than its line."""
    return write_fields("oppen-dragning/v2/lasbevis", vars(proof), _PROOF)


def read_terms(data: bytes) -> Terms:
    """Read tavling.txt. Raises SpecError."""
    return Terms(**_typed(Terms, read_fields("tavling.txt", "oppen-dragning/v2/tavling", data, _TERMS)))


def read_proof(data: bytes) -> Proof:
    """Read lasbevis.txt. Raises SpecError."""
    return Proof(**_typed(Proof, read_fields("lasbevis.txt", "oppen-dragning/v2/lasbevis", data, _PROOF)))


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


def read_list(lines: Iterable[str]) -> tuple[str, Iterator[tuple[str, bool]]]:
    """Return the contest id of lista.txt and its (ticket, counts), read as they are asked for. Raises SpecError."""
    rows = iter(lines)
    if next(rows, "") != "oppen-dragning/v2/lista":
        raise SpecError("lista.txt: rad 1 ska vara oppen-dragning/v2/lista.")
    contest_id = next(rows, "")
    if not re.fullmatch(CONTEST_ID, contest_id):
        raise SpecError("lista.txt: rad 2 ska vara tävlingens id.")
    return contest_id, _tickets(rows)


def _tickets(rows: Iterator[str]) -> Iterator[tuple[str, bool]]:
    above = ""
    for number, row in enumerate(rows, 3):
        ticket, _, status = row.partition(" ")
        if not re.fullmatch(HEX64, ticket) or status not in (COUNTS, STRUCK):
            raise SpecError(f"lista.txt: rad {number} ska vara en lott och ”med” eller ”struken”.")
        if ticket <= above:
            raise SpecError(f"lista.txt: lotten på rad {number} står dubbelt eller i fel ordning.")
        above = ticket
        yield ticket, status == COUNTS


def write_fields(heading: str, values: Mapping[str, object], shapes: Mapping[str, str]) -> str:
    rows = {name.replace("_", "-"): str(value) for name, value in values.items()}
    for name, shape in shapes.items():
        if not _fits(rows[name], shape):
            raise ValueError(f"{name} cannot be written as {rows[name]!r:.100}")
    return f"{heading}\n" + "".join(f"{name}: {rows[name]}\n" for name in shapes)


def read_fields(name: str, heading: str, data: bytes, shapes: Mapping[str, str]) -> dict[str, str]:
    lines = [*split_lines(name, [data])]
    if lines[:1] != [heading]:
        raise SpecError(f"{name}: rad 1 ska vara {heading}.")
    if len(lines) != len(shapes) + 1:
        raise SpecError(f"{name}: filen ska ha {len(shapes) + 1} rader, men har {len(lines)}.")
    found = {}
    for number, ((key, shape), line) in enumerate(zip(shapes.items(), lines[1:], strict=True), 2):
        start, colon, value = line.partition(": ")
        if (start, colon) != (key, ": ") or not _fits(value, shape):
            raise SpecError(f"{name}: rad {number} ska vara ”{key}: ” och {_SHAPES[shape]}.")
        found[key.replace("-", "_")] = value
    return found


def _fits(value: str, shape: str) -> bool:
    return re.fullmatch(shape, value) is not None and (shape != TIME or is_time(value))


def _typed(kind: type, values: dict[str, str]) -> dict[str, Any]:
    whole = {field.name for field in fields(kind) if field.type is int}
    return {name: int(value) if name in whole else value for name, value in values.items()}

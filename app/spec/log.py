"""The audit chain: each record's checksum rests on the one before. Pure."""

# Records are RFC 8785 JSON restricted to strings and integers: https://www.rfc-editor.org/rfc/rfc8785

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from app.spec.lines import SpecError, is_time

START = "0" * 64
# I-JSON (RFC 7493): beyond this an integer is not the same in every reader.
LARGEST_INTEGER = 2**53 - 1
_LINE = re.compile(r"([0-9a-f]{64}) (\{.*\})")


class RecordKind(StrEnum):
    """What a record tells of; the value is `typ` in the file."""

    ENTERED = "bidrag"
    STRUCK = "struken"
    RESTORED = "aterstalld"
    WITHDRAWN = "aterkallad"
    LOCKED = "last"
    DRAWN = "dragen"
    LETTER = "brev"
    SKIPPED = "forbigangen"
    WON = "vinnare"
    CANCELLED = "installd"
    BACKUP_RESTORED = "aterlast"
    ERASED = "gallrad"


# The fields that a record has beside nr, tid and typ, each with its shape; int is 0 or more.
FIELDS: dict[RecordKind, dict[str, str]] = {
    RecordKind.ENTERED: {"kvitto": "hex"},
    RecordKind.STRUCK: {"kvitto": "hex"},
    RecordKind.RESTORED: {"kvitto": "hex"},
    RecordKind.WITHDRAWN: {"kvitto": "hex"},
    RecordKind.LOCKED: {"lasbevis": "hex"},
    RecordKind.DRAWN: {"runda": "int", "slumptal": "hex", "fro": "hex"},
    RecordKind.LETTER: {"plats": "int"},
    RecordKind.SKIPPED: {"plats": "int", "skal": "text"},
    RecordKind.WON: {"plats": "int"},
    RecordKind.CANCELLED: {"skal": "text"},
    RecordKind.BACKUP_RESTORED: {},
    RecordKind.ERASED: {},
}


@dataclass(frozen=True)
class Record:
    """One record of the file: its number, time, kind and further fields, and the chain's checksum after it."""

    number: int
    at: str
    kind: RecordKind
    fields: Mapping[str, str | int]
    head: str


def canonical_json(record: Mapping[str, object]) -> str:
    """Return a record as RFC 8785 JSON. Raises ValueError for anything but strings and safe integers."""
    for name, value in record.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(f"{name} is neither a string nor an integer")
        if isinstance(value, int) and abs(value) > LARGEST_INTEGER:
            raise ValueError(f"{name} is too large an integer")
    # RFC 8785 3.2.3 sorts by UTF-16 code units. A lone surrogate cannot be encoded, and that is a ValueError too.
    ordered = dict(sorted(record.items(), key=lambda item: item[0].encode("utf-16-be")))
    text = json.dumps(ordered, separators=(",", ":"), ensure_ascii=False)
    text.encode()
    return text


def make_record(number: int, at: str, kind: RecordKind, **fields: str | int) -> str:
    """Return a new record's text. Raises ValueError when its fields are not those of its kind."""
    record = {"nr": number, "tid": at, "typ": str(kind), **fields}
    if fault := fault_in(record):
        raise ValueError(fault)
    return canonical_json(record)


def next_head(head: str, record: str) -> str:
    """Return the checksum after `record` (its text) when the one before it was `head` (64 hex digits)."""
    return sha256(f"oppen-dragning/v2/logg\n{head}\n{record}\n".encode()).hexdigest()


def log_line(head: str, record: str) -> str:
    """Return the line of logg.txt for a record; `head` is the chain's checksum after it."""
    return f"{head} {record}\n"


def receipt_sum(code: str) -> str:
    """Return `kvitto` of a record: SHA-256 of the line that is the receipt code."""
    return sha256(f"{code}\n".encode()).hexdigest()


def read_log(lines: Iterable[str]) -> Iterator[Record]:
    """Give the records of logg.txt in order, each checked against the chain. Raises SpecError."""
    head = START
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if not match:
            raise SpecError(f"logg.txt: rad {number} ska vara en kontrollsumma och en post.")
        record = parse_line(number, match[2])
        head = next_head(head, match[2])
        if head != match[1]:
            raise SpecError(f"logg.txt: rad {number} har en annan kontrollsumma än posten och raden före ger.")
        rest = {name: value for name, value in record.items() if name not in ("nr", "tid", "typ")}
        yield Record(number, str(record["tid"]), RecordKind(str(record["typ"])), rest, head)


def parse_line(number: int, text: str) -> dict[str, str | int]:
    try:
        record = json.loads(text)
        canonical = canonical_json(record)
    except (ValueError, RecursionError, AttributeError):
        raise SpecError(f"logg.txt: posten på rad {number} går inte att läsa.") from None
    if canonical != text:
        raise SpecError(f"logg.txt: posten på rad {number} är inte skriven enligt RFC 8785.")
    if record.get("nr") != number:
        raise SpecError(f"logg.txt: posten på rad {number} har nummer {record.get('nr')}.")
    if fault := fault_in(record):
        raise SpecError(f"logg.txt: rad {number}: {fault}")
    found: dict[str, str | int] = record
    return found


def fault_in(record: Mapping[str, object]) -> str:
    """Return what is wrong with a record's fields, as a Swedish sentence; empty when nothing is."""
    kinds = {str(kind): kind for kind in RecordKind}
    kind = kinds.get(str(record.get("typ")))
    if kind is None:
        return f"posttypen {record.get('typ')!r:.60} är okänd."
    wanted = {"nr": "int", "tid": "time", "typ": "text", **FIELDS[kind]}
    if set(record) != set(wanted):
        return f"en post av typen {kind} ska ha fälten {', '.join(sorted(wanted))}."
    wrong = [name for name, shape in wanted.items() if not has_shape(record[name], shape)]
    return f"fältet {wrong[0]} har ett värde av fel slag." if wrong else ""


def has_shape(value: object, shape: str) -> bool:
    if shape == "int":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if not isinstance(value, str):
        return False
    if shape == "hex":
        return re.fullmatch("[0-9a-f]{64}", value) is not None
    return is_time(value) if shape == "time" else value != ""

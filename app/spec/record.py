"""protokoll.json: a draw as one file, written in parts and read strictly. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.spec.lines import HEX64, FileFault, is_time

TEXTS = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt")
# The rules' closed list of reasons for passing a place over.
SKIP_REASONS = ("svarar inte", "tackar nej", "inte behörig", "återkallad")
WITHDRAWN = "återkallad"


@dataclass(frozen=True)
class Skip:
    """A place that was passed over; `brev` is when its letter left, None when none had (only for a withdrawn entry)."""

    plats: int
    skal: str
    tid: str
    brev: str | None


@dataclass(frozen=True)
class Winner:
    """A confirmed winner; `namn` only with the winner's consent."""

    plats: int
    lott: str
    tid: str
    namn: str | None = None


@dataclass(frozen=True)
class MailCounts:
    """Lock mails that left, those that left before the value existed, and witness addresses among them."""

    skickade: int
    fore_tidpunkt: int
    vittnen: int


@dataclass(frozen=True)
class DrawResult:
    """What the protocol says beside the texts; `ordning` may be read only once when it is to be written."""

    signatur: str
    slumptal: str
    fro: str
    ordning: Iterable[str]
    forbigangna: Sequence[Skip]
    vinnare: Sequence[Winner]
    mejl: MailCounts


def record_parts(texts: Mapping[str, Iterable[str]], result: DrawResult) -> Iterator[str]:
    """Give protokoll.json in parts; neither the list nor the order is ever in memory at once."""
    start = "{\n"
    for name in TEXTS:
        yield f'{start} "{name}": "'
        for part in texts[name]:
            yield json.dumps(part, ensure_ascii=False)[1:-1]
        start = '",\n'
    yield '",\n'
    for name in ("signatur", "slumptal", "fro"):
        yield f' "{name}": "{getattr(result, name)}",\n'
    yield ' "ordning": ['
    before = "\n"
    for ticket in result.ordning:
        yield f'{before}  "{ticket}"'
        before = ",\n"
    yield "],\n" if before == "\n" else "\n ],\n"
    rest = {
        "forbigangna": [vars(skip) for skip in result.forbigangna],
        "vinnare": [{key: value for key, value in vars(won).items() if value is not None} for won in result.vinnare],
        "mejl": vars(result.mejl),
    }
    # The braces of the whole were opened above.
    yield json.dumps(rest, ensure_ascii=False, indent=1)[2:] + "\n"


def read_record(data: bytes) -> tuple[dict[str, bytes], DrawResult]:
    """Read protokoll.json into the bytes of its text files, by name, and the result. Raises FileFault."""
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise FileFault("protokoll.json: filen är inte ett JSON-objekt i UTF-8.") from None
    wanted = {*TEXTS, "signatur", "slumptal", "fro", "ordning", "forbigangna", "vinnare", "mejl"}
    if not isinstance(found, dict) or set(found) != wanted:
        raise FileFault(f"protokoll.json: filen ska ha just de här delarna: {', '.join(sorted(wanted))}.")
    try:
        texts = {name: str(_demand(found[name], str)).encode() for name in TEXTS}
        return texts, _result(found)
    except (TypeError, KeyError, ValueError) as error:
        raise FileFault("protokoll.json: ett värde saknas eller är av fel slag.") from error


def _result(found: Mapping[str, object]) -> DrawResult:
    return DrawResult(
        signatur=_shaped(found["signatur"], "[0-9a-f]{96}"),
        slumptal=_shaped(found["slumptal"], HEX64),
        fro=_shaped(found["fro"], HEX64),
        ordning=[_shaped(ticket, HEX64) for ticket in _demand(found["ordning"], list)],
        forbigangna=[_skip(**_demand(skip, dict)) for skip in _demand(found["forbigangna"], list)],
        vinnare=[_winner(**_demand(won, dict)) for won in _demand(found["vinnare"], list)],
        mejl=MailCounts(**{name: _count(number) for name, number in _demand(found["mejl"], dict).items()}),
    )


def _skip(plats: object, skal: object, tid: object, brev: object) -> Skip:
    if skal not in SKIP_REASONS or (brev is None and skal != WITHDRAWN):
        raise ValueError(skal)
    return Skip(_place(plats), str(skal), _time(tid), None if brev is None else _time(brev))


def _winner(plats: object, lott: object, tid: object, namn: object = None) -> Winner:
    return Winner(_place(plats), _shaped(lott, HEX64), _time(tid), None if namn is None else _demand(namn, str))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, object]:
    """Refuse a key that stands twice: readers would not agree on its value."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _demand(value: object, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(value)
    return value


def _shaped(value: object, shape: str) -> str:
    text = str(_demand(value, str))
    if not re.fullmatch(shape, text):
        raise ValueError(text)
    return text


def _time(value: object) -> str:
    text = str(_demand(value, str))
    if not is_time(text):
        raise ValueError(text)
    return text


def _count(value: object) -> int:
    number = int(_demand(value, int))
    if number < 0:
        raise ValueError(number)
    return number


def _place(value: object) -> int:
    return _count(value) or _demand(None, int)

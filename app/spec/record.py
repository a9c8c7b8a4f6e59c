"""protokoll.json: a draw as one file, written in parts. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

TEXTS = ("tavling.txt", "regler.txt", "lista.txt", "lasbevis.txt")
# The rules' closed list of reasons for passing a place over.
SKIP_REASONS = ("svarar inte", "tackar nej", "inte behörig", "återkallad")


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

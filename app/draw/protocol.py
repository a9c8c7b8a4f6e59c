"""The public files of a draw: list, låsbevis and protocol. Pure, byte for byte after Öppen dragning v1."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

COUNTS, STRUCK = "med", "struken"


@dataclass(frozen=True)
class Proof:
    """What the låsbevis vouches for, in its order. Times are UTC as YYYY-MM-DDThh:mm:ssZ, checksums 64 hex digits."""

    tavling: str
    last: str
    antal_med: int
    antal_strukna: int
    lista_sha256: str
    regler_sha256: str
    vinster: int
    kalla: str
    kedja: str
    runda: int
    tidpunkt: str


def list_lines(contest_id: str, tickets: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """The list file, line by line with LF, from (ticket, counts) sorted by ticket."""
    yield "oppen-dragning/v1/lista\n"
    yield f"{contest_id}\n"
    for ticket, counts in tickets:
        yield _line(ticket, counts)


def _line(ticket: str, counts: bool) -> str:
    return f"{ticket} {COUNTS if counts else STRUCK}\n"


@dataclass(frozen=True)
class ListSum:
    """What the list file comes to: tickets that count, tickets that are struck, and its SHA-256 in hex."""

    counted: int
    struck: int
    sha256: str


class Tally:
    """Sums a list file up without keeping it: `add` its tickets as they come, sorted."""

    def __init__(self, contest_id: str) -> None:
        self._digest = sha256("".join(list_lines(contest_id, [])).encode())
        self._numbers = {True: 0, False: 0}

    def add(self, tickets: Iterable[tuple[str, bool]]) -> None:
        for ticket, counts in tickets:
            self._numbers[counts] += 1
            self._digest.update(_line(ticket, counts).encode())

    def sum(self) -> ListSum:
        return ListSum(self._numbers[True], self._numbers[False], self._digest.hexdigest())


def proof_text(proof: Proof) -> str:
    """The låsbevis as text."""
    return "oppen-dragning/v1/lasbevis\n" + "".join(
        f"{name.replace('_', '-')}: {value}\n" for name, value in vars(proof).items()
    )


def proof_fields(text: str) -> dict[str, str]:
    """The lines of a låsbevis by name: {"tavling": …, "antal-med": …}."""
    return dict(line.split(": ", 1) for line in text.splitlines()[1:])


def checksum(parts: Iterable[str]) -> str:
    """SHA-256 of the parts one after the other as UTF-8, in hex."""
    digest = sha256()
    for part in parts:
        digest.update(part.encode())
    return digest.hexdigest()


def drand_entropy(kalla: str, number: int, randomness: str) -> str:
    """The entropy string of a drand round."""
    return f"{kalla}:{number}:{randomness}"


def fingerprint(hexadecimal: str) -> str:
    """The start of a checksum, in four groups of four, as people compare it."""
    return " ".join(hexadecimal[start : start + 4] for start in range(0, 16, 4))


def sealed(parts: Iterable[str]) -> Iterator[str]:
    """A JSON object, written over several lines, with the checksum of all that stands above as its last line.

    It shows that a copy is whole and unchanged since it was written; whatever decides who wins is recomputed as well.
    """
    digest, held = sha256(), ""
    for part in parts:
        held += part
        body, held = held[:-3], held[-3:]
        digest.update(body.encode())
        yield body
    if held != "\n}\n":
        raise ValueError("only a JSON object over several lines can be sealed")
    digest.update(b",\n")
    yield f',\n "kontrollsumma": "{digest.hexdigest()}"\n}}\n'

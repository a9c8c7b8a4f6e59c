"""What the draw decides and publishes, as plainly as it can be said; the program does the same among many."""

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.spec.record import TEXTS, DrawResult, MailCounts, Skip, Winner


@dataclass(frozen=True)
class Candidate:
    """What settling needs to know of an entry; `number` tells which came first."""

    number: int
    duplicate_key: str
    answer: str
    struck: str | None


def settle(candidates: Iterable[Candidate], right_answer: str) -> Iterator[tuple[int, str]]:
    """The entries to strike at locking, as (number, reason): one entry a person, the first one counts.

    An entry that the organiser has struck is as if never sent; the person's next one then counts.
    """
    seen: set[str] = set()
    for candidate in sorted(candidates, key=lambda each: each.number):
        if candidate.struck:
            continue
        if candidate.duplicate_key in seen:
            yield candidate.number, "dubblett"
        elif candidate.answer != right_answer:
            yield candidate.number, "fel svar"
        seen.add(candidate.duplicate_key)


def rank_key(seed: bytes, ticket: str) -> bytes:
    """The 32 bytes that a ticket (64 hex digits) is sorted by."""
    return hmac.digest(seed, bytes.fromhex(ticket), "sha256")


def ranking(seed: bytes, tickets: Iterable[str]) -> list[tuple[str, str]]:
    """The tickets in the order they win, as (rank key in hex, ticket). Equal keys: the lower ticket first."""
    return sorted((rank_key(seed, ticket).hex(), ticket) for ticket in tickets)


def read_record(data: bytes) -> tuple[dict[str, bytes], DrawResult]:
    """The text files in protokoll.json, by name, and the result."""
    found = json.loads(data)
    texts = {name: found.pop(name).encode() for name in TEXTS}
    found["forbigangna"] = [Skip(**skip) for skip in found["forbigangna"]]
    found["vinnare"] = [Winner(**winner) for winner in found["vinnare"]]
    found["mejl"] = MailCounts(**found["mejl"])
    return texts, DrawResult(**found)

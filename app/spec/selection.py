"""The order of the tickets from a seed, the same every time."""

# Standard library only.

# Öppen dragning v2; HMAC is https://www.rfc-editor.org/rfc/rfc2104 over SHA-256.

import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256
from heapq import nsmallest


def entropy_string(source: str, number: int, randomness: str) -> str:
    """Return the entropy string of a round; `randomness` is 64 hex digits."""
    return f"{source}:{number}:{randomness}"


def make_seed(proof_sha256: str, entropy: str) -> bytes:
    """Return the 32 bytes that decide, from the checksum of the låsbevis (hex) and the entropy string."""
    return sha256(f"oppen-dragning/v2/fro\n{proof_sha256}\n{entropy}\n".encode()).digest()


def rank_key(seed: bytes, ticket: str) -> bytes:
    """Return the 32 bytes that a ticket (64 hex digits) is sorted by."""
    return hmac.digest(seed, bytes.fromhex(ticket), "sha256")


def order_tickets(seed: bytes, tickets: Iterable[str]) -> Iterator[str]:
    """Give the tickets in the order they win."""
    # Equal keys: the lower ticket first.
    # Holds 64 bytes a ticket, packed, however long the tickets are read.
    for pair in sorted(_pairs(seed, tickets)):
        yield pair[32:].hex()


def first_tickets(seed: bytes, tickets: Iterable[str], count: int) -> list[str]:
    """Return the first `count` tickets of that order; memory grows with `count` only."""
    return [pair[32:].hex() for pair in nsmallest(count, _pairs(seed, tickets))]


def _pairs(seed: bytes, tickets: Iterable[str]) -> Iterator[bytes]:
    """Give rank key and ticket as one string of 64 bytes: its order is that of keys, then of tickets."""
    for ticket in tickets:
        raw = bytes.fromhex(ticket)
        yield hmac.digest(seed, raw, "sha256") + raw

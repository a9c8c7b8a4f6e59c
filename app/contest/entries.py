"""What an entry is, and which entries count. Pure: time and chance are arguments."""

# Receipt code, canonical address, duplicate key, ticket and settling follow Öppen dragning v2, byte for byte.

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256

import idna

from app.errors import NotAllowed

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
# What 26 characters of five bits need, in bytes.
CODE_CHANCE = 17
# RFC 5321 4.5.3.1
LONGEST_ADDRESS, LONGEST_LOCAL_PART = 254, 64
# RFC 5322 3.2.3, dot-atom
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")

# Reasons in the organiser's hand.
STRIKE_REASONS = ("anställd", "uppenbart falsk")
WITHDRAWN, WRONG, DUPLICATE, LATE = "återkallad", "fel svar", "dubblett", "för sent"
_EXAMPLE = "Skriv e-postadressen så här: namn@exempel.se"


@dataclass(frozen=True)
class Candidate:
    """What settling needs to know of an entry.

    `number` is that of its record in the log; `struck` is why it is struck already, by its sender or by hand.
    """

    number: int
    duplicate_key: str
    answer: str
    received_at: datetime
    struck: str | None = None


@dataclass(frozen=True)
class Settled:
    """An entry that does not count, and why; `stays` is the number of the duplicate that does."""

    number: int
    reason: str
    stays: int | None = None


def receipt_code(chance: bytes) -> str:
    """Return a receipt code of 130 bits from 17 bytes of a CSPRNG, never from a key."""
    if len(chance) != CODE_CHANCE:
        raise ValueError("a receipt code needs 17 bytes of chance")
    number = int.from_bytes(chance, "big") >> 6
    return "".join(CROCKFORD[(number >> 5 * place) & 31] for place in reversed(range(CODE_LENGTH)))


def group_code(code: str) -> str:
    """Return a receipt code as people read it: ABCDE-FGHJK-…, the last group of six."""
    return "-".join([*(code[start : start + 5] for start in range(0, 20, 5)), code[20:]])


def plain_code(text: str) -> str:
    """Return a typed or pasted receipt code as it is stored: no separators, O as 0, I and L as 1."""
    kept = "".join(character for character in text.upper() if character.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def canonical_email(address: str) -> str:
    """Return the address as it goes into the ticket. Raises NotAllowed."""
    # NFKC, one @, an ASCII local part, the domain by IDNA 2008 / UTS 46 non-transitional as A-label, all lower case.
    local, at, domain = unicodedata.normalize("NFKC", address).strip().partition("@")
    if not at or "@" in domain:
        raise NotAllowed(_EXAMPLE)
    if not local.isascii():
        raise NotAllowed("Före @ kan adressen bara ha a till z, siffror och tecken som punkt. Skriv en annan.")
    if not _LOCAL_PART.fullmatch(local):
        raise NotAllowed(_EXAMPLE)
    canonical = f"{local}@{a_label(domain)}".lower()
    if len(canonical) > LONGEST_ADDRESS or len(local) > LONGEST_LOCAL_PART:
        raise NotAllowed("Adressen är för lång.")
    return canonical


@lru_cache(maxsize=1024)
def a_label(domain: str) -> str:
    try:
        label = idna.encode(domain, uts46=True, std3_rules=True).decode().removesuffix(".")
    except (idna.IDNAError, UnicodeError, IndexError):
        raise NotAllowed(_EXAMPLE) from None
    # A name without a dot, or of digits at its end, is no host that mail can reach (RFC 3696 2).
    if "." not in label or label.rpartition(".")[2].isdigit():
        raise NotAllowed(_EXAMPLE)
    return label


def duplicate_key(canonical: str) -> str:
    """Return what two addresses of one person share; never published. +tag goes, and for Gmail the dots too."""
    local, _, domain = canonical.rpartition("@")
    # A + at the start is no tag.
    local = local[:1] + local[1:].partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def is_label(text: str) -> bool:
    """Check an option's label: NFC, trimmed, not empty, without control characters."""
    whole = text == unicodedata.normalize("NFC", text).strip()
    return whole and text != "" and not any(unicodedata.category(character) == "Cc" for character in text)


def make_ticket(contest_id: str, code: str, canonical: str, answer: str) -> str:
    """Return the public number of an entry, 64 hex digits; it binds code, address and answer.

    `answer` is the option's label as frozen. Raises ValueError when a part could be read as two lines.
    """
    lines = ("oppen-dragning/v2/lott", contest_id, code, canonical, answer)
    if not is_label(answer) or any("\n" in line for line in lines):
        raise ValueError("a part of the ticket is not one line")
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def settle_entries(candidates: Iterable[Candidate], right_answer: str, closes: datetime) -> Iterator[Settled]:
    """Give the entries that do not count at locking, by number."""
    # Withdrawn, struck by hand and late first, then wrong answers, then per duplicate key all but the lowest number: so
    # a wrong first answer does not cost a right second one. This is the definition; the database does the same.
    kept: dict[str, int] = {}
    for candidate in sorted(candidates, key=lambda candidate: candidate.number):
        if candidate.struck:
            yield Settled(candidate.number, candidate.struck)
        elif candidate.received_at.replace(microsecond=0) > closes:
            yield Settled(candidate.number, LATE)
        elif candidate.answer != right_answer:
            yield Settled(candidate.number, WRONG)
        elif candidate.duplicate_key in kept:
            yield Settled(candidate.number, DUPLICATE, kept[candidate.duplicate_key])
        else:
            kept[candidate.duplicate_key] = candidate.number

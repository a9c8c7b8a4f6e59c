"""What an entry is, when one may be sent in, and which of them count. Pure: time and chance are arguments.

The canonical address, the duplicate key, the receipt code and the ticket follow Öppen dragning v1, byte for byte.
"""

import unicodedata
from functools import lru_cache
from hashlib import sha256

import idna

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 26
STRIKE_REASONS = ("dubblett", "fel svar", "anställd", "återkallad", "uppenbart falsk")
"""The closed list of Öppen dragning v1. The first two are settled by the program at locking."""
RESTORE_REASONS = ("struket av misstag", "nya uppgifter")
"""Why a strike is taken back before the list is locked."""


def canonical_email(address: str) -> str:
    """The address as it goes into the ticket: NFKC, trimmed, the domain as A-label, all in lower case.

    Raises ValueError when there is no local part or no domain that IDNA can encode.
    """
    local, at, domain = unicodedata.normalize("NFKC", address).strip().rpartition("@")
    if not at or not local:
        raise ValueError("not an e-mail address")
    return f"{local}@{_a_label(domain)}".lower()


@lru_cache(maxsize=1024)
def _a_label(domain: str) -> str:
    return idna.encode(domain, uts46=True).decode()


def duplicate_key(canonical: str) -> str:
    """What two addresses of one person share; never published. +tag goes, and for Gmail the dots too."""
    local, _, domain = canonical.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def receipt_code(chance: bytes) -> str:
    """A receipt code of 26 Crockford characters (130 bits) from at least 17 bytes of chance."""
    if len(chance) < 17:
        raise ValueError("too little chance for a receipt code")
    number = int.from_bytes(chance[:17], "big") >> 6
    return "".join(CROCKFORD[(number >> 5 * place) & 31] for place in reversed(range(CODE_LENGTH)))


def grouped(code: str) -> str:
    """A receipt code as people read it: ABCDE-FGHJK-…, the last group of six."""
    return "-".join([*(code[start : start + 5] for start in range(0, 20, 5)), code[20:]])


def plain_code(text: str) -> str:
    """A receipt code as typed or pasted, in the form that is stored: no separators, O as 0, I and L as 1."""
    kept = "".join(character for character in text.upper() if character.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def ticket(contest_id: str, code: str, canonical: str) -> str:
    """The public number of an entry, 64 hex digits; it binds the entry to one code and one address."""
    lines = ("oppen-dragning/v1/lott", contest_id, code, canonical)
    return sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()

"""Chooses the order of the tickets from a seed, the same way every time. Standard library only.

Öppen dragning v1: https://www.rfc-editor.org/rfc/rfc2104 (HMAC) over SHA-256, then sort.
"""

import hmac
from hashlib import sha256


def seed(proof_sha256: str, entropy: str) -> bytes:
    """The 32 bytes that decide everything, from the checksum of the låsbevis (hex) and the entropy string."""
    return sha256(f"oppen-dragning/v1/fro\n{proof_sha256}\n{entropy}\n".encode()).digest()


def rank_key(seed: bytes, ticket: str) -> bytes:
    """The 32 bytes that a ticket (64 hex digits) is sorted by."""
    return hmac.digest(seed, bytes.fromhex(ticket), "sha256")

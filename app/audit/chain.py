"""The audit chain of Öppen dragning v1: each record's checksum rests on the one before. Pure."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

START = "0" * 64


def compact(record: Mapping[str, object]) -> str:
    """A record as the bytes that are hashed: sorted keys, no spaces, UTF-8 unescaped."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def next_head(head: str, record: str) -> str:
    """The checksum after `record` (compact JSON) when the one before it was `head` (64 hex digits)."""
    return sha256(f"oppen-dragning/v1/logg\n{head}\n{record}\n".encode()).hexdigest()


def stamp(moment: datetime) -> str:
    """An instant as public files write it: UTC, whole seconds, YYYY-MM-DDThh:mm:ssZ."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

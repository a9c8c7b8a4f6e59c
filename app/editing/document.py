"""The text of a hatch.md or an edition.toml, changed so that comments, order and what nobody touched stay. Pure."""

import tomllib
from collections.abc import Mapping
from typing import Any

from app.calendar.markdown import FRONT_MATTER


class Unreadable(Exception):
    """The file cannot be taken apart: its head is missing, or is not TOML."""


def taken_apart(text: str) -> tuple[dict[str, Any], str]:
    """The values of a hatch.md's head, and its tip. Raises Unreadable."""
    parts = FRONT_MATTER.match(text)
    if not parts:
        raise Unreadable
    return values(parts[1]), parts[2].strip()


def values(toml: str) -> dict[str, Any]:
    """What a TOML text says. Raises Unreadable."""
    try:
        return tomllib.loads(toml)
    except (ValueError, RecursionError):
        raise Unreadable from None


def put_together(text: str, changes: Mapping[str, Any], tip: str | None = None) -> str:
    """The hatch.md with `changes` in its head, and with another tip when one is given. Raises Unreadable."""
    parts = FRONT_MATTER.match(text)
    if not parts:
        raise Unreadable
    # A tip that nobody touched keeps its spaces; so a save that changes nothing writes the same bytes.
    kept = parts[2] if tip is None or tip == parts[2].strip() else f"\n{tip}\n"
    return f"+++\n{changed(parts[1], changes)}+++\n{kept}"


def changed(toml: str, changes: Mapping[str, Any]) -> str:
    """The TOML text with `changes`; a key whose value is None is taken out. Raises Unreadable."""
    # Read here: only who edits has a use for it.
    from app.editing.toml_text import merged

    try:
        text = merged(toml, changes)
    except (ValueError, RecursionError):
        raise Unreadable from None
    return text if text == toml else text.rstrip("\n") + "\n"

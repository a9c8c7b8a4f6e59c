"""The text of a hatch.md or an edition.toml, changed so that comments, order and untouched parts stay. Pure."""

from collections.abc import Mapping
from typing import Any

from app.calendar.files import reading
from app.calendar.files.reading import FRONT_MATTER


class HatchFileError(Exception):
    """The file cannot be taken apart: its head is missing, or is not TOML."""


def parse_hatch(text: str) -> tuple[dict[str, Any], str]:
    """Return the values of a hatch.md's head, and its tip. Raises HatchFileError."""
    parts = FRONT_MATTER.match(text)
    if not parts:
        raise HatchFileError
    return parse_toml(parts[1]), parts[2].strip()


def parse_toml(toml: str) -> dict[str, Any]:
    """Return what a TOML text says. Raises HatchFileError."""
    try:
        return reading.parse_toml(toml)
    except (ValueError, RecursionError):
        raise HatchFileError from None


def render_hatch(text: str, changes: Mapping[str, Any], tip: str | None = None) -> str:
    """Return the hatch.md with `changes` in its head, and with another tip when one is given. Raises HatchFileError."""
    parts = FRONT_MATTER.match(text)
    if not parts:
        raise HatchFileError
    # An untouched tip keeps its spaces, so that a save that changes nothing writes the same bytes.
    kept = parts[2] if tip is None or tip == parts[2].strip() else f"\n{tip}\n"
    return f"+++\n{change_toml(parts[1], changes)}+++\n{kept}"


def change_toml(toml: str, changes: Mapping[str, Any]) -> str:
    """Return the TOML text with `changes`; a key whose value is None is taken out. Raises HatchFileError."""
    # Imported here: only the editor needs tomlkit.
    from app.editing.toml_text import merge_toml

    try:
        text = merge_toml(toml, changes)
    except (ValueError, RecursionError):
        raise HatchFileError from None
    return text if text == toml else text.rstrip("\n") + "\n"

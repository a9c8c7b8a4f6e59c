"""The text of a hatch.md or an edition.toml, changed so that comments, order and untouched parts stay. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table

from app.calendar.loader import FRONT_MATTER


def update_toml(toml: str, changes: Mapping[str, Any]) -> str:
    """Return the text with `changes`; a key whose value is None is taken out. Raises ValueError."""
    try:
        document = tomlkit.parse(toml)
    except TOMLKitError as error:
        raise ValueError from error
    _merge(document, changes)
    return tomlkit.dumps(document)


def _merge(table: Any, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        present = table.get(name)
        if value is None:
            table.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(present, Mapping):
            _merge(present, value)
        elif isinstance(present, AoT):
            _merge_tables(present, value)
            if not value:
                table.pop(name)
        elif isinstance(present, Array) and _plain(value):
            _merge_array(present, value)
        elif not (present is None and value in ("", [], {})) and not _same(present, value):
            table[name] = _item(value)


def _plain(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(each, Mapping) for each in value)


def _same(present: Any, value: Any) -> bool:
    before = present.unwrap() if hasattr(present, "unwrap") else present
    if isinstance(before, str) and isinstance(value, str):
        return before.strip() == value.strip()
    return type(before) is type(value) and bool(before == value)


def _merge_tables(present: AoT, rows: Sequence[Mapping[str, Any]]) -> None:
    """Row by row; what is new comes last, after a blank line, and so does whatever stands below."""
    while len(present) > len(rows):
        del present[len(rows)]
    for table, row in zip(list(present), rows, strict=False):
        _merge(table, row)
    for row in rows[len(present) :]:
        if len(present) and not present[-1].as_string().endswith("\n\n"):
            present[-1].add(tomlkit.nl())
        present.append(_table(row))


def _merge_array(present: Array, parts: Sequence[Any]) -> None:
    while len(present) > len(parts):
        del present[len(parts)]
    for place, part in enumerate(parts):
        if place == len(present):
            present.append(part)
        elif present[place] != part:
            present[place] = part


def _table(row: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in row.items():
        if value is not None:
            table.add(name, _item(value))
    table.add(tomlkit.nl())
    return table


def _item(value: Any) -> Any:
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value + "\n", multiline=True)
    if isinstance(value, list) and not _plain(value):
        tables = tomlkit.aot()
        for row in value:
            tables.append(_table(row))
        return tables
    if isinstance(value, Mapping):
        return _table(value)
    if isinstance(value, list) and sum(map(len, map(str, value))) > 80:
        lines = tomlkit.array().multiline(True)
        lines.extend(value)
        return lines
    return tomlkit.item(value)


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
        return tomllib.loads(toml)
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
    # Read here: only who edits has a use for it.
    pass

    try:
        text = update_toml(toml, changes)
    except (ValueError, RecursionError):
        raise HatchFileError from None
    return text if text == toml else text.rstrip("\n") + "\n"

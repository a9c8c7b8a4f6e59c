"""A TOML text, changed so that comments, order and untouched parts stay. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Table


def merge_toml(toml: str, changes: Mapping[str, object]) -> str:
    """Return the text with `changes`; a key whose value is None is taken out. Raises ValueError."""
    try:
        document = tomlkit.parse(toml)
    except TOMLKitError as error:
        raise ValueError from error
    merge_table(document, changes)
    return tomlkit.dumps(document)


def merge_table(table: Any, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        present = table.get(name)
        if value is None:
            table.pop(name, None)
        elif isinstance(value, Mapping) and isinstance(present, Mapping):
            merge_table(present, value)
        elif isinstance(present, AoT):
            merge_tables(present, value)
            if not value:
                table.pop(name)
        elif isinstance(present, Array) and _plain(value):
            merge_array(present, value)
        elif not (present is None and value in ("", [], {})) and not _same(present, value):
            table[name] = toml_item(value)


def _plain(value: object) -> bool:
    return isinstance(value, list) and not any(isinstance(each, Mapping) for each in value)


def _same(present: object, value: object) -> bool:
    before = present.unwrap() if hasattr(present, "unwrap") else present
    if isinstance(before, str) and isinstance(value, str):
        return before.strip() == value.strip()
    return type(before) is type(value) and bool(before == value)


def merge_tables(present: AoT, rows: Sequence[Mapping[str, object]]) -> None:
    """Row by row; what is new comes last, after a blank line, and so does whatever stands below."""
    while len(present) > len(rows):
        del present[len(rows)]
    for table, row in zip(list(present), rows, strict=False):
        merge_table(table, row)
    for row in rows[len(present) :]:
        if len(present) and not present[-1].as_string().endswith("\n\n"):
            present[-1].add(tomlkit.nl())
        present.append(toml_table(row))


def merge_array(present: Array, parts: Sequence[Any]) -> None:
    while len(present) > len(parts):
        del present[len(parts)]
    for place, part in enumerate(parts):
        if place == len(present):
            present.append(part)
        elif present[place] != part:
            present[place] = part


def toml_table(row: Mapping[str, object]) -> Table:
    table = tomlkit.table()
    for name, value in row.items():
        if value is not None:
            table.add(name, toml_item(value))
    table.add(tomlkit.nl())
    return table


def toml_item(value: object) -> Any:
    if isinstance(value, str) and "\n" in value:
        return tomlkit.string(value + "\n", multiline=True)
    if isinstance(value, list) and not _plain(value):
        tables = tomlkit.aot()
        for row in value:
            tables.append(toml_table(row))
        return tables
    if isinstance(value, Mapping):
        return toml_table(value)
    if isinstance(value, list) and sum(map(len, map(str, value))) > 80:
        lines = tomlkit.array().multiline(True)
        lines.extend(value)
        return lines
    return tomlkit.item(value)

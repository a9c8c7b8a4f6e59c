"""Two people's changes to the same form, put together field by field. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

# What means something together only: an answer is the place of an option.
_UNITS = {"answer": "options"}


class SameField(Exception):
    """Both have changed the same field."""


def merge_fields(base: Any, theirs: Any, mine: Any) -> Any:
    """Return `theirs` with what `mine` changes of `base`. Raises SameField.

    Rows are put together place by place when neither has added or taken away one.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if all(isinstance(each, Mapping) for each in (base, theirs, mine)):
        return _merge_tables(base, theirs, mine)
    if all(isinstance(each, list) for each in (base, theirs, mine)) and len(base) == len(theirs) == len(mine):
        return [merge_fields(*parts) for parts in zip(base, theirs, mine, strict=True)]
    raise SameField


def _merge_tables(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name in mine:
        names: Sequence[str] = [name, *(part for part, whole in _UNITS.items() if whole == name and part in mine)]
        if len(names) > 1:
            tables = ({part: table.get(part) for part in names} for table in (base, theirs, mine))
            merged |= _merge_whole(*tables)
        elif name not in _UNITS:
            merged[name] = merge_fields(base.get(name), theirs.get(name), mine[name])
    return merged


def _merge_whole(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> dict[str, Any]:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    raise SameField

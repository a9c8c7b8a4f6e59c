"""What differs between two texts, line by line and within a line word by word. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

Kind = Literal["same", "gone", "new"]
_AROUND = 1
"""Lines shown as they are around a change."""


class Piece(NamedTuple):
    kind: Kind
    text: str


def compared(old: str, new: str) -> list[list[Piece]]:
    """Paragraphs of pieces, each with its line breaks: only what differs, and a line around it. Empty when alike."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND)
    return [
        [
            piece
            for kind, start, end, first, last in group
            for piece in _pieces(kind == "equal", "".join(before[start:end]), "".join(after[first:last]))
        ]
        for group in groups
    ]


def _pieces(same: bool, old: str, new: str) -> Iterator[Piece]:
    if same:
        yield Piece("same", old)
        return
    words, others = re.findall(r"\w+|\s+|\W", old), re.findall(r"\w+|\s+|\W", new)
    for kind, start, end, first, last in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(words[start:end]))
            continue
        if start < end:
            yield Piece("gone", "".join(words[start:end]))
        if first < last:
            yield Piece("new", "".join(others[first:last]))

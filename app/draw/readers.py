"""Reads long files in parts, and walks sorted rows side by side. Pure: memory does not grow with what is read."""

import codecs
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import TypeVar

Left = TypeVar("Left")
Right = TypeVar("Right")
_PLACE = re.compile(
    r'[\s,]*\{\s*"plats":\s*(\d{1,9}),\s*"lott":\s*"([0-9a-f]{64})",\s*"nyckel":\s*"([0-9a-f]{64})"\s*\}'
)
_LINE = re.compile("[0-9a-f]{64} (med|struken)")
_SEAL = ' "kontrollsumma": "{}"\n}}\n'
_SEAL_LENGTH = len(_SEAL.format(64 * "0"))
_RANKING = '"rangordning": ['


def side_by_side(
    left: Iterable[tuple[str, Left]], right: Iterable[tuple[str, Right]]
) -> Iterator[tuple[str, Left | None, Right | None]]:
    """Every key of two sequences that are sorted by key, with what each has for it; None where one has nothing."""
    ours, theirs = iter(left), iter(right)
    one, other = next(ours, None), next(theirs, None)
    while one or other:
        if other is None or (one and one[0] < other[0]):
            yield one[0], one[1], None  # type: ignore[index]
            one = next(ours, None)
        elif one is None or other[0] < one[0]:
            yield other[0], None, other[1]
            other = next(theirs, None)
        else:
            yield one[0], one[1], other[1]
            one, other = next(ours, None), next(theirs, None)


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines of a text in UTF-8, without their line feeds; the last one is empty when the file ends with one."""
    rest = ""
    for text in codecs.iterdecode(chunks, "utf-8", "replace"):
        *whole, rest = (rest + text).split("\n")
        yield from whole
    yield rest


def unsealed(chunks: Iterable[bytes], whole: list[bool]) -> Iterator[bytes]:
    """The chunks of a sealed file as they are; whether its last line is the checksum of the others goes to `whole`."""
    digest, tail = sha256(), b""
    for chunk in chunks:
        yield chunk
        tail += chunk
        digest.update(tail[:-_SEAL_LENGTH])
        tail = tail[-_SEAL_LENGTH:]
    whole.append(tail == _SEAL.format(digest.hexdigest()).encode())


def listed(rows: Iterable[str], others: list[str]) -> Iterator[tuple[str, str]]:
    """(ticket, status) of each line of a list file that has just these; the other lines are added to `others`."""
    for row in rows:
        if _LINE.fullmatch(row):
            yield row[:64], row[65:]
        else:
            others.append(row)


def places(chunks: Iterable[bytes], rest: list[str]) -> Iterator[tuple[int, str, str]]:
    """(place, ticket, key) of each place in a protocol; what is left of the file without them is added to `rest`."""
    held, inside = "", False
    for text in codecs.iterdecode(chunks, "utf-8", "replace"):
        held += text
        if not inside and _RANKING in held:
            before, _, held = held.partition(_RANKING)
            rest.append(before + _RANKING)
            inside = True
        end = 0
        while inside and (found := _PLACE.match(held, end)):
            end = found.end()
            yield int(found[1]), found[2], found[3]
        held = held[end:]
    rest.append(held)

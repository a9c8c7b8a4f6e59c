"""What a file has of a pattern, whatever it is packed in."""

import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_PACKED: dict[bytes, Callable[..., Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
# zstd, lz4, lzip, compress, 7-Zip, RAR, and the journal of systemd, which packs what it notes.
_CLOSED = (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"LZIP", b"\x1f\x9d", b"7z\xbc\xaf", b"Rar!", b"LPKSHHRH")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# What the readers of the packed raise: OSError, too, for one that is cut off or another one's.
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_PART = 1 << 20
# Longer than what is looked for, which may lie across two parts.
_OVERLAP = 1000


@dataclass(frozen=True)
class Traces:
    """How much was found in a file, and why not all of it could be searched; "" when it was."""

    count: int
    trouble: str


def search_file(path: Path, pattern: re.Pattern[bytes]) -> Traces:
    """Look for a pattern in a file's bytes, and in what is packed in it. Raises FileNotFoundError."""
    found: set[bytes] = set()
    try:
        with path.open("rb") as file:
            trouble = "" if _search(file, pattern, found) else "den är packad på ett sätt som kalendern inte läser"
    except PermissionError:
        trouble = "den går inte att öppna"
    except FileNotFoundError:
        raise
    except _BROKEN:
        trouble = "den är skadad eller har ett lösenord"
    return Traces(len(found), trouble)


def _search(file: IO[bytes], pattern: re.Pattern[bytes], found: set[bytes]) -> bool:
    """Add what there is to `found`, and return whether all of it could be read."""
    head = file.read(8)
    file.seek(0)
    for part in overlapping_parts(file):
        text = part.replace(b"\0", b"") if head.startswith(_UTF_16) else part
        found.update(pattern.findall(text))
    file.seek(0)
    for mark, open_packed in _PACKED.items():
        if head.startswith(mark):
            with open_packed(file) as inside:
                return _search(inside, pattern, found)
    if head.startswith(_ZIP):
        with zipfile.ZipFile(file) as archive:
            are_read = [_search(archive.open(name), pattern, found) for name in archive.namelist()]
            return all(are_read)
    return not head.startswith(_CLOSED)


def overlapping_parts(file: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while part := file.read(_PART):
        yield rest + part
        rest = (rest + part)[-_OVERLAP:]

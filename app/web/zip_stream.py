"""A folder of text files as a ZIP that is made while it is sent, so that memory does not grow with it. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.clock import SWEDEN

SUMS = "SHA256SUMS"
# Characters that are compressed at a time, and bytes that are sent at a time.
BLOCK = 1 << 16
# A path in the folder, and the text of the file in parts.
File = tuple[str, Iterable[str]]


class _Sent:
    """What a ZIP is written to when it goes at once: nothing can be written again further back."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, data: bytes) -> int:
        self.held += data
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        found = bytes(self.held)
        self.held.clear()
        return found


def stream_zip(folder: str, files: Iterable[File], at: datetime) -> Iterator[bytes]:
    """Give the ZIP in parts: the files in their order, and last their SHA-256 as `sha256sum -c` reads them.

    The same files and the same `at`, which dates them, give the same bytes.
    """
    sent, sums = _Sent(), list[str]()
    with ZipFile(sent, "w") as archive:  # type: ignore[call-overload] # zipfile asks only for write and flush
        for name, parts in files:
            digest = sha256()
            with archive.open(_entry(f"{folder}/{name}", at), "w") as file:
                for block in _blocks(parts):
                    digest.update(block)
                    file.write(block)
                    if len(sent.held) >= BLOCK:
                        yield sent.taken()
            # Two spaces: the form of `sha256sum`, for a file read as it is.
            sums.append(f"{digest.hexdigest()}  {name}\n")
        archive.writestr(_entry(f"{folder}/{SUMS}", at), "".join(sums))
    yield sent.taken()


def _entry(path: str, at: datetime) -> ZipInfo:
    """Return what the ZIP says of a file; nothing of the machine that made it."""
    entry = ZipInfo(path, at.astimezone(SWEDEN).timetuple()[:6])
    # 3 is Unix, whose file mode is in the upper 16 bits (PKWARE's APPNOTE, 4.4.2.2 and 4.4.15).
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, 3, 0o100644 << 16
    return entry


def _blocks(parts: Iterable[str]) -> Iterator[bytes]:
    """Give the parts in blocks: a line at a time would take the compressor far longer."""
    held, size = list[str](), 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= BLOCK:
            yield "".join(held).encode()
            held, size = [], 0
    yield "".join(held).encode()

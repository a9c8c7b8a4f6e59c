"""The leaves of an edition on disk, a hatch with its pictures or edition.toml, read and written file by file."""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.calendar.loader import IMAGE

# The files of a leaf by name.
Files = dict[str, bytes]
TEXTS = ("hatch.md", "edition.toml")


class ContentWriteError(Exception):
    """The disk would not have it; nothing was changed. The text is Swedish."""


@dataclass(frozen=True, order=True)
class ContentRef:
    """What is edited, kept and restored as one: hatch `number` of an edition, or with 0 its edition.toml."""

    year: int
    number: int = 0

    @property
    def text_name(self) -> str:
        return TEXTS[self.number == 0]

    @property
    def name(self) -> str:
        """How the leaf is called among earlier versions."""
        return f"{self.number:02}" if self.number else "edition"

    def folder(self, root: Path) -> Path:
        return root / str(self.year) / (f"{self.number:02}" if self.number else "")


def read_files(root: Path, leaf: ContentRef) -> Files:
    """Return the text and the pictures of a leaf. Raises ContentWriteError when they cannot be read."""
    folder = leaf.folder(root)
    try:
        names = [path.name for path in folder.iterdir() if leaf.number and IMAGE.fullmatch(path.name)]
        return {name: (folder / name).read_bytes() for name in (leaf.text_name, *sorted(names))}
    except OSError:
        raise ContentWriteError(f"Det gick inte att läsa {leaf.name}/{leaf.text_name} i {leaf.year}.") from None


def text_of(files: Files) -> str:
    """Return the text among the files, with the line ends and without the mark that Windows likes."""
    raw = next(files[name] for name in TEXTS if name in files)
    return raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def checksum(files: Files) -> str:
    """Stands for everything in a leaf: pictures too."""
    joined = "\n".join(f"{name} {sha256(body).hexdigest()}" for name, body in sorted(files.items()))
    return sha256(joined.encode()).hexdigest()[:32]


def write_atomically(root: Path, leaf: ContentRef, files: Files) -> None:
    """Pictures first, then the text that names them, and last away with what is no longer named."""
    # Each file is there whole or not at all, so a crash leaves a leaf that can be read. Raises ContentWriteError.
    folder = leaf.folder(root)
    with translate_os_errors():
        for name in sorted(files, key=lambda name: name in TEXTS):
            put_files(folder / name, files[name])
        for path in folder.iterdir() if leaf.number else ():
            if IMAGE.fullmatch(path.name) and path.name not in files:
                path.unlink()


def put_files(path: Path, body: bytes) -> None:
    """Write a file complete or not at all."""
    # Does nothing when it says so already.
    if path.is_file() and path.read_bytes() == body:
        return
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with partial.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def translate_os_errors() -> Iterator[None]:
    """Turn what the disk says into ContentWriteError."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "Disken är full." if full else "Kalendern får inte skriva i mappen med innehållet."
        raise ContentWriteError(f"{reason} Be den som sköter servern om hjälp. Inget är ändrat på sidan.") from error


@contextmanager
def exclusive_lock(folder: Path) -> Iterator[None]:
    """Give one at a time, among threads and processes, for as long as a change takes."""
    with translate_os_errors():
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

"""The leaves of an edition on disk, a hatch with its pictures or edition.toml, read and written file by file."""

import errno
import fcntl
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from app.calendar.loader import MUNICIPALITIES, part_name
from app.text import tidy

# The files of a leaf by name.
Files = dict[str, bytes]
TEXTS = ("hatch.md", "edition.toml")


class ContentWriteError(Exception):
    """The disk would not have it; nothing was changed. The text is Swedish."""


@dataclass(frozen=True, order=True)
class ContentRef:
    """What is edited, kept and restored as one: a hatch by `number`, a municipality, or what belongs to neither."""

    year: int
    number: int = 0
    municipality: str = ""

    @property
    def text_name(self) -> str:
        return f"{self.municipality}.toml" if self.municipality else TEXTS[self.number == 0]

    @property
    def name(self) -> str:
        """How the leaf is called among earlier versions."""
        return f"{MUNICIPALITIES}-{self.municipality}" if self.municipality else self.place or "edition"

    @property
    def place(self) -> str:
        """The folder of the leaf in that of its edition."""
        return MUNICIPALITIES if self.municipality else f"{self.number:02}" if self.number else ""

    @property
    def path(self) -> str:
        """How an organiser knows the leaf's text: from the year on."""
        return "/".join(filter(None, (str(self.year), self.place, self.text_name)))

    def folder(self, root: Path) -> Path:
        return root / str(self.year) / self.place

    def part_name(self, name: str) -> str:
        """Return the name of a picture or a translation of the leaf; "" for any other file in its folder."""
        return "" if self.municipality else part_name(name)


def read_files(root: Path, leaf: ContentRef) -> Files:
    """Return the text of a leaf, its pictures and translations. Raises ContentWriteError."""
    folder = leaf.folder(root)
    if leaf.municipality and not (folder / leaf.text_name).exists():
        return {}  # no edition needs one
    try:
        paths = {leaf.part_name(path.name): path for path in folder.iterdir()}
        text = {leaf.text_name: (folder / leaf.text_name).read_bytes()}
        return text | {name: path.read_bytes() for name, path in sorted(paths.items()) if name}
    except OSError:
        raise ContentWriteError(f"Det gick inte att läsa {leaf.path.partition('/')[2]} i {leaf.year}.") from None


def is_text(name: str) -> bool:
    """Check whether a file of a leaf is written by hand: its text, or a translation of it."""
    return name.endswith((".md", ".toml"))


def text_of(files: Files) -> str:
    """Return the text among the files, tidy and without the mark that Windows likes."""
    raw = next((files[name] for name in TEXTS if name in files), None) or next(iter(files.values()))
    return tidy(raw.decode("utf-8-sig", "replace"))


def checksum(files: Files) -> str:
    """Stands for everything in a leaf: pictures too."""
    return checksum_of({name: sha256(body).hexdigest() for name, body in files.items()})


def checksum_of(digests: Mapping[str, str]) -> str:
    """Return the checksum of a leaf whose files have these checksums."""
    joined = "\n".join(f"{name} {digest}" for name, digest in sorted(digests.items()))
    return sha256(joined.encode()).hexdigest()[:32]


def write_atomically(root: Path, leaf: ContentRef, files: Files) -> None:
    """Pictures first, then the text that names them, and last away with what is no longer named."""
    # Each file is there whole or not at all, so a crash leaves a leaf that can be read. Raises ContentWriteError.
    folder = leaf.folder(root)
    with translate_os_errors():
        folder.mkdir(parents=True, exist_ok=True)
        if leaf.municipality and not files:
            (folder / leaf.text_name).unlink(missing_ok=True)
        for name in sorted(files, key=lambda name: name in TEXTS):
            put_files(folder / name, files[name])
        for path in folder.iterdir():
            name = leaf.part_name(path.name)
            # A disk that composes names itself has the file under another name than the one it was given.
            if name and not (name in files and path.samefile(folder / name)):
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

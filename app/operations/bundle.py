"""A backup as one file: a ZIP of members and a manifest with the checksum of each."""

# Knows no database.

import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from app.errors import NotAllowed

FORMAT = "miljojulkalendern-backup/1"
MANIFEST = "manifest.json"
# The member that is the database, by engine.
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
SECRET_KEY = "instance/secret_key"  # noqa: S105 – the name of a member
_NAME = re.compile(r"(content|instance/history)/.+")
_PART = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `members` maps a name to the SHA-256 of its bytes, in hex."""

    made_at: datetime
    engine: str
    revision: str
    members: dict[str, str]


def pack_backup(target: Path, files: Mapping[str, Path], made_at: datetime, engine: str, revision: str) -> Manifest:
    """Write `files`, by member name, into a new file at `target` that only its owner can read."""
    # A file that was removed while the backup was made is left out.
    part = target.with_name(f".{target.name}.part")
    with suppress(FileNotFoundError):
        part.unlink()
    with new_private_file(part) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        members = {}
        for name, path in files.items():
            with suppress(FileNotFoundError):
                members[name] = add_file(archive, name, path)
        manifest = Manifest(made_at, engine, revision, members)
        archive.writestr(MANIFEST, json.dumps(as_json(manifest), indent=1, ensure_ascii=False))
    part.rename(target)
    return manifest


@contextmanager
def new_private_file(path: Path) -> Iterator[IO[bytes]]:
    """Give a new file that only its owner can read; at the end of the block it is on disk."""
    # O_EXCL opens no file that is there already, nor a link that another user has put there (open(2)).
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def add_file(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    # The size of what is streamed is not known beforehand; without force_zip64 it ends at 2 GiB (zipfile).
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as member:
        return copy_with_checksum(source, member)


def copy_with_checksum(source: IO[bytes], target: IO[bytes] | None) -> str:
    """Copy in parts, or only reads, and returns the SHA-256 of what went by."""
    digest = sha256()
    while part := source.read(_PART):
        digest.update(part)
        if target:
            target.write(part)
    return digest.hexdigest()


def as_json(manifest: Manifest) -> dict[str, object]:
    return {
        "format": FORMAT,
        "made_at": manifest.made_at.isoformat(),
        "engine": manifest.engine,
        "revision": manifest.revision,
        "sha256": manifest.members,
    }


class BackupArchive:
    """An opened backup, whose manifest can be read and whose names lead nowhere else."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.manifest = read_manifest(archive)
        self._check_names()

    def _check_names(self) -> None:
        entries = [entry for entry in self._archive.infolist() if entry.filename != MANIFEST]
        names = [entry.filename for entry in entries]
        if DATABASES.get(self.manifest.engine) not in names:
            raise NotAllowed("Säkerhetskopian har ingen databas, så den går inte att återställa.")
        if sorted(names) != sorted(self.manifest.members):
            raise NotAllowed("Säkerhetskopian har andra filer än dem som står i dess förteckning.")
        for entry in entries:
            # The upper 16 bits are a Unix mode, where a link has a kind of its own.
            if not is_ours(entry.filename) or stat.S_ISLNK(entry.external_attr >> 16):
                raise NotAllowed(f"Säkerhetskopian har filen {entry.filename[:60]!r}, som inte hör till en kalender.")

    def check(self) -> None:
        """Read every member against its checksum. Raises NotAllowed for the first that differs."""
        for name in self.manifest.members:
            self.extract(name, None)

    def extract(self, name: str, target: Path | None) -> None:
        """Write a member to a new file that only its owner can read, or read it only. Raises NotAllowed."""
        try:
            with self._archive.open(name) as source, new_private_file(target) if target else nullcontext() as file:
                digest = copy_with_checksum(source, file)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            digest = ""
        if digest != self.manifest.members[name]:
            raise NotAllowed(f"Filen {name[:60]} i säkerhetskopian är skadad: kontrollsumman stämmer inte.")


@contextmanager
def open_backup(file: Path) -> Iterator[BackupArchive]:
    """Give a backup to read. Raises NotAllowed when it is none, or says something of itself that cannot be."""
    try:
        archive = zipfile.ZipFile(file)
    except FileNotFoundError:
        raise NotAllowed(f"Filen {file} finns inte.") from None
    except (zipfile.BadZipFile, OSError):
        raise NotAllowed(f"Filen {file} är ingen säkerhetskopia, eller så är den skadad.") from None
    with archive:
        yield BackupArchive(archive)


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        found = json.loads(archive.read(MANIFEST))
        if found["format"] != FORMAT:
            raise NotAllowed(
                f"Säkerhetskopian har formatet {found['format']!r}, som det här programmet inte känner till."
            )
        made_at = datetime.fromisoformat(found["made_at"])
        return Manifest(made_at, str(found["engine"]), str(found["revision"]), dict(found["sha256"]))
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, zlib.error):
        raise NotAllowed("Filen är ingen säkerhetskopia, eller så är den skadad: dess förteckning saknas.") from None


def is_ours(name: str) -> bool:
    """Check whether a member's name is one that we write, and leads to no other folder."""
    if name in DATABASES.values() or name == SECRET_KEY:
        return True
    parts = PurePosixPath(name).parts
    plain = name == "/".join(parts) and not {"..", "."} & set(parts) and not re.search(r"[\\:\0]", name)
    return bool(plain and _NAME.fullmatch(name))

"""Earlier versions of a leaf, in the instance folder: who made each, when, and every byte of it."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from app.editing.store import TEXTS, ContentRef, Files, put_files

# Versions kept of each leaf.
MOST = 50


@dataclass(frozen=True)
class Version:
    """`files` maps a name to the checksum of its bytes; `who` is an organiser's id, None for someone at the server."""

    number: int
    at: datetime
    who: int | None
    what: str
    files: dict[str, str]


class History:
    """The versions of all leaves, under one folder: <year>/<NN>/000007.json, and bytes by their checksum beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, leaf: ContentRef) -> Path:
        return self.root / str(leaf.year) / leaf.name

    def versions(self, leaf: ContentRef) -> list[Version]:
        """Newest first."""
        paths = sorted(self.folder(leaf).glob("[0-9]*.json"), reverse=True)
        return [_version(json.loads(path.read_text("utf-8"))) for path in paths]

    def latest(self, leaf: ContentRef) -> Version | None:
        path = max(self.folder(leaf).glob("[0-9]*.json"), default=None)
        return _version(json.loads(path.read_text("utf-8"))) if path else None

    def files(self, leaf: ContentRef, version: Version) -> Files:
        return {name: (self.folder(leaf) / digest).read_bytes() for name, digest in version.files.items()}

    def add(self, leaf: ContentRef, files: Files, who: int | None, what: str, now: datetime) -> Version:
        """Keep the files as the newest version, and forgets those that are more than MOST."""
        folder = self.folder(leaf)
        folder.mkdir(parents=True, exist_ok=True)
        digests = {name: sha256(body).hexdigest() for name, body in files.items()}
        for name, body in files.items():
            put_files(folder / digests[name], body)
        before = self.latest(leaf)
        version = Version(before.number + 1 if before else 1, now, who, what, digests)
        record = json.dumps(asdict(version) | {"at": now.isoformat()}, ensure_ascii=False)
        put_files(folder / f"{version.number:06}.json", record.encode())
        self._forget(leaf)
        return version

    def drop(self, leaf: ContentRef, version: Version) -> None:
        """Take back a version that never came to be."""
        (self.folder(leaf) / f"{version.number:06}.json").unlink(missing_ok=True)

    def _forget(self, leaf: ContentRef) -> None:
        versions = self.versions(leaf)
        for version in versions[MOST:]:
            self.drop(leaf, version)
        kept = {digest for version in versions[:MOST] for digest in version.files.values()}
        for path in self.folder(leaf).iterdir():
            if len(path.name) == 64 and path.name not in kept:
                path.unlink()


def is_version_of(version: Version | None, files: Files) -> bool:
    """Check whether a version is exactly these files."""
    return version is not None and version.files == {name: sha256(body).hexdigest() for name, body in files.items()}


def version_name(version: Version) -> str:
    return next(name for name in TEXTS if name in version.files)


def _version(record: dict[str, object]) -> Version:
    fields = record | {"at": datetime.fromisoformat(str(record["at"]))}
    return Version(**fields)  # type: ignore[arg-type] # as add() wrote it

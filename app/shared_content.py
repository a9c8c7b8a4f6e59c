"""Content that several machines share: the newest stands in the database, and each machine has a copy to serve from."""

# What is shared is two folders of files, editions and their earlier versions. They are edited as on one machine, in the
# copy, under a lock in the database; what has become other is written there in one transaction. A process that dies
# before it is done leaves nothing there, and its copy is made right when it is next looked at. Each process asks at
# most once a second which revision is the newest.

import fcntl
import logging
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from app import clock
from app.database import Base, UTCDateTime, db

_log = logging.getLogger(__name__)
# Folders of the instance that are shared: editions as they are shown, and earlier versions.
CONTENT, HISTORY = "content", "history"
# Not the lock that writers of a contest stand in line for: an edit must not keep entries waiting.
_LOCK = 20261202


class ContentFile(Base):
    """A file by its path below the instance folder, such as content/2026/03/hatch.md."""

    __tablename__ = "content_file"

    path: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ContentBody(Base):
    """The bytes of one or more files; they travel once, however many files and versions have them."""

    __tablename__ = "content_body"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    body: Mapped[bytes]


class ContentRevision(Base):
    """One row, whose token is another after each change: a number could come back when a backup is restored."""

    __tablename__ = "content_revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(sa.String(32))


class SharedContent:
    """This machine's copy, in the instance folder. `token` is the revision that it was made like."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._folder = Path(app.instance_path)
        self.root = self._folder / CONTENT
        self.token = ""
        # By path: time, size and checksum of a file as it was last read.
        self._known: dict[str, tuple[int, int, str]] = {}

    def start(self, files: Path) -> None:
        """Make the copy like the database; where one of them has nothing yet it is filled from the other, or `files`.

        A database that is away, or not migrated yet, stops no start: the copy is served.
        """
        try:
            with self._alone():
                if not any(self.root.glob("20??")) and files.is_dir():
                    shutil.copytree(files, self.root, dirs_exist_ok=True)
                with self._transaction() as connection:
                    if self._newest(connection):
                        self._pull(connection)
                    else:
                        self._publish(connection)
        except SQLAlchemyError as error:
            _log.warning("Databasen har inget innehåll att visa, så kopian på servern visas: %s", type(error).__name__)
        finally:
            # A server may fork after this; no process may use a connection of another.
            self._engine().dispose()

    @contextmanager
    def follow(self) -> Iterator[None]:
        """Bring the copy up to date when the database has become another; meanwhile no process edits it."""
        if not self._is_behind():
            yield
            return
        with self._alone():
            self._pull_or_tell("Innehållet gick inte att hämta; det försöks igen")
            yield

    @contextmanager
    def edit(self) -> Iterator[None]:
        """Give one process of all machines the newest copy to change, and publish what has become of it."""
        with self._alone():
            try:
                with self._transaction() as connection:
                    self._pull(connection)
                    yield
                    self._publish(connection)
            except BaseException:
                self.token = ""
                self._pull_or_tell("Kopian av innehållet gick inte att återställa; det försöks igen")
                raise

    def _pull_or_tell(self, trouble: str) -> None:
        """Make the copy like the database; when that does not answer, the next look does it."""
        try:
            with self._transaction() as connection:
                self._pull(connection)
        except SQLAlchemyError:
            _log.warning(trouble, exc_info=True)

    def _is_behind(self) -> bool:
        try:
            with self._engine().connect() as connection:
                return self._newest(connection) not in ("", self.token)
        except SQLAlchemyError:
            return False

    def _engine(self) -> sa.Engine:
        with self._app.app_context():
            return db.engine

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Give one at a time among this machine's threads and processes."""
        (self._folder / HISTORY).mkdir(parents=True, exist_ok=True)
        with (self._folder / HISTORY / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _transaction(self) -> Iterator[sa.Connection]:
        """Give one at a time among all machines."""
        with (
            self._engine().connect().execution_options(sqlite_begin="IMMEDIATE") as connection,
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
            yield connection

    @staticmethod
    def _newest(connection: sa.Connection) -> str:
        return connection.scalar(sa.select(ContentRevision.token)) or ""

    def _pull(self, connection: sa.Connection) -> None:
        """Make every file like the database's, whatever the copy is like."""
        wanted = {row.path: row for row in connection.execute(sa.select(ContentFile.__table__))}
        here = self._checksums()
        at_hand = {digest: path for path, digest in here.items()}
        missing = {path: row for path, row in wanted.items() if here.get(path) != row.sha256}
        # Read before anything is overwritten: a file that changes places need not travel.
        bodies = {
            row.sha256: (self._folder / at_hand[row.sha256]).read_bytes()
            for row in missing.values()
            if row.sha256 in at_hand
        }
        for path, row in missing.items():
            body = bodies.get(row.sha256)
            if body is None:
                body = connection.scalar(sa.select(ContentBody.body).where(ContentBody.sha256 == row.sha256))
            self._write(path, body or b"", row.changed_at)
        for path in here.keys() - wanted.keys():
            self._remove(path)
        self.token = self._newest(connection)

    def _publish(self, connection: sa.Connection) -> None:
        """Write what differs into the database."""
        rows = connection.execute(sa.select(ContentFile.path, ContentFile.sha256))
        there = {row.path: row.sha256 for row in rows}
        here, now = self._checksums(), clock.wall_clock_now()
        changed = {path: digest for path, digest in here.items() if there.get(path) != digest}
        gone = there.keys() - here.keys()
        if not changed and not gone:
            return
        stored = set(connection.scalars(sa.select(ContentBody.sha256)))
        for path, digest in changed.items():
            if digest not in stored:
                body = (self._folder / path).read_bytes()
                connection.execute(sa.insert(ContentBody).values(sha256=digest, body=body))
                stored.add(digest)
            values = {"path": path, "sha256": digest, "changed_at": clock.written_at(self._folder / path) or now}
            connection.execute(sa.delete(ContentFile).where(ContentFile.path == path))
            connection.execute(sa.insert(ContentFile).values(values))
        for path in gone:
            connection.execute(sa.delete(ContentFile).where(ContentFile.path == path))
        in_use = sa.select(ContentFile.sha256)
        connection.execute(sa.delete(ContentBody).where(ContentBody.sha256.not_in(in_use)))
        self.token = secrets.token_hex(16)
        connection.execute(sa.delete(ContentRevision))
        connection.execute(sa.insert(ContentRevision).values(id=1, token=self.token))

    def _checksums(self) -> dict[str, str]:
        """Return the checksum of every file of the copy, by path; only what has changed is read again."""
        found: dict[str, tuple[int, int, str]] = {}
        for tree in (CONTENT, HISTORY):
            for file in (self._folder / tree).rglob("*"):
                path = file.relative_to(self._folder).as_posix()
                # An editor's locks and drafts, and our own, begin with a point.
                if not file.is_file() or file.name == "lock" or "/." in path:
                    continue
                status = file.stat()
                seen = (status.st_mtime_ns, status.st_size)
                known = self._known.get(path)
                digest = known[2] if known and known[:2] == seen else sha256(file.read_bytes()).hexdigest()
                found[path] = (*seen, digest)
        self._known = found
        return {path: digest for path, (_, _, digest) in found.items()}

    def _write(self, path: str, body: bytes, changed_at: datetime) -> None:
        file = self._folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.partial")
        draft.write_bytes(body)
        os.utime(draft, (changed_at.timestamp(), changed_at.timestamp()))
        draft.replace(file)

    def _remove(self, path: str) -> None:
        file = self._folder / path
        file.unlink(missing_ok=True)
        for folder in file.relative_to(self._folder).parents:
            if len(folder.parts) < 2 or any((self._folder / folder).iterdir()):
                break
            (self._folder / folder).rmdir()

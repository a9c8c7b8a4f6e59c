"""Puts a backup back where there is nothing; on an app of its own where there is no key and no content yet."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from flask import Flask, current_app

from app import audit, clock, config, database
from app.clock import Clock
from app.contest.models import FrozenTerms
from app.database import begin_write, db
from app.errors import NotAllowed
from app.operations import backup as operations_backup
from app.operations import bundle
from app.operations.bundle import BackupArchive, Manifest
from app.spec.log import RecordKind


def bare_app(overrides: Mapping[str, object] | None = None) -> Flask:
    """Make an app with a database and nothing else. Raises ConfigurationError."""
    settings = config.without_key(overrides)
    app = Flask("app", instance_path=str(config.made_folder(settings.instance)), static_folder=None)
    app.config.update(settings.model_dump())
    app.extensions["clock"] = app.extensions["wall_clock"] = Clock()
    database.init_app(app, settings.database_address)
    return app


def restore_backup(file: Path) -> Manifest:
    """Fill the empty calendar from a backup and bring its database up to date. Raises NotAllowed."""
    # The database comes last: what an attempt that failed left behind, the next one finds as it should be.
    with bundle.open_backup(file) as backup:
        refuse_other_program(backup.manifest)
        backup.check()
        if db.engine.dialect.name == "sqlite":
            database.create_private_file(db.engine)
        if not current_app.config["SECRET_KEY"] and bundle.SECRET_KEY not in backup.manifest.members:
            raise NotAllowed("Säkerhetskopian har ingen hemlig nyckel. Sätt FLASK_SECRET_KEY till den som gällde då.")
        if not operations_backup.is_empty_database():
            raise NotAllowed("Här finns redan en databas med innehåll. Återställ bara till en tom kalender.")
        places = {name: _place(name) for name in backup.manifest.members if name not in bundle.DATABASES.values()}
        with tempfile.TemporaryDirectory(prefix=".kopia-", dir=current_app.instance_path) as folder:
            fill_folder(backup, places, Path(folder))
            copy = Path(folder) / bundle.DATABASES[backup.manifest.engine]
            backup.extract(copy.name, copy)
            operations_backup.load_database(copy)
    if not current_app.config["SECRET_KEY"] and (key := Path(current_app.instance_path) / "secret_key").is_file():
        current_app.config["SECRET_KEY"] = key.read_text().strip()
    database.upgrade()
    record_restoring()
    return backup.manifest


def record_restoring() -> None:
    """Write it into the log of every contest that is not erased: what came after the backup is lost."""
    begin_write()
    for contest_id in db.session.scalars(sa.select(FrozenTerms.contest_id)).all():
        if not audit.has_record(contest_id, RecordKind.ERASED):
            audit.append_record(contest_id, RecordKind.BACKUP_RESTORED, clock.wall_clock_now())
    db.session.commit()


def refuse_other_program(manifest: Manifest) -> None:
    if manifest.engine != db.engine.dialect.name:
        names = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
        here, there = names[db.engine.dialect.name], names[manifest.engine]
        raise NotAllowed(
            f"Säkerhetskopian är från {there}, men den här kalendern använder {here}. Ställ om DATABASE_URL."
        )
    if manifest.revision not in database.known_revisions():
        raise NotAllowed(
            f"Säkerhetskopian är från en annan utgåva av programmet (databas {manifest.revision}). "
            "Återställ den med den utgåvan."
        )


def _place(name: str) -> Path:
    folder, _, rest = name.partition("/")
    root: Path = current_app.config["CALENDAR_CONTENT"] if folder == "content" else Path(current_app.instance_path)
    return root / rest


def fill_folder(backup: BackupArchive, places: Mapping[str, Path], folder: Path) -> None:
    """Put the files in their places, when each place is empty or already has the very same file."""
    staged = {name: folder / str(number) for number, name in enumerate(places)}
    for name, path in staged.items():
        backup.extract(name, path)
        if places[name].exists() and places[name].read_bytes() != path.read_bytes():
            raise NotAllowed(f"Filen {places[name]} finns redan med annat innehåll. Flytta undan den och försök igen.")
    for name, path in staged.items():
        place = places[name]
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
            place.chmod(0o644 if name.startswith("content/") else 0o600)

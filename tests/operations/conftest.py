"""A second calendar beside the test's own: an empty instance folder, no content, an empty database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from app import create_app
from app.config import ConfigurationError
from app.database import db
from app.operations import cli
from app.spec.beacon import PRACTICE
from tests.conftest import StoppedClock


@pytest.fixture
def app(share_app: Callable[..., Flask], content: Path, tmp_path: Path) -> Flask:
    """A calendar with content of its own and its key where `make run` puts it."""
    (tmp_path / "secret_key").write_text("hemlig-nyckel-" * 4)
    return share_app(CALENDAR_CONTENT=content, SECRET_KEY="")


@pytest.fixture
def backup(app: Flask) -> Callable[..., Result]:
    """`flask backup` with arguments."""
    return lambda *arguments: app.test_cli_runner().invoke(args=["backup", *map(str, arguments)])


@pytest.fixture
def elsewhere(engine: str, empty_url: str, tmp_path: Path, clock: StoppedClock) -> dict[str, Any]:
    """Settings of a calendar where there is nothing yet."""
    return {
        "TESTING": True,
        "INSTANCE_PATH": tmp_path / "ny" / "instance",
        "CALENDAR_CONTENT": tmp_path / "ny" / "content",
        "DATABASE_URL": empty_url if engine == "postgresql" else "",
        "DRAW_CHAIN": PRACTICE,
        "CLOCK": clock,
    }


@pytest.fixture
def restore(elsewhere: dict[str, Any]) -> Callable[..., Result]:
    """`flask restore` of a file to the calendar elsewhere."""

    def run(file: Path, **changes: Any) -> Result:
        waiting = cli.waiting_app(ConfigurationError("FLASK_SECRET_KEY saknas"), elsewhere | changes)
        try:
            return waiting.test_cli_runner().invoke(args=["restore", str(file)])
        finally:
            with waiting.app_context():
                db.engine.dispose()

    return run


@pytest.fixture
def restored(elsewhere: dict[str, Any]) -> Iterator[Callable[[], Flask]]:
    """Start the calendar elsewhere."""
    made: list[Flask] = []

    def start() -> Flask:
        made.append(create_app(elsewhere))
        return made[-1]

    yield start
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

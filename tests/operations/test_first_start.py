"""The first start makes what a calendar needs, its key too; a key that was lost is not replaced by another."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

FLASK = Path(sys.executable).with_name("flask")


@pytest.fixture
def prepare(tmp_path):
    """Run flask prepare with an instance folder of its own and nothing else set."""

    def run(**settings):
        bare = {name: value for name, value in os.environ.items() if not name.startswith("FLASK_")}
        environment = bare | {"FLASK_INSTANCE_PATH": str(tmp_path / "instance"), "FLASK_SKIP_DOTENV": "1"} | settings
        return subprocess.run([FLASK, "prepare"], cwd=ROOT, env=environment, capture_output=True, text=True)

    return run


def test_the_first_start_makes_a_key_that_later_ones_keep(prepare, tmp_path):
    first = prepare()
    assert first.returncode == 0, first.stderr
    assert "En hemlig nyckel är skapad" in first.stdout
    assert "/admin/inbjudan/" in first.stdout
    key = tmp_path / "instance" / "secret_key"
    made = key.read_text()
    assert (len(made) > 32, key.stat().st_mode & 0o777) == (True, 0o600)
    assert "nyckel" not in prepare().stdout
    assert key.read_text() == made
    key.unlink()
    lost = prepare()
    assert (lost.returncode, "Databasen finns, men inte nyckeln." in lost.stderr) == (1, True)
    assert not key.exists()


def test_a_key_that_is_given_is_not_made(prepare, tmp_path):
    assert prepare(FLASK_SECRET_KEY="test-" * 8).returncode == 0
    assert not (tmp_path / "instance" / "secret_key").exists()

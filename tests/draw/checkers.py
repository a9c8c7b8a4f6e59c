"""What anyone can check a draw with: the program from its page, and the command on the server."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup

PYTHON = (sys.executable, "-I")
# Python as it is installed, without py_ecc.
BARE_PYTHON = (*PYTHON, "-S")


def draw_verify(app: Flask) -> Callable[..., tuple[int, list[str]]]:
    """Run `flask draw verify`: its exit code and the lines that it printed."""

    def run(*words: str) -> tuple[int, list[str]]:
        group = FlaskGroup(create_app=lambda: app, load_dotenv=False, set_debug_flag=False)
        result = CliRunner().invoke(group, ["draw", "verify", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        return result.exit_code, result.output.splitlines()

    return run


def run_program(program: Path | str, folder: Path, *words: str, python: tuple[str, ...] = PYTHON) -> tuple[int, str]:
    """Run verifiera.py in a folder of files, as people do: its exit code and what it wrote."""
    done = subprocess.run([*python, program, *words], cwd=folder, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr

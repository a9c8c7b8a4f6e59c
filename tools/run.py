"""Serve the calendar and run its jobs, started and ended together. `make run` and `make demo` call it.

The environment says where: PORT, WORKERS, THREADS.
"""

import os
import socket
import sys
from pathlib import Path

from processes import hold_signals, run, start, stop, wait_for_any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def chosen_port() -> int:
    """Return PORT, or exit with one line."""
    text = os.environ.get("PORT", "5000")
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"PORT ska vara ett tal mellan 1 och 65535 (nu: {text}).")
    return int(text)


def check_port(port: int) -> None:
    """Exit with one line when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # granian shares its port with other granians, so a second copy would start and get every other request.
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            sys.exit(f"Port {port} får bara administratören använda. Välj en annan: make run PORT=5001")
        except OSError:
            sys.exit(f"Port {port} är upptagen av ett annat program. Välj en annan: make run PORT={port % 65535 + 1}")


def main() -> int:
    hold_signals()
    port = chosen_port()
    check_port(port)
    os.environ.setdefault("FLASK_PUBLIC_URL", f"http://127.0.0.1:{port}")
    run([str(BIN / "flask"), "prepare"])
    check_port(port)
    print(f"Kalendern finns på http://127.0.0.1:{port} – avsluta med Ctrl+C.", flush=True)
    workers, threads = os.environ.get("WORKERS", "1"), os.environ.get("THREADS", "80")
    granian = [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    granian += ["--workers", workers, "--blocking-threads", threads, "--no-ws", "--log-level", "error", "wsgi:app"]
    server, jobs = start(granian), start([str(BIN / "flask"), "jobs"])
    asked_to_end = not wait_for_any(server, jobs)
    if not asked_to_end and server.poll() is None:
        print("Mejl och gallring har stannat, kalendern går vidare. Starta om för att få i gång dem.", flush=True)
        asked_to_end = not wait_for_any(server)
    stop(server, jobs)
    return 0 if asked_to_end else server.returncode


if __name__ == "__main__":
    sys.exit(main())

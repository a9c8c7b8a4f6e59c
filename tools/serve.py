"""The server and what is done beside it, started and ended together: tools/serve.py <the server's command line>.

Each gets one SIGTERM, from here only: that is why they stand outside the group of processes that Ctrl+C reaches.
"""

import signal
import subprocess
import sys
from pathlib import Path

JOBS = [str(Path(sys.executable).parent / "flask"), "jobs"]
ENDS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """A process in a group of its own that hears its signals."""

    def hear() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDS, signal.SIGCHLD})

    return subprocess.Popen(command, process_group=0, preexec_fn=hear)  # noqa: S603 – the Makefile's own


def main() -> int:
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ENDS, signal.SIGCHLD})
    server, jobs = start(sys.argv[1:]), start(JOBS)
    while server.poll() is None and signal.sigwait({*ENDS, signal.SIGCHLD}) not in ENDS:
        if server.poll() is None and jobs.poll() is not None:
            print("Mejl och gallring har stannat, kalendern går vidare. Starta om för att få i gång dem.")
    ended_itself = server.poll() is not None
    for process in (server, jobs):
        process.terminate()
    server.wait()
    jobs.wait()
    return server.returncode if ended_itself else 0


if __name__ == "__main__":
    sys.exit(main())

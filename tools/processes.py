"""Start other programs so that none of them outlives this one, at whatever moment it is asked to end."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

ENDS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
# flask jobs gives the mail under way 25 seconds.
PATIENCE = 30


def hold_signals() -> None:
    """Keep signals for wait_for_any, so that none arrives between a start and its bookkeeping."""
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.pthread_sigmask(signal.SIG_BLOCK, {*ENDS, signal.SIGCHLD})


def start(command: list[str], environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a program in a process group of its own: Ctrl+C does not reach it, stop() does."""

    def release_signals() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*ENDS, signal.SIGCHLD})

    return subprocess.Popen(command, env=environment, process_group=0, preexec_fn=release_signals)  # noqa: S603


def wait_for_any(*processes: subprocess.Popen[bytes]) -> bool:
    """Wait until one process has ended; False when a signal asked us to end."""
    while all(process.poll() is None for process in processes):
        if signal.sigwait({*ENDS, signal.SIGCHLD}) in ENDS:
            return False
    return True


def stop(*processes: subprocess.Popen[bytes]) -> None:
    """End the processes and all that they started."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        with suppress(ProcessLookupError, PermissionError):  # Darwin's answer for a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(command: list[str], environment: Mapping[str, str] | None = None) -> None:
    """Run a program to its end, and exit with its code when it fails."""
    process = start(command, environment)
    if not wait_for_any(process):
        stop(process)
        sys.exit(130)
    if process.returncode:
        sys.exit(process.returncode)

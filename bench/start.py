"""From the server's command to the first answer, and what its worker holds: at rest, and after pages and entries.

Medians of several starts, on one core; the processor's seconds say more than the clock's where others work on the
machine. The first start, when Python compiles what it has not compiled before, does not count. `make bench`.
"""

import statistics
import tempfile
import time
from pathlib import Path

from results import keep, say

from bench import PAGES, THREADS, Storm, calendar, cpu_seconds, fetch, free_port, prepared, resident, started

STARTS, SHOWN, WANTED = 5, 2000, 2000


def one_start(environment: dict[str, str]) -> tuple[float, float, float]:
    """(seconds to the first answer on /, the processor's seconds, MiB of the worker)."""
    port, began = free_port(), time.perf_counter()
    with started(calendar(port), port, "/", **environment) as server:
        return time.perf_counter() - began, cpu_seconds(server), resident(server)


def use(port: int, folder: Path) -> int:
    """Show pages, and takes entries from 64 at once, so that every thread has worked; returns how many were taken."""
    for path in PAGES.values():
        for number in range(SHOWN):
            fetch(port, path, **{"Accept-Encoding": ("br", "gzip", "identity")[number % 3]})
    storm, taken = Storm(port, folder), 0
    while taken < WANTED:
        _, _, count = storm.ended(storm.begin())
        if not count:
            raise SystemExit("Inga bidrag togs emot.")
        taken += count
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        environment = prepared(folder)
        one_start(environment)
        waited, used, held = (
            statistics.median(each) for each in zip(*(one_start(environment) for _ in range(STARTS)), strict=True)
        )
        say(f"start      första svaret efter {waited:.2f} s, processortid {used:.2f} s (högst 1.2)")
        say(f"start      minne {held:.0f} MiB")
        port = free_port()
        with started(calendar(port), port, "/", **environment) as server:
            taken = use(port, folder)
            held = resident(server)
            say(f"minne      {held:.0f} MiB efter {SHOWN} visningar av två sidor och {taken} bidrag (högst 135)")
    keep("Start and memory", f"BENCH_THREADS={THREADS} .venv/bin/python bench/start.py")


if __name__ == "__main__":
    main()

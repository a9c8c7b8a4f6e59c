"""Entries per second on PostgreSQL from two processes, beside bare commits of the same rows on the same server.

A PostgreSQL of its own, as Debian sets it up: each commit is on disk before it is answered. The calendar's processes
share the first core, the load comes from the other, and PostgreSQL takes what is left of both. `make bench`.
"""

import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
from results import keep, say

from bench import (
    ENTRIES,
    ROOT,
    THREADS,
    WRITERS,
    calendar,
    cpu_seconds,
    free_port,
    prepared,
    said,
    started,
    tokens,
    wrk,
)
from tools.postgres import throwaway_server

WORKERS = 2


def bare_commits(address: str, writers: int) -> float:
    """Commits per second of one row each, from so many connections at once."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, ticket text UNIQUE, email text, answer text)")

    def commit(writer: int) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            for number in range(writer, ENTRIES, writers):
                row = (f"{number:064x}", f"person{number}@example.org", "2030")
                connection.execute("INSERT INTO bare (ticket, email, answer) VALUES (%s, %s, %s)", row)

    start = time.perf_counter()
    with ThreadPoolExecutor(writers) as crowd:
        list(crowd.map(commit, range(writers)))
    return ENTRIES / (time.perf_counter() - start)


def storm(port: int, folder: Path, form: str) -> tuple[float, float, list[str]]:
    """Entries from 64 at once, each on disk before its receipt: (a second, 99th percentile, what was answered)."""
    first = "0" if form == "forsta" else "1000000"
    told = {"BENCH_TOKENS": tokens(folder), "BENCH_TICKETS": str(folder / form), "BENCH_FIRST": first}
    rate, p99 = said(wrk(port, WRITERS, "-s", str(ROOT / "bench" / "post.lua"), **told))
    return rate, p99, (folder / form).read_text().split()


def bench_entries(address: str, port: int, folder: Path, server: subprocess.Popen[bytes]) -> None:
    one, many = bare_commits(address, 1), bare_commits(address, WRITERS)
    _, _, first = storm(port, folder, "forsta")  # until both processes have begun, and connected
    used = cpu_seconds(server)
    rate, p99, lines = storm(port, folder, "andra")
    used = (cpu_seconds(server) - used) / max(1, len(lines))
    lines += first
    with psycopg.connect(address) as connection:
        stored = {row[0] for row in connection.execute("SELECT ticket FROM entry")}
    shown = [line for line in lines if len(line) == 64]
    lost = [ticket for ticket in shown if ticket not in stored]
    wrong = sorted({line for line in lines if len(line) < 64})
    say(f"postgresql bara psycopg       {one:9.0f}/s  1.00")
    say(f"postgresql bara psycopg, {WRITERS:3}  {many:9.0f}/s  {many / one:.2f} av bara psycopg")
    say(f"postgresql kalendern, {WORKERS} proc. {rate:9.0f}/s  {rate / one:.2f} av bara psycopg (minst 0.10)")
    say(f"postgresql processortid {used * 1000:.2f} ms, p99 {p99:.0f} ms")
    say(f"postgresql kvitterade {len(shown)}, borta {len(lost)} (0), andra svar {wrong} ([])")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, port = Path(name), free_port()
        with throwaway_server(options="") as address:
            environment = prepared(folder, DATABASE_URL=address)
            with started(calendar(port, WORKERS), port, "/healthz", **environment) as server:
                bench_entries(address, port, folder, server)
    keep(
        "Entries on PostgreSQL, two processes",
        f"BENCH_THREADS={THREADS} PYTHONPATH=. .venv/bin/python bench/postgres.py",
        "Both processes share one core; PostgreSQL, durable, and the load share what is left of two.",
    )


if __name__ == "__main__":
    main()

"""Answers per second, and what is left for entries meanwhile: one is counted in memory, the other is on disk.

One process on the first core, the load from the other, no limits. `make bench`.
"""

import http.client
import re
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from results import keep, say

from bench import (
    ROOT,
    SECONDS,
    STORMS,
    THREADS,
    WRITERS,
    Storm,
    calendar,
    cpu_seconds,
    free_port,
    prepared,
    started,
    wrk,
)


def answering(port: int) -> subprocess.Popen[str]:
    return wrk(port, WRITERS, "-s", str(ROOT / "bench" / "answer.lua"))


def ended(load: subprocess.Popen[str]) -> tuple[int, float]:
    """(how many were answered, a second)."""
    report = load.communicate(timeout=SECONDS + 60)[0]
    return (
        int(re.search(r"(\d+) requests in", report)[1]),
        float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1]),
    )


def answer_once(port: int) -> None:
    """Answer once more when a second has gone: what waits in memory is then written."""
    time.sleep(1.1)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", "/2026/lucka/9/svar", "svar=1", {"Content-Type": "application/x-www-form-urlencoded"})
    connection.getresponse().read()
    connection.close()


def bench_answers(port: int, folder: Path, server: subprocess.Popen[bytes]) -> None:
    storm, alone, beside, sent = Storm(port, folder), [], [], 0
    for _ in range(STORMS):
        used = cpu_seconds(server)
        count, rate = ended(answering(port))
        alone.append((rate, (cpu_seconds(server) - used) / count * 1000))
        usual, _, _ = storm.ended(storm.begin())
        load = answering(port)
        entries, p99, _ = storm.ended(storm.begin())
        more, answers = ended(load)
        sent += count + more
        beside.append((usual, entries, entries / usual, p99, answers))
    answer_once(port)
    rate, used = (statistics.median(column) for column in zip(*alone, strict=True))
    usual, entries, kept, p99, answers = (statistics.median(column) for column in zip(*beside, strict=True))
    database = sqlite3.connect(folder / "kalender.sqlite3")
    stored = database.execute("SELECT sum(count) FROM reply_count").fetchone()[0]
    say(f"svar       ensamma            {rate:9.0f}/s, processortid {used:.2f} ms")
    say(f"bidrag     ensamma            {usual:9.0f}/s")
    say(f"bidrag     bland {WRITERS} som svarar {entries:9.0f}/s  {kept:.2f} av ensamma, p99 {p99:.0f} ms")
    say(f"svar       bland {WRITERS} som deltar {answers:9.0f}/s")
    say(f"svar       besvarade {sent}, borta {max(0, sent - stored)} (0)")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, port = Path(name), free_port()
        with started(calendar(port), port, "/healthz", **prepared(folder)) as server:
            bench_answers(port, folder, server)
    keep(
        "Answers, and entries among them",
        f"BENCH_THREADS={THREADS} PYTHONPATH=. .venv/bin/python bench/answers.py",
        "Server on one core, load from the other; medians of three rounds. All answer one question.",
    )


if __name__ == "__main__":
    main()

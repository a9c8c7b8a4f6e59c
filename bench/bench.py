"""Requests and entries per second beside what they are to be measured against, in one run, as ratios.

The server is pinned to one core and the load comes from the other. Pages are compared with nginx serving the same
precompressed bytes as a static file, also through nginx as it is shipped; entries with bare sqlite3 commits of the
same durability. `make bench`.
"""

import http.client
import os
import re
import secrets
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from itsdangerous import URLSafeSerializer
from results import keep, say

ROOT = Path(__file__).parent.parent
# What a service is started with: granian copies the environment for each request.
CLEAN = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
CLEAN |= {"MALLOC_ARENA_MAX": "2", "PYTHONPATH": f"{ROOT / 'bench'}:{ROOT}"}
BIN = ROOT / ".venv" / "bin"
QUICK = bool(os.environ.get("BENCH_QUICK"))
SECONDS, ROUNDS, STORMS, CONNECTIONS = (1, 1, 1, 64) if QUICK else (5, 5, 3, 64)
THREADS = os.environ.get("BENCH_THREADS", "80")
KEY = "mätning" * 8
# More than a round sends; a form takes one entry.
MOST_SENT = 20_000
OPENED = datetime(2026, 12, 10, 7, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
ENTRIES, WRITERS, READERS = 500 if QUICK else 4000, 64, 16
# What is asked of each ratio.
WANTED = ("", " (minst 0.58)", " (minst 0.62)", " (minst 0.65)")
PAGES = {"kalendern": "/", "en lucka": "/2026/lucka/10"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(port: int, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, {name.lower(): value for name, value in answer.getheaders()}


def prepared(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a calendar on the day of the contest, with an empty database of its own and no limits."""
    environment = {
        "FLASK_INSTANCE_PATH": str(folder),
        "FLASK_SECRET_KEY": KEY,
        "FLASK_ENTRY_LIMIT": "1000000 per hour",
        "FLASK_ENTRY_LIMIT_ALL": "1000000 per hour",
        # `flask prepare` would share the content as shipped, whose contest does not open before it is filled in.
        "FLASK_SHARED_CONTENT": "false",
    } | more
    subprocess.run([BIN / "flask", "prepare"], cwd=ROOT, env=CLEAN | environment, check=True, capture_output=True)
    return environment


def calendar(port: int, workers: int = 1) -> list[str]:
    """The command of a server as `make run` starts it."""
    address = ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--blocking-threads", THREADS]
    return [str(BIN / "granian"), "--interface", "wsgi", *address, "--no-ws", "--log-level", "error", "served:app"]


@contextmanager
def started(command: list[str], port: int, path: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server on the first core, ready to answer, ended afterwards."""
    process = subprocess.Popen(["taskset", "-c", "0", *command], cwd=ROOT, env=CLEAN | environment)
    try:
        for _ in range(600):
            try:
                if fetch(port, path)[0] == 200:
                    break
            except OSError:
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """What the server and its children have used of the processor."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    total = 0
    for pid in [str(process.pid), *children]:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


# Requests per second, requests per second of the servers' own processor time, and 99th percentile in ms.
Load = tuple[float, float, float]


def asked(servers: list[subprocess.Popen[bytes]], port: int, path: str, *headers: str) -> Load:
    """Ask for a page with all connections at once."""
    before = sum(map(cpu_seconds, servers))
    wanted = [argument for header in ("Accept-Encoding: br", *headers) for argument in ("-H", header)]
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", *wanted]
    report = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    requests = int(re.search(r"(\d+) requests in", report.stdout)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report.stdout)[1])
    return (
        rate,
        requests / (sum(map(cpu_seconds, servers)) - before),
        in_ms(re.search(r"99%\s+([\d.]+\w+)", report.stdout)[1]),
    )


def in_ms(told: str) -> float:
    """A span as wrk tells it: 812.00us, 1.24ms, 1.07s."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", told).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def resident(process: subprocess.Popen[bytes]) -> float:
    """MiB that the largest of the server's processes holds."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    pages = [int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in [str(process.pid), *children]]
    return max(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def nginx_with(folder: Path, port: int, pages: dict[str, bytes]) -> list[str]:
    """The command for an nginx that serves the pages' brotli bytes as plain static files."""
    for path, body in pages.items():
        target = folder / "pages" / path.strip("/") / "index.br"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        f"""worker_processes 1; daemon off; pid {folder}/pid; error_log stderr error;
        events {{ worker_connections 1024; }}
        http {{ access_log off; sendfile on; open_file_cache max=100; keepalive_requests 1000000;
          types {{ }} default_type "text/html; charset=utf-8";
          server {{ listen 127.0.0.1:{port}; root {folder}/pages; add_header Content-Encoding br;
            location / {{ try_files $uri/index.br =404; }} }} }}"""
    )
    folder.chmod(0o755)
    return ["nginx", "-e", "stderr", "-c", str(configuration)]


def shipped_nginx(folder: Path, port: int, server: int) -> list[str]:
    """The command for nginx as deploy/nginx.conf has it, before one process."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for old, new in {
        "    server 127.0.0.1:5002 max_fails=1 fail_timeout=3s;\n": "",
        "127.0.0.1:5001": f"127.0.0.1:{server}",
        "listen 80 default_server": f"listen 127.0.0.1:{port} default_server",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "server_name kalender.example.se": "server_name 127.0.0.1",
        "/var/cache/nginx/kalender": f"{folder}/cache",
        "/var/log/nginx/kalender.log": f"{folder}/access.log",
    }.items():
        if old not in text:
            raise SystemExit(f"deploy/nginx.conf har inte längre {old!r}")
        text = text.replace(old, new)
    (folder / "kalender.conf").write_text(text)
    user = "user root;" if os.geteuid() == 0 else ""
    places = " ".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = folder / "shipped.conf"
    configuration.write_text(
        f"""{user} worker_processes 1; daemon off; pid {folder}/shipped.pid; error_log stderr error;
        events {{ worker_connections 1024; }}
        http {{ {places} keepalive_requests 1000000; include {folder}/kalender.conf; }}"""
    )
    return ["nginx", "-e", "stderr", "-c", str(configuration)]


def bench_pages(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    bodies = {path: fetch(port, path, **{"Accept-Encoding": "br"}) for path in PAGES.values()}
    static, front = free_port(), free_port()
    command = nginx_with(folder, static, {path: body for path, (_, body, _) in bodies.items()})
    with (
        started(command, static, "/2026/lucka/10") as nginx,
        started(shipped_nginx(folder, front, port), front, "/") as shipped,
    ):
        for name, path in PAGES.items():
            tag = f"If-None-Match: {bodies[path][2]['etag']}"
            rounds = [
                (
                    asked([nginx], static, path),
                    asked([server], port, path),
                    asked([server], port, path, tag),
                    asked([shipped, server], front, path),
                )
                for _ in range(ROUNDS)
            ]
            labels = ("nginx, samma byte", "kalendern", "kalendern, 304", "genom vår nginx")
            floor = statistics.median(per_cpu for (_, per_cpu, _), *_ in rounds)
            for label, wanted, found in zip(labels, WANTED, zip(*rounds, strict=True), strict=True):
                rate, per_cpu, p99 = (statistics.median(column) for column in zip(*found, strict=True))
                say(
                    f"{name:10} {label:18} {rate:9.0f}/s {per_cpu:9.0f} per processorsekund  "
                    f"{per_cpu / floor:.2f} av nginx{wanted}, p99 {p99:.2f} ms"
                )


def wrk(port: int, connections: int, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--latency", *arguments]
    return subprocess.Popen(
        [*command, "--timeout", "30s", f"http://127.0.0.1:{port}"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )


def said(load: subprocess.Popen[str]) -> tuple[float, float]:
    """(requests per second, 99th percentile in ms) of a wrk that ends by itself."""
    report = load.communicate(timeout=SECONDS + 60)[0]
    p99 = re.search(r"99%\s+([\d.]+\w+)", report)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", report)[1]), in_ms(p99[1]) if p99 else 0.0


def tokens(folder: Path) -> str:
    """A file of forms that were opened long ago, more than one round sends."""
    file = folder / f"tokens-{secrets.token_hex(4)}"
    sign = URLSafeSerializer(KEY, salt="form-token/v1")
    opened = int(OPENED.timestamp())
    file.write_text("\n".join(str(sign.dumps(["public", opened, secrets.token_hex(12)])) for _ in range(MOST_SENT)))
    return str(file)


class Storm:
    """Entries from 64 at once, each on disk before its receipt; `lines` has a ticket, or another status, for each."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port, self._folder = port, folder
        self._begun, self.lines = 0, list[str]()

    def begin(self) -> subprocess.Popen[str]:
        self._begun += 1
        told = {"BENCH_TICKETS": str(self._file()), "BENCH_FIRST": str(self._begun * 1_000_000)}
        script = str(ROOT / "bench" / "post.lua")
        return wrk(self._port, WRITERS, "-s", script, **told | {"BENCH_TOKENS": tokens(self._folder)})

    def ended(self, load: subprocess.Popen[str]) -> tuple[float, float, int]:
        """(entries per second, 99th percentile in ms, how many)."""
        rate, p99 = said(load)
        lines = self._file().read_text().split()
        self.lines += lines
        return rate, p99, len(lines)

    def _file(self) -> Path:
        return self._folder / f"tickets-{self._begun}"


def bench_entries(port: int, folder: Path, server: subprocess.Popen[bytes]) -> None:
    storm, rounds = Storm(port, folder), []
    for _ in range(STORMS):
        bare = bare_commits(folder)
        used = cpu_seconds(server)
        rate, p99, count = storm.ended(storm.begin())
        used = (cpu_seconds(server) - used) / max(1, count)
        rounds.append((bare, rate, rate / bare, used * 1000, p99))
    bare, rate, ratio, used, p99 = (statistics.median(column) for column in zip(*rounds, strict=True))
    say(f"bidrag     bara sqlite3       {bare:9.0f}/s  1.00")
    say(f"bidrag     kalendern          {rate:9.0f}/s  {ratio:.2f} av bara sqlite3 (minst 0.10)")
    say(f"bidrag     processortid {used:.2f} ms, p99 {p99:.0f} ms (högst 400)")
    rounds = [beside(storm, port) for _ in range(STORMS)]
    rate, kept, p99, times = (statistics.median(column) for column in zip(*rounds, strict=True))
    say(f"startsidan bland {WRITERS} som skriver {rate:9.0f}/s  {kept:.2f} av ensam (minst 0.80)")
    say(f"startsidan p99 {p99:.2f} ms, {times:.1f} gånger ensam (högst 2.5)")
    stored = {row[0] for row in sqlite3.connect(folder / "kalender.sqlite3").execute("SELECT ticket FROM entry")}
    shown = [line for line in storm.lines if len(line) == 64]
    wrong = sorted({line for line in storm.lines if len(line) < 64})
    say(f"bidrag     kvitterade {len(shown)}, borta {len({*shown} - stored)} (0), andra svar {wrong} ([])")


def beside(storm: Storm, port: int) -> tuple[float, float, float, float]:
    """The front page to 16 readers while 64 write: a second, of its rate alone, p99 in ms, times that of alone."""
    alone, usual = said(wrk(port, READERS))
    writing = storm.begin()
    rate, p99 = said(wrk(port, READERS))
    storm.ended(writing)
    return rate, rate / alone, p99, p99 / usual


def bare_commits(folder: Path) -> float:
    """Commits per second of one row each: write-ahead log, synchronous=FULL, on the same disk."""
    (folder / "bare.sqlite3").unlink(missing_ok=True)
    connection = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, ticket TEXT UNIQUE, email TEXT, answer TEXT)")
    start = time.perf_counter()
    for number in range(ENTRIES):
        row = (f"{number:064x}", f"person{number}@example.org", "2030")
        connection.execute("INSERT INTO entry (ticket, email, answer) VALUES (?, ?, ?)", row)
    return ENTRIES / (time.perf_counter() - start)


def main() -> None:
    for program in ("wrk", "nginx", "taskset"):
        if not shutil.which(program):
            raise SystemExit(f"{program} saknas: apt-get install wrk nginx-light util-linux")
    folder, port = Path(tempfile.mkdtemp(prefix="bench-")), free_port()
    environment = prepared(folder)
    try:
        with started(calendar(port), port, "/healthz", **environment) as server:
            bench_pages(server, port, folder)
            bench_entries(port, folder, server)
            say(f"minne      {resident(server):.0f} MiB per process (högst 135)")
        keep(
            "Pages and entries beside nginx and sqlite3",
            f"{'BENCH_QUICK=1 ' if QUICK else ''}BENCH_THREADS={THREADS} .venv/bin/python bench/bench.py",
            "Server on one core, load from the other; medians of five rounds, for entries of three. nginx sends the "
            "same bytes without the fourteen headers.",
        )
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

"""Requests and entries per second beside what they are to be measured against, in one run, as ratios.

The server is pinned to one core and the load comes from the other. Pages are compared with nginx serving the same
precompressed bytes as a static file; entries with bare sqlite3 commits of the same durability. `make bench`.
"""

import concurrent.futures
import http.client
import json
import os
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = ROOT / ".venv" / "bin"
SECONDS, ROUNDS, CONNECTIONS = 5, 3, 64
ENTRIES, WRITERS = 2000, 64
PAGES = {"kalendern": "/2026/", "en lucka": "/2026/lucka/10"}


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


@contextmanager
def started(command: list[str], port: int, path: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server on the first core, ready to answer, ended afterwards."""
    process = subprocess.Popen(["taskset", "-c", "0", *command], cwd=ROOT, env=os.environ | environment)
    try:
        for _ in range(200):
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


def pages_per_cpu_second(process: subprocess.Popen[bytes], port: int, path: str, *headers: str) -> tuple[float, float]:
    """(requests per second, requests per second of the server's own processor time)."""
    before = cpu_seconds(process)
    wanted = [argument for header in ("Accept-Encoding: br", *headers) for argument in ("-H", header)]
    command = ["taskset", "-c", "1", "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *wanted]
    report = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True)
    requests = int(re.search(r"(\d+) requests in", report.stdout)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", report.stdout)[1])
    return rate, requests / (cpu_seconds(process) - before)


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


def bench_pages(server: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    bodies = {path: fetch(port, path, **{"Accept-Encoding": "br"}) for path in PAGES.values()}
    static = free_port()
    command = nginx_with(folder, static, {path: body for path, (_, body, _) in bodies.items()})
    with started(command, static, "/2026/") as nginx:
        for name, path in PAGES.items():
            tag = f"If-None-Match: {bodies[path][2]['etag']}"
            ours, same, theirs = [], [], []
            for _ in range(ROUNDS):
                theirs.append(pages_per_cpu_second(nginx, static, path))
                ours.append(pages_per_cpu_second(server, port, path))
                same.append(pages_per_cpu_second(server, port, path, tag))
            for label, found in (("nginx, samma byte", theirs), ("kalendern", ours), ("kalendern, 304", same)):
                rate, per_cpu = (statistics.median(column) for column in zip(*found, strict=True))
                ratio = per_cpu / statistics.median(per for _, per in theirs)
                print(f"{name:10} {label:18} {rate:9.0f}/s {per_cpu:9.0f} per processorsekund  {ratio:.2f} av nginx")


def entry(port: int, number: int, token: str) -> float:
    """Sends one entry; the seconds it took."""
    fields = {"token": token, "email": f"person{number}@example.org", "answer": "2030", "municipality": "1441"}
    body = urllib.parse.urlencode(fields | {"adult": "ja", "rules": "ja"})
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", "/2026/lucka/10/tavla", body, {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    page = answer.read()
    connection.close()
    if answer.status != 200 or b"mottaget" not in page:
        raise RuntimeError(f"bidrag {number}: {answer.status}")
    return time.perf_counter() - start


def bench_entries(port: int, folder: Path) -> None:
    found = re.search(rb'name="token"[^>]*value="([^"]+)"', fetch(port, "/2026/lucka/10/tavla")[1])
    token = found[1].decode()
    time.sleep(2.5)  # the form's time trap
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(WRITERS) as writers:
        spans = sorted(writers.map(lambda number: entry(port, number, token), range(ENTRIES)))
    rate = ENTRIES / (time.perf_counter() - start)
    raw = bare_commits(folder)
    stored = sqlite3.connect(folder / "kalender.sqlite3").execute("SELECT count(*) FROM entry").fetchone()[0]
    print(f"bidrag     bara sqlite3       {raw:9.0f}/s  1.00")
    print(f"bidrag     kalendern          {rate:9.0f}/s  {rate / raw:.2f} av bara sqlite3")
    print(f"bidrag     väntan: median {spans[len(spans) // 2]:.3f} s, p99 {spans[len(spans) * 99 // 100]:.3f} s")
    print(f"bidrag     i databasen: {stored} (kvitterade: {ENTRIES})")


def bare_commits(folder: Path) -> float:
    """Commits per second of one row each: write-ahead log, synchronous=FULL, on the same disk."""
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
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    port = free_port()
    environment = {
        "FLASK_DEMO": "1",
        "FLASK_NOW": "2026-12-09T23:59:00",
        "FLASK_INSTANCE_PATH": str(folder),
        "FLASK_SECRET_KEY": json.dumps("mätning" * 8),
        "FLASK_ENTRY_LIMIT": "1000000 per hour",
        "FLASK_ENTRY_LIMIT_ALL": "1000000 per hour",
    }
    subprocess.run([BIN / "flask", "prepare"], cwd=ROOT, env=os.environ | environment, check=True, capture_output=True)
    environment["FLASK_NOW"] = "2026-12-10T08:00:00"
    command = [
        str(BIN / "granian"),
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--workers",
        "1",
    ]
    command += ["--blocking-threads", "32", "--no-ws", "--log-level", "error", "wsgi:app"]
    try:
        with started(command, port, "/healthz", **environment) as server:
            bench_pages(server, port, folder)
            bench_entries(port, folder)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()

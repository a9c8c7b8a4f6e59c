"""The calendar as it runs on a server: deploy/nginx.conf before two processes that share a database and Redis."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask

from tests import prepared
from tests.conftest import ENTRY_URL, ROOT, SECRET_KEY, free_port, link_built

BIN = Path(sys.executable).parent
HOST = "kalender.example.se"
WRAP = """daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/kalender.conf;
}}
"""


Nodes = dict[int, subprocess.Popen[bytes]]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Site:
    """nginx on `port`, and the processes behind it by their ports."""

    port: int
    folder: Path
    nodes: Nodes = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str) -> Answer:
        """One request through nginx, with a connection of its own. Headers as x_forwarded_for="…"."""
        sent = {"Host": HOST} | {name.replace("_", "-").title(): value for name, value in headers.items()}
        if fields is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        body = urllib.parse.urlencode(fields) if fields is not None else None
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            text = answer.read().decode()
        self.asked.append(path)
        return Answer(answer.status, found, text)

    def raw(self, request: bytes) -> bytes:
        """Everything that is answered to these bytes, until nginx hangs up or says nothing for two seconds."""
        answer = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
            connection.sendall(request)
            try:
                while part := connection.recv(65536):
                    answer += part
            except TimeoutError:
                pass
        return answer

    def log(self) -> list[list[str]]:
        """nginx's own lines, split at spaces: time, id, method, path, status, bytes, seconds, upstream, cache.

        nginx writes a line when all of an answer has gone, so the last one is waited for.
        """
        for _ in range(200):
            lines = (self.folder / "access.log").read_text().splitlines()
            if len(lines) >= len(self.asked):
                return [line.split(" ") for line in lines]
            time.sleep(0.05)
        raise AssertionError("nginx has not logged every request")

    def kill(self, port: int) -> None:
        os.killpg(self.nodes[port].pid, signal.SIGKILL)
        self.nodes[port].wait(20)


def shipped(folder: Path, port: int, nodes: list[int]) -> Path:
    """The configuration of nginx as it is shipped, with ports and folders of the test's own."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    changes = {
        "127.0.0.1:5001": f"127.0.0.1:{nodes[0]}",
        "127.0.0.1:5002": f"127.0.0.1:{nodes[1]}",
        "listen 80 default_server": f"listen 127.0.0.1:{port} default_server",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "/var/cache/nginx/kalender": f"{folder}/cache",
        "/var/log/nginx/kalender.log": f"{folder}/access.log",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "kalender.conf").write_text(text)
    wrapped = folder / "nginx.conf"
    wrapped.write_text(WRAP.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""))
    return wrapped


def until_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None, f"{process.args} ended before its time"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}")


@contextmanager
def running(
    command: list[str], port: int, log: Path | None = None, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    with ExitStack() as opened:
        errors = opened.enter_context(log.open("wb")) if log else None
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, start_new_session=True, stderr=errors
        )
    try:
        until_listening(port, process)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "nginx"
    made.mkdir()
    return made


@contextmanager
def serving_nodes(folder: Path, built: Path, database_url: str, now: str, **settings: str) -> Iterator[Nodes]:
    """Two processes that share a database and Redis, by their ports."""
    with ExitStack() as started:
        redis, nodes = free_port(), {}
        quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir", str(folder)]
        started.enter_context(running(["redis-server", "--port", str(redis), "--bind", "127.0.0.1", *quiet], redis))
        for node in (free_port(), free_port()):
            instance = folder / f"instance-{node}"
            instance.mkdir()
            link_built(instance, built)
            environment = {
                "TEST_NOW": now,
                "TEST_STARTED": str(time.time()),
                "FLASK_SECRET_KEY": SECRET_KEY,
                "FLASK_INSTANCE_PATH": str(instance),
                "FLASK_CALENDAR_CONTENT": str(prepared.copied(folder / f"content-{node}")),
                "FLASK_TRUSTED_PROXIES": "1",
                "FLASK_PUBLIC_URL": f"https://{HOST}",
                "DATABASE_URL": database_url,
                "REDIS_URL": f"redis://127.0.0.1:{redis}",
            }
            command = [f"{BIN}/granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(node)]
            command += ["--workers", "1", "--blocking-threads", "80", "--no-ws", "--log-level", "error"]
            command += ["tests.served:app"]
            log = folder / f"{node}.log" if "FLASK_JSON_LOG" in settings else None
            nodes[node] = started.enter_context(running(command, node, log, **environment | settings))
        yield nodes


@contextmanager
def behind_nginx(folder: Path, nodes: Nodes) -> Iterator[Site]:
    """nginx, with nothing in its cache, in front of two processes."""
    site = Site(free_port(), folder, nodes)
    with running(["nginx", "-e", f"{folder}/error.log", "-c", str(shipped(folder, site.port, [*nodes]))], site.port):
        yield site


@pytest.fixture
def two_nodes(app: Flask, built: Path, database_url: str, folder: Path) -> Iterator[Callable[..., Site]]:
    """Start it all: two_nodes("2026-12-10T08:00", FLASK_ENTRY_LIMIT="6 per hour")."""
    with ExitStack() as started:

        def start(now: str, **settings: str) -> Site:
            nodes = started.enter_context(serving_nodes(folder, built, database_url, now, **settings))
            return started.enter_context(behind_nginx(folder, nodes))

        yield start


def form_token(site: Site, path: str = ENTRY_URL, **headers: str) -> str:
    page = site.ask("GET", path, **headers).text
    return page.split('name="token"')[1].split('value="')[1].split('"')[0]

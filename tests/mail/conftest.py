"""A mail server that does as a test tells it, and what the outbox looks like."""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from flask import Flask

from app.database import db
from app.draw import delivery
from app.outbox.models import OutboxMail
from tests.conftest import StoppedClock, free_port

# In the place of an answer to DATA: hang up half-way, hang up with the whole mail taken, or wait for `release`.
CUT_OFF, HANG_UP, HOLD = "cut off", "hang up", "hold"
# Seconds after which a test that waits for another thread gives up.
PATIENCE = 30


class Postmaster:
    """What a server answers, command by command, and what it got. Commands without a script are granted."""

    def __init__(self) -> None:
        self.script: dict[str, list[str]] = {}
        self.arrived: list[tuple[list[str], EmailMessage]] = []
        self.raw: list[bytes] = []
        self.heard: list[tuple[str, bool]] = []
        self.holding, self.release = threading.Event(), threading.Event()

    def answer(self, command: str) -> str:
        return self.script[command].pop(0) if self.script.get(command) else ""

    @property
    def receivers(self) -> list[str]:
        return [receiver for receivers, _ in self.arrived for receiver in receivers]

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self.answer("MAIL"):
            return hang_up(server) if answer == HANG_UP else answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self.answer("RCPT"):
            return hang_up(server) if answer == HANG_UP else answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answer("DATA")
        if answer == HOLD:
            self.holding.set()
            await asyncio.to_thread(self.release.wait, PATIENCE)
        if answer in ("", HOLD, HANG_UP):
            self.raw.append(envelope.content)
            self.arrived.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        if answer == HANG_UP:
            hang_up(server)
        return answer if answer[:1].isdigit() else "250 OK"


def hang_up(server: Any) -> str:
    server.transport.close()
    return ""


class Server(SMTP):
    """Notes which commands came, and whether under TLS; answers EHLO, and the command DATA, as "EHLO" and "354" say."""

    async def _is_scripted(self, stage: str) -> bool:
        if answer := self.event_handler.answer(stage):
            hang_up(self) if answer == HANG_UP else await self.push(answer)
        return bool(answer)

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802
        if not await self._is_scripted("EHLO"):
            await super().smtp_EHLO(arg)

    async def _noted(self, command: str, arg: str) -> None:
        self.event_handler.heard.append((command, bool(self.session and self.session.ssl)))
        await getattr(super(), f"smtp_{command}")(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        await self._noted("AUTH", arg)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        await self._noted("MAIL", arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if await self._is_scripted("354"):
            return
        script = self.event_handler.script.get("DATA")
        if script and script[0] == CUT_OFF:
            script.pop(0)
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.close()
            return
        await super().smtp_DATA(arg)


class Running(Controller):
    """A server on a port that the system chooses, unless one is given."""

    def factory(self) -> SMTP:
        return Server(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def knows_the_password(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    # handled=False: aiosmtpd answers a wrong password itself, where it else waits for an answer from here.
    return AuthResult(success=(data.login, data.password) == (b"olle", b"ses@m"), handled=False)


@pytest.fixture
def postmaster() -> Postmaster:
    return Postmaster()


@pytest.fixture
def serve(app: Flask, postmaster: Postmaster) -> Iterator[Callable[..., Running]]:
    """Start a server and tells the app: serve(), serve("127.0.0.2", user="olle:ses%40m@", tls_context=…)."""
    running: list[Running] = []

    def start(host: str = "127.0.0.1", port: int = 0, user: str = "", scheme: str = "smtp", **kind: Any) -> Running:
        running.append(Running(postmaster, hostname=host, port=port, **kind))
        running[-1].start()
        app.config["MAIL_URL"] = f"{scheme}://{user}{host}:{running[-1].port}"
        return running[-1]

    yield start
    postmaster.release.set()
    for server in running:
        server.stop(no_assert=True)


@pytest.fixture
def send(app: Flask) -> Callable[[], int]:
    """One round: send() returns how many mails went."""

    def round_() -> int:
        with app.app_context():
            return delivery.send_due()

    return round_


@pytest.fixture
def rows(app: Flask) -> Callable[[], list[OutboxMail]]:
    """What stands in the outbox."""

    def read() -> list[OutboxMail]:
        with app.app_context():
            return list(db.session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))

    return read


@pytest.fixture
def nobody(app: Flask) -> int:
    """A port where nobody listens, told to the app as its mail server."""
    port = free_port()
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    return port


@pytest.fixture(autouse=True)
def after_the_entries(clock: StoppedClock) -> None:
    """accept() takes entries in at nine."""
    clock.set("2026-12-10 09:00")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.2, and its key; who trusts it must be told so."""
    folder = tmp_path_factory.mktemp("certificate")
    file, key = folder / "cert.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-subj", "/CN=127.0.0.2", "-addext", "subjectAltName=IP:127.0.0.2", "-days", "2"]
    subprocess.run([*made, *named, "-keyout", key, "-out", file], check=True, capture_output=True)
    return file, key


@pytest.fixture
def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context

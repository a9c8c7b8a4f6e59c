"""Hands finished mails over: to an SMTP server, or without one to files that can be read."""

# An address (smtp://user:password@host:587, smtps:// for TLS from the start) says where. Unless the server is on this
# machine, nothing is said to it before STARTTLS with a certificate that holds (RFC 3207).

import base64
import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app

# Seconds to wait for each of a server's words.
TIMEOUT = 20
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# The server's word for closing the connection; smtplib then has hung up.
_NOT_NOW = 421
# Why a server says no for good, as it stands before its words; X.1.0, X.1.7 and X.1.8 may be about the sender.
_REASON = re.compile(r"5\.\d{1,3}\.\d{1,3}\b")
_NO_MAILBOX = {"5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10", "5.2.1"}

Send = Callable[[EmailMessage], None]


class TemporaryFailure(Exception):
    """The mail did not go; it may later. The text names the trouble, never an address."""


class TransportDown(TemporaryFailure):
    """The same, and no other mail will go now either."""


class Unanswered(TransportDown):
    """The same, but the connection broke when all of the mail was out and not answered: it may have gone."""


class NotFromUs(TemporaryFailure):
    """The same, and the trouble lies with who sends or what is sent: a server's own rule, a blocklist, a setting."""


class PermanentFailure(Exception):
    """The receiver does not want the mail, now or later. The text names the trouble, never an address."""


class NoSuchMailbox(PermanentFailure):
    """The same, and the server has said that there is no such mailbox, or that it is closed."""


class Connection(smtplib.SMTP):
    """A connection that knows whether the last it said was a mail, to its end."""

    has_said_mail = False

    def send(self, s: Any) -> None:
        self.has_said_mail = False
        super().send(s)
        # smtplib gives commands as text, and a mail as bytes, with its end.
        self.has_said_mail = isinstance(s, bytes)


class TLSConnection(Connection, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


def mail_server() -> str:
    """Return the address of the server that mails go to; none in a demo, whose people do not exist."""
    return "" if current_app.config["DEMO"] else str(current_app.config["MAIL_URL"])


@contextmanager
def open_transport(url: str, folder: Path, our_name: str) -> Iterator[Send]:
    """Give a post office for the time of the block: SMTP at `url`, or files in `folder`; `our_name` is said in EHLO."""
    # It connects when the first mail comes. Sending raises PermanentFailure, TemporaryFailure and their kinds.
    if not url:
        yield partial(write_file, folder)
        return
    connected: list[Connection] = []

    def send(mail: EmailMessage) -> None:
        if not connected:
            connected.append(connect_to_server(url, our_name))
        _send(connected[0], mail)

    try:
        yield send
    finally:
        for server in connected:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()


def check_connection(url: str, our_name: str) -> None:
    """Connects and signs in as for a mail, sends none, and hangs up. Raises TransportDown."""
    server = connect_to_server(url, our_name)
    with suppress(OSError, smtplib.SMTPException):
        server.quit()


def connect_to_server(url: str, our_name: str) -> Connection:
    parts = urlsplit(url)
    host = parts.hostname or ""
    server: Connection | None = None
    try:
        if parts.scheme == "smtps":
            # TLS from the first byte, on a port of its own (RFC 8314, 3.3).
            server = TLSConnection(host, parts.port or 465, our_name, timeout=TIMEOUT, context=tls_context(host))
        else:
            # Submission, where STARTTLS follows (RFC 6409, 3.1).
            server = Connection(host, parts.port or 587, our_name, timeout=TIMEOUT)
            start_tls(server, host)
        if parts.username:
            sign_in(server, unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        if server:
            server.close()
        raise TransportDown(_trouble(error)) from None
    return server


def sign_in(server: smtplib.SMTP, user: str, password: str) -> None:
    """Name and password go as UTF-8 (RFC 4616), which smtplib has for ASCII only."""
    if f"{user}{password}".isascii():
        server.login(user, password)
        return
    server.ehlo_or_helo_if_needed()
    if "PLAIN" in server.esmtp_features.get("auth", "").upper().split():
        code, answer = server.docmd("AUTH", "PLAIN " + in_base64(f"\0{user}\0{password}"))
    else:
        server.docmd("AUTH", "LOGIN")
        server.docmd(in_base64(user))
        code, answer = server.docmd(in_base64(password))
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def start_tls(server: smtplib.SMTP, host: str) -> None:
    server.ehlo_or_helo_if_needed()
    if host in _LOOPBACK and not server.has_extn("starttls"):
        return
    server.starttls(context=tls_context(host))


def tls_context(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if host in _LOOPBACK:
        # A mail server on the same machine has a certificate for another name, if for any.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _send(server: Connection, mail: EmailMessage) -> None:
    try:
        server.send_message(mail, to_addrs=[address.addr_spec for address in mail["To"].addresses])
    except smtplib.SMTPRecipientsRefused as error:
        raise _answered(*next(iter(error.recipients.values())), "mottagaren", NoSuchMailbox) from None
    except smtplib.SMTPDataError as error:
        # smtplib leaves the mail begun when DATA itself is refused, and the next would be too (RFC 5321, 4.1.4).
        with suppress(OSError, smtplib.SMTPException):
            server.rset()
        raise _answered(error.smtp_code, error.smtp_error, "innehållet", PermanentFailure) from None
    except smtplib.SMTPNotSupportedError:
        # Only a server that speaks SMTPUTF8 takes them (RFC 6531).
        raise PermanentFailure("servern tar inte emot adresser med å, ä eller ö") from None
    except smtplib.SMTPResponseException as error:
        raise TransportDown(_trouble(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise (Unanswered if server.has_said_mail else TransportDown)(_trouble(error)) from None


def _answered(code: int, answer: bytes | str, about: str, refused: type[Exception]) -> Exception:
    """Return what an answer means; `refused` when it is no for good and does not say why (RFC 3463)."""
    text = answer if isinstance(answer, str) else answer.decode(errors="replace")
    reason = _REASON.match(text)
    told = f"{about}: {code}{f' {reason[0]}' if reason else ''}"
    if not 500 <= code < 600:
        return (TransportDown if code == _NOT_NOW else TemporaryFailure)(told)
    if reason is None:
        return refused(told)
    return (NoSuchMailbox if reason[0] in _NO_MAILBOX else NotFromUs)(told)


def _trouble(error: Exception) -> str:
    code = getattr(error, "smtp_code", "")
    return f"servern: {type(error).__name__} {code}".strip()


def write_file(folder: Path, mail: EmailMessage) -> None:
    """A file named after the mail, so that a second try takes the place of the first; on disk before it is told."""
    name = mail["Message-ID"].strip("<>").partition("@")[0]
    unfinished = folder / f".{name}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(mail.as_bytes(policy=policy.default.clone(utf8=not str(mail["To"]).isascii())))
            os.fsync(file.fileno())
        # A rename is whole or not at all, and the bytes are on disk before it.
        unfinished.replace(folder / f"{name}.eml")
    except OSError as error:
        raise TransportDown(f"filen: {type(error).__name__}") from None

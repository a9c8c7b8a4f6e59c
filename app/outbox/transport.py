"""Hands finished mails over: to an SMTP server, or without one to files that can be read.

An address (smtp://user:password@host:587, smtps:// for TLS from the start) says where. Unless the server is on this
machine, nothing is said to it before STARTTLS with a certificate that holds (RFC 3207).
"""

import os
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app

# Seconds to wait for each of a server's words.
TIMEOUT = 20
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# The server's word for closing the connection; smtplib then has hung up.
_NOT_NOW = 421

Send = Callable[[EmailMessage], None]


class TemporaryFailure(Exception):
    """The mail did not go; it may later. The text names the trouble, never an address."""


class TransportDown(TemporaryFailure):
    """The same, and no other mail will go now either."""


class Unanswered(TransportDown):
    """The same, but the connection broke before the server had answered: the mail may have gone."""


class PermanentFailure(Exception):
    """The receiver does not want the mail, now or later. The text names the trouble, never an address."""


class ContentRefused(PermanentFailure):
    """The receiver does not want what the mail says, or who it says sent it; the address may be right."""


def mail_server() -> str:
    """Return the address of the server that mails go to; none in a demo, whose people do not exist."""
    return "" if current_app.config["DEMO"] else str(current_app.config["MAIL_URL"])


@contextmanager
def open_transport(url: str, folder: Path, our_name: str) -> Iterator[Send]:
    """Give a post office for the time of the block: SMTP at `url`, or files in `folder`; `our_name` is said in EHLO.

    It connects when the first mail comes. Sending raises PermanentFailure, TemporaryFailure and TransportDown.
    """
    if not url:
        yield partial(_write, folder)
        return
    connected: list[smtplib.SMTP] = []

    def send(mail: EmailMessage) -> None:
        if not connected:
            connected.append(_connected(url, our_name))
        _send(connected[0], mail)

    try:
        yield send
    finally:
        for server in connected:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()


def check_connection(url: str, our_name: str) -> None:
    """Connects and signs in as for a mail, sends none, and hangs up. Raises TransportDown."""
    server = _connected(url, our_name)
    with suppress(OSError, smtplib.SMTPException):
        server.quit()


def _connected(url: str, our_name: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    server: smtplib.SMTP | None = None
    try:
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, our_name, timeout=TIMEOUT, context=_tls(host))
        else:
            server = smtplib.SMTP(host, parts.port or 587, our_name, timeout=TIMEOUT)
            _start_tls(server, host)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        if server:
            server.close()
        raise TransportDown(_trouble(error)) from None
    return server


def _start_tls(server: smtplib.SMTP, host: str) -> None:
    server.ehlo_or_helo_if_needed()
    if host in _LOOPBACK and not server.has_extn("starttls"):
        return
    server.starttls(context=_tls(host))


def _tls(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if host in _LOOPBACK:
        # A mail server on the same machine has a certificate for another name, if for any.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _send(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail, to_addrs=[address.addr_spec for address in mail["To"].addresses])
    except smtplib.SMTPRecipientsRefused as error:
        raise _answered(next(iter(error.recipients.values()))[0], "mottagaren") from None
    except smtplib.SMTPDataError as error:
        raise _answered(error.smtp_code, "innehållet", ContentRefused) from None
    except smtplib.SMTPNotSupportedError:
        raise PermanentFailure("servern tar inte emot adresser med å, ä eller ö") from None
    except smtplib.SMTPResponseException as error:
        raise TransportDown(_trouble(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Unanswered(_trouble(error)) from None


def _answered(code: int, about: str, refused: type[Exception] = PermanentFailure) -> Exception:
    kind = refused if 500 <= code < 600 else TransportDown if code == _NOT_NOW else TemporaryFailure
    return kind(f"{about}: {code}")


def _trouble(error: Exception) -> str:
    code = getattr(error, "smtp_code", "")
    return f"servern: {type(error).__name__} {code}".strip()


def _write(folder: Path, mail: EmailMessage) -> None:
    """A file named after the mail, so that a second try takes the place of the first; on disk before it is told."""
    name = mail["Message-ID"].strip("<>").partition("@")[0]
    unfinished = folder / f".{name}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(mail.as_bytes(policy=policy.default.clone(utf8=not str(mail["To"]).isascii())))
            os.fsync(file.fileno())
        unfinished.replace(folder / f"{name}.eml")
    except OSError as error:
        raise TransportDown(f"filen: {type(error).__name__}") from None

"""Hands finished mails over: to an SMTP server, or without one to files that anybody can read.

An address (smtp://user:password@host:587, smtps:// for TLS from the start) says where. Unless the server is on this
machine, nothing is said to it before STARTTLS (RFC 3207).
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

TIMEOUT = 20
"""Seconds to wait for a server's word."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}

Send = Callable[[EmailMessage], None]


class Postponed(Exception):
    """The mail did not go; it may later. The text names the trouble, never an address."""


class Refused(Exception):
    """The receiver does not want the mail, now or later. The text names the trouble, never an address."""


@contextmanager
def office(url: str, folder: Path) -> Iterator[Send]:
    """A post office that is open for as long as the block: SMTP at `url`, or files in `folder`. Raises Postponed."""
    if not url:
        yield lambda mail: _write(mail, folder)
        return
    try:
        server = _connected(url)
    except (OSError, smtplib.SMTPException) as error:
        raise Postponed(_trouble(error)) from None
    try:
        yield lambda mail: _send(server, mail)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def _connected(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or ""
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls") or host not in _LOOPBACK:
            server.starttls(context=context)
            server.ehlo()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _send(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        raise (Refused if 500 <= code < 600 else Postponed)(f"mottagaren: {code}") from None
    except smtplib.SMTPDataError as error:
        raise (Refused if 500 <= error.smtp_code < 600 else Postponed)(f"innehållet: {error.smtp_code}") from None
    except smtplib.SMTPNotSupportedError:
        raise Refused("servern tar inte emot adresser med å, ä eller ö") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Postponed(_trouble(error)) from None


def _trouble(error: Exception) -> str:
    code = getattr(error, "smtp_code", "")
    return f"servern: {type(error).__name__} {code}".strip()


def _write(mail: EmailMessage, folder: Path) -> None:
    """A file named after the mail, so that a second try takes the place of the first."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        name = mail["Message-ID"].strip("<>").partition("@")[0]
        unfinished = folder / f".{name}"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(mail.as_bytes())
        unfinished.replace(folder / f"{name}.eml")
    except OSError as error:
        raise Postponed(f"filen: {type(error).__name__}") from None

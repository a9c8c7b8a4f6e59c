"""A mail: plain text first, the same words as HTML beside it. Pure."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.languages import SWEDISH


class NotOneAddress(ValueError):
    """A recipient that cannot stand in a header as the one address that it is."""


class VerbatimHeader(BaseHeader):
    """A header that programs read: in one line, as it was written."""

    # Left alone, Python makes an encoded word of each value longer than a line, which these may not have (RFC 2047, 5).

    max_count = 1
    parse = UnstructuredHeader.parse

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
for _name in ("list-id", "list-unsubscribe", "list-unsubscribe-post"):
    _headers.map_to_type(_name, VerbatimHeader)
_policy = EmailPolicy(header_factory=_headers)


@dataclass(frozen=True)
class Labelled:
    """A value on a line of its own, with what it is; `address` makes it a link."""

    label: str
    value: str
    address: bool = False


@dataclass(frozen=True)
class Letter:
    """A subject and its parts in order: paragraphs, and labelled values."""

    # `about` stands first, in `language`: what a letter says that is written in another.

    subject: str
    parts: tuple[str | Labelled, ...]
    language: str = SWEDISH
    about: str = ""

    @property
    def languages(self) -> str:
        """The languages of its readers (RFC 3282)."""
        return f"{SWEDISH}, {self.language}" if self.about else self.language

    @property
    def text(self) -> str:
        told = (self.about, *self.parts) if self.about else self.parts
        return "\n\n".join(p if isinstance(p, str) else f"{p.label}:\n{p.value}" for p in told) + "\n"

    @property
    def html(self) -> str:
        body = "\n".join(f"<p>{escape(p)}</p>" if isinstance(p, str) else _labelled(p) for p in self.parts)
        head = f'<meta charset="utf-8"><title>{escape(self.subject)}</title>'
        first = f'<p lang="{self.language}">{escape(self.about)}</p>\n' if self.about else ""
        language = SWEDISH if self.about else self.language
        whole = f"<head>{head}</head>\n<body>\n{first}{body}\n</body>"
        return f'<!doctype html>\n<html lang="{language}">\n{whole}\n</html>\n'


def _labelled(part: Labelled) -> str:
    value = escape(part.value)
    shown = f'<a href="{value}">{value}</a>' if part.address else f'<code translate="no">{value}</code>'
    return f"<p>{escape(part.label)}:<br>{shown}</p>"


@dataclass(frozen=True)
class Sender:
    """Who a letter comes from, and the site's address (`public_url`, without a last slash)."""

    name: str
    address: str
    reply_to: str
    public_url: str


def build_message(letter: Letter, sender: Sender, recipient: str, name: str, now: datetime) -> EmailMessage:
    """Return a letter as it is sent. `name` is the same at every try, so that a mail that came twice is known as one.

    Raises NotOneAddress for the recipient, and ValueError for a sender that cannot stand in a header.
    """
    site = helo_name(sender.public_url)
    mail = EmailMessage(_policy)
    mail["From"] = _mailbox(sender.address, one_line(sender.name))
    try:
        mail["To"] = recipient
    except ValueError:
        raise NotOneAddress from None
    # A display name or a second address would send the mail elsewhere than the entry says.
    if [f"{each.username}@{each.domain}" for each in mail["To"].addresses] != [recipient]:
        raise NotOneAddress
    mail["Reply-To"] = _mailbox(sender.reply_to)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(now)
    # The same at each try (RFC 5322, 3.6.4), so that a mail that came twice is shown once.
    mail["Message-ID"] = f"<{name}@{site}>"
    # Lets people sort all mails of a contest at once (RFC 2919).
    mail["List-Id"] = f"<{name.partition('.')[0]}.{site}>"
    # Asks others not to answer by machine, such as away messages (RFC 3834, 5).
    mail["Auto-Submitted"] = "auto-generated"
    # Exchange looks at its own header only (MS-OXCMAIL), and would send "I am away" back. Bounces are wanted.
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    # Left alone, Python sends eight bits to servers that never said they take them, or base64.
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = letter.languages
    return mail


def helo_name(public_url: str) -> str:
    """Return the site's name as mail servers know it: in ASCII, and localhost for an address of numbers."""
    name = urlsplit(public_url).hostname or "localhost"
    try:
        ip_address(name)
    except ValueError:
        return name.encode("idna").decode()
    return "localhost"


def ascii_url(url: str) -> str:
    """Return a web address as it may stand in a header: its host in ASCII."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.encode("idna").decode()).geturl()


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain.encode("idna").decode())


def one_line(text: str) -> str:
    return " ".join(text.split())

"""What the calendar writes to people: plain text first, the same words as HTML beside it. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from ipaddress import ip_address
from urllib.parse import urlsplit

from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.clock import SWEDEN
from app.contest.entries import grouped
from app.contest.rules import NEVER_ASKED, swedish


@dataclass(frozen=True)
class Labelled:
    """A value on a line of its own, with what it is; `address` makes it a link."""

    label: str
    value: str
    address: bool = False


@dataclass(frozen=True)
class Letter:
    """A subject and its parts in order: paragraphs, and labelled values."""

    subject: str
    parts: tuple[str | Labelled, ...]

    @property
    def text(self) -> str:
        return "\n\n".join(p if isinstance(p, str) else f"{p.label}:\n{p.value}" for p in self.parts) + "\n"

    @property
    def html(self) -> str:
        body = "\n".join(f"<p>{escape(p)}</p>" if isinstance(p, str) else _labelled(p) for p in self.parts)
        head = f'<meta charset="utf-8"><title>{escape(self.subject)}</title>'
        return f'<!doctype html>\n<html lang="sv">\n<head>{head}</head>\n<body>\n{body}\n</body>\n</html>\n'


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


@dataclass(frozen=True)
class Received:
    """What a receipt tells of an entry; `repeated` when the same person had sent one before."""

    code: str
    ticket: str
    received_at: datetime
    repeated: bool


def receipt(edition: Edition, contest: Contest, received: Received, public_url: str) -> Letter:
    """The receipt for one entry."""
    several = (
        "Vi har fått mer än ett bidrag från dig. Det första räknas i dragningen. Det här är kvittot på ett av dem.",
    )
    return Letter(
        f"Kvitto på ditt bidrag i {edition.file.title}",
        (
            "Hej!",
            f"Ditt bidrag i tävlingen i {edition.file.title} är mottaget {swedish(received.received_at)}.",
            *(several if received.repeated else ()),
            Labelled("Din kvittokod", grouped(received.code)),
            Labelled("Din lott i dragningen", received.ticket),
            "Spara det här brevet. Med koden och din e-postadress kan du se ditt bidrag, hämta dina uppgifter eller "
            "ta tillbaka bidraget:",
            Labelled("Mitt bidrag", f"{public_url}/mitt-bidrag", address=True),
            f"Tävlingen stänger {swedish(contest.closes)}. Tidigast {swedish(contest.draw_at)} lottas vinnaren i en "
            "öppen dragning, som du kan räkna efter:",
            Labelled("Dragningen", f"{public_url}/{edition.year}/dragning", address=True),
            f"Vinner du skriver vi till dig från {edition.file.organiser.email}. {NEVER_ASKED}",
            "Har du inte deltagit? Då har någon annan skrivit din adress. Ta tillbaka bidraget på sidan Mitt bidrag, "
            "så raderas adressen.",
            edition.file.organiser.name,
        ),
    )


def winner(edition: Edition, contest: Contest, ticket: str, now: datetime, public_url: str) -> Letter:
    """What the organiser writes to whoever is next in line; the days to answer count from `now`."""
    answer_by = (
        (now + timedelta(days=contest.answer_days or 0)).astimezone(SWEDEN).replace(hour=23, minute=59, second=0)
    )
    prizes = " eller ".join(_inside_a_sentence(prize.title) for prize in contest.prizes)
    return Letter(
        f"Du har vunnit i {edition.file.title}",
        (
            "Hej!",
            f"Din lott har dragits i tävlingen i {edition.file.title}. Du har vunnit {prizes}.",
            Labelled("Din lott", ticket),
            f"Svara på det här brevet senast {swedish(answer_by)} och berätta om du tar emot vinsten, hur vi når dig "
            "och att du är med i tävlingen enligt reglerna. Annars går vinsten vidare till nästa på listan.",
            "Skriv också om vi får visa ditt förnamn och din kommun på sidan om dragningen. Det är frivilligt och "
            "påverkar inte vinsten.",
            f"Så gick dragningen till, och så kan du räkna efter. {NEVER_ASKED}",
            Labelled("Dragningen", f"{public_url}/{edition.year}/dragning", address=True),
            edition.file.organiser.name,
        ),
    )


def _inside_a_sentence(title: str) -> str:
    """”Ett par lampor” as ”ett par lampor”, but ”SJ-biljett” as it is."""
    return title[0].lower() + title[1:] if title[1:2].islower() or title[1:2] == " " else title


def message(letter: Letter, sender: Sender, recipient: str, name: str, now: datetime) -> EmailMessage:
    """A letter as it is sent. `name` is the same at every try, so that a mail that came twice is known as one.

    Raises ValueError when the recipient cannot stand in a header as the one address that it is.
    """
    site = host(sender.public_url)
    mail = EmailMessage()
    mail["From"] = _mailbox(sender.address, _one_line(sender.name))
    mail["To"] = recipient
    if [f"{each.username}@{each.domain}" for each in mail["To"].addresses] != [recipient]:
        raise ValueError("not one address")
    mail["Reply-To"] = _mailbox(sender.reply_to)
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{name}@{site}>"
    mail["List-Id"] = f"<{name.partition('.')[0]}.{site}>"
    mail["Auto-Submitted"] = "auto-generated"
    # Left alone, Python sends eight bits to servers that never said they take them, or base64.
    mail.set_content(letter.text, cte="quoted-printable")
    mail.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = "sv"
    return mail


def host(public_url: str) -> str:
    """The site's name as mail servers know it: in ASCII, and localhost for an address of numbers."""
    name = urlsplit(public_url).hostname or "localhost"
    try:
        ip_address(name)
    except ValueError:
        return name.encode("idna").decode()
    return "localhost"


def _mailbox(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain.encode("idna").decode())


def _one_line(text: str) -> str:
    return " ".join(text.split())

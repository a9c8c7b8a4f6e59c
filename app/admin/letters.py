"""The mail that invites an organiser. Sent at once: its link is kept nowhere, so it cannot wait in the outbox."""

from datetime import datetime

from flask import current_app

from app.admin.roles import ROLES
from app.calendar.lookup import current_edition
from app.draw import delivery
from app.mail import messages
from app.mail.messages import Labelled, Letter, Sender
from app.mail.post import Closed, Postponed, Refused, office, server


class NotSent(Exception):
    """The mail did not go. The text is a Swedish sentence for the inviter."""


def goes_by_mail() -> bool:
    """Check whether there is a server that mails go to."""
    return bool(server())


def invite(email: str, role: str, link: str, name: str, now: datetime) -> None:
    """Mail the link to the invited person. Raises NotSent; `name` tells one invitation from another."""
    sender = _sender()
    try:
        mail = messages.message(_invitation(sender.name, ROLES[role], link), sender, email, f"inbjudan.{name}", now)
        public_url = current_app.config["PUBLIC_URL"]
        with office(server(), delivery.folder(), messages.host(public_url)) as send:
            send(mail)
    except (Refused, ValueError):
        raise NotSent("Mejlservern tar inte emot adressen. Se efter att den är rätt skriven.") from None
    except (Postponed, Closed):
        raise NotSent("Mejlet gick inte i väg, så ingen inbjudan är skapad. Försök igen om en stund.") from None


def _sender() -> Sender:
    edition, config = current_edition(), current_app.config
    mailbox = edition.file.organiser.email
    return Sender(edition.file.title, config["MAIL_FROM"] or mailbox, mailbox, config["PUBLIC_URL"])


def _invitation(title: str, role: str, link: str) -> Letter:
    return Letter(
        f"Du är inbjuden till {title}",
        (
            "Hej!",
            f"Du är inbjuden att arbeta med {title} som {role}. Skapa ditt konto med länken. Den fungerar en gång och "
            "gäller i sju dagar.",
            Labelled("Skapa ditt konto", link, address=True),
            "Ha telefonen till hands: du behöver en app för engångskoder. Skicka inte länken vidare, för den som har "
            "den kan skapa kontot.",
            "Väntade du dig ingen inbjudan? Då behöver du inte göra något.",
        ),
    )

"""What the calendar writes to participants, one function a kind of mail. Pure."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from app.contest.entries import group_code
from app.contest.rules import NEVER_ASKED
from app.contest.terms import FrozenContest
from app.languages import current, gettext_noop, translate
from app.outbox.messages import Labelled, Letter
from app.text import swedish

WITHDRAW, DECLINE = "withdraw/v2", "decline/v2"

# Kept with the name that is published: what was agreed to (GDPR, article 7.1), and that it can be taken back (7.3).
CONSENT_ASKED = (
    "Skriv också om vi får visa ditt förnamn och din kommun på kalenderns webbplats. Det är frivilligt, det påverkar "
    "inte vinsten, och du kan ta tillbaka ditt ja när som helst."
)


def sign_link(purpose: str, *values: str | int) -> str:
    """Return a token for an address."""
    return str(_serializer(purpose).dumps(values))


def read_link(purpose: str, token: str) -> list[Any] | None:
    """Return the values of a token; None when it is not one of ours for this purpose."""
    try:
        found = _serializer(purpose).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return found if isinstance(found, list) else None


def _serializer(purpose: str) -> URLSafeSerializer:
    config = current_app.config
    return URLSafeSerializer((*reversed(config["SECRET_KEY_FALLBACKS"]), config["SECRET_KEY"]), salt=purpose)


# What a mail is about that is written in Swedish only, for those who entered in another language.
ABOUT = {
    "struken": gettext_noop("Ditt svar i tävlingen är struket. Resten av mejlet är på svenska."),
    "aterstalld": gettext_noop("Ditt svar i tävlingen är med igen. Resten av mejlet är på svenska."),
    "last": gettext_noop("Spara mejlet: där står hur det går för din lott. Resten av mejlet är på svenska."),
    "vinst": gettext_noop("Du har vunnit. Svara på mejlet före dagen som står i det. Resten av mejlet är på svenska."),
    "forbigangen": gettext_noop("Vinsten har gått vidare till nästa på listan. Resten av mejlet är på svenska."),
    "installd": gettext_noop("Tävlingen är inställd. Resten av mejlet är på svenska."),
}


def with_about(letter: Letter, kind: str) -> Letter:
    """Say first in the current language what a Swedish letter is about."""
    return replace(letter, language=current(), about=translate(ABOUT[kind]))


BEFORE = "Dragningen gäller bara om den här kontrollsumman nådde dig före tidpunkten. Spara mejlet."
_FATES = {
    "återkallad": "Du har tagit tillbaka ditt svar, så lotten är inte med.",
    "anställd": "Lotten är struken. Skäl: anställd hos arrangören.",
    "uppenbart falsk": "Lotten är struken. Skäl: uppenbart falsk.",
    "fel svar": "Svaret var fel, så lotten är inte med i dragningen.",
    "för sent": "Svaret kom för sent, så lotten är inte med i dragningen.",
}


def receipt_letter(
    contest: FrozenContest, answer: str, code: str, ticket: str, number: int, head: str, site: str, withdraw: str
) -> Letter:
    """Write the receipt of one entry, in the current language."""
    title, closes, draw_at = contest.edition_title, swedish(contest.closes), swedish(contest.draw_at)
    received = translate("Ditt svar i tävlingen i {title} är mottaget. Du svarade: {answer}.")
    another = translate(
        "Svarade du fel kan du skicka ett rätt svar till före {closes}. Det första rätta svaret gäller."
    )
    head_label = translate("Loggens kontrollsumma efter post {number}, som är din")
    keep = translate("Spara mejlet. Med koden och din e-postadress kan du se ditt svar och hämta dina uppgifter:")
    drawn = translate("Vinnaren lottas {draw_at}. Du kan själv kontrollera resultatet:")
    leave = translate("Vill du inte vara med, eller har du inte deltagit? Ta tillbaka svaret, så raderas adressen:")
    return Letter(
        translate("Du är med i tävlingen i {title}").format(title=title),
        (
            translate("Hej!"),
            received.format(title=title, answer=answer),
            another.format(closes=closes),
            Labelled(translate("Din kvittokod"), group_code(code)),
            Labelled(translate("Din lott i dragningen"), ticket),
            Labelled(head_label.format(number=number), head),
            Labelled(translate("Villkorens kontrollsumma (tavling.txt)"), contest.terms_sha256),
            keep,
            Labelled(translate("Mitt svar"), f"{site}/mitt-svar", address=True),
            drawn.format(draw_at=draw_at),
            Labelled(translate("Dragningen"), f"{site}/{contest.year}/dragning", address=True),
            leave,
            Labelled(translate("Ta tillbaka"), withdraw, address=True),
            Labelled(translate("Tävlingsregler"), f"{site}/{contest.year}/tavling/villkor", address=True),
            Labelled(translate("Så hanterar vi dina uppgifter"), f"{site}/personuppgifter", address=True),
            translate(NEVER_ASKED),
            contest.organisation.name,
        ),
        current(),
    )


def struck_letter(contest: FrozenContest, ticket: str, reason: str, until: datetime, contact: str) -> Letter:
    """Tell that an entry was struck by hand."""
    return Letter(
        f"Din lott i {contest.edition_title} är struken",
        (
            "Hej!",
            f"Arrangören har strukit din lott ur tävlingen i {contest.edition_title}. Skäl: {reason}.",
            Labelled("Din lott", ticket),
            f"Är det fel? Skriv till {contact} före {swedish(until)}. Sedan låses listan.",
            contest.organisation.name,
        ),
    )


def restored_letter(contest: FrozenContest, ticket: str) -> Letter:
    """Tell that an entry is in again."""
    return Letter(
        f"Din lott i {contest.edition_title} är med igen",
        ("Hej!", "Strykningen är borttagen. Din lott är med igen.", Labelled("Din lott", ticket)),
    )


def locked_letter(
    contest: FrozenContest, proof_sha256: str, draw_at: datetime, steps: int, site: str, own: tuple[str | Labelled, ...]
) -> Letter:
    """Send the checksum of the locked list; `own` is what became of the receiver's ticket."""
    moved = (f"Listan låstes sent. Därför avgör ett senare slumptal än det som var sagt, {steps} steg senare.",)
    return Letter(
        f"Spara: kontrollsumman för dragningen i {contest.edition_title}",
        (
            *(moved if steps else ()),
            "Hej!",
            f"Listan över lotter i tävlingen i {contest.edition_title} är låst.",
            Labelled("Låsbevisets kontrollsumma (lasbevis.txt)", proof_sha256),
            f"{BEFORE} Tidpunkten är {swedish(draw_at)}.",
            *own,
            Labelled("Dragningen", f"{site}/{contest.year}/dragning", address=True),
            contest.organisation.name,
        ),
    )


def fate(ticket: str, reason: str | None, stays: str | None, withdraw: str) -> tuple[str | Labelled, ...]:
    """Say what became of a participant's ticket at the locking."""
    own: tuple[str | Labelled, ...] = (Labelled("Din lott", ticket),)
    if reason is None:
        own += ("Lotten är med i dragningen.",)
    elif reason == "dubblett":
        own += ("Du har skickat flera rätta svar. Den här lotten är inte med, men den första är det:",)
        own += (Labelled("Lotten som är med", stays or ""),)
    else:
        own += (_FATES[reason],)
    return (*own, "Vill du inte vara med längre? Ta tillbaka svaret:", Labelled("Ta tillbaka", withdraw, address=True))


def won_letter(
    contest: FrozenContest, prize: str, ticket: str, until: datetime, contact: str, site: str, decline: str
) -> Letter:
    """Write to one in line for a prize."""
    return Letter(
        f"Du har vunnit i {contest.edition_title}",
        (
            "Hej!",
            f"Din lott har dragits i tävlingen i {contest.edition_title}. Du har vunnit!",
            Labelled("Din vinst", prize),
            Labelled("Din lott", ticket),
            f"Svara på det här mejlet före {swedish(until)}. Skriv om du tar emot vinsten, hur vi når dig och att du "
            "får vara med enligt reglerna. Annars kan vinsten gå vidare till nästa på listan.",
            CONSENT_ASKED,
            "Vill du inte ha vinsten? Tacka nej, så går den vidare på en gång:",
            Labelled("Tacka nej", decline, address=True),
            f"Vi svarar från {contact}. {NEVER_ASKED}",
            Labelled("Så gick dragningen till", f"{site}/{contest.year}/dragning", address=True),
            contest.organisation.name,
        ),
    )


def skipped_letter(
    contest: FrozenContest, place: int, reason: str, left_at: datetime, contact: str, refused: bool
) -> Letter:
    """Tell one in line that the prize went on to the next."""
    how = "men gick inte att lämna" if refused else "och vi har väntat så länge som reglerna säger"
    return Letter(
        f"Vinsten i {contest.edition_title} har gått vidare",
        (
            "Hej!",
            f"Din lott hade plats {place} i dragningen i {contest.edition_title}. Vårt mejl gick {swedish(left_at)}, "
            f"{how}. Nu har vinsten gått vidare till nästa på listan. Skäl: {reason}.",
            f"Är det fel? Skriv till {contact} och bifoga mejlet med din lott.",
            contest.organisation.name,
        ),
    )


def cancelled_letter(contest: FrozenContest, reason: str, contact: str) -> Letter:
    """Tell that the contest is cancelled."""
    return Letter(
        f"Tävlingen i {contest.edition_title} är inställd",
        (
            "Hej!",
            f"Tävlingen i {contest.edition_title} är inställd, och ingen vinnare dras. Skäl: {reason}",
            f"Undrar du något? Skriv till {contact}.",
            contest.organisation.name,
        ),
    )

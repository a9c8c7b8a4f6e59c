"""The contest's rules in plain text, made from the fields of the edition. Pure.

The text is what the låsbevis carries the checksum of, so it has no layout of its own: headings and paragraphs,
one blank line between them, and a last line feed.
"""

from datetime import datetime
from functools import lru_cache

from babel.dates import format_datetime
from babel.numbers import format_decimal

from app.calendar.schema import Contest, Organiser
from app.clock import SWEDEN
from app.contest import ages

UNREACHED = "svarar inte"
SKIP_REASONS = (UNREACHED, "tackar nej", "inte behörig", "återkallad")
"""The closed list of reasons for going on to the next in line; also named in the rules."""
NEVER_ASKED = "Vi ber aldrig om kortnummer, BankID eller betalning."

_BLANK = "(inte ifyllt ännu)"
"""Stands where a field is still empty; the contest does not open with it."""

Section = tuple[str, list[str]]


def sections(contest: Contest, organiser: Organiser) -> list[Section]:
    """The rules as (heading, paragraphs)."""
    return [*_taking_part(contest, organiser), *_winning(contest), *_afterwards(contest, organiser)]


def _taking_part(contest: Contest, organiser: Organiser) -> list[Section]:
    return [
        (
            "Arrangör",
            [
                f"{organiser.name}, organisationsnummer {organiser.organisation_number or _BLANK}.",
                f"Adress: {organiser.address or _BLANK}. E-post: {organiser.email}.",
            ],
        ),
        (
            "Vem kan vara med?",
            [
                contest.who_may_enter or _BLANK,
                f"{ages.terms(contest.minimum_age)} Det kostar inget att delta och inget köp krävs.",
                contest.exclusions or _BLANK,
            ],
        ),
        (
            "Så deltar du",
            [
                f"Tävlingen är öppen från {swedish(contest.opens)} till {swedish(contest.closes)}, svensk tid.",
                "Du deltar med formuläret i kalendern. Behöver du göra det på något annat sätt, skriv till arrangören.",
                "En person deltar med ett bidrag. Kommer det flera från samma person räknas det första.",
                "Du kan ta tillbaka ditt bidrag när du vill, med kvittokoden och din e-postadress.",
            ],
        ),
    ]


def _winning(contest: Contest) -> list[Section]:
    return [
        (
            "Priser",
            [f"{p.count} st: {p.title}, värde {format_decimal(p.value, locale='sv')} kronor." for p in contest.prizes]
            or [_BLANK],
        ),
        (
            "Så utses vinnaren",
            [
                "Vinnaren lottas bland alla som har svarat rätt, med metoden Öppen dragning v1. "
                "Dragningen görs en gång. "
                "Ett slumptal som vi i förväg pekat ut, och som ingen kan känna till eller påverka, "
                "avgör vem som vinner. "
                "Vem som helst kan räkna efter.",
                f"Dragningen görs tidigast {swedish(contest.draw_at)}, svensk tid.",
            ],
        ),
        (
            "Så kontaktar vi vinnaren",
            [
                "Vi skriver till den e-postadress som bidraget skickades med, minst två olika dagar. "
                f"Vinnaren har {contest.answer_days or _BLANK} dagar på sig att svara, räknat från vårt första brev. "
                f"{NEVER_ASKED}",
                f"Vinsten går vidare till nästa på listan bara av något av de här skälen: {', '.join(SKIP_REASONS)}. "
                "Varje sådant byte syns i protokollet.",
                "Vinnarens lott är offentlig. Namnet visar vi bara om vinnaren säger ja till det.",
            ],
        ),
    ]


def _afterwards(contest: Contest, organiser: Organiser) -> list[Section]:
    return [
        ("Skatt", [contest.tax or _BLANK]),
        (
            "Dina uppgifter",
            [
                "Vi använder din e-postadress för att skicka ett kvitto, hålla ordning på bidragen och nå vinnaren, "
                "inget annat. "
                f"Uppgifterna raderas {contest.keep_days} dagar efter att sista vinsten är utdelad. "
                "Allt om hur vi hanterar dem står på kalenderns sida Personuppgifter.",
            ],
        ),
        (
            "Frågor och klagomål",
            [f"Skriv till {organiser.email} eller till {organiser.name}, {organiser.address or _BLANK}."],
        ),
    ]


def text(contest: Contest, organiser: Organiser) -> str:
    """The rules as the bytes that the låsbevis vouches for (UTF-8, LF)."""
    parts = [f"{'ÖVNING. ' if contest.is_rehearsal else ''}Regler för tävlingen {contest.id}"]
    for heading, paragraphs in sections(contest, organiser):
        parts += [heading, *paragraphs]
    return "\n\n".join(parts) + "\n"


@lru_cache(maxsize=1024)
def swedish(moment: datetime) -> str:
    """An instant as "torsdag 10 december 2026 kl. 00.00", in Sweden; the seconds where there are any."""
    local = moment.astimezone(SWEDEN)
    clock_time = "HH.mm.ss" if local.second else "HH.mm"
    return format_datetime(local, f"EEEE d MMMM y 'kl.' {clock_time}", locale="sv")

"""The contest's rules in plain text, made from the fields of the edition. Pure."""

# The text is regler.txt, whose checksum the terms carry, so it has no layout of its own: headings with a line below
# them, paragraphs, one blank line between them, and a last line feed.

from babel.lists import format_list
from babel.numbers import format_decimal

from app.calendar.edition import Contest, Organisation, Prize
from app.languages import gettext_noop, translate
from app.spec.record import SKIP_REASONS
from app.text import swedish

OF_AGE = 18
_GUARDIAN = "Är du under 18 år ska din vårdnadshavare gå med på att du deltar, och ta emot vinsten åt dig."


def age_terms(minimum_age: int) -> str:
    """Return what the rules say."""
    least = f"Du ska ha fyllt {minimum_age} år." if minimum_age else "Du får delta hur gammal du än är."
    return least if minimum_age >= OF_AGE else f"{least} {_GUARDIAN}"


def age_confirmation(minimum_age: int) -> str:
    """Return what a person ticks in the form."""
    if minimum_age >= OF_AGE:
        return translate("Jag har fyllt {age} år").format(age=minimum_age)
    least = translate("Jag har fyllt {age} år. ").format(age=minimum_age) if minimum_age else ""
    return least + translate("Är jag under 18 har min vårdnadshavare gått med på att jag deltar")


def missing_confirmation(minimum_age: int) -> str:
    """Return what is said when the tick is missing."""
    if minimum_age >= OF_AGE:
        return translate("Kryssa i att du har fyllt {age} år. Det krävs för att delta.").format(age=minimum_age)
    return translate("Kryssa i rutan om din ålder. Det krävs för att delta.")


NEVER_ASKED = gettext_noop("Vi ber aldrig om kortnummer, BankID eller betalning.")
HOW_DRAWN = (
    "Vinnaren avgörs av ett slumptal från en fristående tjänst. Klockslaget bestämdes när tävlingen öppnade. "
    "Då fanns talet inte, så ingen kunde känna till eller påverka det."
)
_SOURCE = "Tjänsten heter drand och beskrivs på docs.drand.love."
# Stands where a field is still empty; the contest does not open with it.
_BLANK = "(inte ifyllt ännu)"
_COSTS_NOTHING = "Det kostar inget att delta och inget köp krävs."

Section = tuple[str, list[str]]


def rules_sections(contest: Contest, organisation: Organisation) -> list[Section]:
    """Return the rules as (heading, paragraphs)."""
    return [*taking_part(contest, organisation), *_winning(contest), *_afterwards(contest, organisation)]


def taking_part(contest: Contest, organisation: Organisation) -> list[Section]:
    number = organisation.organisation_number or _BLANK
    return [
        ("Arrangör", [f"{organisation.name}, organisationsnummer {number}. Adress: {organisation.address or _BLANK}."]),
        ("Frågan", [f"{contest.question} Du väljer mellan {', '.join(contest.options)}. Ett av svaren är rätt."]),
        (
            "Vem kan vara med?",
            [
                contest.who_may_enter or _BLANK,
                *([f"Det gäller de här kommunerna: {_listed(contest)}."] if contest.municipalities else []),
                f"{age_terms(contest.minimum_age)} {_COSTS_NOTHING}",
                contest.exclusions or _BLANK,
            ],
        ),
        (
            "Så deltar du",
            [
                f"Tävlingen är öppen från {swedish(contest.opens)} till {swedish(contest.closes)}, svensk tid.",
                "Du deltar med formuläret i kalendern. Behöver du göra det på något annat sätt, skriv till arrangören.",
                "Svarade du fel kan du skicka ett rätt svar till. En person har högst en lott i dragningen: den första "
                "med rätt svar.",
                "Du kan ta tillbaka ditt svar när du vill, med länken i mejlet du får.",
                *(("Motiveringen är frivillig och avgör ingenting.",) if contest.ask_motivation else ()),
            ],
        ),
    ]


def _listed(contest: Contest) -> str:
    return format_list(contest.municipalities, locale="sv")


def prize_line(prize: Prize) -> str:
    return f"{prize.count} st: {prize.title}, värde {format_decimal(prize.value, locale='sv')} kronor." + (
        f" Skänkt av {prize.sponsor}." if prize.sponsor else ""
    )


def _winning(contest: Contest) -> list[Section]:
    return [
        (
            "Priser",
            ([*map(prize_line, contest.prizes)] or [_BLANK]) + ([contest.handover] if contest.handover else []),
        ),
        (
            "Så utses vinnaren",
            [
                f"Vinnaren lottas bland alla som har svarat rätt, med metoden Öppen dragning v2. {HOW_DRAWN} {_SOURCE}",
                f"Tiden är {swedish(contest.draw_at)}, svensk tid. Tolv timmar före låses listan över lotter, och alla "
                "som är med får listans kontrollsumma med mejl.",
                "Före låsningen kan arrangören stryka den som är anställd hos arrangören eller har skickat ett "
                "uppenbart falskt svar. Den som blir struken får veta det med mejl.",
                "Resultatet visas på kalenderns sida om dragningen så snart den är gjord, och där kan vem som helst "
                "kontrollera det. Går talet inte att hämta väntar dragningen tills det går. Måste tävlingen ställas in "
                "står skälet på samma sida.",
            ],
        ),
        (
            "Så kontaktar vi vinnaren",
            [
                "Vi skriver till den e-postadress som svaret skickades med, så snart dragningen är gjord. "
                f"Vinnaren har {contest.answer_days or _BLANK} dagar på sig att svara, räknat från vårt första mejl. "
                f"{NEVER_ASKED}",
                f"Vinsten går vidare till nästa på listan bara av något av de här skälen: {', '.join(SKIP_REASONS)}. "
                "Varje sådant byte är offentligt. Den som inte får delta enligt reglerna är inte behörig.",
                "Den första på listan får det första priset, den andra det andra. Finns ingen kvar på listan faller "
                "priset bort.",
                "Vinnarens lott är offentlig. Namnet visar vi bara om vinnaren säger ja till det.",
            ],
        ),
    ]


def _afterwards(contest: Contest, organisation: Organisation) -> list[Section]:
    return [
        ("Skatt", [contest.tax or _BLANK]),
        (
            "Dina uppgifter",
            [
                "Vi använder din e-postadress för att skicka mejl om tävlingen, hålla ordning på svaren och nå "
                f"vinnaren, inget annat. Uppgifterna raderas {contest.keep_days} dagar efter att sista vinsten är "
                "utdelad. Allt om hur vi hanterar dem står på kalenderns sida Personuppgifter.",
            ],
        ),
        (
            "Frågor och klagomål",
            [
                f"Skriv till {organisation.name}, {organisation.address or _BLANK}. E-postadressen står på sidan Om "
                "kalendern."
            ],
        ),
    ]


def rules_text(contest: Contest, organisation: Organisation, title: str) -> str:
    """Return regler.txt (UTF-8, LF)."""
    parts = [f"{'ÖVNING. ' if contest.is_rehearsal else ''}Regler för tävlingen i {title} ({contest.id})"]
    for heading, paragraphs in rules_sections(contest, organisation):
        parts += [f"{heading}\n{'-' * len(heading)}", *paragraphs]
    return "\n\n".join(parts) + "\n"


def read_sections(rules: str) -> list[Section]:
    """Return the sections of regler.txt as it was frozen."""
    found: list[Section] = []
    for part in rules.rstrip("\n").split("\n\n")[1:]:
        heading, underline, _ = part.partition("\n---")
        if underline:
            found.append((heading, []))
        elif found:
            found[-1][1].append(part)
    return found

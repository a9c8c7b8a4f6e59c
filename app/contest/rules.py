"""The contest's rules in plain text, made from the fields of the edition. Pure."""

# The text is regler.txt, whose checksum the terms carry, so it has no layout of its own: headings with a line below
# them, paragraphs, one blank line between them, and a last line feed.

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from babel.lists import format_list

from app.calendar.edition import Contest, Organisation, Prize
from app.calendar.translations import TranslatedContest
from app.languages import SWEDISH, current, gettext_noop, locale, speaking, translate
from app.spec.record import SKIP_REASONS
from app.text import grouped_number, swedish

OF_AGE = 18
_GUARDIAN = gettext_noop(
    "Är du under 18 år ska din vårdnadshavare gå med på att du deltar, och ta emot vinsten åt dig."
)


def age_terms(minimum_age: int) -> str:
    """Return what the rules say, in the current language."""
    at_least = translate("Du ska ha fyllt {age} år.").format(age=minimum_age)
    least = at_least if minimum_age else translate("Du får delta hur gammal du än är.")
    return least if minimum_age >= OF_AGE else f"{least} {translate(_GUARDIAN)}"


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
HOW_DRAWN = gettext_noop(
    "Vinnaren avgörs av ett slumptal från en fristående tjänst. Klockslaget bestämdes när tävlingen öppnade. "
    "Då fanns talet inte, så ingen kunde känna till eller påverka det."
)
# Stands where a field is still empty; the contest does not open with it.
_BLANK = gettext_noop("(inte ifyllt ännu)")

Section = tuple[str, list[str]]


class Swedish(str):
    """A paragraph that there is in Swedish only."""

    __slots__ = ()
    lang = SWEDISH


def rules_sections(
    contest: Contest,
    organisation: Organisation,
    translated: TranslatedContest | None = None,
    free: Mapping[str, str] | None = None,
) -> list[Section]:
    """Return the rules as (heading, paragraphs), in the current language; those in Swedish are in force.

    `free` are the organiser's own paragraphs that are translated, by field.
    """
    own = partial(_own, contest, free or {})
    return [
        *_taking_part(contest, organisation, translated, own),
        *_winning(contest, translated, own),
        *_afterwards(contest, organisation, own),
    ]


def _own(contest: Contest, free: Mapping[str, str], name: str) -> str:
    """Return a paragraph of the organiser's own."""
    if not (frozen := getattr(contest, name)):
        return translate(_BLANK)
    return free.get(name) or _untranslated(frozen)


def _untranslated(text: str) -> str:
    return text if current() == SWEDISH else Swedish(text)


def _taking_part(
    contest: Contest, organisation: Organisation, translated: TranslatedContest | None, own: Callable[[str], str]
) -> list[Section]:
    question, options = (translated or contest).question, ", ".join((translated or contest).options)
    choose = translate("Du väljer mellan {options}. Ett av svaren är rätt.").format(options=options)
    is_one_language = translated or current() == SWEDISH
    organiser = translate("{name}, organisationsnummer {number}. Adress: {address}.").format(
        name=organisation.name,
        number=organisation.organisation_number or translate(_BLANK),
        address=organisation.address or translate(_BLANK),
    )
    municipalities = translate("Det gäller de här kommunerna: {listed}.").format(
        listed=format_list(contest.municipalities, locale=locale())
    )
    costs_nothing = translate("Det kostar inget att delta och inget köp krävs.")
    return [
        (translate("Arrangör"), [organiser]),
        (translate("Frågan"), [f"{question} {choose}"] if is_one_language else [Swedish(question), choose]),
        (
            translate("Vem kan vara med?"),
            [
                own("who_may_enter"),
                *([municipalities] if contest.municipalities else []),
                f"{age_terms(contest.minimum_age)} {costs_nothing}",
                own("exclusions"),
            ],
        ),
        (
            translate("Så deltar du"),
            [
                translate("Tävlingen är öppen från {opens} till {closes}, svensk tid.").format(
                    opens=swedish(contest.opens), closes=swedish(contest.closes)
                ),
                translate(
                    "Du deltar med formuläret i kalendern. Behöver du göra det på något annat sätt, skriv till "
                    "arrangören."
                ),
                translate(
                    "Svarade du fel kan du skicka ett rätt svar till. En person har högst en lott i dragningen: den "
                    "första med rätt svar."
                ),
                translate("Du kan ta tillbaka ditt svar när du vill, med länken i mejlet du får."),
                *([translate("Motiveringen är frivillig och avgör ingenting.")] if contest.ask_motivation else []),
            ],
        ),
    ]


def prize_line(prize: Prize, title: str) -> str:
    """Return what the rules say of a prize, in the current language."""
    line = translate("{count} st: {title}, värde {value} kronor.").format(
        count=prize.count, title=title, value=grouped_number(prize.value)
    )
    return line + (translate(" Skänkt av {sponsor}.").format(sponsor=prize.sponsor) if prize.sponsor else "")


def _prizes(contest: Contest, titles: Sequence[str]) -> list[str]:
    if titles or current() == SWEDISH:
        pairs = zip(contest.prizes, titles or [prize.title for prize in contest.prizes], strict=False)
        return [prize_line(prize, title) for prize, title in pairs]
    with speaking(SWEDISH):
        return [Swedish(line) for line in _prizes(contest, ())]


def _winning(contest: Contest, translated: TranslatedContest | None, own: Callable[[str], str]) -> list[Section]:
    prizes = _prizes(contest, translated.prizes if translated else ()) or [translate(_BLANK)]
    method = translate("Vinnaren lottas bland alla som har svarat rätt, med metoden Öppen dragning v2.")
    service = translate("Tjänsten heter drand och beskrivs på docs.drand.love.")
    days_to_answer = translate(
        "Vi skriver till den e-postadress som svaret skickades med, så snart dragningen är gjord. Vinnaren har {days} "
        "dagar på sig att svara, räknat från vårt första mejl."
    ).format(days=contest.answer_days or translate(_BLANK))
    return [
        (translate("Priser"), prizes + ([own("handover")] if contest.handover else [])),
        (
            translate("Så utses vinnaren"),
            [
                f"{method} {translate(HOW_DRAWN)} {service}",
                translate(
                    "Tiden är {draw_at}, svensk tid. Tolv timmar före låses listan över lotter, och alla som är med "
                    "får listans kontrollsumma med mejl."
                ).format(draw_at=swedish(contest.draw_at)),
                translate(
                    "Före låsningen kan arrangören stryka den som är anställd hos arrangören eller har skickat ett "
                    "uppenbart falskt svar. Den som blir struken får veta det med mejl."
                ),
                translate(
                    "Resultatet visas på kalenderns sida om dragningen så snart den är gjord, och där kan vem som "
                    "helst kontrollera det. Går talet inte att hämta väntar dragningen tills det går. Måste tävlingen "
                    "ställas in står skälet på samma sida."
                ),
            ],
        ),
        (
            translate("Så kontaktar vi vinnaren"),
            [
                f"{days_to_answer} {translate(NEVER_ASKED)}",
                translate(
                    "Vinsten går vidare till nästa på listan bara av något av de här skälen: {reasons}. Varje sådant "
                    "byte är offentligt. Den som inte får delta enligt reglerna är inte behörig."
                ).format(reasons=", ".join(map(translate, SKIP_REASONS))),
                translate(
                    "Den första på listan får det första priset, den andra det andra. Finns ingen kvar på listan "
                    "faller priset bort."
                ),
                translate("Vinnarens lott är offentlig. Namnet visar vi bara om vinnaren säger ja till det."),
            ],
        ),
    ]


def _afterwards(contest: Contest, organisation: Organisation, own: Callable[[str], str]) -> list[Section]:
    return [
        (translate("Skatt"), [own("tax")]),
        (
            translate("Dina uppgifter"),
            [
                translate(
                    "Vi använder din e-postadress för att skicka mejl om tävlingen, hålla ordning på svaren och nå "
                    "vinnaren, inget annat. Uppgifterna raderas {days} dagar efter att sista vinsten är utdelad. Allt "
                    "om hur vi hanterar dem står på kalenderns sida Personuppgifter."
                ).format(days=contest.keep_days)
            ],
        ),
        (
            translate("Frågor och klagomål"),
            [
                translate("Skriv till {name}, {address}. E-postadressen står på sidan Om kalendern.").format(
                    name=organisation.name, address=organisation.address or translate(_BLANK)
                )
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

"""What goes by mail: the request to confirm, and the reminder of a day. Pure."""

from collections.abc import Iterator

from app.calendar.content import Edition
from app.outbox.messages import Labelled, Letter
from app.reminders import rules


def confirm_letter(edition: Edition, hour: int, weekdays_only: bool, link: str) -> Letter:
    """Ask the owner of a mailbox whether the request came from there."""
    title, when = edition.file.title, f"{rules.days_in_words(weekdays_only)} kl. {hour:02}"
    return Letter(
        f"Bekräfta din påminnelse om {title}",
        (
            "Hej!",
            f"Vill du få dagens lucka i {title} med mejl, {when}, till och med julafton? Öppna länken och tryck på "
            "knappen.",
            Labelled("Bekräfta", link, address=True),
            "Länken gäller i sju dagar. Har du inte bett om det här? Då behöver du inte göra något. Du får inga "
            "påminnelser, och vi raderar adressen när länken har slutat gälla.",
            edition.file.organiser.name,
        ),
    )


def reminder_letter(edition: Edition, number: int, greeting: str, is_last: bool, site: str, leave: str) -> Letter:
    """Tell of the hatch that is open today."""
    file = edition.hatches[number].file
    return Letter(
        f"Lucka {number}: {file.title}",
        (
            *([greeting] if greeting else []),
            file.summary,
            Labelled(f"Öppna lucka {number}", site + edition.hatch_path(number), address=True),
            *(_farewell(edition, site) if is_last else ()),
            f"Du får mejlet för att du har bett {edition.file.title} om en påminnelse.",
            Labelled("Sluta få påminnelser", leave, address=True),
            edition.file.organiser.name,
        ),
    )


def _farewell(edition: Edition, site: str) -> Iterator[str | Labelled]:
    january = f"{site}/{edition.year}/januari"
    yield "Det här var den sista påminnelsen, och adressen raderas den 7 januari. God jul och tack för sällskapet!"
    yield "Från den 15 januari kan du svara på vad du fortfarande gör. Vi skickar inget mejl om det."
    yield Labelled("Håller du fast?", january, address=True)


def sample_letter(edition: Edition, site: str) -> Letter:
    """Show an organiser what a reminder looks like; it tells of no hatch, for none may be open."""
    return Letter(
        f"Prov: påminnelsen om {edition.file.title}",
        (
            "Så här kommer en påminnelse fram. I ett riktigt mejl är ämnet luckans nummer och rubrik.",
            "Här står dagens hälsning från er, om ni har skrivit någon, och sedan luckans korta text.",
            Labelled("Öppna dagens lucka", f"{site}/", address=True),
            "Kom mejlet till skräpposten? Be den som sköter servern kontrollera att avsändaradressen får skicka från "
            "den (SPF och DKIM).",
            edition.file.organiser.name,
        ),
    )

"""Where a season stands, from preparing to erasing, and the one thing to do next. Pure."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date

from app.calendar import hatches
from app.calendar.hatches import Edition
from app.clock import SWEDEN
from app.contest.rules import swedish


@dataclass(frozen=True)
class Situation:
    """What decides the next step. `state` is the contest's (draw.standing), empty without one.

    `faults` counts faults in the files, `musts` what must be mended before 1 December; `undecided` says that an
    authority has not named its decision to erase.
    """

    edition: Edition
    now: datetime
    state: str = ""
    faults: int = 0
    musts: int = 0
    draw_at: datetime | None = None
    erase_at: datetime | None = None
    erased: bool = False
    undecided: bool = False


@dataclass(frozen=True)
class Step:
    """What to do, in Swedish sentences, and the page where it is done (its name and its endpoint), if any."""

    sentence: str
    label: str = ""
    endpoint: str = ""


@dataclass(frozen=True)
class Stage:
    """A part of the season; `place` is "done", "current" or "ahead"."""

    name: str
    when: str
    place: str


def next_step(found: Situation) -> Step:
    """The one thing to do next."""
    if found.faults:
        return Step("Rätta felen i innehållet.", "Beredskap", "admin.readiness")
    if hatches.season(found.edition.year, found.now) == "before":
        if found.musts:
            things = "en sak som måste" if found.musts == 1 else f"{found.musts} saker som måste"
            return Step(f"Ordna {things} vara klart före 1 december.", "Beredskap", "admin.readiness")
        return Step("Inget måste göras. Titta gärna på kalendern som den blir.", "Förhandsvisning", "admin.preview")
    if not found.state:
        return Step("Inget. Kalendern sköter luckorna själv.")
    return _contest_step(found)


def _contest_step(found: Situation) -> Step:
    contest = found.edition.contest
    assert contest is not None  # noqa: S101 – a state is a contest's
    if found.edition.gaps and found.state in ("draft", "waiting", "open"):
        return Step("Fyll i det som saknas i reglerna. Annars öppnar inte tävlingen.", "Beredskap", "admin.readiness")
    if found.state == "finished":
        return _last_step(found)
    if found.state == "closed" and found.erased:
        return Step("Inget. Listan låstes aldrig, och uppgifterna om deltagarna är gallrade.")
    return {
        "draft": Step(f"Inget. Tävlingen öppnar av sig själv {swedish(contest.opens)}."),
        "open": Step(
            f"Titta igenom bidragen då och då. Tävlingen stänger av sig själv {swedish(contest.closes)}.",
            *("Bidrag", "admin.entries"),
        ),
        "closed": Step("Gå igenom bidragen en sista gång och lås listan.", "Dragning", "admin.draw"),
        "locked": Step(
            f"Hämta slumptalet efter {swedish(found.draw_at or contest.draw_at)}.", "Dragning", "admin.draw"
        ),
    }.get(found.state) or Step("Kontakta den som står på tur och bekräfta vinnaren.", "Dragning", "admin.draw")


def _last_step(found: Situation) -> Step:
    if found.erased:
        return Step("Inget. Dragningen är avslutad och uppgifterna är gallrade.")
    if found.undecided:
        sentence = "Dragningen är avslutad. Skriv in beslutet om gallring, annars kan uppgifterna inte gallras."
        return Step(sentence, "Gallring", "admin.erasure_page")
    if found.erase_at and found.now < found.erase_at:
        return Step(f"Inget. Uppgifterna gallras av sig själva efter {_day(found.erase_at)}.")
    return Step(
        "Uppgifterna ska gallras. Det sker av sig självt i natt, eller när du vill.", "Gallring", "admin.erasure_page"
    )


def stages(found: Situation) -> list[Stage]:
    """The parts of the season in the order of time, and which of them it is in."""
    contest, year = found.edition.contest, found.edition.year
    parts = [("Förbered", f"till 30 november {year}"), ("Luckorna öppnar", "1–24 december")]
    if contest:
        closes = "öppen till " + _day(contest.closes)
        erased = "gjord" if found.erased else f"efter {_day(found.erase_at)}" if found.erase_at else ""
        parts += [("Tävling", closes), ("Dragning", _day(found.draw_at or contest.draw_at)), ("Gallring", erased)]
    current = _current(found)
    places = ["done" if place < current else "current" if place == current else "ahead" for place in range(len(parts))]
    return [Stage(name, when, place) for (name, when), place in zip(parts, places, strict=True)]


def _current(found: Situation) -> int:
    """The index of the stage that the season is in; past the last when all is done."""
    part = hatches.season(found.edition.year, found.now)
    if part == "before":
        return 0
    if not found.state:
        return 1 if part == "advent" else 2
    if found.erased:
        return 5
    return {"draft": 1, "waiting": 2, "open": 2, "finished": 4}.get(found.state, 3)


def _day(moment: datetime) -> str:
    return str(format_date(moment.astimezone(SWEDEN).date(), "d MMMM y", locale="sv"))

"""The season as organisers meet it: where it stands, and the one thing to do next."""

from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date

from app.admin import readiness
from app.admin.accounts.roles import may
from app.calendar import schedule
from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.calendar.views import library
from app.clock import SWEDEN
from app.contest.terms import FrozenContest, contest_of
from app.draw.status import contest_status
from app.privacy import erasure
from app.text import swedish

_READINESS = ("Checklista", "admin.readiness")


@dataclass(frozen=True)
class SeasonStatus:
    """What decides the next step. `state` is the contest's (draw.status), empty without one."""

    # `faults` counts faults in the files, `musts` what must be mended before 1 December; `undecided` says that an
    # authority has not named its decision to erase.

    edition: Edition
    now: datetime
    contest: Contest | None = None
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

    # `act` is the endpoint of the act itself, where more may see the page than may act on it; `others` is the sentence
    # for other roles.

    sentence: str
    label: str = ""
    endpoint: str = ""
    act: str = ""
    others: str = ""


@dataclass(frozen=True)
class Stage:
    """A part of the season; `place` is "done", "current" or "ahead"."""

    name: str
    when: str
    place: str


def step_for(role: str, found: SeasonStatus) -> Step:
    """Return the next thing to do for a role, never with a link to a page that is closed to it."""
    step = next_step(found)
    if not step.endpoint or may(role, step.act or step.endpoint):
        return step
    return Step(step.others, step.label, step.endpoint) if may(role, step.endpoint) else Step(step.others)


def next_step(found: SeasonStatus) -> Step:
    """Return the next thing to do, for a role that may do it."""
    if found.faults:
        others = "Innehållet har fel som en redaktör ska rätta."
        return Step("Rätta felen i innehållet.", *_READINESS, "admin.editing", others)
    if schedule.season(found.edition.year, found.now) == "before":
        if found.musts:
            things = "en sak som måste" if found.musts == 1 else f"{found.musts} saker som måste"
            left = "En sak återstår" if found.musts == 1 else f"{found.musts} saker återstår"
            others = f"{left} att ordna före 1 december. Redaktören och den tävlingsansvariga ser vad."
            return Step(f"Ordna {things} vara klart före 1 december.", *_READINESS, others=others)
        sentence = "Inget måste göras. Titta gärna på kalendern som den blir."
        return Step(sentence, "Förhandsvisning", "admin.preview", others="Inget måste göras.")
    if not found.state:
        return Step("Inget. Kalendern sköter luckorna själv.")
    return contest_step(found)


def contest_step(found: SeasonStatus) -> Step:
    contest = found.contest
    assert contest is not None  # noqa: S101 – a state is a contest's
    if found.edition.gaps and found.state in ("draft", "waiting", "opening"):
        sentence = "Fyll i det som saknas i reglerna. Annars öppnar inte tävlingen."
        others = "Reglerna saknar uppgifter som en redaktör ska fylla i. Annars öppnar inte tävlingen."
        return Step(sentence, *_READINESS, "admin.editing", others)
    if found.state in ("finished", "cancelled"):
        return last_step(found)
    closes, draw_at = swedish(contest.closes), swedish(found.draw_at or contest.draw_at)
    by_itself = {
        "draft": f"Tävlingen öppnar automatiskt {swedish(contest.opens)}.",
        "waiting": "Tävlingen öppnar automatiskt om en liten stund.",
        "opening": "Tävlingen öppnar automatiskt om en liten stund.",
        "missed": "Tiden gick ut innan tävlingen kunde öppna. Det blir ingen dragning.",
        "locked": f"Slumptalet kommer {draw_at}, och kalendern hämtar det.",
    }
    if found.state in by_itself:
        return Step(f"Inget. {by_itself[found.state]}")
    if found.state == "open":
        others = f"Inget. Den tävlingsansvariga tittar igenom svaren. Tävlingen stänger automatiskt {closes}."
        sentence = f"Titta igenom svaren då och då. Tävlingen stänger automatiskt {closes}."
        return Step(sentence, "Tävlingssvar", "admin.entries", others=others)
    if found.state == "closed" and found.erased:
        return Step("Inget. Listan låstes aldrig, och uppgifterna om deltagarna är gallrade.")
    if found.state == "closed":
        sentence = "Gå igenom svaren en sista gång. Kalendern låser listan själv."
        return Step(sentence, "Tävlingssvar", "admin.entries", others="Inget. Kalendern låser listan själv.")
    sentence = "Vänta på svar från den som har fått mejlet, och bekräfta vinnaren."
    return Step(sentence, "Dragning", "admin.draw", "admin.confirm", "Den tävlingsansvariga bekräftar vinnaren.")


def last_step(found: SeasonStatus) -> Step:
    if found.erased:
        return Step("Inget. Dragningen är avslutad och uppgifterna är gallrade.")
    if found.undecided:
        return Step(
            "Dragningen är avslutad. Skriv in beslutet om gallring, annars kan uppgifterna inte gallras.",
            *("Arrangör och personuppgifter", "admin.edit_organiser"),
            others="Dragningen är avslutad. En redaktör ska skriva in beslutet om gallring, annars kan uppgifterna "
            "inte gallras.",
        )
    if found.erase_at and found.now < found.erase_at:
        return Step(f"Inget. Uppgifterna gallras automatiskt efter {_day(found.erase_at)}.")
    return Step(
        "Uppgifterna ska gallras. Det sker automatiskt i natt, eller när du vill.",
        *("Gallring", "admin.erasure_page"),
        others="Inget. Uppgifterna gallras automatiskt i natt.",
    )


def stages(found: SeasonStatus) -> list[Stage]:
    """Return the parts of the season in the order of time, and which of them it is in."""
    contest, year = found.contest, found.edition.year
    parts = [("Förbered", f"till 30 november {year}"), ("Luckorna öppnar", "1–24 december")]
    if contest:
        closes = "öppen till " + _day(contest.closes)
        erased = "gjord" if found.erased else f"efter {_day(found.erase_at)}" if found.erase_at else ""
        parts += [("Tävling", closes), ("Dragning", _day(found.draw_at or contest.draw_at)), ("Gallring", erased)]
    current = _current(found)
    places = ["done" if place < current else "current" if place == current else "ahead" for place in range(len(parts))]
    return [Stage(name, when, place) for (name, when), place in zip(parts, places, strict=True)]


def _current(found: SeasonStatus) -> int:
    """Return the index of the stage that the season is in; past the last when all is done."""
    part = schedule.season(found.edition.year, found.now)
    if part == "before":
        return 0
    if not found.state:
        return 1 if part == "advent" else 2
    if found.erased:
        return 5
    stages = {"draft": 1, "waiting": 2, "opening": 2, "open": 2, "missed": 5, "finished": 4, "cancelled": 4}
    return stages.get(found.state, 3)


def _day(moment: datetime) -> str:
    return str(format_date(moment.astimezone(SWEDEN).date(), "d MMMM y", locale="sv"))


def season_status(edition: Edition, now: datetime) -> SeasonStatus:
    """Return where an edition's season stands."""
    contest = contest_of(edition)
    found = contest_status(contest, now, bool(edition.gaps)) if contest else None
    frozen = contest if isinstance(contest, FrozenContest) else None
    # It reads files and follows links, and is asked about before December only.
    findings = readiness.find_everything(edition) if schedule.season(edition.year, now) == "before" else []
    return SeasonStatus(
        edition=edition,
        contest=contest,
        now=now,
        state=found.state if found else "",
        faults=len(library().faults),
        musts=sum(finding.severity == "must" for finding in findings),
        draw_at=found.lock.draw_at if found and found.lock else None,
        erase_at=erasure.due_at(frozen, now) if frozen else None,
        erased=bool(frozen and erasure.is_erased(frozen.id)),
        undecided=bool(frozen and erasure.lacks_decision(frozen)),
    )

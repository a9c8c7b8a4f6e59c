"""The shape of an edition: what its files may say. Pure; `loader` reads the files, `schedule` decides what is open."""

from datetime import UTC, date, datetime, timedelta
from datetime import date as date_of_day
from typing import Annotated, Literal, Self

from pydantic import AnyHttpUrl, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from app.calendar.fields import (
    LANGUAGES,
    Amount,
    Answer,
    Blank,
    Colour,
    ImageAlt,
    ImageName,
    Label,
    Language,
    Line,
    LogoAlt,
    Mailbox,
    MaybeAddress,
    MaybeProse,
    Names,
    OneLine,
    Options,
    OrganisationNumber,
    Part,
    Percent,
    Prose,
    SourceYear,
    SwedishTime,
    Unreviewed,
    Wall,
    WebAddress,
)
from app.calendar.files.faults import FieldError
from app.languages import translate

# Of a contest: before its time, held back because a required field is empty, about to be frozen, open, or closed.
# A contest that was never ready while it could open is "missed".
Phase = Literal["before", "waiting", "opening", "open", "closed", "missed"]
AUTHORITY = "myndighet"
# How the id of a rehearsal's contest begins; no other may begin so.
REHEARSED = "ovning-"
# The list is locked 12 h before the draw, and organisers strike until 12 h before that: half a day is left for it.
BEFORE_DRAW = timedelta(hours=36)
# The squares of a bingo besides the star in its middle.
SQUARES = 24


# What pledges are summed in.
EffectUnit = Literal["km", "kg CO2e"]


class Fact(Part):
    """A checked statement with the source it was read in: who says it, a comma, and what the page is called."""

    text: Line
    source: Line
    url: WebAddress
    year: SourceYear
    language: Language | None = None
    read: date_of_day | None = None
    # What one person changes who tries the tip once: as much as the source supports, and what that takes for granted.
    effect_unit: EffectUnit | None = None
    effect_least: Amount | None = None
    effect_most: Amount | None = None
    effect_assumes: Annotated[Blank, Field(validate_default=True)] = ""

    @field_validator("effect_assumes")
    @classmethod
    def _accounts_for_the_effect(cls, value: str, info: ValidationInfo) -> str:
        parts = [info.data.get(name) for name in ("effect_unit", "effect_least", "effect_most")]
        given = sum(part is not None for part in parts) + bool(value)
        if 0 < given < 4:
            raise ValueError("en effekt ska ha enhet, minst, mest och antaganden, eller inget av dem")
        if given and info.data["effect_least"] > info.data["effect_most"]:
            raise ValueError("effekten kan inte vara mer som minst än som mest")
        return value

    @property
    def named(self) -> tuple[str, str]:
        """Return who says it, with the comma, and the page's title, which is in the language of the page."""
        sender, comma, title = self.source.partition(", ")
        return (sender + comma, title) if title else ("", self.source)

    @property
    def language_name(self) -> str:
        return LANGUAGES[self.language] if self.language else ""


class Question(Part):
    """A question with one right answer, given letter for letter among the options."""

    text: Line
    options: Options
    answer: Answer
    explanation: Line


class Prize(Part):
    title: Line
    value: Annotated[int, Field(gt=0, description="kronor")]
    count: Annotated[int, Field(gt=0, le=100)] = 1
    sponsor: Annotated[Blank, Field(description="who gave it, if the organiser did not buy it")] = ""


class Correction(Part):
    """What was wrong in the rules, said beside them; it changes nothing."""

    date: date_of_day
    text: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class Contest(Part):
    """The contest of an edition, as its hatch describes it. Times without offset are Swedish."""

    TO_OPEN = ("who_may_enter", "exclusions", "prizes", "answer_days", "tax")
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,60}$")]
    question: Line
    options: Options
    answer: Answer
    opens: SwedishTime
    closes: SwedishTime
    draw_at: SwedishTime
    minimum_age: Annotated[int, Field(ge=0, le=100)] = 18
    ask_motivation: bool = False
    motivation_question: Line = "Vill du berätta mer?"
    who_may_enter: Blank = ""
    municipalities: Annotated[
        Names, Field(max_length=290, description="by name, whom it is for; none for the form's own list")
    ] = ()
    exclusions: Blank = ""
    prizes: Annotated[tuple[Prize, ...], Field(max_length=20)] = ()
    handover: Annotated[Blank, Field(description="where and how the winner gets the prize")] = ""
    answer_days: Annotated[int | None, Field(ge=7, le=60, description="for the winner to answer in")] = None
    tax: Blank = ""
    keep_days: Annotated[int, Field(ge=1, le=365, description="from the last prize to the erasure")] = 90
    corrections: Annotated[tuple[Correction, ...], Field(max_length=20)] = ()

    @property
    def prize_count(self) -> int:
        return sum(prize.count for prize in self.prizes)

    @property
    def prizes_named(self) -> str:
        """Return every prize as it is called, and how many there are of each where it is more than one."""
        # A title stands after a colon, never within a sentence: its first letter may be that of a name.
        several = translate("{count} st {title}")
        return "; ".join(
            several.format(count=prize.count, title=prize.title) if prize.count > 1 else prize.title
            for prize in self.prizes
        )

    def phase(self, now: datetime) -> Phase:
        """Check whether the clock lets entries in at `now`. The second that `closes` names is still open."""
        if now < self.opens:
            return "before"
        return "open" if now.replace(microsecond=0) <= self.closes else "closed"

    @property
    def is_rehearsal(self) -> bool:
        return self.id.startswith(REHEARSED)

    @field_validator("id")
    @classmethod
    def _is_no_rehearsal(cls, value: str) -> str:
        if value.startswith(REHEARSED):
            raise ValueError(f"får inte börja med {REHEARSED}: så heter övningarna")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.opens < self.closes < self.draw_at:
            raise FieldError(
                "tiderna ska komma i ordningen opens, closes, draw_at",
                "ska öppna före den stänger, och stänga före dragningen",
            )
        return self

    @field_validator("draw_at")
    @classmethod
    def _leaves_time(cls, value: datetime, info: ValidationInfo) -> datetime:
        closes: datetime = info.data.get("closes", value)
        # In UTC, for between two times of one zone Python counts what clocks show.
        if closes < value and value.astimezone(UTC) - closes.astimezone(UTC) < BEFORE_DRAW:
            raise ValueError("ska vara minst 36 timmar efter att tävlingen stänger, så att listan hinner granskas")
        return value


class CorrectedFact(Part):
    """What a hatch said that was not true, and what it says now."""

    date: date_of_day
    wrong: Line
    right: Line


class HatchFile(Part):
    """The front matter of a hatch.md."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80), OneLine]
    summary: Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine]
    image: ImageName | None = None
    image_alt: ImageAlt = None
    image_credit: Annotated[Line | None, Field(description="who took the picture, and its licence")] = None
    image_focus: Annotated[
        tuple[Percent, Percent], Field(description="what no crop may lose: from the left and from above")
    ] = (50, 50)
    unreviewed: Unreviewed = None
    # A hatch may do without these three: "God jul" is one.
    steps: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    facts: Annotated[tuple[Fact, ...], Field(max_length=6)] = ()
    question: Question | None = None
    corrections: Annotated[tuple[CorrectedFact, ...], Field(max_length=20)] = ()
    contest: Contest | None = None


class Organisation(Part):
    """The body that arranges the contest."""

    TO_OPEN = ("kind", "organisation_number", "address")

    name: Line
    address: Blank = ""
    kind: Literal["myndighet", "förening", ""] = ""
    organisation_number: OrganisationNumber = ""


class OrganiserDetails(Organisation):
    """Who is answerable for the edition and its contest; `witnesses` get the checksum of the locked list by mail."""

    email: Mailbox
    witnesses: Annotated[tuple[Mailbox, ...], Field(max_length=20)] = ()


class Privacy(Part):
    """What article 13 of the GDPR wants told and only the organiser knows."""

    TO_OPEN = ("legal_basis", "officer", "recipients", "transfers", "winner_kept")

    legal_basis: Blank = ""
    joint: Annotated[Blank, Field(description="with whom the responsibility is shared, article 26")] = ""
    officer: Blank = ""
    recipients: Blank = ""
    transfers: Annotated[Blank, Field(description="out of the EU and the EEA: whether, and on what ground")] = ""
    winner_kept: Annotated[Blank, Field(description="how long the winner's name and address are kept")] = ""
    erasure_decision: Annotated[Blank, Field(description="reference of the decision to erase; authorities")] = ""


class Shortcoming(Part):
    """Something on the site that not everybody can use."""

    what: Line
    why: Line
    instead: Line


class Accessibility(Part):
    """The accessibility statement (Digg's list); a person judges the conformance, never the program."""

    # Empty until a person has judged: the page then says that no one has.
    conformance: Literal["helt", "delvis", "inte", ""] = ""
    method: MaybeProse = ""
    report: WebAddress | None = None
    assessed: date | None = None
    updated: date | None = None
    # Who has the supervision: it has been discussed to move it.
    supervisor: Line = "Myndigheten för digital förvaltning, Digg,"
    complaint: WebAddress = AnyHttpUrl("https://www.digg.se/tdosanmalan")
    shortcomings: tuple[Shortcoming, ...] = ()
    burdensome: Blank = ""
    outside: Blank = ""

    @model_validator(mode="after")
    def _shortcomings_are_told(self) -> Self:
        if self.conformance and not (self.method and self.assessed and self.updated):
            raise FieldError(
                "bedömningen är inte hel: skriv method, assessed och updated, eller töm conformance",
                "fyll i hur ni har testat och båda datumen, eller välj Inte bedömt än",
            )
        if self.conformance in ("delvis", "inte") and not self.shortcomings:
            raise FieldError(
                "brister saknas: räkna upp dem i shortcomings, eller ändra conformance",
                "lägg till minst en brist, eller välj Helt",
            )
        return self


class Partner(Part):
    """Who makes the calendar together with the organiser; the logo's picture lies beside edition.toml."""

    logo: ImageName
    name: Line
    website: MaybeAddress = None


class EditionFile(Part):
    """edition.toml. `before`, `after`, `about`, `tradition` are Markdown; the logo lies beside the file."""

    title: Line
    theme: Line
    tagline: Line
    before: Prose
    after: Prose
    about: Prose
    made: Annotated[Blank, Field(description="how texts and pictures were made, and who has read them through")] = ""
    tradition: MaybeProse = ""
    # What is not given there is no sheet to print of.
    bingo: Annotated[tuple[Label, ...], Field(max_length=SQUARES)] = ()
    school_title: Annotated[str, StringConstraints(max_length=60), OneLine] = ""
    school_columns: Annotated[tuple[Label, ...], Field(max_length=4, validate_default=True)] = ()
    wall: Wall | None = None
    accent: Colour | None = None
    logo: ImageName | None = None
    logo_alt: LogoAlt = None
    partners: Annotated[tuple[Partner, ...], Field(max_length=12)] = ()
    organiser: OrganiserDetails
    unreviewed: Unreviewed = None
    privacy: Privacy = Privacy()
    accessibility: Accessibility

    @field_validator("bingo")
    @classmethod
    def _fills_the_board(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if value and len(value) != SQUARES:
            raise ValueError(f"ska ha {SQUARES} rutor, eller ingen; nu är de {len(value)}")
        return value

    @field_validator("school_columns")
    @classmethod
    def _has_title_and_columns(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if bool(value) != bool(info.data.get("school_title")):
            raise ValueError("rubrik och kolumner behövs båda; fyll i den som saknas, eller töm båda")
        return value

"""The shape of an edition: what its files may say. Pure; `loader` reads the files, `schedule` decides what is open."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from datetime import date as date_of_day
from itertools import combinations
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from app.calendar.faults import FieldError
from app.calendar.look import colours
from app.clock import SWEDEN
from app.languages import translate

ORGANISATION_NUMBER = re.compile(r"\d{6}-\d{4}")
# What a picture may be called: a name on any disk, and in an address.
IMAGE = re.compile(r"[\w()][\w ().+-]*\.(svg|png|jpe?g|webp|avif)", re.IGNORECASE)


def one_line(value: object) -> object:
    """Join what was typed on several lines: it goes into the head of a mail, a feed or a list."""
    return re.sub(r"\s*\n\s*", " ", value.strip()) if isinstance(value, str) else value


OneLine = BeforeValidator(one_line)
Line = Annotated[str, StringConstraints(min_length=1, max_length=400), OneLine]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


def with_time_of_day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        raise FieldError(f"ska ha ett klockslag, som {value}T23:59:59", "ska ha ett klockslag också")
    return value


def _swedish(value: datetime) -> datetime:
    """Place a time without offset in Sweden; refuse one that its clocks skip, or show twice."""
    if value.tzinfo is not None:
        return value
    instant = value.replace(tzinfo=SWEDEN, fold=0)
    if instant.astimezone(UTC).astimezone(SWEDEN).replace(tzinfo=None) != value:
        raise ValueError("finns inte, för den natten ställs klockan fram; välj en annan tid")
    if instant.utcoffset() != instant.replace(fold=1).utcoffset():
        raise ValueError("kommer två gånger, för den natten ställs klockan tillbaka; välj en annan tid")
    return instant


# Control and format characters, line and paragraph separators: none of them can be seen or typed.
_UNSEEN = ("Cc", "Cf", "Zl", "Zp")


def _label(text: str) -> str:
    """Check an option: what is not seen on the page would still be in the ticket (Öppen dragning v2)."""
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise ValueError("har ett tecken som inte syns; skriv om det för hand")
    return text


def _distinct(options: tuple[str, ...]) -> tuple[str, ...]:
    for one, other in combinations(options, 2):
        if read_aloud(one) == read_aloud(other):
            raise ValueError(f"”{one}” och ”{other}” går inte att skilja åt")
    return options


def read_aloud(text: str) -> str:
    """Return what two options that look alike share: wide or narrow, capital or small."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _year(value: object) -> int | str:
    if value == "odaterad":
        return "odaterad"
    if not isinstance(value, int) or not 1990 <= value <= 2100:
        raise FieldError(
            "ska vara ett årtal utan citattecken, eller ”odaterad”",
            "ska vara ett årtal, som 2025, eller odaterad",
        )
    return value


# The languages that a source may be in besides Swedish: code (ISO 639-1), and what Swedish calls it.
LANGUAGES = {
    "da": "danska",
    "de": "tyska",
    "en": "engelska",
    "es": "spanska",
    "fi": "finska",
    "fr": "franska",
    "is": "isländska",
    "nb": "norska",
    "nl": "nederländska",
}


# The pages that a municipality may have of its own, by what they are called in its file and on its page.
LINK_LABELS = {
    "narttrafik": "Anropsstyrd trafik",
    "cykelkarta": "Cykelkarta",
    "pendelparkering": "Pendelparkeringar",
    "tomgang": "Regler för tomgång",
    "radgivning": "Energi- och klimatrådgivning",
}


def with_scheme(value: object) -> object:
    return f"https://{value}" if isinstance(value, str) and value.startswith("www.") else value


def _image(value: str) -> str:
    if not IMAGE.fullmatch(value):
        raise ValueError(
            "ska vara namnet på en bild i samma mapp, som foto 1.jpg: bokstäver, siffror, mellanslag, parenteser, "
            "punkt, plus, - och _, och sist .svg, .png, .jpg, .jpeg, .webp eller .avif"
        )
    return value


def _language(value: str) -> str:
    if value not in LANGUAGES:
        raise FieldError(
            f"ska vara en av språkkoderna {', '.join(LANGUAGES)}; ta bort raden om sidan är på svenska",
            "välj ett av språken",
        )
    return value


def _organisation_number(value: str) -> str:
    """Swedish organisation numbers end in a check digit (Luhn)."""
    digits = value.replace("-", "")
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits) if digit.isdigit())
    if value and (not ORGANISATION_NUMBER.fullmatch(value) or sum(n // 10 + n % 10 for n in doubled) % 10):
        raise ValueError("ska vara ett organisationsnummer, som 222000-0265")
    return value


def lets_windows_show(value: str) -> str:
    """Check a wall's colour against what stands on it."""
    if not re.fullmatch(r"#[0-9a-f]{6}", value):
        raise ValueError("ska vara en färg som #4b6b57: sex siffror eller små bokstäver a till f efter #")
    found = min(colours.contrast(value, other) for other in colours.ON_THE_WALL)
    if found < colours.LEAST:
        told = f"{found:.1f}".replace(".", ",")
        raise ValueError(f"är för ljus: fönstren syns inte mot väggen (kontrast {told}; minst 3 behövs)")
    return value


def named_logo(value: str | None, info: ValidationInfo) -> str | None:
    if info.data.get("logo") and not value:
        raise ValueError("saknas: skriv vems logotypen är")
    return value


def _municipal_code(value: str) -> str:
    if not re.fullmatch(r"\d{4}", value):
        raise ValueError("ska vara kommunens kod, fyra siffror som 1480")
    return value


def _numbered(value: dict[str, Any]) -> dict[str, Any]:
    for number in value:
        if not re.fullmatch(r"0[1-9]|1\d|2[0-4]", number):
            raise ValueError(f"”{number}” är ingen lucka; skriv numret med två siffror, från 01 till 24")
    return value


def is_reached(value: str) -> str:
    if not value.rpartition("@")[0].isascii():
        raise ValueError("kan inte ha å, ä eller ö före @, för många mejlservrar kan inte skriva dit")
    return value


# An address that every mail server can write to: most do not speak SMTPUTF8 (RFC 6531).
Mailbox = Annotated[EmailStr, AfterValidator(is_reached)]
# Where a text came from that no one has read through since; in the file, so that it goes wherever the text goes.
Unreviewed = Annotated[Line | None, Field(description="taken out when the text is saved in the editor")]
Options = Annotated[
    tuple[Annotated[Line, AfterValidator(_label)], ...], Field(min_length=2, max_length=6), AfterValidator(_distinct)
]
# A text that may still be empty while an edition is prepared.
Blank = Annotated[str, StringConstraints(max_length=1000)]
OrganisationNumber = Annotated[Blank, AfterValidator(_organisation_number)]
SwedishTime = Annotated[datetime, BeforeValidator(with_time_of_day), AfterValidator(_swedish)]
WebAddress = Annotated[AnyHttpUrl, BeforeValidator(with_scheme)]
# What may still be empty in a municipality's file.
MaybeAddress = Annotated[AnyHttpUrl | None, BeforeValidator(lambda value: with_scheme(value) or None)]
MaybeMailbox = Annotated[Mailbox | None, BeforeValidator(lambda value: value or None)]
LocalLines = Annotated[dict[str, Line], AfterValidator(_numbered)]
LocalSources = Annotated[dict[str, WebAddress], AfterValidator(_numbered)]
Percent = Annotated[float, Field(ge=0, le=100)]
SourceYear = Annotated[int | str, PlainValidator(_year)]
Language = Annotated[str, AfterValidator(_language)]
Amount = Annotated[float, Field(ge=0, le=100_000)]
Wall = Annotated[str, AfterValidator(lets_windows_show)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
    # The fields that may be empty while an edition is prepared, but not when its contest opens.
    TO_OPEN: ClassVar[tuple[str, ...]] = ()

    def empty(self) -> list[str]:
        """Return the fields of TO_OPEN that are empty."""
        return [name for name in self.TO_OPEN if not getattr(self, name)]


# Of a contest: before its time, held back because a required field is empty, about to be frozen, open, or closed.
Phase = Literal["before", "waiting", "opening", "open", "closed"]
AUTHORITY = "myndighet"
# How the id of a rehearsal's contest begins; no other may begin so.
REHEARSED = "ovning-"
# The list is locked 12 h before the draw, and organisers strike until 12 h before that: half a day is left for it.
BEFORE_DRAW = timedelta(hours=36)


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
    answer: Line
    explanation: Line

    @field_validator("answer")
    @classmethod
    def _is_an_option(cls, value: str, info: ValidationInfo) -> str:
        return among_options(value, info)


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
    answer: Line
    opens: SwedishTime
    closes: SwedishTime
    draw_at: SwedishTime
    minimum_age: Annotated[int, Field(ge=0, le=100)] = 18
    ask_motivation: bool = False
    motivation_question: Line = "Vill du berätta mer?"
    who_may_enter: Blank = ""
    municipalities: Annotated[
        tuple[Annotated[Line, StringConstraints(max_length=20)], ...],
        Field(max_length=290, description="by name, whom it is for; none for the form's own list"),
        AfterValidator(_distinct),
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

    @field_validator("answer")
    @classmethod
    def _is_an_option(cls, value: str, info: ValidationInfo) -> str:
        return among_options(value, info)


def among_options(value: str, info: ValidationInfo) -> str:
    if value not in info.data.get("options", (value,)):
        raise FieldError(
            "ska vara ett av alternativen i options, bokstav för bokstav",
            "välj ett av alternativen som är ifyllda",
        )
    return value


class TranslatedQuestion(Part):
    """The question in another language; its options in the same order."""

    text: Line
    options: Options
    explanation: Line

    def of(self, question: Question) -> Question:
        """Return the question as it is asked in that language."""
        answer = self.options[question.options.index(question.answer)]
        return Question(text=self.text, options=self.options, answer=answer, explanation=self.explanation)


class TranslatedContest(Part):
    """What the contest's form and rules say in another language; options and prizes in the same order."""

    # `swedish` are the options that it translates: a ticket must never carry another than its sender read.

    swedish: Options
    question: Line
    options: Options
    prizes: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    motivation_question: Line | None = None
    who_may_enter: Blank = ""
    exclusions: Blank = ""
    handover: Blank = ""
    tax: Blank = ""


class TranslatedHatch(Part):
    """The front matter of a lattlast.md, or of one that is named after its language, as en.md."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80), OneLine]
    summary: Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine]
    image_alt: Line | None = None
    steps: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    question: TranslatedQuestion | None = None
    contest: TranslatedContest | None = None


class TranslatedEdition(Part):
    """What stands in en.toml, or another language's, of edition.toml."""

    title: Line
    theme: Line
    tagline: Line
    before: Prose
    after: Prose
    about: Prose
    # Of the notice of personal data; Swedish where they are empty.
    legal_basis: Blank = ""
    joint: Blank = ""
    recipients: Blank = ""
    transfers: Blank = ""
    winner_kept: Blank = ""


class CorrectedFact(Part):
    """What a hatch said that was not true, and what it says now."""

    date: date_of_day
    wrong: Line
    right: Line


class HatchFile(Part):
    """The front matter of a hatch.md."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80), OneLine]
    summary: Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine]
    image: Annotated[str, AfterValidator(_image)] | None = None
    image_alt: Annotated[Line | None, Field(validate_default=True)] = None
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

    @field_validator("image_alt")
    @classmethod
    def _describes_the_image(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("image") and not value:
            raise ValueError("saknas: beskriv bilden i en mening")
        return value


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
    method: Annotated[str, StringConstraints(max_length=20_000)] = ""
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


class MunicipalLinks(Part):
    """Pages of a municipality's own; one that is empty is not shown."""

    narttrafik: MaybeAddress = None
    cykelkarta: MaybeAddress = None
    pendelparkering: MaybeAddress = None
    tomgang: MaybeAddress = None
    radgivning: MaybeAddress = None

    @property
    def given(self) -> dict[str, str]:
        """Return the addresses that there are, by what their links are called."""
        return {label: str(address) for name, label in LINK_LABELS.items() if (address := getattr(self, name))}


class Municipality(Part):
    """A file in kommuner: a municipality's frame around the calendar; the logo's picture lies beside edition.toml.

    `hatches` has a line for a hatch, as {"06": "…"}, and `sources` where it was read, under the same number.
    """

    name: Line
    code: Annotated[str, AfterValidator(_municipal_code)]
    greeting: Blank = ""
    website: MaybeAddress = None
    contact: MaybeMailbox = None
    logo: Annotated[str, AfterValidator(_image)] | None = None
    logo_alt: Annotated[Line | None, Field(validate_default=True)] = None
    links: MunicipalLinks = MunicipalLinks()
    hatches: LocalLines = {}
    sources: LocalSources = {}

    @field_validator("logo_alt")
    @classmethod
    def _names_the_logo(cls, value: str | None, info: ValidationInfo) -> str | None:
        return named_logo(value, info)

    @model_validator(mode="after")
    def _every_line_has_a_source(self) -> Self:
        if odd := sorted(self.hatches.keys() ^ self.sources.keys()):
            raise ValueError(f"lucka {', '.join(odd)} ska ha både en rad och en källa")
        return self

    @property
    def is_blank(self) -> bool:
        """Whether the municipality has written neither a greeting nor an address of its own."""
        return not (self.greeting or self.website or self.links.given)


class EditionFile(Part):
    """edition.toml. `before`, `after` and `about` are Markdown; the logo's picture lies beside the file."""

    title: Line
    theme: Line
    tagline: Line
    before: Prose
    after: Prose
    about: Prose
    made: Annotated[Blank, Field(description="how texts and pictures were made, and who has read them through")] = ""
    wall: Wall | None = None
    logo: Annotated[str, AfterValidator(_image)] | None = None
    logo_alt: Annotated[Line | None, Field(validate_default=True)] = None
    organiser: OrganiserDetails
    unreviewed: Unreviewed = None
    privacy: Privacy = Privacy()
    accessibility: Accessibility

    @field_validator("logo_alt")
    @classmethod
    def _names_the_logo(cls, value: str | None, info: ValidationInfo) -> str | None:
        return named_logo(value, info)

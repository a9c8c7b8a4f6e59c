"""The shape of an edition: what its files may say. Pure; `content` reads the files, `hatches` decides what is open."""

from datetime import date, datetime
from typing import Annotated, Self

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

from app.clock import SWEDEN

Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
REHEARSED = "ovning-"
"""How the id of a rehearsal's contest begins; no other may begin so."""


def _with_time_of_day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        raise ValueError(f"ska ha ett klockslag, som {value}T23:59:59")
    return value


def _swedish(value: datetime) -> datetime:
    return value.replace(tzinfo=SWEDEN) if value.tzinfo is None else value


def _year(value: object) -> int | str:
    if value == "odaterad":
        return "odaterad"
    if not isinstance(value, int) or not 1990 <= value <= 2100:
        raise ValueError("ska vara ett årtal utan citattecken, eller ”odaterad”")
    return value


SwedishTime = Annotated[datetime, BeforeValidator(_with_time_of_day), AfterValidator(_swedish)]
SourceYear = Annotated[int | str, PlainValidator(_year)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Fact(_Part):
    """A checked statement with the source it was read in."""

    text: Line
    source: Line
    url: AnyHttpUrl
    year: SourceYear


class Question(_Part):
    """A question with one right answer, given letter for letter among the options."""

    text: Line
    options: Annotated[tuple[Line, ...], Field(min_length=2, max_length=6)]
    answer: Line
    explanation: Line

    @field_validator("answer")
    @classmethod
    def _is_an_option(cls, value: str, info: ValidationInfo) -> str:
        return _among_options(value, info)


class Prize(_Part):
    title: Line
    value: Annotated[int, Field(gt=0, description="kronor")]
    count: Annotated[int, Field(gt=0, le=100)] = 1


class Contest(_Part):
    """The contest of an edition, as its hatch describes it. Times without offset are Swedish."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,60}$")]
    question: Line
    options: Annotated[tuple[Line, ...], Field(min_length=2, max_length=6)]
    answer: Line
    opens: SwedishTime
    closes: SwedishTime
    draw_at: SwedishTime
    two_person: Annotated[bool, Field(description="a second organiser approves locking and skips")] = False
    minimum_age: Annotated[int, Field(ge=18, le=100)] = 18
    ask_motivation: bool = False
    motivation_question: Line = "Vill du berätta mer?"
    who_may_enter: Line
    exclusions: Line
    prizes: Annotated[tuple[Prize, ...], Field(min_length=1, max_length=20)]

    @property
    def prize_count(self) -> int:
        return sum(prize.count for prize in self.prizes)

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
            raise ValueError("tiderna ska komma i ordningen opens, closes, draw_at")
        return self

    @field_validator("answer")
    @classmethod
    def _is_an_option(cls, value: str, info: ValidationInfo) -> str:
        return _among_options(value, info)


def _among_options(value: str, info: ValidationInfo) -> str:
    if value not in info.data.get("options", (value,)):
        raise ValueError("ska vara ett av alternativen i options, bokstav för bokstav")
    return value


class HatchFile(_Part):
    """The front matter of a hatch.md."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    summary: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    image: Annotated[str, StringConstraints(pattern=r"^[\w-]+\.(svg|png|jpg|webp|avif)$")] | None = None
    image_alt: Annotated[Line | None, Field(validate_default=True)] = None
    steps: Annotated[tuple[Line, ...], Field(min_length=1, max_length=8)]
    facts: Annotated[tuple[Fact, ...], Field(min_length=1, max_length=6)]
    question: Question
    contest: Contest | None = None

    @field_validator("image_alt")
    @classmethod
    def _describes_the_image(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("image") and not value:
            raise ValueError("saknas: beskriv bilden i en mening")
        return value


class Organiser(_Part):
    """Who is answerable for the edition and its contest."""

    name: Line
    email: EmailStr
    address: Line


class EditionFile(_Part):
    """edition.toml. `before`, `after` and `about` are Markdown."""

    title: Line
    theme: Line
    tagline: Line
    before: Prose
    after: Prose
    about: Prose
    organiser: Organiser

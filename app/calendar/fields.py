"""What a field in a content file may say. Pure."""

import re
import unicodedata
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Annotated, ClassVar

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
)

from app.calendar.files import markdown
from app.calendar.files.faults import FieldError
from app.calendar.files.reading import IMAGE
from app.calendar.look import colours
from app.clock import SWEDEN

COLOUR = re.compile(r"#[0-9a-f]{6}")
ORGANISATION_NUMBER = re.compile(r"\d{6}-\d{4}")


def one_line(value: object) -> object:
    """Join what was typed on several lines: it goes into the head of a mail, a feed or a list."""
    return re.sub(r"\s*\n\s*", " ", value.strip()) if isinstance(value, str) else value


OneLine = BeforeValidator(one_line)
Line = Annotated[str, StringConstraints(min_length=1, max_length=400), OneLine]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
MaybeProse = Annotated[str, StringConstraints(max_length=20_000)]
# What has room in a square or a heading of a sheet to print.
Label = Annotated[str, StringConstraints(min_length=1, max_length=60), OneLine]


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


def with_scheme(value: object) -> object:
    return markdown.with_scheme(value) if isinstance(value, str) else value


def fits(pattern: re.Pattern[str], sentence: str) -> AfterValidator:
    """Return a validator that refuses, with a sentence, what a pattern does not match."""

    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _told_of(picture: str, sentence: str) -> AfterValidator:
    """Return a validator that refuses, with a sentence, an empty text beside a picture."""

    def check(value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get(picture) and not value:
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _among_options(value: str, info: ValidationInfo) -> str:
    if value not in info.data.get("options", (value,)):
        raise FieldError(
            "ska vara ett av alternativen i options, bokstav för bokstav",
            "välj ett av alternativen som är ifyllda",
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
    found = min(colours.contrast(value, other) for other in colours.ON_THE_WALL)
    if found < colours.LEAST:
        told = f"{found:.1f}".replace(".", ",")
        raise ValueError(f"är för ljus: fönstren syns inte mot väggen (kontrast {told}; minst 3 behövs)")
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
Answer = Annotated[Line, AfterValidator(_among_options)]
Names = Annotated[tuple[Annotated[Line, StringConstraints(max_length=20)], ...], AfterValidator(_distinct)]
# A text that may still be empty while an edition is prepared.
Blank = Annotated[str, StringConstraints(max_length=1000)]
OrganisationNumber = Annotated[Blank, AfterValidator(_organisation_number)]
SwedishTime = Annotated[datetime, BeforeValidator(with_time_of_day), AfterValidator(_swedish)]
# What may still be empty in a form.
MaybeAddress = Annotated[AnyHttpUrl | None, BeforeValidator(lambda value: with_scheme(value) or None)]
WebAddress = Annotated[AnyHttpUrl, BeforeValidator(with_scheme)]
Percent = Annotated[float, Field(ge=0, le=100)]
SourceYear = Annotated[int | str, PlainValidator(_year)]
Language = Annotated[str, AfterValidator(_language)]
Amount = Annotated[float, Field(ge=0, le=100_000)]
Colour = Annotated[str, fits(COLOUR, "ska vara en färg som #4b6b57: sex siffror eller små bokstäver a till f efter #")]
Wall = Annotated[Colour, AfterValidator(lets_windows_show)]
ImageName = Annotated[
    str,
    fits(
        IMAGE,
        "ska vara namnet på en bild i samma mapp, som foto 1.jpg: bokstäver, siffror, mellanslag, parenteser, "
        "punkt, plus, - och _, och sist .svg, .png, .jpg, .jpeg, .webp eller .avif",
    ),
]
_MaybeLine = Annotated[Line | None, Field(validate_default=True)]
ImageAlt = Annotated[_MaybeLine, _told_of("image", "saknas: beskriv bilden i en mening")]
LogoAlt = Annotated[_MaybeLine, _told_of("logo", "saknas: skriv vems logotypen är")]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
    # The fields that may be empty while an edition is prepared, but not when its contest opens.
    TO_OPEN: ClassVar[tuple[str, ...]] = ()

    def empty(self) -> list[str]:
        """Return the fields of TO_OPEN that are empty."""
        return [name for name in self.TO_OPEN if not getattr(self, name)]

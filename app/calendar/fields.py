"""The kinds of values that an edition's files may hold. Pure."""

import re
import unicodedata
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    PlainValidator,
    StringConstraints,
)

from app.clock import SWEDEN

ORGANISATION_NUMBER = re.compile(r"\d{6}-\d{4}")
Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


def _with_time_of_day(value: object) -> object:
    if isinstance(value, date) and not isinstance(value, datetime):
        raise ValueError(f"ska ha ett klockslag, som {value}T23:59:59")
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
    if text != unicodedata.normalize("NFC", text):
        raise ValueError("har en bokstav med lösa prickar eller ringar; skriv om det för hand")
    return text


def _distinct(options: tuple[str, ...]) -> tuple[str, ...]:
    for one, other in combinations(options, 2):
        if _read_aloud(one) == _read_aloud(other):
            raise ValueError(f"”{one}” och ”{other}” går inte att skilja åt")
    return options


def _read_aloud(text: str) -> str:
    """Return what two options that look alike share: wide or narrow, capital or small."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _year(value: object) -> int | str:
    if value == "odaterad":
        return "odaterad"
    if not isinstance(value, int) or not 1990 <= value <= 2100:
        raise ValueError("ska vara ett årtal utan citattecken, eller ”odaterad”")
    return value


def _organisation_number(value: str) -> str:
    """Swedish organisation numbers end in a check digit (Luhn)."""
    digits = value.replace("-", "")
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits) if digit.isdigit())
    if value and (not ORGANISATION_NUMBER.fullmatch(value) or sum(n // 10 + n % 10 for n in doubled) % 10):
        raise ValueError("ska vara ett organisationsnummer, som 222000-0265")
    return value


def _is_reached(value: str) -> str:
    if not value.rpartition("@")[0].isascii():
        raise ValueError("kan inte ha å, ä eller ö före @, för många mejlservrar kan inte skriva dit")
    return value


Mailbox = Annotated[EmailStr, AfterValidator(_is_reached)]
"""An address that every mail server can write to: most do not speak SMTPUTF8 (RFC 6531)."""
Options = Annotated[
    tuple[Annotated[Line, AfterValidator(_label)], ...], Field(min_length=2, max_length=6), AfterValidator(_distinct)
]
Blank = Annotated[str, StringConstraints(max_length=1000)]
"""A text that may still be empty while an edition is prepared."""
OrganisationNumber = Annotated[Blank, AfterValidator(_organisation_number)]
SwedishTime = Annotated[datetime, BeforeValidator(_with_time_of_day), AfterValidator(_swedish)]
SourceYear = Annotated[int | str, PlainValidator(_year)]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
    TO_OPEN: ClassVar[tuple[str, ...]] = ()
    """The fields that may be empty while an edition is prepared, but not when its contest opens."""

    def empty(self) -> list[str]:
        """The fields of TO_OPEN that are empty."""
        return [name for name in self.TO_OPEN if not getattr(self, name)]

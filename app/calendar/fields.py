"""The kinds of values that an edition's files may hold. Pure."""

import re
from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainValidator, StringConstraints

from app.clock import SWEDEN

ORGANISATION_NUMBER = re.compile(r"\d{6}-\d{4}")
Line = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


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


def _organisation_number(value: str) -> str:
    """Swedish organisation numbers end in a check digit (Luhn)."""
    digits = value.replace("-", "")
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits) if digit.isdigit())
    if value and (not ORGANISATION_NUMBER.fullmatch(value) or sum(n // 10 + n % 10 for n in doubled) % 10):
        raise ValueError("ska vara ett organisationsnummer, som 222000-0265")
    return value


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

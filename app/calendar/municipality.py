"""The shape of a municipality's file. Pure."""

import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from app.calendar.fields import Blank, ImageName, Line, LogoAlt, Mailbox, MaybeAddress, Part, WebAddress, fits

# The pages that a municipality may have of its own, by what they are called in its file and on its page.
LINK_LABELS = {
    "narttrafik": "Anropsstyrd trafik",
    "cykelkarta": "Cykelkarta",
    "pendelparkering": "Pendelparkeringar",
    "tomgang": "Regler för tomgång",
    "radgivning": "Energi- och klimatrådgivning",
}


def _numbered(value: dict[str, Any]) -> dict[str, Any]:
    for number in value:
        if not re.fullmatch(r"0[1-9]|1\d|2[0-4]", number):
            raise ValueError(f"”{number}” är ingen lucka; skriv numret med två siffror, från 01 till 24")
    return value


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
    code: Annotated[str, fits(re.compile(r"\d{4}"), "ska vara kommunens kod, fyra siffror som 1480")]
    greeting: Blank = ""
    website: MaybeAddress = None
    contact: Annotated[Mailbox | None, BeforeValidator(lambda value: value or None)] = None
    logo: ImageName | None = None
    logo_alt: LogoAlt = None
    links: MunicipalLinks = MunicipalLinks()
    hatches: Annotated[dict[str, Line], AfterValidator(_numbered)] = Field(default_factory=dict)
    sources: Annotated[dict[str, WebAddress], AfterValidator(_numbered)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _every_line_has_a_source(self) -> Self:
        if odd := sorted(self.hatches.keys() ^ self.sources.keys()):
            raise ValueError(f"lucka {', '.join(odd)} ska ha både en rad och en källa")
        return self

    @property
    def is_blank(self) -> bool:
        """Whether the municipality has written neither a greeting nor an address of its own."""
        return not (self.greeting or self.website or self.links.given)

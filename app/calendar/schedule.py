"""Which hatches are open when. Pure: the instant is an argument, and every route asks here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from app.calendar.edition import (
    Contest,
    CorrectedFact,
    EditionFile,
    HatchFile,
    Municipality,
    TranslatedEdition,
    TranslatedHatch,
)
from app.calendar.faults import Fault
from app.calendar.look import colours, drawings
from app.clock import SWEDEN
from app.languages import SWEDISH

NUMBERS = range(1, 25)
# Media types by the ending of a picture's name; not every machine knows the newer ones.
IMAGE_TYPES = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
}


def card_name(picture: bytes, kind: str) -> str:
    """Return what the picture beside a shared link is called: after the picture that it is made from."""
    return f"delning-{sha256(picture).hexdigest()[:8]}.{kind}"


def image_type(name: str) -> str:
    return IMAGE_TYPES[name.rpartition(".")[2].lower()]


def share_card(images: Iterable[str]) -> str | None:
    """Return the name of the picture beside a shared link, if it is among the images."""
    return next((name for name in ("delning.jpg", "delning.png") if name in images), None)


@dataclass(frozen=True)
class Translation:
    """A hatch in another language, or in easy Swedish; `tip` is HTML."""

    file: TranslatedHatch
    tip: str


@dataclass(frozen=True)
class Hatch:
    """One of the 24. `tip` is HTML made from the file's Markdown; `images` maps a file name to its bytes."""

    # `changed` is when the text was last written; `translations` are by language, `language` is that of its texts.

    number: int
    file: HatchFile
    tip: str
    images: dict[str, bytes] = field(repr=False)
    changed: datetime | None = field(default=None, compare=False)
    translations: dict[str, Translation] = field(default_factory=dict, repr=False)
    language: str = SWEDISH

    def within(self, language: str) -> Self:
        """Return the hatch in a language; as it is when it is not translated. Its facts stay as they are."""
        found = self.translations.get(language)
        if found is None:
            return self
        told: dict[str, Any] = {name: getattr(found.file, name) for name in ("title", "summary", "steps")}
        told["image_alt"] = found.file.image_alt or self.file.image_alt
        if found.file.question and self.file.question:
            told["question"] = found.file.question.of(self.file.question)
        return replace(self, file=self.file.model_copy(update=told), tip=found.tip, language=language)

    @property
    def corrected_on(self) -> date | None:
        """The day of the latest correction."""
        return max((correction.date for correction in self.file.corrections), default=None)

    @property
    def card(self) -> str | None:
        """The picture beside a shared link, as long as it was made from the picture that the hatch has now."""
        drawn_from = self.images.get(self.file.image or "")
        names = [card_name(drawn_from, kind) for kind in ("jpg", "png")] if drawn_from else []
        return next((name for name in names if name in self.images), None)

    @property
    def miniature(self) -> str:
        """The shapes that stand in the hatch's window once it has been read; "" leaves the drapes alone."""
        return drawings.shapes(self.images.get(drawings.MINIATURE, b""))

    @property
    def figure(self) -> drawings.Figure | None:
        """Who comes to the street when the hatch opens."""
        return drawings.figure(self.images.get(drawings.FIGURE, b""))

    @property
    def variants(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Lighter files of the hatch's picture, the lightest kind first: [("avif", [("foto-640.avif", 640), …]), …]."""
        stem = (self.file.image or "").rpartition(".")[0]
        found = [(name, re.fullmatch(rf"{re.escape(stem)}-(\d+)\.(avif|webp)", name)) for name in self.images]
        widths = {name: int(match[1]) for name, match in found if stem and match}
        kinds = {kind: [name for name in widths if name.endswith(kind)] for kind in ("avif", "webp")}
        return [
            (kind, [(name, widths[name]) for name in sorted(names, key=widths.__getitem__)])
            for kind, names in kinds.items()
            if names
        ]


@dataclass(frozen=True)
class LocalLine:
    """What a municipality says in a hatch, and where it was read."""

    slug: str
    municipality: str
    text: str
    source: str

    @property
    def site(self) -> str:
        """The name of the site that the source is on."""
        return urlsplit(self.source).netloc.removeprefix("www.")


@dataclass(frozen=True)
class Edition:
    """One December. `hatches` maps 1–24 to hatches; `before`, `after` and `about` are HTML."""

    # `images` are those of no hatch, by file name: they are there to be seen from the start. `gaps` names what is still
    # empty of what the rules and notices of the contest must say, `remarks` what is in the files and shown to no one.

    year: int
    file: EditionFile
    hatches: dict[int, Hatch] = field(repr=False)
    before: str = field(repr=False)
    after: str = field(repr=False)
    about: str = field(repr=False)
    gaps: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    images: dict[str, bytes] = field(default_factory=dict, repr=False)
    translations: dict[str, TranslatedEdition] = field(default_factory=dict, repr=False)
    municipalities: dict[str, Municipality] = field(default_factory=dict, repr=False)
    language: str = SWEDISH

    def within(self, language: str) -> Self:
        """Return the edition in a language, with what of it and its hatches is translated."""
        if language == SWEDISH:
            return self
        hatches = {number: hatch.within(language) for number, hatch in self.hatches.items()}
        found = self.translations.get(language)
        if found is None:
            return replace(self, hatches=hatches, language=language)
        told = {name: getattr(found, name) for name in ("title", "theme", "tagline")}
        prose: dict[str, Any] = {name: getattr(found, name) for name in ("before", "after", "about")}
        return replace(self, file=self.file.model_copy(update=told), hatches=hatches, language=language, **prose)

    @property
    def card(self) -> str | None:
        """The picture beside a shared link."""
        return share_card(self.images)

    @property
    def horizon(self) -> str:
        """The shapes of the edition's own horizon; "" leaves the harbour of Gothenburg."""
        return drawings.horizon(self.images.get(drawings.HORIZON, b""))

    @property
    def style_sheet(self) -> str:
        """The colours that the edition has chosen; "" when they are the calendar's own."""
        wall, accent = self.file.wall, self.file.accent
        return colours.style_sheet(wall, accent) if wall or accent else ""

    @property
    def name(self) -> str:
        return f"{self.file.title} – {self.file.theme}"

    @property
    def unreviewed(self) -> dict[int, str]:
        """What no one has read through yet, by hatch, and 0 for edition.toml: where it came from."""
        origins = {0: self.file.unreviewed} | {number: hatch.file.unreviewed for number, hatch in self.hatches.items()}
        return {number: origin for number, origin in origins.items() if origin}

    def local_lines(self, number: int) -> list[LocalLine]:
        """Return what municipalities say in a hatch, in their order. Whether it is open is the caller's to ask."""
        return [
            LocalLine(slug, each.name, each.hatches[key], str(each.sources[key]))
            for slug, each in self.municipalities.items()
            if (key := f"{number:02}") in each.hatches
        ]

    @property
    def plain_title(self) -> str:
        """The title without its year, for where both stand beside each other in letters of two sizes."""
        return self.file.title.removesuffix(str(self.year)).rstrip()

    @property
    def file_contest_number(self) -> int | None:
        """The number of the hatch that the contest stands in, as the files have it now."""
        # What a contest is once it has opened, `contest.terms` knows.
        return next((n for n in NUMBERS if self.hatches[n].file.contest), None)

    @property
    def file_contest(self) -> Contest | None:
        """The contest as the files have it now."""
        return self.hatches[self.file_contest_number].file.contest if self.file_contest_number else None


Season = Literal["before", "advent", "after"]


def opens_at(year: int, number: int) -> datetime:
    """Return the instant at which a hatch opens, for ever after: midnight in Sweden, given in UTC."""
    return datetime(year, 12, number, tzinfo=SWEDEN).astimezone(UTC)


def is_open(year: int, number: int, now: datetime) -> bool:
    return now >= opens_at(year, number)


def open_numbers(year: int, now: datetime) -> list[int]:
    return [number for number in NUMBERS if is_open(year, number, now)]


def corrections(edition: Edition, now: datetime) -> list[tuple[Hatch, CorrectedFact]]:
    """Return what has been corrected in the hatches that are open, the latest first."""
    opened = [edition.hatches[number] for number in open_numbers(edition.year, now)]
    found = [(hatch, correction) for hatch in opened for correction in hatch.file.corrections]
    return sorted(found, key=lambda pair: (pair[1].date, pair[0].number), reverse=True)


def season(year: int, now: datetime) -> Season:
    """Before 1 December, in the days of the hatches, or after Christmas Eve."""
    if not is_open(year, 1, now):
        return "before"
    return "advent" if now < opens_at(year, 24) + timedelta(days=1) else "after"


def todays_number(year: int, now: datetime) -> int | None:
    """Return the hatch that opened today, or None outside the 24 days."""
    return open_numbers(year, now)[-1] if season(year, now) == "advent" else None


def days_left(year: int, now: datetime) -> int:
    """Days from today's date in Sweden to 1 December."""
    return (datetime(year, 12, 1).date() - now.astimezone(SWEDEN).date()).days


def follow_up(year: int) -> tuple[datetime, datetime]:
    """Return from when, and until when, the calendar asks what readers still do: 15–31 January, in Sweden."""
    begins, ends = (datetime(year + 1, month, day, tzinfo=SWEDEN) for month, day in ((1, 15), (2, 1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def follows_up(year: int, now: datetime) -> bool:
    begins, ends = follow_up(year)
    return begins <= now < ends


def current_year(years: Iterable[int], now: datetime) -> int:
    """Return the edition to show first: this year's from November on, else the newest begun, else the first."""
    today = now.astimezone(SWEDEN)
    begun = [year for year in years if year < today.year or (year == today.year and today.month >= 11)]
    return max(begun) if begun else min(years)


def change_instants(edition: Edition) -> list[datetime]:
    """Return every instant at which a public page of the edition changes by the clock, sorted, in UTC."""
    moments = {opens_at(edition.year, number) for number in NUMBERS}
    # In November the page says how many days are left.
    moments |= {datetime(edition.year, 11, day, tzinfo=SWEDEN).astimezone(UTC) for day in range(1, 31)}
    moments |= {opens_at(edition.year, 24) + timedelta(days=1), *follow_up(edition.year)}
    if contest := edition.file_contest:
        moments |= {contest.opens.astimezone(UTC), contest.closes.astimezone(UTC) + timedelta(seconds=1)}
        # From then on the value is late.
        moments.add(contest.draw_at.astimezone(UTC))
    return sorted(moments)


def all_change_instants(editions: Iterable[Edition]) -> list[datetime]:
    """Return every instant at which a public page of any edition changes by the clock."""
    return [moment for edition in editions for moment in change_instants(edition)]

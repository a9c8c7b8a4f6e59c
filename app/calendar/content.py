"""An edition as its files were read: the 24 hatches, with HTML and pictures, and what is in other languages. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from operator import itemgetter
from typing import Any, Self
from urllib.parse import urlsplit

from app.calendar.edition import Contest, EditionFile, HatchFile
from app.calendar.files.faults import Fault
from app.calendar.look import colours, drawings
from app.calendar.municipality import Municipality
from app.calendar.translations import TranslatedEdition, TranslatedHatch
from app.languages import EASY, SWEDISH, foreign

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


def edition_card(year: int, file: EditionFile, images: Mapping[str, bytes]) -> str:
    """Return what the picture beside a shared link to the calendar is called: after what is seen in it."""
    horizons = [images.get(name) for name in (drawings.HORIZON, drawings.HORIZON_RIGHT)]
    return card_name(repr((year, file.title, file.theme, file.wall, file.accent, horizons)).encode(), "png")


def image_type(name: str) -> str:
    return IMAGE_TYPES[name.rpartition(".")[2].lower()]


@dataclass(frozen=True)
class Translation:
    """A hatch in another language, or in easy Swedish; `tip` is HTML."""

    file: TranslatedHatch
    tip: str


@dataclass(frozen=True)
class Hatch:
    """One of the 24. `tip` is HTML made from the file's Markdown; `images` maps a file name to its bytes."""

    # `changed` is when the text was last written; `translations` are by language, `language` is that of its texts.
    # `figure_words` say who comes to the street in that language; "" leaves the Swedish words, which its file has.

    number: int
    file: HatchFile
    tip: str
    images: dict[str, bytes] = field(repr=False)
    changed: datetime | None = field(default=None, compare=False)
    translations: dict[str, Translation] = field(default_factory=dict, repr=False)
    language: str = SWEDISH
    figure_words: str = ""

    def within(self, language: str) -> Self:
        """Return the hatch in a language; as it is when it is not translated. Its facts stay as they are."""
        found = self.translations.get(language)
        if found is None:
            return self
        told: dict[str, Any] = {name: getattr(found.file, name) for name in ("title", "summary", "steps")}
        told["image_alt"] = found.file.image_alt or self.file.image_alt
        if found.file.question and self.file.question:
            told["question"] = found.file.question.of(self.file.question)
        words = found.file.figure.words if found.file.figure else ""
        file = self.file.model_copy(update=told)
        return replace(self, file=file, tip=found.tip, language=language, figure_words=words)

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
        return drawings.shapes(drawings.MINIATURE, self.images)

    @property
    def figure(self) -> drawings.Figure | None:
        """Who comes to the street when the hatch opens."""
        found = drawings.figure(self.images.get(drawings.FIGURE, b""))
        return found._replace(words=self.figure_words) if found and self.figure_words else found

    @property
    def variants(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Lighter files of the hatch's picture, the lightest kind first: [("avif", [("foto-640.avif", 640), …]), …]."""
        stem = (self.file.image or "").rpartition(".")[0]
        found: dict[str, list[tuple[str, int]]] = {"avif": [], "webp": []}
        for name in self.images:
            if match := re.fullmatch(rf"{re.escape(stem)}-(\d+)\.(avif|webp)", name):
                found[match[2]].append((name, int(match[1])))
        return [(kind, sorted(files, key=itemgetter(1))) for kind, files in found.items() if files]


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
    """One December. `hatches` maps 1–24 to hatches; `before`, `after`, `about` and `tradition` are HTML."""

    # `images` are those of no hatch, by file name: they are there to be seen from the start. `gaps` names what is still
    # empty of what the rules and notices of the contest must say, `remarks` what is in the files and shown to no one.
    # `card` is the picture beside a shared link, as long as it shows what the files say.

    year: int
    file: EditionFile
    hatches: dict[int, Hatch] = field(repr=False)
    before: str = field(repr=False)
    after: str = field(repr=False)
    about: str = field(repr=False)
    tradition: str = field(default="", repr=False)
    gaps: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()
    images: dict[str, bytes] = field(default_factory=dict, repr=False)
    card: str | None = None
    translations: dict[str, TranslatedEdition] = field(default_factory=dict, repr=False)
    municipalities: dict[str, Municipality] = field(default_factory=dict, repr=False)
    language: str = SWEDISH

    def within(self, language: str) -> Self:
        """Return the edition in a language, with what of it and its hatches is translated."""
        return self if language == SWEDISH else self._translated[language]

    @cached_property
    def _translated(self) -> dict[str, Self]:
        # Every page asks for it, some of them for head and foot as well.
        return {language: self._translate(language) for language in (EASY, *foreign())}

    def _translate(self, language: str) -> Self:
        hatches = {number: hatch.within(language) for number, hatch in self.hatches.items()}
        found = self.translations.get(language)
        if found is None:
            return replace(self, hatches=hatches, language=language)
        told = {name: getattr(found, name) for name in ("title", "theme", "tagline")}
        prose: dict[str, Any] = {name: getattr(found, name) for name in ("before", "after", "about")}
        return replace(self, file=self.file.model_copy(update=told), hatches=hatches, language=language, **prose)

    def card_path(self, hatch: Hatch | None = None) -> str:
        """Return where the picture beside a shared link is: that of the hatch, else the edition's; "" for none."""
        if hatch and hatch.card:
            return f"/{self.year}/lucka/{hatch.number}/bild/{hatch.card}"
        return f"/{self.year}/bild/{self.card}" if self.card else ""

    @property
    def horizon(self) -> str:
        """The shapes of the edition's own horizon; "" leaves the hills."""
        return drawings.shapes(drawings.HORIZON, self.images)

    @property
    def horizon_right(self) -> str:
        """The shapes of what stands to the right of the house; only an edition with its own horizon has its own."""
        return drawings.shapes(drawings.HORIZON_RIGHT, self.images)

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

    def hatch_path(self, number: int) -> str:
        """Return where a hatch is on the site, in the language of the edition."""
        if self.language not in (SWEDISH, EASY):
            return f"/{self.language}/{self.year}/hatch/{number}"
        return f"/{self.year}/lucka/{number}{'/lattlast' if self.language == EASY else ''}"

    @property
    def file_contest_number(self) -> int | None:
        """The number of the hatch that the contest stands in, as the files have it now."""
        # What a contest is once it has opened, `contest.terms` knows.
        return next((n for n in NUMBERS if self.hatches[n].file.contest), None)

    @property
    def file_contest(self) -> Contest | None:
        """The contest as the files have it now."""
        return self.hatches[self.file_contest_number].file.contest if self.file_contest_number else None

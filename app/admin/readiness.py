"""Is an edition ready for 1 December: what is missing or odd in its hatches and its contest. Pure.

A finding is not a judgement: "must" stops the calendar or its contest, "should" will be noticed, "may" is worth a look.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.calendar import miniatures
from app.calendar.faults import Fault
from app.calendar.gaps import examples
from app.calendar.hatches import Edition, Hatch
from app.calendar.schema import Accessibility, Fact
from app.editing.words import label

Severity = Literal["must", "should", "may"]
SHORTEST_TIP, LONGEST_TIP = 60, 200
SHORTEST_ALT = 3
HEAVIEST_IMAGE = 60_000
OLDEST_FACT = 10
ASSESSED_WITHIN = timedelta(days=365)
_YEAR_OF_THE_CALENDAR = re.compile(r"(?:kalender\w*|december|advent\w*|jul(?!i\b)\w*)\s+(\d{4})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Something to mend or look at: a Swedish sentence, and the hatch it stands in; 0 is the edition itself.

    `part` names the page of the editor where it is mended (admin.edit_<part>), if there is one.
    """

    severity: Severity
    sentence: str
    hatch: int = 0
    part: str = ""


def of_edition(edition: Edition, dead_links: dict[int, list[str]], today: date) -> list[Finding]:
    """Everything found in the files, by hatch. `dead_links` are links to pages of our own that do not exist."""
    found = [*_of_texts(edition), *_of_contest(edition), *_of_statement(edition.file.accessibility, today)]
    found += [
        Finding("should", f"Länken {link} leder ingenstans.", n, "hatch" if n else "texts")
        for n, links in dead_links.items()
        for link in links
    ]
    titles = Counter(hatch.file.title.casefold() for hatch in edition.hatches.values())
    for hatch in edition.hatches.values():
        if titles[hatch.file.title.casefold()] > 1:
            found.append(Finding("should", f"En annan lucka heter också ”{hatch.file.title}”.", hatch.number, "hatch"))
        found += _of_hatch(hatch, edition.year)
    return sorted(found, key=lambda finding: finding.hatch)


def of_gap(gap: Fault, contest: int) -> Finding:
    """What the rules still lack, as the editor calls it; `contest` is the number of the contest's hatch."""
    within = gap.field.startswith("contest")
    part = "contest" if within else "organiser"
    return Finding("must", f"{label(gap.field)}: {gap.message}.", contest if within else 0, part)


def words_in(html: str) -> int:
    """How many words a text has, without its tags."""
    return len(re.sub("<[^>]+>", " ", html).split())


def _of_hatch(hatch: Hatch, year: int) -> Iterator[Finding]:
    file, number = hatch.file, hatch.number
    length = words_in(hatch.tip)
    if length < SHORTEST_TIP:
        yield Finding(
            "may", f"Tipset är kort: {length} ord. {SHORTEST_TIP}–{LONGEST_TIP} ord brukar bli bra.", number, "hatch"
        )
    if length > LONGEST_TIP:
        yield Finding(
            "may", f"Tipset är långt: {length} ord. {SHORTEST_TIP}–{LONGEST_TIP} ord brukar bli bra.", number, "hatch"
        )
    if file.image is None:
        yield Finding("should", "Luckan har ingen bild.", number, "picture")
    elif (weight := len(hatch.images[file.image])) > HEAVIEST_IMAGE:
        yield Finding(
            "should",
            f"Bilden väger {weight // 1000} kB. Gör den mindre än {HEAVIEST_IMAGE // 1000} kB.",
            *(number, "picture"),
        )
    if file.image and words_in(file.image_alt or "") < SHORTEST_ALT:
        yield Finding("should", "Bildbeskrivningen är för kort för att säga vad bilden visar.", number, "picture")
    if miniatures.NAME in hatch.images and not hatch.miniature:
        yield Finding(
            "may", f"{miniatures.NAME} visas inte: den får bara ha enkla former i åtta färger.", number, "picture"
        )
    texts = (file.title, file.summary, hatch.tip, *file.steps, file.question.text, file.question.explanation)
    yield from (Finding("should", sentence, number, "hatch") for sentence in _other_years(" ".join(texts), year))
    yield from (Finding("may", sentence, number, "hatch") for fact in file.facts for sentence in _of_fact(fact, year))


def _of_fact(fact: Fact, year: int) -> Iterator[str]:
    if isinstance(fact.year, int) and fact.year < year - OLDEST_FACT:
        yield f"Källan ”{fact.source}” är från {fact.year}. Finns det något nyare?"


def _other_years(text: str, year: int) -> list[str]:
    """Sentences about years that look left behind from another edition."""
    found = dict.fromkeys(match[0] for match in _YEAR_OF_THE_CALENDAR.finditer(text) if int(match[1]) != year)
    return [f"Texten säger ”{phrase}”, men kalendern är för {year}." for phrase in found]


def _of_texts(edition: Edition) -> Iterator[Finding]:
    file = edition.file
    texts = " ".join((file.title, file.theme, file.tagline, edition.before, edition.after))
    yield from (Finding("should", sentence, part="texts") for sentence in _other_years(texts, edition.year))
    for address in examples(edition.about):
        yield Finding("must", f"Adressen {address} är ett exempel. Skriv er egen.", part="texts")


def _of_contest(edition: Edition) -> Iterator[Finding]:
    contest, number = edition.file_contest, edition.file_contest_number or 0
    for gap in edition.gaps:
        yield of_gap(gap, number)
    if contest is None:
        yield Finding("may", "Kalendern har ingen tävling.")
        return
    if contest.opens.year != edition.year:
        yield Finding(
            "must", f"Tävlingen öppnar {contest.opens.year}, men kalendern är för {edition.year}.", number, "contest"
        )
    if str(edition.year) not in contest.id and re.search(r"20\d\d", contest.id):
        yield Finding(
            "must",
            f"Tävlingens namn, {contest.id}, är från ett annat år. Det ska vara nytt varje år.",
            *(number, "contest"),
        )


def _of_statement(statement: Accessibility, today: date) -> Iterator[Finding]:
    for name, day in (("bedömd", statement.assessed), ("ändrad", statement.updated)):
        if day > today:
            yield Finding(
                "must",
                f"Tillgänglighetsredogörelsen är {name} {day}, ett datum som inte har varit.",
                part="accessibility",
            )
    if statement.assessed < today - ASSESSED_WITHIN:
        sentence = f"Tillgängligheten bedömdes {statement.assessed}, för mer än ett år sedan."
        yield Finding("should", sentence, part="accessibility")

"""Is an edition ready for 1 December: what is missing or odd in its hatches and its contest. Pure."""

# A finding is not a judgement: "must" stops the calendar or its contest, "should" will be noticed, "may" is worth a
# look.

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import urljoin, urlsplit

from babel.lists import format_list
from flask import current_app, render_template
from werkzeug.exceptions import HTTPException

from app import clock
from app.admin.accounts.guard import blueprint, chosen_edition
from app.admin.editing import preview
from app.calendar.content import NUMBERS, Edition, Hatch
from app.calendar.edition import Accessibility, HatchFile
from app.calendar.files.faults import Fault
from app.calendar.gaps import find_example_addresses
from app.calendar.look import drawings
from app.calendar.municipality import LINK_LABELS
from app.calendar.translations import TranslatedHatch
from app.calendar.views import library
from app.contest.terms import frozen_contest
from app.editing.editions import BLANK_HATCH, YEAR_OF_THE_CALENDAR, year_named
from app.editing.labels import field_label, tell_fault
from app.operations import server_checks
from app.operations.server_checks import Finding, Severity

SHORTEST_TIP, LONGEST_TIP = 60, 200
SHORTEST_ALT = 3
HEAVIEST_IMAGE = 60_000
OLDEST_FACT = 10
ASSESSED_WITHIN = timedelta(days=365)


def check_edition(edition: Edition, dead_links: dict[int, list[str]], today: date) -> list[Finding]:
    """Return everything found in the files, by hatch. `dead_links` are links to pages of our own that do not exist."""
    found = [*of_texts(edition), *of_contest(edition), *of_municipalities(edition)]
    found += of_statement(edition.file.accessibility, today)
    for number, links in dead_links.items():
        part = "hatch" if number else "texts"
        found += [Finding("should", f"Länken {link} fungerar inte.", number, part) for link in links]
    titles = Counter(hatch.file.title.casefold() for hatch in edition.hatches.values())
    for hatch in edition.hatches.values():
        if titles[hatch.file.title.casefold()] > 1:
            found.append(Finding("should", f"En annan lucka heter också ”{hatch.file.title}”.", hatch.number, "hatch"))
        found += [*_placeholders(hatch), *of_hatch(hatch, edition.year)]
    return sorted(found, key=lambda finding: finding.hatch)


def gap_finding(gap: Fault, contest: int) -> Finding:
    """Return what the rules still lack, as the editor calls it; `contest` is the number of the contest's hatch."""
    within = gap.field.startswith("contest")
    part = "contest" if within else "organiser"
    return Finding("must", f"{field_label(gap.field)}: {gap.message}.", contest if within else 0, part)


def words_in(html: str) -> int:
    """Return how many words a text has, without its tags."""
    return len(re.sub("<[^>]+>", " ", html).split())


def of_hatch(hatch: Hatch, year: int) -> Iterator[Finding]:
    def finding(severity: Severity, sentence: str, part: str = "hatch") -> Finding:
        return Finding(severity, sentence, hatch.number, part)

    file, length = hatch.file, words_in(hatch.tip)
    if not SHORTEST_TIP <= length <= LONGEST_TIP:
        kind = "kort" if length < SHORTEST_TIP else "långt"
        yield finding("may", f"Tipset är {kind}: {length} ord. {SHORTEST_TIP}–{LONGEST_TIP} ord brukar bli bra.")
    if file.image is None:
        yield finding("should", "Luckan har ingen bild.", "picture")
    elif (weight := len(hatch.images[file.image])) > HEAVIEST_IMAGE:
        sentence = f"Bilden väger {weight // 1000} kB. Gör den mindre än {HEAVIEST_IMAGE // 1000} kB."
        yield finding("should", sentence, "picture")
    if file.image and not hatch.card:
        sentence = "En delad länk visar kalenderns bild i stället för luckans. Byt till ett foto, eller kör make cards."
        yield finding("may", sentence, "picture")
    if file.image and words_in(file.image_alt or "") < SHORTEST_ALT:
        yield finding("should", "Bildbeskrivningen är för kort för att säga vad bilden visar.", "picture")
    if drawings.MINIATURE in hatch.images and not hatch.miniature:
        sentence = f"{drawings.MINIATURE} visas inte: den får bara ha enkla former i åtta färger."
        yield finding("may", sentence, "picture")
    if drawings.FIGURE in hatch.images and not hatch.figure:
        yield finding("may", f"{drawings.FIGURE} visas inte på gatan: den säger mer än en figur får.", "picture")
    parts = {"inga steg": file.steps, "inga fakta": file.facts, "ingen fråga": file.question}
    if lacking := [name for name, part in parts.items() if not part]:
        yield finding("may", f"Luckan har {format_list(lacking, locale='sv')}. Är det meningen?")
    yield from (finding("should", sentence) for sentence in other_years(_said(file, hatch.tip), year))
    for language, each in hatch.translations.items():
        left = other_years(_said(each.file, each.tip), year, f"{hatch.number:02}/{language}.md")
        yield from (finding("should", sentence, "archive") for sentence in left)
    for fact in file.facts:
        if isinstance(fact.year, int) and fact.year < year - OLDEST_FACT:
            yield finding("may", f"Källan ”{fact.source}” är från {fact.year}. Finns det något nyare?")


def _said(file: HatchFile | TranslatedHatch, tip: str) -> str:
    asked = (file.question.text, file.question.explanation) if file.question else ()
    return " ".join((file.title, file.summary, tip, *file.steps, *asked))


def other_years(text: str, year: int, translation: str = "") -> list[str]:
    """Return sentences about years that look left behind from another edition."""
    # No form edits a translation.
    where, how = (f"Översättningen {translation}", " Ändra den i ZIP-filen.") if translation else ("Texten", "")
    phrases = dict.fromkeys(match[0] for match in YEAR_OF_THE_CALENDAR.finditer(text) if year_named(match[0]) != year)
    return [f"{where} säger ”{phrase}”, men kalendern är för {year}.{how}" for phrase in phrases]


def of_texts(edition: Edition) -> Iterator[Finding]:
    file = edition.file
    for remark in edition.remarks:
        yield Finding("must", f"{tell_fault(remark)}.", hatch_of(remark), part_of(remark))
    if not edition.card:
        sentence = "En delad länk till kalendern har ingen bild som visar det som står nu. Kör make cards på en dator."
        yield Finding("may", sentence, part="texts")
    if not file.made:
        yield Finding("should", "Skriv hur texterna och bilderna är gjorda. Det visas på Om kalendern.", part="texts")
    texts = " ".join((file.title, file.theme, file.tagline, edition.before, edition.after))
    yield from (Finding("should", sentence, part="texts") for sentence in other_years(texts, edition.year))
    for language, each in edition.translations.items():
        texts = " ".join((each.title, each.theme, each.tagline, each.before, each.after))
        left = other_years(texts, edition.year, f"{language}.toml")
        yield from (Finding("should", sentence, part="archive") for sentence in left)
    for address in find_example_addresses(edition.about):
        yield Finding("must", f"Adressen {address} är ett exempel. Skriv er egen.", part="texts")


def hatch_of(remark: Fault) -> int:
    """Return the number of the hatch that a remark is about; 0 for edition.toml."""
    folder = remark.file.split("/")[1]
    return int(folder) if folder.isdigit() else 0


def part_of(remark: Fault) -> str:
    if hatch_of(remark):
        return "contest" if remark.field.startswith("contest") else "hatch"
    return {"organiser": "organiser", "privacy": "organiser", "accessibility": "accessibility"}.get(
        remark.field.partition(".")[0], "texts"
    )


def of_contest(edition: Edition) -> Iterator[Finding]:
    contest, number = edition.file_contest, edition.file_contest_number or 0
    for gap in edition.gaps:
        yield gap_finding(gap, number)
    if contest is None:
        yield Finding("may", "Kalendern har ingen tävling.")
        return
    if contest.opens.year != edition.year:
        sentence = f"Tävlingen öppnar {contest.opens.year}, men kalendern är för {edition.year}."
        yield Finding("must", sentence, number, "contest")
    if str(edition.year) not in contest.id and re.search(r"20\d\d", contest.id):
        sentence = f"Tävlingens namn, {contest.id}, är från ett annat år. Det ska vara nytt varje år."
        yield Finding("must", sentence, number, "contest")


def of_municipalities(edition: Edition) -> Iterator[Finding]:
    """Tell what each page lacks, in one line a municipality, in their order: never by number."""
    for each in edition.municipalities.values():
        lacking = [label for label in LINK_LABELS.values() if label not in each.links.given]
        if each.is_blank:
            lacking = ["hälsning och alla länkar"]
        if lacking:
            yield Finding("may", f"{each.name}: {', '.join(lacking)}.", part="municipalities")


def of_statement(statement: Accessibility, today: date) -> Iterator[Finding]:
    if not statement.conformance:
        sentence = "Tillgängligheten är inte bedömd. Prova kalendern, också med skärmläsare, och skriv resultatet."
        yield Finding("must", sentence, part="accessibility")
    for name, day in (("bedömd", statement.assessed), ("ändrad", statement.updated)):
        if day and day > today:
            sentence = f"Tillgänglighetsredogörelsen är {name} {day}, ett datum som ligger framåt i tiden."
            yield Finding("must", sentence, part="accessibility")
    if statement.assessed and statement.assessed < today - ASSESSED_WITHIN:
        sentence = f"Tillgängligheten bedömdes {statement.assessed}, för mer än ett år sedan."
        yield Finding("should", sentence, part="accessibility")


_LINK = re.compile(r'<a\s[^>]*href="([^"]+)"')


def find_everything(edition: Edition) -> list[Finding]:
    """Return everything found about an edition and its server, what must be mended first."""
    dead = {number: links for number in range(25) if (links := dead_links(edition, number))}
    found = [*check_edition(edition, dead, clock.host_date()), *not_read(edition), *used_id(edition)]
    found += server_checks.check_server(server_checks.read_server())
    return sorted(found, key=lambda finding: ("must", "should", "may").index(finding.severity))


def used_id(edition: Edition) -> Iterator[Finding]:
    """Tell whether another contest has used the contest's id, perhaps one whose files are gone."""
    contest = edition.file_contest
    frozen = frozen_contest(contest.id) if contest else None
    if contest and frozen and frozen.year != edition.year:
        sentence = f"Tävlingens id, {contest.id}, är redan använt av tävlingen {frozen.year}. Välj ett nytt."
        yield Finding("must", sentence, edition.file_contest_number or 0, "contest")


def not_read(edition: Edition) -> Iterator[Finding]:
    """Tell what came from elsewhere and has not been read and saved since."""
    for number, origin in edition.unreviewed.items():
        sentence = f"Texten är inte genomgången ({origin}). Läs och spara."
        yield Finding("should", sentence, number, "hatch" if number else "texts")


def _placeholders(hatch: Hatch) -> Iterator[Finding]:
    """Tell which sentences of a blank hatch still stand where its own were to be."""
    texts = set(re.findall(r"Skriv [^\"\n]+\.", BLANK_HATCH))
    said = hatch.file.model_dump_json() + hatch.tip
    for text in sorted(texts):
        if text in said:
            yield Finding("must", f"Här står fortfarande ”{text}”. Skriv er egen text.", hatch.number, "hatch")


def dead_links(edition: Edition, number: int) -> list[str]:
    """Return links in a hatch's tip (or, for 0, in the edition's texts) to pages of ours that do not exist."""
    html = edition.hatches[number].tip if number else edition.before + edition.after + edition.about + edition.tradition
    here = f"/{edition.year}/lucka/{number}" if number else "/"
    links, site = dict.fromkeys(_LINK.findall(html)), current_app.config["PUBLIC_URL"]
    return [link for link in links if not leads_somewhere(urljoin(here, link.removeprefix(site)))]


def leads_somewhere(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return True
    try:
        endpoint, values = current_app.url_map.bind("").match(parts.path or "/")
    except HTTPException:
        return False
    edition = library().editions.get(values["year"]) if "year" in values else None
    if "year" in values and edition is None:
        return False
    return endpoint != "calendar.image" or bool(edition and values["name"] in edition.hatches[values["number"]].images)


@blueprint.get("/beredskap")
def readiness() -> str:
    edition = chosen_edition()
    found = find_everything(edition)
    return render_template(
        "admin/readiness.html",
        edition=edition,
        faults=library().faults,
        findings=found,
        serious=[finding for finding in found if finding.severity != "may"],
        mornings=[(number, preview.morning_address(edition.year, number)) for number in NUMBERS],
    )

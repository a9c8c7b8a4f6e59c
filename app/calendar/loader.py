"""Reads the files of an edition."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from app.calendar.content import NUMBERS, Edition, Hatch, Translation, edition_card
from app.calendar.edition import Contest, EditionFile, HatchFile
from app.calendar.files.faults import ContentError, Fault
from app.calendar.files.markdown import has_picture, to_html
from app.calendar.files.reading import Findings, fault_in, image_name, name_of, read_images, read_page, read_toml
from app.calendar.gaps import find_gaps
from app.calendar.municipality import Municipality
from app.calendar.schedule import opens_at
from app.calendar.translations import TranslatedContest, TranslatedEdition, TranslatedHatch
from app.clock import written_at
from app.languages import EASY, foreign
from app.text import swedish_order

# Only the picture of the hatch has lighter files, a description and a lock of its own.
PICTURE_IN_TEXT = "har en bild i texten, och den visas inte; lägg in den som luckans bild i stället"


# The folder of an edition that has a file for each municipality.
MUNICIPALITIES = "kommuner"
MUNICIPALITY_FILE = re.compile(r"([a-z]+(?:-[a-z]+)*)\.toml")

# The fields of edition.toml that are Markdown and translated.
MARKDOWN = ("before", "after", "about")


def read_edition(folder: Path, demo: bool = False) -> Edition:
    """Return the edition in a folder named after its year. Raises ContentError with every fault in it."""
    # In a demo an example is as good as an address: nothing is sent.
    found = Findings([], [])
    year = int(folder.name)
    hatches = {number: read_hatch_of(folder / f"{number:02}", year, number, found) for number in NUMBERS}
    path = folder / "edition.toml"
    edition = read_toml(path, EditionFile, found)
    images = read_images(folder, found.faults)
    for logo, keys in _logos(edition):
        if logo and logo not in images:
            sentence = f"bilden {logo} finns inte bredvid edition.toml"
            in_form = f"{logo} finns inte på servern; välj bilden igen"
            found.faults.append(fault_in(path, keys, sentence, in_form))
    contests = [hatch for hatch in hatches.values() if hatch and hatch.file.contest]
    for hatch in contests[1:]:
        sentence = "en kalender har bara en tävling"
        found.faults.append(fault_in(folder / f"{hatch.number:02}" / "hatch.md", ("contest",), sentence))
    translations = _read_edition_translations(folder, found)
    municipalities = _read_municipalities(folder, images, found)
    if found.faults or edition is None:
        raise ContentError(found.faults)
    for field in (*MARKDOWN, "tradition"):
        if has_picture(getattr(edition, field)):
            found.remarks.append(fault_in(path, (field,), PICTURE_IN_TEXT))
    return Edition(
        year=year,
        file=edition,
        hatches={number: hatch for number, hatch in hatches.items() if hatch},
        before=to_html(edition.before),
        after=to_html(edition.after),
        about=to_html(edition.about),
        tradition=to_html(edition.tradition),
        images=images,
        card=card if (card := edition_card(year, edition, images)) in images else None,
        translations=translations,
        municipalities=municipalities,
        gaps=_gaps(folder, edition, contests[0], demo) if contests else (),
        remarks=tuple(found.remarks),
    )


def _logos(edition: EditionFile | None) -> Iterator[tuple[str | None, tuple[str | int, ...]]]:
    """Give each logo of an edition, and the keys that lead to it."""
    if edition is not None:
        yield edition.logo, ("logo",)
        yield from ((partner.logo, ("partners", place, "logo")) for place, partner in enumerate(edition.partners))


def _gaps(folder: Path, edition: EditionFile, hatch: Hatch, demo: bool) -> tuple[Fault, ...]:
    """Return what keeps the contest in a hatch closed, with the line where it stands or should."""
    gaps = find_gaps(edition, hatch.file.contest, demo) if hatch.file.contest else []
    files = {"contest": folder / f"{hatch.number:02}" / "hatch.md"}
    return tuple(
        fault_in(files.get(field.partition(".")[0], folder / "edition.toml"), field.split("."), sentence)
        for field, sentence in gaps
    )


def find_reused_id(folder: Path, edition: Edition, others: Iterable[Edition]) -> list[Fault]:
    """Name the id of the edition's contest when another edition has it: entries and draw belong to the id."""
    known = {other.file_contest.id: other.year for other in others if other.file_contest}
    if edition.file_contest is None or edition.file_contest.id not in known:
        return []
    path = folder / f"{edition.file_contest_number:02}" / "hatch.md"
    sentence = f"finns redan i kalendern {known[edition.file_contest.id]}; varje tävling ska ha ett eget"
    return [fault_in(path, ("contest", "id"), sentence)]


def read_hatch(folder: Path, year: int) -> Hatch:
    """Return the hatch in a folder named after its number. Raises ContentError with every fault in it."""
    found = Findings([], [])
    hatch = read_hatch_of(folder, year, int(folder.name), found)
    if found.faults or hatch is None:
        raise ContentError(found.faults)
    return hatch


def read_hatch_of(folder: Path, year: int, number: int, found: Findings) -> Hatch | None:
    path = folder / "hatch.md"
    file, parts = read_page(path, HatchFile, found)
    if not parts:
        return None
    text, tip = parts.string, parts[2]
    if not tip.strip():
        sentence = "själva tipset saknas under huvudet"
        found.faults.append(Fault(name_of(path), text.count("\n") + 1, "", sentence, "saknas"))
    if has_picture(tip):
        line = text[: text.rindex("![")].count("\n") + 1
        found.remarks.append(Fault(name_of(path), line, "", f"tipset {PICTURE_IN_TEXT}"))
    images = read_images(folder, found.faults)
    if file is None:
        return None
    if file.image and file.image not in images:
        sentence = f"bilden {file.image} finns inte i mappen {folder.name}"
        in_form = f"{file.image} finns inte på servern; välj bilden igen"
        found.faults.append(fault_in(path, ("image",), sentence, in_form))
    if file.contest and file.contest.opens < opens_at(year, number):
        found.faults.append(fault_in(path, ("contest", "opens"), "tävlingen kan inte öppna före sin lucka"))
    hatch = Hatch(number, file, to_html(tip), images, written_at(path))
    return replace(hatch, translations=_read_translations(folder, hatch, found))


def _read_translations(folder: Path, hatch: Hatch, found: Findings) -> dict[str, Translation]:
    translations, original, figure = {}, hatch.file, hatch.figure
    for path in (folder / f"{language}.md" for language in (EASY, *foreign())):
        file, parts = read_page(path, TranslatedHatch, found) if path.exists() else (None, None)
        if not file or not parts:
            continue
        options = original.question.options if original.question else ()
        if file.question and len(file.question.options) != len(options):
            # An editor of the Swedish question need not know the other language.
            sentence = "har inte lika många svar som på svenska, så frågan visas på svenska"
            found.remarks.append(fault_in(path, ("question", "options"), sentence))
            file = file.model_copy(update={"question": None})
        if file.contest and not _is_of(file.contest, original.contest):
            sentence = "har inte samma svar eller lika många vinster som på svenska, så tävlingen visas på svenska"
            found.remarks.append(fault_in(path, ("contest",), sentence))
            file = file.model_copy(update={"contest": None})
        if file.figure and (figure is None or file.figure.swedish != figure.words):
            sentence = "är inte samma figur som på svenska, så den beskrivs på svenska"
            found.remarks.append(fault_in(path, ("figure",), sentence))
            file = file.model_copy(update={"figure": None})
        translations[path.stem] = Translation(file, to_html(parts[2]))
    return translations


def _is_of(translated: TranslatedContest, original: Contest | None) -> bool:
    return (
        original is not None
        and translated.swedish == original.options
        and len(translated.options) == len(original.options)
        and len(translated.prizes) == len(original.prizes)
    )


def _read_edition_translations(folder: Path, found: Findings) -> dict[str, TranslatedEdition]:
    translations = {}
    for path in (folder / f"{language}.toml" for language in foreign()):
        if path.exists() and (file := read_toml(path, TranslatedEdition, found)):
            prose = {name: to_html(getattr(file, name)) for name in MARKDOWN}
            translations[path.stem] = file.model_copy(update=prose)
    return translations


def _read_municipalities(folder: Path, images: dict[str, bytes], found: Findings) -> dict[str, Municipality]:
    """Return the files in kommuner by the names in their addresses, in Swedish order."""
    municipalities = {}
    for slug in municipality_slugs(folder):
        path = folder / MUNICIPALITIES / f"{slug}.toml"
        if file := read_toml(path, Municipality, found):
            municipalities[slug] = file
            if file.logo and file.logo not in images:
                sentence = f"bilden {file.logo} finns inte bredvid edition.toml"
                found.faults.append(fault_in(path, ("logo",), sentence))
    return dict(sorted(municipalities.items(), key=lambda pair: swedish_order(pair[1].name)))


def municipality_slugs(folder: Path) -> list[str]:
    """Return the names of the files in an edition's kommuner, without their endings."""
    names = (path.name for path in (folder / MUNICIPALITIES).glob("*.toml"))
    return sorted(match[1] for name in names if (match := MUNICIPALITY_FILE.fullmatch(name)))


_TRANSLATION = re.compile(rf"{EASY}\.md|[a-z]{{2}}\.(md|toml)")


def part_name(name: str) -> str:
    """Return the name of what belongs to a text, a picture or a translation; "" for any other file."""
    return image_name(name) or (name if _TRANSLATION.fullmatch(name) else "")


def is_content(path: Path) -> bool:
    """Check whether an edition is read from a file."""
    if path.parent.name == MUNICIPALITIES:
        return bool(MUNICIPALITY_FILE.fullmatch(path.name))
    return path.name in ("edition.toml", "hatch.md") or bool(part_name(path.name))

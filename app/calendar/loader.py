"""Reads the files of an edition."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.calendar.content import NUMBERS, Edition, Hatch, Translation, edition_card
from app.calendar.edition import Contest, EditionFile, HatchFile
from app.calendar.files.faults import ContentError, Fault, fault_at, line_numbers
from app.calendar.files.markdown import has_picture, to_html
from app.calendar.files.reading import (
    FRONT_MATTER,
    HEAD_MISSING,
    image_name,
    name_of,
    read_images,
    read_model,
    read_text,
)
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
    faults: list[Fault] = []
    remarks: list[Fault] = []
    year = int(folder.name)
    hatches = {number: read_hatch_of(folder / f"{number:02}", year, number, faults, remarks) for number in NUMBERS}
    path = folder / "edition.toml"
    text = read_text(path, faults, remarks)
    edition = None if text is None else read_model(path, EditionFile, faults, remarks, text)
    images = read_images(folder, faults)
    for logo, keys in _logos(edition):
        if logo and logo not in images:
            sentence = f"bilden {logo} finns inte bredvid edition.toml"
            in_form = f"{logo} finns inte på servern; välj bilden igen"
            faults.append(fault_at(name_of(path), line_numbers(text or ""), keys, sentence, in_form))
    contests = [number for number, hatch in hatches.items() if hatch and hatch.file.contest]
    for number in contests[1:]:
        path = folder / f"{number:02}" / "hatch.md"
        line = line_numbers(path.read_text("utf-8-sig")).get("contest", 0)
        faults.append(Fault(name_of(path), line, "contest", "en kalender har bara en tävling"))
    translations = _read_edition_translations(folder, faults, remarks)
    municipalities = _read_municipalities(folder, images, faults, remarks)
    if faults or edition is None:
        raise ContentError(faults)
    for field in (*MARKDOWN, "tradition"):
        if has_picture(getattr(edition, field)):
            lines = line_numbers(text or "")
            remarks.append(Fault(name_of(folder / "edition.toml"), lines.get(field, 0), field, PICTURE_IN_TEXT))
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
        gaps=_gaps(folder, edition, contests[0] if contests else 0, hatches, demo),
        remarks=tuple(remarks),
    )


def _logos(edition: EditionFile | None) -> Iterator[tuple[str | None, tuple[str | int, ...]]]:
    """Give each logo of an edition, and the keys that lead to it."""
    if edition is not None:
        yield edition.logo, ("logo",)
        yield from ((partner.logo, ("partners", place, "logo")) for place, partner in enumerate(edition.partners))


def _gaps(
    folder: Path, edition: EditionFile, number: int, hatches: dict[int, Hatch | None], demo: bool
) -> tuple[Fault, ...]:
    """Return what keeps the contest in hatch `number` closed, with the line where it stands or should."""
    hatch = hatches.get(number)
    if hatch is None or hatch.file.contest is None:
        return ()
    found = []
    for field, sentence in find_gaps(edition, hatch.file.contest, demo):
        table = field.partition(".")[0]
        path = folder / f"{number:02}" / "hatch.md" if table == "contest" else folder / "edition.toml"
        lines = line_numbers(path.read_text("utf-8-sig"))
        found.append(Fault(name_of(path), lines.get(field, lines.get(table, 0)), field, sentence))
    return tuple(found)


def find_reused_id(folder: Path, edition: Edition, others: Iterable[Edition]) -> list[Fault]:
    """Name the id of the edition's contest when another edition has it: entries and draw belong to the id."""
    known = {other.file_contest.id: other.year for other in others if other.file_contest}
    if edition.file_contest is None or edition.file_contest.id not in known:
        return []
    path = folder / f"{edition.file_contest_number:02}" / "hatch.md"
    line = line_numbers(path.read_text("utf-8-sig")).get("contest.id", 0)
    sentence = f"finns redan i kalendern {known[edition.file_contest.id]}; varje tävling ska ha ett eget"
    return [Fault(name_of(path), line, "contest.id", sentence)]


def read_hatch(folder: Path, year: int) -> Hatch:
    """Return the hatch in a folder named after its number. Raises ContentError with every fault in it."""
    faults: list[Fault] = []
    found = read_hatch_of(folder, year, int(folder.name), faults, [])
    if faults or found is None:
        raise ContentError(faults)
    return found


def read_hatch_of(folder: Path, year: int, number: int, faults: list[Fault], remarks: list[Fault]) -> Hatch | None:
    path = folder / "hatch.md"
    text = read_text(path, faults, remarks)
    if text is None:
        return None
    parts = FRONT_MATTER.match(text)
    if not parts:
        faults.append(Fault(name_of(path), 1, "", HEAD_MISSING))
        return None
    file = read_model(path, HatchFile, faults, remarks, parts[1], first_line=2)
    if not parts[2].strip():
        sentence = "själva tipset saknas under huvudet"
        faults.append(Fault(name_of(path), text.count("\n") + 1, "", sentence, "saknas"))
    if has_picture(parts[2]):
        remarks.append(Fault(name_of(path), text[: text.rindex("![")].count("\n") + 1, "", f"tipset {PICTURE_IN_TEXT}"))
    images = read_images(folder, faults)
    lines = line_numbers(parts[1], 2)
    if file and file.image and file.image not in images:
        sentence = f"bilden {file.image} finns inte i mappen {folder.name}"
        in_form = f"{file.image} finns inte på servern; välj bilden igen"
        faults.append(Fault(name_of(path), lines.get("image", 0), "image", sentence, in_form))
    if file and file.contest and file.contest.opens < opens_at(year, number):
        sentence = "tävlingen kan inte öppna före sin lucka"
        faults.append(Fault(name_of(path), lines.get("contest.opens", 0), "contest.opens", sentence))
    if file is None:
        return None
    translations = _read_translations(folder, file, faults, remarks)
    return Hatch(number, file, to_html(parts[2]), images, written_at(path), translations)


def _read_translations(
    folder: Path, original: HatchFile, faults: list[Fault], remarks: list[Fault]
) -> dict[str, Translation]:
    found = {}
    for language in (EASY, *foreign()):
        path = folder / f"{language}.md"
        text = read_text(path, faults, remarks) if path.exists() else None
        if text is None:
            continue
        parts = FRONT_MATTER.match(text)
        if not parts:
            faults.append(Fault(name_of(path), 1, "", HEAD_MISSING))
            continue
        file = read_model(path, TranslatedHatch, faults, remarks, parts[1], first_line=2)
        options = original.question.options if original.question else ()
        if file and file.question and len(file.question.options) != len(options):
            # An editor of the Swedish question need not know the other language.
            line = line_numbers(parts[1], 2).get("question.options", 0)
            sentence = "har inte lika många svar som på svenska, så frågan visas på svenska"
            remarks.append(Fault(name_of(path), line, "question.options", sentence))
            file = file.model_copy(update={"question": None})
        if file and file.contest and not _is_of(file.contest, original.contest):
            line = line_numbers(parts[1], 2).get("contest", 0)
            sentence = "har inte samma svar eller lika många vinster som på svenska, så tävlingen visas på svenska"
            remarks.append(Fault(name_of(path), line, "contest", sentence))
            file = file.model_copy(update={"contest": None})
        if file:
            found[language] = Translation(file, to_html(parts[2]))
    return found


def _is_of(translated: TranslatedContest, original: Contest | None) -> bool:
    return (
        original is not None
        and translated.swedish == original.options
        and len(translated.options) == len(original.options)
        and len(translated.prizes) == len(original.prizes)
    )


def _read_edition_translations(folder: Path, faults: list[Fault], remarks: list[Fault]) -> dict[str, TranslatedEdition]:
    found = {}
    for language in foreign():
        path = folder / f"{language}.toml"
        text = read_text(path, faults, remarks) if path.exists() else None
        file = None if text is None else read_model(path, TranslatedEdition, faults, remarks, text)
        if file:
            prose = {name: to_html(getattr(file, name)) for name in MARKDOWN}
            found[language] = file.model_copy(update=prose)
    return found


def _read_municipalities(
    folder: Path, images: dict[str, bytes], faults: list[Fault], remarks: list[Fault]
) -> dict[str, Municipality]:
    """Return the files in kommuner by the names in their addresses, in Swedish order."""
    found = {}
    for slug in municipality_slugs(folder):
        path = folder / MUNICIPALITIES / f"{slug}.toml"
        text = read_text(path, faults, remarks)
        file = None if text is None else read_model(path, Municipality, faults, remarks, text)
        if file and file.logo and file.logo not in images:
            sentence = f"bilden {file.logo} finns inte bredvid edition.toml"
            faults.append(Fault(name_of(path), line_numbers(text or "").get("logo", 0), "logo", sentence))
        if file:
            found[slug] = file
    return dict(sorted(found.items(), key=lambda pair: swedish_order(pair[1].name)))


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

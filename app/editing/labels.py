"""What an organiser calls the parts of a file, and a file told in those words. Pure."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from app.calendar.files.faults import Fault
from app.calendar.municipality import LINK_LABELS
from app.editing.hatch_file import HatchFileError, parse_hatch, parse_toml
from app.text import lower_first

# By the path of a field in its file, without the places in lists.
LABELS = {
    "title": "Rubrik",
    "summary": "Sammanfattning",
    "image": "Bildfil",
    "image_alt": "Bildbeskrivning",
    "image_credit": "Fotograf och licens",
    "image_focus": "Viktigast i bilden",
    "unreviewed": "Inte genomgången",
    "steps": "Gör så här",
    "tip": "Tips",
    "facts": "Fakta",
    "facts.text": "Påstående",
    "facts.source": "Källa",
    "facts.url": "Källans webbadress",
    "facts.language": "Källans språk",
    "facts.year": "Källans årtal",
    "facts.read": "Läst",
    "facts.effect_unit": "Effektens enhet",
    "facts.effect_least": "Effekt, minst",
    "facts.effect_most": "Effekt, mest",
    "facts.effect_assumes": "Antaganden",
    "question": "Frågan",
    "question.text": "Fråga",
    "question.options": "Alternativ",
    "question.answer": "Rätt svar",
    "question.explanation": "Förklaring",
    "corrections": "Rättelse",
    "corrections.date": "Datum",
    "corrections.wrong": "Det stod",
    "corrections.right": "Det ska stå",
    "contest": "Tävlingen",
    "contest.id": "Tävlingens namn i adresser och listor",
    "contest.question": "Tävlingsfråga",
    "contest.options": "Svarsalternativ",
    "contest.answer": "Rätt svar",
    "contest.opens": "Öppnar",
    "contest.closes": "Stänger",
    "contest.draw_at": "Dragning",
    "contest.minimum_age": "Lägsta ålder",
    "contest.ask_motivation": "Be om en motivering",
    "contest.motivation_question": "Fråga om motiveringen",
    "contest.who_may_enter": "Vem får delta",
    "contest.municipalities": "Kommuner",
    "contest.exclusions": "Vem får inte delta",
    "contest.prizes": "Vinst",
    "contest.prizes.title": "Vinst",
    "contest.prizes.value": "Värde i kronor",
    "contest.prizes.count": "Antal",
    "contest.prizes.sponsor": "Skänkt av",
    "contest.handover": "Så får vinnaren sin vinst",
    "contest.answer_days": "Dagar som vinnaren har på sig att svara",
    "contest.tax": "Om skatt",
    "contest.keep_days": "Dagar som uppgifterna sparas",
    "contest.corrections": "Rättelse",
    "contest.corrections.date": "Datum",
    "contest.corrections.text": "Text",
    "greeting": "Hälsning",
    "website": "Kommunens webbsida",
    "contact": "E-postadress för frågor",
    "lines": "Rad",
    "lines.number": "Luckans nummer",
    "lines.text": "Vad ni berättar",
    "lines.source": "Källans webbadress",
    **{f"links.{name}": label for name, label in LINK_LABELS.items()},
    "theme": "Tema",
    "tagline": "Underrubrik",
    "before": "Text före 1 december",
    "after": "Text efter julafton",
    "about": "Text på sidan Om kalendern",
    "made": "Så är texterna och bilderna gjorda",
    "tradition": "Text om traditionen",
    "bingo": "Arbetsplatsbingo",
    "school_title": "Rubrik på bladet för klassen",
    "school_columns": "Kolumner på bladet för klassen",
    "wall": "Väggens färg",
    "accent": "Accentfärg",
    "logo": "Logotyp",
    "logo_alt": "Vems logotypen är",
    "partners": "Partner",
    "partners.logo": "Logotyp",
    "partners.name": "Namn",
    "partners.website": "Webbadress",
    "organiser": "Arrangören",
    "organiser.name": "Arrangörens namn",
    "organiser.kind": "Typ av arrangör",
    "organiser.organisation_number": "Organisationsnummer",
    "organiser.address": "Postadress",
    "organiser.email": "E-postadress",
    "organiser.witnesses": "Vittnen",
    "privacy": "Personuppgifter",
    "privacy.legal_basis": "Rättslig grund",
    "privacy.joint": "Delat ansvar",
    "privacy.officer": "Dataskyddsombud",
    "privacy.recipients": "Vem som får del av uppgifterna",
    "privacy.transfers": "Länder utanför EU och EES",
    "privacy.winner_kept": "Hur länge vinnarens namn och adress sparas",
    "privacy.erasure_decision": "Gallringsbeslutets diarienummer",
    "accessibility": "Tillgänglighet",
    "accessibility.conformance": "Hur väl kalendern följer lagen",
    "accessibility.method": "Så har vi testat",
    "accessibility.report": "Testrapportens webbadress",
    "accessibility.assessed": "Bedömningen gjordes",
    "accessibility.updated": "Redogörelsen ändrades",
    "accessibility.supervisor": "Tillsynsmyndighet",
    "accessibility.complaint": "Webbadress dit man anmäler",
    "accessibility.shortcomings": "Brist",
    "accessibility.shortcomings.what": "Vad som inte fungerar",
    "accessibility.shortcomings.why": "Varför",
    "accessibility.shortcomings.instead": "Hur man kan göra i stället",
    "accessibility.burdensome": "Oskäligt betungande anpassning",
    "accessibility.outside": "Innehåll som lagen inte gäller",
}


def field_label(field: str) -> str:
    """Return how a fault's field is called, with its place in a list: "facts[2].year" is "Fakta 2, Källans årtal"."""
    path = re.sub(r"\[\d+\]", "", field)
    places = re.findall(r"\[(\d+)\]", field)
    outer = LABELS.get(path.rpartition(".")[0]) if places and not field.endswith("]") else None
    own = LABELS.get(path, field)
    if not places:
        return own
    return f"{outer} {places[0]}, {lower_first(own)}" if outer else f"{own} {places[0]}"


def tell_fault(fault: Fault) -> str:
    """Return a fault in the words of the editor's pages: where it is, how the field is called, what to do."""
    folder = fault.file.split("/")[1] if "/" in fault.file else ""
    where = f"Lucka {int(folder)}" if folder.isdigit() else "Kalenderns texter"
    called = f"{where}, {lower_first(field_label(fault.field))}" if fault.field else where
    return f"{called}: {fault.in_form or fault.message}"


def describe_file(text: str) -> str:
    """Return a file as lines "Rubrik: …" to compare versions by; as it stands when it cannot be parsed."""
    try:
        head, tip = parse_hatch(text) if text.startswith("+++") else (parse_toml(text), "")
    except HatchFileError:
        return text
    return "\n".join(_lines(head)) + (f"\n\n{tip}" if tip else "")


def _lines(table: Mapping[str, object], prefix: str = "") -> Iterator[str]:
    for name, value in table.items():
        for place, part in enumerate(value, 1) if isinstance(value, list) else [(0, value)]:
            field = f"{prefix}{name}" + (f"[{place}]" if place else "")
            if isinstance(part, Mapping):
                yield from _lines(part, f"{field}.")
            else:
                yield f"{field_label(field)}: {in_words(part)}"


def in_words(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return str(value).strip()


Kind = Literal["same", "gone", "new"]
# Lines shown as they are around a change.
_AROUND = 1


class Piece(NamedTuple):
    kind: Kind
    text: str


def diff_lines(old: str, new: str) -> list[list[Piece]]:
    """Paragraphs of pieces, each with its line breaks: only what differs, and a line around it."""
    # Empty when alike.
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(_AROUND)
    return [
        [
            piece
            for kind, start, end, first, last in group
            for piece in _pieces(kind == "equal", "".join(before[start:end]), "".join(after[first:last]))
        ]
        for group in groups
    ]


def _pieces(same: bool, old: str, new: str) -> Iterator[Piece]:
    if same:
        yield Piece("same", old)
        return
    words, others = re.findall(r"\w+|\s+|\W", old), re.findall(r"\w+|\s+|\W", new)
    for kind, start, end, first, last in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(words[start:end]))
            continue
        if start < end:
            yield Piece("gone", "".join(words[start:end]))
        if first < last:
            yield Piece("new", "".join(others[first:last]))

"""The archive package of a contest: what is to be kept, in files that can be read and checked without the calendar."""

# It holds neither address nor code, so it is the same before and after the erasure but for the record of that.

from collections.abc import Collection, Iterator
from textwrap import wrap

from app import audit
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import files
from app.draw.models import DrawnValue, LockedList
from app.privacy import erasure
from app.privacy.models import Erasure
from app.spec.lines import format_time
from app.web.zip_stream import File, stream_zip

# Each file that a package can have.
FILES = {
    "tavling.txt": "Villkoren, låsta när tävlingen öppnade: tider, antal vinster och vilket slumptal som avgör.",
    "regler.txt": "Reglerna, låsta när tävlingen öppnade.",
    "lista.txt": "Alla lotter, med eller strukna.",
    "lasbevis.txt": "Vad som låstes, när, det rätta svaret och vilket slumptal som avgör.",
    "protokoll.json": "Slumptalet, fröet, ordningen mellan lotterna och vad det blev av dem som stod på tur.",
    "logg.txt": "Allt som har hänt i tävlingen. Varje rad är en kontrollsumma, ett mellanslag och en post.",
    "gallring.txt": "Gallringsprotokollet: vad som raderades, när och med vilket beslut.",
    "verifiera.py": "Programmet som räknar om dragningen. Det behöver bara Python och hämtar inget.",
    "SHA256SUMS": "Kontrollsummor för alla filer i paketet.",
}
NOT_YET = {
    "lista.txt": "Kommer när listan är låst.",
    "lasbevis.txt": "Kommer när listan är låst.",
    "protokoll.json": "Kommer när dragningen är gjord.",
    "logg.txt": "Inget har hänt ännu.",
    "gallring.txt": "Uppgifterna om deltagarna är inte gallrade.",
}
_REHEARSAL = "ÖVNING. Inget i det här paketet är på riktigt."
_SUMS = """Så ser du att inget har ändrats
-------------------------------
Öppna ett kommandofönster i mappen och skriv:

    sha256sum -c SHA256SUMS

På en Mac: shasum -a 256 -c SHA256SUMS. Varje rad ska sluta med OK. I Windows
visar Get-FileHash i PowerShell summan för en fil i taget: jämför med listan.
"""
_RECOUNT = """Så räknar du om dragningen
--------------------------
Skriv i samma fönster:

    python verifiera.py . --kontrollsumma SUMMA

SUMMA är kontrollsumman i ett mejl om låsningen, som kom före slumptalet.
Sist ska det stå: Allt stämmer. För det behövs också: pip install py_ecc.
"""
_CHAIN = """Så kontrollerar du loggen
-------------------------
Varje kontrollsumma är SHA-256 av tre rader: oppen-dragning/v2/logg,
kontrollsumman på raden före (för den första 64 nollor) och posten. Varje rad
slutar med LF. Kontrollsumman i låsbeviset ska finnas i loggen.
"""
_KNOWN = (
    "Här finns inga namn, adresser eller kvittokoder. Men loggen säger när varje svar kom, och "
    "den som har en kvittokod kan hitta sitt svar. Lägg därför inte ut paketet förrän uppgifterna är gallrade."
)
_ERASED = "Uppgifterna om deltagarna är gallrade. Inget i paketet säger vem som deltog."


def archive_readme(contest_id: str, last_act: str, names: Collection[str], rehearsal: bool) -> str:
    """Return the text for a package with these files. `last_act` is the time of the newest act in it."""
    there = {kind for kind in FILES if kind == "SHA256SUMS" or any(name.startswith(kind) for name in names)}
    parts = [_REHEARSAL] if rehearsal else []
    parts += [f"Arkivpaket för tävlingen {contest_id}", f"Så som det var {last_act} (UTC), då det senaste hände."]
    parts.append(_listed("Vad som finns här", {kind: FILES[kind] for kind in FILES if kind in there}))
    parts.append(_listed("Vad som inte finns", {kind: why for kind, why in NOT_YET.items() if kind not in there}))
    parts += [_SUMS, *([_RECOUNT] if "protokoll.json" in there else []), *([_CHAIN] if "logg.txt" in there else [])]
    parts.append(_headed("Personuppgifter") + _wrapped(_ERASED if "gallring.txt" in there else _KNOWN, ""))
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _listed(heading: str, files: dict[str, str]) -> str:
    return _headed(heading) + "\n\n".join(f"{name}\n{_wrapped(text, '    ')}" for name, text in files.items())


def _headed(heading: str) -> str:
    return f"{heading}\n{'-' * len(heading)}\n"


def _wrapped(text: str, indent: str) -> str:
    return "\n".join(wrap(text, 78, initial_indent=indent, subsequent_indent=indent))


def archive_name(contest: FrozenContest) -> str:
    """Return what the package is called, and the folder in it."""
    return f"arkivpaket-{contest.id}"


def archive_parts(contest: FrozenContest) -> Iterator[bytes]:
    """Give the package as a ZIP in parts; the same content gives the same bytes."""
    latest = audit.latest_record(contest.id)
    at = latest.time or contest.opens
    found = [*_files(contest, latest.number)]
    text = archive_readme(contest.id, format_time(at), [path for path, _ in found], contest.is_rehearsal)
    return stream_zip(archive_name(contest), [("README.txt", [text]), *found], at)


def _files(contest: FrozenContest, number: int) -> Iterator[File]:
    yield "tavling.txt", [contest.terms]
    yield "regler.txt", [contest.rules]
    if lock := db.session.get(LockedList, contest.id):
        yield "lista.txt", files.locked_list(contest.id)
        yield "lasbevis.txt", [lock.proof]
    if db.session.get(DrawnValue, contest.id):
        yield "protokoll.json", files.protocol(contest)
    if number:
        yield "logg.txt", audit.log_lines(contest.id, number)
    if record := db.session.get(Erasure, contest.id):
        note = erasure.note_of(contest.id)
        told = f"{erasure.describe_erasure(record)}\nNär: {format_time(record.erased_at)}\n"
        yield "gallring.txt", [told + (f"Gjordes av: {note.ordered_by}\n" if note else "")]
    yield "verifiera.py", [files.verifier_source()]

"""README.txt of the archive package: what each file is, what is not there yet, and how to check it. Pure."""

from collections.abc import Collection
from textwrap import wrap

FILES = {
    "regler/": "Alla versioner av reglerna, från det att tävlingen öppnade. Nya versioner har högre nummer.",
    "regler.txt": "Reglerna när listan låstes. Det är de som låsbeviset går i god för.",
    "lista.txt": "Alla lotter, med eller strukna: den låsta listan, eller före låsningen listan vid senaste midnatt.",
    "lasbevis.txt": "Vad som låstes, när, och vilket slumptal som avgör.",
    "protokoll.json": "Slumptalet, fröet, ordningen mellan lotterna och vad det blev av dem som stod på tur.",
    "forankringar.txt": "Vilka som har fått låsbevisets kontrollsumma, när, och under vilken beteckning. I loggen står "
    "SHA-256 av mottagare, skickad och beteckning, var för sig på en rad.",
    "dagar.txt": "För varje dag: antal lotter, listans kontrollsumma och loggens kontrollsumma.",
    "listor/": "Listan som den såg ut vid midnatt, en fil för varje dag då den ändrades.",
    "logg.txt": "Allt som har hänt i tävlingen. Varje rad är en kontrollsumma, ett mellanslag och en post.",
    "gallring.txt": "Gallringsprotokollet: vad som raderades, när och med vilket beslut.",
    "verifiera.py": "Programmet som räknar om dragningen. Det behöver bara Python och hämtar inget.",
    "SHA256SUMS": "Kontrollsummor för alla filer i paketet.",
}
"""Each file, or folder of files, that a package can have."""
NOT_YET = {
    "regler/": "Reglerna sparas när tävlingen öppnar.",
    "regler.txt": "Kommer när listan är låst.",
    "lista.txt": "Den första listan görs vid midnatt efter att tävlingen har öppnat.",
    "lasbevis.txt": "Kommer när listan är låst.",
    "protokoll.json": "Kommer när listan är låst, och blir fullständigt efter dragningen.",
    "forankringar.txt": "Ingen förankring är antecknad.",
    "dagar.txt": "Den första dagen visas efter midnatt.",
    "listor/": "Inga tidigare listor skiljer sig från lista.txt, eller så är de för stora för paketet. De går att göra "
    "om från loggen: ta posterna fram till dagens kontrollsumma i dagar.txt.",
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

    python verifiera.py

Sist ska det stå: Allt stämmer.
"""
_CHAIN = """Så kontrollerar du loggen
-------------------------
Varje kontrollsumma är SHA-256 av tre rader: oppen-dragning/v1/logg,
kontrollsumman på raden före (för den första 64 nollor) och posten. Varje rad
slutar med LF. Kontrollsummorna i dagar.txt ska finnas i loggen.
"""
_KNOWN = (
    "Här finns inga namn, adresser eller kvittokoder. Men loggen säger när varje bidrag kom och varför det ströks, och "
    "den som har ett kvitto kan hitta sitt bidrag. Lägg därför inte ut paketet förrän uppgifterna är gallrade."
)
_ERASED = "Uppgifterna om deltagarna är gallrade. Inget i paketet säger vem som deltog."


def readme(contest_id: str, last_act: str, names: Collection[str], rehearsal: bool) -> str:
    """The text for a package with these files. `last_act` is the time of the newest act in it."""
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

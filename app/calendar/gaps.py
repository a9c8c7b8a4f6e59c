"""What must be filled in before a contest opens. Pure."""

import re

from app.calendar.edition import AUTHORITY, Contest, EditionFile
from app.calendar.fields import Part

_OR_CLOSED = ", annars öppnar inte tävlingen"
EMPTY = f"fyll i fältet{_OR_CLOSED}"
DECISION = f"skriv gallringsbeslutets diarienummer, för en myndighet gallrar inte utan beslut{_OR_CLOSED}"
OFFICER = f"skriv dataskyddsombudets egen adress, för kalenderns läser andra också{_OR_CLOSED}"
# Names that reach no one: RFC 2606 and 6761, with example.se of the same kind, and the word in Swedish.
_RESERVED = ("example", "invalid", "test")
_EXAMPLES = {f"{name}.{top}" for name in ("example", "exempel") for top in ("com", "net", "org", "se")}


def find_example_addresses(text: str) -> list[str]:
    """Return the addresses in a text that are only examples, each once."""
    words = (word.strip(".-") for word in re.findall(r"[\w.@+-]+", text))
    return list(dict.fromkeys(word for word in words if is_example(word.rpartition("@")[2].casefold())))


def is_example(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 1 and (labels[-1] in _RESERVED or ".".join(labels[-2:]) in _EXAMPLES)


def find_gaps(file: EditionFile, contest: Contest, demo: bool) -> list[tuple[str, str]]:
    """Return each field that keeps the contest closed, and why; in a demo an example is as good as an address."""
    return [*(find_organiser_gaps(file, demo) | {f"contest.{name}": EMPTY for name in contest.empty()}).items()]


def find_organiser_gaps(file: EditionFile, demo: bool) -> dict[str, str]:
    """Return each field that people must be able to read before they leave an address, and what is wrong with it."""
    parts: dict[str, Part] = {"organiser": file.organiser, "privacy": file.privacy}
    found = {f"{table}.{name}": EMPTY for table, part in parts.items() for name in part.empty()}
    if file.organiser.kind == AUTHORITY and not file.privacy.erasure_decision:
        found["privacy.erasure_decision"] = DECISION
    if file.organiser.email.casefold() in file.privacy.officer.casefold():
        found["privacy.officer"] = OFFICER
    for table, part in {} if demo else parts.items():
        for name, value in part.model_dump().items():
            for address in find_example_addresses(value if isinstance(value, str) else " ".join(value))[:1]:
                found[f"{table}.{name}"] = f"{address} är ett exempel; skriv er egen adress{_OR_CLOSED}"
    return found


_CASH = re.compile(r"presentkort|kontant|pengar|swish|kupong|värdebevis|\bkronor\b|\bkr\b", re.IGNORECASE)
_STAFF = re.compile(r"\banställda?\b|\bpersonal(en)?\b|\bmedarbetare\b", re.IGNORECASE)


def advice(contest: Contest) -> list[str]:
    """Swedish sentences about tax, where prizes or participants are of a kind that other rules may be about."""
    found = [
        f"Vinsten ”{prize.title}” liknar pengar. Fråga er ekonom om skatt och kontrolluppgift innan tävlingen öppnar."
        for prize in contest.prizes
        if _CASH.search(prize.title)
    ]
    if _STAFF.search(contest.who_may_enter):
        found.append("Tävlingen ser ut att vara för anställda. Då kan vinsten vara skattepliktig. Fråga er ekonom.")
    return found

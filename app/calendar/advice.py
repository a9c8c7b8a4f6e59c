"""What an organiser should think over before the contest opens; nothing here stops it. Pure."""

import re

from app.calendar.schema import Contest

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

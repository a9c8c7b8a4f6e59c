"""The contest's rules in English, from the same fields as the Swedish ones, which are in force. Pure."""

from collections.abc import Mapping

from babel.lists import format_list
from babel.numbers import format_decimal

from app.calendar.edition import Contest, Organisation
from app.calendar.translations import TranslatedContest
from app.contest import rules
from app.contest.rules import OF_AGE, Section
from app.spec.record import SKIP_REASONS
from app.text import swedish

_GUARDIAN = "If you are under 18, your guardian must agree that you take part, and receive the prize for you."
_BLANK = "(not filled in yet)"
_COSTS_NOTHING = "It costs nothing to take part and no purchase is required."
NEVER_ASKED = "We never ask for card numbers, BankID or payment."
HOW_DRAWN = (
    "The winner is decided by a random number from an independent service. The time was set when the contest opened. "
    "The number did not exist then, so no one could know it or influence it."
)
_SOURCE = "The service is called drand and is described at docs.drand.love."
_SKIPS = {
    "svarar inte": "does not answer",
    "tackar nej": "declines",
    "inte behörig": "not eligible",
    "återkallad": "withdrawn",
}


class Swedish(str):
    """A paragraph that there is in Swedish only."""

    __slots__ = ()
    lang = "sv"


def age_terms(minimum_age: int) -> str:
    least = f"You must be {minimum_age} or older." if minimum_age else "You may take part whatever your age."
    return least if minimum_age >= OF_AGE else f"{least} {_GUARDIAN}"


def rules_sections(
    contest: Contest, organisation: Organisation, translated: TranslatedContest | None, free: Mapping[str, str]
) -> list[Section]:
    """Return the rules as (heading, paragraphs); `free` are the organiser's own paragraphs that are translated."""
    return [
        *_taking_part(contest, organisation, translated, free),
        *_winning(contest, translated, free),
        *_afterwards(contest, organisation, free),
    ]


def _own(contest: Contest, free: Mapping[str, str], name: str) -> str:
    """Return a paragraph of the organiser's own."""
    if not (frozen := getattr(contest, name)):
        return _BLANK
    return free.get(name) or Swedish(frozen)


def _taking_part(
    contest: Contest, organisation: Organisation, translated: TranslatedContest | None, free: Mapping[str, str]
) -> list[Section]:
    number = organisation.organisation_number or _BLANK
    question, options = (translated or contest).question, ", ".join((translated or contest).options)
    listed = format_list(contest.municipalities, locale="en_GB")
    choose = f"You choose between {options}. One of the answers is right."
    return [
        (
            "Organiser",
            [f"{organisation.name}, organisation number {number}. Address: {organisation.address or _BLANK}."],
        ),
        ("The question", [f"{question} {choose}"] if translated else [Swedish(question), choose]),
        (
            "Who may take part?",
            [
                _own(contest, free, "who_may_enter"),
                *([f"The municipalities are: {listed}."] if contest.municipalities else []),
                f"{age_terms(contest.minimum_age)} {_COSTS_NOTHING}",
                _own(contest, free, "exclusions"),
            ],
        ),
        (
            "How to take part",
            [
                f"The contest is open from {swedish(contest.opens)} to {swedish(contest.closes)}, Swedish time.",
                "You take part with the form in the calendar. If you need to do it in another way, write to the "
                "organiser.",
                "If your answer was wrong you can send another, right one. A person has at most one ticket in the "
                "draw: the first with a right answer.",
                "You can withdraw your answer whenever you want, with the link in the e-mail that you get.",
                *(("The motivation is optional and decides nothing.",) if contest.ask_motivation else ()),
            ],
        ),
    ]


def _winning(contest: Contest, translated: TranslatedContest | None, free: Mapping[str, str]) -> list[Section]:
    titles = translated.prizes if translated else ()
    prizes: list[str] = [
        f"{prize.count} × {title}, worth {format_decimal(prize.value, locale='en_GB')} kronor."
        + (f" Given by {prize.sponsor}." if prize.sponsor else "")
        for prize, title in zip(contest.prizes, titles, strict=False)
    ]
    prizes = prizes or [Swedish(rules.prize_line(prize)) for prize in contest.prizes] or [_BLANK]
    prizes += [_own(contest, free, "handover")] if contest.handover else []
    skips = ", ".join(_SKIPS[reason] for reason in SKIP_REASONS)
    return [
        ("Prizes", prizes),
        (
            "How the winner is chosen",
            [
                "The winner is drawn by lot among all who have answered right, with the method Öppen dragning (open "
                f"draw) v2. {HOW_DRAWN} {_SOURCE}",
                f"The time is {swedish(contest.draw_at)}, Swedish time. Twelve hours before, the list of tickets is "
                "locked, and all who are in it get the checksum of the list by e-mail.",
                "Before the locking the organiser may strike out those who are employed by the organiser or have sent "
                "an obviously false answer. Those who are struck out are told by e-mail.",
                "The result is shown on the calendar’s page about the draw as soon as it has been made, where anyone "
                "can check it. If the number cannot be fetched, the draw waits until it can. Should the contest have "
                "to be cancelled, the reason is on the same page.",
            ],
        ),
        (
            "How we contact the winner",
            [
                "We write to the e-mail address that the answer was sent with, as soon as the draw has been made. The "
                f"winner has {contest.answer_days or _BLANK} days to reply, counted from our first e-mail. "
                f"{NEVER_ASKED}",
                f"The prize goes on to the next on the list only for one of these reasons: {skips}. Every such change "
                "is public. Those who may not take part by the rules are not eligible.",
                "The first on the list gets the first prize, the second the second. If no one is left on the list the "
                "prize lapses.",
                "The winner’s ticket is public. We show the name only if the winner agrees to it.",
            ],
        ),
    ]


def _afterwards(contest: Contest, organisation: Organisation, free: Mapping[str, str]) -> list[Section]:
    return [
        ("Tax", [_own(contest, free, "tax")]),
        (
            "Your personal data",
            [
                "We use your e-mail address to send e-mail about the contest, keep the answers in order and reach the "
                f"winner, nothing else. The data is erased {contest.keep_days} days after the last prize has been "
                "handed out. All about how we handle it is on the calendar’s page Personal data."
            ],
        ),
        (
            "Questions and complaints",
            [
                f"Write to {organisation.name}, {organisation.address or _BLANK}. The e-mail address is on the page "
                "About the calendar."
            ],
        ),
    ]

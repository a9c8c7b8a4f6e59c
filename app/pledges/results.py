"""What the counts of an edition add up to: shares, pledges and their effect. Pure."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.calendar.content import Edition
from app.calendar.edition import Fact, HatchFile
from app.pledges.models import Kind, Reply

# Fewer answers than this say more about those who gave them than about the question.
FEWEST_ANSWERS = 20
# From this many on a page says the number: it is a minute old, which a smaller number would show.
FEWEST_PLEDGES = 10
# How a January form ended: with at least one of the tips ticked, or with none.
SOME, NONE = "some", "none"


def percent(part: int, whole: int) -> int:
    """Return a share in whole percent, half a percent upwards."""
    return (200 * part + whole) // (2 * whole)


def rounded(value: float) -> float:
    """Return two digits of a number: more would be more exact than what it was counted from."""
    return round(value, 1 - math.floor(math.log10(value))) if value else 0


@dataclass(frozen=True)
class AnswerCount:
    """How often each option of a question was chosen, in their order, and which of them is right (from 0)."""

    chosen: tuple[int, ...]
    right: int

    @property
    def total(self) -> int:
        return sum(self.chosen)

    @property
    def is_enough(self) -> bool:
        return self.total >= FEWEST_ANSWERS

    @property
    def shares(self) -> list[int]:
        """The options in percent; only of enough answers."""
        return [percent(count, self.total) for count in self.chosen]


def count_answers(replies: Counter[Reply], year: int, number: int, file: HatchFile) -> AnswerCount:
    if file.question is None:
        return AnswerCount((), 0)
    options = file.question.options
    chosen = (replies[Reply(year, "answer", number, str(place))] for place, _ in enumerate(options, 1))
    return AnswerCount(tuple(chosen), options.index(file.question.answer))


def by_hatch(replies: Counter[Reply], kind: Kind) -> Counter[int]:
    """Return how often a kind of reply was sent for each hatch, or for number 0."""
    found: Counter[int] = Counter()
    for reply, count in replies.items():
        if reply.kind == kind:
            found[reply.number] += count
    return found


@dataclass(frozen=True)
class FollowUp:
    """The forms of January: how many were sent, and how many of them with at least one tip that is still done."""

    sent: int
    held: int

    @property
    def share(self) -> int | None:
        """In percent; None of too few."""
        return percent(self.held, self.sent) if self.sent >= FEWEST_ANSWERS else None


def count_follow_ups(replies: Counter[Reply], year: int) -> FollowUp:
    held, none = (replies[Reply(year, "follow_up", 0, outcome)] for outcome in (SOME, NONE))
    return FollowUp(held + none, held)


@dataclass(frozen=True)
class Effect:
    """What pledges change, in one unit, as an interval."""

    unit: str
    least: float
    most: float


def facts_with_effect(edition: Edition, numbers: Sequence[int]) -> list[tuple[int, Fact, Effect]]:
    """Return what the method page accounts for, of these hatches."""
    # A fact has all three parts of an effect or none.
    return [
        (number, fact, Effect(fact.effect_unit, fact.effect_least, fact.effect_most))
        for number in numbers
        for fact in edition.hatches[number].file.facts
        if fact.effect_unit and fact.effect_least is not None and fact.effect_most is not None
    ]


def sum_effects(edition: Edition, pledges: Mapping[int, int]) -> list[Effect]:
    """Return what all pledges of an edition change together, each unit for itself; nothing where no fact says."""
    sums: dict[str, Effect] = {}
    for number, _, effect in facts_with_effect(edition, sorted(number for number, count in pledges.items() if count)):
        so_far, count = sums.get(effect.unit, Effect(effect.unit, 0, 0)), pledges[number]
        least, most = so_far.least + count * effect.least, so_far.most + count * effect.most
        sums[effect.unit] = Effect(effect.unit, least, most)
    return list(sums.values())


@dataclass(frozen=True)
class HatchResult:
    """The numbers of an open hatch; `right` is in percent, None of too few answers."""

    number: int
    title: str
    visits: int
    answers: int
    right: int | None
    pledges: int
    kept: int


@dataclass(frozen=True)
class Result:
    """The numbers of a season; `entries` None until the list is locked."""

    edition: Edition
    visits: int
    entries: int | None
    hatches: tuple[HatchResult, ...]
    answers: int
    right: int | None
    pledges: int
    follow_up: FollowUp
    effects: tuple[Effect, ...]


def season_result(
    edition: Edition,
    numbers: Sequence[int],
    replies: Counter[Reply],
    visits: Mapping[int, int],
    entries: int | None,
) -> Result:
    """Add up a season. `numbers` are the open hatches; `visits` are by hatch, 0 for the calendar itself."""
    year = edition.year
    answers = {n: count_answers(replies, year, n, edition.hatches[n].file) for n in numbers}
    pledges, kept = by_hatch(replies, "pledge"), by_hatch(replies, "kept")
    total = sum(each.total for each in answers.values())
    right = sum(each.chosen[each.right] for each in answers.values() if each.chosen)
    return Result(
        edition=edition,
        visits=sum(visits.values()),
        entries=entries,
        hatches=tuple(
            HatchResult(
                number=n,
                title=edition.hatches[n].file.title,
                visits=visits.get(n, 0),
                answers=answers[n].total,
                right=answers[n].shares[answers[n].right] if answers[n].is_enough else None,
                pledges=pledges[n],
                kept=kept[n],
            )
            for n in numbers
        ),
        answers=total,
        right=percent(right, total) if total >= FEWEST_ANSWERS else None,
        pledges=sum(pledges.values()),
        follow_up=count_follow_ups(replies, year),
        effects=tuple(sum_effects(edition, pledges)),
    )

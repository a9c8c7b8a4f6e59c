"""What a contest says in the language of the page. What is sent, stored and drawn is what was frozen, in Swedish."""

from dataclasses import dataclass

from flask import Flask, current_app

from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.calendar.translations import TranslatedContest
from app.contest.terms import FrozenContest
from app.languages import SWEDISH, current, tag, translate

# What the rules lay down word for word: where a file says something else by now, its translation does too.
_TRANSLATED = ("question", "options", "prizes", "motivation_question")


@dataclass(frozen=True)
class Words:
    """The contest as it is shown, and the language (BCP 47) that it is in; `options` are by the frozen ones."""

    language: str
    question: str
    options: dict[str, str]
    prizes: str
    motivation_question: str

    def answer(self, frozen: str) -> str:
        """Return an option as it is shown, with the frozen one after it where they differ."""
        shown = self.options.get(frozen, frozen)
        return shown if shown == frozen else f"{shown} ({frozen})"


def translation_of(edition: Edition, contest: Contest) -> TranslatedContest | None:
    """Return the contest in the current language; None where it is not translated, or was changed since."""
    number, file = edition.file_contest_number, edition.file_contest
    hatch = edition.hatches[number].translations.get(current()) if number else None
    found = hatch.file.contest if hatch else None
    if not found or any(getattr(file, name) != getattr(contest, name) for name in _TRANSLATED):
        return None
    asks_more = contest.ask_motivation and contest.motivation_question == translate(contest.motivation_question)
    return None if asks_more and not found.motivation_question else found


def own_paragraphs(edition: Edition, contest: Contest) -> dict[str, str]:
    """Return the organiser's paragraphs in the rules that are translated, by field, if they are still the frozen."""
    found, file = translation_of(edition, contest), edition.file_contest
    names = ("who_may_enter", "exclusions", "handover", "tax")
    return {name: getattr(found, name) for name in names if found and getattr(file, name) == getattr(contest, name)}


def words_of(edition: Edition, contest: Contest) -> Words:
    """Return what the contest says in the current language, or in Swedish."""
    found = translation_of(edition, contest)
    language, shown, options = SWEDISH, contest, contest.options
    if found:
        titles = zip(contest.prizes, found.prizes, strict=True)
        prizes = tuple(prize.model_copy(update={"title": title}) for prize, title in titles)
        language, shown, options = tag(current()), contest.model_copy(update={"prizes": prizes}), found.options
    return Words(
        language,
        found.question if found else contest.question,
        dict(zip(contest.options, options, strict=True)),
        shown.prizes_named,
        (found and found.motivation_question) or translate(contest.motivation_question),
    )


def words_of_frozen(contest: FrozenContest) -> Words | None:
    """Return what the contest says in the current language; None where its edition is gone from the files."""
    edition = current_app.extensions["library"].editions.get(contest.year)
    return words_of(edition, contest) if edition else None


def init_app(app: Flask) -> None:
    app.add_template_global(words_of, "words_of")

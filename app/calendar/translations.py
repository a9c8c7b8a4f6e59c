"""The shape of what is written in other languages: a hatch, its question, contest and figure, an edition. Pure."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.calendar.edition import Question
from app.calendar.fields import Blank, Line, OneLine, Options, Part, Prose


class TranslatedQuestion(Part):
    """The question in another language; its options in the same order."""

    text: Line
    options: Options
    explanation: Line

    def of(self, question: Question) -> Question:
        """Return the question as it is asked in that language."""
        answer = self.options[question.options.index(question.answer)]
        return Question(text=self.text, options=self.options, answer=answer, explanation=self.explanation)


class TranslatedContest(Part):
    """What the contest's form and rules say in another language; options and prizes in the same order."""

    # `swedish` are the options that it translates: a ticket must never carry another than its sender read.

    swedish: Options
    question: Line
    options: Options
    prizes: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    motivation_question: Line | None = None
    who_may_enter: Blank = ""
    exclusions: Blank = ""
    handover: Blank = ""
    tax: Blank = ""


class TranslatedFigure(Part):
    """Who comes to the street, in another language; `swedish` are the words that it translates."""

    swedish: Line
    words: Line


class TranslatedHatch(Part):
    """The front matter of a lattlast.md, or of one that is named after its language, as en.md."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=80), OneLine]
    summary: Annotated[str, StringConstraints(min_length=1, max_length=200), OneLine]
    image_alt: Line | None = None
    steps: Annotated[tuple[Line, ...], Field(max_length=8)] = ()
    question: TranslatedQuestion | None = None
    contest: TranslatedContest | None = None
    figure: TranslatedFigure | None = None


class TranslatedEdition(Part):
    """What stands in en.toml, or another language's, of edition.toml."""

    title: Line
    theme: Line
    tagline: Line
    before: Prose
    after: Prose
    about: Prose
    # Of the notice of personal data; Swedish where they are empty.
    legal_basis: Blank = ""
    joint: Blank = ""
    recipients: Blank = ""
    transfers: Blank = ""
    winner_kept: Blank = ""

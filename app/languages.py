"""The languages that the calendar speaks: Swedish, easy Swedish, and one for each catalogue in app/translations.

What the frame of a page says is written in Swedish in the templates; a catalogue (gettext) has it in its language.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, g, has_app_context

SWEDISH, EASY = "sv", "lattlast"
_CATALOGUES = Path(__file__).with_name("translations")
# Where a language has several ways to write a date.
_LOCALES = {"en": "en_GB", EASY: "sv"}


@lru_cache
def foreign() -> tuple[str, ...]:
    """Return the codes (ISO 639-1) of the languages that there is a catalogue of."""
    return tuple(sorted(file.stem for file in _CATALOGUES.glob("[a-z][a-z].po")))


def current() -> str:
    """Return the language of the page that is being made; Swedish where there is no page."""
    language: str = g.get("language", SWEDISH) if has_app_context() else SWEDISH
    return language


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have what is written meanwhile be in a language: a mail, or what is Swedish whatever the page is in."""
    before = current()
    g.language = language
    try:
        yield
    finally:
        g.language = before


def tag(language: str) -> str:
    """Return a language as HTML wants it (BCP 47)."""
    return SWEDISH if language == EASY else language


def locale() -> str:
    """Return the name under which Babel knows the current language."""
    return _LOCALES.get(current(), current())


@lru_cache
def _catalogue(language: str) -> dict[str, str]:
    # It takes an eighth of a second, for the first page in another language.
    from babel.messages.pofile import read_po

    with (_CATALOGUES / f"{language}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


def translate(text: str) -> str:
    """Return a text of ours in the current language; as it is when the catalogue does not have it."""
    language = current()
    return _catalogue(language).get(text, text) if language in foreign() else text


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogues that is translated where it is shown."""
    return text


def _translate_one(singular: str, plural: str, count: int) -> str:
    return translate(singular if count == 1 else plural)


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    environment: Any = app.jinja_env
    environment.install_gettext_callables(translate, _translate_one, newstyle=True)
    # Unlike _(), it leaves what stands in the text to be escaped.
    app.add_template_filter(translate, "translated")
    app.add_template_global(current, "language")
    app.add_template_global(tag, "language_tag")

"""What people type and files say, as it is taken, and how Swedish writes it."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask

from app import clock
from app.clock import SWEDEN
from app.languages import locale, translate

# What XML 1.0 (2.2), and so every feed, may carry, but for what HTML reads as something else, Unicode's own line ends,
# and its 66 non-characters (23.7), two of them at the end of each plane.
_PLANES = "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
_NOT_CARRIED = re.compile(f"[^\t\n\r -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd{_PLANES}]")
# Of these, what ends a line, a column, a cell or a page in other programs, so that a word ends there too.
_ENDS_A_WORD = "\x07\v\f\x0e\x1c\x1d\x85\u2028\u2029"
# How Word copies its hyphen that does not break.
_HYPHEN = "\x1e"
# Unicode's Default_Ignorable_Code_Point that are not of the category Cf, and the empty braille cell.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")


def tidy(text: str) -> str:
    """Return a text in NFC, with plain line ends and only characters that every output can carry."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NOT_CARRIED.sub(_carried, unicodedata.normalize("NFC", plain))


def _carried(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in _ENDS_A_WORD:
        return " "
    if sign == _HYPHEN:
        return "-"
    # Read as HTML does (WHATWG, 13.2.5.80): a text in windows-1252 that was taken for another.
    return sign.encode("latin-1").decode("cp1252", "ignore") if "\x80" <= sign <= "\x9f" else ""


def not_carried(text: str) -> list[str]:
    """Return the characters of a text that tidy() replaces, each once, as "U+000B"."""
    return list(dict.fromkeys(f"U+{ord(sign):04X}" for sign in _NOT_CARRIED.findall(text)))


def clean(value: str | None) -> str:
    """Return what was typed, tidy and trimmed (PostgreSQL refuses NUL)."""
    return tidy(value or "").strip()


def clean_address(value: str | None) -> str:
    """Take away what comes along unseen when an address is pasted: zero width, soft hyphens, NBSP."""
    shown = _BLANK.sub("", tidy(value or ""))
    return "".join(sign for sign in shown if unicodedata.category(sign) != "Cf").strip()


# Dates and times as Unicode patterns, which catalogues translate.
_INSTANT, _WITH_SECONDS = "EEEE d MMMM y 'kl.' HH.mm", "EEEE d MMMM y 'kl.' HH.mm.ss"
_SHORT, _CLOCK = "d MMM HH.mm", "HH.mm"
PATTERNS = (_INSTANT, _WITH_SECONDS, _SHORT, _CLOCK)


def swedish(moment: datetime) -> str:
    """Return an instant as "torsdag 10 december 2026 kl. 00.00", in Sweden; the seconds where there are any.

    On a page in another language it is written as that language does.
    """
    return _written(moment, translate(_WITH_SECONDS if moment.second else _INSTANT), locale())


@lru_cache(maxsize=1024)
def _written(moment: datetime, pattern: str, name: str) -> str:
    return format_datetime(moment.astimezone(SWEDEN), pattern, locale=name)


def init_app(app: Flask) -> None:
    for each in (swedish, swedish_date, swedish_time, swedish_clock, fingerprint, lower_first):
        app.add_template_filter(each)
    app.add_template_filter(grouped_number, "number")
    app.add_template_filter(short_ticket, "ticket")
    app.add_template_global(clock.now, "now")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def swedish_date(value: date | datetime, form: str = "d MMMM") -> str:
    """Return a date in Sweden, as "10 december"; `form` is a Unicode date pattern."""
    local = value.astimezone(SWEDEN).date() if isinstance(value, datetime) else value
    return format_date(local, form, locale=locale())


def swedish_time(value: datetime) -> str:
    """Return an instant in Sweden, short: "10 dec. 08.15"."""
    return _written(value, translate(_SHORT), locale())


def swedish_clock(value: datetime) -> str:
    """Return the time of day in Sweden: "08.15"."""
    return _written(value, translate(_CLOCK), locale())


def grouped_number(value: float) -> str:
    """1234567 as "1 234 567"."""
    return format_decimal(value, locale=locale())


def fingerprint(checksum: str) -> str:
    """Return the start of a checksum as people compare it, in four groups of four: "cb60 ef4d 532e 11c9"."""
    return " ".join(checksum[start : start + 4] for start in range(0, 16, 4))


def short_ticket(start: str) -> str:
    """Return the first eight signs of a ticket as people read them: "E22C-02BD"."""
    return f"{start[:4]}-{start[4:8]}".upper()


def lower_first(text: str) -> str:
    """Return one of our own labels within a sentence; a name as "SJ-biljett" or "Ikea-kort" stays."""
    word = text.partition(" ")[0]
    is_name = any(map(str.isupper, word[1:])) or "-" in word[2:]
    return text if is_name else text[:1].lower() + text[1:]


def swedish_order(name: str) -> str:
    """Return what to sort a name by: å, ä, ö come last in Swedish, but Unicode has ä before å."""
    return name.casefold().translate(str.maketrans("åä", "äå"))

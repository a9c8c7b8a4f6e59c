"""What the forms show of a file, and what the filled-in forms make of it. Pure."""

# A form holds text only, as it was typed. What cannot be read as a number or a time stays text, so that the site's own
# reader says what is wrong with it.

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from app.calendar.edition import Accessibility, CorrectedFact, Correction, Fact, Partner, Privacy, Prize, Shortcoming
from app.calendar.files.markdown import strip_bullet
from app.calendar.municipality import LINK_LABELS
from app.clock import SWEDEN

Values = dict[str, Any]
# What a form shows, or a table of a content file: its readers know the shape.
Shown = Mapping[str, Any]
# The most options that a question has.
OPTIONS = 6


def hatch_shown(head: Shown, tip: str) -> Values:
    """Return the fields of a hatch's own form."""
    question = head.get("question", {})
    return {name: _text(head.get(name)) for name in ("title", "summary", "image_alt")} | {
        "steps": "\n".join(map(_text, head.get("steps", []))),
        "tip": tip,
        "facts": _rows(head.get("facts", []), Fact),
        "corrections": _rows(head.get("corrections", []), CorrectedFact),
        "question": {"text": _text(question.get("text")), "explanation": _text(question.get("explanation"))}
        | options_shown(question),
    }


def hatch_changes(shown: Shown) -> tuple[Values, str]:
    """Return what a hatch's form says as values for its head, and the tip."""
    asked = shown["question"]
    question = {"text": asked["text"]} | _options(asked) | {"explanation": asked["explanation"]}
    head = {
        "title": shown["title"],
        "summary": shown["summary"],
        "image_alt": shown["image_alt"] or None,
        "steps": [strip_bullet(step) for step in _lines(shown["steps"])] or None,
        "facts": [
            fact
            | {"language": fact["language"] or None, "year": _number(fact["year"]), "read": _date(fact["read"]) or None}
            | {"effect_least": _amount(fact["effect_least"]), "effect_most": _amount(fact["effect_most"])}
            | {name: fact[name] or None for name in ("effect_unit", "effect_assumes")}
            for fact in _filled(shown["facts"])
        ],
        "question": question if any(question.values()) else None,
        "corrections": _dated(shown["corrections"]),
    }
    return head, shown["tip"]


CONTEST_LINES = ("id", "question", "motivation_question", "who_may_enter", "exclusions", "handover", "tax")
CONTEST_TIMES = ("opens", "closes", "draw_at")
CONTEST_NUMBERS = ("minimum_age", "answer_days", "keep_days")


def contest_shown(head: Shown, _tip: str) -> Values:
    """Return the fields of a contest's form."""
    contest = {"minimum_age": 18, "keep_days": 90} | head.get("contest", {})
    return {name: _text(contest.get(name)) for name in (*CONTEST_LINES, *CONTEST_TIMES, *CONTEST_NUMBERS)} | {
        "ask_motivation": contest.get("ask_motivation") is True,
        "municipalities": "\n".join(map(_text, contest.get("municipalities", []))),
        "prizes": _rows(contest.get("prizes", []), Prize),
        "corrections": _rows(contest.get("corrections", []), Correction),
        **options_shown(contest),
    }


def contest_changes(shown: Shown) -> tuple[Values, None]:
    """Return what a contest's form says; the rest of the hatch stays."""
    contest: Values = {"id": shown["id"], "question": shown["question"]} | _options(shown)
    contest |= {name: _date(shown[name], datetime) for name in CONTEST_TIMES}
    contest |= {"minimum_age": _number(shown["minimum_age"]), "ask_motivation": bool(shown["ask_motivation"])}
    contest |= {name: shown[name] for name in ("who_may_enter", "exclusions", "tax")}
    contest |= {
        "municipalities": _lines(shown["municipalities"]) or None,
        "handover": shown["handover"] or None,
        "motivation_question": shown["motivation_question"] or None,
        "answer_days": _number(shown["answer_days"]) or None,
        "keep_days": _number(shown["keep_days"]),
        "prizes": [
            {"title": prize["title"], "value": _number(prize["value"]), "count": _number(prize["count"])}
            | {"sponsor": prize["sponsor"] or None}
            for prize in _filled(shown["prizes"])
        ],
        "corrections": _dated(shown["corrections"]),
    }
    return {"contest": contest}, None


TEXTS = ("title", "theme", "tagline", "before", "after", "about", "made")
MAYBE_TEXTS = ("tradition", "school_title")
TEXT_LISTS = ("bingo", "school_columns")
ORGANISER = ("name", "kind", "organisation_number", "address", "email")
LOOK = ("wall", "accent", "logo", "logo_alt")
STATEMENT = ("conformance", "method", "report", "assessed", "updated", "burdensome", "outside")
SUPERVISION = ("supervisor", "complaint")


def texts_shown(file: Shown, _tip: str) -> Values:
    texts = {name: _text(file.get(name)) for name in (*TEXTS, *MAYBE_TEXTS)}
    return texts | {name: "\n".join(map(_text, file.get(name, []))) for name in TEXT_LISTS}


def texts_changes(shown: Shown) -> tuple[Values, None]:
    texts: Values = {name: shown[name] for name in TEXTS} | {name: shown[name] or None for name in MAYBE_TEXTS}
    return texts | {name: _lines(shown[name]) or None for name in TEXT_LISTS}, None


def look_shown(file: Shown, _tip: str) -> Values:
    """Return the fields of the look's form, with an empty row for another partner."""
    partners = _rows(file.get("partners", []), Partner)
    return {name: _text(file.get(name)) for name in LOOK} | {"partners": with_empty_partner(partners)}


def with_empty_partner(partners: Sequence[Shown]) -> list[Shown]:
    return [*partners, dict.fromkeys(Partner.model_fields, "")]


def look_changes(shown: Shown) -> tuple[Values, None]:
    look: Values = {name: shown[name] or None for name in LOOK}
    look["partners"] = [
        {"logo": row["logo"] or "", "name": row["name"], "website": row["website"] or None} for row in shown["partners"]
    ]
    return look, None


def organiser_shown(file: Shown, _tip: str) -> Values:
    organiser = file.get("organiser", {})
    witnesses = {"witnesses": "\n".join(map(_text, organiser.get("witnesses", [])))}
    return {
        "organiser": {name: _text(organiser.get(name)) for name in ORGANISER} | witnesses,
        "privacy": {name: _text(file.get("privacy", {}).get(name)) for name in Privacy.model_fields},
    }


def organiser_changes(shown: Shown) -> tuple[Values, None]:
    changes: Values = {table: dict(values) for table, values in shown.items()}
    changes["organiser"]["witnesses"] = _lines(shown["organiser"]["witnesses"])
    return changes, None


def accessibility_shown(file: Shown, _tip: str) -> Values:
    fields = Accessibility.model_fields
    statement = {name: fields[name].default for name in SUPERVISION} | file.get("accessibility", {})
    return {name: _text(statement.get(name)) for name in (*STATEMENT, *SUPERVISION)} | {
        "shortcomings": _rows(statement.get("shortcomings", []), Shortcoming)
    }


def accessibility_changes(shown: Shown) -> tuple[Values, None]:
    statement: Values = {name: shown[name] for name in STATEMENT}
    statement |= {name: _date(shown[name]) or None for name in ("assessed", "updated")}
    usual = {name: str(Accessibility.model_fields[name].default) for name in SUPERVISION}
    statement |= {name: shown[name] if shown[name] != usual[name] else None for name in SUPERVISION}
    statement |= {"report": shown["report"] or None, "shortcomings": _filled(shown["shortcomings"])}
    return {"accessibility": statement}, None


def municipality_shown(file: Shown, _tip: str) -> Values:
    """Return the fields of a municipality's form; its lines in the order of the hatches."""
    texts, sources = (file.get(name, {}) for name in ("hatches", "sources"))
    return {name: _text(file.get(name)) for name in ("greeting", "website", "contact")} | {
        "links": {name: _text(file.get("links", {}).get(name)) for name in LINK_LABELS},
        "lines": [
            {"number": number.lstrip("0"), "text": _text(texts.get(number)), "source": _text(sources.get(number))}
            for number in sorted({*texts, *sources})
        ],
    }


def municipality_changes(shown: Shown) -> tuple[Values, None]:
    """Return what a municipality's form says; a line that is not among them any more goes."""
    changes: Values = {name: shown[name] for name in ("greeting", "website", "contact")}
    changes["links"] = dict(shown["links"])
    changes |= {table: {f"{number:02}": None for number in range(1, 25)} for table in ("hatches", "sources")}
    for line in _filled(shown["lines"]):
        number = two_digits(line["number"])
        changes["hatches"][number], changes["sources"][number] = line["text"] or None, line["source"] or None
    return changes, None


def two_digits(number: str) -> str:
    """Return a hatch's number as a municipality's file has it."""
    return f"{int(number):02}" if re.fullmatch(r"[0-9]{1,2}", number) else number


def compact_fields(shown: Shown) -> Values:
    """Return what was typed without empty rows and with the options first, so that places are those of the file."""
    found: Values = {}
    for name, value in shown.items():
        if isinstance(value, Mapping):
            found[name] = compact_fields(value)
        elif name == "options":
            found |= options_shown(_options(shown))
        elif name != "answer":
            found[name] = _filled(value) if isinstance(value, list) else value
    return found


def change_rows(shown: Shown, act: str) -> Values:
    """Return what was typed with a row more ("facts+") or less ("facts-2", counted from 1)."""
    name, place = act.rstrip("+-0123456789"), act.lstrip("abcdefghijklmnopqrstuvwxyz")
    rows = list(shown.get(name, []))
    if place == "+":
        rows.append(dict.fromkeys(rows[0] if rows else (), ""))
    else:
        del rows[int(place[1:]) - 1 : int(place[1:])]
    return dict(shown) | {name: rows}


# What a button of a list says it does.
ROW = re.compile(r"(facts|prizes|shortcomings|corrections|lines|partners)(\+|-[1-9]\d?)")


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return (value.astimezone(SWEDEN) if value.tzinfo else value).replace(tzinfo=None).isoformat()
    return "" if value is None else str(value).strip()


def _rows(rows: Any, model: type[BaseModel]) -> list[Values]:
    return [{name: _text(row.get(name)) for name in model.model_fields} for row in rows if isinstance(row, Mapping)]


def _filled(rows: Sequence[Shown]) -> list[Values]:
    """Return the rows that are not empty."""
    return [dict(row) for row in rows if any(row.values())]


def _dated(rows: Sequence[Shown]) -> list[Values]:
    return [row | {"date": _date(row["date"])} for row in _filled(rows)]


def options_shown(table: Shown) -> Values:
    options = [_text(option) for option in table.get("options", [])]
    answer = _text(table.get("answer"))
    right = str(options.index(answer)) if answer in options else ""
    return {"options": (options + [""] * OPTIONS)[: max(OPTIONS, len(options))], "answer": right}


def _options(shown: Shown) -> Values:
    options, right = shown["options"], shown["answer"] or ""
    answer = options[int(right)] if right.isdecimal() and int(right) < len(options) else ""
    return {"options": [option for option in options if option], "answer": answer}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _number(text: str) -> int | str:
    digits = re.sub(r"\s", "", text)
    return int(digits) if re.fullmatch(r"-?[0-9]{1,9}", digits) else text


def _amount(text: str) -> float | str | None:
    """Read a number that may have decimals, with a comma or a point; None of an empty field."""
    digits = re.sub(r"\s", "", text).replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", digits):
        return text or None
    return float(digits) if "." in digits else int(digits)


def _date(text: str, kind: type[date] = date) -> date | str:
    try:
        return kind.fromisoformat(text)
    except ValueError:
        return text


class SameField(Exception):
    """Both have changed the same field."""


def merge_fields(base: Any, theirs: Any, mine: Any) -> Any:
    """Return `theirs` with what `mine` changes of `base`. Raises SameField.

    Rows are put together place by place when neither has added or taken away one.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if all(isinstance(each, Mapping) for each in (base, theirs, mine)):
        kept = [name for name in mine if name not in ("options", "answer")]
        merged = {name: merge_fields(base.get(name), theirs.get(name), mine[name]) for name in kept}
        if "options" in mine:
            # An answer is the place of an option: the two are put together as one value.
            pairs = ((table.get("options"), table.get("answer")) for table in (base, theirs, mine))
            merged["options"], merged["answer"] = merge_fields(*pairs)
        return merged
    if all(isinstance(each, list) for each in (base, theirs, mine)) and len(base) == len(theirs) == len(mine):
        return [merge_fields(*parts) for parts in zip(base, theirs, mine, strict=True)]
    raise SameField

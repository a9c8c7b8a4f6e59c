"""What pydantic found, in one Swedish sentence. Pure."""

from collections.abc import Mapping
from typing import Any

_SENTENCES = {
    "missing": "fältet saknas",
    "extra_forbidden": "okänt fält; är det rätt stavat?",
    "string_type": "ska vara text inom citattecken",
    "string_too_short": "är tomt; skriv något eller ta bort raden",
    "string_too_long": "är för långt; högst {max_length} tecken",
    "string_pattern_mismatch": "har fel form ({pattern})",
    "tuple_type": "ska vara en lista inom hakparenteser",
    "too_short": "har för få delar; minst {min_length} behövs",
    "too_long": "har för många delar; högst {max_length}",
    "int_type": "ska vara ett heltal utan citattecken",
    "int_parsing": "ska vara ett heltal",
    "greater_than": "ska vara större än {gt}",
    "greater_than_equal": "ska vara minst {ge}",
    "less_than_equal": "ska vara högst {le}",
    "bool_type": "ska vara true eller false",
    "bool_parsing": "ska vara true eller false",
    "datetime_type": "ska vara en tid som 2026-12-10T00:00:00",
    "datetime_parsing": "ska vara en tid som 2026-12-10T00:00:00",
    "datetime_from_date_parsing": "ska vara en tid som 2026-12-10T00:00:00",
    "url_parsing": "ska vara en webbadress som börjar med https://",
    "url_scheme": "ska vara en webbadress som börjar med https://",
    "model_type": "ska vara en egen del, med rubriken inom hakparenteser",
}


def in_swedish(detail: Mapping[str, Any]) -> str:
    """The sentence for one of pydantic's error details."""
    context = detail.get("ctx", {})
    if detail["type"] == "value_error":
        error = str(context.get("error", ""))
        return "ska vara en e-postadress" if "email" in error else error
    return _SENTENCES.get(detail["type"], "har ett värde som inte går att använda").format(**context)

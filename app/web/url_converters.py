"""One spelling per address: no leading zeros, no hatch 25. Others that are meant for a page lead to it."""

import re
from datetime import datetime
from typing import Any

from flask import Flask, current_app, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.wrappers import Response

from app.clock import SWEDEN
from app.languages import foreign


class YearConverter(BaseConverter):
    regex = r"20\d\d"

    def to_python(self, value: str) -> int:
        return int(value)


class HatchConverter(YearConverter):
    regex = r"[1-9]|1\d|2[0-4]"


class LanguageConverter(BaseConverter):
    """One of the languages other than Swedish."""

    regex = "[a-z]{2}"

    def to_python(self, value: str) -> str:
        if value not in foreign():
            raise ValidationError
        return value


class NumberConverter(YearConverter):
    # Nine digits at most: more would not fit an integer column of PostgreSQL.
    regex = r"[1-9]\d{0,8}"


class MomentConverter(BaseConverter):
    """A minute in Sweden, as 2026-12-13T0800."""

    regex = r"20\d\d-\d\d-\d\dT\d{4}"

    def to_python(self, value: str) -> datetime:
        try:
            return datetime.strptime(value, "%Y-%m-%dT%H%M").replace(tzinfo=SWEDEN)
        except ValueError:
            raise ValidationError from None

    def to_url(self, value: datetime) -> str:
        return f"{value.astimezone(SWEDEN):%Y-%m-%dT%H%M}"


# What stands after a link in a text and is taken along when it is copied, signs of no width too.
_AFTER = "/ \u00a0.,:;!?)]}>*_'\"”’»…–—|\u00ad\u200b\u200c\u200d\u2060\ufeff"


def find_page(path: str, method: str = "GET") -> tuple[str, dict[str, Any]] | None:
    """Return endpoint and values of the page that a path is meant for; None when there is none."""
    # It may have a sign too many at its end, or a zero before the hatch's number.
    meant = re.sub(r"/(lucka|hatch)/0+(?=\d)", r"/\1/", path.rstrip(_AFTER))
    adapter = current_app.url_map.bind("")
    for each in (path, meant, f"{meant}/"):
        try:
            endpoint, values = adapter.match(each, method)
        except HTTPException:
            continue
        return endpoint, {**values}
    return None


def init_app(app: Flask) -> None:
    app.url_map.converters["year"] = YearConverter
    app.url_map.converters["language"] = LanguageConverter
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["hatch"] = HatchConverter
    app.url_map.converters["moment"] = MomentConverter

    @app.before_request
    def lead_on() -> Response | None:
        """Redirect to the page that an address of no page is meant for."""
        missing = isinstance(request.routing_exception, NotFound)
        if not missing or not (found := find_page(request.path, request.method)):
            return None
        # Built anew: nothing that was sent stands in it as it was sent.
        return redirect(app.url_map.bind("").build(*found), 308)

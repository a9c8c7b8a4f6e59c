"""One spelling per address: no leading zeros, no hatch 25. Others that are meant for a page lead to it."""

import re
from datetime import datetime

from flask import Flask, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import BaseConverter, ValidationError
from werkzeug.wrappers import Response

from app.clock import SWEDEN


class YearConverter(BaseConverter):
    regex = r"20\d\d"

    def to_python(self, value: str) -> int:
        return int(value)


class HatchConverter(YearConverter):
    regex = r"[1-9]|1\d|2[0-4]"


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


# What stands after a link in a text and is taken along when it is copied.
_AFTER = "/ \u00a0.,:;!?)]}>*_'\"”’»"


def init_app(app: Flask) -> None:
    app.url_map.converters["year"] = YearConverter
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["hatch"] = HatchConverter
    app.url_map.converters["moment"] = MomentConverter

    @app.before_request
    def lead_on() -> Response | None:
        """Redirect from an address with a sign too many at its end, or a zero before the hatch's number."""
        if not isinstance(request.routing_exception, NotFound):
            return None
        meant = re.sub(r"/lucka/0+(?=\d)", "/lucka/", request.path.rstrip(_AFTER))
        adapter = app.url_map.bind("")
        for path in (meant, f"{meant}/"):
            try:
                endpoint, values = adapter.match(path, request.method)
            except HTTPException:
                continue
            # Built anew: nothing that was sent stands in it as it was sent.
            return redirect(adapter.build(endpoint, values), 308)
        return None

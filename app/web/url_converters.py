"""One spelling per address: no leading zeros, no hatch 25."""

from datetime import datetime

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError

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


def init_app(app: Flask) -> None:
    app.url_map.converters["year"] = YearConverter
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["hatch"] = HatchConverter
    app.url_map.converters["moment"] = MomentConverter

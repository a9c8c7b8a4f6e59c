"""One spelling per address: no leading zeros, no hatch 25."""

from flask import Flask
from werkzeug.routing import BaseConverter


class YearConverter(BaseConverter):
    regex = r"20\d\d"

    def to_python(self, value: str) -> int:
        return int(value)


class HatchConverter(YearConverter):
    regex = r"[1-9]|1\d|2[0-4]"


class NumberConverter(YearConverter):
    regex = r"[1-9]\d{0,8}"


def init_app(app: Flask) -> None:
    app.url_map.converters["year"] = YearConverter
    app.url_map.converters["number"] = NumberConverter
    app.url_map.converters["hatch"] = HatchConverter

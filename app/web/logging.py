"""Log lines as JSON, with a request's number and nothing about who sent it."""

# What is logged of a request is its rule, never its address: addresses may hold an invitation or a search. Of an error
# it is the kind and the place, never its text, which may quote what was written. Pages from the page cache are answered
# before this: they are in the proxy's log only.

import json
import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from app.settings import ROOT

HANDLER = "json-lines"
_log = logging.getLogger("app.request")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
# nginx's $request_id is 32 hex digits; other proxies send half of that.
_FROM_PROXY = re.compile(r"[0-9a-f]{16,32}")
# An e-mail address, or what is long enough to be a code, token or ticket: a second wall, for others' messages.
_PERSONAL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+|\b[A-Za-z0-9_-]{24,}\b")


class _JsonLine(logging.Formatter):
    """A record as JSON: time (UTC), level, logger, event, what belongs to the request, and the place of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _PERSONAL.sub("…", record.getMessage()),
        }
        if has_request_context() and "request_id" in g:
            line["request"] = g.request_id
        line |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["at"] = [_place(frame) for frame in traceback.extract_tb(record.exc_info[2])[-8:]]
        return json.dumps(line, ensure_ascii=False)


def _place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
    return f"{name}:{frame.lineno} {frame.name}"


def init_app(app: Flask) -> None:
    """Give every request a number, and each a line when JSON_LOG is set."""

    def log_exception(exc_info: Any) -> None:
        app.logger.error("Fel i %s", rule(), exc_info=exc_info)

    # Flask's own puts the address into the line.
    app.log_exception = log_exception  # type: ignore[method-assign]
    if not app.config["JSON_LOG"]:
        return
    write_to(sys.stderr)

    @app.before_request
    def number() -> None:
        # Only a proxy of ours may name a request: a visitor could give two the same number.
        told = request.headers.get("X-Request-Id", "") if app.config["TRUSTED_PROXIES"] else ""
        g.request_id = told if _FROM_PROXY.fullmatch(told) else secrets.token_hex(8)
        g.began = time.perf_counter()

    @app.after_request
    def told(response: Response) -> Response:
        fields = {"method": method(), "rule": rule(), "status": response.status_code}
        if "began" in g:
            fields["ms"] = round((time.perf_counter() - g.began) * 1000)
        _log.info("request", extra={"fields": fields})
        return response


def write_to(stream: Any) -> None:
    """Once a process, whichever handlers exist."""
    root = logging.getLogger()
    if not any(handler.name == HANDLER for handler in root.handlers):
        handler = logging.StreamHandler(stream)
        handler.name = HANDLER
        handler.setFormatter(_JsonLine())
        root.addHandler(handler)
    root.setLevel(logging.INFO)


def rule() -> str:
    """Return the pattern that the request's address fits, such as /<year>/lucka/<number>; "-" when it fits none."""
    return request.url_rule.rule if request.url_rule else "-"


def method() -> str:
    """Return the request's method, if it is one that there is."""
    return request.method if request.method in _METHODS else "-"

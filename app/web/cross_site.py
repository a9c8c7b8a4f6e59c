"""Refuses a form that was sent from another site. Stateless: the browser says where it comes from."""

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request
from werkzeug.wsgi import get_host


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_other_sites() -> None:
        if request.method not in ("GET", "HEAD", "OPTIONS") and is_from_elsewhere(request.environ):
            abort(403, "cross-site")


def is_from_elsewhere(environ: dict[str, Any]) -> bool:
    """Source: OWASP ASVS 5.0, 3.5.1; Fetch Metadata where the browser sends it, else Origin."""
    if environ.get("HTTP_SEC_FETCH_SITE", "") not in ("", "same-origin", "none"):
        return True
    origin = environ.get("HTTP_ORIGIN", "")
    return origin not in ("", "null") and _host(origin) != get_host(environ)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""

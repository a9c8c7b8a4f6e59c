"""Refuses a form that was sent from another site. Stateless: the browser says where it comes from."""

from urllib.parse import urlsplit

from flask import Flask, abort, request


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_other_sites() -> None:
        """Source: OWASP ASVS 5.0, 3.5.1; Fetch Metadata where the browser sends it, else Origin."""
        if request.method in ("GET", "HEAD", "OPTIONS"):
            return
        site = request.headers.get("Sec-Fetch-Site")
        if site and site not in ("same-origin", "none"):
            abort(403, "cross-site")
        origin = request.headers.get("Origin")
        if origin and origin != "null" and _host(origin) != request.host:
            abort(403, "cross-site")


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""

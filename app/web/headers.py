"""The security headers, on every response: of Flask, a static file, an error."""

# Source: OWASP ASVS 5.0 chapter 3.4 and the scoring of MDN's HTTP Observatory.

from collections.abc import Callable, Iterable
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, current_app
from werkzeug.local import LocalProxy

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        # What default-src does not stand in for (CSP Level 3): where forms go, <base>, and who may frame us.
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS = [
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    # A year, subdomains too: OWASP ASVS 5.0, 3.4.1.
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),
    # 3.4.4 and 3.4.5. Without a referrer, no address of ours tells another site what was read.
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    # 3.4.8. Together with the next two they keep the page in a process of its own, out of reach of Spectre.
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # For browsers that do not know frame-ancestors, which overrules it elsewhere (CSP Level 3).
    ("X-Frame-Options", "DENY"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"),
]


class SecurityHeaders:
    """WSGI middleware that adds each header which the response does not set itself."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            present = {name.lower() for name, _ in headers}
            if "content-security-policy" in present:
                # A page with a policy of its own says there who may frame it; the older header would overrule it.
                present.add("x-frame-options")
            return start_response(status, headers + [h for h in SECURITY_HEADERS if h[0].lower() not in present], *rest)

        return self._app(environ, start)


def read_whole(pieces: Iterable[bytes]) -> bytes:
    """Return a body in one piece; its source is closed, as WSGI asks of a reader."""
    try:
        return b"".join(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()


def no_store(response: Response) -> Response:
    """Keep a page out of every cache, unless it is the same for everyone."""
    if not response.cache_control.public:
        # no-store keeps it out of the browser's own cache as well (RFC 9111, 5.2.2.5).
        response.headers["Cache-Control"] = "no-store"
    return response


def this_app() -> Flask:
    """Return the app itself, for another thread or a later moment."""
    return cast("LocalProxy[Flask]", current_app)._get_current_object()


def wrap(app: Flask, middleware: Callable[[WSGIApplication], WSGIApplication]) -> None:
    """Put a WSGI middleware before the app."""
    app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign, assignment]

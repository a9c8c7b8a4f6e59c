"""A Host header that cannot be a name of anything never reaches the application: it is answered as the site itself."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from app.web.headers import WSGIApp

_LABEL = r"[A-Za-z0-9_-]{1,63}"
_NAME = re.compile(rf"({_LABEL}(\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\])(:\d{{1,5}})?")
_LONGEST = 255


class SaneHost:
    """WSGI middleware. `own` is the host of the site's own address."""

    def __init__(self, app: WSGIApp, own: str) -> None:
        self._app = app
        self._own = own

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = environ.get("HTTP_HOST", "")
        if len(told) > _LONGEST or not _NAME.fullmatch(told):
            environ = environ | {"HTTP_HOST": self._own}
        return self._app(environ, start_response)

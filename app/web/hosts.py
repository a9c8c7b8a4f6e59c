"""A Host header that cannot be a name of anything never reaches the application: it is answered as the site itself."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from app.web.headers import WSGIApp

_LABEL = r"[A-Za-z0-9_-]{1,63}"
_NAME = re.compile(rf"({_LABEL}(\.{_LABEL})*\.?|\[(?P<six>[0-9A-Fa-f:.]+)\])(:(?P<port>\d{{1,5}}))?", re.ASCII)
_LONGEST = 255


class SaneHost:
    """WSGI middleware. `own` is the host of the site's own address."""

    def __init__(self, app: WSGIApp, own: str) -> None:
        self._app = app
        self._own = own

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        told = environ.get("HTTP_HOST", "")
        if not _is_name(told):
            environ = environ | {"HTTP_HOST": self._own}
        return self._app(environ, start_response)


@lru_cache
def _is_name(told: str) -> bool:
    found = _NAME.fullmatch(told)
    if not found or len(told) > _LONGEST or int(found["port"] or 0) > 65535:
        return False
    try:
        return not found["six"] or bool(ipaddress.IPv6Address(found["six"]))
    except ValueError:
        return False

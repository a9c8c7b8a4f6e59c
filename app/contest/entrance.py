"""A right entry is taken in before Flask wakes up; whatever else is sent to the form goes on to its view.

In a rush most of what comes is right, and what Flask does for a request is a third of what an entry takes. All that a
person can be told is told by the view: here they can only be thanked, with the page that the view made for the first
of those who came within the same second. Like pages at hand, these are in the proxy's log only.
"""

import logging
import re
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from werkzeug.exceptions import HTTPException

from app.calendar.lookup import HatchLocked
from app.clock import PINNED
from app.contest import acceptance, answers, receipts, rulebook
from app.contest.answers import Answers
from app.contest.lookup import contest_in
from app.contest.municipalities import MUNICIPALITIES
from app.web import cross_site
from app.web.form_token import PUBLIC, QUICKEST, TokenRefused, opened
from app.web.front import HOLD, UNREAD
from app.web.headers import WSGIApp
from app.web.limits import SPENT, TooMany, spend

_FORM = re.compile(r"/(20\d\d)/lucka/([1-9]|1\d|2[0-4])/tavla")
_KIND = "application/x-www-form-urlencoded"
_LONGEST = 16 * 1024
"""Bytes of a form that this looks at; a right one has a few hundred, or some thousands with a motivation."""
_FOR_THE_VIEW = (HTTPException, HatchLocked, TokenRefused, UnicodeDecodeError)
_log = logging.getLogger(__name__)


class Entrance:
    """WSGI middleware, for where an answer can be held until the entry is stored (`app.web.front`)."""

    def __init__(self, app: Flask, inner: WSGIApp) -> None:
        self._app = app
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not (thanks := self._taken(environ)):
            return self._inner(environ, start_response)
        body = thanks.encode()
        kind = ("Content-Type", "text/html; charset=utf-8")
        start_response("200 OK", [kind, ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
        return [body]

    def _taken(self, environ: dict[str, Any]) -> str | None:
        """The page that thanks for the entry, when it is right and nothing stands in its way."""
        form = _FORM.fullmatch(environ["PATH_INFO"])
        if not form or HOLD not in environ or UNREAD in environ or cross_site.is_from_elsewhere(environ):
            return None
        with self._app.app_context():
            try:
                return self._thanks(environ, int(form[1]), int(form[2]))
            except TooMany:
                environ[SPENT] = True
            except _FOR_THE_VIEW:
                pass
            except Exception:
                _log.exception("Ett bidrag gick vidare till formulärets vy")
        return None

    def _thanks(self, environ: dict[str, Any], year: int, number: int) -> str | None:
        now = environ[PINNED]
        edition, contest = contest_in(year, number)
        posted = _posted(environ)
        if edition.contest_phase(now) != "open" or not posted:
            return None
        sent = answers.read(posted, contest, MUNICIPALITIES, opened(posted.get("token", ""), PUBLIC, QUICKEST))
        if not isinstance(sent, Answers):
            return None
        config = self._app.config
        expected = acceptance.receipt(contest, sent, config["SECRET_KEY"], now)
        if not (page := receipts.at_hand(number, contest, expected)):
            return None
        rulebook.hold(contest, edition.file.organiser, now)
        spend("bidrag", config["ENTRY_LIMIT"], config["ENTRY_LIMIT_ALL"], address=environ.get("REMOTE_ADDR", ""))
        environ[HOLD](acceptance.storing(contest, sent, expected))
        return page


def _posted(environ: dict[str, Any]) -> dict[str, str]:
    """The form's fields as Flask reads them: of two with one name the first. The body stays for whoever comes after."""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if environ["REQUEST_METHOD"] != "POST" or kind != _KIND or not 0 < length <= _LONGEST:
        return {}
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(body)
    return dict(reversed(parse_qsl(body.decode(), keep_blank_values=True, errors="werkzeug.url_quote")))

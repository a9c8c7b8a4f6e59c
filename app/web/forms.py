"""A form token without cookie or session: signed, with the time it was made and a random value."""

# It stands in for WTForms' session token, is the time trap too, and its nonce makes a double press of the button give
# one entry and one receipt instead of two.

import hmac
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from flask import Flask, abort, current_app, request
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wsgi import get_host
from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields.choices import SelectChoice as SelectChoice  # type: ignore[attr-defined] # the stubs are older
from wtforms.form import BaseForm
from wtforms.i18n import get_translations

from app import clock
from app.errors import NotAllowed
from app.languages import gettext_noop

# What a token is bound to in the forms that anyone may send.
PUBLIC = "public"
# A person does not fill in a form faster than this; a program does.
QUICKEST = timedelta(seconds=2)
# WCAG 2.2.1 asks nothing of limits over 20 hours: who was interrupted may come back and send.
LONGEST = timedelta(hours=24)
_TOO_OLD = gettext_noop("Formuläret har varit öppet för länge. Skicka det igen.")
_TOO_QUICK = gettext_noop("Formuläret skickades ovanligt snabbt. Vänta två sekunder och skicka igen.")


def open_token(token: str, bound_to: str, quickest: timedelta) -> str:
    """Return the random value of a form's token. Raises NotAllowed."""
    try:
        named, made, nonce = _serializer().loads(token)
    except (BadData, ValueError, TypeError):
        raise NotAllowed(_TOO_OLD) from None
    age = timedelta(seconds=clock.now().timestamp() - made)
    if not hmac.compare_digest(str(named), bound_to) or age > LONGEST:
        raise NotAllowed(_TOO_OLD)
    if age < quickest:
        raise NotAllowed(_TOO_QUICK)
    return str(nonce)


def _serializer() -> URLSafeSerializer:
    return with_keys((*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.config["SECRET_KEY"]))


@lru_cache(maxsize=4)
def with_keys(keys: tuple[str, ...]) -> URLSafeSerializer:
    return URLSafeSerializer(keys, salt="form-token/v1")


class SignedToken(CSRF):
    """A WTForms CSRF implementation. `bound_to` names what the token is good for (a form, or a sign-in)."""

    def setup_form(self, form: BaseForm) -> list[tuple[str, Any]]:
        self.bound_to = form.meta.token_bound_to()
        self.quickest = form.meta.token_quickest
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        made = int(clock.now().timestamp())
        return str(_serializer().dumps([self.bound_to, made, secrets.token_hex(20)]))

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        try:
            open_token(field.data or "", self.bound_to, self.quickest)
        except NotAllowed as refused:
            raise ValidationError(str(refused)) from None


@cache
def _swedish() -> Any:
    """WTForms' own words, read once: Flask-WTF reads the file anew for each request."""
    return get_translations(["sv"])


class TokenForm(FlaskForm):
    """A form protected by a SignedToken. A form that asks for one anew shows a fresh one, never the posted."""

    class Meta(FlaskForm.Meta):
        csrf = True
        csrf_class = SignedToken
        csrf_context = None
        csrf_field_name = "token"
        token_quickest = timedelta(0)

        def token_bound_to(self) -> str:
            return PUBLIC

        def get_translations(self, form: BaseForm) -> Any:
            return _swedish()

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            # Flask-WTF would take JSON for a form, and fail at what is no object.
            return None if request.is_json else super().wrap_formdata(form, formdata)

    def faults(self) -> list[tuple[str, str]]:
        """Return what to mend, in the order of the page: (field name, sentence)."""
        return [(name, str(messages[0])) for name, messages in self.errors.items() if name and messages]


View = TypeVar("View", bound=Callable[..., Any])


def from_anywhere(view: View) -> View:
    """Let a view be posted to from other sites: what it does, it does for any sender who has the key in its address."""
    view.is_from_anywhere = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_other_sites() -> None:
        if hasattr(app.view_functions.get(request.endpoint or ""), "is_from_anywhere"):
            return
        if request.method not in ("GET", "HEAD", "OPTIONS") and is_from_elsewhere(
            request.environ, _host(app.config["PUBLIC_URL"])
        ):
            abort(403, "cross-site")


def is_from_elsewhere(environ: WSGIEnvironment, public_host: str) -> bool:
    """Source: OWASP ASVS 5.0, 3.5.1; Fetch Metadata where the browser sends it, else Origin."""
    # No page can change the first. The second a proxy can make another than Host, by its port or its own name.
    if site := environ.get("HTTP_SEC_FETCH_SITE", ""):
        return site not in ("same-origin", "none")
    origin = environ.get("HTTP_ORIGIN", "")
    return origin not in ("", "null") and _host(origin) not in (get_host(environ), public_host)


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""

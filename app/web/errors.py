"""Every error as a page in words, with a way on."""

import logging

from flask import Flask, render_template, request
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException, SecurityError

_log = logging.getLogger(__name__)
WORDS = {
    400: ("Det gick inte att läsa det som skickades", "Gå tillbaka och försök en gång till."),
    403: ("Det här gick inte att skicka", "Öppna sidan på nytt och skicka formuläret därifrån."),
    404: ("Sidan finns inte", "Kanske blev något fel i adressen. Alla luckor hittar du i kalendern."),
    405: ("Så kan sidan inte användas", "Öppna sidan på nytt från kalendern."),
    413: ("Det blev för mycket på en gång", "Korta texten och skicka den igen."),
    429: ("Det blev många försök på kort tid", "Vänta några minuter och försök igen. Inget har gått förlorat."),
    500: ("Något gick fel hos oss", "Försök igen om en stund. Felet är antecknat."),
    503: ("Kalendern är upptagen just nu", "Om du skickade något är det inte mottaget. Försök igen om en stund."),
}

_NOT_OURS = "Det här är inte kalenderns adress. Den som sköter servern lägger till namnet i FLASK_TRUSTED_HOSTS.\n"
_AWAY = (
    "Det går inte just nu",
    "Luckorna går att läsa som vanligt. Om du skickade något är det inte sparat. Försök igen om en stund.",
)


def init_app(app: Flask) -> None:
    @app.before_request
    def refuse_other_hosts() -> None:
        """Before anything else is refused: no other page could be made for a host that is not ours."""
        if isinstance(request.routing_exception, SecurityError):
            raise request.routing_exception

    @app.errorhandler(HTTPException)
    def in_words(error: HTTPException) -> tuple[str, int, dict[str, str]]:
        status = error.code or 500
        heading, advice = WORDS.get(status, WORDS[500] if status >= 500 else WORDS[400])
        page = render_template("errors/error.html", heading=heading, advice=advice, status=status)
        # Allow is a must with 405 (RFC 9110, 15.5.6); Retry-After tells programs when to come back (10.2.3).
        kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        return page, status, kept | {"Cache-Control": "no-store"}

    @app.errorhandler(SecurityError)
    def not_our_name(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
        """A host that is not ours has no page: no link on it could be made."""
        return _NOT_OURS, 400, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}

    def without_database(error: SQLAlchemyError) -> tuple[str, int, dict[str, str]]:
        _log.error("Databasen svarar inte", exc_info=error)
        page = render_template("errors/error.html", heading=_AWAY[0], advice=_AWAY[1], status=503)
        return page, 503, {"Cache-Control": "no-store", "Retry-After": "30"}

    for kind in (OperationalError, InterfaceError, InternalError, NoConnection):
        app.register_error_handler(kind, without_database)

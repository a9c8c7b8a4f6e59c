"""There is no session: no cookie is looked for or set, and what would use one says so in a test.

A form carries a token of its own (`form_token`); who is signed in among the organisers is looked up (`admin.access`).
"""

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin


class NoSession(SessionInterface):
    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing is kept."""

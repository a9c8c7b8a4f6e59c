"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`, `flask run`."""

from multiprocessing.util import Finalize

import click
from flask import Flask
from flask.cli import FlaskGroup

from app import cli, create_app, database
from app.calendar.files.faults import ContentError
from app.config import ConfigurationError, MissingKey
from app.operations.cli import waiting_app


def load() -> Flask:
    """Make the app; Flask's command has what mends a calendar that no server can start."""
    context = click.get_current_context(silent=True)
    is_command = context is not None and isinstance(context.find_root().command, FlaskGroup)
    try:
        app = create_app(checked=not is_command)
    except ConfigurationError as error:
        if not is_command:
            raise
        waiting = waiting_app(error)
        if isinstance(error, MissingKey):
            waiting.cli.add_command(cli.first_prepare(create_app))
        return waiting
    if is_command:
        database.init_migrations(app)
    return app


try:
    app = load()
except (ConfigurationError, ContentError) as error:
    raise SystemExit(f"Kalendern startar inte.\n{error}") from None
# A server's worker may be a process that skips atexit; this runs in it as well as in a plain one.
for name in ("tally", "replies"):
    if name in app.extensions:
        Finalize(None, app.extensions[name].flush, exitpriority=0)

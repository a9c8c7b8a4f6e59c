"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`, `flask run`."""

import atexit

from dotenv import load_dotenv

from app import create_app
from app.calendar.faults import ContentError
from app.config import ConfigurationError

load_dotenv()
try:
    app = create_app()
except (ConfigurationError, ContentError) as error:
    raise SystemExit(f"Kalendern startar inte.\n{error}") from None
atexit.register(app.extensions["tally"].flush)

"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`, `flask run`."""

import sys
from multiprocessing.util import Finalize

from dotenv import load_dotenv

from app import create_app
from app.calendar.faults import ContentError
from app.config import ConfigurationError

load_dotenv()
try:
    # An invitation can always be made: whoever is let in by it may be the one who mends the content.
    app = create_app(checked=sys.argv[1:2] != ["organiser"])
except (ConfigurationError, ContentError) as error:
    raise SystemExit(f"Kalendern startar inte.\n{error}") from None
# A server's worker may be a process that skips atexit; this runs in it as well as in a plain one.
Finalize(None, app.extensions["tally"].flush, exitpriority=0)

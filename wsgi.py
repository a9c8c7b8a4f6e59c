"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`, `flask run`."""

import sys
from multiprocessing.util import Finalize

from dotenv import load_dotenv

from app import create_app
from app.calendar.faults import ContentError
from app.config import ConfigurationError

# A thread that works on a form lets those who answer pages in ten times as often as Python would have it.
sys.setswitchinterval(0.0005)
load_dotenv()
try:
    app = create_app()
except (ConfigurationError, ContentError) as error:
    raise SystemExit(f"Kalendern startar inte.\n{error}") from None
# A server's worker may be a process that skips atexit; this runs in it as well as in a plain one.
Finalize(None, app.extensions["tally"].flush, exitpriority=0)

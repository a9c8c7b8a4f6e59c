"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`, `flask run`."""

import ctypes
import gc
import sys
from contextlib import suppress
from multiprocessing.util import Finalize

# What is imported stays: to look through it for rubbish again and again takes a sixth of the start.
gc.disable()

from app import create_app
from app.calendar.faults import ContentError
from app.config import ConfigurationError
from app.operations.commands import waiting_app
from app.web import front

# A thread that works on a form lets those who answer pages in ten times as often as Python would have it.
sys.setswitchinterval(0.0005)
M_ARENA_MAX = -8
# glibc gives threads stores of memory of their own and takes little back from them: with one for all, 32 threads held
# 8 MiB less. Where the C library is another, it has no such word.
with suppress(AttributeError, OSError, TypeError):
    ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
try:
    # What is to be restored has no key and no content yet, and the calendar would refuse to start.
    # An invitation can always be made: whoever is let in by it may be the one who mends the content.
    app = waiting_app() if sys.argv[1:2] == ["restore"] else create_app(checked=sys.argv[1:2] != ["organiser"])
except (ConfigurationError, ContentError) as error:
    raise SystemExit(f"Kalendern startar inte.\n{error}") from None
front.stand_in(app)
gc.freeze()
gc.enable()
# A server's worker may be a process that skips atexit; this runs in it as well as in a plain one.
if "tally" in app.extensions:
    Finalize(None, app.extensions["tally"].flush, exitpriority=0)

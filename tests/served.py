"""The calendar for a real server, at the moment in TEST_NOW and with the rehearsal chain: tests.served:app."""

import os
import time
from datetime import datetime, timedelta

from app import create_app
from app.clock import SWEDEN, Clock
from app.spec.beacon import PRACTICE

if "TEST_NOW" in os.environ:
    # Workers start one after the other, and have one clock all the same.
    since = timedelta(seconds=time.time() - float(os.environ["TEST_STARTED"]))
    start = datetime.fromisoformat(os.environ["TEST_NOW"]).replace(tzinfo=SWEDEN) + since
    app = create_app({"CLOCK": Clock(start), "DRAW_CHAIN": PRACTICE, "TESTING": True})

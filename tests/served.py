"""The calendar for a real server, at the moment in TEST_NOW and with the rehearsal chain: tests.served:app."""

import os
from datetime import datetime

from app import create_app
from app.clock import SWEDEN, Clock
from app.spec.beacon import PRACTICE

if "TEST_NOW" in os.environ:
    start = datetime.fromisoformat(os.environ["TEST_NOW"]).replace(tzinfo=SWEDEN)
    app = create_app({"CLOCK": Clock(start), "DRAW_CHAIN": PRACTICE, "TESTING": True})

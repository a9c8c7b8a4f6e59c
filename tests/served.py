"""The calendar for a real server, at the moment in TEST_NOW and with the rehearsal chain: tests.served:app."""

import os
from datetime import datetime
from pathlib import Path

from app import create_app
from app.clock import SWEDEN, Clock
from app.spec.beacon import PRACTICE
from tests import prepared

if "TEST_NOW" in os.environ:
    start = datetime.fromisoformat(os.environ["TEST_NOW"]).replace(tzinfo=SWEDEN)
    settings = {"CLOCK": Clock(start), "DRAW_CHAIN": PRACTICE, "TESTING": True}
    if "FLASK_CALENDAR_CONTENT" not in os.environ:
        settings["CALENDAR_CONTENT"] = prepared.shared(Path(os.environ["FLASK_INSTANCE_PATH"]) / "filled_in")
    app = create_app(settings)

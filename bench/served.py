"""The calendar as it is served, on a clock that starts on the day of the contest: served:app."""

import os
from datetime import datetime
from pathlib import Path

from app import create_app
from app.clock import SWEDEN, Clock
from tests import prepared

content = prepared.content_in(Path(os.environ["FLASK_INSTANCE_PATH"]) / "content")
app = create_app({"CLOCK": Clock(datetime(2026, 12, 10, 8, tzinfo=SWEDEN)), "CALENDAR_CONTENT": content})

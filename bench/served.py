"""The calendar as it is served, on a clock that starts on the day of the contest: served:app."""

from datetime import datetime

from app import create_app
from app.clock import SWEDEN, Clock

app = create_app({"CLOCK": Clock(datetime(2026, 12, 10, 8, tzinfo=SWEDEN))})

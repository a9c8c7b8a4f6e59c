"""Reminders by mail: how long 5,000 of one hour take, over a mail server of its own that takes 50 ms for each.

`make bench`, or `BENCH_REMINDERS=300 PYTHONPATH=. .venv/bin/python bench/reminders.py`.
"""

import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from aiosmtpd.smtp import SMTP
from flask import Flask
from results import keep, say

from app import create_app, database
from app.clock import SWEDEN, Clock
from app.database import begin_write, db
from app.reminders import sender
from app.reminders.models import Reminder
from bench import free_port
from tests import prepared

REMINDERS = int(os.environ.get("BENCH_REMINDERS", "5000"))
TAKES = 0.05
# Seconds in which they must leave.
LONGEST = 600


class Slow:
    """A mail server that takes its time, and keeps nothing."""

    async def handle_DATA(self, _server: Any, _session: Any, _envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(TAKES)
        return "250 OK"


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Slow(), loop=loop), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


def made_app(folder: Path, port: int) -> Flask:
    """The app on a morning in December, with so many who want to be reminded at seven."""
    settings = {
        "SECRET_KEY": "mätning" * 8,
        "INSTANCE_PATH": folder,
        "CLOCK": Clock(datetime(2026, 12, 5, 7, tzinfo=SWEDEN)),
        "TESTING": True,
        "MAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    app = create_app(settings | {"CALENDAR_CONTENT": prepared.content_in(folder / "content")})
    asked = datetime(2026, 11, 20, 8, tzinfo=SWEDEN)
    wish = {"year": 2026, "hour": 7, "weekdays_only": False, "number": 0, "refusals": 0, "consent": "2026-1"}
    wish |= {"asked_at": asked, "asked_on": asked.date(), "confirmed_at": asked, "confirm_mail_at": asked}
    with app.app_context():
        database.upgrade()
        begin_write()
        people = [{"email": f"person{n}@example.org", "token": secrets.token_urlsafe(32)} for n in range(REMINDERS)]
        db.session.execute(sa.insert(Reminder), [wish | one for one in people])
        db.session.commit()
    return app


def send_all(app: Flask) -> tuple[int, float]:
    """Rounds until all have gone, as `flask jobs` runs them; return how many went, and in how many seconds."""
    sent, start = 0, time.perf_counter()
    with app.app_context():
        while went := sender.send_due():
            sent += went
    return sent, time.perf_counter() - start


def main() -> None:
    if "serve" in sys.argv:
        return asyncio.run(serve(int(sys.argv[-1])))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        port = free_port()
        command = [sys.executable, __file__, "serve", str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
            if server.stdout:
                server.stdout.readline()
            sent, seconds = send_all(made_app(Path(folder), port))
            server.terminate()
        say(f"påminnelser {sent} av {REMINDERS}, {sent / seconds:.0f}/s över {sender.CONNECTIONS} anslutningar")
        say(f"påminnelser alla efter {seconds:.0f} s (högst {LONGEST}), {TAKES * 1000:.0f} ms för var i servern")
    return keep("Reminders by mail", "PYTHONPATH=. .venv/bin/python bench/reminders.py")


if __name__ == "__main__":
    main()

"""What each page costs among many entries: milliseconds, the median of five, in one process without a network.

`make bench`, or `BENCH_ENTRIES=1000000 PYTHONPATH=. .venv/bin/python bench/growth.py`.
"""

import resource
import secrets
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from draw import ENTRIES, Stopped, fill
from flask import Flask
from results import keep, say

from app import create_app, database
from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminSession, AdminUser
from app.admin.accounts.sessions import checksum
from app.contest import terms
from app.database import db
from app.spec.beacon import PRACTICE
from tests import prepared

PUBLIC = ("/", "/2026/lucka/10", "/2026/lucka/10/tavla", "/2026/dragning", "/2026/tavling/villkor")
ORGANISERS = (
    *("/admin/", "/admin/beredskap", "/admin/statistik", "/admin/dragning", "/admin/gallring", "/admin/logg"),
    *("/admin/bidrag", "/admin/bidrag?fore=1000", "/admin/bidrag?sok=person12345", "/admin/bidrag?sok=finns-inte"),
    *("/admin/bidrag?visa=strukna", "/admin/bidrag?visa=fel", "/admin/bidrag?kommun=1480", "/admin/bidrag/tecken"),
)


class Open(Stopped):
    """The contest is open, and every entry has come."""

    def now(self) -> Any:
        return super().now() - timedelta(days=2)

    def timestamp(self) -> float:
        return self.now().timestamp()


def signed_in(app: Flask) -> Any:
    """A client whose browser is an organiser's."""
    token, now = secrets.token_urlsafe(32), app.extensions["clock"].now()
    with app.app_context():
        organiser = AdminUser(email="olle@example.org", password_hash="", totp_secret="", created_at=now)
        db.session.add(organiser)
        db.session.flush()
        db.session.add(
            AdminSession(token_sha256=checksum(token), organiser_id=organiser.id, created_at=now, seen_at=now)
        )
        db.session.commit()
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


def median(client: Any, path: str) -> float:
    """Milliseconds; the first time, when pages are made and compiled, does not count."""
    times = []
    for _ in range(6):
        start = time.perf_counter()
        answer = client.get(path)
        times.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return statistics.median(times[1:])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        settings = {"SECRET_KEY": "mätning" * 8, "INSTANCE_PATH": Path(folder), "CLOCK": Open()}
        content = prepared.copied(Path(folder) / "content")
        app = create_app(settings | {"DRAW_CHAIN": PRACTICE, "TESTING": True, "CALENDAR_CONTENT": content})
        with app.app_context():
            database.upgrade()
            edition = app.extensions["library"].editions[2026]
            fill(app, terms.freeze_terms(edition, edition.file_contest.opens, PRACTICE))
        say(f"{f'sidor bland {ENTRIES} bidrag':32}       ms (för organisatörer högst 300)")
        for client, paths in ((app.test_client(), PUBLIC), (signed_in(app), ORGANISERS)):
            for path in paths:
                say(f"{path:32} {median(client, path):8.1f}")
        say(f"minne som mest {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    keep("Pages among many entries", f"BENCH_ENTRIES={ENTRIES} PYTHONPATH=. .venv/bin/python bench/growth.py")


if __name__ == "__main__":
    main()

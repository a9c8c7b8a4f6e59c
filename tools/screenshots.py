"""Take pictures of every page and state, into build/screenshots: the whole product at a glance. `make screenshots`.

The ones that a document shows are kept in docs/screenshots; copy a new one there by hand when the old one is untrue.
"""

import logging
import secrets
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app, database
from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminSession, AdminUser
from app.admin.accounts.sessions import checksum
from app.clock import SWEDEN, Clock
from app.contest import store, terms
from app.contest.forms import EntryInput
from app.database import begin_write, db
from app.draw import actions, value, winners
from app.draw.models import LockedList
from app.spec.beacon import PRACTICE
from app.spec.practice_beacon import practice_answer
from app.statistics import counter
from tests import prepared
from tools.browser import launched

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "build" / "screenshots"
OPTIONS = {"dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}}
WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1440}
CONTACT_SHEET = """<!doctype html><style>body{{margin:12px;display:flex;flex-wrap:wrap;gap:12px;background:#f6f8fb}}
img{{width:{width}px;height:auto;border-radius:6px}}</style>{pictures}"""


class SetClock(Clock):
    """A clock that stands where it is set."""

    instant: datetime

    def set(self, text: str) -> None:
        self.instant = datetime.fromisoformat(text).replace(tzinfo=SWEDEN)

    def now(self) -> datetime:
        return self.instant

    def timestamp(self) -> float:
        return self.instant.timestamp()


@contextmanager
def running(clock: SetClock) -> Iterator[tuple[Flask, str]]:
    with tempfile.TemporaryDirectory() as instance:
        settings = {"SECRET_KEY": "bilder" * 8, "INSTANCE_PATH": instance, "CLOCK": clock}
        content = prepared.copied(Path(instance) / "content")
        app = create_app(settings | {"DRAW_CHAIN": PRACTICE, "CALENDAR_CONTENT": content, "TESTING": True})
        with app.app_context():
            database.upgrade()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield app, f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()


def entries(app: Flask, clock: SetClock) -> None:
    with app.app_context():
        edition = app.extensions["library"].editions[2026]
        contest = terms.freeze_terms(edition, edition.file_contest.opens, PRACTICE)
        for number in range(60):
            answer = "2040" if number % 9 == 4 else "2030"
            answers = EntryInput(f"person{number}@example.org", answer, "1441", None, f"{number}")
            store.save_entry(contest, answers, contest.opens + timedelta(hours=4 * number))


def act(app: Flask, clock: SetClock, name: str) -> None:
    with app.app_context():
        contest = terms.frozen_in(2026)
        if name == "lock":
            actions.lock_list(contest, clock.now())
        elif name == "draw":
            value.draw_winners(contest, practice_answer(db.session.scalar(sa.select(LockedList.round))), clock.now())
            begin_write()
            winners.note_letter(contest.id, 1, clock.now(), refused=False)
            db.session.commit()
        elif name == "confirm":
            winners.confirm_winner(contest, 1, clock.now())


def signed_in(app: Flask, clock: SetClock) -> str:
    """The cookie of an organiser."""
    token = secrets.token_urlsafe(32)
    with app.app_context():
        organiser = AdminUser(email="olle@example.org", password_hash="", totp_secret="", created_at=clock.now())
        db.session.add(organiser)
        db.session.flush()
        far = clock.now() + timedelta(days=60)
        db.session.add(
            AdminSession(token_sha256=checksum(token), organiser_id=organiser.id, created_at=far, seen_at=far)
        )
        db.session.commit()
    return token


class Album:
    def __init__(self, browser: Browser, site: str) -> None:
        self._browser, self._site = browser, site
        self.cookie = ""

    def desk(self, name: str, path: str) -> None:
        """A page of the organisers', signed in, on phone and desktop."""
        for view in ("phone", "desktop"):
            page = self._browser.new_page(
                viewport={"width": WIDTHS[view], "height": 900},
                reduced_motion="reduce",
                extra_http_headers={"Cookie": f"{COOKIE}={self.cookie}"},
            )
            page.goto(self._site + path)
            self._save(page, name, view)
            page.close()

    def take(self, name: str, path: str, *views: str) -> None:
        """A full-page picture per view: phone, tablet, desktop, dark, forced, print."""
        for view in views or ("phone", "desktop"):
            options = (
                {"color_scheme": "dark"} if view == "dark" else {"forced_colors": "active"} if view == "forced" else {}
            )
            width = WIDTHS.get(view, 390 if view == "forced" else 1440)
            page = self._browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
            page.goto(self._site + path)
            self._save(page, name, view)
            page.close()

    def form_with_faults(self, name: str, path: str) -> None:
        page = self._browser.new_page(viewport={"width": 390, "height": 900}, reduced_motion="reduce")
        page.goto(self._site + path)
        page.fill("#email", "anna@exempel")
        page.click("main button")
        self._save(page, name, "phone")
        page.close()

    def receipt(self, name: str, path: str, clock: SetClock) -> None:
        page = self._browser.new_page(viewport={"width": 390, "height": 900}, reduced_motion="reduce")
        page.goto(self._site + path)
        clock.instant += timedelta(seconds=20)
        page.check("#answer-2")
        page.fill("#email", "anna@example.se")
        page.select_option("#municipality", label="Lerum")
        page.check("#adult")
        page.check("#rules")
        page.click("main button")
        self._save(page, name, "phone")
        page.close()

    def _save(self, page: Page, name: str, view: str) -> None:
        if view == "print":
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 720, "height": 1000})
        page.screenshot(path=FOLDER / f"{name}-{view}.png", full_page=True)

    def contact_sheet(self, name: str, pictures: list[bytes], width: int) -> None:
        """All pictures side by side, each a document of its own: their symbols share names."""
        images = "".join(f'<img src="data:image/svg+xml;base64,{b64encode(svg).decode()}">' for svg in pictures)
        page = self._browser.new_page(viewport={"width": 6 * (width + 12) + 24, "height": 400})
        page.set_content(CONTACT_SHEET.format(width=width, pictures=images))
        page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        page.close()


def visits(app: Flask) -> None:
    """Invented showings of the first hatches, most on their own day."""
    first = date(2026, 12, 1)
    shown = {((2026, n), first + timedelta(days=d - 1)): 480 // (1 + d - n) for n in range(1, 14) for d in range(n, 14)}
    front = {((2026, 0), first + timedelta(days=d)): 700 + 90 * (d % 4) for d in range(13)}
    with app.app_context():
        counter.add_counts(shown | front)


def desk_in_the_contest(album: Album, app: Flask) -> None:
    """The organisers' pages on 13 December."""
    visits(app)
    album.desk("admin-overview", "/admin/")
    album.desk("admin-readiness", "/admin/beredskap")
    album.desk("admin-editor", "/admin/redigera")
    album.desk("admin-editor-hatch", "/admin/redigera/lucka/13")
    album.desk("admin-preview", "/admin/forhandsvisning")
    album.desk("admin-preview-page", "/admin/forhandsvisning/2026-12-20T0800/")
    album.desk("admin-entries", "/admin/bidrag?sok=person1")
    album.desk("admin-statistics", "/admin/statistik")
    album.desk("admin-accounts", "/admin/konton")


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    FOLDER.mkdir(parents=True, exist_ok=True)
    clock = SetClock()
    clock.set("2026-11-23 08:00")
    with running(clock) as (app, site), sync_playwright() as playwright, launched(playwright) as browser:
        album = Album(browser, site)
        album.take("calendar-before", "/", "phone", "desktop")
        clock.set("2026-12-01 08:00")
        album.take("calendar-first-day", "/", "phone")
        clock.set("2026-12-13 08:00")
        entries(app, clock)
        album.take("calendar", "/", "phone", "tablet", "desktop", "dark", "forced", "print")
        album.take("hatch", "/2026/lucka/13", "phone", "tablet", "desktop", "dark", "forced", "print")
        album.take("hatch-contest", "/2026/lucka/10", "phone", "desktop")
        album.take("hatch-locked", "/2026/lucka/20", "phone", "desktop")
        album.take("form", "/2026/lucka/10/tavla", "phone", "desktop", "dark")
        album.form_with_faults("form-faults", "/2026/lucka/10/tavla")
        album.receipt("receipt", "/2026/lucka/10/tavla", clock)
        album.take("rules", "/2026/tavling/villkor", "phone", "desktop")
        album.take("draw-open", "/2026/dragning", "phone", "desktop")
        album.take("about", "/om", "phone", "desktop")
        album.take("not-found", "/finns-inte", "phone")
        album.take("sign-in", "/admin/logga-in", "phone", "desktop")
        album.cookie = signed_in(app, clock)
        desk_in_the_contest(album, app)
        clock.set("2026-12-21 09:00")
        album.desk("admin-draw-closed", "/admin/dragning")
        album.take("form-closed", "/2026/lucka/10/tavla", "phone")
        clock.set("2026-12-22 00:00:10")
        act(app, clock, "lock")
        album.take("draw-locked", "/2026/dragning", "phone", "desktop")
        clock.set("2026-12-22 12:10")
        album.desk("admin-draw-value", "/admin/dragning")
        clock.set("2026-12-24 12:10")
        act(app, clock, "draw")
        album.desk("admin-draw-winner", "/admin/dragning")
        act(app, clock, "confirm")
        album.desk("admin-draw-finished", "/admin/dragning")
        album.desk("admin-overview-finished", "/admin/")
        album.take("draw-finished", "/2026/dragning", "phone", "desktop", "dark")
        album.take("calendar-christmas-eve", "/", "phone", "desktop")
        clock.set("2026-12-27 12:10")
        album.take("calendar-after", "/", "phone", "desktop", "dark")
        found = app.extensions["library"].editions[2026].hatches.values()
        pictures = [hatch.images[hatch.file.image] for hatch in found]
        album.contact_sheet("illustrations-96", pictures, 96)
        album.contact_sheet("illustrations-320", pictures, 320)
    print(f"{len(list(FOLDER.glob('*.png')))} bilder finns i {FOLDER.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()

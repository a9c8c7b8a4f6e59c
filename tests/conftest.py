"""What the tests share: a clock that stands still, an app with a fresh database, and a named cast.

Whatever uses the database runs on SQLite and, with TEST_DATABASE_URL=postgresql://…, on PostgreSQL as well, in
databases that the suite makes and drops itself. `make test` starts a server for it.
"""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import brotli
import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import config, create_app, database
from app.admin.accounts.guard import COOKIE
from app.admin.accounts.models import AdminSession, AdminUser
from app.admin.accounts.sessions import checksum
from app.calendar import library
from app.calendar.content import Edition
from app.clock import SWEDEN, Clock
from app.contest import store, terms
from app.contest.forms import EntryInput
from app.contest.store import SavedEntry
from app.contest.terms import FrozenContest
from app.database import begin_write, db, known_revisions
from app.draw import actions, winners
from app.draw import value as draw_value
from app.spec.beacon import PRACTICE, round_at
from app.spec.practice_beacon import practice_answer
from app.web import static
from tests import prepared

ROOT = Path(__file__).parent.parent
POSTGRES = os.environ.get("TEST_DATABASE_URL", "")
# For what never meets the database: once is enough.
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
# For what only several processes or a server apart can do.
on_postgresql = pytest.mark.parametrize("engine", ["postgresql"][: bool(POSTGRES)], indirect=True)
SECRET_KEY = "test-" * 8
# What the program calls its SQLite file.
DATABASE = "kalender.sqlite3"
ENTRY_URL = "/2026/lucka/10/tavla"
# Someone who answers rightly and fills in everything.
ANNA = {"email": "anna@example.se", "answer": "2030", "municipality": "1441", "adult": "ja", "rules": "ja"}


def swedish(text: str) -> datetime:
    """An instant from "2026-12-10 08:00:00", in Sweden."""
    return datetime.fromisoformat(text).replace(tzinfo=SWEDEN)


class StoppedClock(Clock):
    """A clock that a test sets."""

    def __init__(self, text: str = "2026-12-10 08:00") -> None:
        self.set(text)

    def set(self, text: str) -> None:
        self.instant = swedish(text).astimezone(UTC)

    def forward(self, **span: float) -> None:
        self.instant += timedelta(**span)

    def now(self) -> datetime:
        return self.instant

    def timestamp(self) -> float:
        return self.instant.timestamp()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say of a run of the whole suite what is not in it."""
    config = terminalreporter.config
    if config.args_source is config.ArgsSource.TESTPATHS and "CONTAINER" not in os.environ:
        terminalreporter.write_line("Avbilden är inte byggd här. Det gör `make container`.")


@pytest.fixture(scope="session", autouse=True)
def no_env_file() -> Iterator[None]:
    """What a developer has in `.env` is not the tests' business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "ENV_FILE", Path(os.devnull))
        yield


@pytest.fixture(scope="session")
def worker_clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def clock(worker_clock: StoppedClock) -> StoppedClock:
    """The clock of the worker's app, set back."""
    worker_clock.set("2026-12-10 08:00")
    return worker_clock


@pytest.fixture(scope="session", params=["sqlite", *(["postgresql"] if POSTGRES else [])])
def engine(request: pytest.FixtureRequest) -> str:
    """The database engine that a test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def filled_in() -> Path:
    """The shipped content with all that its organiser fills in before the contest opens; no test changes it."""
    return prepared.shared()


@pytest.fixture(scope="session")
def blanks(filled_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Give the worker's migrated, empty database for an engine, made once."""
    name = f"kalender_{secrets.token_hex(6)}"
    made: dict[str, str] = {}

    def give(engine: str) -> str:
        if engine not in made:
            folder = tmp_path_factory.mktemp("blank")
            if engine == "postgresql":
                _on_server(f"CREATE DATABASE {name}")
            url = _url_of(name) if engine == "postgresql" else f"sqlite:///{folder / DATABASE}"
            app = create_app(_settings(folder, url, filled_in))
            with app.app_context():
                database.upgrade()
                db.engine.dispose()
            made[engine] = name if engine == "postgresql" else str(folder / DATABASE)
        return made[engine]

    yield give
    if "postgresql" in made:
        _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def blank(engine: str, blanks: Callable[[str], str]) -> str:
    """A migrated, empty database: the path of a file to copy, or the name of the worker's on PostgreSQL."""
    return blanks(engine)


def _settings(folder: Path, database_url: str, content: Path) -> dict[str, Any]:
    return {
        "TESTING": True,
        "SECRET_KEY": SECRET_KEY,
        "INSTANCE_PATH": folder,
        "DATABASE_URL": database_url,
        "CALENDAR_CONTENT": content,
        "DRAW_CHAIN": PRACTICE,
        # As with SQLite, also on PostgreSQL: sharing has tests of its own.
        "SHARED_CONTENT": False,
    }


def _url_of(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + "/" + name


def _on_server(statement: str) -> None:
    with psycopg.connect(POSTGRES.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def database_url(engine: str, blank: str, tmp_path: Path) -> str:
    """The address of an empty database."""
    if engine == "postgresql":
        _empty(_url_of(blank))
        return _url_of(blank)
    copy = tmp_path / DATABASE
    shutil.copyfile(blank, copy)
    return f"sqlite:///{copy}"


def _empty(url: str) -> None:
    """Make a PostgreSQL database as new, also the tables that are written once, and end who is still there."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"TRUNCATE {', '.join(db.metadata.tables)} RESTART IDENTITY")
        connection.execute("UPDATE alembic_version SET version_num = %s", [known_revisions()[-1]])


@pytest.fixture
def empty_url(engine: str, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a table."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    name = f"kalender_{secrets.token_hex(6)}"
    _on_server(f"CREATE DATABASE {name}")
    yield _url_of(name)
    _on_server(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What need not be made anew for every test: compressed static files, compiled templates."""
    folder = tmp_path_factory.mktemp("built")
    static.build_static(folder / "static")
    (folder / "templates").mkdir()
    return folder


@pytest.fixture
def instance(tmp_path: Path, built: Path) -> Path:
    """The instance folder of a test, with what need not be made anew."""
    link_built(tmp_path, built)
    return tmp_path


def link_built(folder: Path, built: Path) -> None:
    """Give an instance folder what need not be made anew."""
    for name in ("static", "templates"):
        (folder / name).symlink_to(built / name)


@pytest.fixture(scope="session", autouse=True)
def compress_quickly(built: Path) -> Iterator[None]:
    """Compress pages as well as takes less time than to render them, and equal ones once a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", lru_cache(2048)(partial(brotli.compress, quality=1)))
        yield


@pytest.fixture(scope="session", autouse=True)
def compile_rules_once() -> Iterator[None]:
    """Compile each address of the app once a process: Werkzeug's compiler takes two thirds of making an app."""
    compiled: dict[object, Any] = {}
    compile_rule = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_rule(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session")
def read_once(filled_in: Path) -> Iterator[None]:
    """The filled-in content is read once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read_edition", "pack"):
            patch.setattr(library, name, _once(getattr(library, name), filled_in))
        yield


def _once(read: Callable[..., Any], own: Path) -> Callable[..., Any]:
    kept = lru_cache(read)
    return lambda folder, *more: (kept if folder.parent == own else read)(folder, *more)


class SharedApp:
    """An app that many tests use in turn, each with an instance folder, a database and a state as if it were new.

    Its instance folder is a link to the folder of the test.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.link = Path(app.instance_path)
        shutil.rmtree(self.link)
        self.config, self.extensions = dict(app.config), dict(app.extensions)
        changing = (
            app.wsgi_app,
            *(app.extensions[name] for name in ("library", "tally", "replies", "rate_limits", "entries")),
        )
        self.states = [(part, _copied(vars(part))) for part in changing]

    def renew(self, folder: Path) -> Flask:
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(folder)
        for whole, saved in ((self.app.config, self.config), (self.app.extensions, self.extensions)):
            whole.clear()
            whole.update(_copied(saved))
        for part, state in self.states:
            vars(part).update(_copied(state))
        # When they last looked at the disk, and last wrote, by the machine's clock.
        vars(self.app.extensions["library"])["_checked"] = vars(self.app.extensions["tally"])["_written"] = (
            time.monotonic()
        )
        return self.app


def _copied(values: dict[str, Any]) -> dict[str, Any]:
    """Copy a mapping and the mappings and lists in it."""
    return {name: copy(value) if isinstance(value, (dict, list)) else value for name, value in values.items()}


def create_careless_app(settings: dict[str, Any]) -> Flask:
    """Make an app whose SQLite writes need not survive a power cut."""
    app = create_app(settings)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sa.event.listen(db.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return app


@pytest.fixture(scope="session")
def shared_apps() -> dict[object, SharedApp]:
    """The apps of this worker, by what they were made of."""
    return {}


@pytest.fixture
def share_app(
    shared_apps: dict[object, SharedApp],
    engine: str,
    database_url: str,
    instance: Path,
    tmp_path_factory: pytest.TempPathFactory,
    clock: StoppedClock,
    filled_in: Path,
    read_once: None,
) -> Iterator[Callable[..., Flask]]:
    """Give the worker's app with these settings, as if it were new; the contest has opened as with make_app."""
    used: list[Flask] = []

    def share(opened: bool = True, **overrides: Any) -> Flask:
        content = overrides.pop("CALENDAR_CONTENT", None)
        key = (engine, *sorted((name, str(value)) for name, value in overrides.items()))
        if key not in shared_apps:
            folder = tmp_path_factory.mktemp("app")
            shutil.copytree(instance, folder, symlinks=True, dirs_exist_ok=True)
            url = f"sqlite:///{folder / DATABASE}" if engine == "sqlite" else database_url
            settings = _settings(folder, url, filled_in) | {"CLOCK": clock} | overrides
            shared_apps[key] = SharedApp(create_careless_app(settings))
        app = shared_apps[key].renew(instance)
        if content:
            app.config["CALENDAR_CONTENT"], kept = content, app.extensions["library"]
            vars(kept).update(vars(library.Library(content, kept.last_good, kept.state)))
        used.append(app)
        if opened:
            open_contest(app, clock)
        return app

    yield share
    for thread in threading.enumerate():
        if thread.name.endswith(("(_prepare)", "(flush)")):
            thread.join()
    for app in used:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def make_app(
    database_url: str, instance: Path, clock: StoppedClock, filled_in: Path, read_once: None
) -> Iterator[Callable[..., Flask]]:
    """Make an app on this test's database, with other settings when given: make_app(ENTRY_LIMIT="2 per hour").

    Its jobs loop has run at the contest's opening, when that has come, but for make_app(opened=False).
    """
    made: list[Flask] = []

    def make(opened: bool = True, **overrides: Any) -> Flask:
        settings = _settings(instance, database_url, filled_in) | {"CLOCK": clock} | overrides
        made.append(create_careless_app(settings))
        if opened:
            open_contest(made[-1], clock)
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def open_contest(app: Flask, clock: Clock) -> None:
    """Do what the jobs loop does at the contest's opening, when its time has come."""
    with app.app_context():
        edition = app.extensions["library"].editions.get(2026)
        if edition and _is_opening(edition, clock.now()):
            # The mail server of a test answered when the contest opened, whatever it does now.
            mail_url, app.config["MAIL_URL"] = app.config["MAIL_URL"], ""
            freeze(app)
            app.config["MAIL_URL"] = mail_url


def _is_opening(edition: Edition, now: datetime) -> bool:
    """Whether the jobs loop would open the contest now; False where there is no database to say so."""
    try:
        return terms.phase_of(edition, now) == "opening"
    except sa.exc.SQLAlchemyError:
        db.session.rollback()
        return False


def free_port() -> int:
    """A port of 127.0.0.1 where nobody listens, none of those that the system hands out: nobody takes it meanwhile."""
    for _ in range(100):
        port = 20_000 + secrets.randbelow(10_000)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("every port is taken")


def until(seen: Callable[[], object], process: subprocess.Popen[Any]) -> None:
    """Wait until something is to be seen; fails when the process ends before, or when it takes two minutes."""
    deadline = time.monotonic() + 120
    while not seen():
        assert process.poll() is None, "the process ended before its time"
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def configured(**settings: Any) -> pytest.MarkDecorator:
    """For a test on an app with other settings: @configured(ENTRY_LIMIT="2 per hour")."""
    return pytest.mark.parametrize("app", [settings], indirect=True, ids=[" ".join(settings)])


@pytest.fixture
def app(share_app: Callable[..., Flask], request: pytest.FixtureRequest) -> Flask:
    """The worker's app, or that with other settings."""
    return share_app(**getattr(request, "param", {}))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@pytest.fixture
def content(filled_in: Path, tmp_path: Path) -> Path:
    """A copy of the filled-in content that a test may change."""
    return Path(shutil.copytree(filled_in, tmp_path / "calendar_content", copy_function=shutil.copyfile))


def token_in(page: TestResponse) -> str:
    """The form token on a page."""
    found = re.search(r'name="token"[^>]*value="([^"]+)"', page.text)
    assert found, f"no form on the page: {page.status}"
    return found[1]


def fill_in(client: FlaskClient, clock: StoppedClock, **changes: str | None) -> TestResponse:
    """Fill in the contest form as a person does: opens it, takes some seconds, sends it."""
    token = token_in(client.get(ENTRY_URL))
    clock.forward(seconds=20)
    return client.post(ENTRY_URL, data=filled(token=token, **changes))


def filled(**changes: str | None) -> dict[str, str]:
    """The fields of Anna's form, with changes; None leaves a field out."""
    return {name: value for name, value in (ANNA | changes).items() if value is not None}


@pytest.fixture
def enter(client: FlaskClient, clock: StoppedClock) -> Callable[..., TestResponse]:
    """Enter the contest with the form: enter(email="bo@example.se")."""
    return partial(fill_in, client, clock)


@pytest.fixture
def contest(app: Flask) -> FrozenContest:
    """The contest as it opens at its time."""
    with app.app_context():
        return freeze(app)


def freeze(app: Flask, year: int = 2026) -> FrozenContest:
    """Open an edition's contest at the instant of its opening, whatever the clock says."""
    edition = app.extensions["library"].editions[year]
    return terms.freeze_terms(edition, edition.file_contest.opens, app.extensions["draw_chain"])


@pytest.fixture
def accept(app: Flask, contest: FrozenContest) -> Callable[..., SavedEntry]:
    """Take an entry in behind the form: accept("bo@example.se", answer="2027", at="2026-12-11 09:00")."""

    def take(
        email: str,
        answer: str = "2030",
        at: str = "2026-12-10 09:00",
        motivation: str | None = None,
        municipality: str = "1441",
    ) -> SavedEntry:
        answers = EntryInput(email, answer, municipality, motivation, secrets.token_hex(20))
        with app.app_context():
            return store.save_entry(contest, answers, swedish(at))

    return take


STATES = ("draft", "open", "closed", "locked", "drawn", "contact", "finished")
DRAW_AT = swedish("2026-12-22 12:00:00")
LOCK_AT = "2026-12-22 00:00:01"
# What the relay answers at the time of the draw, in the practice chain.
VALUE = practice_answer(round_at(PRACTICE, DRAW_AT))


def send_letter(contest: FrozenContest, place: int, now: datetime) -> None:
    """The letter to a place leaves, as the mail server would have it."""
    begin_write()
    winners.note_letter(contest.id, place, now, refused=False)
    db.session.commit()


def _skip_first(contest: FrozenContest, clock: StoppedClock) -> None:
    """Write to the first in line, wait the answer days and go on to the next."""
    send_letter(contest, 1, clock.now())
    clock.forward(days=(contest.answer_days or 0) + 1)
    winners.skip_place(contest, 1, "svarar inte", clock.now())


def _confirm_second(contest: FrozenContest, clock: StoppedClock) -> None:
    send_letter(contest, 2, clock.now())
    winners.confirm_winner(contest, 2, clock.now())


@pytest.fixture
def reach(app: Flask, clock: StoppedClock, contest: FrozenContest) -> Callable[[str], None]:
    """Bring the contest from before its closing to a state, by the clock and then by the actions: reach("locked")."""

    def go(state: str) -> None:
        clock.set({"draft": "2026-12-09 12:00", "open": "2026-12-11 12:00"}.get(state, "2026-12-21 09:00"))
        steps: list[Callable[[], object]] = [
            lambda: clock.set(LOCK_AT),
            lambda: actions.lock_list(contest, clock.now()),
            lambda: clock.set("2026-12-22 12:01"),
            lambda: draw_value.draw_winners(contest, VALUE, clock.now()),
            lambda: _skip_first(contest, clock),
            lambda: _confirm_second(contest, clock),
        ]
        with app.app_context():
            for step in steps[: {"locked": 2, "drawn": 4, "contact": 5, "finished": 6}.get(state, 0)]:
                step()

    return go


def signed_in(app: Flask, email: str, **account: str) -> FlaskClient:
    """An organiser, signed in for as long as the test takes, whatever it does to the clock."""
    token, moment = secrets.token_urlsafe(32), swedish("2030-01-01")
    with app.app_context():
        organiser = AdminUser(email=email, password_hash="x", totp_secret="x", created_at=moment, **account)
        db.session.add(organiser)
        db.session.flush()
        db.session.add(
            AdminSession(token_sha256=checksum(token), organiser_id=organiser.id, created_at=moment, seen_at=moment)
        )
        db.session.commit()
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


@pytest.fixture
def organiser(app: Flask) -> FlaskClient:
    """Olle."""
    return signed_in(app, "olle@example.se")


@pytest.fixture
def other_organiser(app: Flask) -> FlaskClient:
    """Olga."""
    return signed_in(app, "olga@example.se")


@pytest.fixture
def made(app: Flask) -> Iterator[list[str]]:
    """The names of the templates, one for each time that a page is made."""
    names: list[str] = []

    def note(_app: Flask, template: Template, context: object) -> None:
        names.append(template.name or "")

    with template_rendered.connected_to(note, app):
        yield names


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    """The database, for as long as the test takes."""
    with app.app_context():
        yield


@pytest.fixture
def usual_recursion_limit() -> Iterator[None]:
    """The limit that the calendar runs with; py_ecc, of other tests, raises it for the whole process."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(limit)

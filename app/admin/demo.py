"""A demo is a sandbox: a copy of the content, a database and a key of its own, all in the instance folder."""

import fcntl
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from app import clock, database
from app.admin.accounts.models import AdminSession, AdminUser, Invitation, Passkey, RecoveryCode, UsedChallenge
from app.calendar.content import Edition
from app.calendar.files.faults import ContentError
from app.calendar.loader import read_edition
from app.calendar.schedule import current_year
from app.contest import store, terms
from app.contest.forms import EntryInput
from app.contest.models import Entry
from app.contest.terms import FrozenContest
from app.database import db
from app.editing import hatch_file
from app.errors import NotAllowed

# Entries in a demo, so that there is something to see and to draw among.
INVENTED = 40
# What stands in the copy where the original has left a required field empty. 000000-0000 has a right check digit.
EXAMPLES: dict[str, dict[str, object]] = {
    "organiser": {
        "kind": "myndighet",
        "organisation_number": "000000-0000",
        "address": "Exempel: Storgatan 1, 123 45 Exempelstad",
    },
    "privacy": {
        "legal_basis": "Exempel: uppgift av allmänt intresse (artikel 6.1 e i dataskyddsförordningen).",
        "officer": "Exempel: dataskyddsombud@example.org",
        "recipients": "Exempel: de som arbetar med kalendern.",
        "transfers": "Exempel: uppgifterna förs inte ut ur EU och EES.",
        "winner_kept": "Exempel: raderas två år efter att vinsten är utlämnad.",
        "erasure_decision": "Exempel: dnr 2026-1",
    },
    "contest": {
        "who_may_enter": "Exempel: alla får vara med.",
        "exclusions": "Exempel: de som arbetar med kalendern får inte delta.",
        "prizes": [{"title": "Exempel: presentkort", "value": 500, "count": 1}],
        "answer_days": 21,
        "tax": "Exempel: vinsten lottas ut och är normalt skattefri.",
    },
}
# Tables that stay when a demo starts over, so that the phone still knows its account; parents first.
_ACCOUNTS = (AdminUser, Invitation, AdminSession, RecoveryCode, Passkey, UsedChallenge)


def copy_content(source: Path, instance: Path) -> Path:
    """Return the demo's copy of the content, made anew from its source until it is edited."""
    copy, marker = instance / "calendar_content", instance / "calendar_content.copied"
    with (instance / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the server and flask jobs start at the same time
        copied = marker.read_text() if marker.is_file() else ""
        is_edited = copy.is_dir() and folder_fingerprint(copy) != copied.partition(" ")[0]
        of_source = folder_fingerprint(source)
        if not source.is_dir() or is_edited or (copy.is_dir() and copied.partition(" ")[2] == of_source):
            return copy
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(source, copy)
        for folder in copy.glob("20[0-9][0-9]"):
            fill_in(folder)
        marker.write_text(f"{folder_fingerprint(copy)} {of_source}")
    return copy


def folder_fingerprint(folder: Path) -> str:
    """Return a checksum over the names, sizes and times of all files in a folder."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = (f"{file.relative_to(folder)} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files)
    return sha256("\n".join(lines).encode()).hexdigest()


def fill_in(folder: Path) -> None:
    """Write an example into each required field that an edition has left empty."""
    with suppress(ContentError, OSError, hatch_file.HatchFileError):  # the copy says so itself, as the original does
        for gap in read_edition(folder, demo=True).gaps:
            table, name = gap.field.split(".")
            file, changes = folder.parent / gap.file, {table: {name: EXAMPLES[table][name]}}
            text = file.read_text("utf-8-sig")
            change = hatch_file.change_toml if file.suffix == ".toml" else hatch_file.render_hatch
            file.write_text(change(text, changes), "utf-8")


def start_over() -> None:
    """Empty the demo, except for its accounts, and fill it anew."""
    db.session.remove()
    with db.engine.connect() as connection:
        accounts = [(model, connection.execute(sa.select(model.__table__)).mappings().all()) for model in _ACCOUNTS]
    with db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS alembic_version"))
        db.metadata.drop_all(connection)
    database.upgrade()
    with db.engine.begin() as connection:
        for model, rows in accounts:
            if rows:
                connection.execute(sa.insert(model), [dict(row) for row in rows])
    instance = Path(current_app.instance_path)
    for name in ("mail", "reminders", "history", "calendar_content"):
        shutil.rmtree(instance / name, ignore_errors=True)
    current_app.extensions["terms"].clear()
    library = current_app.extensions["library"]
    copy_content(current_app.config["DEMO_SOURCE"], instance)
    library.refresh(at_once=True)
    invent_entries()


def invent_entries() -> int:
    """Enter people who do not exist in the open contest, some wrong or twice; return how many, 0 if some are there."""
    editions = current_app.extensions["library"].editions
    edition, now = editions[current_year(editions, clock.now())], clock.now()
    if edition.file_contest is None or db.session.scalar(sa.select(sa.func.count(Entry.id))):
        return 0
    contest = open_contest(edition, now)
    if contest is None:
        return 0
    wrong = next(option for option in contest.options if option != contest.answer)
    span = min(now, contest.closes) - contest.opens
    for number in range(INVENTED):
        answers = EntryInput(
            email=f"person{number // 2}+igen@example.org" if number % 10 == 1 else f"person{number}@example.org",
            answer=wrong if number % 7 == 3 else contest.answer,
            municipality=("1441", "1480", "1427", "1490", "annan")[number % 5],
            motivation=None,
            nonce=f"demo-{number}",
        )
        moment = contest.opens + span * number / INVENTED + timedelta(seconds=number)
        store.save_entry(contest, answers, moment)
    return INVENTED


def open_contest(edition: Edition, now: datetime) -> FrozenContest | None:
    """Open the contest as if the demo had been running at its opening."""
    contest = edition.file_contest
    if contest is None or contest.phase(now) == "before":
        return None
    try:
        return terms.freeze_terms(edition, contest.opens, current_app.extensions["draw_chain"])
    except NotAllowed:
        return None

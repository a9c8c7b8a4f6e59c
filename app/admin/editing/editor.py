"""What every page of the editor needs: the desk, who is at it, and what an organiser is called."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from babel.dates import format_timedelta
from flask import Response, abort, current_app, g
from werkzeug.datastructures import FileStorage

from app import clock
from app.admin.accounts import activity_log
from app.admin.accounts.models import AdminUser
from app.calendar.schedule import image_type
from app.calendar.views import library
from app.database import db
from app.editing.history import History, Version
from app.editing.labels import describe_file, diff_lines
from app.editing.save import Change, EditConflict, Editor
from app.editing.store import Files, text_of


def editor() -> Editor:
    shelf = library()
    return Editor(shelf.root, History(Path(current_app.instance_path) / "history"), shelf.editions, shelf.demo)


def change_now(what: str) -> Change:
    """Return an act of the organiser who is signed in, now."""
    return Change(g.sign_in.organiser_id, what, clock.now())


def publish_change(about: str) -> None:
    """Let the site read a change at once, and log who made it."""
    library().refresh(at_once=True)
    activity_log.log_action("edited", about, clock.now())


def author_name(version: Version) -> str:
    """Return what the maker of a version is called in a list."""
    organiser = db.session.get(AdminUser, version.who) if version.who else None
    if organiser:
        return organiser.email
    return "någon som inte längre har ett konto" if version.who else "någon på servern"


def time_ago(version: Version) -> str:
    """Return how long ago, as "för 2 minuter sedan"."""
    if clock.now() - version.at < timedelta(minutes=1):
        return "alldeles nyss"
    return format_timedelta(version.at - clock.now(), add_direction=True, locale="sv", threshold=1.2)


def describe_conflict(conflict: EditConflict) -> dict[str, object]:
    """Return what the page says of a change that came in between: whose, how long ago, and what differs."""
    theirs, mine = (describe_file(text_of(files)) for files in (conflict.theirs, conflict.mine))
    return {
        "other": author_name(conflict.version),
        "ago": time_ago(conflict.version),
        "difference": diff_lines(theirs, mine),
    }


def private_file(name: str, files: Files) -> Response:
    """Return a file of a leaf as a response; the blueprint lets no cache keep it."""
    return Response(files[name], mimetype=image_type(name)) if name in files else abort(404)


def uploaded_bytes(file: FileStorage | None) -> bytes:
    """Return the bytes of a file that came with a form; its name is nowhere used."""
    if not file:
        return b""
    with closing(file):
        return bytes(file.read())

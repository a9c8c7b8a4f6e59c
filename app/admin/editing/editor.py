"""What every page of the editor needs: the desk, who is at it, and what an organiser is called."""

from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from babel.dates import format_timedelta
from babel.lists import format_list
from flask import Response, abort, current_app, g
from werkzeug.datastructures import FileStorage

from app import clock
from app.admin.accounts import activity_log
from app.admin.accounts.forms import AdminForm
from app.admin.accounts.models import AdminUser
from app.calendar.content import image_type
from app.calendar.views import library
from app.database import db
from app.editing import hatch_file, save, store
from app.editing.history import Version
from app.editing.labels import describe_file, diff_lines, tell_fault
from app.editing.save import Change, EditConflict, Editor, Merge, Revision, Saved, SaveRefused, open_editor
from app.editing.store import ContentRef, Files, text_of
from app.web.rate_limit import check_and_hit

UNREADABLE = "Filen på servern går inte att läsa. Gå tillbaka till en tidigare version först."


def editor() -> Editor:
    return open_editor(library(), Path(current_app.instance_path))


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


def others_named(versions: Iterable[Version]) -> str:
    """Return who made some versions, each once, as they are called within a sentence."""
    names = ("du själv" if version.who == g.sign_in.organiser_id else author_name(version) for version in versions)
    return format_list(list(dict.fromkeys(names)), locale="sv")


def time_ago(version: Version) -> str:
    """Return how long ago, as "för 2 minuter sedan"."""
    if clock.now() - version.at < timedelta(minutes=1):
        return "alldeles nyss"
    return format_timedelta(version.at - clock.now(), add_direction=True, locale="sv", threshold=1.2)


def refusal_told(refused: SaveRefused) -> list[str]:
    """Return why a change was refused, in the words of the editor's pages."""
    return [refused.sentence] if refused.sentence else [tell_fault(fault) for fault in refused.faults]


def try_save(
    leaf: ContentRef, form: AdminForm, what: str, revise: Revision, merge: Merge, page: Callable[..., tuple[str, int]]
) -> Saved | tuple[str, int]:
    """Save what a form says; where it cannot be saved, return the form's page, which says why."""
    try:
        return save.save_change(editor(), leaf, form.checksum.data or "", revise, change_now(what), merge)
    except EditConflict as conflict:
        form.checksum.data = store.checksum(conflict.theirs)
        return page(409, **describe_conflict(conflict))
    except SaveRefused as refused:
        for fault in refused.faults:
            form.tell(fault)
        if refused.sentence:
            form.refuse(refused.sentence)
    except hatch_file.HatchFileError:
        form.refuse(UNREADABLE)
    except store.ContentWriteError as trouble:
        return page(503, trouble=str(trouble))
    return page(422)


def describe_conflict(conflict: EditConflict) -> dict[str, object]:
    """Return what the page says of a change that came in between: whose, how long ago, and what differs."""
    theirs, mine = (describe_file(text_of(files)) for files in (conflict.theirs, conflict.mine))
    return {
        "other": author_name(conflict.version),
        "ago": time_ago(conflict.version),
        "difference": diff_lines(theirs, mine),
    }


def private_file(name: str, files: Files) -> Response:
    """Return a picture of a leaf as a response; the blueprint lets no cache keep it."""
    if name not in files or store.is_text(name):
        abort(404)
    return Response(files[name], mimetype=image_type(name))


def keep_upload(body: bytes) -> str:
    """Keep what was sent until it is answered, and return its name; what was never answered goes after a day."""
    folder = Path(current_app.instance_path) / "uploads"
    name = sha256(body).hexdigest()
    with store.translate_os_errors():
        folder.mkdir(mode=0o700, exist_ok=True)
        for file in folder.iterdir():
            # Another request may take the same away.
            with suppress(FileNotFoundError):
                if clock.now().timestamp() - file.stat().st_mtime > timedelta(days=1).total_seconds():
                    file.unlink()
        store.put_files(folder / name, body)
    return name


def kept_upload(name: str) -> bytes:
    """Return what keep_upload() kept under a name. Raises SaveRefused when it is there no more."""
    try:
        return (Path(current_app.instance_path) / "uploads" / name).read_bytes()
    except OSError:
        raise SaveRefused("Filen finns inte kvar. Skicka den en gång till.") from None


def drop_upload(name: str) -> None:
    (Path(current_app.instance_path) / "uploads" / name).unlink(missing_ok=True)


def count_picture() -> None:
    """Count a picture that is made small, which keeps a processor busy for seconds. Raise RateLimitExceeded."""
    check_and_hit("bild", each="60 per hour", together="300 per hour")


def uploaded_bytes(file: FileStorage | None) -> bytes:
    """Return the bytes of a file that came with a form; its name is nowhere used."""
    if not file:
        return b""
    with closing(file):
        return bytes(file.read())

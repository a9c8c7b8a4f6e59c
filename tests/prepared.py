"""The shipped content as it is when its organiser has filled in what keeps the contest closed."""

import atexit
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).parent.parent / "calendar_content"
MAILBOX = "miljojulkalendern@kommun.se"
DECISION = "GR 2026-117"
_FILLED_IN = {
    "edition.toml": {
        'email = "miljojulkalendern@example.org"': f'email = "{MAILBOX}"',
        'officer = ""': 'officer = "Arrangörens dataskyddsombud, som du når på dataskyddsombud@kommun.se"',
        'erasure_decision = ""': f'erasure_decision = "{DECISION}"',
    },
    # Tests of the draw wait out the days to answer: no more of them than must be.
    "10/hatch.md": {"answer_days = 21": "answer_days = 7"},
}


def copied(target: Path) -> Path:
    """Copy the content to a folder that does not exist, and fill it in."""
    shutil.copytree(SHIPPED, target)
    for name, changes in _FILLED_IN.items():
        file = target / "2026" / name
        text = file.read_text("utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
    return target


def content_in(target: Path) -> Path:
    """Return the filled-in content in a folder, copied there by the first process that asks."""
    if not target.exists():
        own = copied(Path(tempfile.mkdtemp(dir=target.parent)) / "content")
        with suppress(OSError):  # another was first
            own.rename(target)
    return target


@cache
def shared() -> Path:
    """Do so once for this process and the servers that it starts; the copy goes when it ends."""
    folder = Path(tempfile.mkdtemp(prefix="filled-in-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return copied(folder / "calendar_content")

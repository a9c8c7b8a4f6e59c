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
        'made = ""': 'made = "Texterna är skrivna av redaktionen och granskade av en kommunekolog."',
        'legal_basis = ""': 'legal_basis = "Uppgift av allmänt intresse (artikel 6.1 e), enligt beslut GR 2026-9."',
        'transfers = ""': 'transfers = "Uppgifterna förs inte ut ur EU och EES."',
        'winner_kept = ""': 'winner_kept = "De raderas två år efter att vinsten är utlämnad."',
        'conformance = ""\nmethod = ""': (
            'conformance = "delvis"\nmethod = "Vi har provat alla sidor med axe-core och tangentbord."\n'
            "assessed = 2026-11-23\nupdated = 2026-11-23\n\n[[accessibility.shortcomings]]\n"
            'what = "Bilderna har ingen uppläst beskrivning."\nwhy = "Vi hann inte."\ninstead = "Skriv till oss."'
        ),
        'erasure_decision = ""': f'erasure_decision = "{DECISION}"',
    },
    "en.toml": {
        'legal_basis = ""': 'legal_basis = "A task in the public interest (Article 6(1)(e)), decision GR 2026-9."',
        'transfers = ""': 'transfers = "The data does not leave the EU and the EEA."',
        'winner_kept = ""': 'winner_kept = "They are erased two years after the prize has been handed out."',
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

"""Name functions and classes in app/ that no code and no template uses; exit with 1 when there are any."""

import keyword
import re
import sys
from pathlib import Path

from vulture import Vulture

ROOT = Path(__file__).parent.parent
KINDS = {"function", "class", "unreachable_code"}
# What the tests measure with: a visitor's hash.
FOR_TESTS = {"client_hash"}


def names_in_templates() -> str:
    """Return every word in the templates as a Python statement, so that it counts as used."""
    words = {
        word
        for path in (ROOT / "app" / "templates").rglob("*.html")
        for word in re.findall(r"\b[A-Za-z_]\w+\b", path.read_text("utf-8"))
    }
    return "\n".join(sorted(word for word in words if not keyword.iskeyword(word)))


def main() -> int:
    finder = Vulture(ignore_names=[*FOR_TESTS], ignore_decorators=["@*"])
    finder.scavenge([str(ROOT / name) for name in ("app", "migrations/versions", "wsgi.py")])
    finder.scan(names_in_templates(), filename="templates")
    unused = [item for item in finder.get_unused_code(min_confidence=60) if item.typ in KINDS]
    found = [item for item in unused if item.filename.is_relative_to(ROOT / "app")]
    for item in found:
        print(f"{item.filename.relative_to(ROOT)}:{item.first_lineno}: {item.message}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

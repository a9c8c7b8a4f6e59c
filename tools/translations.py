"""Bring the catalogues in app/translations up to date with the templates: new texts come in empty, old ones go.

Texts that code translates by a name are given to translate() as constants; those stand in CONSTANTS here.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from app import text
from app.spec.record import SKIP_REASONS

APP = Path(__file__).parent.parent / "app"
FOLDER = APP / "translations"
CONSTANTS = (*text.PATTERNS, *SKIP_REASONS)
KEYWORDS = {"_": None, "gettext": None, "translate": None, "gettext_noop": None}


def wanted() -> set[str]:
    """Return every text that is translated."""
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    options = {"templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}
    found = extract_from_dir(APP, methods, options, KEYWORDS)
    return {str(message) for _, _, message, _, _ in found} | {*CONSTANTS}


def renewed(file: Path, texts: set[str]) -> bytes:
    """Return a catalogue with these texts and no others, in one order."""
    with file.open("rb") as opened:
        known = {message.id: message.string for message in read_po(opened)}
    catalogue = Catalog(locale=file.stem, header_comment="")
    for each in sorted(texts):
        catalogue.add(each, known.get(each, ""))
    written = BytesIO()
    write_po(written, catalogue, omit_header=True, width=0)
    head = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return head + written.getvalue()


def main() -> None:
    texts = wanted()
    for file in sorted(FOLDER.glob("*.po")):
        file.write_bytes(renewed(file, texts))


if __name__ == "__main__":
    main()

"""The municipalities to choose from: Västra Götaland and Kungsbacka by official code, then two other answers."""

from pathlib import Path

_LINES = (Path(__file__).parent / "municipalities.txt").read_text("utf-8").splitlines()
MUNICIPALITIES = dict(line.split("\t") for line in _LINES) | {
    "annan": "Annan kommun",
    "vill-inte-uppge": "Vill inte uppge",
}
"""Code or word as stored, to the name as shown."""

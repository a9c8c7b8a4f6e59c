"""Texts in tests/golden/ that what goes out is compared with; golden/README.md says how to renew them."""

import os
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, data: bytes) -> None:
    """Compare with a file byte for byte, or write it when UPDATE_GOLDEN is set."""
    file = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(data)
    assert data.decode() == file.read_bytes().decode(), f"{name} has changed; see tests/golden/README.md"

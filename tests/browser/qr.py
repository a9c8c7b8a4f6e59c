"""Read a QR code as a camera does: from pixels."""

import io

import segno
from PIL import Image

# Light modules on each side of a code (ISO/IEC 18004).
QUIET = 4


def leads_to(png: bytes, address: str) -> bool:
    """Check that the picture of a QR code, with its quiet zone, says the address."""
    expected = [[bool(module) for module in row] for row in segno.make(address, error="m", micro=False).matrix]
    picture = Image.open(io.BytesIO(png)).convert("L")
    whole = len(expected) + 2 * QUIET

    def is_dark(x: int, y: int) -> bool:
        place = [int((each + QUIET + 0.5) * length / whole) for each, length in zip((x, y), picture.size, strict=True)]
        return picture.getpixel((place[0], place[1])) < 128

    side = range(len(expected))
    return [[is_dark(x, y) for x in side] for y in side] == expected

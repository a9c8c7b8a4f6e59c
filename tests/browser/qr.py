"""Read a QR code as a camera does: from pixels."""

import io

import segno
from PIL import Image

# Light modules on each side of a code (ISO/IEC 18004).
QUIET = 4


def leads_to(png: bytes, address: str) -> bool:
    """Check that the picture of a QR code, with its quiet zone, says the address."""
    expected = [[bool(module) for module in row] for row in segno.make(address, error="m", micro=False).matrix]
    side = len(expected)
    picture = Image.open(io.BytesIO(png)).convert("L")
    # Half of the quiet zone goes, with the rounded corners and what a picture in whole pixels has of its surroundings.
    edge = picture.width * QUIET // 2 // (side + 2 * QUIET)
    picture = picture.crop((edge, edge, picture.width - edge, picture.height - edge)).point(lambda light: light < 128)
    left, top, right, bottom = picture.getbbox() or (0, 0, 0, 0)
    across, down = (right - left) / side, (bottom - top) / side
    found = [
        [bool(picture.getpixel((left + int((x + 0.5) * across), top + int((y + 0.5) * down)))) for x in range(side)]
        for y in range(side)
    ]
    return found == expected

"""Pictures from elsewhere, decoded and encoded anew: small enough, the right way up, and without what a camera adds."""

# Pillow takes 5 MiB, so it is imported when there is a picture to read.

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from app.editing import svg
from app.errors import NotAllowed

if TYPE_CHECKING:
    from PIL import Image

LARGEST_UPLOAD = 20_000_000
MOST_PIXELS = 25_000_000
NARROWEST = 640
WIDTHS = (1280, 640)
# Bytes of the largest variant.
BUDGET = 60_000
# The picture beside a shared link.
CARD = "delning.jpg"
_OPTIONS: dict[str, dict[str, object]] = {
    "AVIF": {"speed": 8},
    "WEBP": {"method": 4},
    "JPEG": {"optimize": True, "progressive": True},
}
_QUALITIES = (70, 55, 45, 35, 25, 15, 8)
# By the ending of a name.
_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
# How a page, a document or an archive shows that it is there. In the noise of a photo it comes about by no chance.
_SOMETHING_ELSE = re.compile(
    rb"<script|<html[\s>]|<!doctype|<\?php|%PDF-1\.|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c", re.IGNORECASE
)


def image_variants(body: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the name of the file that the hatch names, and that and the other files by name. Raises NotAllowed."""
    # Names come from the content, never from the upload: foto-1a2b3c4d.jpg, foto-1a2b3c4d-1280.avif and so on.
    if body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return store_drawing(body)
    from PIL import ImageOps

    stem = f"foto-{sha256(body).hexdigest()[:8]}"
    picture = decode_picture(body)
    name, files = f"{stem}.jpg", {}
    for width in sorted({min(width, picture.width) for width in WIDTHS}):
        small = ImageOps.fit(picture, (width, round(width * 3 / 4)))
        for ending, kind in (("avif", "AVIF"), ("webp", "WEBP")):
            files[f"{stem}-{width}.{ending}"] = within_budget(small, kind, BUDGET * width // WIDTHS[0])
    files[name] = within_budget(ImageOps.fit(picture, (NARROWEST, NARROWEST * 3 // 4)), "JPEG", BUDGET)
    files[CARD] = within_budget(ImageOps.fit(picture, (1200, 630)), "JPEG", 2 * BUDGET)
    return name, files


def store_drawing(body: bytes) -> tuple[str, dict[str, bytes]]:
    clean = svg.sanitize_svg(body)
    if len(clean) > BUDGET:
        raise NotAllowed(f"SVG-filen är {len(clean) // 1000} kB. Förenkla den till högst {BUDGET // 1000} kB.")
    name = f"bild-{sha256(clean).hexdigest()[:8]}.svg"
    return name, {name: clean}


def decode_picture(body: bytes) -> "Image.Image":
    """Return the first picture in the file, upright, in sRGB, on white, at most as large as it is ever shown."""
    from PIL import Image, ImageOps

    with open_picture(body, tuple(_FORMATS.values())) as opened:
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        # A new picture has only the pixels: no place, no camera, nothing that stood behind them in the file.
        plain = Image.new("RGB", upright.size, "white")
        colours = in_srgb(upright).convert("RGBA")
        plain.paste(colours, mask=colours.getchannel("A"))
    if min(plain.width, plain.height * 4 // 3) < NARROWEST:
        raise NotAllowed("Bilden är för liten. Den ska vara minst 640 pixlar bred och 480 hög.")
    return ImageOps.fit(plain, largest_part(plain))


def recognise_image(name: str, body: bytes) -> None:
    """Raises NotAllowed unless a file is the picture that its name says, not too large to decode, and nothing more."""
    with open_picture(body, (_FORMATS[name.rpartition(".")[2]],)):
        pass


@contextmanager
def open_picture(body: bytes, formats: tuple[str, ...]) -> Iterator["Image.Image"]:
    """Give the picture by its head, not yet decoded; what goes wrong while it is used, too, becomes NotAllowed."""
    from PIL import Image

    too_large = NotAllowed(f"Bilden har fler än {MOST_PIXELS // 1_000_000} megapixlar. Förminska den och försök igen.")
    try:
        with Image.open(io.BytesIO(body), formats=formats) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise too_large
            if zipfile.is_zipfile(io.BytesIO(body)) or _SOMETHING_ELSE.search(body):
                raise NotAllowed(
                    "Filen är en bild och något mer, som en webbsida eller ett arkiv. Spara om bilden först."
                )
            yield opened
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise too_large from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise NotAllowed("Filen går inte att läsa som bild. Använd JPEG, PNG, WebP, AVIF eller SVG.") from None


def largest_part(picture: "Image.Image") -> tuple[int, int]:
    width = min(WIDTHS[0], picture.width, picture.height * 4 // 3)
    return width, width * 3 // 4


def in_srgb(picture: "Image.Image") -> "Image.Image":
    """Colours as every screen shows them; a phone's own wider ones look dull without their profile."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return picture
    try:
        ours = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, io.BytesIO(profile), ours) or picture
    except ImageCms.PyCMSError:
        return picture


def within_budget(picture: "Image.Image", kind: str, budget: int) -> bytes:
    """Return the best quality that fits. Raises NotAllowed when none does."""
    for encoded in encode_picture(picture, kind):
        if len(encoded) <= budget:
            return encoded
    raise NotAllowed("Bilden har så många detaljer att den inte går att göra lätt nog. Välj en lugnare bild.")


def encode_picture(picture: "Image.Image", kind: str) -> Iterator[bytes]:
    for quality in _QUALITIES:
        target = io.BytesIO()
        picture.save(target, kind, quality=quality, **_OPTIONS[kind])
        yield target.getvalue()

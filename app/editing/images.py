"""Pictures from elsewhere, decoded and encoded anew: small enough, the right way up, and without what a camera adds."""

# Pillow takes 5 MiB, so it is imported when there is a picture to read, and the reader of HEIC when there is such a
# one.

import io
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from app.calendar.content import card_name
from app.editing import svg
from app.errors import NotAllowed

if TYPE_CHECKING:
    from PIL import Image

LARGEST_UPLOAD = 20_000_000
# A phone takes 48 or 50 megapixels.
MOST_PIXELS = 50_000_000
NARROWEST = 640
WIDTHS = (1280, 640)
# Bytes of the largest variant.
BUDGET = 60_000
# A logo, twice as large as it is shown, and its bytes as a picture and as a drawing.
LARGEST_LOGO = (560, 160)
LOGO_BUDGET, LOGO_DRAWING_BUDGET = 10_000, 30_000
# In per cent from the left and from above.
Focus = tuple[float, float]
MIDDLE: Focus = (50, 50)
# A large picture takes 400 MB while it is read, so they are read one after the other.
_ONE_AT_A_TIME = threading.Lock()
_OPTIONS: dict[str, dict[str, object]] = {
    "AVIF": {"speed": 8},
    "WEBP": {"method": 4},
    "JPEG": {"optimize": True, "progressive": True},
}
_QUALITIES = (70, 55, 45, 35, 25, 15, 8)
# By the ending of a name.
_FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
# How a file of Apple's begins after its length (ISO/IEC 23008-12).
_HEIF = re.compile(rb"....ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", re.DOTALL)
# How a page, a document or an archive shows that it is there. In the noise of a photo it comes about by no chance.
_SOMETHING_ELSE = re.compile(
    rb"<script|<html[\s>]|<!doctype|<\?php|%PDF-1\.|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c", re.IGNORECASE
)


def image_variants(body: bytes, focus: Focus = MIDDLE) -> tuple[str, dict[str, bytes]]:
    """Return the name of the file that the hatch names, and that and the other files by name. Raises NotAllowed."""
    # Names come from the content, never from the upload: foto-1a2b3c4d.jpg, foto-1a2b3c4d-1280.avif and so on. No crop
    # loses what is at `focus`.
    if is_drawing(body):
        return store_drawing(body)
    from PIL import ImageOps

    stem = f"foto-{sha256(body + str(focus).encode()).hexdigest()[:8]}"
    # Cut in these parts, a point keeps its place among what is left.
    centre = (focus[0] / 100, focus[1] / 100)
    with _ONE_AT_A_TIME:
        picture = decode_picture(body, centre)
    name, files = f"{stem}.jpg", {}
    for width in sorted({min(width, picture.width) for width in WIDTHS}):
        small = ImageOps.fit(picture, (width, round(width * 3 / 4)))
        for ending, kind in (("avif", "AVIF"), ("webp", "WEBP")):
            files[f"{stem}-{width}.{ending}"] = within_budget(small, kind, BUDGET * width // WIDTHS[0])
    files[name] = within_budget(ImageOps.fit(picture, (NARROWEST, NARROWEST * 3 // 4)), "JPEG", BUDGET)
    card = ImageOps.fit(picture, (1200, 630), centering=centre)
    files[card_name(files[name], "jpg")] = within_budget(card, "JPEG", 2 * BUDGET)
    return name, files


def is_drawing(body: bytes) -> bool:
    return body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def store_drawing(body: bytes, stem: str = "bild", budget: int = BUDGET) -> tuple[str, dict[str, bytes]]:
    clean = svg.sanitize_svg(body)
    if len(clean) > budget:
        raise NotAllowed(f"SVG-filen är {len(clean) // 1000} kB. Förenkla den till högst {budget // 1000} kB.")
    name = f"{stem}-{sha256(clean).hexdigest()[:8]}.svg"
    return name, {name: clean}


def logo_file(body: bytes) -> tuple[str, dict[str, bytes]]:
    """Return the name of a logo's file, and it by name: a drawing made clean, a picture made small."""
    # What is transparent stays so. Raises NotAllowed.
    if is_drawing(body):
        return store_drawing(body, "logotyp", LOGO_DRAWING_BUDGET)
    from PIL import ImageOps

    with _ONE_AT_A_TIME, open_picture(body, (*_FORMATS.values(), "GIF", *_heif(body))) as opened:
        small = in_srgb(ImageOps.exif_transpose(eight_bits(opened))).convert("RGBA")
        small.thumbnail(LARGEST_LOGO)
    # Flat colours are lightest without loss.
    target = io.BytesIO()
    small.save(target, "WEBP", lossless=True)
    made = target.getvalue()
    if len(made) > LOGO_BUDGET:
        made = within_budget(small, "WEBP", LOGO_BUDGET)
    name = f"logotyp-{sha256(made).hexdigest()[:8]}.webp"
    return name, {name: made}


def decode_picture(body: bytes, centre: tuple[float, float]) -> "Image.Image":
    """Return the first picture in the file, upright, in sRGB, on white, at most as large as it is ever shown."""
    from PIL import Image, ImageOps

    # Of a GIF its first picture.
    with open_picture(body, (*_FORMATS.values(), "GIF", *_heif(body))) as opened:
        # A JPEG is decoded small at once; of the rest as few copies as can be are made before they are small.
        opened.draft("RGB", (WIDTHS[0], WIDTHS[0]))
        opened.load()
        small = eight_bits(opened)
        if (factor := min(small.size) // WIDTHS[0]) > 1:
            small = small.reduce(factor)
        upright = ImageOps.exif_transpose(small)
        # A new picture has only the pixels: no place, no camera, nothing that stood behind them in the file.
        plain = Image.new("RGB", upright.size, "white")
        colours = in_srgb(upright).convert("RGBA")
        plain.paste(colours, mask=colours.getchannel("A"))
    if min(plain.width, plain.height * 4 // 3) < NARROWEST:
        raise NotAllowed("Bilden är för liten. Den ska vara minst 640 pixlar bred och 480 hög.")
    width = min(WIDTHS[0], plain.width, plain.height * 4 // 3)
    return ImageOps.fit(plain, (width, width * 3 // 4), centering=centre)


def eight_bits(picture: "Image.Image") -> "Image.Image":
    """Return a picture of 8 bits a channel that can be made small: greys of 16 bits are scaled, never cut off."""
    if picture.mode.startswith("I"):
        return picture.point(lambda level: level * (1 / 257)).convert("L")
    return picture.convert("RGBA") if picture.mode in ("1", "P", "PA") else picture


def recognise_image(name: str, body: bytes) -> None:
    """Raises NotAllowed unless a file is the picture that its name says, not too large to decode, and nothing more."""
    with open_picture(body, (_FORMATS[name.rpartition(".")[2].lower()],)):
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
        raise NotAllowed(
            "Filen går inte att läsa som bild. Använd JPEG, PNG, HEIC, WebP, AVIF, GIF eller SVG."
        ) from None


def _heif(body: bytes) -> tuple[str, ...]:
    """Return the format of phones of Apple's, its reader at hand, when a file begins as one of theirs."""
    if not _HEIF.match(body):
        return ()
    import pi_heif

    pi_heif.register_heif_opener()
    return ("HEIF",)


def in_srgb(picture: "Image.Image") -> "Image.Image":
    """Colours as every screen shows them; a phone's own wider ones look dull without their profile."""
    from PIL import ImageCms

    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("L", "RGB", "RGBA", "CMYK"):
        return picture
    try:
        ours, mode = ImageCms.createProfile("sRGB"), "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, io.BytesIO(profile), ours, outputMode=mode) or picture
    except ImageCms.PyCMSError:
        return picture


def within_budget(picture: "Image.Image", kind: str, budget: int) -> bytes:
    """Return the best quality that fits. Raises NotAllowed when none does."""
    for quality in _QUALITIES:
        target = io.BytesIO()
        picture.save(target, kind, quality=quality, **_OPTIONS[kind])
        if len(target.getvalue()) <= budget:
            return target.getvalue()
    raise NotAllowed("Bilden har så många detaljer att den inte går att göra lätt nog. Välj en lugnare bild.")

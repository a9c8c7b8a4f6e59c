"""Pictures that the tests upload, made on the spot."""

import io
import struct
import zipfile
import zlib
from functools import cache

from PIL import Image, ImageFilter


@cache
def photo(width: int = 1280, height: int = 960, kind: str = "JPEG", **options: object) -> bytes:
    """A soft picture with some detail, blue to the left and red to the right, as a camera would save it."""
    noise = Image.effect_noise((width, height), 40).filter(ImageFilter.GaussianBlur(2))
    slope = Image.linear_gradient("L").rotate(90).resize((width, height))
    target = io.BytesIO()
    Image.merge("RGB", (slope, noise, slope.point(lambda level: 255 - level))).save(target, kind, **options)
    return target.getvalue()


def tall_from_a_phone() -> bytes:
    """A picture lying on its side, with an EXIF note that it is upright, where it was taken, and by what."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Kameramärket"
    exif.get_ifd(0x8825)[1] = "N"
    return photo(exif=exif.tobytes())


def with_page_behind() -> bytes:
    """A JPEG that is a web page, too."""
    return photo() + b"<html><script>alert(1)</script></html>"


def with_archive_behind() -> bytes:
    """A PNG that is a ZIP archive, too."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        made.writestr("01/hatch.md", "x")
    return photo(800, 600, "PNG") + target.getvalue()


def zip_bomb() -> bytes:
    """An archive that is a thousand times as large inside, within another."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("01/bild.png", bytes(5_000_000))
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("inre.zip", inner.getvalue())
    return outer.getvalue()


def sixty_megapixels() -> bytes:
    """A photo larger than any phone takes it."""
    target = io.BytesIO()
    Image.new("L", (10000, 6000), 90).save(target, "JPEG", progressive=True)
    return target.getvalue()


def huge_png() -> bytes:
    """A PNG that says it has 60 megapixels; what follows would be decoded only by somebody careless."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", 10000, 6000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_001))
        + chunk(b"IEND", b"")
    )

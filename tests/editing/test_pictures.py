"""A picture from anywhere becomes a few light files with nothing but the picture in them."""

import io
import os

import pytest
from PIL import Image, ImageFile

from app.calendar.content import card_name
from app.editing import images
from app.editing.images import BUDGET, image_variants
from app.errors import NotAllowed
from tests.editing.photos import (
    huge_png,
    photo,
    sixty_megapixels,
    tall_from_a_phone,
    with_archive_behind,
    with_page_behind,
)

MORE = "Filen är en bild och något mer, som en webbsida eller ett arkiv. Spara om bilden först."


def opened(body):
    return Image.open(io.BytesIO(body))


@pytest.fixture(scope="module")
def made():
    return image_variants(photo(2000, 1500))


def test_photo_becomes_two_widths_in_two_kinds_and_a_card(made):
    name, files = made
    stem = name.removesuffix(".jpg")
    assert {file: opened(body).size for file, body in files.items()} == {
        f"{stem}-640.avif": (640, 480),
        f"{stem}-640.webp": (640, 480),
        f"{stem}-1280.avif": (1280, 960),
        f"{stem}-1280.webp": (1280, 960),
        name: (640, 480),
        card_name(files[name], "jpg"): (1200, 630),
    }


def test_no_variant_weighs_more_than_the_budget(made):
    assert {
        name: len(body) for name, body in made[1].items() if not name.startswith("delning-") and len(body) > BUDGET
    } == {}


def test_names_come_from_the_content(made):
    assert image_variants(photo(2000, 1500))[0] == made[0] != image_variants(photo(2000, 1501))[0]


def test_what_camera_noted_is_gone_and_picture_is_upright():
    name, files = image_variants(tall_from_a_phone())
    for body in files.values():
        assert (dict(opened(body).getexif()), b"Kamera" in body, b"Exif" in body) == ({}, False, False)
    left, below = (opened(files[name]).convert("RGB").getpixel(place) for place in ((20, 240), (320, 460)))
    assert below[0] > 120 > 60, "the red right side of what the camera saved is below when upright"
    assert abs(left[0] - left[2]) < 60


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("WEBP", "RGBA"), ("JPEG", "CMYK")])
def test_other_kinds_of_picture_are_taken_too(kind, mode):
    target = io.BytesIO()
    Image.new(mode, (800, 600)).save(target, kind)
    name, files = image_variants(target.getvalue())
    assert opened(files[name]).mode == "RGB"
    if mode == "RGBA":
        assert opened(files[name]).getpixel((9, 9)) == (255, 255, 255), "what shines through is white"


def test_colours_of_phone_are_brought_to_those_of_every_screen():
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    name, files = image_variants(photo(900, 700, icc_profile=profile))
    assert "icc_profile" not in opened(files[name]).info
    assert image_variants(photo(900, 700, icc_profile=b"nonsense"))[0].startswith("foto-")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (huge_png(), "Bilden har fler än 50 megapixlar. Förminska den och försök igen."),
        (sixty_megapixels(), "Bilden har fler än 50 megapixlar. Förminska den och försök igen."),
        (with_page_behind(), MORE),
        (with_archive_behind(), MORE),
        (photo() + b"%PDF-1.7", MORE),
        (photo(600, 480), "Bilden är för liten. Den ska vara minst 640 pixlar bred och 480 hög."),
        (photo(640, 400), "Bilden är för liten. Den ska vara minst 640 pixlar bred och 480 hög."),
        (photo()[:20_000], "Filen går inte att läsa som bild. Använd JPEG, PNG, HEIC, WebP, AVIF, GIF eller SVG."),
        (b"GIF89a" + bytes(60), "Filen går inte att läsa som bild. Använd JPEG, PNG, HEIC, WebP, AVIF, GIF eller SVG."),
        (b"PK\x03\x04", "Filen går inte att läsa som bild. Använd JPEG, PNG, HEIC, WebP, AVIF, GIF eller SVG."),
    ],
    ids=[
        "sixty megapixels said",
        "sixty megapixels",
        "page",
        "archive",
        "document",
        "narrow",
        "low",
        "cut off",
        "gif",
        "zip",
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(body, sentence):
    with pytest.raises(NotAllowed) as refused:
        image_variants(body)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("made", [huge_png, sixty_megapixels, with_page_behind, with_archive_behind])
def test_what_is_refused_is_refused_before_it_is_decoded(made, monkeypatch):
    body = made()
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("decoded"))
    with pytest.raises(NotAllowed):
        image_variants(body)


def test_what_is_hidden_behind_a_picture_does_not_come_along():
    hidden = b"anything that a phone puts behind its pictures PK\x03\x04"
    _, files = image_variants(photo() + hidden)
    assert not any(hidden in body or b"PK\x03\x04" in body for body in files.values())


def test_picture_with_too_much_detail_is_refused(monkeypatch):
    monkeypatch.setattr(images, "_QUALITIES", (8,))
    target = io.BytesIO()
    Image.frombytes("RGB", (1280, 960), os.urandom(1280 * 960 * 3)).save(target, "PNG", compress_level=1)
    with pytest.raises(NotAllowed, match="så många detaljer"):
        image_variants(target.getvalue())

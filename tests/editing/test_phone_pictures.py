"""What phones and other programs send: HEIC, stills, 48 megapixels, 16 bits a channel, print colours."""

import base64
import io

from PIL import Image, ImageFile

from app.calendar.content import card_name
from app.editing.images import image_variants

# 640 × 480, blue to the left and red to the right, as a phone of Apple's writes it.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVdtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA"
    "AAAERAAAEAAQAAAAABewABAAAAAAAAAHwAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA12lwcnAA"
    "AAC4aXBjbwAAAHlodmNDAQNwAAAAkAAAAAAAWvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAWroCQGEAAQAsQgEBA3AAAAMAkA"
    "AAAwAAAwBaoAUCAeFlupJKa5uAhoMCAAADADIAAAMAAhBiAAEAB0QBwXKwYkAAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAACgAAA"
    "AeAAAAAQcGl4aQAAAAADCAgIAAAAF2lwbWEAAAAAAAAAAQABBIECAwQAAACEbWRhdAAAAHgoAa8FEQaQwoookmD9OyWqv/38IQ1N95F0npbLZg"
    "VINEjR6hdiHn6Vb/FkBiAAAAp4ooFSDtHiv9TTAAAERJMPFTgAl1jwAAI2hwAAAwAp5gAABBwAAAMAAvEfAADFgAAAAwASCfAAB9wAAAMAOH9A"
    "ACdgAALKAgY="
)


def saved(picture, kind, **options):
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def shown(body, **focus):
    """The picture for old browsers: 640 by 480."""
    name, files = image_variants(body, **focus)
    return Image.open(io.BytesIO(files[name])).convert("RGB")


def halves():
    picture = Image.new("RGB", (1600, 600), "blue")
    picture.paste("red", (1200, 0, 1600, 600))
    return picture


def test_what_a_phone_of_apples_writes_is_taken():
    left, right = (shown(HEIC).getpixel((x, 240)) for x in (20, 620))
    assert left[2] > 150 > right[2]
    assert right[0] > 150 > left[0]


def test_of_a_gif_that_moves_the_first_picture_is_shown():
    moving = saved(
        Image.new("RGB", (800, 600), "red"), "GIF", save_all=True, append_images=[Image.new("RGB", (800, 600))]
    )
    assert shown(moving).getpixel((9, 9))[0] > 200


def test_greys_of_sixteen_bits_keep_their_steps():
    ramp = Image.linear_gradient("L").rotate(90).resize((1200, 900)).convert("I").point(lambda level: level * 257)
    grey = shown(saved(ramp.convert("I;16"), "PNG"))
    assert [abs(grey.getpixel((x, 240))[0] - x * 255 // 640) < 12 for x in (20, 160, 320, 480, 620)] == [True] * 5


def test_colours_for_print_are_those_of_a_screen():
    red, green, blue = shown(saved(Image.new("CMYK", (800, 600), (0, 255, 255, 0)), "JPEG")).getpixel((9, 9))
    assert red > 200 > 80 > max(green, blue)


def test_photo_of_48_megapixels_is_small_before_it_is_whole(monkeypatch):
    body = saved(Image.new("L", (8064, 6048), 90), "JPEG")
    sizes, load = [], ImageFile.ImageFile.load
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda picture: (sizes.append(picture.size), load(picture))[1])
    assert shown(body).size == (640, 480)
    assert max(sizes) == (2016, 1512)


def test_what_matters_in_a_picture_is_not_cut_away():
    body = saved(halves(), "JPEG")
    assert shown(body).getpixel((620, 240))[2] > 200, "the middle is blue"
    assert shown(body, focus=(100, 50)).getpixel((620, 240))[0] > 200, "the right end is red"
    tall = saved(halves().resize((1600, 640)).rotate(-90, expand=True), "JPEG")
    [card] = [body for name, body in image_variants(tall, (50, 100))[1].items() if name.startswith("delning-")]
    assert Image.open(io.BytesIO(card)).getpixel((600, 620))[0] > 200


def test_another_cut_of_one_picture_has_another_name():
    assert image_variants(HEIC)[0] != image_variants(HEIC, (0, 0))[0]


def test_the_card_is_called_after_the_picture_beside_it():
    name, files = image_variants(HEIC)
    assert card_name(files[name], "jpg") in files

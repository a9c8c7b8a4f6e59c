"""Every pair of colours that meet on a page, in both schemes (WCAG 1.4.3 and 1.4.11)."""

import colorsys
import re
from itertools import product
from pathlib import Path

import pytest

from app.calendar.look import colours

CSS = Path(__file__).parents[2] / "app" / "static" / "css"
TEXT = 4.5
EDGE = 3.0
PAIRS = [
    ("text", "page", TEXT),
    ("text", "surface", TEXT),
    ("text", "sunken", TEXT),
    ("quiet", "page", TEXT),
    ("quiet", "surface", TEXT),
    ("link", "page", TEXT),
    ("link", "surface", TEXT),
    ("accent", "page", TEXT),
    ("accent", "surface", TEXT),
    ("on-accent", "accent", TEXT),
    ("fault", "page", TEXT),
    ("fault", "surface", TEXT),
    ("good", "surface", TEXT),
    ("on-sky", "sky", TEXT),
    ("on-sky", "sky-mid", TEXT),
    ("on-sky", "sky-low", TEXT),
    ("lamp", "sky", TEXT),
    ("lamp", "sky-mid", TEXT),
    ("lamp", "sky-low", TEXT),
    ("on-lamp", "lamp", TEXT),
    ("on-plate", "plate", TEXT),
    ("lamp", "plate", TEXT),
    ("line", "page", EDGE),
    ("line", "surface", EDGE),
    ("focus", "page", EDGE),
    ("focus", "surface", EDGE),
    ("frame", "wall", EDGE),
    ("frame", "wall-board", EDGE),
    ("frame", "stone", EDGE),
    ("frame", "roof", EDGE),
    ("frame", "pane-dark", EDGE),
    ("frame", "plate", EDGE),
    ("lamp", "wall", EDGE),
    ("lamp", "roof", EDGE),
    ("lamp", "stone", EDGE),
    ("lamp", "sky-low", EDGE),
    ("lamp", "shutter", EDGE),
    ("lamp", "drape-red", EDGE),
]


def tokens(scheme: str) -> dict[str, str]:
    light, _, dark = (CSS / "tokens.css").read_text().partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_the_pair_can_be_told_apart(scheme, front, back, least):
    found = tokens(scheme)
    assert contrast(found[front], found[back]) >= least


def test_colours_stand_in_one_file():
    allowed = {"#fff", "#000", "#333", "#777"}  # what paper and a QR code need
    for path in CSS.glob("*.css"):
        if path.name != "tokens.css":
            assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", path.read_text())) <= allowed, path.name


# Every colour of a cube of seven to a side.
CHOSEN = [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in product(range(0, 256, 42), repeat=3)]
# What the accent, and links in it, meet on a page.
MET = ("page", "surface", "sunken", "on-accent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_any_accent_can_be_read(scheme):
    found = tokens(scheme)
    for chosen in CHOSEN:
        accent = colours.accents(chosen)[scheme == "dark"]
        assert min(contrast(accent, found[name]) for name in MET) >= TEXT, chosen


def test_an_accent_that_can_be_read_stays():
    assert colours.accents("#1d6a3f")[0] == "#1d6a3f"
    assert colours.accents("#ffd98a")[1] == "#ffd98a"


@pytest.mark.parametrize(("chosen", "scheme"), [("#ffd400", 0), ("#0b3d91", 1)])
def test_a_corrected_accent_keeps_its_hue(chosen, scheme):
    before, after = (
        colorsys.rgb_to_hls(*bytes.fromhex(each[1:])) for each in (chosen, colours.accents(chosen)[scheme])
    )
    assert before[0] == pytest.approx(after[0], abs=0.02)

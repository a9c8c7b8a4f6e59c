"""The pictures that stand beside a shared link, 1200 by 630 pixels, and the icons of a home screen.

`make cards` writes delning-….png into each hatch's folder, where it is as locked as the hatch itself. There is no word
in it, since the link says the title beside it, and it is called after its illustration: no edit leaves an old one.
The edition's own is the house on 1 December, with an empty street, for that would tell of a hatch; it is called after
what is seen in it.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.calendar.content import NUMBERS, card_name, edition_card
from app.calendar.feeds.views import ICONS
from app.calendar.loader import read_edition
from tools.browser import launched
from tools.screenshots import ROOT, SetClock, running

PAGE = """<!doctype html><meta charset="utf-8"><style>
* {{ margin: 0; box-sizing: border-box; }}
body {{ width: 1200px; height: 630px; display: grid; place-items: center; background: #8c2f27; }}
figure {{ border: 18px solid #f6f8fb; width: 756px; height: 576px; }}
svg {{ display: block; width: 720px; height: 540px; }}
</style><html lang="sv"><figure>{picture}</figure>"""


# The calendar as it stands at this width, made as wide as a card.
LAPTOP = 1366
WORDS = "En lucka om dagen, 1–24 december"
BARE = """.masthead > :not(h1, .kicker), .street ul, .demo-banner, .skip { display: none; }
.masthead { padding-top: 9rem; } .masthead .kicker { font-size: 1.4rem; }"""
ICON = """<!doctype html><style>* {{ margin: 0; }} svg {{ display: block; width: {side}px; height: {side}px; }}</style>
{icon}"""


def take_house(browser: Browser, folder: Path, name: str) -> None:
    clock = SetClock()
    clock.set(f"{folder.name}-12-01 08:00")
    scale = 1200 / LAPTOP
    with running(clock) as (_, site):
        size = {"width": LAPTOP, "height": round(630 / scale)}
        page = browser.new_page(viewport=size, device_scale_factor=scale, reduced_motion="reduce", bypass_csp=True)
        page.goto(f"{site}/{folder.name}/")
        page.add_style_tag(content=BARE)
        page.locator(".masthead .kicker").evaluate("(line, words) => line.textContent = words", WORDS)
        page.screenshot(path=folder / name, clip={"x": 0, "y": 0, "width": LAPTOP, "height": 630 / scale})


def take_icons(browser: Browser) -> None:
    """Draw the icon without its round corners: a phone cuts those itself, and keeps the middle four fifths."""
    icon = (ROOT / "app/static/icon.svg").read_text().replace(' rx="6"', "")
    for side in ICONS:
        page = browser.new_page(viewport={"width": side, "height": side})
        page.set_content(ICON.format(side=side, icon=icon))
        page.screenshot(path=ROOT / f"app/static/icon-{side}.png")


def main(folder: Path) -> None:
    edition = read_edition(folder)
    with sync_playwright() as playwright, launched(playwright) as browser:
        take_icons(browser)
        for old in folder.glob("delning*.png"):
            old.unlink()
        take_house(browser, folder, edition_card(edition.year, edition.file, edition.images))
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for number in NUMBERS:
            hatch = edition.hatches[number]
            picture = hatch.images[hatch.file.image or ""]
            page.set_content(PAGE.format(picture=picture.decode()))
            own = folder / f"{number:02}"
            for old in own.glob("delning*.png"):
                old.unlink()
            page.screenshot(path=own / card_name(picture, "png"))
    print(f"25 delningsbilder finns nu i {folder}, och ikonerna i app/static.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

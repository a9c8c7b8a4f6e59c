"""The pictures that stand beside a shared link, 1200 by 630 pixels, and the icons of a home screen.

`make cards` writes delning.png into each hatch's folder, where it is as locked as the hatch itself, and into the
edition's own: the house as it is on 1 December, with nobody on the street, for that would tell of a hatch.
"""

import html
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.calendar.feed_views import ICONS
from app.calendar.loader import read_edition
from app.calendar.schedule import NUMBERS
from tools.browser import launched
from tools.screenshots import ROOT, SetClock, running

PAGE = """<!doctype html><meta charset="utf-8"><style>
* {{ margin: 0; box-sizing: border-box; }}
body {{ width: 1200px; height: 630px; display: flex; background: #8c2f27; color: #fdf3e3;
  font: 700 60px/1.12 "Palatino Linotype", Palatino, "URW Palladio L", Georgia, serif; }}
figure {{ flex: none; margin: 65px 0 0 60px; border: 18px solid #f6f8fb; width: 640px; height: 488px; }}
svg {{ display: block; width: 604px; height: 453px; }}
div {{ padding: 75px 56px 60px 52px; display: flex; flex-direction: column; hyphens: auto; }}
p {{ font: 400 30px/1.3 system-ui, sans-serif; color: #ffd98a; margin-bottom: 24px; }}
p + h1 {{ font-size: {size}px; text-wrap: balance; }}
p:last-child {{ margin: auto 0 0; color: #fdf3e3; font-size: 26px; }}
</style><html lang="sv"><figure>{picture}</figure>
<div><p>Lucka {number}</p><h1>{title}</h1><p>{name}</p></div>"""


# The calendar as it stands at this width, made as wide as a card.
LAPTOP = 1366
WORDS = "En lucka om dagen, 1–24 december"
BARE = """.masthead > :not(h1, .kicker), .street ul, .demo-banner, .skip { display: none; }
.masthead { padding-top: 9rem; } .masthead .kicker { font-size: 1.4rem; }"""
ICON = """<!doctype html><style>* {{ margin: 0; }} svg {{ display: block; width: {side}px; height: {side}px; }}</style>
{icon}"""


def take_house(browser: Browser, folder: Path) -> None:
    clock = SetClock()
    clock.set(f"{folder.name}-12-01 08:00")
    scale = 1200 / LAPTOP
    with running(clock) as (_, site):
        size = {"width": LAPTOP, "height": round(630 / scale)}
        page = browser.new_page(viewport=size, device_scale_factor=scale, reduced_motion="reduce", bypass_csp=True)
        page.goto(f"{site}/{folder.name}/")
        page.add_style_tag(content=BARE)
        page.locator(".masthead .kicker").evaluate("(line, words) => line.textContent = words", WORDS)
        page.screenshot(path=folder / "delning.png", clip={"x": 0, "y": 0, "width": LAPTOP, "height": 630 / scale})


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
        take_house(browser, folder)
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for number in NUMBERS:
            hatch = edition.hatches[number]
            text = PAGE.format(
                picture=hatch.images[hatch.file.image or ""].decode(),
                number=number,
                title=html.escape(hatch.file.title),
                name=html.escape(edition.file.title),
                size=64 if len(hatch.file.title) < 28 else 54,
            )
            page.set_content(text)
            page.screenshot(path=folder / f"{number:02}" / "delning.png")
    print(f"25 delningsbilder finns nu i {folder}, och ikonerna i app/static.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

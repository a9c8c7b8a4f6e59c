"""The pictures that stand beside a shared link: 1200 by 630 pixels, one per hatch, made from its illustration.

`make cards` writes delning.png into each hatch's folder, where it is as locked as the hatch itself.
"""

import html
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.calendar.loader import read_edition
from app.calendar.schedule import NUMBERS
from tools.browser import launched

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


def main(folder: Path) -> None:
    edition = read_edition(folder)
    with sync_playwright() as playwright, launched(playwright) as browser:
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
    print(f"24 delningsbilder finns nu i {folder}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

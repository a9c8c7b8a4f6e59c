"""The pictures that stand beside a shared link: 1200 by 630 pixels, one per hatch, made from its illustration.

`make cards` writes delning-….png into each hatch's folder, where it is as locked as the hatch itself. There is no word
in it, since the link says the title beside it, and it is called after its illustration: no edit leaves an old one.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.calendar.loader import read_edition
from app.calendar.schedule import NUMBERS, card_name
from tools.browser import launched

PAGE = """<!doctype html><meta charset="utf-8"><style>
* {{ margin: 0; box-sizing: border-box; }}
body {{ width: 1200px; height: 630px; display: grid; place-items: center; background: #8c2f27; }}
figure {{ border: 18px solid #f6f8fb; width: 756px; height: 576px; }}
svg {{ display: block; width: 720px; height: 540px; }}
</style><html lang="sv"><figure>{picture}</figure>"""


def main(folder: Path) -> None:
    edition = read_edition(folder)
    with sync_playwright() as playwright, launched(playwright) as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for number in NUMBERS:
            hatch = edition.hatches[number]
            picture = hatch.images[hatch.file.image or ""]
            page.set_content(PAGE.format(picture=picture.decode()))
            own = folder / f"{number:02}"
            for old in own.glob("delning*.png"):
                old.unlink()
            page.screenshot(path=own / card_name(picture, "png"))
    print(f"24 delningsbilder finns nu i {folder}.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Look at one page in every way: valid HTML, axe, focus, narrow and large, and the same without script."""

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from tests.browser.acts import axe_faults, set_letters

# What one can press or fill in, in sight.
TARGETS = """[...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
  .filter(each => each.checkVisibility() && each.tabIndex >= 0 && !each.disabled)"""

# What shows no ring of two pixels when it has the focus, or lies under something else where it is in sight.
UNSEEN = f"""() => {TARGETS}.filter(each => {{
  each.focus();
  if (document.activeElement !== each) return false;
  const box = [...each.getClientRects()].find(box => box.width > 1);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const lines = [null, "::before", "::after"].map(part => getComputedStyle(each, part));
  const ring = Math.max(...lines.map(line => line.outlineStyle === "none" ? 0 : parseFloat(line.outlineWidth)));
  return ring < 2 || !each.contains(document.elementFromPoint(box.x + box.width / 2, (top + bottom) / 2));
}}).map(each => each.outerHTML)"""

# What is smaller than 24 pixels (WCAG 2.5.8), but for links within a sentence.
SMALL_TARGETS = f"""() => {TARGETS}
  .filter(each => getComputedStyle(each).display !== "inline" || each.textContent === each.parentElement.textContent)
  .filter(each => Math.min(each.getBoundingClientRect().width, each.getBoundingClientRect().height) < 24)
  .map(each => each.outerHTML)"""

# What hides a part of its own text.
CUT = """() => [...document.querySelectorAll("body *")]
  .filter(each => each instanceof HTMLElement && each.innerText.trim() && each.clientWidth > 1)
  .filter(each => /hidden|clip/.test(getComputedStyle(each).overflow))
  .filter(each => each.scrollHeight > each.clientHeight + 1 || each.scrollWidth > each.clientWidth + 1)
  .map(each => each.outerHTML)"""

BODY = "document.body.innerHTML"
UNSCRIPTED = "html => new DOMParser().parseFromString(html, 'text/html').body.innerHTML"

# The spacing of WCAG 1.4.12.
WIDER = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""


def resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})


def sideways(page: Page) -> list[str]:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return [f"{width} pixels wide"] if width > page.viewport_size["width"] else []


def faults_in(page: Page, html: str, html_faults: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """Give each check that found something, with what it found; `html` is the page as it came."""
    return {check: faults for check, faults in looks(page, html, html_faults) if faults}


def looks(page: Page, html: str, html_faults: Callable[[str], list[str]]) -> Iterator[tuple[str, list[str]]]:
    scripted = page.evaluate(BODY)
    yield "HTML", html_faults(html)
    yield "axe in light", axe_faults(page)
    page.emulate_media(color_scheme="dark")
    yield "axe in dark", axe_faults(page, "color-contrast")
    page.emulate_media(color_scheme="light")
    page.keyboard.press("Tab")
    yield "focus", page.evaluate(UNSEEN)
    resize(page, 320)
    yield "wider than 320 pixels", sideways(page)
    yield "too small for a finger", page.evaluate(SMALL_TARGETS)
    style = page.add_style_tag(content=WIDER)
    yield "cut by wider spacing", page.evaluate(CUT)
    style.evaluate("element => element.remove()")
    set_letters(page, 32)
    resize(page, 1280)
    yield "letters of 32 pixels", sideways(page)
    set_letters(page, 16)
    # Where the scripts change nothing, axe would say the same once more.
    if "<script" in html and "/admin" not in page.url and page.evaluate(UNSCRIPTED, html) != scripted:
        page.route("**/*.js", lambda route: route.abort())
        page.route(page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8"))
        page.goto(page.url)
        yield "axe without script", axe_faults(page)

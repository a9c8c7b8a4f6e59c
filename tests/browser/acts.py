"""What a person does at the page, more than once in these tests."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.conftest import StoppedClock

# Where the tests' server has axe-core; the page's policy allows scripts from its own site.
AXE = "/axe-core"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Also what axe is not sure of, but for colours over a gradient.
# A frame holds a page that is looked at by itself.
RUN = """async only => {
  const {violations, incomplete} = await axe.run(
    {runOnly: only, iframes: false, resultTypes: ["violations", "incomplete"]});
  return [...violations, ...incomplete.filter(({id}) => !["color-contrast", "frame-tested"].includes(id))]
    .flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target}`));
}"""


def press(page: Page, button: str) -> None:
    """Press a button that leads to another page, and waits for that."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).click()


def send(page: Page, clock: StoppedClock) -> None:
    """Send the contest form when as long has passed as a person needs to fill it in."""
    clock.forward(seconds=20)
    press(page, "Skicka mitt svar")


def fill_in(page: Page, email: str = "anna@example.se") -> None:
    """Fill in the contest form, rightly."""
    page.get_by_label("2030", exact=True).check()
    page.get_by_label("E-postadress").fill(email)
    page.get_by_label("Kommun").select_option("Lerum")
    page.get_by_label("Jag har fyllt").check()
    page.get_by_label(re.compile("godkänner")).check()


def tab_to(target: Locator) -> Locator:
    """Press Tab until the target has the focus."""
    for _ in range(200):
        target.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return target
    raise AssertionError(f"Tab never comes to {target}")


def axe_faults(page: Page, *rules: str) -> list[str]:
    """What axe-core finds on the page, by all rules or only by these."""
    if not page.evaluate("!!window.axe"):
        page.add_script_tag(url=AXE)
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    return list(page.evaluate(RUN, only))


def set_letters(page: Page, pixels: int) -> None:
    """Choose the size of letters, as in the browser's own settings."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels}})
    session.detach()


class Person:
    """A person at a page, with mouse or keyboard; axe-core looks through every page that comes to the keyboard."""

    def __init__(self, page: Page, clock: StoppedClock, by_keyboard: bool = False) -> None:
        self.page, self.clock, self.by_keyboard = page, clock, by_keyboard

    def look(self) -> None:
        # The mouse meets the same pages, as wide as test_places.py has them.
        assert not self.by_keyboard or axe_faults(self.page) == [], self.page.url

    def go(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def follow(self, link: str | re.Pattern[str]) -> None:
        if not self.page.get_by_role("link", name=link).count():
            self.unfold("Meny")
        with self.page.expect_navigation():
            self.use(self.page.get_by_role("link", name=link).first)
        self.look()

    def press(self, button: str) -> None:
        with self.page.expect_navigation():
            self.use(self.page.get_by_role("button", name=button, exact=True))
        self.look()

    def unfold(self, part: str) -> None:
        self.use(self.page.locator("summary", has_text=part))
        self.look()

    def use(self, target: Locator) -> None:
        """Press a link or a button."""
        if self.by_keyboard:
            tab_to(target).press("Enter")
        else:
            target.click()

    def write(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=True)
        if self.by_keyboard:
            tab_to(field).press("ControlOrMeta+A")
            self.page.keyboard.insert_text(text)
        else:
            field.fill(text)

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

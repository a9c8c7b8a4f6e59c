"""What a person does at the page, more than once in these tests."""

import re

from playwright.sync_api import Locator, Page

from tests.conftest import StoppedClock

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async tags => {
  const {violations, incomplete} = await axe.run({runOnly: tags, resultTypes: ["violations", "incomplete"]});
  return [...violations, ...incomplete.filter(({id}) => id !== "color-contrast")]
    .flatMap(({id, nodes}) => nodes.map(({target}) => `${id}: ${target}`)).join("\\n");
}"""
"""Also what axe is not sure of, but for colours over a gradient."""


def press(page: Page, button: str) -> None:
    """Presses a button that leads to another page, and waits for that."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).click()


def send(page: Page, clock: StoppedClock) -> None:
    """Sends the contest form when as long has passed as a person needs to fill it in."""
    clock.forward(seconds=20)
    press(page, "Skicka mitt svar")


def fill_in(page: Page, email: str = "anna@example.se") -> None:
    """Fills in the contest form, rightly."""
    page.get_by_label("2030", exact=True).check()
    page.get_by_label("E-postadress").fill(email)
    page.get_by_label("Kommun").select_option("Lerum")
    page.get_by_label("Jag har fyllt").check()
    page.get_by_label(re.compile("godkänner")).check()


def tab_to(target: Locator) -> Locator:
    """Presses Tab until the target has the focus."""
    for _ in range(90):
        target.page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return target
    raise AssertionError(f"Tab never comes to {target}")


def axe_faults(page: Page) -> str:
    """What axe-core, which the page has been given, finds on it."""
    found: str = page.evaluate(RUN, TAGS)
    return found

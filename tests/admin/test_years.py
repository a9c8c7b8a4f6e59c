"""Several editions: a switch on every page, and no way to a page that the year does not have."""

import re
import shutil

import pytest
from bs4 import BeautifulSoup


@pytest.fixture
def app(share_app, content):
    """The editions of 2026, and of 2025 without a contest."""
    folder = shutil.copytree(content / "2026", content / "2025")
    for path in folder.rglob("*.*"):
        if path.suffix in (".md", ".toml"):
            text = re.sub(r"\n\[contest\].*?(?=\n\+\+\+)", "", path.read_text(), flags=re.DOTALL)
            path.write_text(text.replace("2026-", "2025-").replace("2026", "2025"))
    return share_app(CALENDAR_CONTENT=content)


def soup(page):
    return BeautifulSoup(page.text, "html.parser")


@pytest.mark.parametrize("path", ["/admin/", "/admin/beredskap", "/admin/redigera", "/admin/statistik", "/admin/konto"])
def test_every_page_leads_to_the_other_year(organiser, path):
    links = {link.text: link for link in soup(organiser.get(path)).select(".years a")}
    assert [*links] == ["2026", "2025"]
    page = soup(organiser.get(links["2025"]["href"]))
    assert [link.text for link in page.select(".years [aria-current]")] == ["2025"]
    assert "2025" in page.h1.text or path != "/admin/"


def test_menu_stays_in_chosen_year_and_has_no_dead_link(organiser):
    menu = soup(organiser.get("/admin/?ar=2025")).select("nav details a")
    own = [link["href"] for link in menu if link["href"].startswith("/admin")]
    assert {link.text for link in menu} & {"Tävlingssvar", "Dragning", "Gallring"} == set()
    for address in own:
        assert "ar=2025" in address
        assert organiser.get(address).status_code in (200, 403)

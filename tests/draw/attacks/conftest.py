"""The cast of every attack: entrants, two organisers, whoever has the database, and a stranger who checks."""

import pytest

from tests.conftest import token_in
from tests.draw import independent
from tests.draw.attacks.outsider import DESK, PAGE
from tests.draw.checkers import BARE_PYTHON, PYTHON, run_program

PEOPLE = ("anna", "bo", "cecilia", "david", "eva")


@pytest.fixture
def cast(accept):
    """Five people with a right answer: their receipts by name."""
    return {name: accept(f"{name}@example.se") for name in PEOPLE}


def pressing(client):
    return lambda button, **fields: client.post(f"{DESK}/{button}", data=fields | {"token": token_in(client.get(DESK))})


@pytest.fixture
def press(organiser):
    """Olle presses a button of the desk: press("las", draw_at="2026-12-22T12:00")."""
    return pressing(organiser)


@pytest.fixture
def olga_presses(other_organiser):
    """So does Olga."""
    return pressing(other_organiser)


@pytest.fixture
def published(client):
    """Every file that anyone can fetch, by name."""
    names = (*independent.NAMES, "dagar.txt", "flode.xml")
    return lambda: {name: client.get(f"{PAGE}/{name}").data for name in names}


@pytest.fixture
def ask(client):
    """Asks for one's own entry: ask(code, address, act="aterkalla", sure="ja")."""
    page = "/mitt-bidrag"
    return lambda code, email, **fields: client.post(
        page, data={"token": token_in(client.get(page)), "code": code, "email": email, **fields}
    )


@pytest.fixture
def told(client, tmp_path):
    """What verifiera.py, fetched from the page, says of files in a folder; about the signature only when asked to."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    (folder / "verifiera.py").write_bytes(client.get(f"{PAGE}/verifiera.py").data)

    def say(files, signature=False):
        for name in independent.NAMES:
            (folder / name).write_bytes(files[name])
        code, said = run_program("verifiera.py", folder, python=PYTHON if signature else BARE_PYTHON)
        assert said.endswith("\nAllt stämmer inte.\n" if code else "\nAllt stämmer.\n")
        return said

    return say

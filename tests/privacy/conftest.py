"""What the tests of people's data share: a visitor's own entry, and an organiser who has a decision to erase."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.audit import AuditRecord
from app.contest.models import Entry
from app.database import db
from tests.conftest import token_in
from tests.prepared import DECISION as DECISION

OWN = "/mitt-svar"


@pytest.fixture
def decided(content: Path) -> Path:
    """Content of an authority that has its decision to erase."""
    return content


@pytest.fixture
def ask(client: FlaskClient) -> Callable[..., TestResponse]:
    """Fill in the form for one's own entry: ask(code, address, act="aterkalla", sure="ja")."""

    def send(code: str, email: str, **fields: str) -> TestResponse:
        return client.post(OWN, data={"token": token_in(client.get(OWN)), "code": code, "email": email, **fields})

    return send


@pytest.fixture
def entry_of(app: Flask) -> Callable[[str], Any]:
    """The stored entry with a ticket."""

    def read(ticket: str) -> Any:
        with app.app_context():
            row = db.session.execute(sa.select(Entry.__table__).where(Entry.ticket == ticket)).mappings().one()
            return SimpleNamespace(**row)

    return read


@pytest.fixture
def acts(app: Flask) -> Callable[[], list[str]]:
    """The kinds of acts on the contest's record, the first one first."""

    def read() -> list[str]:
        with app.app_context():
            return list(db.session.scalars(sa.select(AuditRecord.kind).order_by(AuditRecord.number)))

    return read


def shown(page: TestResponse) -> str:
    """The words of a page's main part."""
    return " ".join(re.sub("<[^>]+>", " ", page.text.partition("<main")[2].partition("</main")[0]).split())

"""What pages that are kept in memory show of a contest, and how they learn that it has come further."""

import sqlalchemy as sa
from flask import Flask, current_app

from app.calendar.feeds import Item
from app.calendar.hatches import Edition
from app.contest import terms
from app.contest.models import FrozenTerms
from app.database import db
from app.dates import swedish
from app.draw.models import Cancellation, DrawnValue, LockedList
from app.draw.status import standing


def locked_list(edition: Edition) -> LockedList | None:
    """Return the locked list of an edition's contest while its value has not come."""
    frozen = terms.frozen_in(edition.year)
    if frozen is None or standing(frozen, frozen.closes).state != "locked":
        return None
    return db.session.get(LockedList, frozen.id)


def news(edition: Edition) -> list[Item]:
    """Return what the feeds tell of the draw: that the list is locked, and its checksum."""
    frozen = terms.frozen_in(edition.year)
    lock = db.session.get(LockedList, frozen.id) if frozen else None
    if lock is None:
        return []
    summary = f"Slumptalet som avgör kommer {swedish(lock.draw_at)}. Listans kontrollsumma: {lock.proof_sha256}"
    return [
        Item(
            name="dragning",
            path=f"/{edition.year}/dragning",
            title="Listan inför dragningen är låst",
            summary=summary,
            html=f"<p>{summary}</p>",
            at=lock.locked_at,
        )
    ]


def publish_state() -> None:
    """Write how far contests have come where the page cache sees it, when that has changed."""
    tables = (FrozenTerms, LockedList, DrawnValue, Cancellation)
    state = " ".join(str(db.session.scalar(sa.select(sa.func.count()).select_from(table))) for table in tables)
    library = current_app.extensions["library"]
    if state != library.read_state():
        library.write_state(state)
    library.refresh(at_once=True)


def init_app(app: Flask) -> None:
    app.extensions["news"] = terms.or_without_database(news, lambda _: [])
    app.add_template_global(terms.or_without_database(locked_list, lambda _: None), "locked_list")

"""The page that says that an entry was received: rendered once for all who come within a second, filled in for each."""

from dataclasses import replace
from typing import Any

from flask import Flask, current_app, render_template

from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.contest import entries
from app.contest.acceptance import Receipt

_CODE, _TICKET = "kvittokodens-plats", "lottens-plats"
"""What stands on a page where the code and the ticket will; escaping leaves it as it is."""
_KEPT = "receipt_page"


def page(edition: Edition, number: int, contest: Contest, receipt: Receipt) -> str:
    """The receipt as HTML."""
    second = receipt.received_at.replace(microsecond=0)
    key = (current_app.extensions["library"].version, contest.id, number, second)
    kept: dict[Any, str] = current_app.extensions[_KEPT]
    if not (blank := kept.get(key)):
        blank = _rendered(edition, number, contest, replace(receipt, ticket=_TICKET, received_at=second))
        kept.clear()
        kept[key] = blank
    return blank.replace(_CODE, entries.grouped(receipt.code)).replace(_TICKET, receipt.ticket)


def _rendered(edition: Edition, number: int, contest: Contest, receipt: Receipt) -> str:
    context: dict[str, Any] = {"edition": edition, "number": number, "contest": contest, "receipt": receipt}
    as_text = render_template("contest/receipt.txt", **context, code=_CODE)
    return render_template("contest/receipt.html", **context, code=_CODE, as_text=as_text)


def init_app(app: Flask) -> None:
    app.extensions[_KEPT] = {}

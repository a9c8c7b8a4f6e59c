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
    if found := at_hand(number, contest, receipt):
        return found
    blank = _rendered(edition, number, contest, replace(receipt, code=_CODE, ticket=_TICKET))
    current_app.extensions[_KEPT] = (_second(number, contest, receipt), blank)
    return _filled(blank, receipt)


def at_hand(number: int, contest: Contest, receipt: Receipt) -> str | None:
    """The same, when somebody else has had one in the same second."""
    second, blank = current_app.extensions[_KEPT]
    return _filled(blank, receipt) if second == _second(number, contest, receipt) else None


def _second(number: int, contest: Contest, receipt: Receipt) -> tuple[Any, ...]:
    """What is the same on the pages of all who come within a second."""
    version = current_app.extensions["library"].version
    return version, contest.id, number, receipt.received_at.replace(microsecond=0)


def _filled(blank: str, receipt: Receipt) -> str:
    return blank.replace(_CODE, entries.grouped(receipt.code)).replace(_TICKET, receipt.ticket)


def _rendered(edition: Edition, number: int, contest: Contest, receipt: Receipt) -> str:
    context: dict[str, Any] = {"edition": edition, "number": number, "contest": contest, "receipt": receipt}
    as_text = render_template("contest/receipt.txt", **context, code=_CODE)
    return render_template("contest/receipt.html", **context, code=_CODE, as_text=as_text)


def init_app(app: Flask) -> None:
    app.extensions[_KEPT] = (None, "")

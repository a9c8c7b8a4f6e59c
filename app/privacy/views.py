"""What people may know and do about their data: the notices, and their own entry."""

import json
import logging

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.calendar.views import current_edition, find_edition, public_response, ways
from app.contest.lookup import municipality_names
from app.database import db
from app.draw import mails
from app.languages import SWEDISH, current
from app.privacy import own_entry
from app.privacy.own_entry import TAKE_ALONG, WITHDRAW, OwnEntryForm
from app.web.forms import TokenForm
from app.web.headers import no_store
from app.web.rate_limit import RateLimitExceeded, check_and_hit

blueprint = Blueprint("privacy", __name__)
blueprint.after_request(no_store)
_log = logging.getLogger(__name__)
UNKNOWN = "Vi hittar inget svar med den koden och den adressen. Kontrollera mot mejlet att båda stämmer."
# The address of such a page is a key.
_UNSEEN = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
Answer = Response | tuple[str, int]


@blueprint.get("/personuppgifter", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/privacy")
def personal_data() -> Response:
    name = "personal_data" if current() == SWEDISH else "in_english"
    edition = find_edition(current_edition().year)
    found = ways("privacy.personal_data", [SWEDISH, *edition.translations])
    return public_response(render_template(f"privacy/{name}.html", edition=edition, ways=found))


@blueprint.get("/kakor")
def cookies() -> Response:
    return public_response(render_template("privacy/cookies.html", edition=current_edition()))


@blueprint.get("/mitt-svar")
def own() -> Answer:
    return render_own(OwnEntryForm(formdata=None), 200)


@blueprint.get("/mitt-bidrag")
def old_address() -> BaseResponse:
    return redirect(url_for("privacy.own"), 301)


@blueprint.post("/mitt-svar")
def look_up() -> Answer:
    form = OwnEntryForm()
    try:
        check_and_hit("mitt-bidrag", each="30 per 10 minutes", together="1200 per 10 minutes")
    except RateLimitExceeded:
        return render_own(form, 429, trouble="limit")
    if not form.validate():
        return render_own(form, 422)
    try:
        return answer_lookup(form)
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("Ett svar kunde inte visas eller tas tillbaka")
        return render_own(form, 503, trouble="not-done")


def answer_lookup(form: OwnEntryForm) -> Answer:
    found = own_entry.find_own_entry(form.code.data or "", form.canonical)
    if found is None:
        form.code.errors = [UNKNOWN]
        return render_own(form, 422)
    if form.act.data == TAKE_ALONG:
        return entry_file(found)
    if form.act.data == WITHDRAW:
        return show_withdrawn(form, found)
    return render_own(form, 200, found)


def show_withdrawn(form: OwnEntryForm, found: own_entry.OwnEntry) -> Answer:
    if found.locked:
        form.sure.errors = ["Listan är låst. Använd länken i mejlet om låsningen."]
        return render_own(form, 422, found)
    if not form.sure.data:
        form.sure.errors = ["Kryssa i rutan om du vill ta tillbaka svaret. Det går inte att ångra."]
        return render_own(form, 422, found)
    locked = own_entry.withdraw_own_entry(found, clock.now())
    return render_template("privacy/withdrawn.html", edition=current_edition(), locked=locked), 200


@blueprint.get("/mitt-svar/ta-tillbaka/<token>")
def withdraw_page(token: str) -> Response:
    """Ask before an entry is withdrawn: programs that scan mail open its links."""
    return about_withdrawing(linked_entry(token), TokenForm(formdata=None))


@blueprint.post("/mitt-svar/ta-tillbaka/<token>")
def withdraw(token: str) -> Response:
    found, form = linked_entry(token), TokenForm()
    if not form.validate():
        return about_withdrawing(found, form, 422)
    locked = own_entry.withdraw_own_entry(found, clock.now())
    page = render_template("privacy/withdrawn.html", edition=current_edition(), locked=locked)
    return Response(page, headers=_UNSEEN)


def linked_entry(token: str) -> own_entry.OwnEntry:
    contest_id, ticket = mails.read_link(mails.WITHDRAW, token) or abort(404)
    return own_entry.find_by_ticket(contest_id, ticket) or abort(404)


def about_withdrawing(own: own_entry.OwnEntry, form: TokenForm, status: int = 200) -> Response:
    page = render_template("privacy/withdraw.html", edition=current_edition(), own=own, form=form)
    return Response(page, status, headers=_UNSEEN)


def entry_file(found: own_entry.OwnEntry) -> Response:
    text = json.dumps(own_entry.export_entry(found), ensure_ascii=False, indent=2) + "\n"
    response = Response(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="mitt-svar.json"'
    return response


def render_own(
    form: OwnEntryForm, status: int, found: own_entry.OwnEntry | None = None, trouble: str = ""
) -> tuple[str, int]:
    context: dict[str, object] = {
        "form": form,
        "own": found,
        "trouble": trouble,
        "municipalities": municipality_names(),
    }
    return render_template("privacy/own_entry.html", **context), status

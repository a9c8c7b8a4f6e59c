"""The contest: its form, its thanks, its rules."""

import logging
import re
from collections.abc import Iterable
from datetime import timedelta

from flask import Blueprint, Response, current_app, render_template, request
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError

from app import clock
from app.calendar.content import Edition
from app.calendar.edition import Contest, Phase
from app.calendar.views import library, public_response, ways
from app.clock import PREVIEW, SWEDEN
from app.contest import entries, forms, rules, store, terms
from app.contest.forms import EntryForm, EntryInput, Faults, municipality_choices, offered_municipalities
from app.contest.lookup import contest_in, find_contest
from app.contest.store import SavedEntry
from app.contest.terms import FrozenContest
from app.contest.words import own_paragraphs, translation_of, words_of
from app.database import db
from app.errors import NotAllowed
from app.languages import SWEDISH, current, gettext_noop, speaking
from app.outbox import transport
from app.text import short_ticket
from app.web.forms import PUBLIC, QUICKEST, open_token
from app.web.headers import no_store
from app.web.rate_limit import RateLimitExceeded, check, check_and_hit, counts_of, hit

blueprint = Blueprint("contest", __name__)
blueprint.after_request(no_store)
_log = logging.getLogger(__name__)
# Languages, and with and without mail; content that changes makes new ones.
KEPT_RECEIPTS = 16
USED = gettext_noop("Formuläret är redan skickat en gång. Skicka det igen om du vill lämna ett svar till.")


@blueprint.get("/<year:year>/lucka/<hatch:number>/tavla", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/<year:year>/hatch/<hatch:number>/enter")
def enter(year: int, number: int) -> tuple[str, int]:
    edition, contest = contest_in(year, number)
    phase = _phase(edition, contest)
    if phase == "open" or (phase == "opening" and PREVIEW in request.environ):
        return form_page(edition, number, contest, 200)
    return _not_open(edition, number, contest, phase), 200


@blueprint.post("/<year:year>/lucka/<hatch:number>/tavla", defaults={"language": SWEDISH})
@blueprint.post("/<language:language>/<year:year>/hatch/<hatch:number>/enter")
def send(year: int, number: int) -> tuple[str, int]:
    edition, contest = contest_in(year, number)
    # Whether the contest was cancelled the transaction asks.
    if (phase := terms.shown_phase(edition, clock.now())) not in ("open", "opening"):
        return _not_open(edition, number, contest, phase, late=True), 409
    sent = read_form(edition, contest)
    if not isinstance(sent, EntryInput):
        return _refuse(edition, number, contest, sent)
    config = current_app.config
    counts = counts_of("bidrag", each=config["ENTRY_LIMIT"], together=config["ENTRY_LIMIT_ALL"])
    try:
        check(counts)
    except RateLimitExceeded:
        return form_page(edition, number, contest, 429, trouble="limit")
    page, status = _save(edition, number, contest, sent)
    if status == 200:
        # The same entry again counts too: a mail goes, and its time does not tell whether it was new.
        hit(counts)
    return page, status


def _phase(edition: Edition, contest: Contest) -> Phase | None:
    phase = terms.shown_phase(edition, clock.now())
    return "closed" if phase == "open" and terms.shown_as_cancelled(contest.id) else phase


def _refuse(edition: Edition, number: int, contest: Contest, faults: Faults) -> tuple[str, int]:
    """Show what is to be mended; counted apart, so that right entries of the same office still come in."""
    try:
        check_and_hit("svar, nekade", each=current_app.config["ENTRY_LIMIT"])
    except RateLimitExceeded:
        return form_page(edition, number, contest, 429, faults, trouble="refused")
    return form_page(edition, number, contest, 422, faults)


def read_form(edition: Edition, contest: Contest) -> EntryInput | Faults:
    refused, nonce = {}, ""
    try:
        nonce = open_token(request.form.get("token", ""), PUBLIC, QUICKEST)
    except NotAllowed as error:
        refused["token"] = str(error)
    municipalities = offered_municipalities(contest, municipality_choices(edition))
    sent = forms.validate_entry(request.form, contest, municipalities, nonce)
    if not refused:
        return sent
    return refused if isinstance(sent, EntryInput) else refused | sent


def _save(edition: Edition, number: int, contest: Contest, sent: EntryInput) -> tuple[str, int]:
    """Save the entry and thank for it, or say why it was not taken."""
    try:
        # What is frozen is Swedish, also when it is an English form that comes first.
        with speaking(SWEDISH):
            swedish = library().editions[edition.year]
            frozen = terms.freeze_terms(swedish, clock.now(), current_app.extensions["draw_chain"])
        saved = store.save_entry(frozen, sent, clock.now())
    except NotAllowed as reason:
        _log.error("Tävlingen %s öppnar inte: %s", edition.year, reason)
        return _not_open(edition, number, contest, "waiting"), 409
    except store.NotReceived:
        return _not_open(edition, number, contest, "closed", late=True), 409
    except store.FormUsed:
        return form_page(edition, number, contest, 422, {"token": USED})
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("Ett svar kunde inte sparas")
        return form_page(edition, number, contest, 503, trouble="not-saved")
    return render_thanks(edition, number, frozen, sent, saved), 200


def render_thanks(edition: Edition, number: int, contest: FrozenContest, sent: EntryInput, saved: SavedEntry) -> str:
    """Say "Du är med!", the same to everyone; code and ticket only where no mail goes."""
    words = words_of(edition, contest)
    told = {"email": sent.email, "answer": words.answer(sent.answer)}
    if not transport.mail_server():
        short = short_ticket(saved.ticket)
        told |= {"code": entries.group_code(saved.code), "ticket": saved.ticket, "short_ticket": short}
    context: dict[str, object] = {"edition": edition, "number": number, "contest": contest, "words": words}
    return _fill_in(_receipt(told, **context), told)


def _receipt(told: Iterable[str], **context: object) -> str:
    """Return the page with a mark at the place of each personal value."""
    # To render it takes as long as all else that is done for an entry (bench/bench.py), so it is kept while the
    # content and the day are the same.
    kept: dict[object, str] = current_app.extensions.setdefault("receipts", {})
    key = (library().version, clock.now().astimezone(SWEDEN).date(), request.path, current(), *told)
    page = kept.get(key)
    if page is None:
        page = render_template("contest/thanks.html", **context, **{name: f"§{name}§" for name in told})
        if len(kept) >= KEPT_RECEIPTS:
            kept.clear()
        kept[key] = page
    return page


def _fill_in(page: str, told: dict[str, str]) -> str:
    return re.sub(f"§({'|'.join(told)})§", lambda found: str(escape(told[found[1]])), page)


def form_page(
    edition: Edition,
    number: int,
    contest: Contest,
    status: int,
    faults: Faults | None = None,
    trouble: str = "",
) -> tuple[str, int]:
    """Return the form with everything that was filled in, and (WTForms makes one each time) a fresh token."""
    words = words_of(edition, contest)
    form = EntryForm(contest, words, offered_municipalities(contest, municipality_choices(edition)))
    form.show(faults or {})
    context: dict[str, object] = {"edition": edition, "number": number, "contest": contest, "words": words}
    context["who"] = own_paragraphs(edition, contest).get("who_may_enter") if current() != SWEDISH else None
    context["ways"] = ways("contest.enter", [SWEDISH, *edition.translations], year=edition.year, number=number)
    return render_template("contest/form.html", **context, form=form, trouble=trouble), status


def _not_open(edition: Edition, number: int, contest: Contest, phase: str | None, late: bool = False) -> str:
    now = clock.now()
    context: dict[str, object] = {
        "edition": edition,
        "number": number,
        "contest": contest,
        "phase": phase,
        "late": late,
    }
    context["cancelled"] = terms.shown_as_cancelled(contest.id)
    return render_template("contest/not_open.html", **context, long_ago=now > contest.draw_at + timedelta(days=60))


@blueprint.get("/<year:year>/tavling/villkor", defaults={"language": SWEDISH})
@blueprint.get("/<language:language>/<year:year>/contest/rules")
def rules_page(year: int) -> Response:
    """The rules as they were frozen, or as they will be, with what was corrected since."""
    edition, contest, _ = find_contest(year)
    frozen = isinstance(contest, FrozenContest)
    organisation = contest.organisation if isinstance(contest, FrozenContest) else edition.file.organiser
    context: dict[str, object] = {"edition": edition, "contest": contest, "frozen": frozen}
    if isinstance(contest, FrozenContest) and current() == SWEDISH:
        context["sections"] = rules.read_sections(contest.rules)
    else:
        known = (translation_of(edition, contest), own_paragraphs(edition, contest))
        context["sections"] = rules.rules_sections(contest, organisation, *known)
    context["ways"] = ways("contest.rules_page", [SWEDISH, *edition.translations], year=year)
    file = edition.file_contest
    context["corrections"] = file.corrections if file and file.id == contest.id else ()
    return public_response(render_template("contest/rules.html", **context))

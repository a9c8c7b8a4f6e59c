"""The one guard of the organisers' area: who is there, whether their role may, and whether they prove it again."""

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import drafts, passkeys, reauth, roles, sessions
from app.admin.accounts.forms import EmptyForm, PasskeyForm, SignInForm, blank_form
from app.admin.accounts.models import AdminUser
from app.calendar import schedule
from app.calendar.content import Edition
from app.calendar.edition import Contest
from app.calendar.views import library
from app.contest.terms import FrozenContest, contest_of
from app.draw import practice
from app.errors import NotAllowed
from app.web.headers import no_store

# Browsers take a name with __Host- only with Secure, Path=/ and no Domain (RFC 6265bis, 4.1.3.2).
COOKIE = "__Host-organisator"

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.before_request
def guard() -> BaseResponse | tuple[str, int] | None:
    now, endpoint = clock.session_now(), request.endpoint or ""
    g.sign_in = sessions.find_sign_in(request.cookies.get(COOKIE, ""), now)
    if endpoint in roles.OPEN_TO_ALL:
        return None
    if g.sign_in is None:
        return to_sign_in(now)
    if not roles.may(g.sign_in.organiser.role, endpoint):
        return render_template("admin/refused.html", role=roles.ROLES.get(g.sign_in.organiser.role, "")), 403
    if lacks_app(g.sign_in.organiser) and roles.shows_people(endpoint):
        return redirect(url_for("admin.codes_page"), 303)
    if endpoint in roles.ASKED_AGAIN and not sessions.recently_authenticated(g.sign_in, now):
        return ask_for_proof(now)
    return None


def lacks_app(organiser: AdminUser) -> bool:
    """Check whether a role that sees personal data was given to an account without an app for one-time codes."""
    return organiser.totp_secret is None and roles.sees_people(organiser.role)


def to_sign_in(now: datetime) -> BaseResponse | tuple[str, int]:
    """Lead to the sign-in page, and back to where one was when the time was over."""
    ended = sessions.ended_sign_in(request.cookies.get(COOKIE, ""))
    if ended is None or request.endpoint in ("admin.sign_out", "admin.stay_signed_in"):
        return redirect(url_for("admin.sign_in"), 303)
    if request.method != "POST":
        return redirect(url_for("admin.sign_in", till=request.full_path.rstrip("?")), 303)
    posted = drafts.seal_form(ended.organiser_id, now)
    return sign_in_page(401, kept=posted or "", lost=posted is None)


def sign_in_page(status: int, form: SignInForm | None = None, **context: object) -> tuple[str, int]:
    """Return the page to sign in on, with what is to be come back to."""
    form = form or blank_form(SignInForm, kept=context.get("kept", ""), till=context.get("till", ""))
    passkey_form = blank_form(PasskeyForm, kept=form.kept.data, till=form.till.data)
    context["passkeys_work"] = passkeys.origin() is not None
    page = render_template("admin/sign_in.html", form=form, passkey_form=passkey_form, **context)
    return page, status


def ask_for_proof(now: datetime) -> tuple[str, int] | None:
    """Ask for a proof, or takes the one that came with the form, which then goes on its way."""
    fault = None
    if reauth.carries_proof():
        try:
            renew_sign_in(reauth.verify_proof(g.sign_in, now), now)
            return None
        except NotAllowed as refused:
            fault = str(refused)
    return proof_page(fault)


def proof_page(fault: str | None, till: str = "") -> tuple[str, int]:
    """Ask who is there, carrying what was posted or the page that was asked for."""
    posted = request.method == "POST" and not till
    carried = reauth.other_fields() if posted else [("till", till or request.full_path.rstrip("?"))]
    action = request.full_path.rstrip("?") if posted else url_for("admin.prove_again")
    form = blank_form(EmptyForm)
    page = render_template(
        "admin/prove.html",
        action=action,
        carried=carried,
        posted=posted,
        fault=fault,
        form=form,
        passkeys_work=passkeys.origin() is not None,
        has_app=g.sign_in.organiser.totp_secret is not None,
    )
    return page, 422 if fault else 403


def renew_sign_in(token: str, now: datetime) -> None:
    """The present sign-in goes on under a new token."""
    g.new_token = token
    g.sign_in = sessions.find_sign_in(token, now)


@blueprint.context_processor
def for_every_page() -> dict[str, object]:
    sign_in, now = g.get("sign_in"), clock.session_now()
    editions = library().editions
    edition = editions.get(request.args.get("ar", type=int) or schedule.current_year(editions, clock.now()))
    return {
        "years": sorted(editions, reverse=True),
        "chosen_year": edition.year if edition else None,
        "has_contest": bool(edition and contest_of(edition)),
        "sign_out_token": lambda: blank_form(EmptyForm).token._value(),
        "may": lambda endpoint: bool(sign_in) and roles.may(sign_in.organiser.role, endpoint),
        "sign_in_ends": sessions.ends_at(sign_in) if sign_in else None,
        "seconds_left": int((sessions.ends_at(sign_in) - now).total_seconds()) if sign_in else None,
    }


@blueprint.after_request
def keep_session(response: Response) -> Response:
    """Give the session's new token, when it has one, in a page that no cache keeps."""
    if token := g.pop("new_token", None):
        give_cookie(response, token)
    return no_store(response)


def give_cookie(response: BaseResponse, token: str) -> None:
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict", path="/")


def chosen_edition() -> Edition:
    """Return the edition that the page is about: ?ar=2026, or the current one."""
    editions = library().editions
    year = request.args.get("ar", default=schedule.current_year(editions, clock.now()), type=int)
    return editions.get(year) or abort(404)


def chosen_contest() -> tuple[Edition, Contest]:
    """Return the contest that the page is about; with ?ovning=3 its third rehearsal, never the real one."""
    edition = chosen_edition()
    if "ovning" in request.args:
        number = request.args.get("ovning", default=0, type=int)
        rehearsed = practice.find_rehearsal(edition.year, number) or abort(404)
        g.rehearsal = number
        return edition, rehearsed
    return edition, contest_of(edition) or abort(404)


def chosen_frozen() -> tuple[Edition, FrozenContest]:
    """Return the contest that the page is about; 404 when it has not opened."""
    edition, contest = chosen_contest()
    return edition, contest if isinstance(contest, FrozenContest) else abort(404)


def as_attachment(body: str | Iterable[str] | Iterable[bytes], mimetype: str, name: str) -> Response:
    """Return a file to keep; `name` is in ASCII."""
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@blueprint.url_defaults
def keep_to_the_page(endpoint: str, values: dict[str, object]) -> None:
    """Every link and form stays in the year that the page is about, and in its rehearsal, but for the way out of it."""
    if g.get("sign_in") and endpoint not in roles.OPEN_TO_ALL and (year := request.args.get("ar", type=int)):
        values.setdefault("ar", year)
    if g.get("rehearsal") and endpoint != "admin.overview":
        values.setdefault("ovning", g.rehearsal)

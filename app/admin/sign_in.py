"""Signing in, proving it again, signing out, and accepting an invitation."""

import pyotp
import segno
from flask import Response, abort, current_app, g, jsonify, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import credentials, drafts, passkeys, reauth, sessions, throttle
from app.admin.accounts.forms import AdminForm, EmptyForm, InvitationForm, PasskeyForm, SignInForm, blank_form
from app.admin.accounts.guard import COOKIE, blueprint, give_cookie, proof_page, renew_sign_in, sign_in_page
from app.admin.accounts.models import AdminSession, AdminUser, Invitation
from app.calendar.views import current_edition
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded, check_and_hit

WAIT = "Det blev många försök. Vänta tio minuter och försök igen."


@blueprint.route("/logga-in", methods=["GET", "POST"])
def sign_in() -> BaseResponse | tuple[str, int]:
    if request.method != "POST" and g.sign_in:
        return redirect(url_for("admin.overview"), 303)
    if request.method != "POST":
        return sign_in_page(200, till=request.args.get("till", ""))
    form, now = SignInForm(), clock.session_now()
    device = throttle.known_device(form.email.data or "", now)
    try:
        throttle.hit_sign_in(form.email.data or "", device)
        if form.validate():
            return let_in(sessions.sign_in(form.claim(), device, browser_name(), now), form)
    except NotAllowed as error:
        form.refuse(str(error))
    except RateLimitExceeded:
        form.refuse(WAIT)
        return sign_in_page(429, form)
    return sign_in_page(422, form)


@blueprint.post("/logga-in/passkey")
def sign_in_with_passkey() -> BaseResponse | tuple[str, int]:
    form, now = PasskeyForm(), clock.session_now()
    shown = blank_form(SignInForm, kept=form.kept.data, till=form.till.data)
    try:
        throttle.hit_passkey()
        if form.validate():
            organiser = passkeys.verify_passkey(form.credential.data or "", form.challenge.data or "", now)
            return let_in(sessions.open_sign_in(organiser, "passkey", browser_name(), now), form)
        shown.token.errors = form.token.errors
    except NotAllowed as refused:
        shown.refuse(str(refused))
    except RateLimitExceeded:
        shown.refuse(WAIT)
        return sign_in_page(429, shown)
    return sign_in_page(422, shown)


@blueprint.get("/passkey-fraga")
def passkey_question() -> Response | tuple[str, int]:
    """What the script asks for before the browser asks for a passkey."""
    try:
        adding = "ny" in request.args and g.sign_in
        now = clock.session_now()
        told = passkeys.registration_options(g.sign_in.organiser, now) if adding else passkeys.sign_in_options(now)
    except NotAllowed as refused:
        return make_response(jsonify(fault=str(refused)), 422)
    return jsonify(told)


def browser_name() -> str:
    return sessions.describe_user_agent(request.user_agent.string)


def let_in(token: str, form: SignInForm | PasskeyForm) -> BaseResponse:
    """On to the overview, to the page that was asked for, or to what was being sent; an earlier sign-in here ends."""
    now = clock.session_now()
    if g.sign_in:
        sessions.sign_out(request.cookies[COOKIE])
    found = sessions.find_sign_in(token, now)
    if found is None:
        abort(403)
    g.sign_in = found
    response = next_page(found, form)
    give_cookie(response, token)
    throttle.remember_device(response, found.organiser.email, now)
    return response


def next_page(found: AdminSession, form: SignInForm | PasskeyForm) -> BaseResponse:
    back = drafts.open_form(form.kept.data or "", found.organiser_id, clock.session_now())
    if back is None:
        return redirect(drafts.safe_next_page(form.till.data or "") or url_for("admin.overview"), 303)
    return Response(render_template("admin/resume.html", kept=back, form=blank_form(EmptyForm)))


@blueprint.post("/bekrafta")
def prove_again() -> BaseResponse | tuple[str, int]:
    """The proof for a page that is only looked at; a form brings its proof along itself."""
    till = drafts.safe_next_page(request.form.get("till", ""))
    if till is None:
        abort(404)
    form = EmptyForm()
    if not form.validate():
        return proof_page(str(form.token.errors[0]), till)
    try:
        renew_sign_in(reauth.verify_proof(g.sign_in, clock.session_now()), clock.session_now())
    except NotAllowed as refused:
        return proof_page(str(refused), till)
    return redirect(till, 303)


@blueprint.get("/inloggad")
def stay_signed_in() -> Response:
    """Extend the session: the script asks when the user presses the button."""
    return jsonify(seconds=int((sessions.ends_at(g.sign_in) - clock.session_now()).total_seconds()))


@blueprint.post("/logga-ut")
def sign_out() -> BaseResponse:
    if not EmptyForm().validate():
        abort(403)
    sessions.sign_out(request.cookies[COOKIE])
    return signed_out()


def signed_out() -> BaseResponse:
    """To the sign-in page, without the cookie; the one that the browser is known by stays."""
    response = redirect(url_for("admin.sign_in"), 303)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@blueprint.route("/inbjudan/<token>", methods=["GET", "POST"])
def invitation(token: str) -> BaseResponse | tuple[str, int]:
    """Show an invitation, and make the account of the one who accepts it."""
    now = clock.session_now()
    found = sessions.find_invitation(token, now)
    if found is None:
        return render_template("admin/invitation_gone.html"), 410
    form = InvitationForm()
    form.email.data = address = found.email or form.email.data or ""
    if request.method != "POST":
        return invitation_page(token, found, form, 200)
    told = form.token if form.credential.data else form.code
    try:
        check_and_hit("inbjudan", each="30 per 10 minutes", together="300 per 10 minutes", account=token)
        if form.validate():
            second: str | passkeys.NewPasskey = form.code.data or ""
            if form.credential.data:
                second = passkeys.verify_invited(token, form.credential.data, form.challenge.data or "", now)
            key = current_app.config["SECRET_KEY"]
            return welcome(sessions.accept_invitation(token, address, form.password.data or "", second, key, now))
    except NotAllowed as error:
        told.errors = [str(error)]
    except RateLimitExceeded:
        told.errors = [WAIT]
    return invitation_page(token, found, form, 422)


@blueprint.get("/inbjudan/<token>/passkey-fraga")
def invitation_passkey_question(token: str) -> Response:
    """What the script asks for before the browser makes a passkey for a new account."""
    now = clock.session_now()
    found = sessions.find_invitation(token, now)
    if found is None or not sessions.may_choose_passkey(found):
        abort(404)
    return jsonify(passkeys.invited_options(token, found.email or "", now))


def welcome(organiser: AdminUser) -> BaseResponse:
    """Let the new account in, for it has just given password and code, and show its recovery codes to be printed."""
    now = clock.session_now()
    made_now = credentials.make_recovery_codes(organiser, now)
    token = sessions.open_sign_in(organiser, "nytt konto", browser_name(), now)
    g.sign_in = sessions.find_sign_in(token, now)
    response = make_response(recovery_codes_page(organiser, made_now, new=True))
    give_cookie(response, token)
    throttle.remember_device(response, organiser.email, now)
    return response


def recovery_codes_page(organiser: AdminUser, codes: list[str], new: bool) -> str:
    has_app = organiser.totp_secret is not None
    return render_template("admin/recovery_codes.html", codes=codes, new=new, has_app=has_app)


def invitation_page(token: str, found: Invitation, form: AdminForm, status: int) -> tuple[str, int]:
    secret = credentials.offered_secret(token, current_app.config["SECRET_KEY"])
    context: dict[str, object] = {
        "form": form,
        "email": found.email,
        "secret": secret,
        "question": url_for("admin.invitation_passkey_question", token=token)
        if sessions.may_choose_passkey(found)
        else None,
        **app_for_codes(secret, found.email),
    }
    return render_template("admin/invitation.html", **context), status


def app_for_codes(secret: str, email: str | None) -> dict[str, object]:
    """Return the secret for an app for one-time codes: a square to be read, and an address that opens it on a phone."""
    issuer = current_edition().plain_title
    address = pyotp.TOTP(secret).provisioning_uri(name=email or "organisatör", issuer_name=issuer)
    code = segno.make(address, error="m")
    square = code.svg_inline(omitsize=True, title="QR-kod att läsa av med din app", border=2)
    return {"picture": Markup(square), "app_address": address}  # noqa: S704 made here

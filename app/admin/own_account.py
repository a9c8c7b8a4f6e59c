"""Mitt konto: password, app for codes, recovery codes, passkeys, and where one is signed in."""

import sqlalchemy as sa
from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import users
from app.admin.accounts import credentials, crypto, passkeys, sessions, throttle
from app.admin.accounts.forms import (
    AddPasskeyForm,
    AdminForm,
    CodesForm,
    EmptyForm,
    MailWishesForm,
    PasswordForm,
    blank_form,
)
from app.admin.accounts.guard import blueprint, lacks_app, renew_sign_in
from app.admin.accounts.models import AdminSession
from app.admin.sign_in import WAIT, app_for_codes, recovery_codes_page, signed_out
from app.errors import NotAllowed
from app.web.rate_limit import RateLimitExceeded

OFFER_LASTS = 3600
WRONG_CODE = "Koden stämmer inte. Vänta på nästa kod i appen och skriv den."


@blueprint.get("/konto")
def own_account() -> tuple[str, int]:
    return render_account(200)


def render_account(status: int, **forms: object) -> tuple[str, int]:
    organiser, now = g.sign_in.organiser, clock.session_now()
    active = users.sign_ins(organiser.id, now - sessions.IDLE)
    context: dict[str, object] = {
        "organiser": organiser,
        "present": g.sign_in.name,
        "sign_ins": [each for each in active if sessions.ends_at(each) >= now],
        "passkeys": passkeys.passkeys_of(organiser),
        "passkeys_work": passkeys.origin() is not None,
        "codes_left": credentials.recovery_codes_left(organiser),
        "done": request.args.get("klart"),
        "password_form": forms.get("password_form") or blank_form(PasswordForm),
        "passkey_form": forms.get("passkey_form") or blank_form(AddPasskeyForm),
        "mail_form": forms.get("mail_form") or blank_form(MailWishesForm, obj=users.mail_wishes(organiser.id)),
        "button": forms.get("button") or blank_form(EmptyForm),
    }
    return render_template("admin/own_account.html", **context), status


def back_to_account(what: str) -> BaseResponse:
    return redirect(url_for("admin.own_account", klart=what), 303)


@blueprint.post("/konto/losenord")
def change_password() -> BaseResponse | tuple[str, int]:
    form, now = PasswordForm(), clock.session_now()
    try:
        if form.validate():
            throttle.hit_proof(g.sign_in.name)
            if credentials.verify_password(g.sign_in.organiser.password_hash, form.old_password.data or "", known=True):
                users.change_password(g.sign_in, form.password.data or "", now)
                renew_sign_in(sessions.rotate_session(g.sign_in, now), now)
                return back_to_account("losenord")
            form.old_password.errors = ["Det är inte ditt nuvarande lösenord."]
    except RateLimitExceeded:
        form.old_password.errors = [WAIT]
    return render_account(422, password_form=form)


@blueprint.post("/konto/mejl")
def choose_mails() -> BaseResponse | tuple[str, int]:
    form = MailWishesForm()
    if form.validate():
        users.save_mail_wishes(g.sign_in.organiser_id, form.daily_report.data, form.alerts.data)
        return redirect(url_for("admin.own_account", klart="mejl", _anchor="mejl"), 303)
    return render_account(422, mail_form=form)


@blueprint.route("/konto/engangskoder", methods=["GET", "POST"])
def codes_page() -> BaseResponse | tuple[str, int]:
    """Offer a secret for an app, and take it into use when the app's code is right."""
    form, now = CodesForm(), clock.session_now()
    if request.method != "POST":
        return render_codes(credentials.new_secret(), form, 200)
    try:
        secret = crypto.decrypt_recent(form.offer.data or "", offer_purpose(), OFFER_LASTS, now)
    except crypto.InvalidSeal:
        form.code.errors = ["Sidan har varit öppen för länge. Skanna den nya QR-koden."]
        return render_codes(credentials.new_secret(), form, 422)
    if form.validate():
        if credentials.replace_app(g.sign_in.organiser, secret, form.code.data or "", now):
            return back_to_account("engangskoder")
        form.code.errors = [WRONG_CODE]
    return render_codes(secret, form, 422)


def offer_purpose() -> str:
    return f"totp offer {g.sign_in.organiser_id}"


def render_codes(secret: str, form: AdminForm, status: int) -> tuple[str, int]:
    context: dict[str, object] = {
        "form": form,
        "secret": secret,
        **app_for_codes(secret, g.sign_in.organiser.email),
        "first": g.sign_in.organiser.totp_secret is None,
        "needed": lacks_app(g.sign_in.organiser),
        "offer": crypto.encrypt(secret, offer_purpose(), clock.session_now()),
    }
    return render_template("admin/codes.html", **context), status


@blueprint.post("/konto/reservkoder")
def make_recovery_codes() -> tuple[str, int]:
    """Shown in the answer itself and never again, so that no address leads to them."""
    button = EmptyForm()
    if not button.validate():
        return render_account(422, button=button)
    made_now = credentials.make_recovery_codes(g.sign_in.organiser, clock.session_now())
    return recovery_codes_page(g.sign_in.organiser, made_now, new=False), 200


@blueprint.post("/konto/passkeys")
def add_passkey() -> BaseResponse | tuple[str, int]:
    form = AddPasskeyForm()
    if form.validate():
        told = (form.name.data or "", form.credential.data or "", form.challenge.data or "")
        try:
            passkeys.add_passkey(g.sign_in.organiser, *told, clock.session_now())
            return back_to_account("passkey")
        except NotAllowed as refused:
            form.refuse(str(refused))
    return render_account(422, passkey_form=form)


@blueprint.post("/konto/passkeys/<number:passkey_id>/ta-bort")
def remove_passkey(passkey_id: int) -> BaseResponse | tuple[str, int]:
    button = EmptyForm()
    try:
        if button.validate():
            passkeys.remove_passkey(g.sign_in.organiser_id, passkey_id, clock.session_now())
            return back_to_account("passkey-borta")
    except NotAllowed as refused:
        button.refuse(str(refused))
    return render_account(422, button=button)


@blueprint.post("/konto/inloggningar/<name>/avsluta")
def end_sign_in(name: str) -> BaseResponse | tuple[str, int]:
    button = EmptyForm()
    if not button.validate():
        return render_account(422, button=button)
    which, now = AdminSession.name == name, clock.session_now()
    users.end_sign_ins(g.sign_in.organiser_id, which, "en annan webbläsare", now)
    return back_to_account("inloggning")


@blueprint.post("/konto/inloggningar/avsluta-alla")
def end_all_sign_ins() -> BaseResponse | tuple[str, int]:
    button = EmptyForm()
    if not button.validate():
        return render_account(422, button=button)
    users.end_sign_ins(g.sign_in.organiser_id, sa.true(), "alla webbläsare", clock.session_now())
    return signed_out()

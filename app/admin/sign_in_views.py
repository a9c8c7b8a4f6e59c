"""Signing in and out, and accepting an invitation."""

from typing import Any

import pyotp
import segno
from flask import abort, current_app, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import access
from app.admin.forms import EmptyForm, InvitationForm, SignInForm, made
from app.admin.guard import COOKIE, blueprint
from app.web.limits import TooMany, spend

Page = tuple[str, int]


@blueprint.get("/logga-in")
def sign_in() -> BaseResponse | str:
    if g.sign_in:
        return redirect(url_for("admin.overview"), 303)
    return render_template("admin/sign_in.html", form=made(SignInForm))


@blueprint.post("/logga-in")
def send_sign_in() -> BaseResponse | Page:
    form = SignInForm()
    try:
        account = access.checksum((form.email.data or "").strip().lower())
        spend("inloggning", each=current_app.config["SIGN_IN_LIMIT"], together="300 per 10 minutes", account=account)
        if form.validate():
            return _with_cookie(access.sign_in(*form.credentials(), clock.now()))
    except access.AccessRefused as error:
        form.refuse(str(error))
    except TooMany:
        form.refuse("Det blev många försök. Vänta tio minuter och försök igen.")
        return render_template("admin/sign_in.html", form=form), 429
    return render_template("admin/sign_in.html", form=form), 422


def _with_cookie(token: str) -> BaseResponse:
    response = redirect(url_for("admin.overview"), 303)
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@blueprint.post("/logga-ut")
def sign_out() -> BaseResponse:
    if not EmptyForm().validate():
        abort(403)
    access.sign_out(request.cookies[COOKIE])
    response = redirect(url_for("admin.sign_in"), 303)
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@blueprint.get("/inbjudan/<token>")
def invitation(token: str) -> Page:
    found = access.find_invitation(token, clock.now())
    if found is None:
        return render_template("admin/invitation_gone.html"), 410
    return _invitation_page(token, found.email, made(InvitationForm, email=found.email or ""), 200)


@blueprint.post("/inbjudan/<token>")
def accept_invitation(token: str) -> BaseResponse | Page:
    found = access.find_invitation(token, clock.now())
    if found is None:
        return render_template("admin/invitation_gone.html"), 410
    form = InvitationForm()
    address = found.email or form.email.data or ""
    form.email.data = address
    try:
        spend("inbjudan", each="30 per 10 minutes", together="300 per 10 minutes")
        if form.validate():
            key = current_app.config["SECRET_KEY"]
            access.accept(token, *form.credentials(), key, clock.now())
            return redirect(url_for("admin.sign_in"), 303)
    except access.AccessRefused as error:
        form.code.errors = [str(error)]
    except TooMany:
        form.code.errors = ["Det blev många försök. Vänta tio minuter och försök igen."]
    return _invitation_page(token, found.email, form, 422)


def _invitation_page(token: str, email: str | None, form: Any, status: int) -> Page:
    secret = access.totp_secret(token, current_app.config["SECRET_KEY"])
    address = pyotp.TOTP(secret).provisioning_uri(name=email or "organisatör", issuer_name="Miljöjulkalendern")
    code = segno.make(address, error="m")
    picture = Markup(code.svg_inline(omitsize=True, title="QR-kod att läsa av med din app", border=2))  # noqa: S704 made here
    context: dict[str, Any] = {"form": form, "email": email, "secret": secret, "picture": picture}
    return render_template("admin/invitation.html", **context), status

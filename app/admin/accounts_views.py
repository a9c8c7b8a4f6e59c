"""Konton and Logg: who may come in, as what, and who did what when."""

from typing import Any

from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import access, accounts, attempts, letters, log
from app.admin.account_forms import InviteForm, RoleForm
from app.admin.forms import EmptyForm, made
from app.admin.guard import blueprint
from app.admin.models import Organiser
from app.admin.roles import ABOUT, ROLES
from app.database import db

Page = tuple[str, int]
_PER_PAGE = 50


@blueprint.get("/konton")
def accounts_page() -> Page:
    return _page(200)


def _page(status: int, fault: str | None = None, form: Any = None) -> Page:
    now = clock.wall_now()
    context: dict[str, Any] = {
        "organisers": accounts.everybody(),
        "invitations": accounts.open_invitations(now),
        "form": form or made(InviteForm, role="editor"),
        "role_form": lambda role: made(RoleForm, role=role),
        "button": made(EmptyForm),
        "fault": fault,
        "roles": ROLES,
        "about": ABOUT,
        "own": g.sign_in.organiser_id,
        "done": request.args.get("klart"),
    }
    return render_template("admin/accounts.html", **context), status


def _done(what: str) -> BaseResponse:
    return redirect(url_for("admin.accounts_page", klart=what), 303)


@blueprint.post("/konton")
def invite_organiser() -> Page:
    """Mail the link to the invited person; where no mail is set up, show it in the answer and never again."""
    form = InviteForm()
    try:
        if form.validate():
            return _invite(form.email.data or "", form.role.data)
    except (accounts.AccountRefused, letters.NotSent) as refused:
        form.email.errors = [str(refused)]
    return _page(422, form=form)


def _invite(email: str, role: str) -> Page:
    """Raises AccountRefused and NotSent; then there is no invitation."""
    accounts.refuse_known(email)
    now, mailed = clock.wall_now(), letters.goes_by_mail()
    token = access.invite(email, now, role, "länken mejlad" if mailed else "länken visad för den som bjöd in")
    link = current_app.config["PUBLIC_URL"] + url_for("admin.invitation", token=token)
    if mailed:
        name = attempts.checksum(token)
        try:
            letters.invite(email, role, link, name[:16], now)
        except letters.NotSent:
            accounts.withdraw(name, now)
            raise
    context = {"email": email, "role": ROLES[role], "link": "" if mailed else link}
    return render_template("admin/invited.html", **context), 200


@blueprint.post("/konton/inbjudan/<checksum>/dra-tillbaka")
def withdraw_invitation(checksum: str) -> BaseResponse | Page:
    if not EmptyForm().validate():
        return _page(422)
    accounts.withdraw(checksum, clock.wall_now())
    return _done("inbjudan")


@blueprint.post("/konton/<number:organiser_id>/roll")
def change_role(organiser_id: int) -> BaseResponse | Page:
    form = RoleForm()
    try:
        if form.validate():
            accounts.change_role(organiser_id, form.role.data or "", clock.wall_now())
            return _done("roll")
        return _page(422, form.faults()[0][1])
    except accounts.AccountRefused as refused:
        return _page(422, str(refused))


@blueprint.get("/konton/<number:organiser_id>/ta-bort")
def remove_page(organiser_id: int) -> Page:
    return _remove_page(organiser_id, made(EmptyForm), 200)


@blueprint.post("/konton/<number:organiser_id>/ta-bort")
def remove_organiser(organiser_id: int) -> BaseResponse | Page:
    form = EmptyForm()
    if form.validate():
        try:
            accounts.remove(organiser_id, clock.wall_now())
            return _done("borta")
        except accounts.AccountRefused as refused:
            form.token.errors = [str(refused)]
    return _remove_page(organiser_id, form, 422)


def _remove_page(organiser_id: int, form: Any, status: int) -> Page:
    organiser = db.session.get(Organiser, organiser_id) or abort(404)
    return render_template("admin/remove.html", organiser=organiser, roles=ROLES, form=form), status


@blueprint.get("/logg")
def log_page() -> str:
    before = request.args.get("fore", type=int)
    acts = log.page(min(before, 2**31 - 1) if before else None, _PER_PAGE + 1)
    more = acts[_PER_PAGE - 1][0].id if len(acts) > _PER_PAGE else None
    return render_template("admin/log.html", acts=acts[:_PER_PAGE], more=more, kinds=log.KINDS)

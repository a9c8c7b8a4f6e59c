"""The organisers' accounts: roles, removal, and the rule that somebody can always invite."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import activity_log
from app.admin.accounts import credentials, sessions, throttle
from app.admin.accounts.forms import InviteForm, RoleForm
from app.admin.accounts.models import Invitation, Organiser, SignIn
from app.admin.forms import EmptyForm, made
from app.admin.guard import blueprint
from app.admin.roles import ABOUT, ADMINISTRATOR, ROLES
from app.calendar.views import current_edition
from app.database import db, write
from app.draw import delivery
from app.outbox import messages
from app.outbox.messages import Labelled, Letter, Sender
from app.outbox.transport import Closed, Postponed, Refused, office, server

LAST = "Det måste finnas minst en administratör. Gör någon annan till administratör först."


class AccountRefused(Exception):
    """Nothing was changed. The text is a Swedish sentence that says why."""


def everybody() -> list[Organiser]:
    return list(db.session.scalars(sa.select(Organiser).order_by(Organiser.email)))


def open_invitations(now: datetime) -> list[Invitation]:
    """Invitations that can still be accepted, but for that of the very first organiser."""
    query = sa.select(Invitation).where(Invitation.expires_at > now, Invitation.email.is_not(None))
    return list(db.session.scalars(query.order_by(Invitation.expires_at)))


def refuse_known(email: str) -> None:
    """Raises AccountRefused for an address that has an account: a link would give somebody else its password."""
    if db.session.scalar(sa.select(Organiser.id).where(Organiser.email == email.strip().lower())) is not None:
        raise AccountRefused(
            "Adressen har redan ett konto. Har personen tappat allt gör den som sköter servern en ny länk."
        )


def withdraw(checksum: str, now: datetime) -> None:
    """Makes an invitation's link useless; nothing when it already is."""
    write()
    db.session.execute(sa.delete(Invitation).where(Invitation.token_sha256 == checksum))
    activity_log.record("withdrawn", "", now)
    db.session.commit()


def give_role(number: int, role: str, now: datetime) -> None:
    """Gives an account another role, from the next click on. Raises AccountRefused."""
    if role not in ROLES:
        raise AccountRefused("Välj en av rollerna.")
    write()
    organiser = _found(number)
    if organiser.role == ADMINISTRATOR and role != ADMINISTRATOR:
        _refuse_when_last()
    organiser.role = role
    activity_log.record("role", f"konto nr {number} är nu {ROLES[role]}", now)
    db.session.commit()


def remove(number: int, now: datetime) -> None:
    """Removes an account with all that belongs to it; its sign-ins end at once. Raises AccountRefused."""
    write()
    organiser = _found(number)
    if organiser.role == ADMINISTRATOR:
        _refuse_when_last()
    db.session.execute(sa.delete(Invitation).where(Invitation.email == organiser.email))
    activity_log.record("removed", f"konto nr {number}, {ROLES[organiser.role]}", now)
    db.session.execute(sa.delete(Organiser).where(Organiser.id == number))
    db.session.commit()


def _found(number: int) -> Organiser:
    found = db.session.get(Organiser, number)
    if found is None:
        raise AccountRefused("Kontot finns inte längre.")
    return found


def _refuse_when_last() -> None:
    if db.session.scalar(sa.select(sa.func.count()).where(Organiser.role == ADMINISTRATOR)) == 1:
        raise AccountRefused(LAST)


def change_password(sign_in: SignIn, password: str, now: datetime) -> None:
    """Sets a new password and ends every other sign-in of the account."""
    number, name, new = sign_in.organiser_id, sign_in.name, credentials.hashed(password)
    write()
    db.session.execute(sa.update(Organiser).where(Organiser.id == number).values(password_hash=new))
    _end(number, SignIn.name != name)
    activity_log.record("password", "", now)
    db.session.commit()


def sign_ins(organiser_id: int, since: datetime) -> list[SignIn]:
    """An account's sign-ins that were seen after `since`, the latest first."""
    query = sa.select(SignIn).where(SignIn.organiser_id == organiser_id, SignIn.seen_at > since)
    return list(db.session.scalars(query.order_by(SignIn.seen_at.desc())))


def end_sign_in(organiser_id: int, name: str, now: datetime) -> None:
    """Ends one of the account's sign-ins."""
    write()
    activity_log.record("signed out", "en annan webbläsare", now)
    _end(organiser_id, SignIn.name == name)
    db.session.commit()


def end_all_sign_ins(organiser_id: int, now: datetime) -> None:
    """Ends every sign-in of the account, the present one too."""
    write()
    # First the log: afterwards nobody is signed in who could have done it.
    activity_log.record("signed out", "alla webbläsare", now)
    _end(organiser_id, sa.true())
    db.session.commit()


def _end(organiser_id: int, which: sa.ColumnElement[bool]) -> None:
    gone = sa.delete(SignIn).where(SignIn.organiser_id == organiser_id, which)
    db.session.execute(gone, execution_options={"synchronize_session": False})


class NotSent(Exception):
    """The mail did not go. The text is a Swedish sentence for the inviter."""


def goes_by_mail() -> bool:
    """Check whether there is a server that mails go to."""
    return bool(server())


def invite(email: str, role: str, link: str, name: str, now: datetime) -> None:
    """Mail the link to the invited person. Raises NotSent; `name` tells one invitation from another."""
    sender = _sender()
    try:
        mail = messages.message(_invitation(sender.name, ROLES[role], link), sender, email, f"inbjudan.{name}", now)
        public_url = current_app.config["PUBLIC_URL"]
        with office(server(), delivery.folder(), messages.host(public_url)) as send:
            send(mail)
    except (Refused, ValueError):
        raise NotSent("Mejlservern tar inte emot adressen. Se efter att den är rätt skriven.") from None
    except (Postponed, Closed):
        raise NotSent("Mejlet gick inte i väg, så ingen inbjudan är skapad. Försök igen om en stund.") from None


def _sender() -> Sender:
    edition, config = current_edition(), current_app.config
    mailbox = edition.file.organiser.email
    return Sender(edition.file.title, config["MAIL_FROM"] or mailbox, mailbox, config["PUBLIC_URL"])


def _invitation(title: str, role: str, link: str) -> Letter:
    return Letter(
        f"Du är inbjuden till {title}",
        (
            "Hej!",
            f"Du är inbjuden att arbeta med {title} som {role}. Skapa ditt konto med länken. Den fungerar en gång och "
            "gäller i sju dagar.",
            Labelled("Skapa ditt konto", link, address=True),
            "Ha telefonen till hands: du behöver en app för engångskoder. Skicka inte länken vidare, för den som har "
            "den kan skapa kontot.",
            "Väntade du dig ingen inbjudan? Då behöver du inte göra något.",
        ),
    )


Page = tuple[str, int]
_PER_PAGE = 50


@blueprint.get("/konton")
def accounts_page() -> Page:
    return _page(200)


def _page(status: int, fault: str | None = None, form: Any = None) -> Page:
    now = clock.wall_now()
    context: dict[str, Any] = {
        "organisers": everybody(),
        "invitations": open_invitations(now),
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
    except (AccountRefused, NotSent) as refused:
        form.email.errors = [str(refused)]
    return _page(422, form=form)


def _invite(email: str, role: str) -> Page:
    """Raises AccountRefused and NotSent; then there is no invitation."""
    refuse_known(email)
    now, mailed = clock.wall_now(), goes_by_mail()
    token = sessions.invite(email, now, role, "länken mejlad" if mailed else "länken visad för den som bjöd in")
    link = current_app.config["PUBLIC_URL"] + url_for("admin.invitation", token=token)
    if mailed:
        name = throttle.checksum(token)
        try:
            invite(email, role, link, name[:16], now)
        except NotSent:
            withdraw(name, now)
            raise
    context = {"email": email, "role": ROLES[role], "link": "" if mailed else link}
    return render_template("admin/invited.html", **context), 200


@blueprint.post("/konton/inbjudan/<checksum>/dra-tillbaka")
def withdraw_invitation(checksum: str) -> BaseResponse | Page:
    if not EmptyForm().validate():
        return _page(422)
    withdraw(checksum, clock.wall_now())
    return _done("inbjudan")


@blueprint.post("/konton/<number:organiser_id>/roll")
def change_role(organiser_id: int) -> BaseResponse | Page:
    form = RoleForm()
    try:
        if form.validate():
            give_role(organiser_id, form.role.data or "", clock.wall_now())
            return _done("roll")
        return _page(422, form.faults()[0][1])
    except AccountRefused as refused:
        return _page(422, str(refused))


@blueprint.get("/konton/<number:organiser_id>/ta-bort")
def remove_page(organiser_id: int) -> Page:
    return _remove_page(organiser_id, made(EmptyForm), 200)


@blueprint.post("/konton/<number:organiser_id>/ta-bort")
def remove_organiser(organiser_id: int) -> BaseResponse | Page:
    form = EmptyForm()
    if form.validate():
        try:
            remove(organiser_id, clock.wall_now())
            return _done("borta")
        except AccountRefused as refused:
            form.token.errors = [str(refused)]
    return _remove_page(organiser_id, form, 422)


def _remove_page(organiser_id: int, form: Any, status: int) -> Page:
    organiser = db.session.get(Organiser, organiser_id) or abort(404)
    return render_template("admin/remove.html", organiser=organiser, roles=ROLES, form=form), status


@blueprint.get("/logg")
def log_page() -> str:
    before = request.args.get("fore", type=int)
    acts = activity_log.page(min(before, 2**31 - 1) if before else None, _PER_PAGE + 1)
    more = acts[_PER_PAGE - 1][0].id if len(acts) > _PER_PAGE else None
    return render_template("admin/log.html", acts=acts[:_PER_PAGE], more=more, kinds=activity_log.KINDS)

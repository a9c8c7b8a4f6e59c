"""The organisers' accounts: roles, removal, and the rule that one administrator always remains."""

from contextlib import AbstractContextManager
from datetime import datetime

import sqlalchemy as sa
from flask import abort, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin.accounts import activity_log, credentials, sessions, throttle
from app.admin.accounts.forms import AdminForm, EmptyForm, InviteForm, RoleForm, blank_form
from app.admin.accounts.guard import blueprint, lacks_app
from app.admin.accounts.models import AdminSession, AdminUser, Invitation, OrganiserMail
from app.admin.accounts.roles import ABOUT, ADMINISTRATOR, MUNICIPAL, ROLES, sees_people
from app.calendar.views import current_edition
from app.database import begin_write, db
from app.draw import delivery
from app.errors import NotAllowed
from app.outbox import messages
from app.outbox.messages import Labelled, Letter, Sender
from app.outbox.transport import PermanentFailure, Send, TemporaryFailure, TransportDown, mail_server, open_transport

INVITE = "En kommunredaktör hör till en kommun. Ta bort kontot och bjud in personen igen, så väljer du kommun."
LAST = "Det måste finnas minst en administratör. Gör någon annan till administratör först."


def open_invitations(now: datetime) -> list[Invitation]:
    """Invitations that can still be accepted, but for that of the very first organiser."""
    query = sa.select(Invitation).where(Invitation.expires_at > now, Invitation.email.is_not(None))
    return list(db.session.scalars(query.order_by(Invitation.expires_at)))


def require_unknown_address(email: str) -> None:
    """Raises NotAllowed for an address that has an account: a link would let another person set its password."""
    if db.session.scalar(sa.select(AdminUser.id).where(AdminUser.email == email.strip().lower())) is not None:
        raise NotAllowed(
            "Adressen har redan ett konto. Har personen blivit av med allt gör den som sköter servern en ny länk."
        )


def withdraw_link(checksum: str, now: datetime) -> None:
    """Make an invitation's link useless; nothing when it already is."""
    with activity_log.logged("withdrawn", "", now):
        db.session.execute(sa.delete(Invitation).where(Invitation.token_sha256 == checksum))


def set_role(number: int, role: str, now: datetime) -> None:
    """Give an account another role, from the next click on. Raises NotAllowed."""
    if role not in ROLES:
        raise NotAllowed("Välj en av rollerna.")
    with activity_log.logged("role", f"konto nr {number} är nu {ROLES[role]}", now):
        organiser = find_account(number)
        if role == MUNICIPAL and not organiser.municipality:
            raise NotAllowed(INVITE)
        if organiser.role == ADMINISTRATOR and role != ADMINISTRATOR:
            refuse_when_last()
        organiser.role = role
        organiser.municipality = organiser.municipality if role == MUNICIPAL else None


def remove_account(number: int, now: datetime) -> None:
    """Remove an account with all that belongs to it; its sign-ins end at once. Raises NotAllowed."""
    begin_write()
    organiser = find_account(number)
    if organiser.role == ADMINISTRATOR:
        refuse_when_last()
    db.session.execute(sa.delete(Invitation).where(Invitation.email == organiser.email))
    activity_log.log_in_transaction("removed", f"konto nr {number}, {ROLES[organiser.role]}", now)
    db.session.execute(sa.delete(AdminUser).where(AdminUser.id == number))
    db.session.commit()


def find_account(number: int) -> AdminUser:
    found = db.session.get(AdminUser, number)
    if found is None:
        raise NotAllowed("Kontot finns inte längre.")
    return found


def refuse_when_last() -> None:
    if db.session.scalar(sa.select(sa.func.count()).where(AdminUser.role == ADMINISTRATOR)) == 1:
        raise NotAllowed(LAST)


def change_password(sign_in: AdminSession, password: str, now: datetime) -> None:
    """Set a new password and ends every other sign-in of the account."""
    number, name, new = sign_in.organiser_id, sign_in.name, credentials.hash_password(password)
    with activity_log.logged("password", "", now):
        db.session.execute(sa.update(AdminUser).where(AdminUser.id == number).values(password_hash=new))
        delete_sign_ins(number, AdminSession.name != name)


def sign_ins(organiser_id: int, since: datetime) -> list[AdminSession]:
    """Return an account's sign-ins that were seen after `since`, the latest first."""
    query = sa.select(AdminSession).where(AdminSession.organiser_id == organiser_id, AdminSession.seen_at > since)
    return list(db.session.scalars(query.order_by(AdminSession.seen_at.desc())))


def end_sign_ins(organiser_id: int, which: sa.ColumnElement[bool], told: str, now: datetime) -> None:
    """End those of the account's sign-ins, perhaps the present one too; `told` is what the log says of them."""
    begin_write()
    # The log comes first: afterwards no user may be signed in to log it for.
    activity_log.log_in_transaction("signed out", told, now)
    delete_sign_ins(organiser_id, which)
    db.session.commit()


def delete_sign_ins(organiser_id: int, which: sa.ColumnElement[bool]) -> None:
    gone = sa.delete(AdminSession).where(AdminSession.organiser_id == organiser_id, which)
    db.session.execute(gone, execution_options={"synchronize_session": False})


def mail_invitation(email: str, role: str, link: str, name: str, now: datetime) -> None:
    """Mail the link to the invited person. Raises NotAllowed; `name` tells one invitation from another."""
    sender = sender_of_mails()
    try:
        mail = messages.build_message(invitation_text(sender.name, role, link), sender, email, f"inbjudan.{name}", now)
        with open_mail() as send:
            send(mail)
    except (PermanentFailure, ValueError):
        raise NotAllowed("Mejlservern tar inte emot adressen. Kontrollera att den är rätt skriven.") from None
    except (TemporaryFailure, TransportDown):
        raise NotAllowed("Mejlet gick inte i väg, så ingen inbjudan är skapad. Försök igen om en stund.") from None


def open_mail() -> AbstractContextManager[Send]:
    """Open the way that mails to organisers take."""
    return open_transport(mail_server(), delivery.folder(), messages.helo_name(current_app.config["PUBLIC_URL"]))


def sender_of_mails() -> Sender:
    """Return who mails to organisers come from."""
    edition, config = current_edition(), current_app.config
    mailbox = edition.file.organiser.email
    return Sender(edition.file.title, config["MAIL_FROM"] or mailbox, mailbox, config["PUBLIC_URL"])


def invitation_text(title: str, role: str, link: str) -> Letter:
    return Letter(
        f"Du är inbjuden till {title}",
        (
            "Hej!",
            f"Du är inbjuden att arbeta med {title} som {ROLES[role]}. Skapa ditt konto med länken. Den fungerar en "
            "gång och gäller i sju dagar.",
            Labelled("Skapa ditt konto", link, address=True),
            "Ha telefonen till hands: du behöver en app för engångskoder"
            + ("" if sees_people(role) else " eller en passkey")
            + ". Skicka inte länken vidare, för den som har den kan skapa kontot.",
            "Väntade du dig ingen inbjudan? Då behöver du inte göra något.",
        ),
    )


_PER_PAGE = 50


@blueprint.get("/konton")
def accounts_page() -> tuple[str, int]:
    return render_accounts(200)


def render_accounts(status: int, fault: str | None = None, form: AdminForm | None = None) -> tuple[str, int]:
    now = clock.session_now()
    form = form or offer_municipalities(blank_form(InviteForm, role="editor"))
    context: dict[str, object] = {
        "organisers": db.session.scalars(sa.select(AdminUser).order_by(AdminUser.email)).all(),
        "invitations": open_invitations(now),
        "form": form,
        "municipalities": current_edition().municipalities,
        "role_form": lambda role: blank_form(RoleForm, role=role),
        "button": blank_form(EmptyForm),
        "fault": fault,
        "roles": ROLES,
        "about": ABOUT,
        "own": g.sign_in.organiser_id,
        "done": request.args.get("klart"),
    }
    return render_template("admin/accounts.html", **context), status


def offer_municipalities(form: AdminForm) -> AdminForm:
    form.offer({slug: each.name for slug, each in current_edition().municipalities.items()})
    return form


def back_to_accounts(what: str) -> BaseResponse:
    return redirect(url_for("admin.accounts_page", klart=what), 303)


@blueprint.post("/konton")
def invite_organiser() -> tuple[str, int]:
    """Mail the link to the invited person; where no mail is set up, show it in the answer and never again."""
    form = offer_municipalities(InviteForm())
    try:
        if form.validate():
            municipality = form.municipality.data if form.role.data == MUNICIPAL else None
            return send_invitation(form.email.data or "", form.role.data, municipality)
    except NotAllowed as refused:
        form.email.errors = [str(refused)]
    return render_accounts(422, form=form)


def send_invitation(email: str, role: str, municipality: str | None) -> tuple[str, int]:
    """Raises NotAllowed; then there is no invitation."""
    require_unknown_address(email)
    now, mailed = clock.session_now(), bool(mail_server())
    how = "länken mejlad" if mailed else "länken visad för den som bjöd in"
    token = sessions.create_invitation(email, now, role, how, municipality)
    link = current_app.config["PUBLIC_URL"] + url_for("admin.invitation", token=token)
    if mailed:
        name = throttle.checksum(token)
        try:
            mail_invitation(email, role, link, name[:16], now)
        except NotAllowed:
            withdraw_link(name, now)
            raise
    context = {"email": email, "role": ROLES[role], "link": "" if mailed else link}
    return render_template("admin/invited.html", **context), 200


@blueprint.post("/konton/inbjudan/<checksum>/dra-tillbaka")
def withdraw_invitation(checksum: str) -> BaseResponse | tuple[str, int]:
    form = EmptyForm()
    if not form.validate():
        return render_accounts(422, form.faults()[0][1])
    withdraw_link(checksum, clock.session_now())
    return back_to_accounts("inbjudan")


@blueprint.post("/konton/<number:organiser_id>/roll")
def change_role(organiser_id: int) -> BaseResponse | tuple[str, int]:
    form = RoleForm()
    try:
        if form.validate():
            set_role(organiser_id, form.role.data or "", clock.session_now())
            return back_to_accounts("roll-app" if lacks_app(find_account(organiser_id)) else "roll")
        return render_accounts(422, form.faults()[0][1])
    except NotAllowed as refused:
        return render_accounts(422, str(refused))


@blueprint.get("/konton/<number:organiser_id>/ta-bort")
def remove_page(organiser_id: int) -> tuple[str, int]:
    return render_removal(organiser_id, blank_form(EmptyForm), 200)


@blueprint.post("/konton/<number:organiser_id>/ta-bort")
def remove_organiser(organiser_id: int) -> BaseResponse | tuple[str, int]:
    form = EmptyForm()
    if form.validate():
        try:
            remove_account(organiser_id, clock.session_now())
            return back_to_accounts("borta")
        except NotAllowed as refused:
            form.token.errors = [str(refused)]
    return render_removal(organiser_id, form, 422)


def render_removal(organiser_id: int, form: AdminForm, status: int) -> tuple[str, int]:
    organiser = db.session.get(AdminUser, organiser_id) or abort(404)
    return render_template("admin/remove.html", organiser=organiser, roles=ROLES, form=form), status


@blueprint.get("/logg")
def log_page() -> str:
    before = request.args.get("fore", type=int)
    acts = activity_log.log_page(min(before, 2**31 - 1) if before else None, _PER_PAGE + 1)
    more = acts[_PER_PAGE - 1][0].id if len(acts) > _PER_PAGE else None
    return render_template("admin/log.html", acts=acts[:_PER_PAGE], more=more, kinds=activity_log.KINDS)


def mail_wishes(organiser_id: int) -> OrganiserMail:
    """Return which mails an organiser wants."""
    found = db.session.get(OrganiserMail, organiser_id)
    return found or OrganiserMail(organiser_id=organiser_id, daily_report=False, alerts=True)


def save_mail_wishes(organiser_id: int, daily_report: bool, alerts: bool) -> None:
    begin_write()
    db.session.merge(OrganiserMail(organiser_id=organiser_id, daily_report=daily_report, alerts=alerts))
    db.session.commit()

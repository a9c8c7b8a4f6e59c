"""Who may enter the organisers' area: invitation, password and code, and the sign-ins that follow."""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from app.admin.accounts import activity_log, credentials, crypto, passkeys, throttle
from app.admin.accounts.models import AdminSession, AdminUser, Invitation, Passkey, RecoveryCode
from app.admin.accounts.roles import ADMINISTRATOR, ROLES, sees_people
from app.admin.accounts.throttle import checksum
from app.database import begin_write, db
from app.errors import NotAllowed

# Chrome says it is Safari as well, and others that they are Chrome: the first that is found counts.
_BROWSERS = (
    *(("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS", "Firefox")),
    *(("SamsungBrowser", "Samsung Internet"), ("Chrome/", "Chrome"), ("CriOS", "Chrome"), ("Safari/", "Safari")),
)
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "Iphone"), ("iPad", "Ipad")),
    *(("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "Chrome OS"), ("Linux", "Linux")),
)


def describe_user_agent(agent: str) -> str:
    """Return the kind of browser and of system; nothing that tells two people apart."""
    browser = first_sign(agent, _BROWSERS, "En webbläsare")
    system = first_sign(agent, _SYSTEMS, "")
    return f"{browser} på {system}" if system else browser


def first_sign(agent: str, signs: tuple[tuple[str, str], ...], otherwise: str) -> str:
    return next((name for sign, name in signs if sign in agent), otherwise)


INVITATION_LASTS = timedelta(days=7)
# OWASP ASVS 5.0, 7.3.1 and 7.3.2: an end after nothing was done, and one whatever is done.
IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
# How long an ended sign-in is still known, so that what was being written finds its way back.
REMEMBERED = timedelta(days=1)
PROOF_LASTS = timedelta(minutes=10)
# One sentence for any fault: it does not tell whether the account exists (ASVS 5.0, 6.3.8).
NOT_TOGETHER = "E-postadress, lösenord och kod hör inte ihop. Försök igen med en ny kod ur appen."


class Credentials(NamedTuple):
    """Who someone says they are, and how they prove it; a recovery code stands in for the one-time code."""

    email: str
    password: str
    code: str
    recovery: str = ""


def has_organisers() -> bool:
    return db.session.scalar(sa.select(sa.exists().where(AdminUser.id.is_not(None)))) is True


def create_invitation(
    email: str | None, now: datetime, role: str | None = None, how: str = "", municipality: str | None = None
) -> str:
    """Return a new invitation's token. With an existing account, accepting it sets a new password and code."""
    # `how` the link reaches its receiver, as the log says it.
    token = secrets.token_urlsafe(24)
    address = email.strip().lower() if email else None
    kept = {"email": address, "role": role, "municipality": municipality, "expires_at": now + INVITATION_LASTS}
    with activity_log.logged("invited", ", ".join(filter(None, (ROLES.get(role or ""), how))), now):
        db.session.execute(sa.delete(Invitation).where(Invitation.expires_at < now))
        db.session.add(Invitation(token_sha256=checksum(token), **kept))
    return token


def find_invitation(token: str, now: datetime) -> Invitation | None:
    found = db.session.get(Invitation, checksum(token))
    return found if found and found.expires_at > now else None


def may_choose_passkey(invitation: Invitation) -> bool:
    """Check whether the account may do without an app for one-time codes, by the role that it will have."""
    return not (sees_people(role_of(invitation)) or passkeys.origin() is None)


def role_of(invitation: Invitation) -> str:
    """Return the role of the account that an invitation leads to."""
    kept = sa.select(AdminUser.role).where(AdminUser.email == invitation.email)
    return invitation.role or db.session.scalar(kept) or ADMINISTRATOR


def accept_invitation(
    token: str, email: str, password: str, second: str | passkeys.NewPasskey, key: str, now: datetime
) -> AdminUser:
    """Create the organiser (or renews one) and uses the invitation up. Raises NotAllowed."""
    # `second` is a code of the app that has read the page, or the passkey that is in its place.
    # Other links for the same address end as well: they would give the account another password.
    proof = {"password_hash": credentials.hash_password(password), **app_of(second, token, key, now)}
    begin_write()
    invitation = find_invitation(token, now)
    if invitation is None:
        raise NotAllowed("Länken har redan använts eller är för gammal. Be om en ny.")
    address = invitation.email or email.strip().lower()
    organiser = db.session.scalar(sa.select(AdminUser).where(AdminUser.email == address))
    if organiser is None:
        role = role_of(invitation)
        organiser = AdminUser(email=address, created_at=now, role=role, municipality=invitation.municipality, **proof)
        db.session.add(organiser)
        db.session.flush()
    else:
        renew_account(organiser, role_of(invitation), proof)
    if isinstance(second, passkeys.NewPasskey):
        passkeys.keep_passkey(organiser.id, "", second, now)
    db.session.delete(invitation)
    db.session.execute(sa.delete(Invitation).where(Invitation.email == address))
    activity_log.log_in_transaction("accepted", "", now, organiser)
    db.session.commit()
    return organiser


def app_of(second: str | passkeys.NewPasskey, token: str, key: str, now: datetime) -> dict[str, object]:
    """Return what is kept of the app for one-time codes. Raises NotAllowed for a wrong code."""
    if isinstance(second, passkeys.NewPasskey):
        return {"totp_secret": None, "totp_last_step": 0}
    secret = credentials.offered_secret(token, key)
    step = credentials.step_of(secret, second, 0, now)
    if step is None:
        raise NotAllowed("Koden stämmer inte. Vänta på nästa kod i appen och skriv den.")
    return {"totp_secret": crypto.encrypt(secret, "totp", now), "totp_last_step": step}


def renew_account(organiser: AdminUser, role: str, proof: dict[str, object]) -> None:
    """Renew an account whose credentials were lost: none of them works any more."""
    for lost in (AdminSession, RecoveryCode, Passkey):
        db.session.execute(sa.delete(lost).where(lost.organiser_id == organiser.id))
    organiser.role = role
    for name, value in proof.items():
        setattr(organiser, name, value)


def sign_in(claim: Credentials, device: str | None, browser: str, now: datetime) -> str:
    """Return the token of a new sign-in. Raises NotAllowed, with the same words and work for any fault."""
    # `device` names a browser that is known to the account, as attempts.known_device tells.
    organiser = db.session.scalar(sa.select(AdminUser).where(AdminUser.email == claim.email.strip().lower()))
    kept_hash = organiser.password_hash if organiser else None
    if not credentials.verify_password(kept_hash, claim.password, known=device is not None) or organiser is None:
        raise login_failed(claim, organiser, now)
    # A recovery code is too long to be guessed, and the last way in: guesses at short ones do not close it.
    if device is None and not claim.recovery and throttle.codes_exhausted(claim.email):
        raise login_failed(claim, organiser, now)
    if not verify_second_factor(organiser, claim, now):
        throttle.hit_wrong_code(claim.email)
        raise login_failed(claim, organiser, now)
    rehash_password(organiser, claim.password)
    return open_sign_in(organiser, "lösenord och " + ("reservkod" if claim.recovery else "kod"), browser, now)


def rehash_password(organiser: AdminUser, password: str) -> None:
    """Keep up with the parameters in force, now that the password is at hand."""
    number, old = organiser.id, organiser.password_hash
    if credentials.hasher().check_needs_rehash(old):
        new = credentials.hash_password(password)
        begin_write()
        same = sa.update(AdminUser).where(AdminUser.id == number, AdminUser.password_hash == old)
        db.session.execute(same.values(password_hash=new))
        db.session.commit()


def verify_second_factor(organiser: AdminUser, claim: Credentials, now: datetime) -> bool:
    if claim.recovery:
        return credentials.use_recovery_code(organiser, claim.recovery)
    return credentials.use_code(organiser, claim.code, now)


def login_failed(claim: Credentials, organiser: AdminUser | None, now: datetime) -> NotAllowed:
    if throttle.should_log_failure(claim.email):
        activity_log.log_action("failed", "" if organiser else "okänt konto", now, organiser)
    return NotAllowed(NOT_TOGETHER)


def open_sign_in(organiser: AdminUser, how: str, browser: str, now: datetime) -> str:
    """Note who came in and how, and returns the new sign-in's token."""
    token, number = secrets.token_urlsafe(32), organiser.id
    kept = {"organiser_id": number, "browser": browser, "created_at": now, "seen_at": now}
    with activity_log.logged("signed in", f"{how}, {browser}", now, organiser):
        db.session.execute(sa.delete(AdminSession).where(AdminSession.created_at < now - ABSOLUTE - REMEMBERED))
        db.session.add(AdminSession(token_sha256=checksum(token), **kept))
    return token


def find_sign_in(token: str, now: datetime) -> AdminSession | None:
    """Return the sign-in that a cookie's token stands for, marked as seen; None when unknown or too old."""
    found = db.session.get(AdminSession, checksum(token))
    if found is None or now > ends_at(found):
        return None
    if now > found.seen_at + timedelta(minutes=1):
        begin_write()
        db.session.execute(
            sa.update(AdminSession).where(AdminSession.token_sha256 == checksum(token)).values(seen_at=now)
        )
        db.session.commit()
    return found


def ended_sign_in(token: str) -> AdminSession | None:
    """Return the sign-in of a token whose time is over."""
    return db.session.get(AdminSession, checksum(token))


def ends_at(found: AdminSession) -> datetime:
    """Return when a sign-in ends if nothing more is done in it."""
    return min(found.seen_at + IDLE, found.created_at + ABSOLUTE)


def recently_authenticated(found: AdminSession, now: datetime) -> bool:
    """Check whether the user has authenticated again lately."""
    return now <= (found.proved_at or found.created_at) + PROOF_LASTS


def rotate_session(found: AdminSession, now: datetime) -> str:
    """Note a new proof, and returns the token that takes the old one's place (OWASP ASVS 5.0, 7.2.4)."""
    token, name = secrets.token_urlsafe(32), found.name
    begin_write()
    renewed = (
        sa.update(AdminSession).where(AdminSession.name == name).values(token_sha256=checksum(token), proved_at=now)
    )
    db.session.execute(renewed, execution_options={"synchronize_session": False})
    db.session.commit()
    db.session.expunge_all()
    return token


def sign_out(token: str) -> None:
    begin_write()
    db.session.execute(sa.delete(AdminSession).where(AdminSession.token_sha256 == checksum(token)))
    db.session.commit()

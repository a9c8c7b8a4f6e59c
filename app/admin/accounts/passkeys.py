"""Passkeys (WebAuthn level 2): instead of password and code, and as a proof in between."""

# The authenticator itself asks for a fingerprint, a face or a PIN, so a passkey is two factors in one. The library
# takes 14 MiB and a fifth of a second with what it reads of certificates, so it is imported when there is a passkey.

import ipaddress
import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, request

from app.admin.accounts import activity_log, crypto
from app.admin.accounts.models import AdminUser, Passkey, UsedChallenge
from app.admin.accounts.throttle import checksum
from app.calendar.views import current_edition
from app.database import begin_write, db
from app.errors import NotAllowed

# Seconds.
ANSWER_WITHIN = 600
LAST = "Det är ditt enda sätt att logga in. Lägg först till en app för engångskoder eller en passkey till."
UNKNOWN = "Passkeyn känns inte igen. Försök en gång till, eller använd lösenord och kod."


def origin() -> str | None:
    """Return the site's own origin; None where passkeys do not work because it is asked for by an IP address."""
    # On a public server it is the configured one. On one's own machine it is the one asked for, since localhost and
    # 127.0.0.1 are the same server and only the first can have passkeys.
    told = urlsplit(current_app.config["PUBLIC_URL"])
    if told.hostname in ("localhost", "127.0.0.1", "::1"):
        told = urlsplit(request.host_url)
        if told.hostname != "localhost":
            return None
    try:
        ipaddress.ip_address(told.hostname or "")
    except ValueError:
        return f"{told.scheme}://{told.netloc}"
    return None


def relying_party() -> tuple[str, str]:
    found = origin()
    if found is None:
        raise NotAllowed("Passkeys fungerar inte på en IP-adress. Öppna kalendern på sin vanliga adress.")
    return urlsplit(found).hostname or "", found


def sign_in_options(now: datetime) -> dict[str, object]:
    """Return what a browser needs to answer with any passkey of this site, and the sealed challenge to send back."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    party, _ = relying_party()
    required = UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(rp_id=party, user_verification=required)
    return sealed_options(options, options.challenge, "answer", now)


def registration_options(organiser: AdminUser, now: datetime) -> dict[str, object]:
    """Return what a browser needs to make a passkey for the account."""
    known = [key.credential_id for key in passkeys_of(organiser)]
    return creation_options(f"organiser-{organiser.id}", organiser.email, known, f"add {organiser.id}", now)


def invited_options(token: str, email: str, now: datetime) -> dict[str, object]:
    """Return what a browser needs to make a passkey for the account that an invitation leads to."""
    # Made twice for one invitation, the second takes the first one's place on the device: it has the same user.
    return creation_options(f"invited-{checksum(token)[:32]}", email, [], f"invited {checksum(token)}", now)


def creation_options(user: str, email: str, known: list[str], purpose: str, now: datetime) -> dict[str, object]:
    import webauthn
    from webauthn.helpers import structs

    party, _ = relying_party()
    options = webauthn.generate_registration_options(
        rp_id=party,
        rp_name=current_edition().plain_title,
        user_id=user.encode(),
        user_name=email,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(name)) for name in known
        ],
    )
    return sealed_options(options, options.challenge, purpose, now)


def sealed_options(options: Any, challenge: bytes, purpose: str, now: datetime) -> dict[str, object]:
    import webauthn
    from webauthn.helpers import bytes_to_base64url

    sealed = crypto.encrypt(bytes_to_base64url(challenge), f"passkey {purpose}", now)
    return {"options": json.loads(webauthn.options_to_json(options)), "challenge": sealed}


def passkeys_of(organiser: AdminUser) -> list[Passkey]:
    query = sa.select(Passkey).where(Passkey.organiser_id == organiser.id).order_by(Passkey.created_at)
    return list(db.session.scalars(query))


class NewPasskey(NamedTuple):
    """What a browser has made and the server has checked, to be kept."""

    challenge: bytes
    credential_id: str
    public_key: bytes
    sign_count: int


def add_passkey(organiser: AdminUser, name: str, credential: str, challenge: str, now: datetime) -> None:
    """Keep a passkey that the browser has just made. Raises NotAllowed."""
    number, made = organiser.id, verify_new(credential, challenge, f"add {organiser.id}", now)
    with activity_log.logged("passkey", "", now):
        keep_passkey(number, name, made, now)


def verify_invited(token: str, credential: str, challenge: str, now: datetime) -> NewPasskey:
    """Check what the browser has made for an invitation. Raises NotAllowed."""
    return verify_new(credential, challenge, f"invited {checksum(token)}", now)


def verify_new(credential: str, challenge: str, purpose: str, now: datetime) -> NewPasskey:
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    party, site = relying_party()
    try:
        asked = open_challenge(challenge, purpose, now)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=asked,
            expected_rp_id=party,
            expected_origin=site,
            require_user_verification=True,
        )
    except (WebAuthnException, crypto.InvalidSeal, ValueError):
        raise NotAllowed("Passkeyn gick inte att läsa. Försök en gång till.") from None
    return NewPasskey(asked, bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count)


def keep_passkey(organiser_id: int, name: str, made: NewPasskey, now: datetime) -> None:
    """Inside the caller's begin_write() transaction. Raises NotAllowed."""
    challenge, credential_id, public_key, sign_count = made
    use_up(challenge, now)
    if db.session.scalar(sa.select(Passkey.id).where(Passkey.credential_id == credential_id)):
        raise NotAllowed("Den passkeyn finns redan.")
    kept = {"credential_id": credential_id, "public_key": public_key, "sign_count": sign_count}
    db.session.add(Passkey(organiser_id=organiser_id, name=name or "Min passkey", created_at=now, **kept))


def verify_passkey(credential: str, challenge: str, now: datetime) -> AdminUser:
    """Return the organiser whose passkey has answered the challenge, once. Raises NotAllowed."""
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    party, site = relying_party()
    try:
        asked, key = open_challenge(challenge, "answer", now), credential_name(credential)
        answer = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=asked,
            expected_rp_id=party,
            expected_origin=site,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, crypto.InvalidSeal, ValueError, TypeError):
        raise NotAllowed(UNKNOWN) from None
    number = key.id
    begin_write()
    use_up(asked, now)
    used = sa.update(Passkey).where(Passkey.id == number).returning(Passkey.organiser_id)
    whose = db.session.scalar(used.values(sign_count=answer.new_sign_count, used_at=now))
    db.session.commit()
    organiser = db.session.get(AdminUser, whose)
    if organiser is None:
        raise NotAllowed(UNKNOWN)
    return organiser


def credential_name(credential: str) -> Passkey:
    told = json.loads(credential)
    name = told.get("id") if isinstance(told, dict) else None
    key = db.session.scalar(sa.select(Passkey).where(Passkey.credential_id == str(name)))
    if key is None:
        raise ValueError("unknown")
    return key


def open_challenge(challenge: str, purpose: str, now: datetime) -> bytes:
    from webauthn import base64url_to_bytes

    return base64url_to_bytes(crypto.decrypt_recent(challenge, f"passkey {purpose}", ANSWER_WITHIN, now))


def use_up(challenge: bytes, now: datetime) -> None:
    """Inside the caller's begin_write() transaction, so that of two answers to one challenge only the first counts."""
    name = sha256(challenge).hexdigest()
    db.session.execute(sa.delete(UsedChallenge).where(UsedChallenge.expires_at < now))
    if db.session.get(UsedChallenge, name):
        raise NotAllowed("Den frågan är redan besvarad. Försök en gång till.")
    until = now + timedelta(seconds=ANSWER_WITHIN + 60)
    db.session.add(UsedChallenge(challenge_sha256=name, expires_at=until))


def remove_passkey(organiser_id: int, number: int, now: datetime) -> None:
    """Remove one of the account's passkeys. Raises NotAllowed for its last means of signing in."""
    with activity_log.logged("passkey gone", "", now):
        db.session.execute(sa.delete(Passkey).where(Passkey.organiser_id == organiser_id, Passkey.id == number))
        organiser = db.session.get_one(AdminUser, organiser_id)
        if organiser.totp_secret is None and not passkeys_of(organiser):
            db.session.rollback()
            raise NotAllowed(LAST)

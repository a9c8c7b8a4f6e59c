"""What people tell us about the site."""

import logging
from datetime import datetime

import sqlalchemy as sa
from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response as BaseResponse
from wtforms import EmailField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from app import clock
from app.calendar.views import current_edition
from app.database import Base, UTCDateTime, begin_write, db
from app.text import clean, clean_address
from app.web.forms import QUICKEST, SelectChoice, TokenForm
from app.web.headers import no_store
from app.web.rate_limit import RateLimitExceeded, check_and_hit

# Word as stored, to the choice as shown.
KINDS = {
    "hinder": "Något går inte att använda eller läsa",
    "begaran": "Jag begär att något görs tillgängligt (15 § lagen om tillgänglighet till digital offentlig service)",
    "annat": "Något annat om kalendern",
}
REQUEST = "begaran"
DECISIONS = {"ja": "Vi gör det tillgängligt", "nej": "Vi säger nej, i ett beslut som går att överklaga"}


class Feedback(Base):
    """One message; `reply_to` only when its writer wants an answer."""

    __tablename__ = "feedback"

    id: Mapped[int] = mapped_column(primary_key=True)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    message: Mapped[str] = mapped_column(sa.String(4000))
    reply_to: Mapped[str | None] = mapped_column(sa.String(320))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[int | None] = mapped_column(doc="number of the organiser's account, which may be gone")
    # Of a request under section 15: its number in the organiser's register, and how it was decided.
    register_number: Mapped[str | None] = mapped_column(sa.String(60))
    decision: Mapped[str | None] = mapped_column(sa.String(10))


def count_unanswered() -> int:
    """Count the messages that no organiser has marked as answered."""
    return db.session.scalar(sa.select(sa.func.count()).where(Feedback.answered_at.is_(None))) or 0


class FeedbackForm(TokenForm):
    class Meta(TokenForm.Meta):
        token_quickest = QUICKEST

    kind = RadioField("Vad gäller det?", choices=[SelectChoice(*kind) for kind in KINDS.items()], validate_choice=False)
    message = TextAreaField(
        "Berätta",
        filters=[clean],
        validators=[
            DataRequired("Skriv vad det gäller, gärna vilken sida."),
            Length(max=4000, message="Korta texten till högst 4 000 tecken."),
        ],
    )
    reply_to = EmailField(
        "E-postadress, om du vill ha svar",
        filters=[clean, clean_address],
        validators=[Length(max=254, message="Adressen är för lång.")],
    )
    website = StringField("Lämna tomt")

    def validate_kind(self, field: RadioField) -> None:
        if field.data not in KINDS:
            raise ValidationError("Välj vad det gäller.")

    def validate_reply_to(self, field: EmailField) -> None:
        if not field.data:
            return
        try:
            validate_email(field.data, check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError("Skriv e-postadressen så här: namn@exempel.se, eller lämna fältet tomt.") from None

    def validate_website(self, field: StringField) -> None:
        if field.data:
            raise ValidationError("Töm fältet ”Lämna tomt”. Det är till för att stoppa program som fyller i formulär.")


blueprint = Blueprint("feedback", __name__)
blueprint.after_request(no_store)
_log = logging.getLogger(__name__)


@blueprint.get("/tillganglighet")
def statement() -> tuple[str, int]:
    return _page(FeedbackForm(formdata=None), 200)


@blueprint.post("/tillganglighet")
def send() -> BaseResponse | tuple[str, int]:
    form = FeedbackForm()
    try:
        check_and_hit("synpunkt", each="20 per 10 minutes", together="300 per 10 minutes")
    except RateLimitExceeded:
        return _page(form, 429, "limit")
    if not form.validate():
        return _page(form, 422)
    try:
        begin_write()
        db.session.add(
            Feedback(
                received_at=clock.now(),
                kind=form.kind.data,
                message=form.message.data,
                reply_to=form.reply_to.data or None,
            )
        )
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()
        _log.exception("En synpunkt kunde inte sparas")
        return _page(form, 503, "not-saved")
    return redirect(url_for("feedback.thanks"), 303)


@blueprint.get("/tillganglighet/tack")
def thanks() -> str:
    return render_template("feedback/thanks.html", edition=current_edition())


def _page(form: FeedbackForm, status: int, trouble: str = "") -> tuple[str, int]:
    return render_template("feedback/statement.html", edition=current_edition(), form=form, trouble=trouble), status

"""What is noted about the next in line and the winners: attempts to reach them, and a name that may be shown."""

from datetime import datetime

from flask import g
from werkzeug.wrappers import Response as BaseResponse

from app.admin.draw_forms import ContactForm, NameForm, PlaceForm
from app.admin.draw_page import Page
from app.admin.draw_views import carried_out
from app.admin.guard import blueprint
from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.draw import winners


@blueprint.post("/dragning/kontakt")
def add_contact() -> BaseResponse | Page:
    form = ContactForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        tried = form.tried_at.instant
        winners.try_to_reach(contest, form.place.data or 0, form.how.data or "", tried, g.sign_in.organiser_id, now)
        return "contacted"

    return carried_out("contact_form", form, act)


@blueprint.post("/dragning/brev")
def send_letter() -> BaseResponse | Page:
    form = PlaceForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        winners.write_to(contest, form.place.data or 0, g.sign_in.organiser_id, now)
        return "wrote"

    return carried_out("letter_form", form, act)


@blueprint.post("/dragning/namn")
def publish_name() -> BaseResponse | Page:
    form = NameForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        if form.consented_on.data:
            named = winners.Named(form.first_name.data or "", form.municipality.data or "", form.consented_on.data)
            winners.publish(contest, form.place.data or 0, named, now)
        return "named"

    return carried_out("name_form", form, act)


@blueprint.post("/dragning/namn/ta-bort")
def withdraw_name() -> BaseResponse | Page:
    form = PlaceForm()

    def act(_edition: Edition, contest: Contest, now: datetime) -> str:
        winners.withdraw(contest, form.place.data or 0, now)
        return "unnamed"

    return carried_out("withdraw_form", form, act)

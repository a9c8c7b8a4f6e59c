"""The reminders as organisers see them: how many at which hour, how far today's have come, and their greetings."""

from flask import current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField
from wtforms.validators import Length

from app import clock
from app.admin.accounts.forms import AdminForm, EmptyForm, blank_form, one_line
from app.admin.accounts.guard import blueprint, chosen_edition
from app.calendar.content import NUMBERS
from app.outbox.transport import NotFromUs, PermanentFailure, TemporaryFailure, mail_server
from app.reminders import erasure, rules, sender, subscriptions

LONGEST = 200
NOT_TAKEN = "E-postservern tar inte emot provet: {}. Be den som sköter servern se efter avsändaradressen."
NOT_NOW = "E-postservern svarar inte: {}. Försök igen om en stund, eller be den som sköter servern titta."


class GreetingsForm(AdminForm):
    """A line for each day, in fields named day_1 to day_24."""


for number in NUMBERS:
    field = StringField(
        f"{number} december",
        filters=[one_line],
        validators=[Length(max=LONGEST, message=f"Korta raden för {number} december till högst {LONGEST} tecken.")],
    )
    setattr(GreetingsForm, f"day_{number}", field)


@blueprint.route("/paminnelser", methods=["GET", "POST"])
def reminders() -> BaseResponse | tuple[str, int]:
    """Show the reminders, and keep the greetings that are sent."""
    if request.method != "POST":
        return _page(200)
    edition, form = chosen_edition(), GreetingsForm()
    if not form.validate():
        return _page(422, form)
    subscriptions.save_greetings(edition.year, [(number, form[f"day_{number}"].data) for number in NUMBERS])
    return redirect(url_for("admin.reminders", ar=edition.year, klart="halsningar"), 303)


@blueprint.post("/paminnelser/prov")
def send_sample() -> BaseResponse | tuple[str, int]:
    """Send a reminder to oneself; that it went is kept in a file, for the readiness."""
    form = EmptyForm()
    if not form.validate():
        return _page(422, fault=form.faults()[0][1])
    try:
        sender.send_sample(g.sign_in.organiser.email)
    except (PermanentFailure, NotFromUs, ValueError) as trouble:
        return _page(422, fault=NOT_TAKEN.format(trouble))
    except TemporaryFailure as trouble:
        return _page(503, fault=NOT_NOW.format(trouble))
    sender.sample_note().touch()
    return redirect(url_for("admin.reminders", ar=chosen_edition().year, klart="prov"), 303)


def _page(status: int, form: AdminForm | None = None, fault: str = "") -> tuple[str, int]:
    edition, now = chosen_edition(), clock.now()
    day = rules.day_at(edition.year, now)
    lines = {f"day_{number}": text for number, text in subscriptions.greetings(edition.year).items()}
    context: dict[str, object] = {
        "edition": edition,
        "day": day,
        "hours": subscriptions.count_by_hour(edition.year, day),
        "refused": subscriptions.count_refused(edition.year),
        "form": form or blank_form(GreetingsForm, **lines),
        "faults": [("token", fault)] if fault else form.faults() if form else [],
        "erasure": erasure.erasure_of(edition.year),
        "erase_at": rules.erase_at(edition.year),
        "is_open": rules.takes_requests(edition, current_app.config["DEMO"], now),
        "as_files": not mail_server(),
        "done": request.args.get("klart", ""),
    }
    return render_template("admin/reminders.html", **context), status

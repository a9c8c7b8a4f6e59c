"""The forms that the page of the draw offers: those whose time has come, for those who may send them."""

from datetime import datetime, time, timedelta

from flask import g

from app.admin import roles
from app.admin.draw_forms import (
    AnchorForm,
    ContactForm,
    LockForm,
    NameForm,
    PlaceForm,
    ProposalForm,
    RehearsalForm,
    ValueForm,
    VerdictForm,
)
from app.admin.forms import UNSEEN, AdminForm, made
from app.calendar.hatches import Edition
from app.calendar.schema import Contest
from app.clock import SWEDEN
from app.contest.models import entry_of
from app.draw import conduct, rehearsing, winners
from app.draw.models import Proposal, Rank
from app.draw.standing import Standing

Forms = dict[str, AdminForm]
_PLACES = {
    "proposal_form": ("forslag", "answer_proposal"),
    "lock_form": ("las", "lock_list"),
    "anchor_form": ("las", "add_anchor"),
    "value_form": ("hamta", "paste_value"),
    "contact_form": ("vinnaren", "add_contact"),
    "letter_form": ("vinnaren", "send_letter"),
    "verdict_form": ("vinnaren", "decide"),
    "name_form": ("vinnaren", "publish_name"),
    "withdraw_form": ("vinnaren", "withdraw_name"),
    "rehearsal_form": ("ova", "start_rehearsal"),
}
"""Each form's heading on the page, and the page of the blueprint that takes it."""


def offered(
    edition: Edition, contest: Contest, found: Standing, rank: Rank | None, proposal: Proposal | None, now: datetime
) -> Forms:
    """What the one signed in may do now: forms by name, as they are when nothing has been filled in."""
    forms = {"rehearsal_form": made(RehearsalForm, number=rehearsing.started(edition.year) + 1)}
    if proposal:
        forms["proposal_form"] = made(ProposalForm, number=proposal.number)
    if found.state == "closed" and not proposal and not found.erased:
        forms["lock_form"] = made(LockForm, draw_at=suggested(contest, now).replace(tzinfo=None))
    if found.lock:
        forms["anchor_form"] = made(AnchorForm, sent_at=_this_minute(now))
        if not found.drawn and now >= found.lock.draw_at:
            forms["value_form"] = made(ValueForm)
    if rank:
        forms |= _about_the_next(contest, rank, proposal, now)
    forms |= _about_the_winners(contest, found, now)
    return {name: form for name, form in forms.items() if may_send(name)}


def may_send(form: str) -> bool:
    """Whether the one signed in may send a form, by its name."""
    return roles.may(g.sign_in.organiser.role, f"admin.{_PLACES[form][1]}")


def _about_the_next(contest: Contest, rank: Rank, proposal: Proposal | None, now: datetime) -> Forms:
    forms: Forms = {"contact_form": made(ContactForm, place=rank.place, tried_at=_this_minute(now))}
    if not contest.is_rehearsal:
        forms["letter_form"] = made(PlaceForm, place=rank.place)
    if not proposal:
        forms["verdict_form"] = made(VerdictForm, place=rank.place)
    return forms


def _about_the_winners(contest: Contest, found: Standing, now: datetime) -> Forms:
    named = winners.names(contest.id)
    forms: Forms = {"withdraw_form": made(PlaceForm)} if named else {}
    if unnamed := [winner for winner in found.winners if winner.place not in named]:
        entry = entry_of(contest.id, unnamed[0].ticket)
        where = entry.municipality if entry else None
        known = {"place": unnamed[0].place, "municipality": where, "consented_on": _this_minute(now).date()}
        forms["name_form"] = made(NameForm, **known)
    return forms


def _this_minute(now: datetime) -> datetime:
    return now.astimezone(SWEDEN).replace(second=0, microsecond=0, tzinfo=None)


def faults(posted: Forms, offered: Forms) -> list[tuple[str, str]]:
    """What to mend, each beside its field, or at the heading when the field is not on the page (any more)."""
    return [
        (name if form in offered and name not in UNSEEN and name != "answer" else _PLACES[form][0], sentence)
        for form, values in posted.items()
        for name, sentence in values.faults()
    ]


def suggested(contest: Contest, now: datetime) -> datetime:
    """The announced time, or when that has passed the next weekday at noon that is a day away. Soon in a rehearsal."""
    if contest.is_rehearsal:
        return (now + timedelta(seconds=100)).astimezone(SWEDEN).replace(second=0, microsecond=0)
    if contest.draw_at > now + conduct.SHORTEST_LEAD:
        return contest.draw_at.astimezone(SWEDEN)
    day = (now + timedelta(days=1)).astimezone(SWEDEN).date()
    noon = datetime.combine(day, time(12), SWEDEN)
    while noon.weekday() > 4 or noon < now + timedelta(days=1):
        noon += timedelta(days=1)
    return noon

"""Mails to organisers: a report each morning, and what waits for one of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from functools import partial

import sqlalchemy as sa
from babel.dates import format_date
from flask import Flask, abort, current_app, g, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from app import clock
from app.admin import season
from app.admin.accounts.forms import EmptyForm
from app.admin.accounts.guard import blueprint
from app.admin.accounts.models import AdminUser, OrganiserMailSent
from app.admin.accounts.roles import ADMINISTRATOR, may
from app.admin.season import SeasonStatus
from app.admin.users import mail_wishes, open_mail, sender_of_mails
from app.calendar import schedule
from app.calendar.content import Edition
from app.calendar.views import current_edition
from app.clock import SWEDEN
from app.contest import store
from app.database import begin_write, db
from app.feedback import Feedback, count_unanswered
from app.operations import jobs
from app.outbox.messages import Labelled, Letter, build_message
from app.outbox.transport import NotFromUs, PermanentFailure, TemporaryFailure
from app.pledges import figures as pledge_figures
from app.pledges import results
from app.pledges.counter import replies_of
from app.reminders import subscriptions
from app.statistics import figures
from app.text import swedish

REPORT_AT = time(7, 30)
# Days before 1 December on which what must be ready is named.
REMIND_BEFORE = (14, 7, 2)
# Messages that come one after the other make one mail.
FEEDBACK_PAUSE = timedelta(hours=1)
# Older messages have been seen in the report or on the page.
FEEDBACK_IS_NEW = timedelta(days=7)
# What has failed or stood still for longer is told.
STANDSTILL = timedelta(minutes=30)


@dataclass(frozen=True)
class Notice:
    """A mail that may go; `write` composes it when it does."""

    name: str
    write: Callable[[], Letter]


def init_app(app: Flask) -> None:
    app.extensions["notices"] = send_due


def send_due() -> int:
    """Send every notice that is due and has not gone; return how many went."""
    now, sent = clock.now(), 0
    found = season.season_status(current_edition(), now)
    organisers = list(db.session.scalars(sa.select(AdminUser).order_by(AdminUser.id)))
    with open_mail() as send:
        for organiser in organisers:
            for notice in [*due_notices(organiser, found)]:
                if not _claim(organiser.id, notice.name, now):
                    continue
                try:
                    send(_message(notice.write(), organiser, notice.name, now))
                    sent += 1
                except (PermanentFailure, NotFromUs):
                    continue
                except TemporaryFailure:
                    give_back(organiser.id, notice.name)
                    return sent
    return sent


@blueprint.post("/konto/testmejl")
def send_test_mail() -> BaseResponse:
    """Send a mail to the organiser who asks, to see that mails arrive."""
    if not EmptyForm().validate():
        abort(400)
    now, organiser = clock.now(), g.sign_in.organiser
    letter = Letter(
        f"Testmejl från {current_edition().file.title}",
        ("Hej!", "Mejlen från kalendern kommer fram hit.", f"Det skickades {swedish(now)}."),
    )
    message = _message(letter, organiser, f"test-{int(now.timestamp())}", now)
    # Nothing holds the database while a mail server takes its time.
    db.session.rollback()
    outcome = "testmejl"
    try:
        with open_mail() as send:
            send(message)
    except (PermanentFailure, NotFromUs):
        outcome = "testmejl-avvisat"
    except TemporaryFailure:
        outcome = "testmejl-stopp"
    return redirect(url_for("admin.own_account", klart=outcome, _anchor="mejl"), 303)


def due_notices(organiser: AdminUser, found: SeasonStatus) -> Iterator[Notice]:
    """Give what an organiser should have been told by now, some of it perhaps already sent."""
    if not may(organiser.role, "admin.choose_mails"):
        return
    wishes = mail_wishes(organiser.id)
    if wishes.daily_report and is_reported(found) and found.now.astimezone(SWEDEN).time() >= REPORT_AT:
        day = found.now.astimezone(SWEDEN).date()
        yield Notice(f"rapport-{day}", lambda: _report(organiser.role, found))
    if wishes.alerts:
        yield from step_notices(organiser.role, found)
        yield from feedback_notices(organiser, found.now)
        yield from job_notices(organiser.role, found.now)


def is_reported(found: SeasonStatus) -> bool:
    """From the first hatch until a week after the last, as long as the contest is not over, and while January asks."""
    year = found.edition.year
    if schedule.season(year, found.now) == "before":
        return False
    ended = schedule.opens_at(year, 24) + timedelta(days=7)
    # The last of them tells of the last day.
    begins, ends = schedule.follow_up(year)
    is_followed_up = begins <= found.now < ends + timedelta(days=1)
    return found.now < ended or is_followed_up or found.state not in ("", "finished", "cancelled")


def _report(role: str, found: SeasonStatus) -> Letter:
    edition, now = found.edition, found.now
    yesterday = now.astimezone(SWEDEN).date() - timedelta(days=1)
    shown = sum(count for (_, day), count in figures.counts_shown(edition.year).items() if day == yesterday)
    parts: list[str | Labelled] = ["God morgon!"]
    if number := schedule.todays_number(edition.year, now):
        parts.append(f"I dag öppnade lucka {number}: {edition.hatches[number].file.title}.")
    parts.append(f"I går visades kalendern och luckorna {shown} gånger.")
    if found.contest and may(role, "admin.entries"):
        entered = store.count_per_day(found.contest.id)
        parts.append(f"{entered.get(yesterday, 0)} tävlingssvar kom i går, {sum(entered.values())} sammanlagt.")
    parts.extend(_reply_sentences(edition))
    if may(role, "admin.feedback") and (waiting := count_unanswered()):
        parts.append(waiting_messages(waiting))
    parts.append(f"Nästa steg: {season.step_for(role, found).sentence}")
    parts.append(Labelled("Översikten", f"{_site()}/admin/", address=True))
    day = format_date(now.astimezone(SWEDEN).date(), "d MMMM", locale="sv")
    return Letter(f"Läget i {edition.file.title} {day}", (*parts, _SWITCH))


def _reply_sentences(edition: Edition) -> Iterator[str]:
    """Tell of answers, pledges, January and reminders, those that there are."""
    replies = replies_of(edition.year)
    if answers := results.by_hatch(replies, "answer").total():
        yield f"Frågorna i luckorna har fått {answers} svar hittills."
    if pledges := results.by_hatch(replies, "pledge").total():
        yield f"{pledges} har tryckt på Jag testar hittills."
    if places := pledge_figures.by_municipality(replies):
        points = figures.per_municipality(places).points
        told = (f"{point.name} {point.told if point.count is None else point.count}" for point in points)
        yield f"Jag testar per kommun: {', '.join(told)}."
    if (follow_up := results.count_follow_ups(replies, edition.year)).sent:
        share = "" if follow_up.share is None else f", och {follow_up.share} % av dem håller fast"
        yield f"Håller du fast? har fått {follow_up.sent} svar hittills{share}."
    if reminded := sum(hour.count for hour in subscriptions.count_by_hour(edition.year, None)):
        yield f"{reminded} {'person' if reminded == 1 else 'personer'} får påminnelser med mejl."


_SWITCH = "Du väljer själv vilka mejl du får. Det gör du på sidan Mitt konto."


def step_notices(role: str, found: SeasonStatus) -> Iterator[Notice]:
    """Tell of the next step when it is this role's to take, once for each state of the season."""
    step = season.step_for(role, found)
    if not step.endpoint or not may(role, step.act or step.endpoint) or not (occasion := _occasion(found)):
        return
    subject = f"Att göra i {found.edition.file.title}"
    link = Labelled(step.label, f"{_site()}/admin/", address=True)
    yield Notice(f"steg-{found.edition.year}-{occasion}", lambda: Letter(subject, (step.sentence, link, _SWITCH)))


def _occasion(found: SeasonStatus) -> str:
    """Name what makes the next step worth a mail; "" when nothing has to be done."""
    if found.faults:
        return f"fel-{found.now.astimezone(SWEDEN).date()}"
    if schedule.season(found.edition.year, found.now) == "before":
        left = schedule.days_left(found.edition.year, found.now)
        reached = [days for days in REMIND_BEFORE if left <= days]
        return f"fore-{min(reached)}" if reached and found.musts else ""
    if found.edition.gaps and found.state in ("draft", "waiting", "opening"):
        return f"uppgifter-{found.now.astimezone(SWEDEN).date()}"
    return found.state


def feedback_notices(organiser: AdminUser, now: datetime) -> Iterator[Notice]:
    if not may(organiser.role, "admin.feedback"):
        return
    told = sa.select(sa.func.max(OrganiserMailSent.claimed_at)).where(OrganiserMailSent.organiser_id == organiser.id)
    last = db.session.scalar(told.where(OrganiserMailSent.name.startswith("besked-")))
    if last and now - last < FEEDBACK_PAUSE:
        return
    waiting = sa.select(sa.func.max(Feedback.id)).where(Feedback.answered_at.is_(None))
    if newest := db.session.scalar(waiting.where(Feedback.received_at > (last or now - FEEDBACK_IS_NEW))):
        yield Notice(f"besked-{newest}", lambda: feedback_letter(count_unanswered()))


def feedback_letter(waiting: int) -> Letter:
    link = Labelled("Återkoppling", f"{_site()}/admin/aterkoppling", address=True)
    return Letter("Nytt meddelande från en besökare", (waiting_messages(waiting), link, _SWITCH))


def waiting_messages(count: int) -> str:
    return f"{'Ett meddelande' if count == 1 else f'{count} meddelanden'} från besökare väntar på svar."


def job_notices(role: str, now: datetime) -> Iterator[Notice]:
    if role != ADMINISTRATOR:
        return
    for part, since in jobs.failing().items():
        if now - since >= STANDSTILL:
            yield Notice(f"jobb-{part}-{since:%Y%m%d}", partial(failing_letter, since))
    if (pause := jobs.longest_pause()) and pause[1] - pause[0] >= STANDSTILL:
        yield Notice(f"stopp-{pause[0]:%Y%m%d%H%M}", partial(stopped_letter, *pause))


def failing_letter(since: datetime) -> Letter:
    told = (
        f"Ett av bakgrundsjobben har misslyckats om och om igen sedan {swedish(since)}.",
        "Be den som sköter servern läsa loggen för flask jobs. Kalendern visas som vanligt under tiden.",
    )
    return Letter("Ett bakgrundsjobb går inte", told)


def stopped_letter(start: datetime, end: datetime) -> Letter:
    told = (
        f"Bakgrundsjobben stod stilla från {swedish(start)} till {swedish(end)}. Nu är de i gång igen.",
        "Mejl och gallring som skulle ha gjorts under tiden görs nu. Be den som sköter servern ta reda på varför.",
    )
    return Letter("Bakgrundsjobben har stått stilla", told)


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])


def _message(letter: Letter, organiser: AdminUser, name: str, now: datetime) -> EmailMessage:
    try:
        return build_message(letter, sender_of_mails(), organiser.email, f"redaktion.{organiser.id}.{name}", now)
    except ValueError:
        raise PermanentFailure("adressen går inte att skriva till") from None


def _claim(organiser_id: int, name: str, now: datetime) -> bool:
    """Take on a mail before it goes; False when it has gone, or goes from another process."""
    begin_write()
    is_free = db.session.get(OrganiserMailSent, (organiser_id, name)) is None
    if is_free:
        db.session.add(OrganiserMailSent(organiser_id=organiser_id, name=name, claimed_at=now))
    db.session.commit()
    return is_free


def give_back(organiser_id: int, name: str) -> None:
    """Let a mail that did not go be tried in the next round."""
    begin_write()
    claim = sa.delete(OrganiserMailSent).where(OrganiserMailSent.organiser_id == organiser_id)
    db.session.execute(claim.where(OrganiserMailSent.name == name))
    db.session.commit()

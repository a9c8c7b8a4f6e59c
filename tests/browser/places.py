"""Every page in every state that it can be met in, by name, and what has to happen before."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from app.admin.accounts import sessions
from app.admin.accounts.models import AdminSession, AdminUser
from app.calendar.content import NUMBERS
from app.contest import store, terms
from app.contest.forms import EntryInput
from app.contest.store import SavedEntry
from app.contest.terms import FrozenContest
from app.database import db
from app.draw import actions, mails
from app.draw.models import Rank
from app.pledges.models import Reply, add_replies
from app.privacy import erasure
from app.reminders import erasure as reminder_erasure
from app.reminders import subscriptions
from app.reminders.models import Reminder
from tests.browser.acts import fill_in, press, send
from tests.conftest import ENTRY_URL, LOCK_AT, STATES, StoppedClock, send_letter, swedish

ENGLISH_FORM = "/en/2026/hatch/10/enter"


class Scene(NamedTuple):
    page: Page
    app: Flask
    clock: StoppedClock


class Place(NamedTuple):
    """A path, the state that the contest has reached, the time if another than that of the state, and a last act.

    `real`: drawn from the real chain, by relays that do not answer. `unfrozen`: nobody has frozen the terms yet.
    """

    path: str
    state: str = ""
    at: str = ""
    then: Callable[[Scene], None] | None = None
    real: bool = False
    unfrozen: bool = False


def frozen_contest() -> FrozenContest:
    """Return the contest; inside the app's context."""
    found = terms.frozen_in(2026)
    assert found
    return found


def send_empty(scene: Scene) -> None:
    send(scene.page, scene.clock)


def send_empty_in_english(scene: Scene) -> None:
    scene.clock.forward(seconds=20)
    press(scene.page, "Send my answer")


def send_in_english(scene: Scene) -> None:
    scene.page.get_by_label("2030", exact=True).check()
    scene.page.get_by_label("E-mail address").fill("anna@example.se")
    scene.page.get_by_label("Municipality").select_option("Lerum")
    scene.page.get_by_label("I am 18 or older").check()
    scene.page.get_by_label("I have read").check()
    send_empty_in_english(scene)


def send_filled_in(scene: Scene) -> None:
    fill_in(scene.page)
    send(scene.page, scene.clock)


def send_when_too_many_do(scene: Scene) -> None:
    scene.app.config["ENTRY_LIMIT"] = "0 per hour"
    send_filled_in(scene)


def pressing(button: str) -> Callable[[Scene], None]:
    return lambda scene: press(scene.page, button)


def follow_an_invitation(scene: Scene) -> None:
    with scene.app.app_context():
        token = sessions.create_invitation(None, scene.clock.now())
    scene.page.goto(scene.page.url.replace("logga-in", f"inbjudan/{token}"))


def follow_it_and_send_nothing(scene: Scene) -> None:
    follow_an_invitation(scene)
    press(scene.page, "Skapa kontot")


def start_a_rehearsal(scene: Scene) -> None:
    press(scene.page, "Börja öva")


def open_every_part(scene: Scene) -> None:
    for part in scene.page.locator("main summary").all():
        part.click()


def see_the_rehearsed_page(scene: Scene) -> None:
    start_a_rehearsal(scene)
    with scene.page.expect_navigation():
        scene.page.get_by_role("link", name="övningens öppna sida").click()


def paste_nothing(scene: Scene) -> None:
    open_every_part(scene)
    press(scene.page, "Gör dragningen")


def cancel_for_no_reason(scene: Scene) -> None:
    open_every_part(scene)
    press(scene.page, "Ställ in tävlingen")


def skip_for_no_reason(scene: Scene) -> None:
    """Write to the first in line, and goes on when the answer days are over, without saying why."""
    write_to_the_first(scene)
    scene.clock.forward(days=9)
    scene.page.reload()
    open_every_part(scene)
    press(scene.page, "Gå vidare från plats 1")


def write_to_the_first(scene: Scene) -> None:
    with scene.app.app_context():
        send_letter(frozen_contest(), 1, scene.clock.now())
    scene.page.reload()


def read_the_letter(scene: Scene) -> None:
    write_to_the_first(scene)
    open_every_part(scene)


def cancel(scene: Scene) -> None:
    """Cancel the contest, and looks at the page as it is then."""
    with scene.app.app_context():
        actions.cancel_contest(
            frozen_contest(), "Vinsten finns inte längre, och ingen annan går att få.", scene.clock.now()
        )
    scene.page.reload()


def look_closer(scene: Scene) -> None:
    """Unfold what a check of the draw needs."""
    scene.page.get_by_text("För dig som vill kontrollera").click()


def searching(text: str) -> Callable[[Scene], None]:
    """Return a search for a ticket on the page of the draw."""

    def search(scene: Scene) -> None:
        scene.page.get_by_label("Din lott").fill(text)
        pressing("Sök")(scene)

    return search


def lock_late(scene: Scene) -> None:
    """Lock when the value of the terms has come: another will decide."""
    scene.clock.set(NOON)
    with scene.app.app_context():
        actions.lock_list(frozen_contest(), scene.clock.now())
    scene.page.reload()


def enter_behind_the_form(scene: Scene) -> SavedEntry:
    answers = EntryInput("gun@example.se", "2030", "1441", None, "0" * 40)
    with scene.app.app_context():
        return store.save_entry(frozen_contest(), answers, swedish("2026-12-10 07:00"))


def look_up(scene: Scene) -> None:
    """Enter the contest behind the form, and asks for that entry."""
    receipt = enter_behind_the_form(scene)
    scene.page.get_by_label("Kvittokod").fill(receipt.code)
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    press(scene.page, "Visa mitt svar")


def look_up_once_locked(scene: Scene) -> None:
    """Enters, and asks for the entry when the list is locked."""
    receipt = enter_behind_the_form(scene)
    scene.clock.set(LOCK_AT)
    with scene.app.app_context():
        actions.lock_list(frozen_contest(), scene.clock.now())
    scene.page.reload()
    scene.page.get_by_label("Kvittokod").fill(receipt.code)
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    press(scene.page, "Visa mitt svar")


def take_back_without_a_tick(scene: Scene) -> None:
    look_up(scene)
    press(scene.page, "Ta tillbaka svaret")


def take_back(scene: Scene) -> None:
    look_up(scene)
    scene.page.get_by_label("Ja, ta tillbaka").check()
    press(scene.page, "Ta tillbaka svaret")


def follow_the_link_to_withdraw(scene: Scene) -> None:
    """Open the link that stands in one's mail."""
    with scene.app.app_context():
        ticket = db.session.scalar(sa.select(Rank.ticket).where(Rank.place == 1)) or enter_behind_the_form(scene).ticket
        token = mails.sign_link(mails.WITHDRAW, "mjk-2026", ticket)
    scene.page.goto(f"{scene.page.url.rstrip('/')}/mitt-svar/ta-tillbaka/{token}")


def withdraw_by_the_link(scene: Scene) -> None:
    follow_the_link_to_withdraw(scene)
    press(scene.page, "Ta tillbaka mitt svar")


def follow_the_link_once_more(scene: Scene) -> None:
    withdraw_by_the_link(scene)
    scene.page.goto(scene.page.url)


def follow_the_link_to_decline(scene: Scene) -> None:
    """Open the link that stands in the letter to the first in line."""
    with scene.app.app_context():
        ticket = db.session.scalars(sa.select(Rank.ticket).where(Rank.place == 1)).one()
        token = mails.sign_link(mails.DECLINE, "mjk-2026", 1, ticket)
    scene.page.goto(f"{scene.page.url}/tacka-nej/{token}")


def decline(scene: Scene) -> None:
    with scene.app.app_context():
        send_letter(frozen_contest(), 1, scene.clock.now())
    follow_the_link_to_decline(scene)
    press(scene.page, "Tacka nej")


def decline_twice(scene: Scene) -> None:
    decline(scene)
    scene.page.goto(scene.page.url)
    press(scene.page, "Tacka nej")


def send_where_mail_goes(scene: Scene) -> None:
    scene.app.config["MAIL_URL"] = "smtp://127.0.0.1:9"
    send_filled_in(scene)


def guess(scene: Scene) -> None:
    scene.page.get_by_label("Kvittokod").fill("7" * 26)
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    press(scene.page, "Visa mitt svar")


def tell(scene: Scene, kind: str = "Något går inte") -> None:
    """Tell what does not work, and asks for an answer."""
    scene.page.get_by_label(kind).check()
    scene.page.get_by_label("Berätta").fill("Lucka 3 går inte att läsa.\nJag använder NVDA.")
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    scene.clock.forward(seconds=20)
    press(scene.page, "Skicka")


def tell_nothing(scene: Scene) -> None:
    scene.clock.forward(seconds=20)
    press(scene.page, "Skicka")


def tell_and_read(scene: Scene) -> None:
    """Tell something on the public page and ask for something, and read both as an organiser."""
    desk = scene.page.url
    for kind in ("Något går inte", "Jag begär"):
        scene.page.goto(desk.replace("/admin/aterkoppling", "/tillganglighet"))
        tell(scene, kind)
    scene.page.goto(desk)


def stand_out(scene: Scene) -> None:
    """Entries that an organiser may want to look at twice."""
    with scene.app.app_context():
        for number, domain in enumerate(("mailinator.com", "a.example", "b.example", "c.example", "d.example")):
            answers = EntryInput(f"gun@{domain}", "2030", "1441", None, f"{number:040}")
            store.save_entry(frozen_contest(), answers, swedish("2026-12-10 07:00"))
    scene.page.reload()


def see_it_erased(scene: Scene) -> None:
    with scene.app.app_context():
        erasure.erase_contest(frozen_contest(), "nattlig gallring", scene.clock.now())
    scene.page.reload()


def have_the_sign_in_end(scene: Scene) -> None:
    """Five minutes before: the warning is on the page."""
    with scene.app.app_context():
        moment = scene.clock.now() - sessions.ABSOLUTE + timedelta(minutes=4)
        db.session.execute(sa.update(AdminSession).values(created_at=moment))
        db.session.commit()
    scene.page.reload()
    scene.page.get_by_text("Du loggas ut om 4 minuter.").wait_for()


def try_when_it_has_ended(scene: Scene) -> None:
    with scene.app.app_context():
        db.session.execute(sa.update(AdminSession).values(created_at=scene.clock.now() - timedelta(hours=13)))
        db.session.commit()
    press(scene.page, "Skapa inbjudan")


def try_without_a_late_proof(scene: Scene) -> None:
    with scene.app.app_context():
        db.session.execute(sa.update(AdminSession).values(created_at=scene.clock.now() - timedelta(hours=1)))
        db.session.commit()
    press(scene.page, "Skapa inbjudan")


def guess_at_the_code(scene: Scene) -> None:
    try_without_a_late_proof(scene)
    press(scene.page, "Fortsätt")


def invite(scene: Scene) -> None:
    scene.page.get_by_label("E-postadress").fill("eva@example.se")
    press(scene.page, "Skapa inbjudan")


def becoming(role: str) -> Callable[[Scene], None]:
    """Change the role of whoever looks at the page."""

    def become(scene: Scene) -> None:
        with scene.app.app_context():
            db.session.execute(sa.update(AdminUser).values(role=role))
            db.session.commit()
        scene.page.reload()

    return become


def open_the_menu(scene: Scene) -> None:
    scene.page.set_viewport_size({"width": 390, "height": 844})
    scene.page.get_by_text("Meny", exact=True).click()


def strike_the_first(scene: Scene) -> None:
    """Strike an entry, and comes to the page where that is taken back."""
    scene.page.get_by_role("link", name="Stryk svar 1").click()
    scene.page.get_by_label("Skäl").select_option("anställd")
    press(scene.page, "Stryk svar 1")
    scene.page.get_by_role("link", name="Ta tillbaka strykningen av svar 1").click()


def rehearse(scene: Scene) -> None:
    """Show the readiness of a demo with its debugger on."""
    scene.app.config.update(DEBUG=True, DEMO=True)
    scene.page.reload()


def leave_out_the_title(scene: Scene) -> None:
    scene.page.get_by_label("Rubrik", exact=True).fill("")
    press(scene.page, "Spara")


def try_when_too_many_do(scene: Scene) -> None:
    scene.app.config["ENTRY_LIMIT"] = "0 per hour"
    press(scene.page, "Jag testar")


def count_a_crowd(scene: Scene) -> None:
    """Forty answer each question, a hundred try each tip, and thirty say what they still do."""
    with scene.app.app_context():
        counts = {Reply(2026, "answer", number, str(option)): 20 for number in NUMBERS for option in (1, 2)}
        counts |= {Reply(2026, kind, number): 30 for number in NUMBERS for kind in ("pledge", "kept")}
        add_replies(counts | {Reply(2026, "follow_up", 0, "some"): 30})
    scene.clock.forward(minutes=1)


def ask_for_nothing(scene: Scene) -> None:
    scene.clock.forward(seconds=20)
    press(scene.page, "Påminn mig")


def ask_to_be_reminded(scene: Scene) -> None:
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    scene.clock.forward(seconds=20)
    press(scene.page, "Påminn mig")


def follow_the_link_to_confirm(scene: Scene) -> None:
    """Open the link that stands in the mail."""
    ask_to_be_reminded(scene)
    with scene.app.app_context():
        token = db.session.scalars(sa.select(Reminder.token)).one()
    scene.page.goto(scene.page.url.replace("/tack", f"/bekrafta/{token}"))


def confirm_a_reminder(scene: Scene) -> None:
    follow_the_link_to_confirm(scene)
    press(scene.page, "Ja, påminn mig")


def follow_the_link_to_leave(scene: Scene) -> None:
    confirm_a_reminder(scene)
    scene.page.get_by_role("link", name="Sluta få påminnelser").click()


def leave_the_list(scene: Scene) -> None:
    follow_the_link_to_leave(scene)
    press(scene.page, "Sluta få påminnelser")


def have_a_crowd_reminded(scene: Scene) -> None:
    """Thirty at each of three hours, of whom some wait for today's mail, and one refused."""
    with scene.app.app_context():
        for number in range(90):
            hour = (7, 8, 12)[number % 3]
            subscriptions.ask(f"person{number}@example.se", 2026, hour, number % 5 == 0, scene.clock.now())
        found = {"confirmed_at": scene.clock.now(), "consent": "2026-1"}
        db.session.execute(sa.update(Reminder).values(found))
        db.session.execute(sa.update(Reminder).where(Reminder.id == 1).values(refusals=1))
        db.session.commit()
    scene.page.reload()


def write_too_long_a_greeting(scene: Scene) -> None:
    scene.page.get_by_label("13 december").evaluate("field => field.removeAttribute('maxlength')")
    scene.page.get_by_label("13 december").fill("Glad Lucia! " * 20)
    press(scene.page, "Spara hälsningarna")


def see_the_list_erased(scene: Scene) -> None:
    have_a_crowd_reminded(scene)
    scene.clock.set("2027-01-07 08:00")
    with scene.app.app_context():
        reminder_erasure.erase_due(scene.clock.now())
    scene.page.reload()


# When the value of the draw has come.
NOON = "2026-12-22 12:01"
# When the contest opens, before the jobs loop has frozen its terms.
OPENING = "2026-12-10 06:00:00"

PUBLIC = {
    "the calendar in November": Place("/", at="2026-11-20 08:00"),
    "the calendar on 1 December": Place("/", at="2026-12-01 08:00"),
    "the calendar on 10 December": Place("/"),
    "the calendar on 24 December": Place("/", at="2026-12-24 08:00"),
    "the calendar after Christmas": Place("/", at="2026-12-27 08:00"),
    "the calendar within another site": Place("/inbaddning"),
    "the same in November": Place("/inbaddning", at="2026-11-20 08:00"),
    "the screen in November": Place("/skarm", at="2026-11-20 08:00"),
    "the screen": Place("/skarm"),
    "the screen at night": Place("/skarm", at="2026-12-24 23:00"),
    "the screen after Christmas": Place("/skarm", at="2026-12-27 08:00"),
    "the archive": Place("/arkiv"),
    "the poster": Place("/2026/affisch"),
    "the bingo": Place("/2026/bingo"),
    "the school sheet": Place("/2026/skolblad"),
    "a hatch": Place("/2026/lucka/9"),
    "the hatch of the contest": Place("/2026/lucka/10"),
    "the hatch before the contest opens": Place("/2026/lucka/10", at="2026-12-10 05:00"),
    "the hatch after the contest": Place("/2026/lucka/10", "closed"),
    "a locked hatch": Place("/2026/lucka/20"),
    "the form": Place(ENTRY_URL),
    "the form with faults": Place(ENTRY_URL, then=send_empty),
    "the form when too many enter": Place(ENTRY_URL, then=send_when_too_many_do),
    "the calendar once locked": Place("/", "locked"),
    "the calendar of a cancelled contest": Place("/", "open", then=cancel),
    "the hatch as the contest opens": Place("/2026/lucka/10", at=OPENING, unfrozen=True),
    "the hatch of a cancelled contest": Place("/2026/lucka/10", "open", then=cancel),
    "the form before the contest opens": Place(ENTRY_URL, at="2026-12-10 05:00"),
    "the form after the contest": Place(ENTRY_URL, "closed"),
    "the form as the contest opens": Place(ENTRY_URL, at=OPENING, unfrozen=True),
    "the form of a cancelled contest": Place(ENTRY_URL, "open", then=cancel),
    "the form in English": Place(ENGLISH_FORM),
    "the form in English with faults": Place(ENGLISH_FORM, then=send_empty_in_english),
    "the thanks in English": Place(ENGLISH_FORM, then=send_in_english),
    "the rules in English": Place("/en/2026/contest/rules"),
    "personal data in English": Place("/en/privacy"),
    "the thanks": Place(ENTRY_URL, then=send_filled_in),
    "the thanks where mail goes": Place(ENTRY_URL, then=send_where_mail_goes),
    "the rules": Place("/2026/tavling/villkor"),
    "the rules before the contest opens": Place("/2026/tavling/villkor", at="2026-12-10 05:00"),
    "an answer": Place("/2026/lucka/9/svar/1"),
    "a right answer": Place("/2026/lucka/5/svar/3", then=count_a_crowd),
    "a wrong answer among many": Place("/2026/lucka/5/svar/1", then=count_a_crowd),
    "the thanks for a pledge": Place("/2026/lucka/2/testar", then=count_a_crowd),
    "the first pledge": Place("/2026/lucka/9/testar"),
    "a municipality is counted": Place("/2026/lucka/9/testar/kommun"),
    "too many pledges": Place("/2026/lucka/9", then=try_when_too_many_do),
    "January before its time": Place("/2026/januari"),
    "January": Place("/2026/januari", at="2027-01-15 08:00"),
    "January, answered": Place("/2026/januari", at="2027-01-15 08:00", then=pressing("Skicka mitt svar")),
    "January, afterwards": Place("/2026/januari", at="2027-02-01 08:00", then=count_a_crowd),
    "the calendar in January": Place("/", at="2027-01-15 08:00"),
    "the result in November": Place("/2026/resultat", at="2026-11-20 08:00"),
    "the result": Place("/2026/resultat", at="2027-02-01 08:00", then=count_a_crowd),
    "how it is counted": Place("/2026/resultat/metod"),
    "the reminder": Place("/paminnelse", at="2026-11-20 08:00"),
    "the reminder with faults": Place("/paminnelse", then=ask_for_nothing),
    "the reminder after Christmas": Place("/paminnelse", at="2026-12-27 08:00"),
    "a reminder asked for": Place("/paminnelse", then=ask_to_be_reminded),
    "a reminder to confirm": Place("/paminnelse", then=follow_the_link_to_confirm),
    "a reminder confirmed": Place("/paminnelse", then=confirm_a_reminder),
    "a reminder that cannot be confirmed": Place("/paminnelse/bekrafta/borta"),
    "a reminder to leave": Place("/paminnelse", then=follow_the_link_to_leave),
    "a reminder left": Place("/paminnelse", then=leave_the_list),
    "the calendar in English": Place("/en/"),
    "a hatch in English": Place("/en/2026/hatch/9"),
    "a hatch in easy Swedish": Place("/2026/lucka/9/lattlast"),
    "a locked hatch in English": Place("/en/2026/hatch/20"),
    "about the calendar": Place("/om"),
    "the municipalities": Place("/kommun"),
    "a municipality": Place("/kommun/goteborg", then=count_a_crowd),
    "the poster of a municipality": Place("/kommun/goteborg/affisch"),
    "a municipality within another site": Place("/kommun/goteborg/inbaddning"),
    "a municipality in November": Place("/kommun/lerum", at="2026-11-20 08:00"),
    "the corrections": Place("/2026/rattelser"),
    "no corrections": Place("/2026/rattelser", at="2026-12-01 08:00"),
    "personal data": Place("/personuppgifter"),
    "cookies": Place("/kakor"),
    "one's own entry": Place("/mitt-svar"),
    "a guess at an entry": Place("/mitt-svar", then=guess),
    "an entry found": Place("/mitt-svar", then=look_up),
    "an entry to take back": Place("/mitt-svar", then=take_back_without_a_tick),
    "an entry taken back": Place("/mitt-svar", then=take_back),
    "an entry found once locked": Place("/mitt-svar", then=look_up_once_locked),
    "a link to withdraw": Place("/", then=follow_the_link_to_withdraw),
    "withdrawn by the link": Place("/", then=withdraw_by_the_link),
    "withdrawn once drawn": Place("/", "drawn", then=withdraw_by_the_link),
    "withdrawn before": Place("/", then=follow_the_link_once_more),
    "a link to decline": Place("/2026/dragning", "drawn", then=follow_the_link_to_decline),
    "a prize declined": Place("/2026/dragning", "drawn", then=decline),
    "a prize declined twice": Place("/2026/dragning", "drawn", then=decline_twice),
    "the accessibility statement": Place("/tillganglighet"),
    "feedback with faults": Place("/tillganglighet", then=tell_nothing),
    "feedback received": Place("/tillganglighet", then=tell),
    "a page that is not there": Place("/finns-inte"),
    "the draw before the contest opens": Place("/2026/dragning", at="2026-12-10 05:00"),
    "the draw as the contest opens": Place("/2026/dragning", at=OPENING, unfrozen=True),
    "the draw, cancelled": Place("/2026/dragning", "locked", then=cancel),
    "the draw, locked late": Place("/2026/dragning", "closed", then=lock_late),
    "the draw, with the value to come": Place("/2026/dragning", "locked", at=NOON),
    **{f"the draw, {state}": Place("/2026/dragning", state) for state in STATES[1:]},
    "the draw, for who checks it": Place("/2026/dragning", "finished", then=look_closer),
    "a search for a ticket": Place("/2026/dragning", "locked", then=searching("00000000")),
    "a search for what is no ticket": Place("/2026/dragning", "locked", then=searching("hej")),
    "the end of the ranking": Place("/2026/dragning?fran=900", "drawn"),
}
ADMIN = {
    "the sign-in": Place("/admin/logga-in"),
    "the sign-in with faults": Place("/admin/logga-in", then=pressing("Logga in")),
    "an invitation": Place("/admin/logga-in", then=follow_an_invitation),
    "an invitation with faults": Place("/admin/logga-in", then=follow_it_and_send_nothing),
    "an invitation that is used up": Place("/admin/inbjudan/borta"),
    "the overview in November": Place("/admin/", at="2026-11-20 08:00"),
    "the overview": Place("/admin/", "open"),
    "the editor": Place("/admin/redigera"),
    "the overview in a closed contest": Place("/admin/", "closed"),
    "the overview once locked": Place("/admin/", "locked"),
    "the overview of an editor": Place("/admin/", "open", then=becoming("editor")),
    "the overview as the contest opens": Place("/admin/", at=OPENING, unfrozen=True),
    "the overview of a cancelled contest": Place("/admin/", "open", then=cancel),
    "the menu on a phone": Place("/admin/", then=open_the_menu),
    "the editor of an editor": Place("/admin/redigera", then=becoming("editor")),
    "the contest in the editor": Place("/admin/redigera/lucka/10/tavling"),
    "the texts in the editor": Place("/admin/redigera/texter"),
    "the look in the editor": Place("/admin/redigera/utseende"),
    "the organiser in the editor": Place("/admin/redigera/arrangor"),
    "the statement in the editor": Place("/admin/redigera/tillganglighet"),
    "a picture in the editor": Place("/admin/redigera/lucka/9/bild"),
    "earlier versions of a hatch": Place("/admin/redigera/lucka/9/tidigare"),
    "the municipalities in the editor": Place("/admin/kommuner"),
    "a municipality in the editor": Place("/admin/kommun/goteborg"),
    "two hatches to swap": Place("/admin/redigera/byt-plats"),
    "a new edition": Place("/admin/redigera/ny"),
    "an archive to take in": Place("/admin/redigera/las-in"),
    "a hatch in the editor": Place("/admin/redigera/lucka/9"),
    "a hatch in the editor with faults": Place("/admin/redigera/lucka/9", then=leave_out_the_title),
    "no entries": Place("/admin/bidrag"),
    "the entries": Place("/admin/bidrag", "open"),
    "the entries, locked": Place("/admin/bidrag", "locked"),
    "a search that finds nothing": Place("/admin/bidrag?sok=nisse", "open"),
    "the entries with a wrong answer": Place("/admin/bidrag?visa=fel", "open"),
    "a strike to take back": Place("/admin/bidrag", "open", then=strike_the_first),
    "a strike": Place("/admin/bidrag/1/stryk", "open"),
    "what stands out": Place("/admin/bidrag/tecken", then=stand_out),
    "nothing stands out": Place("/admin/bidrag/tecken"),
    "no feedback": Place("/admin/aterkoppling"),
    "the feedback": Place("/admin/aterkoppling", then=tell_and_read),
    "erasure to come": Place("/admin/gallring", "finished"),
    "erasure due": Place("/admin/gallring", "finished", at="2027-04-01 08:00"),
    "erasure refused": Place(
        "/admin/gallring", "finished", at="2027-04-01 08:00", then=pressing("Gallra uppgifterna nu")
    ),
    "erasure done": Place("/admin/gallring", "finished", at="2027-04-01 08:00", then=see_it_erased),
    "the overview without a decision": Place("/admin/", "finished", at="2027-04-01 08:00"),
    "the accounts": Place("/admin/konton"),
    "the accounts with faults": Place("/admin/konton", then=pressing("Skapa inbjudan")),
    "somebody is invited": Place("/admin/konton", then=invite),
    "a proof is asked for": Place("/admin/konton", then=try_without_a_late_proof),
    "a proof that is none": Place("/admin/konton", then=guess_at_the_code),
    "a sign-in has ended": Place("/admin/konton", then=try_when_it_has_ended),
    "a sign-in ends": Place("/admin/konton", then=have_the_sign_in_end),
    "a page of another role": Place("/admin/konton", then=becoming("editor")),
    "an account is removed": Place("/admin/konton/1/ta-bort"),
    "the log": Place("/admin/logg"),
    "one's own account": Place("/admin/konto"),
    "one's own account with faults": Place("/admin/konto", then=pressing("Byt lösenord")),
    "recovery codes": Place("/admin/konto", then=pressing("Skapa reservkoder")),
    "another app for codes": Place("/admin/konto/engangskoder"),
    "the overview after the draw": Place("/admin/", "finished"),
    "the statistics": Place("/admin/statistik", "closed"),
    "the statistics in November": Place("/admin/statistik", at="2026-11-20 08:00"),
    "the material": Place("/admin/material"),
    "no reminders": Place("/admin/paminnelser", at="2026-11-20 08:00"),
    "the reminders": Place("/admin/paminnelser", then=have_a_crowd_reminded),
    "the reminders with faults": Place("/admin/paminnelser", then=write_too_long_a_greeting),
    "the reminders erased": Place("/admin/paminnelser", then=see_the_list_erased),
    "the readiness": Place("/admin/beredskap"),
    "the readiness of a rehearsal": Place("/admin/beredskap", then=rehearse),
    "the readiness as the contest's organiser sees it": Place("/admin/beredskap", then=becoming("contest")),
    "the choice of a preview": Place("/admin/forhandsvisning"),
    "the calendar in a preview": Place("/admin/forhandsvisning/2026-12-13T0800/"),
    "a hatch in a preview": Place("/admin/forhandsvisning/2026-12-13T0800/2026/lucka/13"),
    "a form in a preview": Place("/admin/forhandsvisning/2026-12-13T0800/2026/lucka/10/tavla"),
    "a form that was not sent": Place(
        "/admin/forhandsvisning/2026-12-13T0800/2026/lucka/10/tavla", then=pressing("Skicka mitt svar")
    ),
    "the desk, draft": Place("/admin/dragning", at="2026-12-09 12:00"),
    "the desk as the contest opens": Place("/admin/dragning", at=OPENING, unfrozen=True),
    **{f"the desk, {state}": Place("/admin/dragning", state) for state in STATES[1:]},
    "the desk, not locked in time": Place("/admin/dragning", "closed", at="2026-12-22 00:10"),
    "the desk, locked late": Place("/admin/dragning", "closed", then=lock_late),
    "the desk, with the value to come": Place("/admin/dragning", "locked", at=NOON),
    "the desk, with no value pasted": Place("/admin/dragning", "locked", at=NOON, then=paste_nothing, real=True),
    "the desk, with no relay answering": Place(
        "/admin/dragning", "locked", at=NOON, then=pressing("Fråga nu"), real=True
    ),
    "the desk, when the letter has left": Place("/admin/dragning", "drawn", then=write_to_the_first),
    "the desk, with the letter to read": Place("/admin/dragning", "drawn", then=read_the_letter),
    "the desk, a skip for no reason": Place("/admin/dragning", "drawn", then=skip_for_no_reason),
    "the desk, cancelled for no reason": Place("/admin/dragning", "open", then=cancel_for_no_reason),
    "the desk, cancelled": Place("/admin/dragning", "open", then=cancel),
    **{
        f"the desk, {state}, every part open": Place("/admin/dragning", state, then=open_every_part)
        for state in ("locked", "drawn", "finished")
    },
    "a rehearsal": Place("/admin/dragning", "open", then=start_a_rehearsal),
    "a rehearsed page": Place("/admin/dragning", "open", then=see_the_rehearsed_page),
}
PLACES = PUBLIC | ADMIN

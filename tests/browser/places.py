"""Every page in every state that it can be met in, by name, and what has to happen before."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from app.admin import access
from app.admin.models import Organiser, SignIn
from app.contest import store, terms
from app.contest.answers import Answers
from app.database import db
from app.privacy.models import Erasure, ErasureNote
from tests.browser.acts import fill_in, press, send
from tests.conftest import ENTRY_URL, STATES, StoppedClock, swedish


class Scene(NamedTuple):
    page: Page
    app: Flask
    clock: StoppedClock


class Place(NamedTuple):
    """A path, the state that the contest has reached, the time if another than that of the state, and a last act."""

    path: str
    state: str = ""
    at: str = ""
    then: Callable[[Scene], None] | None = None


def send_empty(scene: Scene) -> None:
    send(scene.page, scene.clock)


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
        token = access.invite(None, scene.clock.now())
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


def look_up(scene: Scene) -> None:
    """Enters the contest behind the form, and asks for that entry."""
    contest = scene.app.extensions["library"].editions[2026].file_contest
    answers = Answers("gun@example.se", "2030", "1441", None, "0" * 40)
    with scene.app.app_context():
        receipt = store.save_entry(contest, answers, swedish("2026-12-10 07:00"))
    scene.page.get_by_label("Kvittokod").fill(receipt.code)
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    press(scene.page, "Visa mitt bidrag")


def take_back_without_a_tick(scene: Scene) -> None:
    look_up(scene)
    press(scene.page, "Ta tillbaka bidraget")


def take_back(scene: Scene) -> None:
    look_up(scene)
    scene.page.get_by_label("Ja, ta tillbaka").check()
    press(scene.page, "Ta tillbaka bidraget")


def guess(scene: Scene) -> None:
    scene.page.get_by_label("Kvittokod").fill("7" * 26)
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    press(scene.page, "Visa mitt bidrag")


def tell(scene: Scene) -> None:
    """Tells what does not work, and asks for an answer."""
    scene.page.get_by_label("Något går inte").check()
    scene.page.get_by_label("Berätta").fill("Lucka 3 går inte att läsa.\nJag använder NVDA.")
    scene.page.get_by_label("E-postadress").fill("gun@example.se")
    scene.clock.forward(seconds=20)
    press(scene.page, "Skicka")


def tell_nothing(scene: Scene) -> None:
    scene.clock.forward(seconds=20)
    press(scene.page, "Skicka")


def tell_and_read(scene: Scene) -> None:
    """Tells something on the public page, and reads it as an organiser."""
    desk = scene.page.url
    scene.page.goto(desk.replace("/admin/aterkoppling", "/tillganglighet"))
    tell(scene)
    scene.page.goto(desk)


def stand_out(scene: Scene) -> None:
    """Entries that an organiser may want to look at twice."""
    with scene.app.app_context():
        contest = terms.frozen_in(2026)
        for number, domain in enumerate(("mailinator.com", "a.example", "b.example", "c.example", "d.example")):
            answers = Answers(f"gun@{domain}", "2030", "1441", None, f"{number:040}")
            store.save_entry(contest, answers, swedish("2026-12-10 07:00"))
    scene.page.reload()


def see_it_erased(scene: Scene) -> None:
    """Writes the record of an erasure, as the nightly round does."""
    with scene.app.app_context():
        now = scene.clock.now()
        db.session.add(Erasure(contest_id="mjk-2026", erased_at=now, entries=3, mails=3, feedback=0))
        note = {"decision": "GR 2026-117", "ordered_by": "nattlig gallring", "cleaned_at": now}
        db.session.add(ErasureNote(contest_id="mjk-2026", **note))
        db.session.commit()


def have_the_sign_in_end(scene: Scene) -> None:
    """Five minutes before: the warning is on the page."""
    with scene.app.app_context():
        moment = scene.clock.now() - access.ABSOLUTE + timedelta(minutes=4)
        db.session.execute(sa.update(SignIn).values(created_at=moment))
        db.session.commit()
    scene.page.reload()
    scene.page.get_by_text("Du loggas ut om 4 minuter.").wait_for()


def try_when_it_has_ended(scene: Scene) -> None:
    with scene.app.app_context():
        db.session.execute(sa.update(SignIn).values(created_at=scene.clock.now() - timedelta(hours=13)))
        db.session.commit()
    press(scene.page, "Skapa inbjudan")


def try_without_a_late_proof(scene: Scene) -> None:
    with scene.app.app_context():
        db.session.execute(sa.update(SignIn).values(created_at=scene.clock.now() - timedelta(hours=1)))
        db.session.commit()
    press(scene.page, "Skapa inbjudan")


def guess_at_the_code(scene: Scene) -> None:
    try_without_a_late_proof(scene)
    press(scene.page, "Fortsätt")


def invite(scene: Scene) -> None:
    scene.page.get_by_label("E-postadress").fill("eva@example.se")
    press(scene.page, "Skapa inbjudan")


def becoming(role: str) -> Callable[[Scene], None]:
    """Changes the role of whoever looks at the page."""

    def become(scene: Scene) -> None:
        with scene.app.app_context():
            db.session.execute(sa.update(Organiser).values(role=role))
            db.session.commit()
        scene.page.reload()

    return become


def open_the_menu(scene: Scene) -> None:
    scene.page.set_viewport_size({"width": 390, "height": 844})
    scene.page.get_by_text("Meny", exact=True).click()


def strike_the_first(scene: Scene) -> None:
    """Strikes an entry, and comes to the page where that is taken back."""
    scene.page.get_by_role("link", name="Stryk bidrag 1").click()
    press(scene.page, "Stryk bidrag 1")
    scene.page.get_by_role("link", name="Ta tillbaka strykningen av bidrag 1").click()


def rehearse(scene: Scene) -> None:
    """Shows the readiness of a demo with its debugger on."""
    scene.app.config.update(DEBUG=True, DEMO=True)
    scene.page.reload()


def leave_out_the_title(scene: Scene) -> None:
    scene.page.get_by_label("Rubrik", exact=True).fill("")
    press(scene.page, "Spara")


NOON = "2026-12-22 12:01"
"""When the value of the draw has come."""

PUBLIC = {
    "the calendar in November": Place("/", at="2026-11-20 08:00"),
    "the calendar on 1 December": Place("/", at="2026-12-01 08:00"),
    "the calendar on 10 December": Place("/"),
    "the calendar on 24 December": Place("/", at="2026-12-24 08:00"),
    "the calendar after Christmas": Place("/", at="2026-12-27 08:00"),
    "the calendar within another site": Place("/inbaddning"),
    "the same in November": Place("/inbaddning", at="2026-11-20 08:00"),
    "a hatch": Place("/2026/lucka/9"),
    "the hatch of the contest": Place("/2026/lucka/10"),
    "the hatch before the contest opens": Place("/2026/lucka/10", at="2026-12-10 05:00"),
    "the hatch after the contest": Place("/2026/lucka/10", "closed"),
    "a locked hatch": Place("/2026/lucka/20"),
    "the form": Place(ENTRY_URL),
    "the form with faults": Place(ENTRY_URL, then=send_empty),
    "the form when too many enter": Place(ENTRY_URL, then=send_when_too_many_do),
    "the form before the contest opens": Place(ENTRY_URL, at="2026-12-10 05:00"),
    "the form after the contest": Place(ENTRY_URL, "closed"),
    "the receipt": Place(ENTRY_URL, then=send_filled_in),
    "the rules": Place("/2026/tavling/villkor"),
    "about the calendar": Place("/om"),
    "personal data": Place("/personuppgifter"),
    "cookies": Place("/kakor"),
    "one's own entry": Place("/mitt-svar"),
    "a guess at an entry": Place("/mitt-svar", then=guess),
    "an entry found": Place("/mitt-svar", then=look_up),
    "an entry to take back": Place("/mitt-svar", then=take_back_without_a_tick),
    "an entry taken back": Place("/mitt-svar", then=take_back),
    "the accessibility statement": Place("/tillganglighet"),
    "feedback with faults": Place("/tillganglighet", then=tell_nothing),
    "feedback received": Place("/tillganglighet", then=tell),
    "a page that is not there": Place("/finns-inte"),
    "the draw before the contest opens": Place("/2026/dragning", at="2026-12-10 05:00"),
    **{f"the draw, {state}": Place("/2026/dragning", state) for state in STATES[1:]},
    "a search for a ticket": Place("/2026/dragning?lott=00000000", "locked"),
    "a search for what is no ticket": Place("/2026/dragning?lott=hej", "open"),
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
    "the overview of a witness": Place("/admin/", "open", then=becoming("witness")),
    "the menu on a phone": Place("/admin/", then=open_the_menu),
    "the editor of an editor": Place("/admin/redigera", then=becoming("editor")),
    "the contest in the editor": Place("/admin/redigera/lucka/10/tavling"),
    "the texts in the editor": Place("/admin/redigera/texter"),
    "the organiser in the editor": Place("/admin/redigera/arrangor"),
    "the statement in the editor": Place("/admin/redigera/tillganglighet"),
    "a picture in the editor": Place("/admin/redigera/lucka/9/bild"),
    "earlier versions of a hatch": Place("/admin/redigera/lucka/9/tidigare"),
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
    "erasure refused": Place("/admin/gallring", "finished", at="2027-04-01 08:00", then=pressing("Gallra")),
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
    **{f"the desk, {state}": Place("/admin/dragning", state) for state in STATES},
    "the desk, with the value to come": Place("/admin/dragning", "locked", at=NOON),
    "the desk, with no value pasted": Place("/admin/dragning", "locked", at=NOON, then=paste_nothing),
    **{
        f"the desk, {state}, every part open": Place("/admin/dragning", state, then=open_every_part)
        for state in ("locked", "drawn", "finished")
    },
    "a rehearsal": Place("/admin/dragning", "open", then=start_a_rehearsal),
    "a rehearsed page": Place("/admin/dragning", "open", then=see_the_rehearsed_page),
}
PLACES = PUBLIC | ADMIN

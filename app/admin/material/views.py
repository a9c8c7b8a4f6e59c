"""What communicators send out: texts and pictures to copy or to take as one ZIP, in the edition's own words."""

from datetime import datetime
from typing import NamedTuple

from flask import Response, current_app, render_template

from app import clock
from app.admin.accounts.guard import as_attachment, blueprint, chosen_edition
from app.calendar import schedule
from app.calendar.content import Edition
from app.calendar.feeds.embedding import frame
from app.contest.terms import contest_of
from app.web.zip_stream import File, stream_zip

# What the edition's own card shows, as the calendar page says it.
CARD_ALT = "Ett gammalt hus i snö med 24 fönster, ett för varje dag till jul."
OPENINGS = {
    "before": "öppnar 1 december",
    "advent": "är öppen, med en ny lucka varje dag till julafton",
    "after": "står kvar, med alla 24 luckor öppna",
}


class Text(NamedTuple):
    """A text to copy; `name` is its file in the ZIP."""

    name: str
    title: str
    words: str


class Picture(NamedTuple):
    """A picture beside shared links, with what it shows in words."""

    name: str
    alt: str
    address: str
    data: bytes


@blueprint.get("/material")
def material() -> str:
    edition, now = chosen_edition(), clock.now()
    return render_template(
        "admin/material.html", edition=edition, texts=texts(edition, now), pictures=pictures(edition, now)
    )


@blueprint.get("/material/allt.zip")
def material_zip() -> Response:
    edition, now = chosen_edition(), clock.now()
    folder = f"material-{edition.year}"
    shown = pictures(edition, now)
    alts = "".join(f"{picture.name}: {picture.alt}\n" for picture in shown)
    files: list[File] = [(f"{text.name}.txt", [text.words + "\n"]) for text in texts(edition, now)]
    files += [("bilder/alt-texter.txt", [alts]), *((f"bilder/{each.name}", each.data) for each in shown)]
    return as_attachment(stream_zip(folder, files, now), "application/zip", f"{folder}.zip")


def texts(edition: Edition, now: datetime) -> list[Text]:
    """Return what there is to copy; nothing in it is about a hatch."""
    site, file, year = current_app.config["PUBLIC_URL"], edition.file, edition.year
    opening = OPENINGS[schedule.season(year, now)]
    promise = f"{file.tagline.rstrip('.')}."
    contest = contest_of(edition)
    raffle = "I en av luckorna finns en tävling. Vinnaren lottas öppet, så att alla kan kontrollera resultatet.\n\n"
    sender = f"Bakom kalendern står {file.organiser.name}."
    what = (
        "Varje dag från 1 december till julafton öppnas en lucka med en fråga att gissa på, ett tips och källor till "
        "det som står där."
    )
    bingo = f"– Spela bingo: {site}/{year}/bingo\n" if file.bingo else ""
    post = f"Bild: {'delning.png' if edition.card else 'välj en av delningsbilderna'}\nAlt-text: {CARD_ALT}"
    return [
        Text(
            "nyhet",
            "Nyhet till webbplatsen eller tidningen",
            f"{file.title} {opening}\n\n{promise} {what}\n\n{raffle if contest else ''}Kalendern är gratis. Den "
            f"använder inga kakor och följer ingen som läser.\n\nHär finns den: {site}\nFå dagens lucka med mejl: "
            f"{site}/paminnelse\n\n{sender}\nKontakt: {file.organiser.email}",
        ),
        Text(
            "intranat",
            "Text till intranätet",
            f"{file.title} {opening}\n\n{promise} {what}\n\nSå kan vi göra på jobbet:\n– Öppna dagens lucka på "
            f"morgonmötet: {site}\n– Sätt upp affischen: {site}/{year}/affisch\n"
            f"{bingo}– Visa luckan på skärmen i entrén: {site}/skarm\n\n{sender}",
        ),
        Text(
            "inlagg-1",
            "Inlägg när kalendern börjar",
            f"Den 1 december öppnar {file.title}, {file.theme}. {promise} Öppna en lucka om dagen: {site}\n\n{post}",
        ),
        Text(
            "inlagg-2",
            "Inlägg i december",
            f"Har du öppnat dagens lucka i {file.title}? Gissa på frågan och läs vad du kan göra: {site}\n\n{post}",
        ),
        Text(
            "inlagg-3",
            "Inlägg före jul",
            f"Missade du någon lucka i {file.title}? Alla som har öppnats står kvar: {site}\n\n{post}",
        ),
        Text(
            "mejl",
            "Mejl till kollegor",
            f"Ämne: {file.title} {opening}\n\nHej!\n\n{promise} {what}\n\nDu hittar kalendern här: {site}\nVill du få "
            f"luckan med mejl varje dag? Anmäl dig här: {site}/paminnelse\n\n{sender}",
        ),
        Text("ram", "Kod som visar dagens lucka på er webbplats", frame(file.title, site)),
    ]


def pictures(edition: Edition, now: datetime) -> list[Picture]:
    """Return the cards: the edition's own, and those of the hatches that are open."""
    adapter, year, found = current_app.url_map.bind(""), edition.year, []
    if edition.card:
        address = adapter.build("calendar.edition_image", {"year": year, "name": edition.card})
        found.append(Picture("delning.png", CARD_ALT, address, edition.images[edition.card]))
    for number in schedule.open_numbers(year, now):
        hatch = edition.hatches[number]
        if name := hatch.card:
            address = adapter.build("calendar.image", {"year": year, "number": number, "name": name})
            kind = name.rpartition(".")[2]
            alt = hatch.file.image_alt or ""
            found.append(Picture(f"lucka-{number:02}.{kind}", alt, address, hatch.images[name]))
    return found

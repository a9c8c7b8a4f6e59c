"""A new picture in a hatch, from the form to the page that everybody sees."""

import io

import pytest

from app.editing import images
from tests.conftest import on_sqlite
from tests.editing.conftest import faults, fields, hatch_text, soup, words
from tests.editing.photos import huge_png, photo, sixty_megapixels, with_archive_behind, with_page_behind, zip_bomb
from tests.editing.test_drawings import BILLION_LAUGHS, svg

pytestmark = on_sqlite
PICTURE = "/admin/redigera/lucka/3/bild"


@pytest.fixture
def upload(organiser):
    """Send a picture with the form: upload(b"…", name="x.jpg", image_alt="…")."""

    def send(body, name="../../x.php", **changes):
        sent = fields(organiser.get(PICTURE)) | {"image_alt": "En röd cykel."} | changes
        return organiser.post(PICTURE, data=sent | {"picture": (io.BytesIO(body), name)})

    return send


def pictures_in(content, number=3):
    return {path.name for path in (content / "2026" / f"{number:02}").iterdir()} - {"hatch.md"}


def test_photo_shows_in_open_hatch_in_lightest_kind_with_weight(upload, client, clock, content):
    clock.set("2026-12-03 08:00")
    assert upload(photo()).status_code == 303
    page = client.get("/2026/lucka/3")
    shown = soup(page).select_one(".opened picture")
    sources = [source["type"] for source in shown.select("source")]
    assert (sources, shown.img["alt"]) == (["image/avif", "image/webp"], "En röd cykel.")
    largest = shown.source["srcset"].split(", ")[-1].removesuffix(" 1280w")
    answer = client.get(largest)
    assert (answer.mimetype, answer.data[4:12]) == ("image/avif", b"ftypavif")
    assert client.get(largest.replace(".avif", ".webp")).mimetype == "image/webp"
    assert client.get(shown.img["src"]).mimetype == "image/jpeg"
    assert soup(page).select_one('meta[property="og:image"]')["content"].rpartition("/bild/")[2].startswith("delning-")
    said = int(soup(page).select_one("footer p:last-child").text.split("väger ")[1].split()[0])
    # What the page itself weighs, compressed quickly here, comes on top of its largest part.
    assert 0 <= said * 1000 - len(answer.data) < 20_000
    assert soup(client.get("/inbaddning")).select_one(".today picture source")


def test_pictures_before_are_kept_among_versions_only_and_come_back(upload, organiser, content):
    before = pictures_in(content)
    upload(photo())
    after = pictures_in(content)
    assert before & after == {"figur.svg", "lattlast.md", "en.md"}
    assert all(name.startswith(("foto-", "delning-", "figur.svg", "lattlast.md", "en.md")) for name in after)
    address = "/admin/redigera/lucka/3/tidigare/1"
    organiser.post(address, data=fields(organiser.get(address)))
    assert pictures_in(content) == before


def test_picture_of_locked_hatch_is_seen_by_organisers_only(upload, organiser, client, content):
    upload(photo())
    assert organiser.get(f"{PICTURE}/nu").mimetype == "image/jpeg"
    assert organiser.get(f"{PICTURE}/nu").headers["Cache-Control"] == "no-store"
    for name in pictures_in(content):
        assert client.get(f"/2026/lucka/3/bild/{name}").status_code == 403
    assert client.get(f"{PICTURE}/nu").status_code == 303


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (huge_png(), "Bilden har fler än 50 megapixlar."),
        (sixty_megapixels(), "Bilden har fler än 50 megapixlar."),
        (with_page_behind(), "Filen är en bild och något mer, som en webbsida eller ett arkiv."),
        (with_archive_behind(), "Filen är en bild och något mer, som en webbsida eller ett arkiv."),
        (svg("<script/>"), "SVG-filen innehåller <script>"),
        (svg("<foreignObject><p/></foreignObject>"), "SVG-filen innehåller <foreignObject>"),
        (svg('<use href="https://example.org/x.svg#a"/>'), "SVG-filen hänvisar till något utanför sig själv"),
        (BILLION_LAUGHS, "SVG-filen har en egen DOCTYPE."),
        (zip_bomb(), "Filen går inte att läsa som bild."),
    ],
    ids=lambda value: value.split(".")[0][:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_refused_and_the_description_stays(upload, content, body, sentence):
    before = pictures_in(content), hatch_text(content)
    answer = upload(body, image_alt="Min beskrivning")
    assert answer.status_code == 422
    assert faults(answer)[0].startswith(sentence)
    assert fields(answer)["image_alt"] == "Min beskrivning"
    assert (pictures_in(content), hatch_text(content)) == before


def test_a_picture_needs_a_description(upload, content):
    before = pictures_in(content)
    assert faults(upload(photo(), image_alt="")) == ["Beskriv bilden i en mening."]
    assert pictures_in(content) == before


def test_file_that_is_too_large_is_told_in_sentence(upload, monkeypatch):
    monkeypatch.setattr(images, "LARGEST_UPLOAD", 50_000)
    answer = upload(bytes(50_000))
    assert answer.status_code == 422
    assert faults(answer)[0].startswith("Filen är större än")


def test_a_picture_does_not_overwrite_what_somebody_else_did_meanwhile(upload, organiser, anna, content):
    seen = fields(organiser.get(PICTURE))
    hatch = "/admin/redigera/lucka/3"
    anna.post(hatch, data=fields(anna.get(hatch)) | {"title": "Annas", "image_alt": "Annas ord."})
    answer = upload(photo(), checksum=seen["checksum"])
    assert answer.status_code == 409
    assert "anna@example.se ändrade den här luckan" in words(answer)
    assert 'title = "Annas"' in hatch_text(content)
    upload(photo(), checksum=fields(answer)["checksum"])
    assert ('title = "Annas"' in hatch_text(content), "En röd cykel." in hatch_text(content)) == (True, True)

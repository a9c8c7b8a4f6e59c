"""The look of an edition, from the form to the pages that everybody sees."""

import io
import tomllib
import zipfile

import pytest

from tests.conftest import on_sqlite
from tests.editing.conftest import faults, fields, soup, words
from tests.editing.photos import huge_png, photo, with_page_behind
from tests.editing.test_drawings import BILLION_LAUGHS, svg

pytestmark = on_sqlite
LOOK = "/admin/redigera/utseende"
LOGO = svg('<rect width="40" height="10" fill="#1d6a3f"/>')
OTHER = svg('<circle r="5"/>')
GLOWING = "Färgen visas mörkare i ljust läge, så att text i den går att läsa."


@pytest.fixture
def send(organiser):
    """Send the form as it is, but for what is given; pictures are bytes."""

    def post(**changes):
        sent = fields(organiser.get(LOOK)) | {name.replace("__", "-"): each for name, each in changes.items()}
        files = {n: (io.BytesIO(each), "../x.php") for n, each in sent.items() if isinstance(each, bytes)}
        return organiser.post(LOOK, data=sent | files, content_type="multipart/form-data")

    return post


def said(content):
    return tomllib.loads((content / "2026" / "edition.toml").read_text("utf-8"))


def pictures(content):
    """The logos beside edition.toml; the horizon is drawn."""
    found = {path.name for path in (content / "2026").iterdir() if path.suffix in (".svg", ".webp")}
    return found - {"horisont.svg", "horisont-hoger.svg"}


def test_an_accent_colours_links_and_is_corrected(send, organiser, client):
    assert faults(send(accent="grön"))[0].startswith("Accentfärg: ska vara en färg som #4b6b57")
    assert send(accent="#ffd98a").status_code == 303
    sheet = client.get("/2026/farger.css").text
    assert ("--accent:#ffd98a" in sheet, sheet.count("--link:#")) == (True, 2)
    assert "--wall" not in sheet
    assert soup(organiser.get(LOOK)).select_one(".shades figcaption").text == GLOWING
    send(accent="")
    assert client.get("/2026/farger.css").status_code == 404


def test_a_logo_stands_on_every_page(send, client, content):
    assert send(logo=LOGO, logo_alt="Lerums kommun").status_code == 303
    for path in ("/", "/om", "/mitt-svar"):
        page = soup(client.get(path))
        assert page.select_one("footer img.logo")["alt"] == "Lerums kommun"
    named, beside = page.select_one(".site-name img"), page.select_one("footer img.logo")
    assert (named["alt"], named["src"]) == ("", beside["src"])
    assert b"<rect" in client.get(beside["src"]).data
    before = pictures(content)
    send(logo=OTHER)
    assert (len(before), len(pictures(content)), before & pictures(content)) == (1, 1, set())
    send(act="logo-")
    assert (pictures(content), "logo" in said(content)) == (set(), False)
    assert not soup(client.get("/")).select("footer img")


def test_a_photo_of_a_logo_is_made_small(send, client):
    send(logo=photo(2000, 1500), logo_alt="Lerum")
    answer = client.get(soup(client.get("/")).select_one("footer img")["src"])
    assert (answer.mimetype, len(answer.data) <= 10_000) == ("image/webp", True)


def test_a_logo_says_whose_it_is(send, content):
    answer = send(logo=LOGO)
    assert faults(answer) == [
        "Logotyp: välj bilden en gång till, när resten är rättat",
        "Vems logotypen är: saknas: skriv vems logotypen är",
    ]
    assert pictures(content) == set()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"hej", "Filen går inte att läsa som bild."),
        (huge_png(), "Bilden har fler än 50 megapixlar."),
        (with_page_behind(), "Filen är en bild och något mer"),
        (svg("<script/>"), "SVG-filen innehåller <script>"),
        (svg('<rect onclick="x()"/>'), "SVG-filen innehåller ett skript"),
        (BILLION_LAUGHS, "SVG-filen har en egen DOCTYPE."),
        (svg("<path d='M0 0'/>" * 5000), "SVG-filen är "),
    ],
    ids=["text", "huge", "page", "script", "handler", "laughs", "heavy"],
)
def test_a_bad_logo_is_told_in_one_sentence(send, content, body, sentence):
    script = svg("<script/>")
    answer = send(logo=body, logo_alt="Lerum", partners__0__logo=script, partners__0__name="Ale", wall="#8c2f27")
    assert answer.status_code == 422
    first, second = faults(answer)
    assert first.startswith(f"Logotyp: {sentence}")
    assert second.startswith("Partner 1, logotyp: SVG-filen innehåller <script>")
    assert [fields(answer)[name] for name in ("logo_alt", "partners-0-name", "wall")] == ["Lerum", "Ale", "#8c2f27"]
    assert (pictures(content), "wall" in said(content)) == (set(), False)


def test_partners_stand_in_a_row(send, client, content):
    send(partners__0__logo=LOGO, partners__0__name="Ale kommun")
    send(partners__1__logo=OTHER, partners__1__name="Härryda", partners__1__website="www.harryda.se")
    shown = soup(client.get("/")).select("footer .partners img")
    assert [each["alt"] for each in shown] == ["Ale kommun", "Härryda"]
    assert [each.parent.get("href") for each in shown] == [None, "https://www.harryda.se/"]
    assert client.get(shown[1]["src"]).mimetype == "image/svg+xml"
    assert not soup(client.get("/om")).select(".partners")
    send(partners__0__name="Ale")
    send(act="partners-2")
    assert [each["alt"] for each in soup(client.get("/")).select(".partners img")] == ["Ale"]
    assert len(pictures(content)) == 1


def test_logos_stand_on_the_sheets(send, client):
    send(logo=LOGO, logo_alt="Lerums kommun", partners__0__logo=OTHER, partners__0__name="Ale")
    for name in ("affisch", "bingo", "skolblad"):
        shown = soup(client.get(f"/2026/{name}")).select(".from img")
        assert [each["alt"] for each in shown] == ["Lerums kommun", "Ale"], name


def test_a_partner_needs_picture_and_name(send):
    assert faults(send(partners__0__name="Ale")) == ["Partner 1, logotyp: välj en bild"]
    assert faults(send(partners__0__logo=LOGO))[1] == "Partner 1, namn: saknas"


def test_a_logo_of_a_municipality_stays(send, content):
    (content / "2026" / "lerum.svg").write_bytes(LOGO)
    file = content / "2026" / "kommuner" / "lerum.toml"
    file.write_text('logo = "lerum.svg"\nlogo_alt = "Lerum"\n' + file.read_text("utf-8"), "utf-8")
    edition = content / "2026" / "edition.toml"
    edition.write_text('logo = "lerum.svg"\nlogo_alt = "Lerum"\n' + edition.read_text("utf-8"), "utf-8")
    send(act="logo-")
    assert pictures(content) == {"lerum.svg"}


def test_logos_go_along_in_the_archive(send, organiser, content):
    # With the cards the test client leaves a file open.
    for card in content.rglob("delning*.png"):
        card.unlink()
    send(logo=LOGO, logo_alt="Lerum", partners__0__logo=OTHER, partners__0__name="Ale")
    with organiser.get("/admin/redigera/kalender.zip") as answer:
        archive = answer.data
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert len([name for name in packed.namelist() if name.startswith("2026/logotyp-")]) == 2
    page = "/admin/redigera/las-in"
    sent = fields(organiser.get(page)) | {"year": "2027", "archive": (io.BytesIO(archive), "x.zip")}
    with organiser.post(page, data=sent) as answer:
        assert answer.status_code == 303
    again = soup(organiser.get(f"{LOOK}?ar=2027"))
    assert again.select_one("[name=logo_alt]")["value"] == "Lerum"
    logos = [organiser.get(each["src"]) for each in again.select("img.logo")]
    assert [(each.status_code, each.mimetype) for each in logos] == [(200, "image/svg+xml")] * 2


def test_an_earlier_version_has_its_logo(send, organiser, client):
    send(logo=LOGO, logo_alt="Lerum")
    send(act="logo-")
    address = "/admin/redigera/texter/tidigare/2"
    organiser.post(address, data=fields(organiser.get(address)))
    assert b"<rect" in client.get(soup(client.get("/")).select_one("footer img")["src"]).data


def test_anothers_change_of_the_logo_is_not_overwritten(send, organiser, anna):
    seen = fields(organiser.get(LOOK))
    hers = fields(anna.get(LOOK)) | {"logo": (io.BytesIO(OTHER), "x.svg"), "logo_alt": "Annas"}
    anna.post(LOOK, data=hers, content_type="multipart/form-data")
    answer = send(**seen | {"logo": LOGO, "logo_now": "", "logo_alt": "Lerum"})
    assert (answer.status_code, "anna@example.se ändrade" in words(answer)) == (409, True)


def test_the_editions_name_is_on_its_archive_and_codes(change, organiser):
    change("/admin/redigera/texter", title="Klimatluckan på väg 2026")
    with organiser.get("/admin/redigera/kalender.zip") as archive:
        assert archive.headers["Content-Disposition"] == "attachment; filename=klimatluckan_pa_vag-2026.zip"
    assert "issuer=Klimatluckan" in organiser.get("/admin/konto/engangskoder").text

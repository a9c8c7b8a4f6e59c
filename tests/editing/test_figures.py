"""Who comes to the street, from the form to the calendar."""

import io

import pytest

from tests.conftest import on_sqlite
from tests.editing.conftest import faults, soup, words
from tests.editing.test_drawings import svg

pytestmark = on_sqlite
PICTURE, FIGURE = "/admin/redigera/lucka/3/bild", "/admin/redigera/lucka/3/figur"


def shown(organiser):
    form = soup(organiser.get(PICTURE)).select("main form")[1]
    return {each["name"]: each["value"] for each in form.select("input[value]")}


@pytest.fixture
def send(organiser):
    """Send the figure's form as it is, but for what is given."""

    def post(body=b"", **changes):
        sent = shown(organiser) | changes
        return organiser.post(FIGURE, data=sent | {"figure": (io.BytesIO(body), "x.svg" if body else "")})

    return post


@pytest.fixture
def street(client, clock):
    def read():
        clock.set("2026-12-03 08:00")
        return words(client.get("/"))

    return read


def test_the_figures_words_are_changed(send, street):
    assert send(words="en brevbärare på skidor").status_code == 303
    assert "I dag kom en brevbärare på skidor." in street()


def test_another_figure_comes_with_its_words(send, street, content):
    folder = content / "2026"
    assert send((folder / "18" / "figur.svg").read_bytes(), words="").status_code == 303
    assert "I dag kom en skidåkare." in street()
    assert (folder / "03" / "figur.svg").read_bytes() == (folder / "18" / "figur.svg").read_bytes()


def test_a_street_without_the_figure_says_nothing(send, street, organiser):
    send(act="ta-bort")
    assert "Luckan har ingen figur." in words(organiser.get(PICTURE))
    assert "På gatan i dag" not in street()


@pytest.mark.parametrize(
    ("body", "said", "sentence"),
    [
        (b"hej", "", "Filen går inte att läsa som SVG"),
        (svg("<script/>"), "", "SVG-filen innehåller <script>"),
        (svg('<rect width="4" height="4"/>'), "", "Filen är ingen figur till gatan."),
        (b"", "en <b>buss</b>", "Skriv högst 200 tecken, utan <, > och &."),
    ],
    ids=["text", "script", "drawing", "words"],
)
def test_a_bad_figure_is_told_in_one_sentence(send, content, body, said, sentence):
    before = (content / "2026" / "03" / "figur.svg").read_bytes()
    answer = send(body, words=said)
    (told,) = faults(answer)
    assert (answer.status_code, told.startswith(sentence)) == (422, True)
    assert (content / "2026" / "03" / "figur.svg").read_bytes() == before


def test_anothers_figure_is_not_overwritten(send, organiser, anna):
    seen = shown(organiser)
    anna.post(FIGURE, data=shown(anna) | {"words": "Annas figur"})
    assert send(**seen | {"words": "min figur"}).status_code == 409

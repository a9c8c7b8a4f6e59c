"""An archive is measured before it is unpacked, and each reason to refuse it is one sentence."""

import io
import tracemalloc
import zipfile

import pytest

from app.editing import archive, store
from app.editing.archive import pack_edition, unpack_edition
from app.editing.editions import BLANK_HATCH
from app.editing.store import ContentRef
from app.errors import NotAllowed
from tests.editing.photos import huge_png, photo, with_archive_behind
from tests.editing.test_drawings import svg

WHOLE = {"edition.toml": b"x"} | {f"{n:02}/hatch.md": BLANK_HATCH.format(number=n).encode() for n in range(1, 25)}


def zipped(files, **options):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in files.items():
            made.writestr(name, body, **options)
    return target.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o120777 << 16
    return entry


def test_what_is_packed_is_unpacked_for_another_year_too():
    files = {ContentRef(2026): {"edition.toml": b"x"}}
    files |= {ContentRef(2026, n): {"hatch.md": b"y", "bild.png": photo(20 + n, 20, "PNG")} for n in range(1, 25)}
    target = io.BytesIO()
    pack_edition(files, target)
    assert unpack_edition(target.getvalue(), 2027) == {
        ContentRef(2027, leaf.number): each for leaf, each in files.items()
    }


def test_the_folder_of_the_year_may_be_there_or_not():
    assert unpack_edition(zipped(WHOLE), 2027)[ContentRef(2027)] == {"edition.toml": b"x"}
    assert unpack_edition(zipped({f"2020/{name}": body for name, body in WHOLE.items()}), 2027)[ContentRef(2027, 1)]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"../../x": b""}, "Arkivet har filen ../../x, som inte hör till en kalender. Ta bort den och försök igen."),
        ({"/etc/passwd": b""}, "Arkivet har filen /etc/passwd, som inte hör till en kalender."),
        ({"01/../hatch.md": b""}, "Arkivet har filen 01/../hatch.md, som"),
        ({"01/..\\..\\x.png": b""}, "Arkivet har filen 01/"),
        ({"01/körs.exe": b""}, "Arkivet har filen 01/körs.exe, som"),
        ({"25/hatch.md": b""}, "Arkivet har filen 25/hatch.md, som"),
        ({"01/stor.png": bytes(1_000_001)}, "Arkivet växer orimligt mycket"),
        ({"01/stor.png": bytes(range(256)) * 4000}, "Filen 01/stor.png är större än 1 MB."),
        ({"2026/01/hatch.md": b""}, "Arkivet har två filer som båda är 01/hatch.md."),
        ({f"01/{n}.png": b"" for n in range(500)}, "Arkivet har 525 filer. Högst 500 tas emot."),
        ({"01/x.svg": svg("<script/>")}, "01/x.svg: SVG-filen innehåller <script>"),
        ({"C:\\01\\hatch.md": b""}, "Arkivet har filen C:"),
        ({"\\\\server\\01\\hatch.md": b""}, "Arkivet har filen "),
        ({"//01/hatch.md": b""}, "Arkivet har filen //01/hatch.md, som"),
        ({"01/inre.zip": zipped(WHOLE)}, "Arkivet har filen 01/inre.zip, som"),
        ({"01/inre.png": zipped(WHOLE)}, "01/inre.png: Filen går inte att läsa som bild."),
        ({f"01/{'a' * 300}.png": b""}, f"Arkivet har filen 01/{'a' * 57}, som"),
        ({"01/BILD.png": photo(9, 9, "PNG"), "01/bild.png": b""}, "Arkivet har två filer som båda är 01/bild.png."),
        ({"01/x.png": with_archive_behind()}, "01/x.png: Filen är en bild och något mer"),
        ({"01/x.png": huge_png()}, "01/x.png: Bilden har fler än 50 megapixlar."),
        ({"01/x.png": photo(9, 9)}, "01/x.png: Filen går inte att läsa som bild."),
        ({"01/x.png": b"<html><script>"}, "01/x.png: Filen går inte att läsa som bild."),
    ],
)
def test_what_does_not_belong_in_an_archive_refuses_it(files, sentence):
    options = {"compress_type": zipfile.ZIP_STORED} if sentence.startswith("Filen") else {}
    with pytest.raises(NotAllowed) as refused:
        unpack_edition(zipped(WHOLE | files, **options), 2027)
    assert str(refused.value).startswith(sentence)


def test_a_link_is_no_file():
    with pytest.raises(NotAllowed, match=r"har en länk, 01/bild\.png,"):
        unpack_edition(zipped(WHOLE | {link("01/bild.png"): b"/etc/passwd"}), 2027)


def test_a_bomb_is_refused_without_a_byte_of_it_unpacked(monkeypatch):
    bomb = zipped(WHOLE | {f"{n:02}/bild.png": bytes(990_000) for n in range(1, 25)})
    assert len(bomb) < 100_000
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(NotAllowed, match="växer orimligt mycket"):
        unpack_edition(bomb, 2027)


def test_list_of_very_many_files_is_refused_unread():
    entries = {f"01/{number}.png": b"" for number in range(20_000)}
    body = zipped(entries)
    tracemalloc.start()
    try:
        with pytest.raises(NotAllowed, match=r"^Arkivet har 20000 filer\. Högst 500 tas emot\.$"):
            unpack_edition(body, 2027)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_no_archive_takes_more_memory_than_the_largest_edition():
    bomb = zipped(WHOLE | {f"{n:02}/{m}.png": bytes(990_000) for n in range(1, 25) for m in range(15)})
    tracemalloc.start()
    try:
        with pytest.raises(NotAllowed, match="MB uppackat"):
            unpack_edition(bomb, 2027)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_two_files_of_one_name_are_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made, pytest.warns(UserWarning, match="Duplicate name"):
        for name, body in [*WHOLE.items(), ("01/hatch.md", b"another")]:
            made.writestr(name, body)
    with pytest.raises(NotAllowed, match=r"två filer som båda är 01/hatch\.md"):
        unpack_edition(target.getvalue(), 2027)


def test_what_is_too_much_together_is_refused(monkeypatch):
    monkeypatch.setattr(archive, "_LARGEST_TOTAL", 1000)
    with pytest.raises(NotAllowed, match="MB uppackat"):
        unpack_edition(zipped(WHOLE), 2027)


def test_an_archive_that_lies_about_its_sizes_is_refused():
    honest = zipped(WHOLE | {"01/bild.png": bytes(5000)})
    size = (5000).to_bytes(4, "little")
    with pytest.raises(NotAllowed):
        unpack_edition(honest.replace(size, (10).to_bytes(4, "little")), 2027)


@pytest.mark.parametrize("body", [b"", b"x" * 100, zipped(WHOLE)[:-40]])
def test_what_is_no_archive_says_so(body):
    with pytest.raises(NotAllowed, match="går inte att läsa som ZIP-arkiv"):
        unpack_edition(body, 2027)


def test_what_is_missing_is_named():
    with pytest.raises(NotAllowed, match=r"saknar 07/hatch\.md"):
        unpack_edition(zipped({name: body for name, body in WHOLE.items() if name != "07/hatch.md"}), 2027)
    with pytest.raises(NotAllowed, match=r"saknar edition\.toml"):
        unpack_edition(zipped({"01/hatch.md": b""}), 2027)


def test_crash_in_middle_of_write_leaves_text_that_was(tmp_path, monkeypatch):
    leaf, folder = ContentRef(2027, 1), tmp_path / "2027" / "01"
    folder.mkdir(parents=True)
    store.write_atomically(tmp_path, leaf, {"hatch.md": b"gammal", "a.png": b"1"})
    monkeypatch.setattr(store.Path, "replace", lambda *_: pytest.fail("crash"))
    with pytest.raises(pytest.fail.Exception):
        store.write_atomically(tmp_path, leaf, {"hatch.md": b"ny", "b.png": b"2"})
    assert store.read_files(tmp_path, leaf) == {"hatch.md": b"gammal", "a.png": b"1"}

"""An honest draw holds for each of the checkers, and one changed byte for none of them."""

import pytest

from tests.conftest import on_sqlite
from tests.draw.attacks.outsider import faults


def test_the_files_of_an_honest_draw_hold(cast, reach, published, told, verify):
    reach("finished")
    assert faults(published()) == set()
    assert told(published(), signature=True).endswith("Allt stämmer.\n")
    assert verify()[0] == 0


@on_sqlite
@pytest.mark.parametrize(
    ("name", "before", "sentence"),
    [
        ("lista.txt", b"\nmjk-2026\n", "the list is not the locked one"),
        ("regler.txt", b"Reg", "the rules are not the locked ones"),
        ("lasbevis.txt", b"vinster: ", "the protocol has another låsbevis"),
        ("protokoll.json", b'"slumptal": "', "the value is not its signature's"),
        ("protokoll.json", b'"fro": "', "the seed is another"),
        ("protokoll.json", b'"nyckel": "', "the ranking is another"),
    ],
)
def test_one_changed_byte_in_any_file_is_found(cast, reach, published, told, name, before, sentence):
    reach("finished")
    files = published()
    at = files[name].index(before) + len(before)
    changed = b"1" if files[name][at : at + 1] == b"0" else b"0"
    tampered = files | {name: files[name][:at] + changed + files[name][at + 1 :]}
    assert sentence in faults(tampered)
    assert name in told(tampered).partition("FEL: ")[2]

"""protokoll.json of Öppen dragning v2."""

import json

import pytest

from app.draw import verifiera
from app.spec import record
from app.spec.record import DrawResult, MailCounts, Skip, Winner, record_parts
from tests.oracles import read_record
from tests.spec import k4


def protocol(**changes):
    """K4's protocol as an object, changed."""
    return json.loads(k4.k4_files()["protokoll.json"]) | changes


def test_protocol_holds_the_four_texts():
    found = protocol()
    assert [*found] == [*record.TEXTS, "signatur", "slumptal", "fro", "ordning", "forbigangna", "vinnare", "mejl"]
    files = k4.k4_files()
    for name in record.TEXTS:
        assert found[name].encode() == files[name]
    assert found["ordning"] == [ticket for ticket, _ in k4.RANKING]
    assert found["vinnare"] == [{"plats": 2, "lott": k4.BO, "tid": "2023-08-25T08:00:00Z"}]
    assert found["mejl"] == {"skickade": 7, "fore_tidpunkt": 7, "vittnen": 0}


def test_the_protocol_is_read_back():
    texts, result = read_record(k4.k4_files()["protokoll.json"])
    assert texts == {name: data for name, data in k4.k4_files().items() if name in record.TEXTS}
    assert result == k4.k4_result()


def test_name_needs_the_winners_consent():
    winner = Winner(2, k4.BO, "2023-08-25T08:00:00Z", "Bo, Borås")
    _, result = read_record(k4.k4_files(vinnare=[winner])["protokoll.json"])
    assert result.vinnare == [winner]


def test_parts_need_not_be_in_memory():
    texts = {name: iter(["å\n", '"\\\u2028', "\x01"]) for name in record.TEXTS}
    result = DrawResult("0" * 96, "0" * 64, "0" * 64, iter(()), (), (), MailCounts(0, 0, 0))
    texts_back, found = read_record("".join(record_parts(texts, result)).encode())
    assert set(texts_back.values()) == {'å\n"\\\u2028\x01'.encode()}
    assert found.ordning == []


@pytest.fixture
def refused(tmp_path, capsys):
    """Whether verifiera.py finds a fault in a protokoll.json and says so in words."""

    def refused(data):
        (tmp_path / "protokoll.json").write_bytes(data)
        code = verifiera.main([str(tmp_path)])
        return code == 1 and capsys.readouterr().out.startswith("FEL: ")

    return refused


@pytest.mark.parametrize(
    "changes",
    [
        {"mer": 1},
        {"lista.txt": 5},
        {"signatur": "00"},
        {"slumptal": None},
        {"fro": "F" * 64},
        {"ordning": [5]},
        {"ordning": {}},
        {"forbigangna": [{"plats": 1, "skal": "tackar nej", "tid": "2023-08-24T08:00:00Z"}]},
        {"forbigangna": [vars(Skip(1, "för långsam", "2023-08-24T08:00:00Z", "2023-08-24T08:00:00Z"))]},
        {"forbigangna": [vars(Skip(1, "tackar nej", "2023-08-24T08:00:00Z", None))]},
        {"vinnare": [{"plats": 0, "lott": k4.BO, "tid": "2023-08-25T08:00:00Z"}]},
        {"vinnare": [{"plats": True, "lott": k4.BO, "tid": "2023-08-25T08:00:00Z"}]},
        {"vinnare": [{"plats": 1, "lott": k4.BO, "tid": "i går"}]},
        {"vinnare": [{"plats": 1, "lott": k4.BO, "tid": "2023-08-25T08:00:00Z", "adress": "x"}]},
    ],
)
def test_verifiera_refuses_protocol_of_another_form(refused, changes):
    assert refused(json.dumps(protocol(**changes)).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"{", b"[" * 5_000, b'{"fro": 1, "fro": 1}'])
def test_verifiera_refuses_what_is_no_protocol(refused, data):
    assert refused(data)


def test_withdrawn_entry_needs_no_letter():
    skip = Skip(1, "återkallad", "2023-08-23T16:00:01Z", None)
    _, result = read_record(k4.k4_files(forbigangna=[skip])["protokoll.json"])
    assert result.forbigangna == [skip]

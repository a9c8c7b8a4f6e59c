"""The public files of a draw, byte for byte. The values are K4 and K5 of the specification."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw import protocol, selection
from app.draw.protocol import Proof

LIST = [
    ("09cf900ee82e5400daa022a85e4c6d50f9bb0d06f146ea532e3af6c455721b47", True),
    ("bae73b8b1817b6123fb9348109b6b169e7a69210de00fcb096d730f8fe881279", True),
    ("be90666da81189a4e0efbd43e2fcb287a2745b976d4d648a5cb0fe4c40826eea", True),
    ("c3be53f85feafff72629ea668d20bad73c6219a8ddb762a2249faa02394366f4", False),
    ("cbb0e1a6d99ae63c5c2e0d5be31eaf285288ce5d49da9e74d1590627d5ffec49", True),
    ("e4fa6f2b852ea1ec941f110611cf557f54256171571715956f9d0e52cde37e0e", True),
]
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
PROOF = Proof(
    tavling="mjk-test-2026",
    last="2023-08-21T12:00:00Z",
    antal_med=5,
    antal_strukna=1,
    lista_sha256="09ba43185f7c40eeb1c1d440f3ca538786366d7cf16f64c6a0b93131c9be347c",
    regler_sha256="0760c9f919466d8d108a107837cbeb815965a8deb7ff511842790684313bf529",
    vinster=1,
    kalla="drand-quicknet",
    kedja="52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    runda=1000,
    tidpunkt="2023-08-23T15:59:24Z",
)


def test_the_list_file_is_as_the_specification_has_it():
    text = "".join(protocol.list_lines("mjk-test-2026", LIST))
    assert text.splitlines()[:3] == ["oppen-dragning/v1/lista", "mjk-test-2026", f"{LIST[0][0]} med"]
    assert text.splitlines()[5] == f"{LIST[3][0]} struken"
    assert len(text.encode()) == 456
    assert protocol.checksum([text]) == "09ba43185f7c40eeb1c1d440f3ca538786366d7cf16f64c6a0b93131c9be347c"


def test_the_list_is_summed_line_by_line_as_when_whole():
    whole = "".join(protocol.list_lines("mjk-test-2026", LIST))
    assert protocol.checksum(protocol.list_lines("mjk-test-2026", iter(LIST))) == protocol.checksum([whole])


def test_a_list_without_tickets_still_names_its_contest():
    assert [*protocol.list_lines("tom", [])] == ["oppen-dragning/v1/lista\n", "tom\n"]


def test_the_checksum_of_the_rules_is_as_the_specification_has_it():
    rules = "0760c9f919466d8d108a107837cbeb815965a8deb7ff511842790684313bf529"
    assert protocol.checksum(["Testregler.\n"]) == rules


def test_the_lasbevis_is_as_the_specification_has_it():
    text = protocol.proof_text(PROOF)
    assert text.startswith(
        "oppen-dragning/v1/lasbevis\ntavling: mjk-test-2026\nlast: 2023-08-21T12:00:00Z\nantal-med: 5\n"
    )
    assert text.endswith("\nrunda: 1000\ntidpunkt: 2023-08-23T15:59:24Z\n")
    assert len(text.encode()) == 414
    assert protocol.checksum([text]) == "153597c4a4f3fc79297e212643d93b3028326ce2f7a647f5ee8ee12d5a43fd70"


def test_the_entropy_of_a_drand_round_names_source_round_and_value():
    assert protocol.drand_entropy("drand-quicknet", 1000, RANDOMNESS) == f"drand-quicknet:1000:{RANDOMNESS}"


def test_a_lasbevis_for_lotto_has_room_in_the_format():
    first_eight = protocol.proof_text(PROOF).splitlines()[:8]
    text = "\n".join([*first_eight, "kalla: svenskaspel-lotto1", "dragning: 2023-08-26", ""])
    assert len(text.encode()) == 324
    assert protocol.checksum([text]) == "3a3bb63ecca9ea1bdec7c20bfb614952ac73a7b8f8e1b627bee7e3f035005b73"


def test_a_fingerprint_is_the_start_of_a_checksum_in_four_groups():
    assert protocol.fingerprint("153597c4a4f3fc79297e212643d93b30") == "1535 97c4 a4f3 fc79"


def seed_of(parts: list[str]) -> bytes:
    """The seed from list, rules, round and value, the way that the draw goes."""
    listed, rules, number, randomness = parts
    proof = replace(
        PROOF, lista_sha256=protocol.checksum([listed]), regler_sha256=protocol.checksum([rules]), runda=number
    )
    entropy = protocol.drand_entropy("drand-quicknet", number, randomness)
    return selection.seed(protocol.checksum([protocol.proof_text(proof)]), entropy)


PARTS = ["".join(protocol.list_lines("mjk-test-2026", LIST)), "Testregler.\n", "1000", RANDOMNESS]


def test_the_parts_together_give_the_seed_of_the_specification():
    assert seed_of(PARTS).hex() == "0ce1e7d0e79f8cf81ecb12fefe7f26352c8e25a7eeaa0222fbafe561e126313d"


@settings(deadline=None)
@given(st.integers(0, 3), st.integers(0), st.integers(0, 6))
def test_one_flipped_bit_in_list_rules_round_or_value_changes_the_seed(part, place, bit):
    changed = bytearray(PARTS[part].encode())
    changed[place % len(changed)] ^= 1 << bit
    parts = [*PARTS[:part], changed.decode(), *PARTS[part + 1 :]]
    assert seed_of(parts) != seed_of(PARTS)

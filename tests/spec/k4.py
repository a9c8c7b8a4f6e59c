"""K4 of Öppen dragning v2, with every figure that the specification gives."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from app.contest.entries import canonical_email, make_ticket
from app.spec import beacon, files, lines, log, record, selection

CONTEST, RIGHT, SALT = "mjk-test-2026", "2030", "00112233445566778899aabbccddeeff"
CLOSES = "2023-08-20T21:59:59Z"
RULES = "Testregler.\n"
# Receipt code, address, answer, ticket and status, in the order received, from 06:01:00Z on, one a minute.
ENTRIES = (
    (
        "0123456789ABCDEFGHJKMNPQRS",
        "anna@example.se",
        "2030",
        "e22c02bd86a48209c7a85d28162da4c090b6fe51bf8ae9db31fdfef85f7770f5",
        True,
    ),
    (
        "7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z7Z",
        "bo@example.se",
        "2030",
        "1f6d264e5b541c03ea8e661df1035f8c535f8d9ed2f9b39b7a6031c678b5ebf7",
        True,
    ),
    (
        "AAAAAAAAAAAAAAAAAAAAAAAAAA",
        "cecilia@example.se",
        "2030",
        "714c12c09d8a86539ada88a76c47276968710a883be79e8495b32efeea95b90b",
        True,
    ),
    (
        "BBBBBBBBBBBBBBBBBBBBBBBBBB",
        "david@xn--rksmrgs-5wao1o.se",
        "2030",
        "c0c0f7dc2b14cb28ab1cb09568110a43338384c7691ce1092b3a49da22b513d7",
        True,
    ),
    (
        "CCCCCCCCCCCCCCCCCCCCCCCCCC",
        "eva+jul@example.se",
        "2030",
        "58602d3dc570454ee45051668a3b523c31a2e1b6d6f7e910a16146dee7d57a97",
        True,
    ),
    (
        "DDDDDDDDDDDDDDDDDDDDDDDDDD",
        "anna@example.se",
        "2027",
        "dfa0e8a149fa5664b989837d8006b1b342e1a505f7e6b1c2f351ed30a28870b9",
        False,
    ),
    (
        "EEEEEEEEEEEEEEEEEEEEEEEEEE",
        "fia@example.se",
        "2027",
        "0686bc5fe5d42c0c3dcefba82dbfb6f541e8bf298c92ecc10abb6ee08f132bc4",
        False,
    ),
)
ANNA, BO, CECILIA, DAVID, EVA = (entry[3] for entry in ENTRIES[:5])
RULES_SUM = "0760c9f919466d8d108a107837cbeb815965a8deb7ff511842790684313bf529"
ANSWER_SUM = "1157997c9bea594de1ea7229c10c7389d3fe7eb451b0812dd5b05256579b95ed"
TERMS_SUM = "68b550941d1daa9885d66d4ab5de78e2a800b490414dba41f906ce5b367c6ab0"
FIRST_RECORD = (
    '{"kvitto":"8463be975c196cea01f56444bb8b0677476b3d7ed288a29f148747a71dc983de","nr":1,'
    '"tid":"2023-08-10T06:01:00Z","typ":"bidrag"}'
)
FIRST_HEAD = "aff47cbdb186f734516af646c18415cee7ca6d3e9ff670ce00d81b10c147ede6"
SEVENTH_HEAD = "904bc0486fb5b909f9850ba74823d841e266c6258e6950c627139d27983ecff4"
LIST_SUM = "2479138f8db17d06c4f6306a46fbd08d7eb136d39e2befd4de62dde50724bb07"
PROOF_SUM = "cb60ef4d532e11c92defff4ac1c07b3ff4a4cea8a05437cd00925f58b715d6e6"
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
SEED = "18276d99c76193419b40e903c9a2482abd22ebb0e25720964aa131461ae85876"
RANKING = (
    (EVA, "69c0781f39fc63caba7aa5efc3afbb61fe1ef572d7ce544dde94b65c7b232952"),
    (BO, "7762b7cd001c512e60ec551778c04e519fc397f01ba15eaa5a5595a0f702adcc"),
    (CECILIA, "b5608c52a70f0047d4dc0c5bd9a1fc3c7fc1260001b5b4696a1e2ec4d928cd09"),
    (ANNA, "e03477020f82d017cfc45069412c050b77a574774468cd8e86648286316e9dec"),
    (DAVID, "f468e68ef9534a551ddbc45922492fa82eddbcb5005208289d8177eb8e1e14fa"),
)


def k4_tickets() -> list[str]:
    """The tickets as the program makes them, in the order received."""
    return [make_ticket(CONTEST, code, canonical_email(email), answer) for code, email, answer, _, _ in ENTRIES]


def k4_terms(**changes: str | int) -> str:
    fields = {
        "tavling": CONTEST,
        "oppnar": "2023-08-10T06:00:00Z",
        "stanger": CLOSES,
        "regler_sha256": lines.checksum([RULES]),
        "svar_sha256": files.answer_sum(CONTEST, RIGHT, SALT),
        "vinster": 1,
        "kalla": beacon.QUICKNET.name,
        "kedja": beacon.QUICKNET.hash,
        "runda": 1000,
        "tidpunkt": lines.format_time(beacon.time_of(beacon.QUICKNET, 1000)),
    }
    return files.terms_text(files.Terms(**(fields | changes)))  # type: ignore[arg-type]


def k4_list() -> str:
    rows = [(ticket, counts) for _, _, _, ticket, counts in ENTRIES]
    return "".join(files.list_lines(CONTEST, sorted(rows)))


def k4_records() -> list[tuple[str, str]]:
    """(head, text) of the seven entries' records."""
    head, found = log.START, []
    for number, (code, *_) in enumerate(ENTRIES, 1):
        kvitto, at = log.receipt_sum(code), f"2023-08-10T06:{number:02}:00Z"
        body = log.make_record(number, at, log.RecordKind.ENTERED, kvitto=kvitto)
        head = log.next_head(head, body)
        found.append((head, body))
    return found


def k4_proof(**changes: str | int) -> str:
    number, (head, _) = len(ENTRIES), k4_records()[-1]
    fields = {
        "tavling": CONTEST,
        "tavling_sha256": lines.checksum([k4_terms()]),
        "last": "2023-08-23T03:59:24Z",
        "logg": f"{number} {head}",
        "antal_med": 5,
        "antal_strukna": 2,
        "lista_sha256": lines.checksum([k4_list()]),
        "svar": RIGHT,
        "salt": SALT,
        "runda": 1000,
        "tidpunkt": "2023-08-23T15:59:24Z",
    }
    return files.proof_text(files.Proof(**(fields | changes)))  # type: ignore[arg-type]


# What the organiser and the program did after the entries came: place 1 declined, place 2 won.
ACTS = (
    ("2023-08-23T03:59:24Z", "last", {"lasbevis": PROOF_SUM}),
    ("2023-08-23T16:00:00Z", "dragen", {"runda": 1000, "slumptal": RANDOMNESS, "fro": SEED}),
    ("2023-08-23T16:00:05Z", "brev", {"plats": 1}),
    ("2023-08-24T08:00:00Z", "forbigangen", {"plats": 1, "skal": "tackar nej"}),
    ("2023-08-24T08:00:05Z", "brev", {"plats": 2}),
    ("2023-08-25T08:00:00Z", "vinnare", {"plats": 2}),
)


def k4_log(acts: Iterable[tuple[str, str, dict[str, str | int]]] = ACTS) -> str:
    """The log file: the seven entries, and then what `acts` say."""
    records = k4_records()
    for at, kind, fields in acts:
        body = log.make_record(len(records) + 1, at, log.RecordKind(kind), **fields)
        records.append((log.next_head(records[-1][0], body), body))
    return "".join(log.log_line(head, body) for head, body in records)


def k4_result(**changes: object) -> record.DrawResult:
    fields = {
        "signatur": SIGNATURE,
        "slumptal": RANDOMNESS,
        "fro": SEED,
        "ordning": [ticket for ticket, _ in RANKING],
        "forbigangna": [record.Skip(1, "tackar nej", "2023-08-24T08:00:00Z", "2023-08-23T16:00:05Z")],
        "vinnare": [record.Winner(2, BO, "2023-08-25T08:00:00Z")],
        "mejl": record.MailCounts(7, 7, 0),
    }
    return record.DrawResult(**(fields | changes))  # type: ignore[arg-type]


def with_protocol(files: dict[str, bytes], result: record.DrawResult) -> dict[str, bytes]:
    """Files with a protocol that has their texts."""
    parts = record.record_parts({name: [files[name].decode()] for name in record.TEXTS}, result)
    return files | {"protokoll.json": "".join(parts).encode()}


def k4_files(**changes: object) -> dict[str, bytes]:
    """Every published file of the contest; `changes` are those of the result."""
    texts = {"tavling.txt": k4_terms(), "regler.txt": RULES, "lista.txt": k4_list(), "lasbevis.txt": k4_proof()}
    files = {name: text.encode() for name, text in (texts | {"logg.txt": k4_log()}).items()}
    return with_protocol(files, k4_result(**changes))


def redrawn(
    changes: Mapping[str, str | int],
    terms: Mapping[str, str | int] | None = None,
    signature: str = SIGNATURE,
) -> tuple[dict[str, bytes], str]:
    """A contest with other terms and another låsbevis, drawn by the book from any signature; and its checksum."""
    text = k4_terms(**(terms or {}))
    proof = k4_proof(**({"tavling_sha256": lines.checksum([text])} | changes))
    checksum, value = lines.checksum([proof]), sha256(bytes.fromhex(signature)).hexdigest()
    found = files.read_proof(proof.encode())
    source = files.read_terms(text.encode()).kalla
    seed = selection.make_seed(checksum, selection.entropy_string(source, found.runda, value))
    order = [*selection.order_tickets(seed, [ticket for *_, ticket, counts in ENTRIES if counts])]
    acts: list[tuple[str, str, dict[str, str | int]]] = [
        (found.last, "last", {"lasbevis": checksum}),
        (found.tidpunkt, "dragen", {"runda": found.runda, "slumptal": value, "fro": seed.hex()}),
    ]
    texts = {"tavling.txt": text, "regler.txt": RULES, "lista.txt": k4_list(), "lasbevis.txt": proof}
    published = {name: text.encode() for name, text in (texts | {"logg.txt": k4_log(acts)}).items()}
    drawn = {"signatur": signature, "slumptal": value, "fro": seed.hex(), "ordning": order}
    return with_protocol(published, k4_result(**drawn, forbigangna=[], vinnare=[])), checksum

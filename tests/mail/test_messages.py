"""What the calendar writes: the same words twice, a header that says what it should and nothing that it should not."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest
from bs4 import BeautifulSoup

from app.calendar.content import read_edition
from app.mail import messages
from app.mail.messages import Received, Sender
from tests.conftest import ROOT, swedish

EDITION = read_edition(ROOT / "calendar_content" / "2026")
CONTEST = EDITION.contest
ORGANISER = EDITION.file.organiser
CODE, GROUPED = "ABCDE12345FGHJK67890MNPQRS", "ABCDE-12345-FGHJK-67890-MNPQRS"
TICKET = "0123456789abcdef" * 4
SITE = "https://kalender.example.se"
RECEIVED = Received(CODE, TICKET, swedish("2026-12-10 09:00"), repeated=False)
NOW = swedish("2026-12-10 09:01")
RECEIPT = messages.receipt(EDITION, CONTEST, RECEIVED, SITE)
REPEATED = messages.receipt(EDITION, CONTEST, replace(RECEIVED, repeated=True), SITE)
WINNER = messages.winner(EDITION, CONTEST, TICKET, swedish("2026-12-22 12:30"), SITE)
SENDER = Sender(EDITION.file.title, "kalender@example.se", ORGANISER.email, SITE)
ALL = pytest.mark.parametrize("letter", [RECEIPT, REPEATED, WINNER], ids=["receipt", "repeated", "winner"])


def sent(letter=RECEIPT, sender=SENDER, recipient="anna@example.se", name="kvitto.7.0123") -> EmailMessage:
    """A letter as it arrives: through bytes, with the line ends of SMTP."""
    composed = messages.message(letter, sender, recipient, name, NOW)
    return message_from_bytes(composed.as_bytes(policy=policy.SMTP), policy=policy.default)


def part(mail: EmailMessage, kind: str) -> str:
    return mail.get_body((kind,)).get_content().replace("\r\n", "\n")


def words(text: str) -> list[str]:
    return text.split()


@ALL
def test_the_plain_text_comes_first_and_the_html_says_the_same(letter):
    mail = sent(letter)
    assert [each.get_content_type() for each in mail.iter_parts()] == ["text/plain", "text/html"]
    body = BeautifulSoup(part(mail, "html"), "html.parser").body
    assert words(body.get_text(" ")) == words(part(mail, "plain"))
    assert part(mail, "plain") == letter.text


@ALL
def test_every_address_in_the_html_leads_where_it_says(letter):
    links = BeautifulSoup(letter.html, "html.parser").find_all("a")
    assert links
    assert all(link["href"] == link.get_text() and link["href"].startswith(SITE) for link in links)


def test_swedish_survives_the_journey():
    mail = sent()
    assert mail["Subject"] == "Kvitto på ditt bidrag i Miljöjulkalendern 2026"
    assert mail["From"].addresses[0].display_name == "Miljöjulkalendern 2026"
    assert "är mottaget torsdag 10 december 2026 kl. 09.00." in part(mail, "plain")
    assert "Göteborgsregionens kommunalförbund" in part(mail, "html")
    assert (mail["Content-Language"], mail.get_body(("plain",)).get_content_charset()) == ("sv", "utf-8")


@ALL
def test_what_goes_over_the_wire_is_short_lines_of_ascii_that_a_person_could_read(letter):
    raw = messages.message(letter, SENDER, "anna@example.se", "n", NOW).as_bytes(policy=policy.SMTP)
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 100
    assert raw.count(b"Content-Transfer-Encoding: quoted-printable") == 2
    assert b"\r\nHej!\r\n" in raw


@ALL
def test_plain_text_is_paragraphs_without_a_trace_of_html(letter):
    assert "<" not in letter.text
    assert "\n\n\n" not in letter.text
    assert letter.text.endswith(f"\n\n{ORGANISER.name}\n")


def test_a_receipt_says_what_a_person_needs():
    for needed in (GROUPED, TICKET, f"{SITE}/mitt-bidrag", f"{SITE}/2026/dragning", ORGANISER.email):
        assert needed in RECEIPT.text
    assert "Tävlingen stänger söndag 20 december 2026 kl. 23.59.59." in RECEIPT.text
    assert "Tidigast tisdag 22 december 2026 kl. 12.00 lottas vinnaren" in RECEIPT.text
    assert "ta tillbaka bidraget" in RECEIPT.text
    assert "Vi ber aldrig om kortnummer, BankID eller betalning." in RECEIPT.text


def test_only_a_repeated_address_is_told_so_and_nothing_else_differs():
    line = "Vi har fått mer än ett bidrag från dig."
    assert line not in RECEIPT.text
    assert line in REPEATED.text
    assert [each for each in REPEATED.parts if each not in RECEIPT.parts] == [
        f"{line} Det första räknas i dragningen. Det här är kvittot på ett av dem."
    ]
    assert REPEATED.subject == RECEIPT.subject


def test_a_winner_is_told_the_prize_the_ticket_and_the_last_day_to_answer():
    assert "Du har vunnit dubbdäck till cykeln" in WINNER.text
    assert TICKET in WINNER.text
    assert "senast tisdag 12 januari 2027 kl. 23.59 " in WINNER.text
    assert "Vi ber aldrig om kortnummer, BankID eller betalning." in WINNER.text
    assert GROUPED not in WINNER.text


def test_the_last_day_to_answer_is_swedish_even_just_after_midnight():
    letter = messages.winner(EDITION, CONTEST, TICKET, swedish("2026-12-23 00:30"), SITE)
    assert "senast onsdag 13 januari 2027 kl. 23.59 " in letter.text


@pytest.mark.parametrize(
    ("title", "shown"),
    [("Ett presentkort", "ett presentkort"), ("SJ-biljett", "SJ-biljett"), ("2 reflexer", "2 reflexer"), ("A", "A")],
)
def test_a_prize_stands_in_its_sentence_with_the_letters_it_should_have(title, shown):
    prize = CONTEST.prizes[0].model_copy(update={"title": title})
    contest = CONTEST.model_copy(update={"prizes": (prize, prize)})
    letter = messages.winner(EDITION, contest, TICKET, NOW, SITE)
    assert f"Du har vunnit {shown} eller {shown}." in letter.text


def test_the_headers_say_who_writes_and_that_no_machine_need_answer():
    mail = sent()
    assert mail["From"].addresses[0].addr_spec == "kalender@example.se"
    assert str(mail["To"]) == "anna@example.se"
    assert str(mail["Reply-To"]) == ORGANISER.email
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<kvitto.kalender.example.se>"
    assert mail["Message-ID"] == "<kvitto.7.0123@kalender.example.se>"
    assert parsedate_to_datetime(mail["Date"]) == NOW
    assert [name for name in mail if list(mail).count(name) > 1] == []


def test_a_second_try_has_the_same_message_id_and_date():
    assert (sent()["Message-ID"], sent()["Date"]) == (sent()["Message-ID"], sent()["Date"])
    assert sent(name="kvitto.8.0123")["Message-ID"] != sent()["Message-ID"]


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://miljöjul.example.se", "xn--miljjul-d1a.example.se"),
        ("https://kalender.example.se:8443/jul", "kalender.example.se"),
        ("http://127.0.0.1:5000", "localhost"),
        ("http://[::1]:5000", "localhost"),
    ],
)
def test_the_site_has_a_name_that_mail_servers_know(public_url, host):
    assert messages.host(public_url) == host
    assert sent(sender=replace(SENDER, public_url=public_url))["Message-ID"].endswith(f"@{host}>")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_a_line_feed_in_a_title_or_name_adds_no_header(end):
    title = f"Kalendern{end}Bcc: alla@example.se"
    edition = replace(EDITION, file=EDITION.file.model_copy(update={"title": title}))
    mail = sent(messages.receipt(edition, CONTEST, RECEIVED, SITE), replace(SENDER, name=title))
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Kvitto på ditt bidrag i Kalendern Bcc: alla@example.se"
    assert [address.addr_spec for address in mail["From"].addresses] == ["kalender@example.se"]


@pytest.mark.parametrize("name", ["Jul <falsk@example.se>", 'Jul", falsk@example.se', "a@b, c@d", "Jul; (x"])
def test_a_name_stays_a_name_whatever_it_holds(name):
    (address,) = sent(sender=replace(SENDER, name=name))["From"].addresses
    assert (address.display_name, address.addr_spec) == (name, "kalender@example.se")


@pytest.mark.parametrize(
    "recipient",
    [
        "anna@example.se\nBcc: alla@example.se",
        "anna@example.se, bo@example.se",
        "a,b@example.se",
        "a>b@example.se",
        "a(b@example.se",
        "a;b@example.se",
        'a"b@example.se',
        "anna@falsk.se@example.se",
        "Anna <anna@example.se>",
        "@example.se",
        "anna",
        "",
    ],
)
def test_an_address_that_is_not_exactly_one_address_is_never_written_to(recipient):
    with pytest.raises(ValueError, match=r"address|Header values"):
        messages.message(RECEIPT, SENDER, recipient, "n", NOW)


@pytest.mark.parametrize("recipient", ["åsa@example.se", "o'brien@example.se", "a+b@xn--rksmrgs-5wao1o.se"])
def test_an_unusual_address_is_kept_letter_for_letter(recipient):
    mail = messages.message(RECEIPT, SENDER, recipient, "n", NOW)
    assert f"\r\nTo: {recipient}\r\n".encode() in mail.as_bytes(policy=policy.SMTPUTF8)


def test_a_senders_domain_with_swedish_letters_goes_as_ascii():
    mail = sent(sender=replace(SENDER, address="jul@räksmörgås.se", reply_to="svar@räksmörgås.se"))
    assert mail["From"].addresses[0].addr_spec == "jul@xn--rksmrgs-5wao1o.se"
    assert mail["Reply-To"].addresses[0].addr_spec == "svar@xn--rksmrgs-5wao1o.se"


def test_what_an_edition_says_is_text_in_the_html():
    edition = replace(EDITION, file=EDITION.file.model_copy(update={"title": "<b>Jul & ris</b>"}))
    html = messages.receipt(edition, CONTEST, RECEIVED, SITE).html
    assert "<b>" not in html
    assert "&lt;b&gt;Jul &amp; ris&lt;/b&gt;" in html

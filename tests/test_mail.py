"""Letters, and the dialogue that hands them over: against a server that really takes mail."""

from __future__ import annotations

import contextlib
import dataclasses
import email.policy
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp import delivering
from blogapp.channels import letters, mail, servers, webhook
from blogapp.channels.mail import Times
from blogapp.channels.notices import Notice
from blogapp.channels.outcomes import Outcome
from blogapp.channels.servers import Encryption, MailServer
from blogapp.claims import LEASE

from .mailbox import MAILBOX_PASSWORD, SLOW, USER, Mailbox, Mood, certificate, free_port, served_by

NOTICE = Notice(
    reference="ABCD-EFGH",
    occasion="received",
    received_at=datetime(2026, 3, 14, 9, 0, tzinfo=UTC),
    name="Vera",
    email="vera@example.org",
    body="A project.\n\nOf some size.",
    site="My blog",
    link="https://blog.example/admin/messages/7",
    receipt="https://blog.example/r/secret",
    article="Hello",
    article_url="https://blog.example/blog/hello",
)
SHORT = Times(until=10, letter=10)
FIELDS = {
    *("From", "To", "Subject", "Reply-To", "Date", "Message-ID", "Auto-Submitted"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
}
# What programs take for the end of a line or for a word in another encoding, and other trouble.
TROUBLE = [
    *("\r\nBcc: all@example.org", "\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85"),
    *("\u2028", "\u2029", "\0", "\x7f", "=?utf-8?q?=0ABcc:all@example.org?=", "=?", "?="),
    *("\ud800", ",", ";", "<", ">", '"', "(", "\\", "é", "日本", "@", " "),
]
texts = st.lists(st.one_of(st.text(), st.sampled_from(TROUBLE))).map("".join)


def to_author(**changes: Any) -> bytes:
    notice = dataclasses.replace(NOTICE, **changes)
    letter = letters.to_author(notice, sender="blog@blog.example", to="sam@blog.example")
    return letter.as_bytes()


def read(raw: bytes) -> EmailMessage:
    """Read a letter as a program does, with lines as we write them."""
    return message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=email.policy.default)


def test_a_letter_tells_all_of_a_message_and_leads_to_it() -> None:
    letter = read(to_author())

    assert letter["From"] == "blog@blog.example" and letter["To"] == "sam@blog.example"
    assert letter["Reply-To"] == "vera@example.org"
    assert letter["Subject"] == "Message ABCD-EFGH: Hello"
    assert letter["Message-ID"] == "<abcd-efgh-received.mail@blog.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    text = letter.get_content()
    for told in (
        "Vera <vera@example.org>",
        "> A project.\n>\n> Of some size.",
        "Hello",
        "My blog",
    ):
        assert told in text
    assert "Reference: ABCD-EFGH" in text and NOTICE.link in text and NOTICE.article_url in text


def test_a_line_that_was_added_belongs_to_the_first_letter() -> None:
    first, added = read(to_author()), read(to_author(occasion="added-3", body="And more."))

    assert added["Subject"] == "Added to ABCD-EFGH: Hello"
    assert added["Message-ID"] != first["Message-ID"] == added["References"]
    assert "> And more." in added.get_content()


def test_a_confirmation_holds_no_word_of_the_visitors() -> None:
    letter = letters.to_visitor(NOTICE, sender="blog@blog.example")

    raw = letter.as_bytes().decode()
    assert letter["To"] == "vera@example.org"
    assert letter["Auto-Submitted"] == "auto-replied" and letter["Reply-To"] is None
    assert NOTICE.receipt in raw and NOTICE.reference in raw
    for word in ("Vera", "project", "size", "Hello"):
        assert word not in raw


@given(name=texts, email=texts, body=texts, article=texts)
def test_no_words_make_a_field_of_their_own_or_leave_the_text(
    name: str, email: str, body: str, article: str
) -> None:
    raw = to_author(name=name, email=email, body=body, article=article)

    letter = read(raw)
    assert set(letter.keys()) <= FIELDS and len(letter.keys()) == len(set(letter.keys()))
    assert letter["To"] == "sam@blog.example" and letter["From"] == "blog@blog.example"
    begin = "Message ABCD-EFGH"
    assert letter["Subject"].startswith(begin) and not re.search(r"[\r\n]", letter["Subject"])
    assert all(len(line) <= 998 for line in raw.split(b"\r\n")) and raw.isascii()
    shown = letter.get_content().replace("\r\n", "\n")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)
    for line in body.splitlines():
        kept = re.sub(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f]", "\ufffd", line.rstrip())
        kept = kept.encode("utf-8", "replace").decode()
        assert kept == "" or f"> {kept}" in shown


@given(title=st.text(min_size=1, max_size=140).filter(lambda text: text == " ".join(text.split())))
def test_a_title_stands_in_the_subject_as_it_is_unless_it_is_unfit(title: str) -> None:
    try:
        letters.fit(title)
    except ValueError:
        title = ""

    subject = read(to_author(article=title or "\n"))["Subject"]

    assert subject == (f"Message ABCD-EFGH: {title}" if title else "Message ABCD-EFGH")


@pytest.mark.parametrize("unfit", [each for each in TROUBLE if not re.search(r"[^\s=?]\Z", each)])
def test_what_could_end_a_line_is_refused_in_a_field(unfit: str) -> None:
    if unfit in {" ", "?="}:
        assert letters.fit(unfit) == unfit
        return

    with pytest.raises(ValueError, match="header"):
        letters.fit(f"a{unfit}b")


@pytest.mark.parametrize(
    ("address", "answers_to"),
    [
        ("vera@exämple.org", "vera@xn--exmple-cua.org"),
        ("o'neill+blog@example.org", "o'neill+blog@example.org"),
        ("véra@example.org", None),
        ("vera@example.org, all@example.org", None),
        ('"vera, all"@example.org', None),
        ("vera", None),
    ],
)
def test_an_answer_goes_to_an_address_that_every_server_takes(
    address: str, answers_to: str | None
) -> None:
    letter = read(to_author(email=address))

    assert letter["Reply-To"] == answers_to
    assert address in letter.get_content()


# --- the dialogue -----------------------------------------------------------------------------


def send(server: MailServer, times: Times = SHORT) -> Outcome:
    letter = letters.to_author(NOTICE, sender="blog@blog.example", to="sam@blog.example")
    return mail.send(
        letter,
        server,
        name="blog.example",
        ready=lambda: None,
        times=times,
    )


def plain(box: Mailbox) -> MailServer:
    return servers.mail_server(f"smtp://127.0.0.1:{box.port}")


@pytest.fixture(scope="module")
def own_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(own_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's side of TLS, whose certificate this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate))
    return served_by(own_certificate)


def test_a_letter_arrives_with_our_own_address_around_it() -> None:
    with Mailbox() as box:
        outcome = send(plain(box))

    assert outcome.delivered and outcome.answer == "250 2.0.0 queued as 1"
    assert box.envelopes == [("blog@blog.example", ["sam@blog.example"])]
    assert read(box.letters[0]).get_content() == read(to_author()).get_content()
    assert box.names == ["blog.example"]
    assert outcome.dialogue[-3:] == ("< 250 2.0.0 queued as 1", "> quit", "< 221 Bye")


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        (Mood.BUSY, "421 busy"),
        (Mood.REFUSES, "550 5.1.1 no such person: nothing is taken for sam@blog.example"),
        (Mood.FULL, "452 4.3.1 mailbox full"),
        (Mood.CUT_BEFORE, "broke off the connection"),
        (Mood.CUT_AFTER, "It may have taken the letter; a second copy has the same Message-ID"),
    ],
)
def test_a_server_that_takes_nothing_is_quoted_or_described(mood: Mood, says: str) -> None:
    with Mailbox() as box:
        box.moods = lambda: mood
        outcome = send(plain(box))

    assert not outcome.delivered and says in outcome.answer
    assert ("may have taken" in outcome.answer) == (mood is Mood.CUT_AFTER)


def test_a_server_that_thinks_long_over_a_letter_gets_it_once() -> None:
    """However little it is given for other answers, the end of a letter is another matter."""
    times = Times(answer=SLOW / 3, data=SLOW / 3, block=SLOW / 3, end=10, until=10, letter=10)
    with Mailbox() as box:
        box.moods = lambda: Mood.SLOW
        outcome = send(plain(box), times)

    assert outcome.delivered and len(box.letters) == 1


def test_a_letter_has_its_time_whatever_was_used_up_before_it() -> None:
    with Mailbox() as box:
        box.moods = lambda: Mood.SLOW
        outcome = send(plain(box), Times(until=SLOW, letter=10))

    assert outcome.delivered


def test_the_times_are_what_the_standard_asks_for_and_a_claim_lasts_longer() -> None:
    times = Times()

    assert (times.answer, times.data, times.block, times.end) == (300, 120, 180, 600)
    assert times.letter >= times.data + times.block + times.end
    recorded = sum(delivering.RECORD_AFTER)
    assert max(times.until, times.letter + recorded, webhook.WHOLE) + 120 < LEASE.total_seconds()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"250 yes\x00\x1b[2J \xff", "250 yes\ufffd\ufffd[2J \ufffd"),
        (b"252 whatever", "252 whatever"),
    ],
)
def test_whatever_a_server_says_with_a_yes_it_is_one(said: bytes, answer: str) -> None:
    with scripted({b"MAIL": b"251 all right", b".": said}) as port:
        outcome = send(MailServer("127.0.0.1", port, encryption=Encryption.NONE))

    assert (outcome.delivered, outcome.answer) == (True, answer)
    assert all(line.isprintable() for line in outcome.dialogue)


def test_an_answer_without_an_end_ends_the_dialogue() -> None:
    with scripted({b".": b"250-and\r\n" * 20_000 + b"250 so on"}) as port:
        outcome = send(MailServer("127.0.0.1", port, encryption=Encryption.NONE))

    assert not outcome.delivered and outcome.in_doubt
    assert outcome.answer.startswith("The server’s answer has no end.")


def test_a_password_is_hidden_where_all_goes_well_too_and_before_lines_are_cut() -> None:
    padding = b"x" * 290
    with scripted({b"EHLO": b"250-hi\r\n250 AUTH PLAIN", b".": padding + b" s3cret"}) as port:
        server = MailServer("127.0.0.1", port, "blog", "s3cret", Encryption.NONE)
        outcome = send(server)

    with scripted({b"EHLO": b"250-hi\r\n250 AUTH PLAIN", b"AUTH": b"235 s3cret"}) as port:
        taken = send(MailServer("127.0.0.1", port, "blog", "s3cret", Encryption.NONE))

    assert taken.delivered and "< 235 …" in taken.dialogue
    assert "s3c" not in repr(outcome)


@contextlib.contextmanager
def scripted(answers: dict[bytes, bytes]) -> Iterator[int]:
    """Serve one dialogue at a port, with *answers* to some commands, ``.`` is a letter's end."""
    usual = {b"DATA": b"354 go on", b"QUIT": b"221 bye"} | answers

    def talk() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
            connection.sendall(b"220 hello\r\n")
            is_letter = False
            for line in lines:
                command = line.split()[0].upper() if line.strip() else b""
                if not is_letter or command == b".":
                    connection.sendall(usual.get(command, b"250 well") + b"\r\n")
                    is_letter = command == b"DATA"

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_a_server_that_says_nothing_is_left_when_the_time_is_over() -> None:
    with Mailbox() as box:
        box.moods = lambda: Mood.SILENT
        outcome = send(plain(box), Times(letter=0.3))

    assert not outcome.delivered
    assert "does not answer in time" in outcome.answer and "may have taken" in outcome.answer


def test_a_server_that_is_down_or_nowhere_is_named_with_the_setting() -> None:
    down = send(MailServer("127.0.0.1", free_port(), encryption=Encryption.NONE))
    nowhere = send(MailServer("mail.invalid", 25, encryption=Encryption.NONE))

    assert "refuses connections" in down.answer and "BLOG_MAIL_URL" in down.answer
    assert "There is no address for mail.invalid:25" in nowhere.answer


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_a_letter_and_a_password_go_over_tls(
    trusted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setattr(servers, "is_loopback", lambda host: False)
    from_start = scheme == "smtps"
    tls, starttls = (trusted, None) if from_start else (None, trusted)
    with Mailbox(tls=tls, starttls=starttls, signs_in=True) as box:
        address = f"{scheme}://{USER}:s3cret%2Bword@localhost:{box.port}"
        outcome = send(servers.mail_server(address))

    assert outcome.delivered, outcome
    assert box.signed_in == [USER.encode()] and len(box.letters) == 1
    assert ("> STARTTLS" in outcome.dialogue) == (scheme == "smtp")


def test_a_wrong_password_is_told_as_one_and_shown_nowhere(trusted: ssl.SSLContext) -> None:
    with Mailbox(tls=trusted, signs_in=True) as box:
        outcome = send(MailServer("localhost", box.port, USER, "wr0ng-password", Encryption.TLS))

    assert not outcome.delivered and outcome.answer.startswith("535 ")
    assert "user or password is wrong" in outcome.answer
    assert "wr0ng" not in repr(outcome) and "> AUTH …" in outcome.dialogue


def test_a_certificate_that_nobody_vouches_for_ends_the_dialogue(own_certificate: Path) -> None:
    with Mailbox(tls=served_by(own_certificate), signs_in=True) as box:
        outcome = send(MailServer("localhost", box.port, USER, MAILBOX_PASSWORD, Encryption.TLS))

    assert not outcome.delivered and "certificate" in outcome.answer
    assert box.signed_in == []


def test_a_certificate_of_another_name_ends_the_dialogue(trusted: ssl.SSLContext) -> None:
    with Mailbox(starttls=trusted, signs_in=True) as box:
        outcome = send(MailServer("127.0.0.1", box.port, USER, MAILBOX_PASSWORD))

    assert not outcome.delivered and "Take the name that the certificate is for" in outcome.answer
    assert box.signed_in == []


def test_without_starttls_nothing_is_said_to_a_server_elsewhere() -> None:
    with Mailbox() as box:
        outcome = send(MailServer("127.0.0.1", box.port))

    assert not outcome.delivered and "offers no STARTTLS" in outcome.answer
    assert box.letters == []


def test_tls_at_the_wrong_port_is_told_with_scheme_and_port() -> None:
    with Mailbox() as box:
        outcome = send(MailServer("127.0.0.1", box.port, encryption=Encryption.TLS))

    assert "Check scheme and port in BLOG_MAIL_URL" in outcome.answer


def test_a_password_that_a_server_repeats_is_taken_out() -> None:
    server = MailServer("localhost", 25, "blog", "s3cret")
    plain_auth = "AGJsb2cAczNjcmV0"  # \0blog\0s3cret

    said = mail._hidden(f"500 what is AUTH PLAIN {plain_auth}, s3cret, czNjcmV0?", server)

    assert said == "500 what is AUTH PLAIN …, …, …?"

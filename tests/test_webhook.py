"""The webhook: what is posted, how it is signed, and what counts as delivered."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blogapp.channels import servers, webhook
from blogapp.channels.deadlines import Deadline
from blogapp.channels.outcomes import Outcome
from blogapp.channels.webhook import Event

from .mailbox import certificate, free_port, served_by
from .test_mail import NOTICE

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Listener(http.server.ThreadingHTTPServer):
    """A program that listens for posts, and answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.status, self.answer, self.slow = 204, b"", 0.0
        self.length, self.thinks = 0, 0.0
        self.heard: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?token=x"


class _Post(http.server.BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, dict(self.headers.items()), body))
        time.sleep(self.server.thinks)
        self.send_response(self.server.status)
        self.send_header("Location", f"{self.server.url}&redirected")
        if self.server.length:
            self.send_header("Content-Length", str(self.server.length))
        self.end_headers()
        for byte in self.server.answer:
            self.wfile.write(bytes([byte]))
            if self.server.slow:
                time.sleep(self.server.slow)

    do_GET = do_POST  # what would follow a redirect

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def post(url: str, secret: str = SECRET, seconds: float = 10) -> Outcome:
    return webhook.post(
        webhook.event_of(NOTICE),
        servers.web_server(url),
        secret,
        ready=lambda: None,
        seconds=seconds,
    )


def test_a_message_is_posted_with_all_that_is_known_of_it(listener: Listener) -> None:
    outcome = post(listener.url)

    [(path, headers, body)] = listener.heard
    told = json.loads(body)
    assert outcome == Outcome(True, "204 No Content")
    assert (path, headers["Content-Type"]) == ("/hook?token=x", "application/json")
    assert told["type"] == "message.received"
    assert told["data"] == {
        "reference": "ABCD-EFGH",
        "name": "Vera",
        "email": "vera@example.org",
        "body": NOTICE.body,
        "article": {"title": "Hello", "url": NOTICE.article_url},
        "received_at": "2026-03-14T09:00:00+00:00",
        "url": NOTICE.link,
    }


def test_the_sentence_for_chats_is_ours_and_holds_no_word_of_the_visitors(
    listener: Listener,
) -> None:
    post(listener.url)

    text = json.loads(listener.heard[0][2])["text"]
    assert text == f"New message ABCD-EFGH about “Hello”: {NOTICE.link}"


def test_a_post_is_signed_as_standard_webhooks_says(listener: Listener) -> None:
    post(listener.url)
    post(listener.url)

    (_, first, body), (_, second, _) = listener.heard
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signed = f"{first['webhook-id']}.{first['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert first["webhook-signature"] == f"v1,{expected}"
    assert abs(int(first["webhook-timestamp"]) - time.time()) < 60
    assert first["webhook-id"] == second["webhook-id"] == "msg_abcd-efgh-received"


def test_a_signature_is_the_one_that_others_compute() -> None:
    """The example that the libraries of standardwebhooks.com are tested with."""
    event = Event("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')

    signature = webhook.signature(event, 1614265330, SECRET)

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_key_nothing_is_signed(listener: Listener) -> None:
    post(listener.url, secret="")

    assert "webhook-signature" not in listener.heard[0][1]


def test_a_redirect_is_told_and_not_followed(listener: Listener) -> None:
    listener.status = 307

    outcome = post(listener.url)

    assert not outcome.delivered and len(listener.heard) == 1
    assert outcome.answer.startswith("307 ") and f"{listener.url}&redirected" in outcome.answer


@pytest.mark.parametrize("status", [400, 404, 410, 500])
def test_an_answer_that_is_no_success_is_told(listener: Listener, status: int) -> None:
    listener.status, listener.answer = status, b"no_such\n channel"

    outcome = post(listener.url)

    assert not outcome.delivered
    assert outcome.answer.startswith(f"{status} ") and "no_such channel" in outcome.answer


def test_of_a_long_answer_only_the_beginning_is_read(listener: Listener) -> None:
    listener.status, listener.answer = 200, b"x" * 100_000

    outcome = post(listener.url)

    assert outcome.delivered and len(outcome.answer) < 2100


def test_the_status_counts_though_the_text_behind_it_never_ends(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_TEXT", 0.2)
    listener.status, listener.answer, listener.slow = 200, b"x" * 1000, 0.05

    began = time.monotonic()
    outcome = post(listener.url)

    assert outcome.delivered and outcome.answer.startswith("200 OK: x")
    assert time.monotonic() - began < 5


def test_the_status_counts_though_the_text_breaks_off(listener: Listener) -> None:
    listener.status, listener.answer, listener.length = 200, b"ok\0\x1b[2J", 50

    outcome = post(listener.url)

    assert outcome == Outcome(True, "200 OK: ok\ufffd\ufffd[2J")


def test_a_server_that_never_says_a_status_is_left_when_the_time_is_over(
    listener: Listener,
) -> None:
    listener.thinks = 3

    began = time.monotonic()
    outcome = post(listener.url, seconds=0.2)

    assert "does not answer in time" in outcome.answer
    assert time.monotonic() - began < 2


def test_an_address_of_ipv6_needs_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def connect(_: Deadline, host: str, port: int) -> None:
        asked.append((host, port))
        raise ConnectionRefusedError

    monkeypatch.setattr(Deadline, "connect", connect)

    post("http://[2001:db8::1]/")
    post("https://[::1]/")

    assert asked == [("2001:db8::1", 80), ("::1", 443)]


def test_what_is_away_or_does_not_speak_http_is_named_with_the_setting() -> None:
    away = post(f"http://127.0.0.1:{free_port()}/")
    nowhere = post("https://hook.invalid/")

    assert "refuses connections" in away.answer and "BLOG_WEBHOOK_URL" in away.answer
    assert "There is no address for hook.invalid" in nowhere.answer


def test_a_certificate_is_checked(
    listener: Listener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path)
    context: ssl.SSLContext = served_by(pem)
    listener.socket = context.wrap_socket(listener.socket, server_side=True)
    url = f"https://localhost:{listener.server_port}/hook"

    refused = post(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    taken = post(url)

    assert "certificate" in refused.answer.lower() and not refused.delivered
    assert taken.delivered and len(listener.heard) == 1

"""A mail server that really takes mail, and can be refused, slow, or cut off in mid-dialogue."""

from __future__ import annotations

import asyncio
import email.policy
import socket
import ssl
import subprocess
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from enum import Enum
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, MAILBOX_PASSWORD = "blog", "s3cret+word"
SLOW = 0.3  # seconds


class Mood(Enum):
    """How the server treats a connection."""

    WELL = "takes what it gets"
    BUSY = "sends away at the greeting"
    REFUSES = "takes nothing for this address"
    SLOW = "thinks before it takes a letter"
    CUT_BEFORE = "breaks off before the letter"
    CUT_AFTER = "takes the letter, and breaks off before it says so"
    SILENT = "takes the letter, and says nothing until it is asked to end"
    FULL = "refuses the letter itself"


class Mailbox:
    """A server of mail on this machine; *moods* says how the next connections are treated.

    *accept* may hold up a letter that has come, or look at the world at that moment.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        signs_in: bool = False,
    ) -> None:
        self.arrivals: list[tuple[bytes, Mood]] = []
        self.envelopes: list[tuple[str | None, list[str]]] = []
        self.moods: Callable[[], Mood] = lambda: Mood.WELL
        self.accept: Callable[[], None] = lambda: None
        self.names: list[str] = []
        self.signed_in: list[bytes] = []
        self.port = port or free_port()
        self._options: dict[str, Any] = {"tls_context": starttls, "auth_require_tls": False}
        if starttls:
            self._options |= {"require_starttls": True}
        if signs_in:
            self._options |= {"authenticator": self._sign_in}
        self._tls = tls
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def letters(self) -> list[bytes]:
        """What has arrived."""
        return [raw for raw, _ in self.arrivals]

    @property
    def parsed(self) -> list[EmailMessage]:
        """The letters as a program reads them."""
        return [message_from_bytes(raw, policy=email.policy.default) for raw in self.letters]

    def open(self) -> None:
        """Take connections, at the same port as before."""
        if self._controller is None:
            self._controller = Controller(
                self, "127.0.0.1", self.port, ssl_context=self._tls, **self._options
            )
            self._controller.start()

    def close(self) -> None:
        """Refuse connections, as a server that is down."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, replies: list[str]
    ) -> list[str]:
        self.names.append(name)
        session.host_name = name
        session.mood = self.moods()  # type: ignore[attr-defined] # a note of ours
        return ["421 busy"] if _mood(session) is Mood.BUSY else replies

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        if _mood(session) is Mood.CUT_BEFORE:
            await _cut(server)
        if _mood(session) is Mood.REFUSES:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        mood = _mood(session)
        if mood is Mood.FULL:
            return "452 4.3.1 mailbox full"
        if mood is Mood.SLOW:
            await asyncio.sleep(SLOW)
        assert isinstance(envelope.content, bytes)
        await asyncio.get_running_loop().run_in_executor(None, self.accept)
        self.arrivals.append((envelope.content, mood))
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        if mood is Mood.SILENT:
            await asyncio.sleep(60)
        if mood is Mood.CUT_AFTER:
            await _cut(server)
        return f"250 2.0.0 queued as {len(self.letters)}"

    def _sign_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.signed_in.append(data.login)
        right = data == LoginPassword(USER.encode(), MAILBOX_PASSWORD.encode())
        return AuthResult(success=right, handled=False)


def certificate(folder: Path, name: str = "localhost") -> Path:
    """Make a certificate for *name* with its key in one file, signed by itself."""
    path = folder / f"{name}.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    about = [
        "-nodes",
        "-days",
        "2",
        "-subj",
        f"/CN={name}",
        "-addext",
        f"subjectAltName=DNS:{name}",
    ]
    files = ["-keyout", str(path), "-out", str(folder / f"{name}.crt")]
    subprocess.run([*made, *about, *files], check=True, capture_output=True)
    with path.open("a") as file:
        file.write((folder / f"{name}.crt").read_text())
    return path


def served_by(pem: Path) -> ssl.SSLContext:
    """Make the side of TLS that shows the certificate in *pem*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def free_port() -> int:
    """Find a port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _mood(session: Session) -> Mood:
    mood: Mood = session.mood  # type: ignore[attr-defined] # a note of ours
    return mood


async def _cut(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    await asyncio.sleep(60)  # aiosmtpd ends this with the connection

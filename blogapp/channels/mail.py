"""Mail: one letter handed to the operator's server, and what the server said."""

from __future__ import annotations

import base64
import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, BinaryIO

from .deadlines import Deadline
from .outcomes import Outcome, cause_of
from .servers import Encryption, MailServer

SETTING = "BLOG_MAIL_URL"
GOODBYE = 2.0  # seconds for the answer to QUIT: the letter has been taken by then
_TEXT = "> (the letter)"
_MAX_LINES = 40  # of a dialogue that are kept
_MAX_LINE = 300  # characters of each
_MAX_REPLY = 1 << 16  # bytes, of all lines of one


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds that a server has (RFC 5321, 4.5.3.2): who hangs up early gets the letter twice.

    *until* is for all that is said until the letter, *letter* for all from then on.
    """

    answer: float = 300
    data: float = 120
    block: float = 180
    end: float = 600
    until: float = 900
    letter: float = 900


class _Refused(Exception):
    """The server does not take the letter, or cannot be trusted with it."""


class _Unknown(_Refused):
    """The server takes nothing for that address, and will not tomorrow."""


def send(
    letter: EmailMessage,
    server: MailServer,
    *,
    name: str,
    ready: Callable[[], None],
    times: Times,
) -> Outcome:
    """Hand *letter* over; *name* is what this machine calls itself.

    *ready* is called right before the letter itself is sent, and ends the dialogue by raising.
    """
    lines: list[str] = []
    deadline = Deadline(times.until)
    try:
        with deadline:
            smtp = _connect(_Line(server, name, deadline, times, lines))
            try:
                answer = _hand_over(smtp, letter, ready)
            finally:
                _leave(smtp)
        return Outcome(True, answer, tuple(lines))
    except (_Refused, smtplib.SMTPException, OSError) as error:
        cause = _cause_of(error, server, deadline)
        final = isinstance(error, _Unknown)
    in_doubt = bool(lines) and lines[-1] == _TEXT
    if in_doubt:
        cause += " It may have taken the letter; a second copy has the same Message-ID."
    return Outcome(False, cause, tuple(lines), in_doubt, final)


def _connect(line: _Line) -> _Dialogue:
    server = line.server
    smtp = (_OverTLS if server.encryption is Encryption.TLS else _Plain)(line)
    try:
        _greet(smtp)
        if server.encryption is Encryption.STARTTLS:
            if not smtp.has_extn("starttls"):
                raise _Refused(
                    f"{server.host}:{server.port} offers no STARTTLS. Take smtps:// if it speaks "
                    f"TLS from the start; without TLS only with ?starttls=no in {SETTING}."
                )
            smtp.starttls(context=ssl.create_default_context())
            _greet(smtp)
        if server.user:
            _sign_in(smtp, server)
    except BaseException:  # an interrupt, too: nobody else would close it
        _leave(smtp)
        raise
    return smtp


def _greet(smtp: _Dialogue) -> None:
    code, said = smtp.ehlo()
    if not _is_yes(code):
        raise _Refused(f"{smtp.quote(code, said)}: the server takes nothing at the moment.")


def _sign_in(smtp: _Dialogue, server: MailServer) -> None:
    smtp.is_secret = True
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPNotSupportedError as error:
        raise _Refused(
            f"{server.host} takes no password here. Leave user and password out of {SETTING}, or "
            "take the port that it takes one on."
        ) from error
    except smtplib.SMTPAuthenticationError as error:
        raise _Refused(
            f"{smtp.quote(error.smtp_code, error.smtp_error)}: user or password is wrong. Check "
            f"both in {SETTING}, percent-encoded (@ is %40); some providers want a password of "
            "its own for programs."
        ) from error
    finally:
        smtp.is_secret = False


def _hand_over(smtp: _Dialogue, letter: EmailMessage, ready: Callable[[], None]) -> str:
    sender, to = str(letter["From"]), str(letter["To"])
    code, said = smtp.mail(sender)
    if not _is_yes(code):
        said_no = smtp.quote(code, said)
        raise _Refused(f"{said_no}: {sender} may not send here. Check BLOG_MAIL_FROM.")
    code, said = smtp.rcpt(to)
    if not _is_yes(code):
        refusal = _Unknown if code // 100 == 5 else _Refused
        raise refusal(f"{smtp.quote(code, said)}: nothing is taken for {to}. Check the address.")
    ready()
    smtp.begin_letter()
    code, said = smtp.data(letter.as_bytes())
    if not _is_yes(code):
        raise _Refused(f"{smtp.quote(code, said)}: the letter was refused.")
    return smtp.quote(code, said)


def _is_yes(code: int) -> bool:
    """The first digit says it all (RFC 5321, 4.3.2)."""
    return code // 100 == 2


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye, and do not care about the answer."""
    with contextlib.suppress(OSError, smtplib.SMTPException):
        if smtp.sock:
            smtp.sock.settimeout(GOODBYE)
            smtp.quit()
    smtp.close()


def _cause_of(error: Exception, server: MailServer, deadline: Deadline) -> str:
    """Tell what went wrong; smtplib wraps what a socket says."""
    place = f"{server.host}:{server.port}"
    if not deadline.left or isinstance(error.__context__, TimeoutError):
        return cause_of(TimeoutError(), place, SETTING)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return cause_of(ConnectionAbortedError(), place, SETTING)
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return cause_of(error, place, SETTING)
    if isinstance(error, smtplib.SMTPResponseException):
        said = _quoted(server, error.smtp_code, error.smtp_error)
        return f"{said}: {place} refuses this."
    return str(error)


def _quoted(server: MailServer, code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return _hidden(f"{code} {' '.join(said.split())}", server)[:_MAX_LINE]


def _hidden(text: str, server: MailServer) -> str:
    """Take the password out of what a server has repeated, also as AUTH writes it."""
    if not server.password:
        return text
    plain = f"\0{server.user}\0{server.password}"
    encoded = (base64.b64encode(each.encode()).decode() for each in (plain, server.password))
    for secret in (*encoded, server.password):
        text = text.replace(secret, "…")
    return text


@dataclass(frozen=True, slots=True)
class _Line:
    """What a dialogue needs: whom to talk to, our *name*, its times, where it is written down."""

    server: MailServer
    name: str
    deadline: Deadline
    times: Times
    lines: list[str]


class _Reply:
    """The lines of a server, and of one reply no more than so many bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self.below = file
        self._left = _MAX_REPLY

    def readline(self, most: int) -> bytes:
        """Read a line."""
        line = self.below.readline(most)
        self._left -= len(line)
        if self._left < 0:
            raise _Refused("The server’s answer has no end.")
        return line

    def close(self) -> None:
        """Close the file below."""
        self.below.close()


class _Dialogue(smtplib.SMTP):
    """A dialogue that is written down and ends with its deadline."""

    is_secret = False
    file: _Reply | None
    _line: _Line
    _wait: float  # seconds, for the next answer

    def __init__(self, line: _Line) -> None:
        self._line = line
        self._wait = line.times.answer
        super().__init__(line.server.host, line.server.port, local_hostname=line.name)

    def _get_socket(self, host: str, port: int, _timeout: Any) -> socket.socket:
        """Open the connection: the place that smtplib leaves to subclasses."""
        connection = self._line.deadline.connect(host, port)
        connection.settimeout(self._line.deadline.wait(self._wait))  # a dialogue of TLS begins
        return connection

    def begin_letter(self) -> None:
        """Begin the time that is for the letter."""
        self._line.deadline.begin(self._line.times.letter)

    def putcmd(self, cmd: str, args: str = "") -> None:
        self._note("> " + ("AUTH …" if self.is_secret else f"{cmd} {args}".strip()))
        times = self._line.times
        self._wait = {"data": times.data, "quit": GOODBYE}.get(cmd, times.answer)
        super().putcmd(cmd, args)

    def getreply(self) -> tuple[int, bytes]:
        if self.sock:
            self.sock.settimeout(self._line.deadline.wait(self._wait))
            self.file = _Reply(self.file.below if self.file else self.sock.makefile("rb"))
        try:
            code, said = super().getreply()
        except _Refused:
            self.close()
            raise
        for line in said.decode("utf-8", "replace").splitlines() or [""]:
            self._note(f"< {code} {line}")
        return code, said

    def send(self, s: Any) -> None:
        if isinstance(s, bytes):  # commands are text
            self._note(_TEXT)
            times = self._line.times
            self._wait = times.end
            if self.sock:
                self.sock.settimeout(self._line.deadline.wait(times.block))
        super().send(s)

    def quote(self, code: int, said: bytes | str) -> str:
        """Write an answer as one line of bounded length, without the password."""
        return _quoted(self._line.server, code, said)

    def _note(self, line: str) -> None:
        lines = self._line.lines
        lines.append(_hidden(line, self._line.server)[:_MAX_LINE])
        del lines[:-_MAX_LINES]


class _Plain(_Dialogue):
    """One that begins without TLS."""


class _OverTLS(smtplib.SMTP_SSL, _Dialogue):
    """One that is TLS from the start; smtplib puts TLS around the socket of the class below."""

    def __init__(self, line: _Line) -> None:
        self.context = ssl.create_default_context()
        _Dialogue.__init__(self, line)

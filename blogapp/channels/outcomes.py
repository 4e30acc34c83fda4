"""What became of an attempt."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether something was *delivered*, with the server's *answer*, or the cause and a next step.

    *dialogue* is what was said, line by line, without passwords and without the message. All of it
    is printable: no database takes everything, and a terminal obeys what it is sent. *in_doubt*
    says that it may have arrived without an answer, *final* that the server will say no again.
    """

    delivered: bool
    answer: str
    dialogue: tuple[str, ...] = ()
    in_doubt: bool = False
    final: bool = False

    def __post_init__(self) -> None:
        """Replace what cannot be printed, such as NUL and the escapes of terminals."""
        object.__setattr__(self, "answer", _printable(self.answer))
        object.__setattr__(self, "dialogue", tuple(map(_printable, self.dialogue)))


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def cause_of(error: OSError, place: str, setting: str) -> str:
    """Tell why *place* (host and port, of a *setting*) could not be talked to, and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {place} is not valid: {error.verify_message}. Take the name that "
            "the certificate is for; a private authority belongs into SSL_CERT_FILE."
        )
    if isinstance(error, ssl.SSLError):
        said = (error.reason or "it failed").replace("_", " ").lower()
        return f"No TLS with {place}: {said}. Check scheme and port in {setting}."
    if isinstance(error, socket.gaierror):
        return f"There is no address for {place} ({error.strerror}). Check the host in {setting}."
    if isinstance(error, ConnectionRefusedError):
        return f"{place} refuses connections. Does the server run? Check the port in {setting}."
    if isinstance(error, TimeoutError):
        return f"{place} does not answer in time. A firewall may stand between; check {setting}."
    if isinstance(error, ConnectionError):
        return f"{place} broke off the connection. Its log may say why; it is tried again."
    return f"{place} cannot be reached: {error.strerror or error}. Check {setting}."

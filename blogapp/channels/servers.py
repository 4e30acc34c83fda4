"""Where notices are sent to, as the operator's settings say it."""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit

# What may stand in the local part as it is (RFC 5322, 3.2.3: dot-atom).
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_-]{1,63})*")
_PORTS = {"smtp": 587, "smtps": 465}  # RFC 8314, 3.3: submission, with STARTTLS or with TLS
_SECRET_BYTES = range(24, 65)  # of a key (Standard Webhooks, Signature scheme)


class Encryption(StrEnum):
    """How a dialogue is kept secret."""

    TLS = "TLS"
    STARTTLS = "STARTTLS"
    NONE = "not encrypted"


@dataclass(frozen=True, slots=True)
class MailServer:
    """A server that takes mail."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    encryption: Encryption = Encryption.STARTTLS


@dataclass(frozen=True, slots=True)
class WebServer:
    """A server that takes a POST; *target* is the path with its query."""

    host: str
    port: int | None
    tls: bool
    target: str = field(repr=False)  # chat services have their secret in the path


def mail_server(url: str) -> MailServer:
    """Read ``smtps://user:password@host:port`` or ``smtp://…``; raises ``ValueError``.

    User and password are percent-encoded. Without TLS only ``smtp:`` to this machine or with
    ``?starttls=no``, and then with a password only to this machine.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    known = parts.scheme in _PORTS and not parts.path.strip("/") and not parts.fragment
    if not (known and _is_host(host)) or parts.query not in {"", "starttls=no"}:
        raise ValueError("no address of a mail server")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password) or not (user + password).isascii():
        raise ValueError("user and password go together, in ASCII")
    encryption = Encryption.STARTTLS
    if parts.scheme == "smtps":
        encryption = Encryption.TLS
    elif parts.query or is_loopback(host):
        encryption = Encryption.NONE
    if password and encryption is Encryption.NONE and not is_loopback(host):
        raise ValueError("a password needs TLS")
    port = parts.port or _PORTS[parts.scheme]
    return MailServer(host, port, user, password, encryption)


def web_server(url: str) -> WebServer:
    """Read the address of a webhook; raises ``ValueError``."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or not _is_host(host):
        raise ValueError("no address of a web server")
    target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    if parts.fragment or not re.fullmatch(r"[!-~]+", target):
        raise ValueError("no path of a web server")
    return WebServer(host, parts.port, parts.scheme == "https", target)


def webhook_key(secret: str) -> bytes:
    """Read ``whsec_`` and base64, as Standard Webhooks writes a key; raises ``ValueError``."""
    prefix, _, encoded = secret.partition("_")
    key = base64.b64decode(encoded, validate=True)
    if prefix != "whsec" or len(key) not in _SECRET_BYTES:
        raise ValueError("no key of a webhook")
    return key


def mailbox(address: str) -> str:
    """Return *address* as mail servers take it, the domain in ASCII; raises ``ValueError``.

    What is beyond ASCII before the ``@`` needs every server on the way to know SMTPUTF8, and is
    refused. So is what a header could take for an encoded word.
    """
    local, _, domain = address.rpartition("@")
    ascii_domain = domain.encode("idna").decode("ascii").lower()
    if not _LOCAL.fullmatch(local) or "=?" in local or len(local) > 64:
        raise ValueError("no mailbox")
    if not _HOST.fullmatch(ascii_domain):
        raise ValueError("no domain")
    return f"{local}@{ascii_domain}"


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine, whatever a name server says."""
    return host == "localhost" or (is_address(host) and ipaddress.ip_address(host).is_loopback)


def is_address(host: str) -> bool:
    """Whether *host* is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_host(host: str) -> bool:
    return is_address(host) or bool(_HOST.fullmatch(host))

"""What an application answers to one request (PEP 3333), before anything of it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

_BY_PERSON = {"cookie", "authorization", "*"}
# What updates the answer that a client has (RFC 9110, 15.4.5); the rest of that stays as it was.
_REPEATED = {"etag", "cache-control", "vary", "date", "expires", "content-location"}
# And what is not about that answer: who may see this one, and what is to be remembered.
_REPEATED |= {"access-control-allow-origin", "set-cookie"}
_PRIVATE = re.compile(r"private|no-store", re.IGNORECASE)


class Answer(NamedTuple):
    """A status, headers, and what is to be sent."""

    status: str
    headers: Headers
    chunks: Iterable[bytes]

    def read(self) -> bytes:
        """Take all that is to be sent."""
        body = b"".join(self.chunks)
        self.close()
        return body

    def close(self) -> None:
        """Let the application know that nothing more is taken."""
        close = getattr(self.chunks, "close", None)
        if close:
            close()


def of(app: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    """Ask *app*."""
    said: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _failure: object = None) -> Callable[[bytes], object]:
        said.append((status, headers))
        return _refuse_to_write

    chunks = app(environ, start)
    return Answer(*said[-1], chunks)


def repeated(headers: Headers) -> Headers:
    """Choose what 304 says again of the *headers* of the page: no more than clients need.

    The date of the page is among it only where no ETag is.
    """
    found = [pair for pair in headers if pair[0].lower() in _REPEATED]
    if any(name.lower() == "etag" for name, _ in found):
        return found
    return [*found, *(pair for pair in headers if pair[0].lower() == "last-modified")]


def lines(status: str, headers: Headers) -> bytes:
    """Write what HTTP/1.1 sends first (RFC 9112, 4 and 5), without the line that ends it."""
    told = [f"HTTP/1.1 {status}", *(f"{name.lower()}: {value}" for name, value in headers)]
    return "".join(f"{line}\r\n" for line in told).encode("latin-1")


def own(headers: Headers) -> str:
    """Name the header that makes an answer somebody's own; empty, if all may see it."""
    for name, value in headers:
        varies = {part.strip().lower() for part in value.split(",")} & _BY_PERSON
        if (
            name.lower() == "set-cookie"
            or (name.lower() == "vary" and varies)
            or (name.lower() == "cache-control" and _PRIVATE.search(value))
        ):
            return f"{name}: {value}"
    return ""


def _refuse_to_write(_data: bytes) -> object:
    raise NotImplementedError("an application that writes, instead of returning what it sends")

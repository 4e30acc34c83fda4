"""What an application answers to one request (PEP 3333), before anything of it is sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

_BY_PERSON = {"cookie", "authorization", "*"}
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

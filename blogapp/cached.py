"""A page as it is kept: in the encodings that were asked for, each with its validators."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_date

from . import answers
from .answers import Headers

OK, NOT_MODIFIED = "200 OK", "304 NOT MODIFIED"
ALL = -1  # generations: what no author changes
OVERHEAD = 3_000  # bytes of a page's headers and objects
_OURS = {"content-length", "content-encoding", "etag", "last-modified", "vary"}


@dataclass(slots=True)
class Ready:
    """A page as one encoding sends it, and all that a reader's request is compared with."""

    generation: int
    until: float  # seconds since the epoch
    modified: int | None  # likewise
    etag: str
    headers: Headers
    not_modified: Headers
    lines: bytes  # of HTTP/1.1: all that is sent before the body, but the date
    not_modified_lines: bytes
    body: bytes
    used: bool = True  # since room was last made


@dataclass(slots=True)
class Page:
    """What is kept of a page, in the encodings that were asked for."""

    generation: int
    until: float  # seconds since the epoch
    modified: int | None  # likewise
    any_query: bool = False
    size: int = OVERHEAD
    headers: Headers = field(default_factory=list)
    digest: str = ""
    key: tuple[str, str, int] | None = None  # what it is kept by
    ready: dict[str, Ready] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)  # to add to what is ready

    def describe(self, headers: Headers, body: bytes) -> None:
        """Take what the application answered; the validators are ours."""
        self.headers = [pair for pair in headers if pair[0].lower() not in _OURS]
        vary = [value for name, value in headers if name.lower() == "vary"]
        self.headers.append(("Vary", ", ".join([*vary, "Accept-Encoding"])))
        if self.modified:
            self.headers.append(("Last-Modified", formatdate(self.modified, usegmt=True)))
        self.digest = hashlib.sha256(body).hexdigest()[:20]

    def encode(self, encoding: str, body: bytes) -> Ready:
        """Make the page ready in an encoding, with a strong ETag of its own."""
        codec = _CODECS[encoding]
        sent = codec.encode(body, for_ever=self.generation == ALL)
        etag = f'"{self.digest}{codec.suffix}"'
        headers = [*self.headers, ("ETag", etag), ("Content-Length", str(len(sent)))]
        if encoding != "identity":
            headers.append(("Content-Encoding", encoding))
        not_modified = answers.repeated(headers)
        made = Ready(
            *(self.generation, self.until, self.modified),
            etag=etag,
            headers=headers,
            not_modified=not_modified,
            lines=answers.lines(OK, headers),
            not_modified_lines=answers.lines(NOT_MODIFIED, not_modified),
            body=sent,
        )
        self.ready[encoding] = made
        return made

    def was_used(self) -> bool:
        """Whether it was, since this was last asked."""
        used = [ready for ready in [*self.ready.values()] if ready.used]  # others may add to it
        for ready in used:
            ready.used = False
        return bool(used)

    def decoded(self) -> bytes:
        """Return the page as it was before it was encoded."""
        encoding, ready = [*self.ready.items()][-1]  # in one step: others may add to it
        return _CODECS[encoding].decode(ready.body)


@lru_cache(256)
def encoding(accepted: str) -> str:
    """Choose what a client likes best, of what it likes alike the smallest (RFC 9110, 12.5.3)."""
    qualities = parse_accept_header(accepted, Accept)
    liked = [(qualities.quality(name), name) for name in ("br", "gzip")]
    best, name = max(liked, key=lambda pair: pair[0])
    return name if best > 0 else "identity"


def is_held(ready: Ready, tags: str | None, since: str | None) -> bool:
    """Whether a client has this very page, by what it says of its own (RFC 9110, 13.2.2).

    *tags* is ``If-None-Match``, where weak ones match, too; *since* is ``If-Modified-Since``.
    """
    if tags is not None:
        return ready.etag in tags or tags.strip() == "*"
    if since is None or ready.modified is None:
        return False
    try:
        date = parse_date(since)
    except (OverflowError, ValueError):  # no calendar has that day
        return False
    return date is not None and ready.modified <= date.timestamp()


def _brotli(body: bytes, *, for_ever: bool) -> bytes:
    """Compress; what is made once in the life of a worker may take 30 times as long."""
    return bytes(brotli.compress(body, quality=11 if for_ever else 5))


def _gzip(body: bytes, *, for_ever: bool) -> bytes:
    return gzip.compress(body, 9 if for_ever else 6, mtime=0)


def _as_it_is(body: bytes, *, for_ever: bool) -> bytes:
    return body


class _Codec(NamedTuple):
    encode: Callable[..., bytes]
    decode: Callable[[bytes], bytes]
    suffix: str


_CODECS = {
    "br": _Codec(_brotli, brotli.decompress, "-br"),
    "gzip": _Codec(_gzip, gzip.decompress, "-gz"),
    "identity": _Codec(_as_it_is, bytes, ""),
}

"""The heads of requests, as far as they decide who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser

END = b"\r\n\r\n"  # of a head (RFC 9112, 2.1)
# What the page cache looks at, as WSGI calls it (PEP 3333), and what says of more than a head.
_KNOWN = {
    b"accept": "HTTP_ACCEPT",
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"cookie": "HTTP_COOKIE",
    b"hx-request": "HTTP_HX_REQUEST",
    b"hx-boosted": "HTTP_HX_BOOSTED",
    b"hx-history-restore-request": "HTTP_HX_HISTORY_RESTORE_REQUEST",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"if-none-match": "HTTP_IF_NONE_MATCH",
}
_VERSIONS = {"1.0", "1.1"}
_MORE = {b"content-length", b"expect", b"transfer-encoding", b"upgrade"}


@dataclass(slots=True)
class Head:
    """A request that is nothing but a head: GET or HEAD, without a body.

    *environ* is of WSGI's what the page cache looks at; None if only a server can tell what is
    asked for, as where a header comes twice.
    """

    is_get: bool
    is_last: bool  # the connection ends with the answer (RFC 9112, 9.3)
    environ: Mapping[str, str] | None


class Heads:
    """Reads the heads that come over one connection, one after another."""

    def __init__(self) -> None:
        self._parser = HttpRequestParser(self)
        self._target = b""
        self._ended = 0
        self._is_whole = self._is_plain = True
        self._is_last = False
        self._environ: dict[str, str] = {}

    def read(self, data: bytes) -> Head | None:
        """Read what ends with the first ``END``; None if it is anything but a ``Head``.

        What follows that may be a body: nothing more of the connection can be read.
        """
        self._environ = {}
        self._ended = 0
        self._is_whole = self._is_plain = True
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            return None
        is_get = data.startswith(b"GET ")
        if self._ended != 1 or not self._is_whole or not (is_get or data.startswith(b"HEAD ")):
            return None
        place = _place(self._target)
        if not self._is_plain or place is None:
            return Head(is_get, self._is_last, None)
        environ = self._environ
        environ["PATH_INFO"], environ["QUERY_STRING"] = place
        environ["REQUEST_METHOD"] = "GET" if is_get else "HEAD"
        return Head(is_get, self._is_last, environ)

    # What the parser calls.

    def on_url(self, target: bytes) -> None:
        """Take the target of the request."""
        self._target = target

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header that decides."""
        name = name.lower()
        if name in _KNOWN:
            known = _KNOWN[name]
            if known in self._environ:
                self._is_plain = False
            self._environ[known] = value.decode("latin-1")
        elif name in _MORE:
            self._is_whole = False

    def on_message_complete(self) -> None:
        """Count the whole requests; how this one ends, the parser knows only now."""
        self._ended += 1
        parser = self._parser
        # Of HTTP/1.0, each has a connection of its own: to keep one would have to be said.
        version = parser.get_http_version()
        self._is_last = version == "1.0" or not parser.should_keep_alive()
        self._is_whole &= version in _VERSIONS


@lru_cache(1_024)
def _place(target: bytes) -> tuple[str, str] | None:
    """Split into path and query; None if anything is encoded, or is no path."""
    path, _, query = target.partition(b"?")
    if not path.startswith(b"/") or b"%" in path or b"#" in target or not target.isascii():
        return None
    return path.decode(), query.decode()

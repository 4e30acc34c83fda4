"""Whom granian answers: it sees the connections of this process only, and no client's address.

Each of them comes from a loopback address of its own, of which Linux has 16 million, so that
nothing has to be written into what clients send.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

MOST = 4_096  # connections to granian at once, of which it takes 1,024
_NOT_HERE = b"This is the inside of a server.\n"


def can_be_told() -> bool:
    """Whether connections can come from any loopback address, as on Linux."""
    try:
        with socket.socket() as probe:
            probe.bind((_address(0), 0))
    except OSError:
        return False
    return True


class Peers:
    """True addresses by those that stand for them, each used again as late as can be."""

    def __init__(self) -> None:
        self._true: dict[str, str] = {}
        self._used: set[str] = set()
        self._next = 0

    def stand_in(self, true: str) -> str | None:
        """Take an address for a new connection; None if there are too many."""
        for _ in range(MOST):
            address = _address(self._next)
            self._next = (self._next + 1) % MOST
            if address not in self._used:
                self._used.add(address)
                self._true[address] = true
                return address
        return None

    def free(self, address: str) -> None:
        """Let an address be used again; a request that came from it may still be read."""
        self._used.discard(address)

    def before(self, app: WSGIApplication) -> WSGIApplication:
        """Let *app* see the true addresses; what comes from others is refused."""

        def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            true = self._true.get(environ["REMOTE_ADDR"])
            if true is None:
                start_response("403 Forbidden", [("Content-Type", "text/plain")])
                return [_NOT_HERE]
            environ["REMOTE_ADDR"] = true
            return app(environ, start_response)

        return answer


def _address(number: int) -> str:
    return f"127.77.{number // 250}.{number % 250 + 1}"

"""Deadlines: an end for a whole dialogue; a socket's timeout only ends each wait in it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType

CONNECT = 30.0  # seconds that each address of a host has to take a connection


class Deadline:
    """So many seconds for what is done inside, however slowly the other side speaks.

    Only the look-up of a host's addresses is not cut: the resolver of the machine has times of
    its own.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._handle: socket.socket | None = None
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Deadline:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._timer:
            self._timer.cancel()
        if self._handle:
            self._handle.close()

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return max(self._end - time.monotonic(), 0.0)

    def wait(self, seconds: float) -> float:
        """Return so many *seconds*, or what is left, as a timeout of a socket: never 0."""
        return max(min(seconds, self.left), 0.001)

    def begin(self, seconds: float) -> None:
        """Count from now on, so many *seconds*."""
        self._end = time.monotonic() + seconds
        if self._handle:
            self._start_timer()

    def connect(self, host: str, port: int) -> socket.socket:
        """Open a connection to the first address of *host* that takes one, and watch it."""
        failure: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        ):
            connection = socket.socket(family, kind, protocol)
            try:
                connection.settimeout(self.wait(CONNECT))
                connection.connect(address)
            except OSError as error:
                connection.close()
                failure = error
                continue
            self._watch(connection)
            return connection
        raise failure or OSError("no address")

    def _watch(self, connection: socket.socket) -> None:
        """Cut *connection* when the time is over: whoever waits for it then gets an error."""
        # A handle of its own: TLS takes the socket away, and has none to share.
        self._handle = socket.fromfd(connection.fileno(), connection.family, connection.type)
        self._start_timer()

    def _start_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(self.left, _cut, [self._handle])
        self._timer.daemon = True
        self._timer.start()


def _cut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        handle.shutdown(socket.SHUT_RDWR)

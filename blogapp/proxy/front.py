"""The event loop of a worker, which accepts its connections."""

from __future__ import annotations

import os
import resource
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import uvloop
from flask import Flask
from granian.net import SocketHolder, SocketSpec  # type: ignore[attr-defined]

from .clients import Client
from .peers import Peers
from .upstreams import Upstream

if TYPE_CHECKING:
    from asyncio import Task
    from wsgiref.types import WSGIApplication

    from ..cached import Ready
    from ..kept import Asked
    from ..pagecache import PageCache
    from .heads import Head

MOST_CLIENTS = 10_000  # connections at once; who comes then is sent away
MOST_FILES = 65_536  # that the process may have open, where nobody forbids it
BACKLOG = 1_024  # connections that wait to be accepted
MOST_KNOWN = 512  # requests that are known by their bytes
LONGEST_KNOWN = 1_024  # bytes of those; browsers send 500 to 900
EVERY = 5  # seconds between two looks at who does nothing
LATE = 0.1  # seconds after SIGTERM in which what was sent before it is still read
PASSED_ON = 0.5  # seconds in which granian has certainly read what it was sent
_ENDS = {signal.SIGINT, signal.SIGTERM}


@dataclass(slots=True)
class Request:
    """What a head asks for; *place* is None if only granian can answer."""

    place: Asked | None
    is_get: bool
    is_last: bool
    tags: str | None  # If-None-Match
    since: str | None  # If-Modified-Since
    is_conditional: bool = field(init=False)

    def __post_init__(self) -> None:
        """Tell whether the client has something."""
        self.is_conditional = bool(self.tags or self.since)


class Front:
    """Accepts what *listener* gets, in a thread; to be made in the main one."""

    def __init__(self, listener: socket.socket) -> None:
        self.loop = uvloop.new_event_loop()
        self.now = self.loop.time()  # seconds; as old as a second
        self.last_lines = self.last_lines_at_last = b""  # of a head: the date, and its end
        self.is_ending = self._is_late = False
        self.known: dict[bytes, Request] = {}  # by their bytes
        self.upstream: SocketHolder = SocketSpec("127.0.0.1", 0, BACKLOG).build()
        with socket.socket(fileno=os.dup(self.upstream.get_fd())) as inside:
            inside.listen(BACKLOG)  # so that whoever comes before granian waits for it
            self.inside: int = inside.getsockname()[1]
        self._listener = listener
        self._backlog = listener.dup()
        self._backlog.setblocking(False)
        self._stop: Callable[[], None] = _nothing
        self._cache: PageCache | None = None
        self.peers = Peers()
        self._clients: set[Client] = set()
        self._connecting: set[Task[Any]] = set()
        self._thread = threading.Thread(target=self._run, name="front", daemon=True)
        self._signals, self._hears = socket.socketpair()
        self._signals.setblocking(False)
        self._hears.setblocking(False)
        signal.set_wakeup_fd(self._signals.fileno(), warn_on_full_buffer=False)

    def open(self, app: Flask) -> WSGIApplication:
        """Begin to answer from the cache of *app*; returns what granian is to answer with."""
        _allow_files()
        self._cache = app.extensions.get("pagecache")
        self._thread.start()
        return self.peers.before(app.wsgi_app)

    def handle_signals(self, stop: Callable[[], None]) -> None:
        """Call *stop*, which ends granian, only when it has all that it has to answer.

        To be called when granian has set handlers of its own, which these replace.
        """
        self._stop = stop
        for each in _ENDS:
            signal.signal(each, lambda *_: None if self._thread.is_alive() else stop())

    def end(self) -> None:
        """Accept no more, as after SIGTERM: who is being answered gets all of it."""
        if not self.is_ending:
            self._signals.send(bytes([signal.SIGTERM]))

    def join(self, seconds: float) -> bool:
        """Wait until clients have what granian has answered, but so many seconds at most.

        Tells whether they have.
        """
        self._thread.join(seconds)
        signal.set_wakeup_fd(-1)
        self._signals.close()
        return not self._thread.is_alive()

    # What clients call.

    def learn(self, request: bytes, head: Head) -> Request:
        """Tell what is asked for, and know it when the same comes again, byte for byte.

        As from feed readers, proxies, and whoever follows the same link again.
        """
        environ = head.environ
        get = (environ or {}).get
        asked = Request(
            place=self._cache.asked(environ) if self._cache and environ else None,
            is_get=head.is_get,
            is_last=head.is_last,
            tags=get("HTTP_IF_NONE_MATCH"),
            since=get("HTTP_IF_MODIFIED_SINCE"),
        )
        if asked.place and len(request) <= LONGEST_KNOWN:  # nobody's session is kept here
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[request] = asked
        return asked

    def ready(self, asked: Asked) -> Ready | None:
        """Find what is ready for a request."""
        return self._cache.ready(asked) if self._cache else None

    def add(self, client: Client) -> None:
        """Know of a client."""
        self._clients.add(client)
        if len(self._clients) > MOST_CLIENTS:
            client.refuse()

    def remove(self, client: Client) -> None:
        """Forget a client."""
        self._clients.discard(client)
        if self._is_late and not self._clients:
            self.loop.stop()

    def connect(self, upstream: Upstream, true: str) -> None:
        """Make a connection to granian, for who comes from the address *true*."""
        self._keep(self.loop.create_task(self._connect(upstream, true.partition("%")[0])))

    def free(self, address: str) -> None:
        """Let the address of a connection to granian be used again."""
        self.peers.free(address)

    def _keep(self, task: Task[Any]) -> None:
        """Hold on to *task*, which nobody else does (docs.python.org, ``asyncio.create_task``)."""
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _connect(self, upstream: Upstream, true: str) -> None:
        address = self.peers.stand_in(true)
        if address is None:
            upstream.fail()
            return
        upstream.address = address
        try:
            await self.loop.create_connection(
                lambda: upstream, "127.0.0.1", self.inside, local_addr=(address, 0)
            )
        except OSError:
            self.peers.free(address)
            upstream.fail()

    # What the thread does.

    def _run(self) -> None:
        beginning = self.loop.create_task(self._begin())
        beginning.add_done_callback(self._end_if_failed)
        try:
            self.loop.run_forever()
            beginning.result()  # or the reason why there is none
        finally:
            self._stop()  # nobody else would ask granian
            self.loop.close()
            self._hears.close()

    def _end_if_failed(self, beginning: Task[None]) -> None:
        if beginning.exception():
            self.loop.stop()

    async def _begin(self) -> None:
        self._tick()
        self._tidy()
        self._server = await self.loop.create_server(lambda: Client(self), sock=self._listener)
        self.loop.add_reader(self._hears, self._hear)  # now, for it ends what has begun

    def _tick(self) -> None:
        self.now = self.loop.time()
        date = f"date: {formatdate(usegmt=True)}\r\n".encode()
        self.last_lines_at_last = date + b"connection: close\r\n\r\n"
        self.last_lines = self.last_lines_at_last if self.is_ending else date + b"\r\n"
        self.loop.call_later(1, self._tick)

    def _tidy(self) -> None:
        for client in [*self._clients]:
            client.tidy()
        self.loop.call_later(EVERY, self._tidy)

    def _hear(self) -> None:
        """End, if that is what the process was told (docs.python.org, ``set_wakeup_fd``)."""
        if _ENDS.isdisjoint(self._hears.recv(4_096)) or self.is_ending:
            return
        self.is_ending = True
        self.last_lines = self.last_lines_at_last
        self._server.close()
        self._accept_the_last()
        self.loop.call_later(LATE, self._be_late)

    def _accept_the_last(self) -> None:
        """Accept who has been waiting for it: the system would send them away."""
        with suppress(OSError):  # there is nobody any more
            while True:
                waiting, _ = self._backlog.accept()
                waiting.setblocking(False)
                made = self.loop.connect_accepted_socket(lambda: Client(self), waiting)
                self._keep(self.loop.create_task(made))
        self._backlog.close()

    def _be_late(self) -> None:
        """Send away who has asked for nothing."""
        self._is_late = True
        for client in [*self._clients]:
            client.end()
        if not self._clients:
            self.loop.stop()
        self._pass_on_the_last(until=self.loop.time() + PASSED_ON)

    def _pass_on_the_last(self, until: float) -> None:
        """End granian, which answers what it has read, and nothing else."""
        if self.loop.time() < until and any(client.is_waiting for client in self._clients):
            self.loop.call_later(LATE / 10, self._pass_on_the_last, until)
        else:
            self._stop()


def _nothing() -> None:
    """There is nobody to be told."""


def _allow_files() -> None:
    """Let the process have as many connections as it is allowed to, as nginx and Go do."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))

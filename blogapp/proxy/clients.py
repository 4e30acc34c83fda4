"""Connections of clients: what is ready is sent, everything else is passed on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from .. import cached
from .heads import END, Heads
from .upstreams import Upstream

if TYPE_CHECKING:
    from ..cached import Ready
    from .front import Front, Request

LONGEST = 16_384  # bytes that are kept of what a client sends before it is answered
MOST_AT_ONCE = 32  # answers to one client, before others have their turn
IDLE = 30  # seconds that a client has to send a request, from its connection or last answer on
STUCK = 60  # seconds in which a client has taken nothing of what it is sent
SPARE = 10  # seconds that an unused connection to granian stays; granian itself ends it after 30
_UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\n"
    b"connection: close\r\n\r\n"
)


class Client(asyncio.Protocol):
    """A connection of a client. It is in one of three states.

    Nothing is under way: a request that is ready is answered at once. A request is passed on:
    what the client sends meanwhile waits for the end of the answer. Or all is passed on for ever:
    there was a request of which only granian decides where it ends.
    """

    def __init__(self, front: Front) -> None:
        self._front = front
        self._heads = Heads()
        self._transport: asyncio.Transport
        self._address = ""
        self._received = b""
        self._at = 0  # what is before that is answered
        self._upstream: Upstream | None = None
        self._is_pipe = self._is_held = self._is_paused = False
        self._since = front.now
        self._unsent = (0, front.now)  # bytes, and since when they are as many
        self.is_gone = False
        self.is_waiting = False  # for granian's answer

    def tidy(self) -> None:
        """End what nobody uses; to be called every few seconds."""
        now = self._front.now
        unsent = self._transport.get_write_buffer_size()
        if unsent != self._unsent[0]:
            self._unsent = (unsent, now)
        if unsent:
            if now - self._unsent[1] > STUCK:
                self._transport.abort()
        elif not self.is_waiting and not self._is_pipe:
            if now - self._since > IDLE:
                self._transport.close()
            elif self._upstream and now - self._since > SPARE:
                self._upstream.close()
                self._upstream = None

    def end(self) -> None:
        """End, when what is under way is answered; granian ends what is passed on for ever."""
        if not self.is_waiting and not self._is_pipe:
            self._transport.close()

    # What the upstream calls.

    def take(self, data: bytes) -> None:
        """Send what granian answers."""
        self._transport.write(data)

    def have_answer(self, *, is_last: bool) -> None:
        """Go on to the next request."""
        self.is_waiting = False
        self._since = self._front.now
        if is_last or self._front.is_ending:
            self._transport.close()
        else:
            self._answer()

    def pass_on_for_ever(self) -> None:
        """Leave it to granian where anything begins and ends."""
        self._is_pipe = True
        if self._is_held:
            self.go_on()
        rest, self._received = self._received[self._at :], b""
        self._at = 0
        if rest:
            self._to_upstream().send(rest)

    def lose(self, upstream: Upstream) -> None:
        """Do without the connection to granian; an answer that is due does not come."""
        if upstream is self._upstream:
            self._upstream = None
            if self.is_waiting or self._is_pipe:
                self._transport.close()

    def refuse(self) -> None:
        """Tell the client that nobody can be asked."""
        if self.is_gone:
            return
        self._transport.write(_UNAVAILABLE)
        self._transport.close()

    def hold(self) -> None:
        """Read no more for now."""
        self._is_held = True
        self._transport.pause_reading()

    def go_on(self) -> None:
        """Read again."""
        self._is_held = False
        if not self.is_gone and not self._transport.is_closing():
            self._transport.resume_reading()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)  # as it is with TCP
        self._address = str((transport.get_extra_info("peername") or [""])[0])
        self._front.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Take the connection to granian along: nobody waits for its answer."""
        self.is_gone = True
        self._front.remove(self)
        if self._upstream:
            self._upstream.close()

    def data_received(self, data: bytes) -> None:
        """Answer requests, in their order, or pass on what it is."""
        if self._is_pipe:
            self._to_upstream().send(data)
            return
        if not (self._received or self.is_waiting or self._is_paused):
            asked = self._front.known.get(data)
            if asked:  # one whole request, and no more
                self._answer_one(data, asked)
                return
        self._received = self._received[self._at :] + data if self._received else data
        self._at = 0
        self._answer()
        if len(self._received) >= LONGEST:
            self.hold()

    def pause_writing(self) -> None:
        """Let granian wait until the client has read."""
        self._is_paused = True
        if self._upstream:
            self._upstream.hold()

    def resume_writing(self) -> None:
        """Go on."""
        self._is_paused = False
        if self._upstream:
            self._upstream.go_on()
        self._answer()

    def _answer(self) -> None:
        """Answer what can be answered, and read on."""
        for _ in range(MOST_AT_ONCE):
            if not self._answer_next():
                break
        else:
            self._front.loop.call_soon(self._answer)
        if self._is_held and not self._is_pipe and len(self._received) - self._at < LONGEST:
            self.go_on()

    def _answer_next(self) -> bool:
        """Answer the next request; false if there is none, or something is to be waited for."""
        if not self._received or self._is_paused or self.is_waiting or self._is_pipe:
            return False
        end = self._received.find(END, self._at) + len(END)
        is_whole = end >= len(END)
        if self._transport.is_closing():
            return False
        if (end if is_whole else len(self._received)) - self._at >= LONGEST:
            self.pass_on_for_ever()  # granian says that it is too long
            return False
        if not is_whole:
            return False
        request = self._received[self._at : end]
        asked = self._read(request)
        if asked is None:
            self.pass_on_for_ever()
            return False
        if end == len(self._received):
            self._received, self._at = b"", 0
        else:
            self._at = end
        self._answer_one(request, asked)
        return bool(self._received)

    def _read(self, request: bytes) -> Request | None:
        """Learn what is asked for; None if it is more than a head."""
        known = self._front.known.get(request)
        if known:
            return known
        head = self._heads.read(request)
        return self._front.learn(request, head) if head else None

    def _answer_one(self, request: bytes, asked: Request) -> None:
        """Answer a request, or pass it on."""
        ready = asked.place and self._front.ready(asked.place)
        if ready:
            self._send(ready, asked)
        else:
            self.is_waiting = True
            self._to_upstream().ask(request, is_get=asked.is_get)

    def _send(self, ready: Ready, asked: Request) -> None:
        """Send a page, or that the client has it."""
        front = self._front
        ready.used = True
        self._since = front.now
        is_held = asked.is_conditional and cached.is_held(ready, asked.tags, asked.since)
        lines = ready.not_modified_lines if is_held else ready.lines
        end = front.last_lines_at_last if asked.is_last else front.last_lines
        if asked.is_get and not is_held:
            self._transport.writelines((lines + end, ready.body))
        else:
            self._transport.write(lines + end)
        if asked.is_last or front.is_ending:
            self._transport.close()

    def _to_upstream(self) -> Upstream:
        """The connection to granian, of this client alone."""
        if self._upstream is None:
            self._upstream = Upstream(self, self._front.free)
            self._front.connect(self._upstream, self._address)
            if self._is_paused:
                self._upstream.hold()
        return self._upstream

"""Connections to granian, each of one client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

if TYPE_CHECKING:
    from .clients import Client


class Upstream(asyncio.Protocol):
    """The connection over which granian answers *client*; it may still be being made."""

    def __init__(self, client: Client, free: Callable[[str], None]) -> None:
        self.address = ""  # from which it comes
        self._client = client
        self._free = free  # that address
        self._transport: asyncio.Transport | None = None
        self._unsent: list[bytes] = []
        self._parser: HttpResponseParser | None = None
        self._is_head = self._is_answered = self._is_last = self._is_held = False

    def ask(self, request: bytes, *, is_get: bool) -> None:
        """Pass on a whole request; the client is told when it has the whole answer."""
        self._parser = HttpResponseParser(self)
        self._is_head = not is_get
        self._is_answered = False
        self.send(request)

    def send(self, data: bytes) -> None:
        """Pass on what the client sends, whatever it is."""
        if self._transport:
            self._transport.write(data)
        else:
            self._unsent.append(data)

    def hold(self) -> None:
        """Read no more for now."""
        self._is_held = True
        if self._transport:
            self._transport.pause_reading()

    def go_on(self) -> None:
        """Read again."""
        self._is_held = False
        if self._transport:
            self._transport.resume_reading()

    def close(self) -> None:
        """End, when what is under way is sent."""
        if self._transport:
            self._transport.close()

    def fail(self) -> None:
        """Give up: there is no connection."""
        self._client.refuse()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what has been waiting."""
        self._transport = cast(asyncio.Transport, transport)  # as it is with TCP
        self._transport.writelines(self._unsent)
        self._unsent = []
        if self._client.is_gone:
            transport.close()
        elif self._is_held:
            self._transport.pause_reading()

    def data_received(self, data: bytes) -> None:
        """Pass on what granian answers, and see whether that is all."""
        self._client.take(data)
        parser = self._parser
        if parser is None:
            return
        try:
            parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._parser = None
            self._client.pass_on_for_ever()
            return
        if self._is_answered:
            self._parser = None
            self._client.have_answer(is_last=self._is_last)

    def eof_received(self) -> None:
        """Be of no more use, at once."""
        self._client.lose(self)

    def connection_lost(self, error: Exception | None) -> None:
        """Tell the client, who may be waiting."""
        self._client.lose(self)
        self._free(self.address)

    def pause_writing(self) -> None:
        """Let the client wait until granian has read what it has sent."""
        self._client.hold()

    def resume_writing(self) -> None:
        """Let the client send on."""
        self._client.go_on()

    # What the parser calls.

    def on_headers_complete(self) -> None:
        """Learn how the answer ends; one to HEAD does here, whatever its headers say."""
        self._is_last = self._parser is None or not self._parser.should_keep_alive()
        if self._is_head:
            self.on_message_complete()

    def on_message_complete(self) -> None:
        """Know that this is all, unless more is announced (1xx)."""
        self._is_answered = self._parser is not None and self._parser.get_status_code() >= 200

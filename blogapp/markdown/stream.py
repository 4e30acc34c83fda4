"""A stream: many texts rendered by one child, which has the next one when it is done with one.

Else it would wait for whoever takes its answer, and that is as long as Python works elsewhere.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from . import answers
from . import pool as children
from .rendered import SECONDS, Rendered

_SENT = 2  # texts that are with the child, at most


class Stream:
    """Renders texts in the order in which they are put in, each within *seconds*.

    While there are any, a child of the pool is taken for them. As by ``render``, no text is lost;
    nor is one shown as code because its child was killed, for memory, say: another one gets it.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._texts: deque[str] = deque()  # those that were sent are the first
        self._child: children.Child | None = None
        self._sent = 0
        self._last = 0  # bytes of what was sent last

    def __len__(self) -> int:
        """Tell how many texts are put in, and not taken out."""
        return len(self._texts)

    def put(self, source: str) -> None:
        """Put a text in."""
        self._texts.append(source)

    def take(self) -> Rendered:
        """Wait for the first of the texts, and take it out."""
        source = self._texts[0]
        try:
            answer = self._answer()
        except BaseException as error:  # an interrupt, too: the child is in the middle of it
            self._let_go(is_sound=False)
            self._texts.popleft()
            if isinstance(error, OSError):
                return answers.failed(source, error, seconds=self._seconds)
            raise
        self._texts.popleft()
        self._sent -= 1
        if "error" in answer or not self._texts:
            self._let_go(is_sound="error" not in answer)
        else:
            self._feed()
        return answers.rendered(source, answer)

    def close(self) -> None:
        """Let go of what was not taken out."""
        self._texts.clear()
        self._let_go(is_sound=self._sent == 0)

    def _answer(self) -> dict[str, Any]:
        """Wait for the answer to the first text, which two children at most may die of."""
        try:
            return self._feed().receive()
        except ChildProcessError:  # perhaps it had died before it saw this text
            self._let_go(is_sound=False)
            return self._feed().receive()

    def _feed(self) -> children.Child:
        """Send the child what it can take: what does not fit into the pipe, it may never read.

        For it cannot while it waits for us to read its answer.
        """
        child = self._child = self._child or children.pool.take()
        while self._sent < min(len(self._texts), _SENT):
            request = children.request(self._texts[self._sent], seconds=self._seconds)
            if self._sent and self._last + len(request) > child.room():
                break
            child.send(request)
            self._sent, self._last = self._sent + 1, len(request)
        return child

    def _let_go(self, *, is_sound: bool) -> None:
        """Give the child back; another one is sent anew what this one has not answered."""
        if self._child is not None:
            children.pool.give(self._child, is_sound=is_sound)
        self._child, self._sent = None, 0

"""The child process that reads Markdown: one text after the other, from input to output."""

from __future__ import annotations

import contextlib
import resource
import signal
import sys
from collections.abc import Callable
from typing import Any

from . import survey, wire
from .convert import convert

MEMORY = 1 << 30  # bytes


def main() -> None:
    """Answer until the input ends, which it does when the parent goes away.

    The kernel ends this process when a text takes longer than its *seconds*: a handler in
    Python, or a thread, would wait for the regular expression that does not end.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not mix with the answers

    wire.send(answers, "ready")
    while (request := wire.receive(requests)) is not None:
        signal.setitimer(signal.ITIMER_REAL, request["seconds"])
        reply = answer(request["source"], request["task"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        wire.send(answers, reply)


def answer(source: str, task: str = "render") -> dict[str, Any]:
    """Do a *task* of `TASKS` with *source*; an ``error`` instead says what went wrong."""
    try:
        return TASKS[task](source)
    except Exception as error:  # whatever it is: the author's text is shown as code then
        return {"error": f"{type(error).__name__}: {error}"[:500]}


def _render(source: str, *, placed: bool = False) -> dict[str, Any]:
    rendered = convert(source, placed=placed)
    return {
        "html": rendered.html,
        "headings": [(h.level, h.id, h.text) for h in rendered.headings],
        "minutes": rendered.minutes,
        "words": rendered.words,
        "lead": rendered.lead,
        "plain": rendered.plain,
        "places": rendered.places,
    }


TASKS: dict[str, Callable[[str], dict[str, Any]]] = {
    "render": _render,
    "preview": lambda source: _render(source, placed=True),
    "survey": lambda source: survey.take(source)._asdict(),
}

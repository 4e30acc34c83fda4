"""Steps: what became of a message, as its sender is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import deliveries, messages
from .models import Message

_GOING = "it is on its way"
_AGAIN = "it is tried again and again"
_FAILED = "that did not work"
_CLOSED = "the way that it was to go is not set up any more"
_LIES = "it lies in the author's inbox"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that has happened at a time, or has not yet; *note* says more."""

    what: str
    at: datetime | None
    note: str = ""


def of(message: Message) -> list[Step]:
    """List what has happened in its order, then what has not; nothing is told but what is so."""
    steps = list(_steps(message))
    done = [step for step in steps if step.at is not None]
    done.sort(key=lambda step: (step.at, steps.index(step)))
    if message.withdrawn_at:
        return done
    return done + [step for step in steps if step.at is None]


def _steps(message: Message) -> Iterator[Step]:
    yield Step("received", message.received_at)
    if message.folder == messages.Folder.SPAM:
        yield _put_aside(message)
    yield from _told(message)
    yield Step("read", message.read_at, "" if message.read_at else "not yet")
    yield Step("answered", message.answered_at, "" if message.answered_at else "not yet")
    for addition in message.additions:
        yield Step("a line added", addition.added_at)
    if message.withdrawn_at:
        note = "Its words are deleted here. A mail about it may have been sent before."
        yield Step("taken back", message.withdrawn_at, note)


def _put_aside(message: Message) -> Step:
    by_hand = message.spam_reasons == [messages.BY_HAND]
    reasons = "" if by_hand else " ".join(message.spam_reasons)
    kept = "It is kept, and the author looks through what was put aside."
    return Step(
        "put aside by the author" if by_hand else "put aside by the filter",
        None,
        f"{reasons} {kept}".strip(),
    )


def _told(message: Message) -> Iterator[Step]:
    """Say whether the author has heard of it, where there is a way to tell them."""
    at = deliveries.told_at(message)
    if at is not None:
        yield Step("told to the author", at)
    elif deliveries.is_on_its_way(message):
        failed = any(each.attempts for each in deliveries.of(message) if deliveries.tells(each))
        yield Step("told to the author", None, f"not yet: {_AGAIN if failed else _GOING}")
    elif found := [each for each in deliveries.of(message) if deliveries.tells(each)]:
        tried = any(each.due_at is None for each in found)
        yield Step("told to the author", None, f"{_FAILED if tried else _CLOSED}; {_LIES}")

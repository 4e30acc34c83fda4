"""A finding: what an author may want to look at before a text is published."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN = 60  # characters of an author's own words in a message


@dataclass(frozen=True, slots=True)
class Finding:
    """What is odd in a *field*, on a *line* of the body (from 1), and what to do about it."""

    line: int | None
    field: str
    kind: str
    message: str


def in_body(line: int, kind: str, message: str) -> Finding:
    """Make a finding of a line of the body."""
    return Finding(line, "body", kind, message)


def quoted(words: str) -> str:
    """Show an author's words in a message, the first of many."""
    return f"“{words}”" if len(words) <= SHOWN else f"“{words[:SHOWN].rstrip()}…”"

"""Proofreading: one list of what an author may want to look at before publishing.

It warns, and nothing depends on it. Lines count from 1 in the body, and what is code is never
looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .. import markdown, merging, texts
from ..models import Post
from ..texts import Text
from . import fields, leads, structure
from .finding import Finding, in_body

__all__ = ["MOST", "SECONDS", "Finding", "proofread"]

MOST = 100  # findings; the rest is counted
SECONDS = 1.0  # the longest that one text may take


def proofread(
    text: Text,
    post: Post | None = None,
    *,
    html: str | None = None,
    at: datetime | None = None,
    patience: float | None = None,
) -> list[Finding]:
    """List what is odd in *text*, which may be the next one of *post*: fields, then by line.

    *html* is what the body was rendered to; without it, anchors in the text itself are not
    looked at. Links must lead to what is out when *text* is: *at* a moment (aware), or when
    *post* is. Reading the text is bounded as rendering it is, and so is *patience* (seconds).
    """
    lines = texts.normalise(text.body).split("\n")
    markers = merging.conflicts("\n".join(lines))
    found = [*fields.check(text, post), *_conflicts(lines, markers)]
    for number in markers:
        lines[number - 1] = ""  # it would underline a heading
    survey = markdown.take_survey("\n".join(lines), seconds=SECONDS, patience=patience)
    if survey is None:
        message = "There was no time to look through this text. Preview it again in a moment."
        return [*found, Finding(None, "body", "unread", message)]
    found += structure.check(survey, text.title)
    found += leads.check(survey, text, post, html=html, at=at)
    return _first(sorted(found, key=lambda finding: finding.line or 0))


def _conflicts(lines: list[str], markers: list[int]) -> Iterator[Finding]:
    """Find what a merge has left to choose, once for the markers that belong together."""
    is_open = False
    for number in markers:
        if not is_open:
            message = "Two versions of these lines stand here, between markers. Leave one of them."
            yield in_body(number, "merge", message)
        is_open = not lines[number - 1].startswith(">")


def _first(found: list[Finding]) -> list[Finding]:
    if len(found) <= MOST:
        return found
    message = f"There are {len(found) - MOST} more. They show when some of these are gone."
    return [*found[:MOST], Finding(None, "body", "more", message)]

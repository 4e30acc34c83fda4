"""What stands behind a link's text (GFM 6.6): ``(destination "title")`` or ``[label]``."""

from __future__ import annotations

import re
from urllib.parse import quote

from ..blocks.references import Target
from ..escapes import unescaped
from ..patterns import LABEL, LONGEST_LABEL, POINTED, TITLE
from ..patterns import title as words_of

_OPEN = re.compile(r"\([ \t\n]*+")
_POINTED = re.compile(POINTED)
_BARE = re.compile(r"(?:\\[^ \x00-\x1f\x7f]|[^\\ ()\x00-\x1f\x7f]|\\(?=[ \x00-\x1f\x7f]|$))++")
_TITLE = re.compile(rf"[ \t\n]++{TITLE}", re.DOTALL)
_CLOSE = re.compile(r"[ \t\n]*+\)")
_LABEL = re.compile(rf"\[({LABEL}{{0,{LONGEST_LABEL}}}+)\]", re.DOTALL)

DEEPEST = 32  # round brackets in a destination, as in GitHub's reader
_AS_IS = "-_.+!*'(),%#@?=;:/$&~"  # what a URL keeps; letters of other scripts are escaped


def tail(text: str, start: int) -> tuple[Target, int] | None:
    """Read ``(destination "title")`` at *start*; the target, and where it ends."""
    opening = _OPEN.match(text, start)
    if not opening:
        return None
    pointed = _POINTED.match(text, opening.end())
    if pointed:
        destination, end = pointed[1], pointed.end()
    elif text.startswith("<", opening.end()):
        return None
    else:
        end = _bare_end(text, opening.end())
        destination = text[opening.end() : end]
    title = _TITLE.match(text, end)
    close = _CLOSE.match(text, title.end() if title else end)
    if not close:
        return None
    words = words_of(title) if title else None
    return Target(unescaped(destination), words and unescaped(words)), close.end()


def label(text: str, start: int) -> tuple[str, int] | None:
    """Read ``[label]`` at *start*; the label, which may be empty, and where it ends."""
    found = _LABEL.match(text, start)
    if not found or found[1].isspace():
        return None
    return found[1], found.end()


def url(destination: str) -> str:
    """Write a destination as a URL: what may not stand there is percent-encoded."""
    return quote(destination, safe=_AS_IS)


def _bare_end(text: str, position: int) -> int:
    """Find the end of a destination without pointed brackets: its round ones are balanced."""
    depth = 0
    while position < len(text):
        if run := _BARE.match(text, position):
            position = run.end()
        elif text[position] == "(" and depth < DEEPEST:
            depth, position = depth + 1, position + 1
        elif text[position] == ")" and depth:
            depth, position = depth - 1, position + 1
        else:
            break
    return position

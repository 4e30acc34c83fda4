"""Spans: what binds closer than a link in a text, and is passed over in one step."""

from __future__ import annotations

import re
from collections import defaultdict

_AUTOLINK = re.compile(r"<[a-z][a-z0-9+.-]{1,31}:[^<>\x00-\x20]*+>", re.IGNORECASE)
_CLOSING_TAG = re.compile(r"</[a-z][a-z0-9-]*+\s*+>", re.IGNORECASE)
_COMMENT = "<!--"
_RAW = {  # the ends of elements that hold text alone
    name: re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "textarea")
}


class Spans:
    """The code spans (GFM 6.3), comments and addresses in ``markdown[start:end]``.

    Ask from left to right: what has been looked for in vain is not looked for again.
    """

    def __init__(self, markdown: str, start: int, end: int) -> None:
        self._markdown = markdown
        self._start = start
        self._end = end
        self._runs: defaultdict[int, list[int]] | None = None
        self._has_comment_ends = True
        self._unclosed: set[str] = set()

    def end(self, opening: re.Match[str]) -> int | None:
        """Find where the code ends that begins with these backticks; None if they are text."""
        if self._runs is None:
            self._runs = defaultdict(list)
            runs = re.compile("`+").finditer(self._markdown, self._start, self._end)
            for run in reversed(list(runs)):
                self._runs[len(run[0])].append(run.start())
        closing = self._runs[len(opening[0])]
        while closing and closing[-1] < opening.end():
            closing.pop()
        return closing[-1] + len(opening[0]) if closing else None

    def end_of_pointed(self, start: int) -> int | None:
        """Find where a comment, an address or a closing tag ends; None if ``<`` is text."""
        if self._markdown.startswith(_COMMENT, start):
            return self._end_of_comment(start)
        for pattern in (_AUTOLINK, _CLOSING_TAG):
            if match := pattern.match(self._markdown, start, self._end):
                return match.end()
        return None

    def end_of_tag(self, tag: re.Match[str]) -> int | None:
        """Find where a tag ends, with the text that it begins; None if this never ends."""
        name = tag["name"].lower()
        if name not in _RAW:
            return tag.end()
        closing = None
        if name not in self._unclosed:
            closing = _RAW[name].search(self._markdown, tag.end(), self._end)
        if closing is None:
            self._unclosed.add(name)
            return None
        return closing.start()

    def _end_of_comment(self, start: int) -> int | None:
        if not self._has_comment_ends:
            return None
        end = self._markdown.find("-->", start + len(_COMMENT), self._end)
        self._has_comment_ends = end >= 0
        return end + 3 if end >= 0 else None

"""Raw HTML and links in pointed brackets, ``<…>`` in a text (GFM 6.8, 6.10)."""

from __future__ import annotations

import re

from .. import raw

URI = re.compile(r"<([A-Za-z][A-Za-z0-9+.\-]{1,31}:[^<>\x00-\x20]*+)>")
EMAIL = re.compile(
    r"<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-]++@[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?)*+)>"
)

_TAG = re.compile(raw.TAG, re.ASCII)
_COMMENT = re.compile(r"<!--(?!-?>)(?:[^\-]|-(?!-))*+-->")
_DECLARATION = re.compile(r"<![A-Z]+\s")
_ENDS = {"<?": "?>", "<![CDATA[": "]]>"}


class Reader:
    """Finds raw HTML in one text; what was looked for in vain is not looked for again."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: dict[str, int] = {}

    def end(self, start: int) -> int | None:
        """Find the end of the HTML that begins at *start*."""
        if self._find(">", start) < 0:
            return None
        for pattern in (_TAG, _COMMENT):
            if match := pattern.match(self._text, start):
                return match.end()
        for opening, closing in _ENDS.items():
            if self._text.startswith(opening, start):
                found = self._find(closing, start + len(opening))
                return found + len(closing) if found >= 0 else None
        if _DECLARATION.match(self._text, start):
            return self._find(">", start) + 1
        return None

    def _find(self, mark: str, start: int) -> int:
        """Find *mark* from *start* on; -1 without one. Callers go from left to right."""
        known = self._next.get(mark, 0)
        if known >= 0 and (mark not in self._next or known < start):
            known = self._next[mark] = self._text.find(mark, start)
        return known

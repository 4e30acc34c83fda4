"""Patterns that blocks and inline text share, in the words of GFM's grammar."""

from __future__ import annotations

import re

# 6.6: <destination>, and the three ways to write a title
POINTED = r"<((?:\\.|[^\\<>\n])*+)>"
TITLE = r'(?:"((?:\\.|[^"\\])*+)"|\'((?:\\.|[^\'\\])*+)\'|\(((?:\\.|[^()\\])*+)\))'
LABEL = r"(?:\\.|[^\\\[\]])"  # a character of one
LONGEST_LABEL = 999  # characters


def end(pattern: re.Pattern[str], text: str, position: int) -> int:
    """Tell where the match at *position* ends, of a *pattern* that may match nothing."""
    found = pattern.match(text, position)
    return found.end() if found else position


def title(found: re.Match[str]) -> str | None:
    """Return the words of a matched `TITLE`, whose groups are the last three."""
    return next((group for group in found.groups()[-3:] if group is not None), None)

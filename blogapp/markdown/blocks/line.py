"""A line of Markdown, read from left to right in columns."""

from __future__ import annotations

import re

from ..patterns import end

TAB = 4  # columns between the stops of tabs (CommonMark 2.2)

_BLANKS = re.compile(r"[ \t]*")


class Line:
    """What is left of a line, behind the marks of the blocks that it stands in.

    *start* is where its first character that is no blank stands, *indent* the columns before it.
    """

    __slots__ = ("_column", "_offset", "blank", "indent", "number", "spent", "start", "text")

    def __init__(self, text: str, number: int) -> None:
        self.text = text
        self.number = number
        self.spent = False  # whether all of it was marks
        self._offset = 0
        self._column = 0
        self.start = 0
        self.indent = 0
        self.blank = False
        self._look()

    @property
    def rest(self) -> str:
        """What is left, blanks in front included."""
        return self.text[self._offset :]

    @property
    def content(self) -> str:
        """What is left from the first character that is no blank."""
        return self.text[self.start :]

    def starts_with(self, characters: str) -> bool:
        """Tell whether the first character that is no blank is one of *characters*."""
        return not self.blank and self.text[self.start] in characters

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Match *pattern* from the first character that is no blank."""
        return pattern.match(self.text, self.start)

    def spend(self) -> None:
        self.spent = True

    def skip_blanks(self) -> None:
        self._column += self.indent
        self._offset = self.start
        self.indent = 0

    def advance(self, columns: int) -> None:
        """Go on by *columns*; of a tab that is only partly passed, the rest is left as blanks."""
        while columns > 0 and self._offset < len(self.text):
            if self.text[self._offset] == "\t":
                width = TAB - self._column % TAB
                if width > columns:
                    before, after = self.text[: self._offset], self.text[self._offset + 1 :]
                    self.text = before + " " * width + after
                    continue
            else:
                width = 1
            columns -= width
            self._column += width
            self._offset += 1
        self._look()

    def pass_mark(self, width: int) -> None:
        """Go past a mark of *width* characters, and the blank that may stand behind it."""
        self.skip_blanks()
        self.advance(width)
        if self.indent:
            self.advance(1)

    def _look(self) -> None:
        text, start = self.text, self._offset
        if start < len(text) and text[start] not in " \t":  # most lines: no blanks to count
            self.start, self.indent, self.blank = start, 0, False
            return
        start = end(_BLANKS, text, start)
        column = self._column
        blanks = self.text[self._offset : start]
        if "\t" in blanks:
            for blank in blanks:
                column += TAB - column % TAB if blank == "\t" else 1
        else:
            column += len(blanks)
        self.start = start
        self.indent = column - self._column
        self.blank = start == len(self.text)

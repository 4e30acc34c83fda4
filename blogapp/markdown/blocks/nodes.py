"""The blocks that a text consists of (CommonMark 0.29 and GFM 0.29, and what we add to them).

Each knows whether a further line belongs to it, and takes its own marks off that line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import tables
from .line import Line

CODE_INDENT = 4  # columns that make code of a line
MOST_ADDED = 10_000  # cells that short rows of a table get: some lines could ask for millions


class Block:
    """A part of the text, from its *first* line to the *last* that is not blank."""

    is_leaf = True
    is_paragraph = False
    is_verbatim = False  # nothing begins inside; lines are taken as they are

    def __init__(self, first: int, last: int | None = None) -> None:
        self.first = first
        self.last = last or first

    def holds(self, child: Block) -> bool:
        """Tell whether *child* may stand in this block."""
        return False

    def continues(self, line: Line) -> bool:
        """Tell whether *line* goes on in this block; if so, its marks are passed."""
        return False

    def take(self, line: Line) -> None:
        """Take what is left of *line* as text."""


class Container(Block):
    """A block of blocks."""

    is_leaf = False

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.children: list[Block] = []

    def holds(self, child: Block) -> bool:
        return not isinstance(child, Item | Definition)

    @property
    def spaced(self) -> bool:
        """Whether blank lines stand between its blocks."""
        pairs = zip(self.children, self.children[1:], strict=False)
        return any(after.first > before.last + 1 for before, after in pairs)


class Document(Container):
    def continues(self, line: Line) -> bool:
        return True


class Quote(Container):
    def continues(self, line: Line) -> bool:
        if line.indent >= CODE_INDENT or not line.starts_with(">"):
            return False
        line.pass_mark(1)
        self.last = line.number
        return True


class List(Container):
    """Items with the same mark: a bullet, or what stands behind the number."""

    def __init__(self, first: int, mark: str, start: int | None) -> None:
        super().__init__(first)
        self.mark = mark
        self.start = start  # the first number; None for bullets

    def holds(self, child: Block) -> bool:
        return isinstance(child, Item) and child.mark == self.mark

    def continues(self, line: Line) -> bool:
        return True

    @property
    def loose(self) -> bool:
        """Whether a blank line stands anywhere between its items, or between their blocks."""
        return self.spaced or any(isinstance(i, Item) and i.spaced for i in self.children)


class _Indented(Container):
    """A container whose lines are indented by *width* columns."""

    def __init__(self, first: int, width: int) -> None:
        super().__init__(first)
        self.width = width

    def continues(self, line: Line) -> bool:
        if line.indent >= self.width:
            line.advance(self.width)
            return True
        if line.blank and self.children:  # it may begin with one blank line, not with two
            line.skip_blanks()
            return True
        return False


class Item(_Indented):
    """An item of a list."""

    def __init__(self, first: int, width: int, mark: str, number: int | None) -> None:
        super().__init__(first, width)
        self.mark = mark
        self.number = number


class Note(_Indented):
    """The text of a footnote."""

    def __init__(self, first: int, label: str) -> None:
        super().__init__(first, CODE_INDENT)
        self.label = label

    def continues(self, line: Line) -> bool:
        return super().continues(line) or line.blank


class Glossary(Container):
    """Terms and their definitions (PHP Markdown Extra)."""

    def holds(self, child: Block) -> bool:
        return isinstance(child, Term | Definition)

    def continues(self, line: Line) -> bool:
        return True


class Definition(_Indented):
    """What a term means; *apart* if a blank line stands before it."""

    def __init__(self, first: int, width: int, *, apart: bool) -> None:
        super().__init__(first, width)
        self.apart = apart


class Term(Block):
    def __init__(self, first: int, text: str) -> None:
        super().__init__(first)
        self.text = text


class Paragraph(Block):
    is_paragraph = True

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.lines: list[str] = []

    def continues(self, line: Line) -> bool:
        return not line.blank

    def take(self, line: Line) -> None:
        self.lines.append(line.content)
        self.last = line.number

    @property
    def text(self) -> str:
        return "\n".join(self.lines).rstrip(" \t")


class LinkDefinitions(Block):
    """Definitions of links that stood at the beginning of a paragraph: nothing to show."""


class Heading(Block):
    """A heading; *underlined* (setext) if it was read as a paragraph first."""

    def __init__(self, first: int, level: int, text: str, *, underlined: bool = False) -> None:
        super().__init__(first)
        self.level = level
        self.text = text
        self.underlined = underlined


class Rule(Block):
    pass


class Table(Block):
    """Rows of cells; *alignments* has one of "", "left", "center", "right" for each column."""

    def __init__(self, first: int, alignments: Sequence[str], head: Sequence[str]) -> None:
        super().__init__(first)
        self.alignments = alignments
        self.head = head
        self.rows: list[Sequence[str]] = []
        self._added = 0

    def continues(self, line: Line) -> bool:
        return not line.blank

    def take(self, line: Line) -> None:
        row = tables.fitted(tables.cells(line.content), len(self.alignments))
        missing = len(self.alignments) - len(row)
        if self._added + missing <= MOST_ADDED:
            self._added += missing
            row += [""] * missing
        self.rows.append(row)
        self.last = line.number


class _Verbatim(Block):
    is_verbatim = True

    def __init__(self, first: int) -> None:
        super().__init__(first)
        self.lines: list[str] = []

    def take(self, line: Line) -> None:
        self.lines.append(line.rest)
        if not line.blank:
            self.last = line.number


class IndentedCode(_Verbatim):
    def continues(self, line: Line) -> bool:
        if line.indent >= CODE_INDENT:
            line.advance(CODE_INDENT)
            return True
        if line.blank:
            line.skip_blanks()
        return line.blank

    @property
    def code(self) -> str:
        shown = self.last - self.first + 1  # blank lines behind the code are none of it
        return "".join(f"{line}\n" for line in self.lines[:shown])


class Fence(_Verbatim):
    """Code between fences; *closed* once the line was seen that ends it."""

    def __init__(self, first: int, fence: str, indent: int, info: str) -> None:
        super().__init__(first)
        self.indent = indent
        self.info = info
        self.closed = False
        self._sign = fence[0]
        self._end = re.compile(rf"{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")

    def continues(self, line: Line) -> bool:
        if self.closed:
            return False
        if line.indent < CODE_INDENT and line.match(self._end):
            self.closed = True
            line.spend()
        else:
            line.advance(min(self.indent, line.indent))
        return True

    def take(self, line: Line) -> None:
        self.add(line.rest, line.number)

    def is_plain(self, text: str) -> bool:
        """Tell whether *text* is a line of the code as it stands, outside of other blocks."""
        return not (self.closed or self.indent or text.lstrip(" \t").startswith(self._sign))

    def add(self, text: str, number: int) -> None:
        self.lines.append(text)
        self.last = number  # a blank line in a fence separates nothing

    @property
    def code(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)


class Html(_Verbatim):
    """Raw HTML, up to the line that has its *end*, or else up to a blank one."""

    def __init__(self, first: int, end: re.Pattern[str] | None) -> None:
        super().__init__(first)
        self.end = end
        self.closed = False

    def continues(self, line: Line) -> bool:
        return not self.closed and (self.end is not None or not line.blank)

    def take(self, line: Line) -> None:
        super().take(line)
        self.closed = self.end is not None and self.end.search(line.rest) is not None

    @property
    def html(self) -> str:
        return "\n".join(self.lines).rstrip("\n")

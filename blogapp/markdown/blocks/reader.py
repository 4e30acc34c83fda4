"""The reader of block structure: one line after the other, as CommonMark's appendix tells.

It keeps the blocks that are open, from the document down to the one that takes text. A line
goes on in as many of them as it has the marks for; what begins in it closes the rest. It costs
at most one look at each open block, and there are at most ``DEEPEST``.
"""

from __future__ import annotations

from typing import cast

from . import references, starts
from .line import Line
from .nodes import (
    Block,
    Container,
    Definition,
    Document,
    Fence,
    Glossary,
    Heading,
    Item,
    LinkDefinitions,
    List,
    Paragraph,
    Table,
    Term,
)

DEEPEST = 100  # blocks in blocks, like GitHub's limit for lists; further marks are text


class Reader:
    """Reads one text; *targets* are where its link labels lead, of equal ones the first."""

    def __init__(self) -> None:
        self.targets: dict[str, references.Target] = {}
        self._document = Document(1)
        self._open: list[Block] = [self._document]

    def read(self, lines: list[str]) -> Document:
        for number, text in enumerate(lines, start=1):
            if len(self._open) > 2 or not self._takes(text, number):
                self._take(Line(text, number))
        self._close_to(1)
        return self._document

    def _takes(self, text: str, number: int) -> bool:
        """Take a line that nothing can begin with, below the document itself: most are such.

        It tells whether it did; ``_take`` would have done the same.
        """
        tip = self._open[-1]
        if isinstance(tip, Fence):
            if not tip.is_plain(text):
                return False
            tip.add(text, number)
        elif not (tip.is_paragraph or tip is self._document):
            return False
        elif not text:
            self._close_to(1)
        elif text[0] in starts.MARKS:
            return False
        else:
            if tip is self._document:
                tip = Paragraph(number)
                self._push(tip)
            cast(Paragraph, tip).lines.append(text)
            tip.last = number
        return True

    def _take(self, line: Line) -> None:
        depth = self._continued(line)
        tip = self._open[-1]
        lazy = tip.is_paragraph and depth < len(self._open)
        while depth <= DEEPEST and not line.spent and starts.may_begin(line):
            if self._open[depth - 1].is_verbatim:
                break
            place = self._place(depth, lazy=lazy)
            block = starts.begin(line, place)
            if block is None:
                break
            self._close_to(depth)
            self._begin(block, place)
            depth, lazy = len(self._open), False

        if lazy and not line.blank:
            tip.take(line)
        else:
            self._close_to(depth)
            self._add(line)

    def _continued(self, line: Line) -> int:
        """Count the open blocks that *line* goes on in; their marks are passed."""
        depth = 1
        while depth < len(self._open) and self._open[depth].continues(line):
            depth += 1
        return depth

    def _place(self, depth: int, *, lazy: bool) -> starts.Place:
        deepest = self._open[depth - 1]
        before = deepest
        if isinstance(deepest, Container) and not isinstance(deepest, Glossary):
            before = deepest.children[-1] if deepest.children else deepest
        return starts.Place(
            paragraph=deepest if isinstance(deepest, Paragraph) else None,
            lazy=lazy,
            before=before if isinstance(before, Paragraph | Glossary) else None,
        )

    def _begin(self, block: Block, place: starts.Place) -> None:
        if isinstance(block, Heading) and block.underlined:
            self._drop_paragraph()
        elif isinstance(block, Table) and place.paragraph:
            place.paragraph.lines.pop()
            place.paragraph.last -= 1
            if not place.paragraph.lines:
                self._drop_paragraph()
        elif isinstance(block, Definition) and isinstance(place.before, Paragraph):
            self._open_glossary(place.before)
        elif isinstance(block, Item) and not self._open[-1].holds(block):
            self._push(List(block.first, block.mark, block.number))
        self._push(block)

    def _open_glossary(self, terms: Paragraph) -> None:
        """Make terms of the lines of a paragraph; what is explained below it goes on."""
        if terms is self._open[-1]:
            self._close()
        around = cast(Container, self._open[-1])
        around.children.pop()
        if around.children and isinstance(around.children[-1], Glossary):
            self._open.append(around.children[-1])
        else:
            self._push(Glossary(terms.first))
        for number, text in enumerate(terms.lines, start=terms.first):
            self._push(Term(number, text))
            self._close()

    def _add(self, line: Line) -> None:
        """Give what is left of *line* to the open block that takes it."""
        tip = self._open[-1]
        if line.spent:
            tip.last = line.number
        elif tip.is_leaf:
            tip.take(line)
        elif not line.blank:
            paragraph = Paragraph(line.number)
            self._push(paragraph)
            paragraph.take(line)

    def _push(self, block: Block) -> None:
        while not self._open[-1].holds(block):
            self._close()
        cast(Container, self._open[-1]).children.append(block)
        self._open.append(block)

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._close()

    def _close(self) -> None:
        block = self._open.pop()
        around = cast(Container, self._open[-1])
        around.last = max(around.last, block.last)
        if isinstance(block, Paragraph):
            self._define(block.lines)
            if not block.lines:
                around.children[-1] = LinkDefinitions(block.first, block.last)

    def _drop_paragraph(self) -> None:
        paragraph = cast(Paragraph, self._open.pop())
        cast(Container, self._open[-1]).children.pop()
        self._define(paragraph.lines)

    def _define(self, lines: list[str]) -> None:
        for label, target in references.take(lines):
            self.targets.setdefault(references.normalised(label), target)

"""The tree that Python-Markdown goes on with, made of the blocks of a text.

Text that may have inline structure stands in it as plain strings, all other as AtomicString.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, SubElement

from . import elements, highlight, places
from .blocks import nodes

_ALERT = re.compile(r"\[!([A-Za-z][\w-]*)\]([+-]?)(?:[ \t]+(.*))?$")
_TASK = re.compile(r"\[([ xX])\](?=[ \t])")
_ALERTS = {"note", "tip", "important", "warning", "caution"}

Stash = Callable[[str], str]


class Builder:
    """Makes elements of blocks; *stash* keeps finished HTML and returns what stands for it.

    *raw* does the same for an author's HTML. *notes* has the footnotes, by their labels.
    With a *nonce*, elements are marked with the lines that they come from.
    """

    def __init__(self, stash: Stash, raw: Stash, nonce: str = "") -> None:
        self._stash = stash
        self._raw = raw
        self._nonce = nonce
        self._mark = places.marker(nonce)
        self.notes: dict[str, Element] = {}
        self._builders: dict[type[nodes.Block], Callable[..., None]] = {
            nodes.Paragraph: self._paragraph,
            nodes.Heading: self._heading,
            nodes.List: self._list,
            nodes.Quote: self._quote,
            nodes.Fence: self._fence,
            nodes.IndentedCode: self._indented_code,
            nodes.Html: self._html,
            nodes.Rule: self._rule,
            nodes.Table: self._table,
            nodes.Note: self._note,
            nodes.Glossary: self._glossary,
            nodes.LinkDefinitions: self._nothing,
        }

    def build(self, document: nodes.Document, root: Element) -> None:
        self._blocks(root, document.children)

    def _blocks(self, parent: Element, blocks: Sequence[nodes.Block]) -> None:
        for block in blocks:
            self._builders[type(block)](parent, block)

    def _add(self, parent: Element, tag: str, line: int, **attributes: str) -> Element:
        """Add the element of what begins on *line*."""
        made = SubElement(parent, tag, attributes)
        if self._nonce:
            self._mark(made, line)
        return made

    def _nothing(self, _parent: Element, _block: nodes.Block) -> None:
        pass

    def _paragraph(self, parent: Element, paragraph: nodes.Paragraph) -> None:
        self._add(parent, "p", paragraph.first).text = paragraph.text

    def _heading(self, parent: Element, heading: nodes.Heading) -> None:
        self._add(parent, f"h{heading.level}", heading.first).text = heading.text

    def _rule(self, parent: Element, rule: nodes.Rule) -> None:
        self._add(parent, "hr", rule.first)

    def _html(self, parent: Element, block: nodes.Html) -> None:
        parent.append(elements.bare(elements.done(f"{self._raw(block.html)}\n")))

    def _fence(self, parent: Element, fence: nodes.Fence) -> None:
        self._code(parent, fence.code, fence.info, fence.first)

    def _indented_code(self, parent: Element, block: nodes.IndentedCode) -> None:
        self._code(parent, block.code, "", block.first)

    def _code(self, parent: Element, code: str, info: str, line: int) -> None:
        mark = places.comment(self._nonce, line) if self._nonce else ""
        figure = self._stash(mark + highlight.figure(code, info))
        SubElement(parent, "p").text = elements.done(figure)

    def _list(self, parent: Element, block: nodes.List) -> None:
        made = SubElement(parent, "ul" if block.start is None else "ol")
        if block.start not in (None, 1):
            made.set("start", str(block.start))
        loose = block.loose
        for item in block.children:
            assert isinstance(item, nodes.Item)  # noqa: S101 - a list holds nothing else
            text = self._add(made, "li", item.first)
            box, children = _task(item.children)
            self._tight_or_loose(text, children, loose=loose)
            if box is not None:
                made.set("class", "task-list")
                text.set("class", "task-list-item")
                _put_first(text[0] if loose else text, box)

    def _tight_or_loose(
        self, parent: Element, blocks: Sequence[nodes.Block], *, loose: bool
    ) -> None:
        for block in blocks:
            if isinstance(block, nodes.Paragraph) and not loose:
                elements.write(parent, block.text)
            else:
                self._blocks(parent, [block])

    def _quote(self, parent: Element, quote: nodes.Quote) -> None:
        first = quote.children[0] if quote.children else None
        alert = _ALERT.match(first.lines[0]) if isinstance(first, nodes.Paragraph) else None
        if not (alert and isinstance(first, nodes.Paragraph)):
            self._blocks(self._add(parent, "blockquote", quote.first), quote.children)
            return
        kind = alert[1].lower()
        kind_class = f"alert alert-{kind if kind in _ALERTS else 'note'}"
        folded = bool(alert[2])
        tag = "details" if folded else "div"
        box = self._add(parent, tag, quote.first, **{"class": kind_class})
        if alert[2] == "+":
            box.set("open", "open")
        title = SubElement(box, "summary" if folded else "p", {"class": "alert-title"})
        title.text = (alert[3] or "").strip() or elements.done(kind.replace("-", " ").capitalize())
        self._blocks(box, _rest_of(first, first.lines[1:]))
        self._blocks(box, quote.children[1:])

    def _table(self, parent: Element, table: nodes.Table) -> None:
        made = self._add(parent, "table", table.first)
        self._row(SubElement(SubElement(made, "thead"), "tr"), "th", table.head, table.alignments)
        if table.rows:
            body = SubElement(made, "tbody")
            below = table.first + 2  # the second line aligns the columns
            for line, cells in enumerate(table.rows, start=below):
                self._row(self._add(body, "tr", line), "td", cells, table.alignments)

    def _row(
        self, row: Element, tag: str, cells: Sequence[str], alignments: Sequence[str]
    ) -> None:
        for text, side in zip(cells, alignments, strict=False):  # rows may be short
            cell = SubElement(row, tag, {"align": side} if side else {})
            cell.text = text

    def _note(self, _parent: Element, note: nodes.Note) -> None:
        text = Element("li")
        self._blocks(text, note.children)
        self.notes.setdefault(note.label.casefold(), Element("li")).extend(text)

    def _glossary(self, parent: Element, glossary: nodes.Glossary) -> None:
        made = SubElement(parent, "dl")
        for child in glossary.children:
            if isinstance(child, nodes.Term):
                self._add(made, "dt", child.first).text = child.text
            elif isinstance(child, nodes.Definition):
                loose = child.apart or child.spaced
                explained = self._add(made, "dd", child.first)
                self._tight_or_loose(explained, child.children, loose=loose)


def _task(blocks: Sequence[nodes.Block]) -> tuple[Element | None, Sequence[nodes.Block]]:
    """Make the box of a task (GFM 5.3), if these are one; and tell what stands behind it."""
    first = blocks[0] if blocks else None
    task = _TASK.match(first.lines[0]) if isinstance(first, nodes.Paragraph) else None
    if not (task and isinstance(first, nodes.Paragraph)):
        return None, blocks
    done = {"checked": "checked"} if task[1] != " " else {}
    text = first.lines[0][task.end() :].lstrip(" \t")
    rest = _rest_of(first, [text, *first.lines[1:]])
    return elements.make("input", type="checkbox", **done), [*rest, *blocks[1:]]


def _rest_of(paragraph: nodes.Paragraph, lines: list[str]) -> list[nodes.Block]:
    """The paragraph of these *lines*; none without any."""
    if not lines:
        return []
    rest = nodes.Paragraph(paragraph.first)
    rest.lines = lines
    return [rest]


def _put_first(parent: Element, box: Element) -> None:
    text = elements.bare(parent.text or "")
    parent.text = None
    box.tail = elements.done(" ")
    parent.insert(0, box)
    parent.insert(1, text)

"""Survey: where the headings, links and images of a text stand, for who checks it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree.ElementTree import Element

from . import fallback, fences, raw
from .blocks import nodes
from .blocks.reader import Reader
from .blocks.references import Target
from .elements import make, plain
from .inlines import assembly, scanner
from .lines import Lines
from .surveyed import LONGEST_URL, Head, Image, Link, Survey

MOST = 1000  # of each kind; nobody corrects more
LONGEST = 200  # characters of words that are kept

_MAY_BE_LINKS = re.compile(r"[\[<]|://|www\.", re.IGNORECASE)
_HEADING = re.compile(r"h([1-6])")
_MARKUP = re.compile(r"<[^<>]*>|[*_`~]")
_PICTURE = re.compile(r"<img\b", re.IGNORECASE)
_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for an image in a link's words


def take(source: str) -> Survey:
    """Survey *source* as the renderer reads it, however long that takes."""
    lines = fallback.clean(source).split("\n")
    reader = Reader()
    leaves = list(_leaves(reader.read(lines)))
    surveyor = _Surveyor(reader.targets, _labels(leaves))
    for block in leaves:
        surveyor.look_at(block)
    found = surveyor.survey
    return Survey(
        headings=sorted(found.headings, key=_line)[:MOST],
        links=sorted(found.links, key=_line)[:MOST],
        images=sorted(found.images, key=_line)[:MOST],
        bare_fences=sorted(found.bare_fences)[:MOST],
        bare_tables=sorted(found.bare_tables)[:MOST],
    )


def _line(found: Head | Link | Image) -> int:
    return found.line


def _leaves(block: nodes.Block) -> Iterator[nodes.Block]:
    """Yield the blocks in the order of the text; a footnote comes before what is in it."""
    waiting = [block]
    while waiting:
        block = waiting.pop()
        if isinstance(block, nodes.Note) or not isinstance(block, nodes.Container):
            yield block
        if isinstance(block, nodes.Container):
            waiting += reversed(block.children)


def _labels(blocks: list[nodes.Block]) -> set[str]:
    return {block.label.casefold() for block in blocks if isinstance(block, nodes.Note)}


class _Tag(NamedTuple):
    """A tag of raw HTML; an end tag's *name* begins with a slash."""

    name: str
    text: str
    start: int
    line: int


def _tags(html: str, start: int, lines: Lines) -> Iterator[_Tag]:
    """Yield the tags in *html*, which begins at *start* of the text that has *lines*."""
    for tag in raw.tags(html):
        at = start + tag.start()
        slash = "/" if tag[0].startswith("</") else ""
        yield _Tag(f"{slash}{tag[1].lower()}", tag[0], at, lines.at(at))


@dataclass(slots=True)
class _Table:
    """A table of raw HTML."""

    line: int
    has_head: bool = False


class _Surveyor:
    """Looks at the blocks of a text, one after the other, and notes what it finds."""

    def __init__(self, targets: dict[str, Target], labels: set[str]) -> None:
        self.survey = Survey([], [], [], [], [])
        self._targets = targets
        self._labels = labels
        self._tables: list[_Table] = []  # those of raw HTML that are open

    def look_at(self, block: nodes.Block) -> None:
        if isinstance(block, nodes.Paragraph):
            self._read(block.text, block.last - len(block.lines) + 1)
        elif isinstance(block, nodes.Heading):
            self._heading(block)
        elif isinstance(block, nodes.Table):
            self._table(block)
        elif isinstance(block, nodes.Term):
            self._read(block.text, block.first)
        elif isinstance(block, nodes.Html):
            self._html(block)
        elif isinstance(block, nodes.Fence) and not fences.read(block.info).language:
            self.survey.bare_fences.append(block.first)

    def _heading(self, heading: nodes.Heading) -> None:
        first = heading.first
        if heading.underlined:  # definitions of links may stand above it
            first = heading.last - heading.text.count("\n") - 1
        if heading.text:
            head = Head(first, heading.level, " ".join(heading.text.split())[:LONGEST])
            self.survey.headings.append(head)
            self._read(heading.text, first)

    def _table(self, table: nodes.Table) -> None:
        if not any(table.head):
            self.survey.bare_tables.append(table.first)
        for number, row in enumerate([table.head, *table.rows]):
            line = table.first + number + (number > 0)  # the second one aligns the columns
            for cell in row:
                self._read(cell, line)

    def _read(self, text: str, first: int) -> None:
        """Read the inline structure of *text*, which begins on the line *first*."""
        if not _MAY_BE_LINKS.search(text):
            return
        lines = Lines(text, first)
        tags: list[_Tag] = []

        def see(found: Element | str, start: int) -> None:
            if isinstance(found, str):
                tags.extend(_tags(found, start, lines))
            else:
                self._element(found, lines.at(start))

        scanner.read(text, self, see)
        self._take(tags, text)

    def _html(self, block: nodes.Html) -> None:
        html = block.html
        self._take(list(_tags(html, 0, Lines(html, block.first))), html)

    def _element(self, element: Element, line: int) -> None:
        words: str | None = " ".join(assembly.words_of(element).split())
        if element.tag == "img":
            self._image(line, plain(element.get("src", "")), speaks=bool(words))
            return
        if not words and element.find(".//img") is not None:
            words = None
        self._link(line, plain(element.get("href", "")), words)

    def _take(self, tags: list[_Tag], text: str) -> None:
        """Note what the raw *tags* in *text* make."""
        opened: list[_Tag] = []
        for tag in tags:
            if level := _HEADING.fullmatch(tag.name):
                self.survey.headings.append(Head(tag.line, int(level[1]), ""))
            elif tag.name == "img":
                has = raw.attributes(tag.text)
                self._image(tag.line, has.get("src", ""), speaks="alt" in has)
            elif tag.name == "a":
                opened.append(tag)
            elif tag.name == "/a" and opened:
                self._anchor(opened.pop(), text, tag.start)
            else:
                self._take_of_table(tag)
        for tag in opened:
            self._anchor(tag, text, None)

    def _anchor(self, tag: _Tag, text: str, end: int | None) -> None:
        url = raw.attributes(tag.text).get("href")
        if url is None:
            return
        inside = "" if end is None else text[tag.start + len(tag.text) : end]
        words = " ".join(_MARKUP.sub("", inside).split()) or None
        self._link(tag.line, url, words)

    def _take_of_table(self, tag: _Tag) -> None:
        if tag.name == "table":
            self._tables.append(_Table(tag.line))
        elif tag.name == "th" and self._tables:
            self._tables[-1].has_head = True
        elif tag.name == "/table" and self._tables:
            table = self._tables.pop()
            if not table.has_head:
                self.survey.bare_tables.append(table.line)

    def _link(self, line: int, url: str, words: str | None) -> None:
        self.survey.links.append(Link(line, url[:LONGEST_URL], words and words[:LONGEST]))

    def _image(self, line: int, url: str, *, speaks: bool) -> None:
        self.survey.images.append(Image(line, url[:LONGEST_URL], speaks))

    # What inline text may refer to, for the scanner.

    def target(self, label: str) -> Target | None:
        return self._targets.get(label)

    def note_mark(self, label: str) -> Element | None:
        return make("sup") if label.casefold() in self._labels else None

    def raw(self, html: str) -> str:
        return _OBJECT if _PICTURE.match(html) else ""

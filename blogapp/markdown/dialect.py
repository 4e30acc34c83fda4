"""The dialect of Markdown that posts are written in: Python-Markdown, set up.

Its readers of blocks and of inline text give way to our own, which agree with GitHub;
its tree, its attribute lists, its store of raw HTML and its serialiser do the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Self
from xml.etree.ElementTree import Element, ElementTree

import markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.postprocessors import build_postprocessors
from markdown.treeprocessors import Treeprocessor, UnescapeTreeprocessor, build_treeprocessors
from markdown.util import BLOCK_LEVEL_ELEMENTS, STX, AtomicString, Registry

from . import elements, places
from .blocks.reader import Reader
from .blocks.references import Target
from .footnotes import Footnotes
from .inlines import scanner
from .raw import Raw
from .tree import Builder

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_ATTRIBUTE = r"(?:[#.][^\s{}#=\"']+|[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+))"
_LIST = rf"\{{(?::[ ]*(?={_ATTRIBUTE})|(?=[#.]))({_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*+)[ ]*\}}"


def parse(source: str, *, nonce: str, placed: bool = False) -> str:
    """Turn Markdown into HTML that is not safe yet.

    An ``id`` made here starts with *nonce*, so that the sanitiser can tell it from an
    author's; so do the marks of `places`, if it is *placed*. A new ``Markdown`` for each
    text: they are not thread-safe, nor quite clean after a ``reset()``.
    """
    md = _Markdown(output_format="html", extensions=[_House(nonce, placed=placed)])
    html = md.convert(source.removesuffix("\n"))
    return places.bring_out(html, nonce) if placed else html


class _Markdown(markdown.Markdown):
    """Python-Markdown without its own readers, which are costly to make."""

    def build_parser(self) -> Self:
        self.preprocessors = Registry()
        self.inlinePatterns = Registry()
        self.treeprocessors = build_treeprocessors(self)
        self.postprocessors = build_postprocessors(self)
        return self

    def is_block_level(self, tag: object) -> bool:
        return isinstance(tag, str) and _is_block_level(tag)


@lru_cache(500)  # authors make up tags
def _is_block_level(tag: str) -> bool:
    return tag.lower().rstrip("/") in BLOCK_LEVEL_ELEMENTS


class _House(Extension):
    """GitHub's structure, and what is our own: definitions, attribute lists, signed ids."""

    def __init__(self, nonce: str, *, placed: bool) -> None:
        super().__init__()
        self.nonce = nonce
        self.placed = placed

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        blocks = _Blocks(md, self.nonce, placed=self.placed)
        md.parser = blocks
        md.treeprocessors.register(_Inlines(md, blocks), "inline", 20)
        md.treeprocessors.register(_Notes(md, blocks), "footnotes", 15)
        md.treeprocessors.register(_Attributes(md), "attributes", 8)
        md.treeprocessors.register(_HeadingIds(md, self.nonce), "heading-ids", 1)
        md.treeprocessors.register(_Unescape(md), "unescape", 0)


class _Blocks(BlockParser):
    """Reads blocks, and knows afterwards what inline text may refer to."""

    def __init__(self, md: markdown.Markdown, nonce: str, *, placed: bool) -> None:
        super().__init__(md)
        self._targets: dict[str, Target] = {}
        self._nonce = nonce
        self._placed = placed
        self._raw = Raw()
        self.footnotes = Footnotes({}, nonce)

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:
        root = Element(self.md.doc_tag)
        reader = Reader()
        mark = self._nonce if self._placed else ""
        builder = Builder(self.md.htmlStash.store, self.raw, mark)
        builder.build(reader.read(list(lines)), root)
        self._targets = reader.targets
        self.footnotes = Footnotes(builder.notes, self._nonce)
        return ElementTree(root)

    def target(self, label: str) -> Target | None:
        return self._targets.get(label)

    def note_mark(self, label: str) -> Element | None:
        return self.footnotes.mark(label)

    def raw(self, html: str) -> str:
        return self.md.htmlStash.store(self._raw.passed(html))


class _Inlines(Treeprocessor):
    """Reads the inline structure of every text that is not done."""

    def __init__(self, md: markdown.Markdown, blocks: _Blocks) -> None:
        super().__init__(md)
        self._blocks = blocks

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            if element.text and not isinstance(element.text, AtomicString):
                elements.fill(element, scanner.read(element.text, self._blocks))


class _Notes(_Inlines):
    """Puts the footnotes behind the text."""

    def run(self, root: Element) -> None:
        section = self._blocks.footnotes.section(super().run)
        if section is not None:
            root.append(section)


class _Attributes(AttrListTreeprocessor):
    """Attribute lists that say what they are, ``{#id}``, ``{.class}`` or ``{: …}``.

    Braces in prose, ``{name}``, are the author's words.
    """

    # Python-Markdown reads these from the class, so they can be replaced in a subclass.

    HEADER_RE = re.compile(rf"(?<! )[ ]+{_LIST}[ ]*$")  # type: ignore[misc] # its types call them final
    BLOCK_RE = re.compile(rf"\n[ ]*{_LIST}[ ]*$")  # type: ignore[misc] # final, too
    INLINE_RE = re.compile(rf"^{_LIST}")  # type: ignore[misc] # final, too

    def run(self, root: Element) -> None:
        if any("{" in text for text in root.itertext()):
            super().run(root)


class _Unescape(UnescapeTreeprocessor):
    """Brings hidden characters back, in the few texts that have some."""

    def unescape(self, text: str) -> str:
        return super().unescape(text) if STX in text else text


class _HeadingIds(Treeprocessor):
    """Sign the ids that an author gave to headings; all other ids are dropped."""

    def __init__(self, md: markdown.Markdown, nonce: str) -> None:
        super().__init__(md)
        self.nonce = nonce

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in _HEADINGS and (name := element.get("id")):
                element.set("id", self.nonce + name)

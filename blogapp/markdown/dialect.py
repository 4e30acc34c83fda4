"""The dialect of Markdown that posts are written in: Python-Markdown, set up.

Its readers of blocks and of inline text give way to our own, which agree with GitHub;
its tree, its attribute lists, its store of raw HTML and its serialiser do the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, ElementTree

import markdown
from markdown.blockparser import BlockParser
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from . import elements
from .blocks.reader import Reader
from .blocks.references import Target
from .footnotes import Footnotes
from .inlines import scanner
from .raw import Raw
from .tree import Builder

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_ATTRIBUTE = r"(?:[#.][^\s{}#=\"']+|[\w:-]+=(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s{}\"']+))"
_LIST = rf"\{{(?::[ ]*(?={_ATTRIBUTE})|(?=[#.]))({_ATTRIBUTE}(?:[ ]+{_ATTRIBUTE})*+)[ ]*\}}"


def parse(source: str, *, nonce: str) -> str:
    """Turn Markdown into HTML that is not safe yet.

    An ``id`` made here starts with *nonce*, so that the sanitiser can tell it from an
    author's. A new ``Markdown`` for each text: they are not thread-safe, nor quite clean
    after a ``reset()``.
    """
    md = markdown.Markdown(output_format="html", extensions=[_House(nonce)])
    return md.convert(source.removesuffix("\n"))


class _House(Extension):
    """GitHub's structure, and what is our own: definitions, attribute lists, signed ids."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        for name in ("normalize_whitespace", "html_block"):
            md.preprocessors.deregister(name)
        blocks = _Blocks(md, self.nonce)
        md.parser = blocks
        md.treeprocessors.register(_Inlines(md, blocks), "inline", 20)
        md.treeprocessors.register(_Notes(md, blocks), "footnotes", 15)
        md.treeprocessors.register(_Attributes(md), "attributes", 8)
        md.treeprocessors.register(_HeadingIds(md, self.nonce), "heading-ids", 1)


class _Blocks(BlockParser):
    """Reads blocks, and knows afterwards what inline text may refer to."""

    def __init__(self, md: markdown.Markdown, nonce: str) -> None:
        super().__init__(md)
        self._targets: dict[str, Target] = {}
        self._nonce = nonce
        self._raw = Raw()
        self.footnotes = Footnotes({}, nonce)

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:
        root = Element(self.md.doc_tag)
        reader = Reader()
        builder = Builder(self.md.htmlStash.store, self.raw)
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


class _HeadingIds(Treeprocessor):
    """Sign the ids that an author gave to headings; all other ids are dropped."""

    def __init__(self, md: markdown.Markdown, nonce: str) -> None:
        super().__init__(md)
        self.nonce = nonce

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in _HEADINGS and (name := element.get("id")):
                element.set("id", self.nonce + name)

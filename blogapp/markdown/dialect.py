"""The dialect of Markdown that posts are written in: Python-Markdown, set up.

This is the place for processors that change what is a list, a fence or a paragraph.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import markdown
from markdown.extensions import Extension
from markdown.extensions.attr_list import AttrListTreeprocessor
from markdown.extensions.footnotes import FN_BACKLINK_TEXT, FootnoteExtension
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER

from . import highlight

_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LIST = r"\{(?::[ ]*|(?=[#.]))([^}\n ][^}\n]*)\}"
_ALERTS = {"note", "tip", "important", "warning", "caution"}
_FENCE = re.compile("(?P<indent> *)" + re.escape(HTML_PLACEHOLDER).replace("%s", "[0-9]+"))
_FOOTNOTE = re.compile(r"#?fn(ref\d*)?-(.*)", re.DOTALL)


def parse(source: str, *, nonce: str) -> str:
    """Turn Markdown into HTML that is not safe yet.

    An ``id`` made here starts with *nonce*, so that the sanitiser can tell it from an
    author's. A new ``Markdown`` for each text: they are not thread-safe, nor quite clean
    after a ``reset()``.
    """
    parser = markdown.Markdown(
        output_format="html",
        extensions=[
            "tables",
            "def_list",
            "sane_lists",
            "pymdownx.betterem",
            "pymdownx.magiclink",
            "pymdownx.quotes",
            "pymdownx.saneheaders",
            "pymdownx.superfences",
            "pymdownx.tasklist",
            "pymdownx.tilde",
            _Notes(
                SEPARATOR="-",
                USE_DEFINITION_ORDER=False,
                BACKLINK_TEXT="↩\N{VARIATION SELECTOR-15}",
            ),
            _House(nonce),
        ],
        extension_configs={
            "tables": {"use_align_attribute": True},
            "pymdownx.quotes": {"callouts": True},
            "pymdownx.superfences": {
                "custom_fences": [
                    {"name": "*", "class": "", "format": _fence, "validator": _fence_options}
                ],
                "preserve_tabs": True,
                "relaxed_headers": True,
            },
            "pymdownx.tilde": {"subscript": False},
        },
    )
    return parser.convert(source)


class _Notes(FootnoteExtension):
    """Footnotes that may be empty, and may bring footnotes of their own.

    Python-Markdown fails on the first kind and loses the second.
    """

    def makeFootnotesDiv(self, root: Element) -> Element | None:
        if not self.footnotes:
            return None
        box = Element("div", {"class": "footnote"})
        notes = SubElement(box, "ol")
        while len(notes) < len(self.footnotes):
            label = tuple(self.footnotes)[len(notes)]
            note = SubElement(notes, "li", {"id": self.makeFootnoteId(label)})
            text = Element("div")  # the parser treats the children of an li in a way of its own
            self.parser.parseChunk(text, self.footnotes[label])
            note.extend(text)
            last = note[-1] if len(note) and note[-1].tag == "p" else SubElement(note, "p")
            last.text = f"{last.text}\N{NO-BREAK SPACE}" if last.text else ""
            back = {"class": "footnote-backref", "href": f"#{self.makeFootnoteRefId(label)}"}
            SubElement(last, "a", back).text = FN_BACKLINK_TEXT
        return box


class _House(Extension):
    """What is our own: careful attribute lists, alerts, indented code, signed ids."""

    def __init__(self, nonce: str) -> None:
        super().__init__()
        self.nonce = nonce

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.preprocessors.register(_Apart(md), "apart", 24)  # after the fences
        # Python-Markdown's own: footnotes 50, inline 20, callouts 19.99, footnotes again 15.
        md.treeprocessors.register(_IndentedCode(md), "indented-code", 30)
        md.treeprocessors.register(_Alerts(md), "alerts", 14)
        md.treeprocessors.register(_Footnotes(md, self.nonce), "footnote-ids", 13)
        md.treeprocessors.register(_Attributes(md), "attributes", 8)
        md.treeprocessors.register(_HeadingIds(md, self.nonce), "heading-ids", 1)


class _Apart(Preprocessor):
    """Keep a fence, stashed by now, and the lines around it from becoming one paragraph."""

    def run(self, lines: list[str]) -> list[str]:
        apart: list[str] = []
        for line in lines:
            fence = _FENCE.fullmatch(line)
            if fence and not fence["indent"]:
                apart.append("")
            apart += [line, ""] if fence else [line]
        return apart


class _Attributes(AttrListTreeprocessor):
    """Attribute lists that say what they are, ``{#id}``, ``{.class}`` or ``{: …}``.

    Braces in prose, ``{name}``, are the author's words.
    """

    # Python-Markdown reads these from the class, so they can be replaced in a subclass.

    HEADER_RE = re.compile(rf"[ ]+{_LIST}[ ]*$")  # type: ignore[misc] # its types call them final
    BLOCK_RE = re.compile(rf"\n[ ]*{_LIST}[ ]*$")  # type: ignore[misc] # final, too
    INLINE_RE = re.compile(rf"^{_LIST}")  # type: ignore[misc] # final, too


class _Alerts(Treeprocessor):
    """Give a callout the name and the class of one of GitHub's five alerts."""

    def run(self, root: Element) -> None:
        for box in root.iter():
            classes = box.get("class", "").split()
            if "admonition" in classes or (box.tag == "details" and classes):
                kind = next((c for c in classes if c in _ALERTS), "note")
                box.set("class", f"alert alert-{kind}")
                if len(box):
                    box[0].set("class", "alert-title")


class _IndentedCode(Treeprocessor):
    """Show indented code like a fence without a language."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for position, child in enumerate(list(parent)):
                if child.tag == "pre" and len(child) == 1 and child[0].tag == "code":
                    code = Element("p")
                    code.text = self.md.htmlStash.store(
                        highlight.figure(unescape(child[0].text or "").rstrip("\n") + "\n")
                    )
                    code.tail = child.tail
                    parent[position] = code


class _Footnotes(Treeprocessor):
    """Number footnotes in the order of the text (their ids are labels), and sign their ids."""

    def __init__(self, md: markdown.Markdown, nonce: str) -> None:
        super().__init__(md)
        self.nonce = nonce

    def run(self, root: Element) -> None:
        numbers: dict[str, int] = {}
        for box in root.iter("div"):
            if box.get("class") == "footnote":
                box.tag = "section"
                box.set("class", "footnotes")
                labels = [item.get("id", "")[3:] for item in box.findall("ol/li")]
                numbers = {label: number for number, label in enumerate(labels, start=1)}
        marks = {f"#{mark.get('id')}" for mark in root.iter("sup")}
        for element in list(root.iter()):
            if name := element.get("id"):
                element.set("id", self.nonce + _renumber(name, numbers))
            elif element.get("class", "").startswith("footnote-"):
                element.set("href", "#" + _renumber(element.get("href", ""), numbers))
            for back in element.findall("a[@class='footnote-backref']"):
                if back.get("href") not in marks:  # nothing refers to this note
                    element.remove(back)


class _HeadingIds(Treeprocessor):
    """Sign the ids that an author gave to headings; all other ids are dropped."""

    def __init__(self, md: markdown.Markdown, nonce: str) -> None:
        super().__init__(md)
        self.nonce = nonce

    def run(self, root: Element) -> None:
        for element in root.iter():
            if element.tag in _HEADINGS and (name := element.get("id")):
                element.set("id", self.nonce + name)


def _renumber(name: str, numbers: dict[str, int]) -> str:
    match = _FOOTNOTE.fullmatch(name)
    return f"fn{match[1] or ''}-{numbers.get(match[2], 0)}" if match else name


def _fence(
    source: str, language: str, _class: str, options: dict[str, str], _md: Any, **_rest: Any
) -> str:
    code = source + "\n" if source else ""
    return highlight.figure(code, language=language or "", title=options.get("title", ""))


def _fence_options(
    _language: str,
    inputs: dict[str, Any],
    options: dict[str, Any],
    _attrs: dict[str, Any],
    _md: Any,
) -> bool:
    """Take the title; whatever else other programs read in a fence's head is no error."""
    title = inputs.get("title")
    if isinstance(title, str):
        options["title"] = title
    return True

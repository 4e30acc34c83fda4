"""The structure of a rendered text: what is left when each program's furniture is gone.

Ours is what ``convert()`` makes; GitHub's comes from its own parser, cmark-gfm, and passes
the same allow-list as an author's HTML does here. What the two say differently and mean the
same (boxes around code, links to headings, roles and labels, where an alignment is written)
is brought to one form; everything else stays, code to the character.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import html5lib
from cmarkgfm import cmark
from pymdownx import gemoji_db

from blogapp.markdown import sanitize
from blogapp.markdown.convert import convert

from .nodes import BLANK, BLOCKS, CODE, HEADINGS, Children, Node, collapsed, tidied, words

# Raw HTML is kept for the sanitiser to judge: so no "tagfilter", which writes it as text.
_OPTIONS = (
    cmark.Options.CMARK_OPT_UNSAFE
    | cmark.Options.CMARK_OPT_FOOTNOTES
    | cmark.Options.CMARK_OPT_GITHUB_PRE_LANG
)
_EXTENSIONS = ("table", "autolink", "strikethrough", "tasklist")

_FURNITURE = {
    *("aria-label", "class", "decoding", "disabled", "id", "loading", "rel", "role", "tabindex"),
}
_UNWRAPPED = {"tbody", "thead"}
_SHORTCODE = re.compile(r"(?<![\w:]):[a-z0-9_+-]+:(?![\w:])")
_ALERT = re.compile(r"\s*\[!(note|tip|important|warning|caution)\][ \t]*(\n|$)", re.IGNORECASE)


def ours(source: str) -> Node:
    """Render *source* as this blog does."""
    return _Reader().read(our_html(source))


def our_html(source: str) -> str:
    return str(convert(source).html)


def githubs(source: str) -> Node:
    """Render *source* as GitHub does, and turn shortcodes into emoji as its pages do."""
    return _Reader(emoji=True).read(_sanitised(github_html(source)))


def github_html(source: str) -> str:
    return str(cmark.markdown_to_html_with_extensions(source, _OPTIONS, _EXTENSIONS))


def read_github(html: str) -> Node:
    """Read the HTML of cmark-gfm, or of GitHub's specification."""
    return _Reader().read(_sanitised(html))


def _sanitised(html: str) -> str:
    # A line end behind an element that is never closed would count as its text.
    return sanitize.authors(html.rstrip("\n"), nonce="\0")  # a start that no id has


class _Reader:
    def __init__(self, *, emoji: bool = False) -> None:
        self.emoji = emoji  # whether :bug: is to be read as one
        self.shift = 0

    def read(self, html: str) -> Node:
        tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
        levels = [int(element.tag[1]) for element in tree.iter() if element.tag in HEADINGS]
        self.shift = 2 - min(levels, default=2)
        return Node("article", (), self._children(tree, block=True))

    def _children(self, element: Any, *, block: bool) -> Children:
        found: list[Node | str] = [self._text(element.text)]
        for child in element:
            if "footnote-backref" in child.get("class", "") and isinstance(found[-1], str):
                found[-1] = found[-1].rstrip(BLANK + "\N{NO-BREAK SPACE}")
            found += self._element(child)
            found.append(self._text(child.tail))
        return tidied(found, block=block)

    def _text(self, text: str | None) -> str:
        return _SHORTCODE.sub(_emoji, text or "") if self.emoji else text or ""

    def _element(self, element: Any) -> Children:
        name, classes = element.tag, element.get("class", "").split()
        if name == "a" and {"permalink", "footnote-backref"} & set(classes):
            return ()
        if name == "pre":
            return self._pre(element)
        if name == "figure" and "code" in classes:
            return self._figure(element)
        if name == "input":  # a form's other fields go
            done = (("done", str("checked" in element.attrib)),)
            return (Node("task", done),) if element.get("type") == "checkbox" else ()
        if name == "code":
            return (Node("code", (), ("".join(element.itertext()).replace("\n", " "),)),)

        alert = _take_alert(element) if name == "blockquote" else ""
        children = self._children(element, block=name in BLOCKS)
        if name in _UNWRAPPED or (name == "div" and {"heading", "table-scroll"} & set(classes)):
            return children
        if name in HEADINGS:
            return self._heading(name, children)
        if name == "p" and not children:
            return ()
        if name in ("div", "details") and "alert" in classes:
            return (_our_alert(classes, children),)
        if alert:
            return (Node("alert", (("kind", alert),), children),)
        if name == "sup" and _is_mark(element):
            return (Node("footnote mark", (), ("".join(element.itertext()).strip(),)),)
        if name == "section" and "footnotes" in classes:
            return (Node("footnotes", (), children),)
        if name == "strong":
            children = _merged(children)
        if name == "li":
            children = _with_task_inside(children)
        return (Node(name, _attributes(element), children),)

    def _heading(self, name: str, children: Children) -> Children:
        if not words(children).strip():
            return children
        return (Node(f"h{min(6, int(name[1]) + self.shift)}", (), children),)

    def _figure(self, figure: Any) -> Children:
        """Read a block of ours: its language is its caption, or stands small behind the name."""
        caption = figure.find("figcaption")
        language = "" if caption is None else caption.findtext("small") or caption.text or ""
        return tuple(
            node for pre in figure.iter("pre") for node in self._pre(pre, language=language)
        )

    def _pre(self, pre: Any, language: str = "") -> Children:
        only_code = len(pre) == 1 and pre[0].tag == "code" and not (pre.text or pre[0].tail)
        if not only_code:
            return (Node("pre", (), self._exactly(pre)),)
        # The words behind a comma, as in rust,no_run, are for other programs.
        language = language or pre.get("lang", "").split(",")[0]
        return (Node(CODE, (("language", language),), ("".join(pre.itertext()),)),)

    def _exactly(self, element: Any) -> Children:
        """Keep every blank of an author's ``<pre>``."""
        found: list[Node | str] = [element.text or ""]
        for child in element:
            found.append(Node(child.tag, _attributes(child), self._exactly(child)))
            found.append(child.tail or "")
        return tuple(child for child in found if child)


def _emoji(shortcode: re.Match[str]) -> str:
    known = gemoji_db.emoji.get(gemoji_db.aliases.get(shortcode[0], shortcode[0]))
    if not known:
        return shortcode[0]
    parts = known.get("unicode_alt", known["unicode"]).split("-")
    return "".join(chr(int(part, 16)) for part in parts)


def _merged(children: Children) -> Children:
    """Take strong words out of strong words, as cmark-gfm does and its specification does not."""
    found: list[Node | str] = []
    for child in children:
        found += child.children if isinstance(child, Node) and child.name == "strong" else (child,)
    return tidied(found, block=False)


def _with_task_inside(children: Children) -> Children:
    """Put the box of a loose item into its paragraph; cmark-gfm leaves it before that."""
    match children:
        case (Node("task") as box, Node("p") as first, *rest):
            return (Node("p", first.attributes, (box, *first.children)), *rest)
    return children


def _attributes(element: Any) -> tuple[tuple[str, str], ...]:
    has = {key: value for key, value in element.attrib.items() if key not in _FURNITURE}
    if element.tag == "img":
        has = {"alt": collapsed(has.pop("alt", ""))} | has
    for key in ("href", "src", "cite"):
        if key in has:
            has[key] = _address(has[key])
    for name in element.get("class", "").split():
        if name.startswith("align-"):
            has["align"] = name.removeprefix("align-")
    if element.tag == "ol" and has.get("start") == "1":
        del has["start"]
    return tuple(sorted(has.items()))


def _address(url: str) -> str:
    """Escape as browsers do before they ask for *url*; what is escaped stays so."""
    return quote(url, safe="%/:?#@!$&'()*+,;=~")


def _is_mark(sup: Any) -> bool:
    return len(sup) == 1 and sup[0].tag == "a" and sup[0].get("href", "").startswith("#fn-")


def _our_alert(classes: list[str], children: Children) -> Node:
    kind = next((name[6:] for name in classes if name.startswith("alert-")), "")
    return Node("alert", (("kind", kind),), children[1:])  # its title goes first


def _take_alert(quote: Any) -> str:
    """Take the line ``[!NOTE]`` out of a quote: cmark-gfm leaves it to GitHub's pages."""
    first = next(iter(quote), None)
    if first is None or first.tag != "p" or (quote.text or "").strip():
        return ""
    mark = _ALERT.match(first.text or "")
    if not mark:
        return ""
    rest, inside = first.text[mark.end() :], next(iter(first), None)
    if inside is not None and not mark[2]:  # more on the line than the mark
        if inside.tag != "br":
            return ""
        rest = inside.tail or ""
        first.remove(inside)
    first.text = rest
    return mark[1].lower()

"""Raw HTML as authors write it: tags that would take text away are shown as text themselves.

A parser of HTML drops what stands in some elements, and whatever follows a comment or a tag that
never ends. An author who wrote about ``<title>`` would lose the rest of the article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape

# An opening or a closing tag (GFM 6.10).
_ATTRIBUTE = r"""\s++[A-Za-z_:][\w.:\-]*+(?:\s*+=\s*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?+"""
_NAME = r"[A-Za-z][A-Za-z0-9\-]*+"
TAG = rf"<(?:{_NAME}(?:{_ATTRIBUTE})*+\s*+/?|/{_NAME}\s*+)>"

DEEPEST = 100  # elements in elements; parsers need quadratic time for more

# What stands in these is no markup for a parser, up to their end, wherever that is; GitHub shows
# their tags (GFM 6.11). A template's content is no part of the page.
_SWALLOWING = {
    *("iframe", "noembed", "noframes", "plaintext", "script", "style", "template", "textarea"),
    *("title", "xmp"),
}
# What stands in these is text like all other, but parsers of HTML see it otherwise.
_TRANSPARENT = {"math", "noscript", "svg"}
# Without an end tag they end by themselves (HTML 13.1.2).
_NOT_NESTED = {
    *("area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link"),
    *("meta", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "track", "wbr"),
}
# Elements of HTML, of today and of old; what else begins with a capital is a component.
_KNOWN = (
    _SWALLOWING
    | _TRANSPARENT
    | _NOT_NESTED
    | {
        *("a", "abbr", "acronym", "address", "applet", "article", "aside", "audio", "b", "bdi"),
        *("bdo", "big", "blink", "blockquote", "body", "button", "canvas", "caption", "center"),
        *("cite", "code", "colgroup", "data", "datalist", "del", "details", "dfn", "dialog"),
        *("dir", "div", "dl", "em", "fieldset", "figcaption", "figure", "font", "footer"),
        *("form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header"),
        *("hgroup", "html", "i", "ins", "kbd", "label", "legend", "main", "map", "mark"),
        *("marquee", "menu", "meter", "nav", "nobr", "object", "ol", "optgroup", "output"),
        *("picture", "pre", "progress", "q", "ruby", "s", "samp", "search", "section"),
        *("select", "slot", "small", "span", "strike", "strong", "sub", "summary", "sup"),
        *("table", "time", "tt", "u", "ul", "var", "video"),
    }
)
_TAG = re.compile(rf"(?=</?([A-Za-z][A-Za-z0-9]*)){TAG}", re.ASCII)
_LAX_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)[^<>]*+>", re.ASCII)  # as parsers take it
_VALUES = re.compile(
    r"""\s([A-Za-z_:][\w.:\-]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+"""
)
_HIDDEN = re.compile(r"<[!?]|</[^A-Za-z]")  # to parsers of HTML all of these are comments


def is_component(name: str) -> bool:
    """Tell whether a tag's *name* is that of a component of MDX or Vue, or of a type of code."""
    return name[0].isupper() and name.lower() not in _KNOWN


def tags(html: str) -> Iterator[re.Match[str]]:
    """Yield the tags that a parser sees in *html*, group 1 their names.

    There are none in comments, nor in elements whose content is no markup.
    """
    piece = _Piece(html)
    position = 0
    while (start := html.find("<", position)) >= 0:
        tag = piece.tag(start)
        end = piece.hidden_end(start) if tag is None else tag.end()
        if tag and not is_component(tag[1]):
            yield tag
            if tag[1].lower() in _SWALLOWING and not tag[0].startswith("</"):
                end = piece.swallowed_end(tag[1].lower(), tag.end())
        position = end or start + 1


def attributes(tag: str) -> dict[str, str]:
    """Read the attributes of one tag, of several with the same name the first."""
    found: dict[str, str] = {}
    for name, double, single, bare in _VALUES.findall(tag):
        found.setdefault(name.lower(), unescape(double or single or bare))
    return found


class Raw:
    """Passes the raw HTML of one text on, piece by piece."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    def passed(self, html: str) -> str:
        """Return *html* with every ``<`` escaped that would take away what follows it."""
        piece = _Piece(html)
        kept: list[str] = []
        position = 0
        while (start := html.find("<", position)) >= 0:
            kept.append(html[position:start])
            end = self._end(piece, start)
            kept.append("&lt;" if end is None else piece.shown(start, end))
            position = end or start + 1
        return "".join(kept) + html[position:]

    def _end(self, piece: _Piece, start: int) -> int | None:
        """Find where what begins at *start* ends; None if it is to be shown."""
        tag = piece.tag(start)
        if tag is None:
            return piece.hidden_end(start)
        name, closes = tag[1].lower(), tag[0].startswith("</")
        if is_component(tag[1]):
            return None
        if name in _SWALLOWING:
            return None if closes else piece.swallowed_end(name, tag.end())
        return tag.end() if self._nests(name, closes=closes) else None

    def _nests(self, name: str, *, closes: bool) -> bool:
        """Count the elements that are open; false for one too many."""
        if name in _NOT_NESTED or name in _TRANSPARENT:
            return True
        if closes:
            self._open[name] -= self._open[name] > 0
            return True
        if self._open.total() >= DEEPEST:
            return False
        self._open[name] += 1
        return True


class _Piece:
    """Some HTML, asked from left to right: what was looked for in vain is not looked for again."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._missing: set[str] = set()

    def tag(self, start: int) -> re.Match[str] | None:
        """Match the tag at *start*, if one begins there and ends."""
        if found := _TAG.match(self._html, start):
            return found
        lax = _LAX_TAG.match(self._html, start)
        # A quote that opens a value runs on behind the ">".
        return lax if lax and lax[0].count('"') % 2 == 0 and "='" not in lax[0] else None

    def shown(self, start: int, end: int) -> str:
        """What is passed on of the tag, comment or element between *start* and *end*."""
        tag = self.tag(start)
        return "" if tag and tag[1].lower() in _TRANSPARENT else self._html[start:end]

    def hidden_end(self, start: int) -> int | None:
        """Find the end of the comment at *start*."""
        if self._html.startswith("<!--", start):
            return self._after("-->", start + 2)  # <!--> is one, too
        return self._after(">", start) if _HIDDEN.match(self._html, start) else None

    def swallowed_end(self, name: str, position: int) -> int | None:
        """Find the end of an element whose content is no markup."""
        if name in self._missing:
            return None
        end_tag = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE | re.ASCII)
        found = end_tag.search(self._html, position)
        if not found:
            self._missing.add(name)
            return None
        return self._after(">", found.end())

    def _after(self, mark: str, position: int) -> int | None:
        found = -1 if mark in self._missing else self._html.find(mark, position)
        if found < 0:
            self._missing.add(mark)
            return None
        return found + len(mark)

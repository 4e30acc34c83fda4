"""The allow-list: what of an author's HTML may reach a reader."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import nh3
from pygments.token import STANDARD_TYPES

from . import pictures

_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup"),
    *("dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "input", "ins", "kbd", "li"),
    *("mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section", "small"),
    *("span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "time", "tr", "u", "ul", "var", "wbr"),
}
_GONE_WITH_CONTENT = {"script", "style", "template", "title"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height"},
    "input": {"checked"},
    "ins": {"cite", "datetime"},
    "ol": {"start", "reversed", "type"},
    "q": {"cite"},
    "td": {"align", "colspan", "rowspan", "headers"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_OURS = {
    "*": {"id", "role", "tabindex", "aria-label"},
    "a": {"rel"},
    "img": {"loading", "decoding", "srcset", "sizes"},
    "input": {"disabled"},
    "span": {"data-line"},
}
_READ = {"code": {"start"}}  # by boxes.furnish, which makes something else of it
_FURNISHED = {
    tag: _ATTRIBUTES.get(tag, set()) | _OURS.get(tag, set()) for tag in _ATTRIBUTES | _OURS
}
_IDS = {"h1", "h2", "h3", "h4", "h5", "h6", "li", "sup"}
_ALERTS = {
    *("alert", "alert-note", "alert-tip", "alert-important", "alert-warning", "alert-caution"),
}
_ALIGNMENTS = {"align-left", "align-center", "align-right"}
_CLASSES = {
    "a": {"footnote-backref", "footnote-ref", "permalink"},
    "details": _ALERTS,
    "div": {"heading", "table-scroll"} | _ALERTS,
    "figure": {"code", "tree"},
    "li": {"task-list-item"},
    "ol": {"task-list"},
    "p": {"alert-title"},
    "section": {"footnotes"},
    "span": {"hll", "line"} | {name for name in STANDARD_TYPES.values() if name},
    "summary": {"alert-title"},
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
    "ul": {"task-list"},
}

_SCHEMES = {"http", "https", "mailto", "data"}  # data: for images only, see _attribute()
_RULES: dict[str, Any] = {  # the same for what authors write and for what we add to it
    "tags": _TAGS,
    "clean_content_tags": _GONE_WITH_CONTENT,
    "tag_attribute_values": {"input": {"type": {"checkbox"}}},
    "allowed_classes": _CLASSES,
    "url_schemes": _SCHEMES,
    "link_rel": None,
}
_IMAGE_DATA = re.compile(r"data:image/(?:avif|gif|jpeg|png|webp);base64,[A-Za-z0-9+/]+=*")
_BLANKS = re.compile(r"[\0-\x20]")


def authors(html: str, *, nonce: str, comments: bool = False) -> str:
    """Take away what an author may not write; keep the ids that start with *nonce*, without it.

    Comments stay only if *comments* says so. The answer is well formed, and in it ``<`` and
    ``>`` stand for tags only.
    """
    ids = {tag: _ATTRIBUTES.get(tag, set()) | {"id"} for tag in _IDS}
    attributes = _ATTRIBUTES | _READ | ids

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "id":
            return value.removeprefix(nonce) if value.startswith(nonce) else None
        return _attribute(tag, name, value)

    return nh3.clean(
        html,
        attributes=attributes,
        attribute_filter=keep,
        strip_comments=not comments,
        **_RULES,
    )


def ours(html: str, *, base: str | None = None, comments: bool = False) -> str:
    """Check HTML that we have furnished, as the last step before it is stored or sent.

    Comments stay only where *comments* says so.
    Relative URLs are resolved against *base*, an absolute URL, if it is given.
    """
    if not base:
        return _cleaner(comments).clean(html)

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "srcset":
            return pictures.resolve(value, base)
        return _attribute(tag, name, value)

    return nh3.clean(
        html,
        attributes=_FURNISHED,
        attribute_filter=keep,
        url_relative=("rewrite_with_base", base),
        strip_comments=not comments,
        **_RULES,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Refuse ``data:`` everywhere but in an image of a harmless kind."""
    if name not in {"href", "src", "cite"}:
        return value
    url = _BLANKS.sub("", value)
    if not url.lower().startswith("data:"):
        return value
    return url if (tag, name) == ("img", "src") and _IMAGE_DATA.fullmatch(url) else None


@cache
def _cleaner(comments: bool) -> nh3.Cleaner:
    """Make a cleaner, once: that takes longer than many a text."""
    return nh3.Cleaner(
        attributes=_FURNISHED, attribute_filter=_attribute, strip_comments=not comments, **_RULES
    )

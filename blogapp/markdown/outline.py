"""Headings: their levels, their ids and their permalinks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from html import escape, unescape

from . import tags
from .rendered import Heading

# The pages' own elements: no heading may take their ids.
RESERVED_IDS = frozenset(
    {
        *("article-list", "autosave", "body", "contact", "contact-form", "contact-sent"),
        *("content", "copy-comparison", "error", "footer", "header", "image-list", "library"),
        *("live", "local-copy", "login-form", "main", "message", "message-list", "nav"),
        *("post-editor", "post-form", "post-preview", "post-saved", "related", "search"),
        *("sign-in", "theme", "title", "toc", "top", "trouble", "unread", "uploads"),
    }
)
_FORMS = ("field-", "error-", "hint-")  # what belongs to a form's fields starts so

_LEVEL = re.compile(r"<(/?)h([1-6])(?=[\s>])")
_HEADING = re.compile(
    r"<(?P<close>/?)(?:a|summary)\b[^>]*>"
    r"|<h(?P<level>[2-6])(?P<rest>[^>]*)>(?P<inner>.*?)</h(?P=level)>",
    re.DOTALL,
)
_WITH_ID = re.compile(r"<(h[2-6]|li|sup)\b[^>]*>")
_IMAGE = re.compile(r"<img\b[^>]*>")
_NOTE_MARK = re.compile(r"<sup\b[^>]*>\s*<a class=\"footnote-ref\".*?</sup>", re.DOTALL)
_BREAK = re.compile(r"<br\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_PERMALINK = re.compile(r'<a class="permalink"[^>]*>#</a>')


def arrange(html: str) -> tuple[str, tuple[Heading, ...]]:
    """Put the headings below the page's own h1, and give each an id and a permalink.

    The highest level in use becomes h2 and the others keep their distance to it, down to h6.
    """
    html = _shift(html)
    names = _Names(html)
    headings: list[Heading] = []
    around = 0  # links and summaries that are open: no place for another link

    def place(match: re.Match[str]) -> str:
        nonlocal around
        if not match["level"]:
            around += -1 if match["close"] else 1
            return match[0]
        inner, rest = match["inner"], tags.attributes(match["rest"])
        text = words(inner)
        if not text and not _IMAGE.search(inner):
            return inner

        own = rest.pop("id", "")
        heading = Heading(
            level=int(match["level"]),
            id=names.own(unescape(own)) if own else names.new(slug(text)),
            text=text,
        )
        headings.append(heading)
        name = f"h{heading.level}"
        html = f"{tags.write(name, {'id': escape(heading.id)} | rest)}{inner}</{name}>"
        return html if around else f'<div class="heading">{html}{_permalink(heading)}</div>'

    return _HEADING.sub(place, html), tuple(headings)


def without_permalinks(html: str) -> str:
    """Leave out the links beside headings, where no style hides them."""
    return _PERMALINK.sub("", html)


def slug(text: str) -> str:
    """Make an id of a heading's text the way GitHub does: letters of any script are kept."""
    kept = (c if _kept(c) else "-" if c.isspace() else "" for c in text.strip().lower())
    return "".join(kept) or "section"


def words(html: str) -> str:
    """Read the plain text of a heading, without footnote marks; an image counts as its alt."""
    text = _BREAK.sub(" ", _IMAGE.sub(_alt, _NOTE_MARK.sub("", html)))
    text = _TAG.sub("", text)
    return " ".join(unescape(text).split())


def _alt(image: re.Match[str]) -> str:
    return tags.attributes(image[0]).get("alt", "")


class _Names:
    """The ids of one text: an author's own come first, none is used twice."""

    def __init__(self, html: str) -> None:
        self.promised: set[str] = set()  # by an author, to headings
        self.taken = set(RESERVED_IDS)
        for tag in _WITH_ID.finditer(html):
            if name := tags.attributes(tag[0]).get("id"):
                (self.promised if tag[1].startswith("h") else self.taken).add(unescape(name))
        self.count: dict[str, int] = {}

    def own(self, name: str) -> str:
        kept = "".join(c for c in name if _kept(c) or c in ".:")
        return self._take(kept or "section")

    def new(self, name: str) -> str:
        return self._take(name, also=self.promised)

    def _take(self, name: str, *, also: Set[str] = frozenset()) -> str:
        if name.startswith(_FORMS):
            name = f"section-{name}"
        unused = name
        while unused in self.taken or unused in also:
            self.count[name] = self.count.get(name, 0) + 1
            unused = f"{name}-{self.count[name]}"
        self.taken.add(unused)
        return unused


def _shift(html: str) -> str:
    levels = [int(level) for _, level in _LEVEL.findall(html)]
    if not levels:
        return html
    by = 2 - min(levels)
    return _LEVEL.sub(lambda m: f"<{m[1]}h{min(6, int(m[2]) + by)}", html)


def _permalink(heading: Heading) -> str:
    """Link to a heading from beside it, so that the link is no part of the heading's name."""
    name = f"Link to section: {heading.text}" if heading.text else "Link to section"
    return f'<a class="permalink" href="#{escape(heading.id)}" aria-label="{escape(name)}">#</a>'


def _kept(c: str) -> bool:
    return c == "-" or unicodedata.category(c)[0] in "LMN" or unicodedata.category(c) == "Pc"

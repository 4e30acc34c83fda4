"""Furnish sanitised HTML: scroll boxes that a keyboard reaches, names, alignment by class.

All of it works on the sanitiser's output, where every ``<`` starts a tag.
"""

from __future__ import annotations

import itertools
import re

from . import tags

_SINGLE = re.compile(r"<(input|img|a|td|th)(?=[ >])[^>]*>")
_EXTERNAL = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_TABLE = re.compile(r"(<table\b[^>]*>)(?=\s*(?:<caption\b[^>]*>(.*?)</caption>)?)", re.DOTALL)
_PRE = re.compile(
    r'(?P<figure><figure class="code(?: tree)?">'
    r"(?:<figcaption>(?P<name>[^<]*)(?:<small>[^<]*</small>)?</figcaption>)?)?"
    r"<pre\b[^>]*>|</pre>"
)
_NUMBERED = re.compile(r'<code start="([0-9]{1,6})">(.*?)</code>', re.DOTALL)
_LINE = re.compile(r'<span class="line(?: hll)?"')
_BACKREF = re.compile(r'<a class="footnote-backref"[^>]*? href="#(fnref(\d*)-(\d+))"[^>]*>')
_TAG = re.compile(r"<[^>]*>")
_LAZY = re.compile(r'(<img(?=[ >])[^>]*?) loading="lazy"')


def furnish(html: str) -> str:
    """Add to sanitised HTML what readers need and authors do not write."""
    html = html.replace("<p></p>", "")  # left where a paragraph was opened around a block
    html = _eager(_SINGLE.sub(_single, html))
    html = _TABLE.sub(_table, html).replace("</table>", "</table></div>")
    html = _NUMBERED.sub(_numbers, _code(html))
    html = html.replace('<div class="alert ', '<div role="note" class="alert ')
    html = html.replace(
        '<section class="footnotes">',
        '<section class="footnotes" role="doc-endnotes" aria-label="Footnotes">',
    )
    html = html.replace('<a class="footnote-ref"', '<a class="footnote-ref" role="doc-noteref"')
    return _BACKREF.sub(_back, html)


def _single(match: re.Match[str]) -> str:
    """Furnish an element by its start tag alone."""
    name, has = match[1], tags.attributes(match[0])
    if name == "input":
        return _checkbox(checked="checked" in has) if has.get("type") == "checkbox" else ""
    if name == "img":
        has = {"alt": ""} | has | {"loading": "lazy", "decoding": "async"}
    elif name == "a":
        if _EXTERNAL.match(has.get("href", "")):
            has["rel"] = "noopener noreferrer"
    elif (side := has.pop("align", "").lower()) in {"left", "center", "right"}:
        has["class"] = f"align-{side}"
    return tags.write(name, has)


def _eager(html: str) -> str:
    """Let the first picture be loaded at once: readers may see it when they come."""
    return _LAZY.sub(r"\1", html, count=1)


def _checkbox(*, checked: bool) -> str:
    state = {"checked": "", "aria-label": "Done"} if checked else {"aria-label": "To do"}
    return tags.write("input", {"type": "checkbox", "disabled": ""} | state)


def _table(match: re.Match[str]) -> str:
    name = _attribute(_TAG.sub("", match[2] or "")) or "Table"
    return f'<div class="table-scroll" role="group" tabindex="0" aria-label="{name}">{match[1]}'


def _back(match: re.Match[str]) -> str:
    """Name the way from a note back to the text; a note may have several."""
    again = f", {match[2]}" if match[2] else ""
    return (
        f'<a class="footnote-backref" role="doc-backlink" href="#{match[1]}"'
        f' aria-label="Back to the text from footnote {match[3]}{again}">'
    )


def _code(html: str) -> str:
    """Let every ``<pre>`` take the focus, named, in a figure."""
    wrapped: list[bool] = []

    def box(match: re.Match[str]) -> str:
        if match[0] == "</pre>":
            return "</pre></figure>" if wrapped.pop() else "</pre>"
        name = _attribute(match["name"] or "")
        label = f"Code: {name}" if name else "Code"
        wrapped.append(not match["figure"])
        figure = match["figure"] or '<figure class="code">'
        return f'{figure}<pre tabindex="0" role="group" aria-label="{label}">'

    return _PRE.sub(box, html)


def _numbers(match: re.Match[str]) -> str:
    """Number the lines of code: in attributes, for what is text is copied, searched, read aloud.

    The numbers are as wide as the last of them.
    """
    first = int(match[1])
    width = len(str(first + len(_LINE.findall(match[2])) - 1))
    numbers = itertools.count(first)
    numbered = _LINE.sub(lambda line: f'{line[0]} data-line="{next(numbers):>{width}}"', match[2])
    return f"<code>{numbered}</code>"


def _attribute(text: str) -> str:
    """Make escaped text fit for an attribute."""
    return " ".join(text.split()).replace('"', "&quot;")

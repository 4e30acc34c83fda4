"""Code blocks: a figure with a name, highlighted by Pygments, its lines marked and numbered."""

from __future__ import annotations

import io
import re
from html import escape
from itertools import chain

from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.token import Generic, Literal, Name, Other, Text, Whitespace

from . import allowance, fences, lexers

_TREE = re.compile("[├└│]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")  # with its end, if it has one
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
_INK = {Generic, Literal, Literal.Date, Name, Name.Other, Other, Whitespace}  # look like no token


def figure(code: str, info: str = "") -> str:
    """Show *code* as a figure, as the *info* string of its fence asks for.

    The text inside ``<code>`` is that of *code*, byte for byte. The number of the first line
    is in an attribute, which `boxes.furnish` replaces by one on each line.
    """
    fence = fences.read(info)
    tree = " tree" if _TREE.search(code) else ""
    start = "" if fence.first is None else f' start="{fence.first}"'
    return (
        f'<figure class="code{tree}">{_caption(fence)}'
        f"<pre><code{start}>{_lines(colour(code, fence.language), fence)}</code></pre></figure>"
    )


def colour(code: str, language: str) -> str:
    """Mark up the tokens of *code*; plain if the language is unknown or it costs too much."""
    plain = escape(code, quote=False)
    lexer = lexers.named(language)
    allowed = allowance.current()
    if not lexer or not allowed.covers(len(code)):
        return plain
    # Without a last line end some lexers, such as the one for consoles, mix up the order.
    ended = code if code.endswith("\n") else f"{code}\n"
    try:
        html = _coloured(ended, lexer(stripnl=False), allowed)
    except Exception:  # there are odd texts on which a lexer fails: they keep their words
        return plain
    if html is None:
        return plain
    return html if ended == code else html.removesuffix("\n")


def _coloured(code: str, lexer: Lexer, allowed: allowance.Allowance) -> str | None:
    with allowed.spend(len(code)):
        tokens = list(lexer.get_tokens(code))
    if "".join(text for _, text in tokens) != code:
        return None  # dropped or normalised: the words are worth more than their colours
    html = io.StringIO()
    _FORMATTER.format(((Text if kind in _INK else kind, text) for kind, text in tokens), html)
    return html.getvalue()


def _caption(fence: fences.Info) -> str:
    name, language = escape(fence.title), escape(fence.language)
    if name and language:
        return f"<figcaption>{name} <small>{language}</small></figcaption>"
    return f"<figcaption>{name or language}</figcaption>" if name or language else ""


def _lines(html: str, fence: fences.Info) -> str:
    """Put numbered and highlighted lines in elements, each with the line end that it has.

    Pygments lets no element go over the end of a line.
    """
    if fence.first is None and not fence.highlighted:
        return html
    lines = _LINE.findall(html)
    marked = set(
        chain(*(range(part.start, min(part.stop, len(lines) + 1)) for part in fence.highlighted))
    )
    plain = "" if fence.first is None else "line"
    return "".join(
        _line(line, f"{plain} hll".strip() if number in marked else plain)
        for number, line in enumerate(lines, start=1)
    )


def _line(html: str, name: str) -> str:
    return f'<span class="{name}">{html}</span>' if name else html

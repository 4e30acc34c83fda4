"""Code blocks: a figure with a name, highlighted by Pygments."""

from __future__ import annotations

import re
from html import escape, unescape

from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MOST_BYTES = 100_000  # a longer block is left plain: lexers are slow, and nobody reads so far

_TREE = re.compile("[├└│]")
_TAG = re.compile(r"<[^>]*>")
_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def figure(code: str, *, language: str = "", title: str = "") -> str:
    """Show *code* as a figure, captioned by its title or its language.

    The text inside is that of *code*, byte for byte.
    """
    caption = title.strip() or language
    tree = " tree" if _TREE.search(code) else ""
    return (
        f'<figure class="code{tree}">'
        + (f"<figcaption>{escape(caption)}</figcaption>" if caption else "")
        + f"<pre><code>{colour(code, language)}</code></pre></figure>"
    )


def colour(code: str, language: str) -> str:
    """Mark up the tokens of *code*; plain if the language is unknown or the block is huge."""
    plain = escape(code, quote=False)
    if not language or len(code) > MOST_BYTES:
        return plain
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return plain
    html = pygmentize(code, lexer, _FORMATTER)
    # Some lexers drop or normalise characters: the words are worth more than their colours.
    return html if unescape(_TAG.sub("", html)) == code else plain

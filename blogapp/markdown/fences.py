"""The info string of a fence: a language, and what else an author asks of a block of code.

There is no standard. Understood is what these write, in any mixture; what is not, is ignored:

- pymdownx and MkDocs: ``python title="app.py" hl_lines="2 4-6" linenums="7"``
- Pandoc and R Markdown: ``{.python .numberLines startFrom="7"}``, ``{r setup, echo=FALSE}``
- Hugo: ``python {linenos=table,hl_lines=[2,"4-6"],linenostart=7}``
- Zola and rustdoc: ``rust,linenos,hl_lines=2 4-6,name=main.rs``, ``rust,ignore``
- Docusaurus and rehype: ``js {2,4-6} title="app.js" showLineNumbers``, ``showLineNumbers{7}``
- Gatsby, VitePress, Zenn: ``js{2,4-6}``, ``js:title=app.js``, ``ts:line-numbers=7``, ``js:app.js``
- Nuxt: ``ts{2,4-6}[app.ts]``
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LANGUAGE = re.compile(
    r"\s*(?!\{[0-9\s,-]*\})(?:\{\s*(?:\#\S*\s+)?\.?)?(?P<language>[^\s{}\[\],:=]++)(?!\s*=)"
)
_SUFFIX = re.compile(r":(?P<title>[^\s{}=]++)(?!=)")
_PART = re.compile(
    r"""
    (?P<key>[\w-]+) \s* [=:] \s* (?P<value>
        "[^"]*" | '[^']*' | \{[^{}]*\} | \[[^\[\]]*\]
        | [0-9][0-9\s,-]*(?![^\s,{}])  # a list of lines needs no quotes
        | [^\s,{}]+
    )
    | (?P<word>[\w-]+) (?: \{\s*(?P<number>[0-9]+)\s*\} )?
    | \{ (?P<lines>[0-9\s,-]+) \}
    | \[ (?P<title>(?: \\. | \[[^\[\]]*\] | [^\\\[\]] )++) (?: \] | \\?\Z | (?=\[) )
    """,
    re.VERBOSE,
)
_LINES = re.compile(r"(?<![0-9])([0-9]{1,6})(?:\s*-\s*([0-9]{1,6}))?(?![0-9])")
_NUMBER = re.compile(r"[\"'{\[]*([0-9]{1,6})\b")
_ESCAPED = re.compile(r"\\([\[\]])")

_TITLES = {"title", "filename", "file", "name", "caption"}
_HIGHLIGHTS = {"hllines", "highlight", "highlightlines", "emphasizelines", "mark"}
_NUMBERS = {"linenums", "linenos", "lineno", "linenumbers", "numberlines", "showlinenumbers"}
_FIRSTS = {"linenostart", "startfrom", "startline", "startlinenumber"}
_NOTES = _NUMBERS | {"nolinenumbers"}


@dataclass(frozen=True, slots=True)
class Info:
    """What a fence says of its block; a *language* is as it was written.

    Lines are counted from 1, whatever the number of the *first* is; without one they have
    none. The *highlighted* ranges ascend and do not touch.
    """

    language: str = ""
    title: str = ""
    highlighted: tuple[range, ...] = ()
    first: int | None = None


def read(info: str) -> Info:
    """Read an info string, in which backslashes and entities are resolved already."""
    head = _LANGUAGE.match(info)
    rest = info[head.end() :] if head else info
    title, lines, first = "", "", None
    suffix = _SUFFIX.match(rest)
    if suffix and _plain(suffix["title"]) not in _NOTES:
        title, rest = suffix["title"], rest[suffix.end() :]

    is_numbered: bool | None = None
    for part in _PART.finditer(rest):
        key, value = _plain(part["key"] or part["word"] or ""), part["value"] or part["number"]
        if part["lines"]:
            lines += f" {part['lines']}"
        elif part["title"]:
            title = title or _ESCAPED.sub(r"\1", part["title"])
        elif key in _TITLES and value:
            title = value.strip("\"'")
        elif key in _HIGHLIGHTS and value:
            lines += f" {value}"
        elif key in _NUMBERS | _FIRSTS:
            number = _NUMBER.match(value or "")
            first = int(number[1]) if number else first
            if key in _NUMBERS or is_numbered is None:
                is_numbered = (value or "").strip("\"'").lower() != "false"
    return Info(
        language=head["language"] if head else "",
        title=title.strip(),
        highlighted=_ranges(lines),
        first=(1 if first is None else first) if is_numbered else None,
    )


def _plain(name: str) -> str:
    """Write a name as all of its spellings: ``hl_lines``, ``hl-Lines``, ``hlLines``."""
    return name.lower().replace("_", "").replace("-", "")


def _ranges(lines: str) -> tuple[range, ...]:
    """Read ``2,4-6`` and join what overlaps, so that a long list costs no more than its length."""
    joined: list[range] = []
    found = [(int(m[1]), int(m[2] or m[1])) for m in _LINES.finditer(lines)]
    for start, last in sorted(found):
        if joined and start <= joined[-1].stop:
            joined[-1] = range(joined[-1].start, max(joined[-1].stop, last + 1))
        elif start <= last:
            joined.append(range(start, last + 1))
    return tuple(joined)

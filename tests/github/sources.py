"""The posts of a folder: their texts without front matter, and whose syntax they are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx")

_YAML = re.compile(
    r"---[ \t]*\n(?=\s*(?:#.*\n\s*)*[\w\"'-]+[ \t]*:|---)(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_TOML = re.compile(r"\+\+\+[ \t]*\n(?:.*\n)*?\+\+\+[ \t]*(?:\n|\Z)")
_JSON = re.compile(r"\{[ \t]*\n(?:.*\n)*?\}[ \t]*(?:\n|\Z)")
_HEADER = re.compile(
    r"(?:[A-Za-z][\w -]*:(?:[ \t].*)?\n(?:[ \t]+\S.*\n)*)+(?:---[ \t]*\n|(?=\s*\n)|\Z)"
)
_KEY = re.compile(r"^(?:title|date)[ \t]*:", re.IGNORECASE | re.MULTILINE)

_FENCE = re.compile(
    r"^(?P<before>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?)(?P<mark>`{3,}(?=[^`\n]*$)|~{3,})"
    r"(?P<head>[^\n]*)\n(?:.*\n)*?(?:[ \t>]*(?P=mark)[`~]*[ \t]*$|\Z)",
    re.MULTILINE,
)
_SPAN = re.compile(r"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n).)+?(?<!`)\1(?!`)", re.DOTALL)
_SYNTAX = {  # looked for outside of code
    "Hugo": re.compile(r"\{\{[<%].*?[>%]\}\}", re.DOTALL),
    "Liquid": re.compile(r"(?<!\{)\{%.*?%\}", re.DOTALL),
    "template": re.compile(r"\{\{(?![<%]).*?\}\}", re.DOTALL),
    "container": re.compile(r"^ {0,3}:{3,}[ \t]*\S", re.MULTILINE),
    "component": re.compile(
        r"^[ \t]*::[A-Za-z][\w-]*(?:[\[{ \t]|$)|(?<![\w:]):[a-z][\w-]*[\[{]", re.MULTILINE
    ),
    "MDX": re.compile(
        r"^import\s[^\n]*\sfrom\s+['\"]|^export\s+(?:const|default)\s|</?[A-Z][\w.]*[\s/>]",
        re.MULTILINE,
    ),
    "kramdown": re.compile(r"\{:{1,2}[^}\n]*\}|<\w+[^>]*\smarkdown=", re.MULTILINE),
    "attributes": re.compile(r"[])*`]\{[ ]*(?:[.#][\w-]|:\w|\w[\w-]*=)[^}\n]*\}"),
    "admonition": re.compile(r"^[ \t]*(?:!!!|\?\?\?\+?|===\+?)[ \t]+\S", re.MULTILINE),
    "abbreviation": re.compile(r"^\*\[[^]\n]+\]:", re.MULTILINE),
    "definition list": re.compile(r"^(?![ \t]*[-*+#>|]).*\S.*\n\n?:[ \t]+\S", re.MULTILINE),
    "heading attributes": re.compile(r"^ {0,3}#.*\{[#.][^}\n]+\}[ \t#]*$", re.MULTILINE),
    "contents": re.compile(r"^\[(?:TOC|\[_?TOC_?\])\]", re.MULTILINE | re.IGNORECASE),
    "wiki": re.compile(r"!?\[\[[^]\n]+\]\](?!\()"),
}
_CODE_HEAD = re.compile(r"^(?: {4,}|\t+)(?::::|#!)[a-z][\w+-]*[ \t]*$", re.MULTILINE)
_FENCE_HEAD = re.compile(r"[{:]")  # ```{.python}, ```js{1,3}, ```js:name.js


def find(folder: Path) -> list[Path]:
    """List the Markdown files below *folder*, by path; a file stands for itself."""
    if folder.is_file():
        return [folder]
    return sorted(
        path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file()
    )


def body(path: Path) -> str:
    """Read a post's text without its front matter; lines end the Unix way."""
    text = path.read_bytes().decode("utf-8-sig", "replace")
    return without_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))


def without_front_matter(text: str) -> str:
    """Take YAML, TOML, JSON or lines ``Key: value`` off the top of *text*."""
    start = text.lstrip("\n")
    for header in (_YAML, _TOML, _JSON):
        if found := header.match(start):
            return start[found.end() :]
    found = _HEADER.match(start)
    return start[found.end() :] if found and _KEY.search(found[0]) else text


def foreign(body: str) -> Iterator[str]:
    """Name the kinds of syntax of other systems in *body*, code left aside."""
    heads = [fence["head"] for fence in _FENCE.finditer(body)]
    prose = _SPAN.sub("", _FENCE.sub("\n", body))
    for name, pattern in _SYNTAX.items():
        if pattern.search(prose):
            yield name
    if _CODE_HEAD.search(body):
        yield "code head"
    if any(_FENCE_HEAD.search(head.split("title=")[0]) for head in heads):
        yield "fence head"

"""Prose: a Markdown text without what is code in it, its lines where they were."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from html import unescape

_FENCE = re.compile(r"(?:[\s>]|[-*+][ \t]|[0-9]{1,9}[.)][ \t])*(`{3,}(?=[^`]*$)|~{3,})")
_FENCE_END = re.compile(r"[\s>]*(`{3,}|~{3,})\s*")
_COMMENT = re.compile(r"<!--(?:(?!<!--|-->)[\s\S])*-->")
_LINE_BREAK = re.compile(r"(\n[ \t]*\n)")
# Where no two backticks stand together, the next one of a paragraph ends a span.
_PLAIN_SPAN = re.compile(r"`[^`\n]*+(?:\n(?![ \t]*\n)[^`\n]*+)*+`")

_LONGEST = 5000  # characters that are searched for markup
_MARKUP = [
    (re.compile(pattern), put)
    for pattern, put in (
        (r"!\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])", ""),
        (r"\[([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])", r"\1"),
        (r"\[\^[^\[\]]*\]", ""),
        (r"<((?:https?://|mailto:)[^<>\s]*)>", r"\1"),
        (r"(?<!\\)</?[A-Za-z][^<>]*>", ""),
        (r"(?<![\w\\])(_{1,3})(?=\S)([^_]*[^_\s])\1(?!\w)", r"\2"),
        (r"(?<!\\)(\*{1,3}|~~)(?=\S)([^*~]*[^*~\s])\1", r"\2"),
        (r"\\([!-/:-@\[-`{-~])", r"\1"),
    )
]
_SIGN = re.compile(r"[^\w\s.,:;()?-]")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_ATTRIBUTES = re.compile(r"[ \t]*\{:?[ \t]*[#.][^{}]*\}[ \t]*$")
_BLOCK_MARK = re.compile(r"[ \t]*(?:>[ \t]*|[-*+][ \t]+|[0-9]{1,9}[.)][ \t]+)*")


class Fences:
    """Follows fenced code blocks, line by line."""

    def __init__(self) -> None:
        self._fence = ""

    def hold(self, line: str) -> bool:
        """Tell whether the next line belongs to a block, its fences included."""
        if "```" not in line and "~~~" not in line:  # most lines
            return bool(self._fence)
        if self._fence:
            end = _FENCE_END.fullmatch(line)
            if end and end[1].startswith(self._fence):
                self._fence = ""
            return True
        start = _FENCE.match(line)
        self._fence = start[1] if start else ""
        return start is not None


def fenced(lines: list[str]) -> list[bool]:
    """Tell of each line whether it belongs to a fenced code block, its fences included."""
    fences = Fences()
    found: list[bool] = []
    marked = [number for number, line in enumerate(lines) if "```" in line or "~~~" in line]
    for number in marked:  # those between are as the last one has left it
        found += [fences.hold("")] * (number - len(found))
        found.append(fences.hold(lines[number]))
    return found + [fences.hold("")] * (len(lines) - len(found))


def masked(body: str) -> str:
    """Leave out fenced code, code spans and comments: what stands there is meant as text.

    The lines keep their numbers.
    """
    text = body
    if "```" in body or "~~~" in body:
        lines = body.split("\n")
        kept = ["" if code else line for line, code in zip(lines, fenced(lines), strict=True)]
        text = "\n".join(kept)
    if "``" in text:
        parts = _LINE_BREAK.split(text)
        text = "".join([_without_spans(part) if "`" in part else part for part in parts])
    elif "`" in text:
        text = _PLAIN_SPAN.sub(_breaks, text)
    return _COMMENT.sub(_breaks, text)


def without_elements(text: str, names: tuple[str, ...]) -> str:
    """Leave out the HTML elements of these *names*; the lines keep their numbers."""
    if "<" not in text:
        return text
    opening, closing = _ends_of_elements(names)
    kept: list[str] = []
    unclosed: set[str] = set()
    position = 0
    for found in opening.finditer(text):
        name = found[1].lower()
        if found.start() < position or name in unclosed:
            continue
        end = closing[name].search(text, found.end())
        if end is None:
            unclosed.add(name)
            continue
        breaks = text.count("\n", found.start(), end.start())
        kept += [text[position : found.start()], "\n" * breaks]
        position = end.start()
    return "".join([*kept, text[position:]])


@cache
def _ends_of_elements(
    names: tuple[str, ...],
) -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    opening = re.compile(rf"<({'|'.join(names)})(?=[\s/>])", re.IGNORECASE | re.ASCII)
    return opening, {name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII) for name in names}


def words(markdown: str) -> str:
    """Read the plain words of a heading or paragraph, on one line, at most 5,000 characters."""
    text = " ".join(markdown[:_LONGEST].split())
    if not _SIGN.search(text):
        return text
    text = _ATTRIBUTES.sub("", text)
    parts = []
    end = 0
    for code in _CODE.finditer(text):
        parts += [_without_markup(text[end : code.start()]), code[2].strip()]
        end = code.end()
    return " ".join("".join([*parts, _without_markup(text[end:])]).split())


def paragraphs(markdown: str) -> str:
    """Read the plain words of running text: no headings, code, images, tables or comments."""
    kept = []
    for line in _blocks(markdown[:_LONGEST]):
        line = _BLOCK_MARK.sub("", line, count=1)
        if not line.startswith(("#", "|", "[^", "{%", "{{", "{:", ":::", "import ", "export ")):
            kept.append(line)
    return words("\n".join(kept))


def _blocks(markdown: str) -> list[str]:
    """List the lines outside of fences and comments."""
    lines = _COMMENT.sub(_breaks, markdown).split("\n")
    return [line for line, code in zip(lines, fenced(lines), strict=True) if not code]


def _breaks(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _without_markup(text: str) -> str:
    for pattern, put in _MARKUP:
        text = pattern.sub(put, text)
    return unescape(text)


def _without_spans(paragraph: str) -> str:
    # CommonMark 6.1. Looking for each end anew would take quadratic time.
    runs = list(re.finditer("`+", paragraph))
    later: defaultdict[int, list[int]] = defaultdict(list)
    for number in range(len(runs) - 1, -1, -1):
        later[len(runs[number][0])].append(number)
    kept, position, number = [], 0, 0
    while number < len(runs):
        ends = later[len(runs[number][0])]
        while ends and ends[-1] <= number:
            ends.pop()
        if ends:
            kept.append(paragraph[position : runs[number].start()])
            number = ends[-1]
            span = paragraph[position + len(kept[-1]) : runs[number].end()]
            kept.append("\n" * span.count("\n"))
            position = runs[number].end()
        number += 1
    return "".join([*kept, paragraph[position:]])

"""Shortcodes: code that another system marks in its own way becomes fenced code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from ...markdown.blocks import nodes
from . import code, prose

_OPENING = re.compile(
    r"(?P<lead>[ \t>]*(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)?)"
    r"(?:\{\{(?P<sign>[<%])-?[ \t]*highlight(?P<hugo>(?:[ \t][^{}]*?)?)[>%]\}\}"
    r"|\{%-?[ \t]*(?P<tag>highlight|codeblock)(?P<liquid>(?:[ \t][^{}%]*?)?)-?%\})"
    r"(?P<rest>.*)"
)
_CLOSING = {
    "hugo": re.compile(r"(.*?)\{\{[<%][ \t]*/[ \t]*highlight[ \t]*[>%]\}\}(.*)"),
    "highlight": re.compile(r"(.*?)\{%-?[ \t]*endhighlight[ \t]*-?%\}(.*)"),
    "codeblock": re.compile(r"(.*?)\{%-?[ \t]*endcodeblock[ \t]*-?%\}(.*)"),
}
_RAW = re.compile(r"\{%-?[ \t]*(end)?raw[ \t]*-?%\}")
_HEAD = re.compile(
    r"(?P<indent>(?: {4}|\t)+)(?P<mark>:{2,3}|#!)(?P<language>[\w+#.-]+)(?P<more>.*)$"
)
_LINES = re.compile(
    r"(?:hl_lines|mark_lines)\s*[=:]\s*(?:\"([\d ,-]+)\"|\[([^\[\]]*)\]|([\d ,-]+))"
)
_NUMBERED = re.compile(r"\b(?:linenos|line_numbers?)\b(?!\s*[=:]\s*[\"']?(?:false|0))")
_LANGUAGE = re.compile(r"[\w+#.-]+")
_TITLE = re.compile(r"\btitle\s*[=:]\s*\"([^\"]*)\"")


def as_fences(body: str, *, liquid: bool, indented: bool) -> str:
    """Fence the code in ``{{< highlight >}}``, ``{% highlight %}``, ``{% codeblock %}``.

    With *indented* also indented code that begins with ``:::language``; with *liquid* the
    marks ``{% raw %}`` go, which kept the code from being run. The lines keep their numbers
    where each mark has a line of its own.
    """
    if "highlight" in body or "codeblock" in body:
        body = "\n".join(_marked(body.split("\n")))
    if indented and ("::" in body or "#!" in body):
        body = "\n".join(_headed(body.split("\n")))
    if liquid and "endraw" in body:
        body = _unwrapped(body)
    return body


@dataclass(frozen=True, slots=True)
class _Marked:
    """Code between marks, from the line *first* to the line *last* (from 0, included)."""

    first: int
    last: int
    lead: str
    information: str
    inner: list[str]
    after: str


def _marked(lines: list[str]) -> Iterator[str]:
    found = list(_between_marks(lines))
    shown = _that_would_be_code(lines, found)
    position = 0
    for marked, is_shown in zip(found, shown, strict=True):
        if is_shown:
            yield from lines[position : marked.first]
            yield from _fence(marked.lead, marked.information, marked.inner, marked.after)
            position = marked.last + 1
    yield from lines[position:]


def _between_marks(lines: list[str]) -> Iterator[_Marked]:
    fences = prose.Fences()
    ends = {kind: _last(pattern, lines) for kind, pattern in _CLOSING.items()}
    number = -1
    while (number := number + 1) < len(lines):
        line = lines[number]
        opening = None if fences.hold(line) else _OPENING.match(line)
        if opening is None or number > ends[_kind(opening)]:
            continue
        first = number
        inner, after, number = _block(lines, number, opening)
        yield _Marked(first, number, opening["lead"], _information(opening), inner, after)


def _that_would_be_code(lines: list[str], found: list[_Marked]) -> list[bool]:
    """Tell of each code whether a fence in its place is one: in indented code or HTML it is none.

    What stands between the marks is read as one word, for it may look like anything.
    """
    shown: list[str] = []
    starts: list[int] = []
    position = 0
    for marked in found:
        shown += lines[position : marked.first]
        starts.append(len(shown) + 1)
        held = _held(marked.lead)
        shown += [f"{marked.lead}```", f"{held}x", f"{held}```"]
        position = marked.last + 1
    blocks = code.leaves([*shown, *lines[position:]]) if found else iter(())
    fences = {block.first for block in blocks if isinstance(block, nodes.Fence)}
    return [start in fences for start in starts]


def _kind(opening: re.Match[str]) -> str:
    return "hugo" if opening["sign"] else opening["tag"]


def _last(pattern: re.Pattern[str], lines: list[str]) -> int:
    found = (number for number in range(len(lines) - 1, -1, -1) if pattern.match(lines[number]))
    return next(found, -1)


def _block(lines: list[str], start: int, opening: re.Match[str]) -> tuple[list[str], str, int]:
    """Read the code up to the mark that closes it, what stands after that, and its line."""
    closing = _CLOSING[_kind(opening)]
    inner = []
    for number in range(start, len(lines)):
        line = lines[number]
        if number == start:
            line = f"{_held(opening['lead'])}{opening['rest']}" if opening["rest"] else ""
        if end := closing.match(line):
            if end[1].strip(" \t>"):
                inner.append(end[1])
            return inner, end[2], number
        if number > start or line.strip():
            inner.append(line)
    return inner, "", len(lines) - 1


def _fence(lead: str, information: str, inner: list[str], after: str) -> Iterator[str]:
    runs = [len(run) for line in inner for run in re.findall("`{3,}", line)]
    ticks = "`" * (max(runs, default=2) + 1)
    held = _held(lead)
    yield f"{lead}{ticks}{information}"
    yield from _inside(held, inner)
    yield f"{held}{ticks}"
    if after.strip():
        yield f"{held}{after}"


def _held(lead: str) -> str:
    """Write what the further lines of a block begin with whose first one begins with *lead*."""
    return re.sub(r"[^\s>]", " ", lead)


def _inside(held: str, inner: list[str]) -> list[str]:
    """Put lines of code into the item or the quote in which their fence stands."""
    if ">" in held:
        return [line if line.lstrip().startswith(">") else f"{held}{line}" for line in inner]
    depth = len(held.expandtabs(4))
    if all(_dedented(line, depth) is not None for line in inner if line.strip()):
        return inner
    return [f"{held}{line}" if line else line for line in inner]


def _information(opening: re.Match[str]) -> str:
    arguments = (opening["hugo"] or opening["liquid"] or "").strip()
    if opening["tag"] == "codeblock":
        return _of_codeblock(arguments)
    first = _LANGUAGE.match(arguments.removeprefix('"').removeprefix("lang="))
    language = first[0] if first else ""
    return f"{language}{_options(arguments)}"


def _of_codeblock(arguments: str) -> str:
    """Read Octopress' ``[title] [lang:language] [url] [link text]``."""
    language = re.search(r"\blang:([\w+#.-]+)", arguments)
    title = " ".join(re.sub(r"\bhttps?://.*|\b\w+:\S+", "", arguments).replace('"', "").split())
    return (language[1] if language else "") + (f' title="{title}"' if title else "")


def _options(arguments: str) -> str:
    options = ""
    if found := _LINES.search(arguments):
        spans = re.findall(r"\d+(?:-\d+)?", found[1] or found[2] or found[3])
        options += f' hl_lines="{" ".join(spans)}"' if spans else ""
    if _NUMBERED.search(arguments):
        options += " linenums"
    if title := _TITLE.search(arguments):
        options += f' title="{title[1]}"'
    return options


def _headed(lines: list[str]) -> Iterator[str]:
    fenced = prose.fenced(lines)
    number = 0
    while number < len(lines):
        head = None if fenced[number] else _HEAD.match(lines[number])
        alone = number == 0 or not lines[number - 1].strip()
        if not (head and alone and _is_language(head["language"])):
            yield lines[number]
            number += 1
            continue
        depth = len(head["indent"].expandtabs(4))
        inner, number = _indented(lines, number + 1, depth)
        lead = " " * (depth - 4)
        numbered = " linenums" if head["mark"] == "#!" else ""
        information = f"{head['language']}{_options(head['more'])}{numbered}"
        yield from _fence(
            lead, information, [f"{lead}{line}" if line else line for line in inner], ""
        )
        if number < len(lines) - 1 and not lines[number].strip():
            number += 1  # the closing fence stands there


def _indented(lines: list[str], start: int, depth: int) -> tuple[list[str], int]:
    """Read the lines that are indented by *depth* columns, without these; and where they end."""
    inner: list[str] = []
    for line in lines[start:]:
        dedented = _dedented(line, depth)
        if dedented is None:
            break
        inner.append(dedented)
    while inner and not inner[-1].strip():
        inner.pop()
    return inner, start + len(inner)


def _dedented(line: str, depth: int) -> str | None:
    """Take *depth* columns of blanks off a line, a tab being up to four; None if it has less."""
    column = number = 0
    while column < depth and number < len(line) and line[number] in " \t":
        column += 1 if line[number] == " " else 4 - column % 4
        number += 1
    if column < depth:
        return "" if number == len(line) else None
    return " " * (column - depth) + line[number:]


def _is_language(name: str) -> bool:
    try:
        find_lexer_class_by_name(name)
    except ClassNotFound:
        return False
    return True


def _unwrapped(body: str) -> str:
    """Take out ``{% raw %}`` and its end, where both are."""
    marks = list(_RAW.finditer(body))
    kept = []
    end = 0
    for opening, closing in pairwise(marks):
        if not opening[1] and closing[1]:
            kept += [body[end : opening.start()], body[opening.end() : closing.start()]]
            end = closing.end()
    return "".join([*kept, body[end:]])

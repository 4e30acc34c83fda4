"""Destinations: where links and images of a Markdown text lead, and where that is written.

Block structure is read by the renderer's own reader, so that what it shows as code stays as it
is. What the renderer would not take for a link, but other systems do, is found as well:
``[a]({% post_url 2013-04-30-x %})``, ``![a](x.png =300x200)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from ...markdown.blocks import nodes
from ...markdown.blocks.reader import Reader
from ...markdown.lines import Lines
from . import segments
from .spans import Spans

_TEMPLATE = r"\{\{[^{}\n]*+\}\}|\{%[^{}%\n]*+%\}|\{[a-z]+\}"
_BARE = rf"(?:{_TEMPLATE}|\\[!-/:-@\[-`{{-~]|[^\\\s()<>{{]|\\|\{{|\((?:[^\s()]|\\[()])*+\))++"
_SIZE = r"(?P<size>[ \t]++=[0-9]*x[0-9]*)?+"
_TITLE = r"""(?:\s++(?:"(?:\\.|[^"\\])*+"|'(?:\\.|[^'\\])*+'|\((?:\\.|[^()\\])*+\)))?+"""
_TAIL = re.compile(
    rf"\(\s*+(?:<(?P<pointed>(?:\\.|[^\\<>\n])*+)>|(?P<bare>{_BARE}){_SIZE}){_TITLE}\s*+\)",
    re.DOTALL,
)
_DEFINITION = re.compile(
    r"^[ \t>]*+(?:[-*+][ \t]++|[0-9]{1,9}[.)][ \t]++)*+\[(?!\^)(?:\\.|[^\\\[\]\n])++\]:[ \t]*+"
    r"(?:\n[ \t>]*+)?+"
    rf"(?:<(?P<pointed>(?:\\.|[^\\<>\n])*+)>|(?P<bare>{_BARE}))"
    rf"(?=[ \t]*+(?:$|[\"'(]))",
    re.MULTILINE,
)
_MARK = re.compile(r"\\.|!?\[|\]|`++|<", re.DOTALL)
# A quote inside {{ … }} does not end a value.
_DOUBLE = r"(?:\{\{[^{}\n]*+\}\}|[^\"])*+"
_SINGLE = r"(?:\{\{[^{}\n]*+\}\}|[^'])*+"
_TAG = re.compile(
    r"<(?P<name>[a-z][a-z0-9-]*+)(?P<attributes>(?:\s++[a-z_:@][\w.:@-]*+"
    rf"(?:\s*+=\s*+(?:[^\s\"'=<>`]++|'{_SINGLE}'|\"{_DOUBLE}\"))?+)*+)\s*+/?>",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"\s(?P<name>src|href|srcset)\s*+=\s*+"
    rf"(?:\"(?P<double>{_DOUBLE})\"|'(?P<single>{_SINGLE})'|(?P<bare>[^\s\"'=<>`]++))",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"[^\s,]\S*+")  # of a srcset (HTML, 4.8.4.2.1), with what follows it
_WRITTEN = {"a": {"href"}, "img": {"src", "srcset"}, "source": {"srcset"}}
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")

_HOST = re.compile(r"(?:[a-z][a-z0-9+.-]+:)?//", re.IGNORECASE)
_ELSEWHERE = r"(?!(?:https?:)?//|mailto:|#)"
# Each with what it cannot do without: that is looked for much faster.
_LOCAL = tuple(
    (sign, re.compile(before + _ELSEWHERE, re.IGNORECASE))
    for sign, before in (
        ("](", r"\]\(\s*+<?+"),
        ("]:", r"\[(?!\^)(?:\\.|[^\\\[\]\n])++\]:\s*+<?+"),
        ("<", r"\b(?:src|href|srcset)\s*+=\s*+[\"']?+"),
    )
)


@dataclass(frozen=True, slots=True)
class Destination:
    """What stands at ``[start:end]`` of a text, and where it leads: *url*, without escapes.

    *shows* tells whether it is there for an image. *line* counts from 1.
    """

    start: int
    end: int
    line: int
    url: str
    shows: bool

    @property
    def is_elsewhere(self) -> bool:
        """Whether it names its host, and so leads there from anywhere."""
        return _HOST.match(self.url) is not None


def may_be_local(markdown: str, hosts: Iterable[str] = ()) -> bool:
    """Tell fast whether *markdown* may have destinations that name no host, or one of *hosts*."""
    return any(sign in markdown and local.search(markdown) for sign, local in _LOCAL) or any(
        host in markdown for host in hosts
    )


_HERE = ("/media/", "/blog/")  # what a destination that came in begins with


def loses(before: str, after: str) -> bool:
    """Tell whether *after*, the same text, does not lead here where *before* did."""
    pairs = zip(find(before), find(after), strict=False)
    return any(b.url.startswith(_HERE) and not a.url.startswith(_HERE) for b, a in pairs)


def find(markdown: str, *, local_to: Sequence[str] | None = None) -> list[Destination]:
    """List the destinations of *markdown* (LF at the ends of lines), in order.

    Those in code, in code spans and in comments are none. With hosts that they may be *local_to*
    it is faster, and need not list what names another host.
    """
    lines = Lines(markdown)
    found: list[Destination] = []
    for start, end, in_html in _parts(markdown, local_to):
        if _may_hold(markdown, start, end):
            scan = _tags if in_html else _inlines
            found += scan(markdown, start, end, lines)
    return sorted(found, key=lambda destination: destination.start)


def replace(markdown: str, new: Iterable[tuple[Destination, str]]) -> str:
    """Write other destinations into *markdown*, in the place of those that ``find`` found."""
    parts, position = [], 0
    for destination, url in sorted(new, key=lambda pair: pair[0].start):
        parts += [markdown[position : destination.start], url]
        position = destination.end
    return "".join([*parts, markdown[position:]])


def _parts(markdown: str, local_to: Sequence[str] | None) -> Iterator[tuple[int, int, bool]]:
    """Yield the beginning and end of each block that is no code, and whether it is HTML.

    Segments of the text without what is looked for are left out.
    """
    for start, end in segments.of(markdown):
        if not _may_hold(markdown, start, end):
            continue
        segment = markdown[start:end]
        if local_to is None or may_be_local(segment, local_to):
            yield from _blocks(segment, start)


def _may_hold(markdown: str, start: int, end: int) -> bool:
    """Tell fast whether there may be a destination."""
    return any(markdown.find(sign, start, end) >= 0 for sign in ("](", "]:", "<"))


def _blocks(segment: str, offset: int) -> Iterator[tuple[int, int, bool]]:
    lines = segment.split("\n")
    starts = [offset]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    waiting: list[nodes.Block] = [Reader().read(lines)]
    while waiting:
        block = waiting.pop()
        if isinstance(block, nodes.Container):
            waiting += block.children
        elif isinstance(block, nodes.Table):
            for number in range(block.first, block.last + 1):
                yield starts[number - 1], starts[number] - 1, False
        elif not isinstance(block, nodes.IndentedCode | nodes.Fence):
            in_html = isinstance(block, nodes.Html)
            yield starts[block.first - 1], starts[block.last] - 1, in_html


def _inlines(markdown: str, start: int, end: int, lines: Lines) -> Iterator[Destination]:
    """Find links, images and tags in the text of one block (GFM 6)."""
    for definition in _DEFINITION.finditer(markdown, start, end):
        yield _written(definition, lines, shows=False)
    spans = Spans(markdown, start, end)
    opened: list[bool] = []  # for every [ whether it may start an image
    spent = 0  # how many of them stand around a link already, and so begin none
    position = start
    while mark := _MARK.search(markdown, position, end):
        position = mark.end()
        if mark[0] in ("[", "!["):
            opened.append(mark[0] == "![")
        elif mark[0][0] == "`":
            position = spans.end(mark) or position
        elif mark[0] == "<":
            tag = _TAG.match(markdown, mark.start(), end)
            if tag:
                yield from _of_tag(tag, lines)
                position = spans.end_of_tag(tag) or tag.end()
            else:
                position = spans.end_of_pointed(mark.start()) or position
        elif mark[0] == "]" and opened:
            shows = opened.pop()
            tail = _TAIL.match(markdown, position, end) if shows or len(opened) >= spent else None
            spent = min(spent, len(opened))
            if tail:
                yield _written(tail, lines, shows=shows)
                position = tail.end()
                spent = spent if shows else len(opened)


def _tags(markdown: str, start: int, end: int, lines: Lines) -> Iterator[Destination]:
    """Find the tags in a block of HTML."""
    spans = Spans(markdown, start, end)
    position = markdown.find("<", start, end)
    while position >= 0:
        behind = position + 1
        if tag := _TAG.match(markdown, position, end):
            yield from _of_tag(tag, lines)
            behind = spans.end_of_tag(tag) or end
        elif markdown.startswith("<!--", position):
            behind = spans.end_of_pointed(position) or end
        position = markdown.find("<", behind, end)


def _of_tag(tag: re.Match[str], lines: Lines) -> Iterator[Destination]:
    wanted = _WRITTEN.get(tag["name"].lower(), set())
    shows = tag["name"].lower() != "a"
    for attribute in _ATTRIBUTE.finditer(tag.string, *tag.span("attributes")):
        name = attribute["name"].lower()
        group = next(group for group in ("double", "single", "bare") if attribute[group])
        if name in wanted and name != "srcset":
            start, end = attribute.span(group)
            yield Destination(start, end, lines.at(start), unescape(attribute[group]), shows)
        elif name in wanted:
            yield from _of_srcset(tag.string, *attribute.span(group), lines)


def _of_srcset(markdown: str, start: int, end: int, lines: Lines) -> Iterator[Destination]:
    """Split ``a.png 1x, b.png 2x``; a URL may hold commas, but neither begin nor end with one."""
    position = start
    while candidate := _CANDIDATE.search(markdown, position, end):
        url = candidate[0].rstrip(",")
        at = candidate.start()
        yield Destination(at, at + len(url), lines.at(at), unescape(url), shows=True)
        comma = markdown.find(",", at + len(url), end)
        position = comma + 1 if comma >= 0 else end


def _written(match: re.Match[str], lines: Lines, *, shows: bool) -> Destination:
    group = "bare" if match["pointed"] is None else "pointed"
    start, end = match.span(group)
    if "size" in match.re.groupindex and match["size"]:
        end = match.end("size")
    url = unescape(_ESCAPE.sub(r"\1", match[group]))
    return Destination(start, end, lines.at(start), url, shows)

"""How blocks begin: each function looks at a line, and makes the block that starts there.

They pass the marks that they know. Sections are those of the GFM specification 0.29.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from .. import raw
from ..escapes import unescaped
from . import references, tables
from .line import Line
from .nodes import (
    CODE_INDENT,
    Block,
    Definition,
    Fence,
    Glossary,
    Heading,
    Html,
    IndentedCode,
    Item,
    Note,
    Paragraph,
    Quote,
    Rule,
    Table,
)

_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_FENCE = re.compile(r"(`{3,})(?=[^`]*$)|(~{3,})")
_SETEXT = re.compile(r"(?:(=+)|-+)[ \t]*$")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$")
_BULLET = re.compile(r"[-+*](?=[ \t]|$)")
_NUMBER = re.compile(r"([0-9]{1,9})([.)])(?=[ \t]|$)")
_NOTE = re.compile(r"\[\^([^\]\s]+)\]:[ \t]*")
_DEFINITION = re.compile(r":(?=[ \t]+[^ \t])")

_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|"
    "dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|"
    "header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|"
    "param|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
# 4.6: the seven kinds of HTML blocks, each with what ends it; None is a blank line.
_HTML: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = tuple(
    (re.compile(start, re.IGNORECASE | re.ASCII), re.compile(end, re.IGNORECASE) if end else None)
    for start, end in (
        (r"<(?:script|pre|style|textarea)(?=[\s>]|$)", r"</(?:script|pre|style|textarea)>"),
        (r"<!--", r"-->"),
        (r"<\?", r"\?>"),
        (r"<![a-z]", r">"),
        (r"<!\[CDATA\[", r"\]\]>"),
        (rf"</?(?:{_BLOCK_TAGS})(?=\s|/?>|$)", ""),
    )
)
_ANY_TAG = re.compile(rf"(?=</?([A-Za-z][A-Za-z0-9]*)){raw.TAG}[ \t]*$", re.ASCII)


class Place(NamedTuple):
    """Where a line stands: behind the marks of the blocks that it goes on in.

    *paragraph* is the one that it would go on with, *lazy* whether it would do so without the
    marks of the blocks around it, and *before* what a definition here would explain.
    """

    paragraph: Paragraph | None
    lazy: bool
    before: Paragraph | Glossary | None


Start = Callable[[Line, Place], Block | None]


def may_begin(line: Line) -> bool:
    """Tell fast whether a block may begin at *line*."""
    return not line.blank and (line.indent >= CODE_INDENT or line.text[line.start] in MARKS)


def begin(line: Line, place: Place) -> Block | None:
    """Make the block that begins at *line*, if one does; ask ``may_begin`` before."""
    if line.indent >= CODE_INDENT:
        return _indented_code(line, place)
    for start in _BY_CHARACTER[line.text[line.start]]:
        if block := start(line, place):
            return block
    return None


def _quote(line: Line, _place: Place) -> Block:
    line.pass_mark(1)
    return Quote(line.number)


def _heading(line: Line, _place: Place) -> Block | None:
    mark = line.match(_ATX)
    if not mark:
        return None
    line.spend()
    text = line.text[mark.end() :].strip(" \t")
    open_end = text.rstrip("#")
    if not open_end or open_end[-1] in " \t":  # a closing row of # stands apart
        text = open_end.rstrip(" \t")
    return Heading(line.number, len(mark[1]), text)


def _fence(line: Line, _place: Place) -> Block | None:
    mark = line.match(_FENCE)
    if not mark:
        return None
    line.spend()
    info = unescaped(line.text[mark.end() :].strip())
    return Fence(line.number, mark[0], line.indent, info)


def _html(line: Line, place: Place) -> Block | None:
    for start, end in _HTML:
        if line.match(start):
            return Html(line.number, end)
    if place.paragraph or place.lazy:  # the last kind may not end a paragraph
        return None
    tag = line.match(_ANY_TAG)
    return Html(line.number, None) if tag and not raw.is_component(tag[1]) else None


def _setext(line: Line, place: Place) -> Block | None:
    paragraph = place.paragraph
    mark = line.match(_SETEXT)
    text = references.without(paragraph.lines) if paragraph and mark else []
    if not (paragraph and mark and text):
        return None
    line.spend()
    level = 1 if mark[1] else 2
    return Heading(paragraph.first, level, "\n".join(text).rstrip(" \t"), underlined=True)


def _rule(line: Line, _place: Place) -> Block | None:
    if not line.match(_RULE):
        return None
    line.spend()
    return Rule(line.number)


def _note(line: Line, _place: Place) -> Block | None:
    mark = line.match(_NOTE)
    if not mark:
        return None
    line.skip_blanks()
    line.advance(len(mark[0]))
    return Note(line.number, mark[1])


def _item(line: Line, place: Place) -> Block | None:
    mark = line.match(_BULLET) or line.match(_NUMBER)
    if not mark:
        return None
    number = int(mark[1]) if mark.re is _NUMBER else None
    empty = not line.text[mark.end() :].strip(" \t")
    if place.paragraph and (empty or number not in (None, 1)):
        return None  # 5.2: more likely a line of the paragraph that happens to begin so
    return Item(line.number, _width(line, mark), mark[0][-1], number)


def _definition(line: Line, place: Place) -> Block | None:
    mark = line.match(_DEFINITION)
    if not (mark and place.before) or place.lazy:
        return None
    if place.paragraph and not references.without(place.paragraph.lines):
        return None
    apart = not place.paragraph and place.before.last + 1 < line.number
    return Definition(line.number, _width(line, mark), apart=apart)


def _indented_code(line: Line, place: Place) -> Block | None:
    if line.blank or place.paragraph or place.lazy:
        return None
    line.advance(CODE_INDENT)
    return IndentedCode(line.number)


def _table(line: Line, place: Place) -> Block | None:
    if not place.paragraph or not references.without(place.paragraph.lines):
        return None
    alignments = tables.alignments(line.content)
    head = tables.cells(place.paragraph.lines[-1]) if alignments else ()
    if not alignments or len(head) != len(alignments):
        return None
    line.spend()
    return Table(line.number - 1, alignments, head)


def _width(line: Line, mark: re.Match[str]) -> int:
    """Pass the mark of an item; the columns by which what belongs to the item is indented."""
    before = line.indent
    line.skip_blanks()
    line.advance(len(mark[0]))
    # It may be empty, or begin with indented code.
    blanks = 1 if line.blank or line.indent > CODE_INDENT else line.indent
    line.advance(blanks)
    return before + len(mark[0]) + blanks


# By the first character, in the order of precedence.
_BY_CHARACTER: Mapping[str, tuple[Start, ...]] = {
    ">": (_quote,),
    "#": (_heading,),
    "`": (_fence,),
    "~": (_fence,),
    "<": (_html,),
    "=": (_setext,),
    "-": (_setext, _rule, _item, _table),
    "*": (_rule, _item),
    "_": (_rule,),
    "+": (_item,),
    "[": (_note,),
    "|": (_table,),
    ":": (_table, _definition),
    **dict.fromkeys("0123456789", (_item,)),
}
MARKS = frozenset(" \t") | _BY_CHARACTER.keys()  # what a line begins with that is no plain text

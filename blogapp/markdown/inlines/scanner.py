"""The scanner: takes the text of a block apart from left to right, and makes its elements.

Backslashes, code, links in pointed brackets and HTML bind closest, then links and images, then
emphasis (GFM 6). No search goes over the same text again, so the cost is in step with its length.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Protocol
from xml.etree.ElementTree import Element

from ..blocks.references import Target, normalised
from ..elements import escaped, make
from ..escapes import ENTITY, PUNCTUATION, character
from ..patterns import LONGEST_LABEL, end
from . import assembly, autolinks, html, links
from .pieces import Bracket, Inline, Piece, run

_MARK = re.compile(rf"{autolinks.START}|\*+|_+|~+|`+|!?\[|[\]\\<&\n]", re.IGNORECASE)
_ESCAPE = re.compile(rf"\\(?:([{PUNCTUATION}])|\n)")
_ENTITY = re.compile(ENTITY)
_BLANKS = re.compile(r"[ \t]*")


class Definitions(Protocol):
    """What a text may refer to, and where raw HTML goes."""

    def target(self, label: str) -> Target | None: ...

    def note_mark(self, label: str) -> Element | None: ...

    def raw(self, html: str) -> str: ...


Seen = Callable[[Element | str, int], None]


def read(text: str, definitions: Definitions, seen: Seen | None = None) -> list[str | Element]:
    """Read the inline structure of *text*: strings and elements, no two strings in a row.

    *seen* is told of each link, image and piece of raw HTML, and the place in *text* where it
    begins. A link comes after what it holds.
    """
    if not _MARK.search(text):
        return assembly.parts([text], linked=False)
    return _Scanner(text, definitions, seen or _nobody).read()


def _nobody(_found: Element | str, _start: int) -> None:
    """Hear of what is found, when nobody asked."""


class _Scanner:
    def __init__(self, text: str, definitions: Definitions, seen: Seen) -> None:
        self._text = text
        self._definitions = definitions
        self._seen = seen
        self._pieces: list[Piece] = []
        self._brackets: list[Bracket] = []
        self._html = html.Reader(text)
        self._backticks: dict[int, list[int]] | None = None
        self._readers: dict[str, Callable[[re.Match[str]], int]] = {
            "\\": self._escape,
            "`": self._code,
            "*": self._run,
            "_": self._run,
            "~": self._run,
            "!": self._bracket,
            "[": self._bracket,
            "]": self._close_bracket,
            "<": self._pointed,
            "&": self._entity,
            "\n": self._line_end,
        }

    def read(self) -> list[str | Element]:
        position = 0
        while mark := _MARK.search(self._text, position):
            if mark.start() > position:
                self._pieces.append(self._text[position : mark.start()])
            position = self._readers.get(mark[0][0], self._address)(mark)
        self._pieces.append(self._text[position:])
        return assembly.parts(assembly.joined(self._pieces, linked=False), linked=False)

    # Each reader takes what begins at its mark, and returns where the next begins.

    def _as_text(self, mark: re.Match[str]) -> int:
        self._pieces.append(mark[0])
        return mark.end()

    def _escape(self, mark: re.Match[str]) -> int:
        found = _ESCAPE.match(self._text, mark.start())
        if not found:
            return self._as_text(mark)
        if found[1]:
            self._pieces.append(escaped(found[1]))
            return found.end()
        return self._break(found.end())

    def _line_end(self, mark: re.Match[str]) -> int:
        before = self._pieces[-1] if self._pieces else ""
        if isinstance(before, str):
            kept = before.rstrip(" ")
            if self._pieces:
                self._pieces[-1] = kept
            if len(before) - len(kept) >= 2:
                return self._break(mark.end())
        self._pieces.append("\n")
        return end(_BLANKS, self._text, mark.end())

    def _break(self, position: int) -> int:
        self._pieces.append(Inline(make("br")))
        return end(_BLANKS, self._text, position)

    def _code(self, mark: re.Match[str]) -> int:
        closing = self._closing_backticks(mark)
        if closing is None:
            return self._as_text(mark)
        code = self._text[mark.end() : closing].replace("\n", " ")
        if code.startswith(" ") and code.endswith(" ") and code.strip(" "):
            code = code[1:-1]
        self._pieces.append(Inline(make("code", code)))
        return closing + len(mark[0])

    def _closing_backticks(self, mark: re.Match[str]) -> int | None:
        if self._backticks is None:
            self._backticks = defaultdict(list)
            for found in reversed(list(re.finditer("`+", self._text))):
                self._backticks[len(found[0])].append(found.start())
        ends = self._backticks.get(len(mark[0]), [])
        while ends and ends[-1] < mark.end():
            ends.pop()
        return ends[-1] if ends else None

    def _run(self, mark: re.Match[str]) -> int:
        self._pieces.append(run(self._text, mark.start(), mark.end()))
        return mark.end()

    def _pointed(self, mark: re.Match[str]) -> int:
        start = mark.start()
        if uri := html.URI.match(self._text, start):
            self._link(uri[1], uri[1], start)
            return uri.end()
        if email := html.EMAIL.match(self._text, start):
            self._link(f"mailto:{email[1]}", email[1], start)
            return email.end()
        behind = self._html.end(start)
        if behind is None:
            return self._as_text(mark)
        self._seen(self._text[start:behind], start)
        self._pieces.append(self._definitions.raw(self._text[start:behind]))
        return behind

    def _entity(self, mark: re.Match[str]) -> int:
        found = _ENTITY.match(self._text, mark.start())
        if not found:
            return self._as_text(mark)
        self._pieces.append("".join(escaped(c) for c in character(found[0])))
        return found.end()

    def _address(self, mark: re.Match[str]) -> int:
        found = None if self._brackets else autolinks.address(self._text, mark.start())
        if not found:
            return self._as_text(mark)
        self._link(found.url, found.text, mark.start())
        return found.end

    def _link(self, url: str, text: str, start: int) -> None:
        anchor = make("a", text, href=links.url(url))
        self._seen(anchor, start)
        self._pieces.append(Inline(anchor))

    def _bracket(self, mark: re.Match[str]) -> int:
        if self._brackets:
            self._brackets[-1].has_brackets = True
        bracket = Bracket(mark[0] == "![", mark.end(), len(self._pieces))
        self._pieces.append(bracket)
        self._brackets.append(bracket)
        return mark.end()

    def _close_bracket(self, mark: re.Match[str]) -> int:
        if not self._brackets:
            return self._as_text(mark)
        opener = self._brackets.pop()
        if not opener.active:
            return self._as_text(mark)
        if behind := self._note(opener, mark):
            return behind
        found = self._target(opener, mark)
        if found is None:
            return self._as_text(mark)
        target, behind = found
        content = self._pieces[opener.index + 1 :]
        del self._pieces[opener.index :]
        made = (self._image if opener.image else self._anchor)(target, content)
        self._seen(made.element, opener.start - len(opener.mark))
        self._pieces.append(made)
        return behind

    def _note(self, opener: Bracket, mark: re.Match[str]) -> int | None:
        if opener.has_brackets or not self._text.startswith("^", opener.start):
            return None
        note = self._definitions.note_mark(self._text[opener.start + 1 : mark.start()])
        if note is None:
            return None
        del self._pieces[opener.index :]
        if opener.image:
            self._pieces.append("!")
        self._pieces.append(Inline(note))
        return mark.end()

    def _target(self, opener: Bracket, mark: re.Match[str]) -> tuple[Target, int] | None:
        if inline := links.tail(self._text, mark.end()):
            return inline
        label, behind = links.label(self._text, mark.end()) or ("", mark.end())
        if not label:
            if opener.has_brackets or mark.start() - opener.start > LONGEST_LABEL:
                return None
            label = self._text[opener.start : mark.start()]
        target = self._definitions.target(normalised(label))
        return (target, behind) if target else None

    def _image(self, target: Target, content: list[Piece]) -> Inline:
        alt = assembly.words(assembly.joined(content, linked=True))
        attributes = {"src": links.url(target.destination), "alt": alt}
        return Inline(make("img", **attributes, **_title(target)))

    def _anchor(self, target: Target, content: list[Piece]) -> Inline:
        for bracket in reversed(self._brackets):
            if not bracket.image:
                if not bracket.active:
                    break
                bracket.active = False
        anchor = make("a", href=links.url(target.destination), **_title(target))
        return assembly.filled(anchor, assembly.joined(content, linked=True), linked=True)


def _title(target: Target) -> dict[str, str]:
    return {"title": target.title} if target.title else {}

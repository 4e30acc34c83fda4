"""Assembly: what a text was taken apart into becomes strings and elements."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ..elements import fill, make, plain
from . import autolinks, emoji
from .emphasis import resolve
from .pieces import Inline, Piece

_ALONE = {"br": " "}


def joined(pieces: list[Piece], *, linked: bool) -> list[Piece]:
    """Make emphasis of the runs in *pieces*; *linked* if they are the text of a link."""
    return resolve(pieces, lambda tag, content: filled(make(tag), content, linked=linked))


def filled(element: Element, pieces: list[Piece], *, linked: bool) -> Inline:
    """Put *pieces* into *element*."""
    fill(element, parts(pieces, linked=linked))
    return Inline(element)


def parts(pieces: list[Piece], *, linked: bool) -> list[str | Element]:
    """Join strings that follow each other, and find addresses and emoji in them."""
    made: list[str | Element] = []
    strings: list[str] = []
    for piece in [*pieces, None]:
        if isinstance(piece, Inline) or piece is None:
            made += _with_addresses("".join(strings), linked=linked)
            strings = []
        if isinstance(piece, Inline):
            made.append(piece.element)
        elif piece is not None:
            strings.append(piece if isinstance(piece, str) else piece.mark)
    return [part for part in made if isinstance(part, Element) or part]


def words(pieces: list[Piece]) -> str:
    """Read the text of *pieces* without markup, as an image's alternative."""
    return "".join(
        words_of(piece.element)
        if isinstance(piece, Inline)
        else plain(piece if isinstance(piece, str) else piece.mark)
        for piece in pieces
    )


def words_of(element: Element) -> str:
    """Read the text of an element without markup."""
    return "".join(map(plain, _texts(element)))


def _texts(element: Element) -> Iterator[str]:
    yield _ALONE.get(element.tag) or element.get("alt") or element.text or ""
    for child in element:
        yield from _texts(child)
        yield child.tail or ""


def _with_addresses(text: str, *, linked: bool) -> Iterator[str | Element]:
    if ":" in text:
        text = emoji.SHORTCODE.sub(lambda found: emoji.named(found[1]) or found[0], text)
    position = 0
    for found in autolinks.EMAIL.finditer(text) if "@" in text and not linked else ():
        if autolinks.is_email(found[0]):
            yield text[position : found.start()]
            url = found[0] if found[0].startswith("mailto:") else f"mailto:{found[0]}"
            yield make("a", found[0], href=url)
            position = found.end()
    yield text[position:]

"""What rendering gives: the article's HTML and what else is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

VERSION = 4
SECONDS = 2.0  # the longest that one text may take


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text; its *text* is plain."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, the outline, the reading time in minutes, and the words without markup.

    *words* are counted, those of code left out. *lead* has those of the paragraphs, *plain*
    has all, code included. *notice* says to the author why the text is shown as plain code,
    if it is. *places* tell which line of the source an element comes from, where that was
    asked for: (which element of the HTML it is, from 0, and the line, from 1).
    """

    html: Markup
    headings: tuple[Heading, ...]
    minutes: int
    words: int
    lead: str
    plain: str
    notice: str | None = None
    places: tuple[tuple[int, int], ...] = ()


def trusted(html: str) -> Markup:
    """Take HTML that this package made earlier as safe again."""
    return Markup(html)  # noqa: S704 - the one place; the sanitiser made it

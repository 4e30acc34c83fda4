"""What rendering gives: the article's HTML and what else is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

VERSION = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text; its *text* is plain."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, the outline, the reading time in minutes, and the words without markup.

    *lead* has those of the paragraphs, *plain* has all, code included.
    *notice* says to the author why the text is shown as plain code, if it is.
    """

    html: Markup
    headings: tuple[Heading, ...]
    minutes: int
    lead: str
    plain: str
    notice: str | None = None


def trusted(html: str) -> Markup:
    """Take HTML that this package made earlier as safe again."""
    return Markup(html)  # noqa: S704 - the one place; the sanitiser made it

"""What can be seen in a text alone: headings, images, the words of links, code and tables."""

from __future__ import annotations

from collections.abc import Iterator

from ..markdown.surveyed import Head, Survey
from .finding import Finding, in_body, quoted

# The words of links that say nothing, in the languages that are read most.
_EMPTY_WORDS = frozenset({
    "here", "click", "click here", "click this", "click me", "right here", "over here",
    "see here", "this", "this one", "this link", "this page", "this post", "this article",
    "link", "the link", "more", "read more", "learn more", "see more", "more here",
    "find out more", "more info", "details",
    "hier", "dieser link", "mehr", "weiterlesen", "ici", "cliquez ici", "lire la suite", "aquí",
    "leer más", "aqui", "leia mais", "qui", "здесь", "тут", "сюда", "ссылка", "по ссылке",
    "подробнее", "ここ", "こちら", "这里", "這裡", "点击这里", "여기",
})  # fmt: skip
_PUNCTUATION = " .,:;!?…→»>()[]"


def check(survey: Survey, title: str) -> Iterator[Finding]:
    """Find what is odd in the structure of a text, whatever it leads to."""
    yield from _first_level(survey.headings, title)
    yield from _jumps(survey.headings)
    for image in survey.images:
        if not image.speaks:
            yield in_body(
                image.line,
                "alt",
                "This image has no alternative text. Say in its square brackets what it shows; "
                'if it only decorates, write it as <img src="…" alt="">.',
            )
    yield from _links(survey)
    for line in survey.bare_fences:
        message = "The language of this code is not named. Write it behind the fence, or “text”."
        yield in_body(line, "language", message)
    for line in survey.bare_tables:
        message = "This table has no header. Name in its first row what stands in each column."
        yield in_body(line, "table", message)


def _first_level(headings: list[Head], title: str) -> Iterator[Finding]:
    """Tell of headings that stand beside the title, once."""
    first = next((head for head in headings if head.level == 1), None)
    if first is None:
        return
    if _plain(first.words) == _plain(title):
        message = "This heading repeats the title, which the page shows already. Take it out."
    else:
        message = (
            "This heading is of the first level, like the title, so here all headings move one "
            "level down. Begin with ##."
        )
    yield in_body(first.line, "heading", message)


def _jumps(headings: list[Head]) -> Iterator[Finding]:
    """Find headings that are more than one level below the one before.

    The highest level in use is shown as the one below the title, whatever it is. Where that is
    the first, it is told to become the second.
    """
    before = max(1, min((head.level for head in headings), default=2) - 1)
    for number, head in enumerate(headings):
        if head.level > before + 1:
            above = f"After {'#' * before} comes" if number else "The first heading is"
            message = f"{above} {'#' * head.level}. Write {'#' * (before + 1)} here."
            yield in_body(head.line, "heading", message)
        before = head.level


def _links(survey: Survey) -> Iterator[Finding]:
    for link in survey.links:
        if link.words is None:
            continue
        if not link.words:
            message = "This link has no words, so nobody can follow it. Write what is there."
            yield in_body(link.line, "link", message)
        elif link.words.casefold().strip(_PUNCTUATION) in _EMPTY_WORDS:
            message = (
                f"The link {quoted(link.words)} does not say where it leads. Make a link of the "
                "words that do: many readers go from link to link."
            )
            yield in_body(link.line, "link", message)


def _plain(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())

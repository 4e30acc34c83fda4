"""Suggestions: what a reader may do whose filter leaves nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import posts, search
from .filters import MAX_TEXT, Filter


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another filter, and the number of articles that it leaves: at least one."""

    target: Filter
    articles: int

    @property
    def text(self) -> str:
        """What it searches for."""
        return self.target.text


def spelling(chosen: Filter) -> Suggestion | None:
    """Find the nearest search that leaves something, within the same tags.

    There is none if the search leaves something without the tags: it is spelled well.
    """
    if wider(chosen) is not None:
        return None
    articles = posts.ids(posts.published())
    for text in map(search.canonical, search.corrections(chosen.text, articles)):
        found = _look(replace(chosen.first, text=text)) if len(text) <= MAX_TEXT else None
        if found is not None:
            best = found.target.page(1).articles[0]
            written = search.canonical(search.as_written(text, best))
            shown = written if len(written) <= MAX_TEXT else text
            return replace(found, target=replace(found.target, text=shown))
    return None


def wider(chosen: Filter) -> Suggestion | None:
    """Find what the same search leaves without the tags."""
    if not chosen.text or not (chosen.tags or chosen.without):
        return None
    return _look(Filter(text=chosen.text))


def _look(target: Filter) -> Suggestion | None:
    number = posts.count(target.select())
    return Suggestion(target, number) if number else None

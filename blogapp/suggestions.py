"""Suggestions: what a reader may do whose filter leaves nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import counting, results, search
from .filters import MAX_TEXT, Filter


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another filter, and the number of articles that it leaves: at least one, maybe more."""

    target: Filter
    articles: int
    is_all: bool = True

    @property
    def sentence(self) -> str:
        """Say what it leaves."""
        return self.target.sentence(self.articles, is_all=self.is_all)

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
    for text in map(search.canonical, search.corrections(chosen.text)):
        target = replace(chosen.first, text=text)
        found = target.found() if len(text) <= MAX_TEXT else None
        if found is not None and (best := results.of(found, found.ids[:1])):
            written = search.canonical(search.as_written(text, best[0]))
            shown = written if len(written) <= MAX_TEXT else text
            left = counting.number(target, found)
            return Suggestion(replace(target, text=shown), left.number, left.is_all)
    return None


def wider(chosen: Filter) -> Suggestion | None:
    """Find what the same search leaves without the tags."""
    if not chosen.text or not (chosen.tags or chosen.without):
        return None
    return _look(Filter(text=chosen.text))


def _look(target: Filter) -> Suggestion | None:
    left = counting.number(target, target.found())
    return Suggestion(target, left.number, left.is_all) if left.number else None

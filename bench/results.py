"""Results: times by kind and size, as a table, verdicts and JSON."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from blogapp import search

from .kinds import Kind

_COLUMN = 18  # characters


@dataclass(frozen=True, slots=True)
class Result:
    """How long the questions of a *kind* took, in ms, by the number of posts; some at least.

    Of that, *in_sql* is what the database took.
    """

    kind: Kind
    times: Mapping[int, Sequence[float]]
    in_sql: Mapping[int, Sequence[float]]

    def median(self, posts: int) -> float:
        """What half of the questions took at most."""
        return statistics.median(self.times[posts])

    def p99(self, posts: int) -> float:
        """What 99 of 100 questions took at most."""
        times = sorted(self.times[posts])
        return times[-1 - len(times) // 100]

    @property
    def growth(self) -> float:
        """The median with the largest blog, by that with the smallest."""
        return _growth(self.times)

    @property
    def growth_in_sql(self) -> float:
        """The same of the statements alone; 1 for what asks the database nothing."""
        return _growth(self.in_sql)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a goal."""

    text: str
    is_met: bool


def verdicts(results: Sequence[Result]) -> list[Verdict]:
    """Compare what was measured with the goals."""
    return [*_of_growth(results), *_of_growth_in_sql(results), *_of_time(results)]


def table(results: Sequence[Result]) -> Iterator[str]:
    """Write the results, a line for each kind."""
    sizes = sorted({posts for result in results for posts in result.times})
    width = max(len(result.kind.asks) for result in results) + 2
    titles = "".join(f"{f'{posts:,} posts':>{_COLUMN}}" for posts in sizes)
    yield f"{'ms: median, p99':<{width}}{titles}{'growth':>10}{'in SQL':>10}"
    for group, members in groupby(results, lambda result: result.kind.group):
        yield ""
        yield group
        for result in members:
            cells = "".join(f"{_cell(result, posts):>{_COLUMN}}" for posts in sizes)
            grown = [result.growth, result.growth_in_sql] if len(result.times) > 1 else []
            growth = "".join(f"{f'{times:.1f} ×':>10}" for times in grown)
            yield f"{f'  {result.kind.asks}':<{width}}{cells}{growth}"


def remarks(results: Sequence[Result]) -> Iterator[str]:
    """Say how the cost of common words grows, and where it ends."""
    for result in results:
        if result.kind.name == "search: common word":
            medians = ", ".join(
                f"{result.median(n):.1f} ms at {n:,}" for n in sorted(result.times)
            )
            yield (
                f"A word that about half of all posts have: {medians} posts. A search"
                f" counts to {search.MOST:,} articles."
            )


def as_json(results: Sequence[Result]) -> dict[str, Any]:
    """Give the results to a script."""
    return {
        "results": [
            {
                "kind": result.kind.name,
                "growth": result.growth,
                "growth in SQL": result.growth_in_sql,
                "sizes": {
                    posts: {
                        "questions": len(result.times[posts]),
                        "median": result.median(posts),
                        "p99": result.p99(posts),
                        "median in SQL": statistics.median(result.in_sql[posts]),
                    }
                    for posts in sorted(result.times)
                },
            }
            for result in results
        ],
        "goals": [{"goal": verdict.text, "met": verdict.is_met} for verdict in verdicts(results)],
    }


def _of_growth(results: Sequence[Result]) -> Iterator[Verdict]:
    for result in results:
        most = result.kind.most_growth
        if most is not None and len(result.times) > 1:
            few, many = min(result.times), max(result.times)
            growth = f"{many:,} posts cost {result.growth:.1f} × as much as {few:,}"
            text = f"{result.kind.name}: {growth}; at most {most:g} ×"
            yield Verdict(text, result.growth <= most)


def _of_growth_in_sql(results: Sequence[Result]) -> Iterator[Verdict]:
    for result in results:
        most = result.kind.most_in_sql
        if most is not None and len(result.times) > 1:
            growth = f"in SQL {result.growth_in_sql:.1f} × from least posts to most"
            text = f"{result.kind.name}: {growth}; at most {most:g} ×"
            yield Verdict(text, result.growth_in_sql <= most)


def _of_time(results: Sequence[Result]) -> Iterator[Verdict]:
    for result in results:
        most, posts = result.kind.most_time, max(result.times)
        if most is not None:
            taken = result.p99(posts)
            text = (
                f"{result.kind.name}: p99 {taken:.1f} ms with {posts:,} posts; below {most:g} ms"
            )
            yield Verdict(text, taken < most)


def _growth(times: Mapping[int, Sequence[float]]) -> float:
    """The median of the most posts, by that of the fewest."""
    many, few = (statistics.median(times[posts]) for posts in (max(times), min(times)))
    return many / few if few else 1.0


def _cell(result: Result, posts: int) -> str:
    if posts not in result.times:
        return "–"
    return f"{_short(result.median(posts))} {_short(result.p99(posts)):>8}"


def _short(milliseconds: float) -> str:
    return f"{milliseconds:.2f}" if milliseconds < 100 else f"{milliseconds:.0f}"

"""What the figures must show: each goal with what it takes at least, and what we aim at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from ..results import Result
from .rounds import Figures
from .targets import OURS

PEERS = ("Flask-SQLAlchemy", "FastAPI", "Django")
PLAIN = PEERS[0]
SEARCH = "whole page of the list: common word"  # the kind whose slowest pages count


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure must reach; *fewer* if less is better."""

    what: str
    least: float
    aim: float
    fewer: bool = False
    unit: str = ""

    def verdict(self, found: float | None) -> str:
        """Say ``aim``, ``met``, ``MISSED``, or ``–`` if it was not measured."""
        if found is None:
            return "–"
        if self.reaches(found, self.aim):
            return "aim"
        return "met" if self.reaches(found, self.least) else "MISSED"

    def reaches(self, found: float, wanted: float) -> bool:
        """Whether a figure is as good as *wanted*."""
        return found <= wanted if self.fewer else found >= wanted


@dataclass(frozen=True, slots=True)
class Outcome:
    """A goal and its figures, of which the middle one counts; none if it was not measured.

    The *note* says what the figure is about, or why there is none.
    """

    goal: Goal
    figures: Sequence[float]
    note: str = ""

    @property
    def found(self) -> float | None:
        """The middle figure."""
        return median(self.figures) if self.figures else None

    @property
    def verdict(self) -> str:
        """What became of the goal."""
        return self.goal.verdict(self.found)


def outcomes(figures: Figures, growth: Sequence[Result], clock: str) -> list[Outcome]:
    """Compare what was measured with the goals, by a *clock* of ``measuring.CLOCKS``."""
    return [
        *(_ratio(figures, clock, ratio) for ratio in _RATIOS),
        *_of_growth(growth),
        *_of_ourselves(figures, clock),
    ]


def table(found: Sequence[Outcome]) -> Iterator[str]:
    """Write the goals, a line for each: middle figure, least and most, what it takes, verdict."""
    width = max(len(outcome.goal.what) for outcome in found)
    yield f"{'':<{width}}  {'measured':>9}  {'(from – to)':>19}  {'goal':>6}  {'aim':>6}"
    for outcome in found:
        goal, sign = outcome.goal, "≤" if outcome.goal.fewer else "≥"
        wanted = f"{sign} {goal.least:<4g}  {sign} {goal.aim:<4g}"
        line = f"{goal.what:<{width}}  {_figures(outcome):>30}  {wanted}  {outcome.verdict}"
        yield f"{line:<{len(line) - len(outcome.verdict) + 6}}  {outcome.note}".rstrip()


def as_json(found: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Give the outcomes to a script."""
    return [
        {
            "goal": outcome.goal.what,
            "least": outcome.goal.least,
            "aim": outcome.goal.aim,
            "fewer": outcome.goal.fewer,
            "figures": list(outcome.figures),
            "median": outcome.found,
            "verdict": outcome.verdict,
            "note": outcome.note,
        }
        for outcome in found
    ]


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A goal for one target's rate divided by another's."""

    target: str
    to: str
    least: float
    aim: float


_RATIOS = (
    _Ratio("cached article", "FastAPI's JSON", 3.5, 5),
    _Ratio("cached article", "nginx: file", 0.65, 0.9),
    _Ratio("cached 304", "nginx: 304", 0.7, 1),
    *(_Ratio("cached article", f"{peer}: article", 35, 50) for peer in PEERS),
    *(_Ratio("uncached article", f"{PLAIN}: article{alone}", 3, 5) for alone in ("", " alone")),
    _Ratio("uncached list", f"{PLAIN}: list", 6, 10),
    _Ratio("uncached tag", f"{PLAIN}: tag", 10, 15),
)
# These two are always timed by the processor's clock.
GROWTH = Goal("most growth of a page's SQL, few posts to many, processor", 2, 1.2, fewer=True)
SLOWEST = Goal("search for a common word, p99, ms of the processor", 12, 5, fewer=True)
_START = Goal(f"cold start ÷ {PLAIN}", 1, 0.6, fewer=True)
_MEMORY = Goal("memory of one worker, MB", 90, 60, fewer=True)


def _ratio(figures: Figures, clock: str, ratio: _Ratio) -> Outcome:
    goal = Goal(f"{ratio.target} ÷ {ratio.to}", ratio.least, ratio.aim)
    rates = figures.ratios(ratio.target, ratio.to, clock)
    return Outcome(goal, rates, _why_not(figures, ratio.target, ratio.to))


def _why_not(figures: Figures, *names: str) -> str:
    """Say why there is no figure of these targets or servers; empty if there is one."""
    lacks = [
        f"{figures.missing[name]} is not installed" for name in names if name in figures.missing
    ]
    failures = [f"{name}: {figures.failed[name]}" for name in names if name in figures.failed]
    return next(iter(lacks + failures), "")


def _of_growth(growth: Sequence[Result]) -> Iterator[Outcome]:
    """The page whose statements grow most, and the slowest searches of the largest blog."""
    pages = [result for result in growth if result.kind.most_in_sql is not None]
    grown = [(page.growth_in_sql, page.kind.name) for page in pages if len(page.times) > 1]
    most, name = max(grown, default=(None, ""))
    yield Outcome(GROWTH, [] if most is None else [most], name)
    searches = [result for result in pages if result.kind.name == SEARCH]
    yield Outcome(SLOWEST, [result.p99(max(result.times)) for result in searches])


def _of_ourselves(figures: Figures, clock: str) -> Iterator[Outcome]:
    pairs = zip(figures.starts.get(OURS, []), figures.starts.get(PLAIN, []), strict=False)
    if clock == "wall":
        ratios = [ours.wall / plain.wall for ours, plain in pairs]
    else:
        ratios = [ours.cpu / plain.cpu for ours, plain in pairs if ours.cpu and plain.cpu]
    yield Outcome(_START, ratios, _why_not(figures, OURS, PLAIN))
    yield Outcome(_MEMORY, [memory.resident for memory in figures.memory[:1]])


def _figures(outcome: Outcome) -> str:
    if outcome.found is None:
        return "not measured"
    low, high = min(outcome.figures), max(outcome.figures)
    spread = f"({low:.2f} – {high:.2f})" if len(outcome.figures) > 1 else ""
    return f"{outcome.found:9.2f}  {spread:>19}"

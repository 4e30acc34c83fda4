"""The command that compares how fast pages are served: `python -m bench.serving --help`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

import click

from .. import blogs, kinds, measuring
from ..__main__ import DATA
from ..results import Result
from . import content, goals, load, reports, rounds, targets
from .rounds import Figures, Plan
from .servers import Cores

SIZES = (1000, 100_000)  # posts, of the blogs whose pages must cost the same
T = TypeVar("T")


@click.command()
@click.option("--rounds", "times", default=5, show_default=True, help="Of all targets.")
@click.option("--seconds", default=2, show_default=True, help="Of a target in a round.")
@click.option("--connections", default=load.CONNECTIONS, show_default=True, help="Open at once.")
@click.option("--only", default="", help="Serve only targets with this in their name.")
@click.option(
    *("--clock", "clock"),
    type=click.Choice([*measuring.CLOCKS]),
    default="wall",
    show_default=True,
    help="Of ratios and starts; growth and searches are always timed by the processor's.",
)
@click.option("--growth/--no-growth", default=None, help="Blogs of 1,000 posts and 100,000.")
@click.option("--starts/--no-starts", default=None, help="Cold starts: ours, and a plain one.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="Where results are.")
def main(
    *,
    times: int,
    seconds: int,
    connections: int,
    only: str,
    clock: str,
    growth: bool | None,
    starts: bool | None,
    as_json: bool,
    data: Path,
) -> None:
    """Serve the same pages by ourselves, by nginx and by other frameworks, and compare.

    Each server is started here, on a core of its own, and asked from another one. Exits with 1 if
    a goal is missed or a target failed. Needs wrk; nginx and frameworks that are not installed
    are left out. Growth and starts are measured, too, where nothing else is said and no part is
    chosen.
    """
    growth, starts = (not only if wanted is None else wanted for wanted in (growth, starts))
    plan = Plan(times, seconds, connections, Cores.found())
    figures = _served(plan, only, starts=starts)
    grown = _grown(data) if growth else []
    outcomes = goals.outcomes(figures, grown, clock)
    options = {"plan": asdict(plan), "only": only, "clock": clock}
    path = reports.keep(data / "serving", figures, grown, outcomes, options)
    if as_json:
        click.echo(path.read_text(encoding="utf-8"))
    else:
        remarks = reports.remarks(figures, clock)
        _report([*reports.table(figures), "", *goals.table(outcomes), "", *remarks])
        click.echo(f"All of it: {path}")
    is_missed = any(outcome.verdict == "MISSED" for outcome in outcomes)
    sys.exit(is_missed or bool(figures.failed))


def _served(plan: Plan, only: str, *, starts: bool) -> Figures:
    figures = Figures()
    with tempfile.TemporaryDirectory() as place:
        made = content.make(Path(place))
        chosen = [one for one in targets.every(made, Path(place)) if only in one.name]
        if not chosen:
            raise click.BadParameter(f"no target has {only!r} in its name", param_hint="--only")
        served = rounds.serve(chosen, plan, figures)
        _shown("serving", served, len(rounds.turns(chosen, plan.rounds)))
        if starts:
            specs = targets.starting(made)
            started = rounds.start(specs, plan, figures)
            _shown("starting", started, len(specs) * (plan.rounds + 1))
    return figures


def _grown(data: Path) -> list[Result]:
    """Measure the pages of a small blog and a large one."""
    pages = [kind for kind in kinds.ALL if kind.most_in_sql is not None]
    folders = {posts: blogs.ready(data, posts) for posts in SIZES}
    running = measuring.run(folders, pages, clock="cpu", seconds=measuring.SECONDS)
    return _shown("growing", running, len(pages))


def _shown(label: str, running: Iterable[T], length: int) -> list[T]:
    """Do something that takes a while behind a bar."""
    with click.progressbar(running, length=length, label=f"{label:<24}", file=sys.stderr) as bar:
        return list(bar)


def _report(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


if __name__ == "__main__":
    main(prog_name="python -m bench.serving")

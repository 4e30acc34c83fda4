"""The benchmarks' command: `python -m bench --help`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from . import blogs, kinds, measuring, results
from .results import Result, Verdict

DATA = Path(__file__).parent / "data"


def _sizes(_context: click.Context, _option: click.Parameter, text: str) -> list[int]:
    try:
        sizes = sorted({int(part) for part in text.split(",")})
    except ValueError as error:
        raise click.BadParameter("numbers of posts, such as 1000,10000") from error
    if sizes[0] < 100:
        raise click.BadParameter("a blog needs 100 posts, to be asked all kinds of questions")
    return sizes


@click.command()
@click.option(
    "--sizes",
    default="1000,10000,100000",
    callback=_sizes,
    show_default=True,
    help="Numbers of posts.",
)
@click.option("--only", default="", help="Measure only kinds with this in their name.")
@click.option(
    "--seconds",
    default=measuring.SECONDS,
    show_default=True,
    help="At most for a kind and a size.",
)
@click.option("--clock", type=click.Choice([*measuring.CLOCKS]), default="cpu", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@click.option("--remake/--no-remake", default=True, help="Blogs that were made otherwise.")
@click.option("--data", type=click.Path(path_type=Path), default=DATA, help="Where the blogs are.")
def main(
    *,
    sizes: list[int],
    only: str,
    seconds: float,
    clock: str,
    as_json: bool,
    remake: bool,
    data: Path,
) -> None:
    """Measure what lists and searches cost in blogs of several sizes.

    The blogs are made once, and again when their schema or index changes. Exits with 1 if a goal
    is missed.
    """
    chosen = [kind for kind in kinds.ALL if only in kind.name]
    if not chosen:
        raise click.BadParameter(f"no kind has {only!r} in its name", param_hint="--only")
    folders = {posts: blogs.ready(data, posts, remade=remake) for posts in sizes}
    running = measuring.run(folders, chosen, clock=clock, seconds=seconds)
    with click.progressbar(
        running, length=len(chosen), label=f"{'measuring':<24}", file=sys.stderr
    ) as bar:
        found = list(bar)
    verdicts = results.verdicts(found)
    if as_json:
        click.echo(json.dumps(results.as_json(found), ensure_ascii=False, indent=1))
    else:
        _report(found, verdicts)
    if not all(verdict.is_met for verdict in verdicts):
        sys.exit(1)


def _report(found: Sequence[Result], verdicts: Sequence[Verdict]) -> None:
    for line in results.table(found):
        click.echo(line)
    click.echo("")
    for verdict in verdicts:
        click.echo(f"{'met   ' if verdict.is_met else 'MISSED'} {verdict.text}")
    for remark in results.remarks(found):
        click.echo(f"\n{remark}")


if __name__ == "__main__":
    main(prog_name="python -m bench")

"""Compare our Markdown with GitHub's: ``python -m tests.github FOLDER``, or ``--spec``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import click

from . import report, results, sources, spec, structure
from .results import Result

Thing = TypeVar("Thing")


@click.command()
@click.argument("folder", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--spec", "by_spec", is_flag=True, help="Compare the examples of GitHub's spec.")
@click.option("--only", default="", help="Posts whose path contains this; an example's number.")
@click.option("-v", "--verbose", is_flag=True, help="Show every difference, whole.")
@click.option("--at-least", type=float, default=0, help="Fail below this percentage.")
def main(folder: Path | None, by_spec: bool, only: str, verbose: bool, at_least: float) -> None:
    """Render the posts below FOLDER here and as GitHub does, and tell where they differ.

    Posts with another system's syntax are told apart and not counted. Exits 1 if the share of
    identical ones is below --at-least.
    """
    if by_spec == (folder is not None):
        raise click.UsageError("name a folder of posts, or --spec, and not both")
    found: list[Result] = []
    for result in _corpus(folder, only) if folder else _spec(only):
        report.tell(result, verbose=verbose or (by_spec and bool(only)))
        found.append(result)
    report.summarise(found)
    if results.share(found) < at_least:
        raise click.ClickException(f"fewer than {at_least:g} % are identical")


def _corpus(folder: Path, only: str) -> Iterable[Result]:
    paths = [path for path in sources.find(folder) if only in path.as_posix()]
    if not paths:
        raise click.UsageError(f"no Markdown below {folder} whose path contains “{only}”")
    return _each(paths, lambda path: results.of_post(path, folder))


def _spec(only: str) -> Iterable[Result]:
    try:
        examples = [e for e in spec.examples() if only in ("", str(e.number))]
    except spec.Missing as error:
        raise click.ClickException(str(error)) from None
    if not examples:
        raise click.UsageError(f"there is no example {only}: they are 1 to {spec.EXAMPLES}")
    for example in examples if only else []:
        click.echo(f"{example.source}\n--- ours\n{structure.our_html(example.source)}")
        click.echo(f"\n--- the specification\n{example.html}")
    return _each(examples, results.of_example)


def _each(things: Sequence[Thing], compare: Callable[[Thing], Result]) -> Iterable[Result]:
    if not sys.stderr.isatty():
        return map(compare, things)
    with click.progressbar(things, label="comparing", file=sys.stderr) as bar:
        return [compare(thing) for thing in bar]


if __name__ == "__main__":
    main(prog_name="python -m tests.github")

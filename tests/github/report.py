"""The report of a comparison, on stdout: each text, each group, and what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import click

from .compare import show
from .results import Result, share

_FEW = 3
_SHORT = 160


def tell(result: Result, *, verbose: bool) -> None:
    """Say that a text is identical, or where it differs first; *verbose* for all of it."""
    apart = f"  [{', '.join(result.foreign)}]" if result.foreign else ""
    if not result.differences:
        click.echo(f"identical  {result.name}{apart}")
        return
    click.echo(f"different  {result.name}{apart}")
    shown = result.differences if verbose else result.differences[:_FEW]
    limit = None if verbose else _SHORT
    for difference in shown:
        click.echo(f"    {difference.kind}, {difference.path}")
        click.echo(f"      ours    {show(difference.ours, limit=limit)}")
        click.echo(f"      GitHub  {show(difference.github, limit=limit)}")
    if more := len(result.differences) - len(shown):
        click.echo(f"    and {more} more")


def summarise(results: Sequence[Result]) -> None:
    """Print the share of each group and of all, and how often each class of difference is."""
    groups = list(dict.fromkeys(result.group for result in results))
    width = max(len(name) for name in [*groups, "total"])
    click.echo(f"\n{'':{width}}  identical   of   share")
    for group in groups:
        _row(f"{group:{width}}", [result for result in results if result.group == group])
    _row(f"{'total':{width}}", results)

    foreign = [result for result in results if result.foreign]
    if foreign:
        same = sum(not result.differences for result in foreign)
        click.echo(
            f"\nNot counted, for they have another system's syntax: {len(foreign)}"
            f" ({same} identical all the same)"
        )
    _classes([result for result in results if not result.foreign])


def _row(label: str, results: Sequence[Result]) -> None:
    counted = [result for result in results if not result.foreign]
    same = sum(not result.differences for result in counted)
    percent = f"{share(counted):6.1f} %" if counted else "       –"
    click.echo(f"{label}  {same:9} {len(counted):4} {percent}")


def _classes(results: Sequence[Result]) -> None:
    times = Counter(found.kind for result in results for found in result.differences)
    texts = Counter(kind for r in results for kind in {found.kind for found in r.differences})
    if times:
        click.echo("\ndifferences       times  texts")
    for kind, count in times.most_common():
        click.echo(f"  {kind:15} {count:5} {texts[kind]:6}")

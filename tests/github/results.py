"""Results: what the comparison of one text found, and the share of identical ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from . import sources, structure
from .compare import Difference, differences
from .spec import Example


@dataclass(frozen=True, slots=True)
class Result:
    """*foreign* names syntax of other systems in the text, which then does not count."""

    name: str
    group: str
    differences: tuple[Difference, ...]
    foreign: tuple[str, ...] = ()


def of_post(path: Path, folder: Path) -> Result:
    """Compare our reading of a post below *folder* with GitHub's."""
    name = path.name if path == folder else path.relative_to(folder).as_posix()
    body = sources.body(path)
    found = differences(structure.ours(body), structure.githubs(body))
    group = name.split("/")[0] if "/" in name else "."
    return Result(name, group, tuple(found), tuple(sources.foreign(body)))


def of_example(example: Example) -> Result:
    """Compare our reading of an example with what the specification says."""
    found = differences(structure.ours(example.source), structure.read_github(example.html))
    return Result(f"example {example.number}", example.section, tuple(found))


def share(results: Collection[Result]) -> float:
    """Say how many percent of the texts that count are identical; 100 if none counts."""
    counted = [result for result in results if not result.foreign]
    if not counted:
        return 100.0
    return 100 * sum(not result.differences for result in counted) / len(counted)

"""How an import keeps up with the rendering alone, what else it costs, and how much memory.

`python -m bench.imports` imports some posts and five times as many, each twice, in a process of
its own. Before and after each import some of its posts are only rendered, by as many processes.
With one renderer, which leaves a core to the import, that is as fast as an import could be; with
all renderers the cores have more to do than to render, and should do nothing but work. Exits with
1 if a goal is missed.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar
from zoneinfo import ZoneInfo

import click
from flask_migrate import upgrade

from blogapp import config, create_app
from blogapp.extensions import db
from blogapp.markdown import pool
from blogapp.transfer.files import trees
from blogapp.transfer.headers import frontmatter
from blogapp.transfer.reading import systems
from blogapp.transfer.storing import renderers
from blogapp.transfer.storing.importer import Import

from . import corpus, texts
from .lexicon import Lexicon

GROWTH = 5  # times as many posts, the second time
MOST_WALL = 1.25  # times as long as the rendering alone, by the clock, with a core for the import
LEAST_BUSY = 0.95  # times as much of the cores as for the rendering alone, with all renderers
MOST_BESIDE = 1.0  # times the rendering: what all else may cost, in processor time
ALONE = 2000  # posts, at most, that are only rendered, each time
MOST_MEMORY = 1.3  # times as much, for GROWTH times the posts
LINKED = 3  # each third post has a link to another one


_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Figures:
    """What an import took: seconds by the clock, of the processor, and megabytes at most.

    *alone* is what the rendering alone would take by the clock, *worked_alone* of the processor,
    and *again* what the second import takes, which finds that nothing has changed.
    """

    posts: int
    at_once: int
    wall: float
    alone: float
    worked_alone: float
    rendering: float
    beside: float
    megabytes: float
    again: float

    def __str__(self) -> str:
        return (
            f"{self.posts:>6} posts, {self.at_once} rendered at once:"
            f" {self.posts / self.wall:4.0f} a second,"
            f" {self.posts / self.alone:.0f} if they were only rendered;"
            f" rendering {self.rendering / self.posts * 1000:5.1f} ms,"
            f" all else {self.beside / self.posts * 1000:5.1f} ms a post;"
            f" {self.megabytes:4.0f} MB; again {self.posts / self.again:6.0f} a second"
        )

    @property
    def slower(self) -> float:
        """How many times as long as the rendering alone it took, by the clock."""
        return self.wall / self.alone

    @property
    def busy(self) -> float:
        """The part of the cores that worked for it."""
        return (self.rendering + self.beside) / self.wall / self._cores(self.at_once + 1)

    @property
    def busy_alone(self) -> float:
        """The part of the cores that worked for the rendering alone: others may want them, too."""
        return self.worked_alone / self.alone / self._cores(self.at_once)

    def _cores(self, wanted: int) -> int:
        return min(len(os.sched_getaffinity(0)), wanted)


@click.command()
@click.option("--posts", default=2000, show_default=True, help="In the smaller of the imports.")
def main(posts: int) -> None:
    """Measure imports: time by the clock and of the processor, and memory."""
    beside_one = _measured(posts, 1)
    small, large = (_measured(number, pool.SIZE) for number in (posts, posts * GROWTH))
    for found in (beside_one, small, large):
        click.echo(found)
    beside, memory = large.beside / large.rendering, large.megabytes / small.megabytes
    worked = (large.rendering + large.beside) / large.worked_alone
    wall, busy = beside_one.slower, large.busy / large.busy_alone
    click.echo(f"with one renderer: {wall:.2f} × the rendering alone, goal {MOST_WALL}")
    click.echo(
        f"with {pool.SIZE}: the cores worked for {busy:.0%} of the time, goal {LEAST_BUSY:.0%}"
    )
    click.echo(
        f"  by the clock {large.slower:.2f} × the rendering alone, by the processor {worked:.2f}"
    )
    click.echo(f"beside the rendering: {beside:.2f} × of it, goal {MOST_BESIDE}")
    click.echo(f"memory for {GROWTH} × the posts: {memory:.2f} ×, goal {MOST_MEMORY}")
    is_missed = wall > MOST_WALL or busy < LEAST_BUSY
    sys.exit(is_missed or beside > MOST_BESIDE or memory > MOST_MEMORY)


def _measured(posts: int, at_once: int) -> Figures:
    with tempfile.TemporaryDirectory() as place:
        _write(Path(place, "old"), posts)
        before = _apart(at_once, _rendered, Path(place, "old"))
        found = _apart(at_once, _imported, Path(place), posts)
        after = _apart(at_once, _rendered, Path(place, "old"))
    wall, worked = ((one + other) / 2 * posts for one, other in zip(before, after, strict=True))
    return replace(found, alone=wall, worked_alone=worked)


def _apart(
    at_once: int,
    work: Callable[_Asked, _Answer],
    *args: _Asked.args,
    **named: _Asked.kwargs,
) -> _Answer:
    """Do *work* in a process of its own, with so many texts rendered *at_once*."""
    with ProcessPoolExecutor(1, get_context("spawn"), _limit, (at_once,)) as process:
        return process.submit(work, *args, **named).result()


def _limit(at_once: int) -> None:
    """Let this process render so many texts at once."""
    pool.SIZE, pool.pool = at_once, pool.Pool(at_once)


def _rendered(folder: Path) -> tuple[float, float]:
    """Only render some posts; returns the seconds for each, by the clock and of the processor."""
    texts = [
        frontmatter.split(file.read_text(encoding="utf-8")).body
        for file in sorted(folder.iterdir())[:ALONE]
    ]
    began, worked = time.perf_counter(), _worked(resource.RUSAGE_SELF)
    work = renderers.Renderers()
    for begun in [work.render(str(number), text) for number, text in enumerate(texts)]:
        assert begun.result().notice is None
    wall = time.perf_counter() - began
    work.close()
    pool.pool.close()  # only children that have ended are counted
    worked = _worked(resource.RUSAGE_SELF) - worked + _worked(resource.RUSAGE_CHILDREN)
    return wall / len(texts), worked / len(texts)


def _worked(whose: int) -> float:
    """Tell for how many seconds the processor has worked for a process, or for its children."""
    used = resource.getrusage(whose)
    return used.ru_utime + used.ru_stime


def _write(folder: Path, posts: int) -> None:
    """Write posts of prose, code, lists and tables."""
    folder.mkdir()
    author = corpus.Author(posts, Lexicon.of_size(8000))
    prose = texts.KINDS["prose"](1500)
    for number in range(1, posts + 1):
        post = author.write(number)
        link = f"\n\n[before](post-{number - 1:06}.md)" if number % LINKED == 0 else ""
        header = f"title: “{post.title}”\ndate: {post.created_at.isoformat()}\n"
        header += f"permalink: /notes/{number}/\ntags: {list(post.tags)}\n"
        file = folder / f"post-{number:06}.md"
        file.write_text(f"---\n{header}---\n\n{post.body}{link}\n\n{prose}", encoding="utf-8")


def _imported(place: Path, posts: int) -> Figures:
    app = create_app(config.Settings(instance=place / "instance"))
    with app.app_context():
        upgrade()
        before = _worked(resource.RUSAGE_SELF)
        wall = _run(place / "old")
        beside = _worked(resource.RUSAGE_SELF) - before
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        pool.pool.close()  # as above
        rendering = _worked(resource.RUSAGE_CHILDREN)
        again = _run(place / "old")
        db.engine.dispose()
    return Figures(
        posts=posts,
        at_once=pool.SIZE,
        wall=wall,
        alone=wall,  # until it is known
        worked_alone=rendering,  # too
        rendering=rendering,
        beside=beside,
        megabytes=megabytes,
        again=again,
    )


def _run(folder: Path) -> float:
    """Import *folder*; returns the seconds that it took."""
    began = time.perf_counter()
    with (
        trees.opened(folder) as tree,
        Import(tree, system=systems.detect(tree), zone=ZoneInfo("UTC"), language="en") as work,
    ):
        for _ in work.read():
            pass
        for _ in work.store():
            db.session.commit()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(prog_name="python -m bench.imports")

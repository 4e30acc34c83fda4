"""Measuring: a process for each blog, with the product inside; the blogs take turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path

from flask import Flask

from blogapp.extensions import db

from . import blogs, questions, statements
from .kinds import Kind
from .results import Result

SECONDS = 5.0  # at most for a kind and a size
_TURN = 10  # questions to a blog, before it is the next one's turn
_WARMING = 5  # questions

# What the processor works for us, or all the time that passes.
CLOCKS = {"cpu": time.process_time, "wall": time.perf_counter}

Workers = Mapping[int, ProcessPoolExecutor]  # by the number of posts
Taken = tuple[float, float]  # ms of a question: all, and of that in the database


def run(
    folders: Mapping[int, Path], kinds: Sequence[Kind], *, clock: str, seconds: float
) -> Iterator[Result]:
    """Measure all *kinds*, those that write in copies; *clock* is one of ``CLOCKS``.

    A blog that was busy for so many *seconds* with a kind is asked no more of it.
    """
    with _workers(folders, clock) as workers:
        for kind in kinds:
            if not kind.writes:
                yield _measure(kind, workers, seconds)
    writing = [kind for kind in kinds if kind.writes]
    if writing:
        # A save waits for the disk.
        with blogs.copies(folders) as copies, _workers(copies, "wall") as workers:
            for kind in writing:
                yield _measure(kind, workers, seconds)


@contextmanager
def _workers(folders: Mapping[int, Path], clock: str) -> Iterator[Workers]:
    """Start a process for the blog in each folder, and end them."""
    with ExitStack() as stack:
        yield {
            posts: stack.enter_context(
                ProcessPoolExecutor(1, get_context("spawn"), _open, initargs=(folder, clock))
            )
            for posts, folder in folders.items()
        }


def _measure(kind: Kind, workers: Workers, seconds: float) -> Result:
    """Ask the questions of *kind* in turns, so that a noisy moment meets all blogs alike."""
    taken: dict[int, list[Taken]] = {posts: [] for posts in workers}
    for worker in workers.values():
        worker.submit(_asked, kind, range(_WARMING)).result()
    for turn in range(0, questions.NUMBER, _TURN):
        for posts, worker in workers.items():
            if sum(whole for whole, _ in taken[posts]) < seconds * 1000:
                taken[posts] += worker.submit(_asked, kind, range(turn, turn + _TURN)).result()
    return Result(
        kind,
        times={posts: [whole for whole, _ in pairs] for posts, pairs in taken.items() if pairs},
        in_sql={posts: [part for _, part in pairs] for posts, pairs in taken.items() if pairs},
    )


_app: Flask
_questions: questions.Questions
_now: Callable[[], float]
_statements: statements.Stopwatch


def _open(folder: Path, clock: str) -> None:
    """Make a process the one of this blog."""
    global _app, _questions, _now, _statements
    _app, _questions, _now = blogs.application(folder), questions.read(folder), CLOCKS[clock]
    with _app.app_context():
        _statements = statements.Stopwatch(db.engine, _now)


def _asked(kind: Kind, numbers: range) -> list[Taken]:
    """Ask the questions of these numbers, and before that once more: what they read is warm."""
    asked = _questions[kind.asks][numbers.start : numbers.stop]
    if not kind.writes:
        for question in asked:
            _timed(kind, question)
    return [_timed(kind, question) for question in asked]


def _timed(kind: Kind, question: str) -> Taken:
    """Ask with a session of its own, as a request has."""
    with _app.app_context():
        _statements.seconds = 0.0
        begin = _now()
        kind.measured(question)
        return (_now() - begin) * 1000, _statements.seconds * 1000

"""Measuring: a process for each blog, with the product inside; the blogs take turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from pathlib import Path

from flask import Flask

from . import blogs, questions
from .kinds import Kind
from .results import Result

_TURN = 10  # questions to a blog, before it is the next one's turn
_WARMING = 5  # questions

# What the processor works for us, or all the time that passes.
CLOCKS = {"cpu": time.process_time, "wall": time.perf_counter}

Workers = Mapping[int, ProcessPoolExecutor]  # by the number of posts


def run(
    folders: Mapping[int, Path], kinds: Sequence[Kind], *, clock: str, seconds: float
) -> Iterator[Result]:
    """Measure all *kinds*, those that write in copies; *clock* is one of ``CLOCKS``.

    A blog that was busy for so many *seconds* with a kind is asked no more of it.
    """
    with _workers(folders) as workers:
        for kind in kinds:
            if not kind.writes:
                yield _measure(kind, workers, clock, seconds)
    writing = [kind for kind in kinds if kind.writes]
    if writing:
        with blogs.copies(folders) as copies, _workers(copies) as workers:
            for kind in writing:
                yield _measure(kind, workers, "wall", seconds)  # a save waits for the disk


@contextmanager
def _workers(folders: Mapping[int, Path]) -> Iterator[Workers]:
    """Start a process for the blog in each folder, and end them."""
    with ExitStack() as stack:
        yield {
            posts: stack.enter_context(
                ProcessPoolExecutor(1, get_context("spawn"), _open, initargs=(folder,))
            )
            for posts, folder in folders.items()
        }


def _measure(kind: Kind, workers: Workers, clock: str, seconds: float) -> Result:
    """Ask the questions of *kind* in turns, so that a noisy moment meets all blogs alike."""
    times: dict[int, list[float]] = {posts: [] for posts in workers}
    for worker in workers.values():
        worker.submit(_asked, kind, range(_WARMING), clock).result()
    for turn in range(0, questions.NUMBER, _TURN):
        for posts, worker in workers.items():
            if sum(times[posts]) < seconds * 1000:
                numbers = range(turn, turn + _TURN)
                times[posts] += worker.submit(_asked, kind, numbers, clock).result()
    return Result(kind, {posts: taken for posts, taken in times.items() if taken})


_app: Flask
_questions: questions.Questions


def _open(folder: Path) -> None:
    """Make a process the one of this blog."""
    global _app, _questions
    _app, _questions = blogs.application(folder), questions.read(folder)


def _asked(kind: Kind, numbers: range, clock: str) -> list[float]:
    """Ask the questions of these numbers; returns milliseconds."""
    asked = _questions[kind.asks][numbers.start : numbers.stop]
    return [_timed(kind, question, CLOCKS[clock]) for question in asked]


def _timed(kind: Kind, question: str, now: Callable[[], float]) -> float:
    """Ask with a session of its own, as a request has."""
    with _app.app_context():
        begin = now()
        kind.measured(question)
        return (now() - begin) * 1000

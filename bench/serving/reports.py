"""Reports of a run: a table for people, JSON for scripts and for later."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from ..results import Result, as_json
from . import goals
from .goals import Outcome
from .load import Sample
from .rounds import Figures

_PACKAGES = ("flask", "sqlalchemy", "flask-sqlalchemy", "granian", "fastapi", "uvicorn", "django")
_BUSY = 0.9  # of a core: a server below that waited for something


def table(figures: Figures) -> Iterator[str]:
    """Write what each target served, and what was left out."""
    width = max(map(len, [*figures.samples, *figures.failed]), default=0)
    titles = f"{'requests/s':>12}  {'(from – to)':>17}  {'µs':>8}  {'p99 ms':>7}  {'bytes':>7}"
    yield f"{'':<{width}}{titles}  core"
    for name, samples in figures.samples.items():
        rates = [sample.rate for sample in samples]
        spread = f"({min(rates):,.0f} – {max(rates):,.0f})"
        p99 = median(sample.p99 for sample in samples)
        size = f"{p99:>7.2f}  {figures.sizes[name]:>7,}"
        yield (
            f"{name:<{width}}{median(rates):>12,.0f}  {spread:>17}"
            f"  {_work(samples):>8}  {size}  {_busy(samples):>4}"
        )
    for name, why in figures.failed.items():
        yield f"{name:<{width}}  not measured: {why}"
    for name, times in figures.starts.items():
        walls, works = [time.wall for time in times], [time.cpu for time in times if time.cpu]
        yield f"first answer of {name}: {_seconds(walls)}; of the processor {_seconds(works)}"
    if figures.memory:
        parts = " + ".join(f"{memory.resident:.0f}" for memory in figures.memory)
        whole = sum(memory.share for memory in figures.memory)
        yield f"memory of ours: {parts} MB resident; {whole:.0f} MB, what is shared counted once"
    for lack in dict.fromkeys(figures.missing.values()):
        names = ", ".join(name for name, lacks in figures.missing.items() if lacks == lack)
        yield f"left out, for {lack} is not installed: {names}"


def remarks(figures: Figures, clock: str) -> Iterator[str]:
    """Say which figures deserve less trust."""
    idle = [name for name, samples in figures.samples.items() if _idles(samples)]
    if idle:
        which = ", ".join(idle) if len(idle) < 5 else f"{len(idle)} of {len(figures.samples)}"
        advice = " Trust the processor's time (--clock cpu) more." if clock != "cpu" else ""
        yield f"The core was not the server's alone, or it waited for the client: {which}.{advice}"


def keep(
    folder: Path,
    figures: Figures,
    growth: Sequence[Result],
    outcomes: Sequence[Outcome],
    options: dict[str, Any],
) -> Path:
    """Write all of a run into a file of its own in *folder*; returns its path."""
    now = datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"serving-{now:%Y%m%d-%H%M%S}.json"
    told = {
        "at": now.isoformat(timespec="seconds"),
        "machine": machine(),
        "options": options,
        "figures": asdict(figures),
        "growth": as_json(growth),
        "goals": goals.as_json(outcomes),
    }
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, Any]:
    """Describe where this runs."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "packages": {name: _version(name) for name in _PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _work(samples: Sequence[Sample]) -> str:
    known = [sample.work for sample in samples if sample.work is not None]
    return f"{median(known):,.1f}" if known else "–"


def _busy(samples: Sequence[Sample]) -> str:
    known = [sample.busy for sample in samples if sample.busy is not None]
    return f"{median(known):.0%}" if known else "–"


def _idles(samples: Sequence[Sample]) -> bool:
    known = [sample.busy for sample in samples if sample.busy is not None]
    return bool(known) and median(known) < _BUSY


def _seconds(times: Sequence[float]) -> str:
    if not times:
        return "–"
    return f"{median(times):.2f} s ({min(times):.2f} – {max(times):.2f})"

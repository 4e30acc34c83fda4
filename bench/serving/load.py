"""Load: wrk asks for one page as fast as it comes, over some connections."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .servers import Cores, Failed, Server, on_core

CONNECTIONS = 64
_SCRIPT = Path(__file__).parent / "report.lua"


@dataclass(frozen=True, slots=True)
class Sample:
    """A run: requests a second, milliseconds of a request, and what it cost the server.

    *work* is the processor's time for a request in microseconds, *busy* the part of the run that
    the server's core worked for it; both are unknown where the system does not tell.
    """

    rate: float
    p50: float
    p99: float
    work: float | None
    busy: float | None


def missing() -> str:
    """Name what is not installed; empty if all is."""
    return "" if shutil.which("wrk") else "wrk"


def run(
    server: Server,
    path: str,
    headers: Mapping[str, str],
    *,
    seconds: int,
    connections: int,
    cores: Cores,
) -> Sample:
    """Ask *server* for *path* during so many *seconds*; raises ``Failed`` for an answer amiss."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
    command += ["--timeout", "30s"]  # a slow answer is none that failed
    command += [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    command += ["-s", str(_SCRIPT), f"http://127.0.0.1:{server.port}{path}"]
    with on_core(cores.client):
        before = server.times()
        said = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        after = server.times()
    if said.returncode:
        why = (said.stderr or said.stdout).strip().rpartition("\n")[2]
        raise Failed(f"wrk ended with {said.returncode}: {why}")
    # A thread that has ended meanwhile was idle: servers let go of those.
    worked = sum(spent - before.get(thread, 0) for thread, spent in after.items())
    return read(said.stdout, worked if after else None)


def read(said: str, worked: float | None) -> Sample:
    """Read what wrk said of a run, during which the server *worked* some seconds."""
    told = json.loads(said.splitlines()[-1])
    if told["failed"]:
        raise Failed(f"{told['failed']} of {told['requests']} answers were errors")
    if not told["requests"]:
        raise Failed("no answer came in time; more --seconds may help")
    return Sample(
        rate=told["requests"] / told["seconds"],
        p50=told["p50"],
        p99=told["p99"],
        work=None if worked is None else worked / told["requests"] * 1e6,
        busy=None if worked is None else worked / told["seconds"],
    )

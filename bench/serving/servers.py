"""Servers that are measured: started on a core of their own, watched, and ended."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 30.0  # seconds that a server has for its first answer
GRACE = 15.0  # seconds that it has to end
_PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"  # where Debian has nginx
_KEPT = ("HOME", "LANG", "PYTHONPATH", "TMPDIR")  # of this process's environment
_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")  # of the processor's time, in a second


class Failed(Exception):
    """A server did not do what it was started for."""


@dataclass(frozen=True, slots=True)
class Spec:
    """How a server is started: a command with ``{port}`` in it, and what it needs of Python.

    *serves* is an address that answers when it is ready; without a *port* it gets one.
    """

    name: str
    command: Sequence[str]
    serves: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)
    modules: Sequence[str] = ()
    port: int = 0

    def missing(self) -> str:
        """Name what is not installed; empty if all is."""
        if shutil.which(self.command[0], path=_PATH) is None:
            return Path(self.command[0]).name
        return ", ".join(name for name in self.modules if find_spec(name) is None)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs; *began* is when it was started, by the monotonic clock."""

    spec: Spec
    port: int
    pid: int
    began: float

    def ask(self, path: str, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Ask once: status, headers (names in lower case) and what was sent."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers=dict(headers))
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return response.status, named, response.read()
        finally:
            connection.close()

    def seconds(self) -> float | None:
        """What the processor has worked for it and its children; unknown without /proc."""
        if not _PROC.is_dir():
            return None
        return sum(_seconds(_PROC / str(pid)) for pid in self._pids())

    def times(self) -> dict[int, float]:
        """Tell it of each thread that there is now, by its id; empty without /proc."""
        tasks = (task for pid in self._pids() for task in (_PROC / str(pid) / "task").glob("*"))
        return {int(task.name): _worked(task) for task in tasks}

    def memory(self) -> list[Memory]:
        """What each of its processes takes, the largest first; empty without /proc."""
        found = [_memory(pid) for pid in self._pids()] if _PROC.is_dir() else []
        return sorted(found, key=lambda memory: memory.resident, reverse=True)

    def _pids(self) -> list[int]:
        pids = [self.pid]
        for pid in pids:  # it grows on the way
            pids += _children(pid)
        return pids


@dataclass(frozen=True, slots=True)
class Memory:
    """Megabytes of a process: all that is *resident*, and its part where others *share* it."""

    resident: float
    share: float


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores of servers and of their client; none where a process cannot be held to one."""

    server: int | None
    client: int | None

    @classmethod
    def found(cls) -> Cores:
        """Choose the first and the last that this process may use, if there are two."""
        if not hasattr(os, "sched_getaffinity"):
            return cls(None, None)
        cores = sorted(os.sched_getaffinity(0))
        return cls(cores[0], cores[-1]) if len(cores) > 1 else cls(None, None)


@contextmanager
def started(spec: Spec, cores: Cores) -> Iterator[Server]:
    """Start a server, wait for its first answer, and end it."""
    port = spec.port or free_port()
    command = [part.format(port=port) for part in spec.command]
    environment = {**_surroundings(), **spec.environment, "PATH": _PATH}
    with TemporaryFile() as said:
        with on_core(cores.server):  # children keep to the core of those who start them
            began = time.monotonic()
            process = subprocess.Popen(  # noqa: S603 - commands of our own
                command,
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        server = Server(spec, port, process.pid, began)
        try:
            _wait(server, process, said)
            yield server
        finally:
            _end(process)


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def on_core(core: int | None) -> Iterator[None]:
    """Hold this thread, and what it starts, to a core."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _surroundings() -> dict[str, str]:
    """What a service manager would set, and where modules are found: the same for all servers.

    Of an interactive shell there may be dozens of variables, which WSGI copies for each request.
    """
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def _wait(server: Server, process: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    while time.monotonic() - server.began < PATIENCE:
        if process.poll() is not None:
            said.seek(0)
            last = said.read().decode(errors="replace").strip().rpartition("\n")[2]
            raise Failed(f"{server.spec.name} ended before it answered: {last}")
        try:
            status, _, _ = server.ask(server.spec.serves, {})
        except (OSError, HTTPException):
            time.sleep(0.002)
            continue
        if status == 200:
            return
        raise Failed(f"{server.spec.name} answered {server.spec.serves} with {status}")
    raise Failed(f"{server.spec.name} did not answer within {PATIENCE:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # a group of its own: it leads a session
        process.wait()


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in (_PROC / str(pid) / "task").glob("*/children"):
        found += map(int, task.read_text().split())
    return found


def _worked(task: Path) -> float:
    """The processor's seconds for a thread; 0 if it has just ended."""
    try:
        # To the nanosecond (sched-stats.txt of Linux); not all systems have it.
        return int((task / "schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return _seconds(task) if task.is_dir() else 0


def _seconds(folder: Path) -> float:
    """The same of a process or a thread, to a hundredth, with threads that have ended."""
    # The name in brackets may hold blanks (proc(5)); utime and stime are the 14th and 15th.
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _memory(pid: int) -> Memory:
    rollup = (_PROC / str(pid) / "smaps_rollup").read_text()
    sizes = dict(line.split(":", 1) for line in rollup.splitlines()[1:])
    return Memory(_megabytes(sizes["Rss"]), _megabytes(sizes["Pss"]))


def _megabytes(size: str) -> float:
    return int(size.removesuffix("kB")) / 1024

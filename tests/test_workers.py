"""What becomes of a server whose workers end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from blogapp.cli import turns

from .mailbox import free_port

PATIENCE = 60  # seconds that a server has to end, on a machine that does much else
# A worker that is told by its number, once a signal ends it, and nobody waits between reloads.
TELLING = r"""
def tell(app):
    while "handle_signals" not in str(signal.getsignal(signal.SIGTERM)):
        threading.main_thread().join(0.01)
    os.write(1, f"{os.getpid()}\n".encode())
serving._work = tell
time.sleep = lambda _: None
"""
FAILING = "def make_worker(): raise RuntimeError('no such thing')"
# A worker that is told and never ready, nor would a server end it by force before long.
LOADING = r"""
def make_worker():
    os.write(1, f"{os.getpid()}\n".encode())
    time.sleep(3600)
serving.GRACE = 3600
"""
DYING = "def make_worker(): os.kill(os.getpid(), signal.SIGKILL)"
INSTEAD = "make_worker.__module__ = serving.__name__; serving.make_worker = make_worker"

Serve = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def serve(blank_instance: Path, tmp_path: Path) -> Iterator[Serve]:
    """Serve a blog that is in ``tmp_path / "instance"``, by a program with another *worker*."""
    shutil.copytree(blank_instance, tmp_path / "instance")
    servers = []

    def serve(worker: str, workers: int) -> subprocess.Popen[str]:
        imports = "import os, signal, sys, threading, time\nfrom blogapp import cli\n"
        script = f"{imports}from blogapp.cli import serving\n{worker}\ncli.main()"
        arguments = ["serve", f"--port={free_port()}", f"--workers={workers}"]
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", script, *arguments],
                env=os.environ | {"BLOG_INSTANCE": str(tmp_path / "instance")},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        servers.append(process)
        watch = threading.Timer(PATIENCE, process.kill)  # so that nobody waits for a word in vain
        watch.daemon = True
        watch.start()
        return process

    yield serve
    for process in servers:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def begun(server: subprocess.Popen[str]) -> int:
    """Wait for the next worker of *server* that has begun; the number of its process."""
    assert server.stdout is not None
    return int(next(line for line in server.stdout if line.strip().isdigit()))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_that_was_killed_is_replaced_after_a_refused_reload_too(
    serve: Serve, tmp_path: Path, workers: int
) -> None:
    server = serve(TELLING, workers)
    first = {begun(server) for _ in range(workers)}

    os.kill(min(first), signal.SIGKILL)
    second = begun(server)
    os.kill(second, signal.SIGKILL)  # at once: granian alone takes that for one that cannot start
    third = begun(server)
    (tmp_path / "instance" / "config.toml").write_text("url = [")
    server.send_signal(signal.SIGHUP)
    reloaded = {begun(server) for _ in range(workers)}
    os.kill(min(reloaded), signal.SIGKILL)
    last = begun(server)

    log = (tmp_path / "log").read_text()
    assert len({*first, second, third, *reloaded, last}) == 2 * workers + 3
    assert server.poll() is None
    assert "the settings of before stay: " in log and "Traceback" not in log


@pytest.mark.parametrize("worker", [FAILING, DYING])
def test_workers_that_cannot_start_end_the_server(
    serve: Serve, tmp_path: Path, worker: str
) -> None:
    server = serve(f"{worker}\n{INSTEAD}", 2)

    assert server.wait(PATIENCE) == 1
    assert "the server ends" in (tmp_path / "log").read_text()


def test_a_worker_that_is_still_loading_ends_with_the_server(serve: Serve) -> None:
    server = serve(f"{LOADING}\n{INSTEAD}", 2)
    for _ in range(2):
        begun(server)

    server.terminate()

    assert server.wait(PATIENCE / 2) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has batches")
def test_no_thread_of_a_worker_interrupts_another(serve: Serve) -> None:
    worker = begun(serve(TELLING, 1))

    threads = [int(name) for name in os.listdir(f"/proc/{worker}/task")]
    assert {os.sched_getscheduler(thread) for thread in threads} == {os.SCHED_BATCH}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has batches")
def test_who_was_told_how_to_share_a_core_keeps_to_it() -> None:
    told = "import os; os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))"
    works = "from blogapp.cli import turns; turns.take_whole(); print(os.sched_getscheduler(0))"
    process = [sys.executable, "-c", f"{told}; {works}"]

    found = subprocess.run(process, check=True, capture_output=True, text=True)
    assert int(found.stdout) == os.SCHED_IDLE


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has batches")
def test_a_server_starts_where_nobody_may_choose_how_a_core_is_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = []

    def refuse(*asked: object) -> None:
        refused.append(asked)
        raise PermissionError("as in some containers")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    turns.take_whole()

    assert refused

"""The verb that serves."""

from __future__ import annotations

import logging
import os
import socket
import threading
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from .. import collecting, config, create_app, delivering, drawing, health, waiting
from ..errors import BlogError
from ..extensions import db

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

log = logging.getLogger(__name__)

THREADS = 4  # that answer requests, in each worker
GRACE = 10  # seconds that requests and letters in flight have after SIGTERM
HEAD_START = 1.0  # seconds that a worker does nothing but answer

_made: list[Flask] = []  # before a worker is forked, which then need not make one


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_script_info
def serve(info: ScriptInfo, host: str, port: int, workers: int) -> None:
    """Serve the blog with granian, and deliver; SIGTERM finishes what is in flight."""
    given = os.environ.get("BLOG_URL")
    _choose_url(given, host, port)
    with collecting.paused():  # for the collector writes to the memory that workers share
        app = info.load_app()
        _prepare(app, host, port)

    click.echo(f"Serving http://{host}:{port} – Ctrl-C stops.", err=True)
    server = Granian(
        f"{__name__}:{make_worker.__name__}",
        factory=True,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # what proxies and browsers speak without TLS
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=GRACE,
        log_access=False,
        log_level=LogLevels.warning,
        websockets=False,
    )

    @server.on_reload
    def read_settings_anew() -> None:  # after SIGHUP, for the workers to come
        try:
            _choose_url(given, host, port)
            with collecting.paused():
                _made[:] = [create_app()]
        except config.SettingError:
            log.exception("the settings cannot be used; those of before stay")

    _made[:] = [app]
    server.serve()


def make_worker() -> WSGIApplication:
    """Take or make the application of a worker process, and work in it behind what it serves.

    Returns what answers requests first, the page cache, with no Flask before it. No thread
    survives a fork; and where workers are no forks, nothing does.
    """
    with collecting.paused():
        app = _made[0] if _made else create_app()
    threading.Thread(target=_work, args=(app,), name="behind").start()
    return app.wsgi_app


def _work(app: Flask) -> None:
    """Read all of our code, deliver, tidy and draw, after the first answers: none of them waits.

    Each is done whatever becomes of the others, for readers can be served without any.
    """
    main = threading.main_thread()
    main.join(HEAD_START)
    for work in (_read_code, lambda: delivering.start(app), lambda: drawing.start(app)):
        if not main.is_alive():
            return
        try:
            work()
        except Exception:  # a module that is broken, no more threads: nobody else would tell
            log.exception("a worker cannot do all of its work; it goes on")


def _read_code() -> None:
    """Run our modules that wait: later, the code on the disk may be that of another version."""
    waiting.run_all(__name__.partition(".")[0])


def _choose_url(given: str | None, host: str, port: int) -> None:
    """Let links begin with what the environment has *given*, else the settings, else this host."""
    os.environ.pop("BLOG_URL", None)
    if given is not None:
        os.environ["BLOG_URL"] = given
    if config.load().url == config.DEFAULT_URL:
        os.environ["BLOG_URL"] = f"http://{_reachable(host)}:{port}"


def _prepare(app: Flask, host: str, port: int) -> None:
    """Do what is to be done once, before the workers; leaves no connection to the database.

    One that is carried across a fork can corrupt it (sqlite.org/howtocorrupt.html, 2.6).
    """
    with app.app_context():
        problem = health.problem()
        if problem:
            raise BlogError(problem)
        _check_free(host, port)
        db.engine.dispose()


def _reachable(host: str) -> str:
    """The host under which this machine reaches itself, for links; set BLOG_URL for others."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BlogError(
                f"cannot serve on {host}:{port}: {error.strerror}. Take another: --port {port + 1}"
            ) from error

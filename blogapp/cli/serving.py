"""The verb that serves."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from .. import collecting, config, create_app, delivering, drawing, errors, health, waiting
from ..proxy import peers
from . import turns
from .workers import GRACE, Server

log = logging.getLogger(__name__)

THREADS = 4  # that answer requests, in each worker
WAITING = 1_024  # connections that a worker has yet to accept; more are not begun
HEAD_START = 1.0  # seconds that a worker does nothing but answer

# How a worker gets its application; set before it is forked. Where it is no fork, by this.
_ways: list[Callable[[], Flask]] = [create_app]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_script_info
def serve(info: ScriptInfo, host: str, port: int, workers: int) -> None:
    """Serve the blog with granian, and deliver; SIGTERM finishes what is in flight."""
    hangups = _take_hangups()
    given = os.environ.get("BLOG_URL")
    settings = _choose_url(given, host, port)
    if workers == 1 and not settings.database_url:
        _check(settings)
        _ways[:] = [partial(create_app, settings)]
    else:
        app = _make_ready(info)
        _ways[:] = [lambda: app]
    listener = _listen(host, port)

    click.echo(f"Serving http://{host}:{port} – Ctrl-C stops.", err=True)
    server = Server(
        f"{__name__}:{make_worker.__name__}",
        factory=True,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # what proxies and browsers speak without TLS
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=GRACE,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
        websockets=False,
        listener=listener,
    )

    @server.on_reload
    def read_settings_anew() -> None:  # after SIGHUP, for the workers to come
        try:
            settings = _choose_url(given, host, port)
            with collecting.paused():
                app = create_app(settings)
            _ways[:] = [lambda: app]
        except (config.SettingError, errors.BlogError) as error:
            log.error("the settings of before stay: %s", error)

    @server.on_startup
    def reload_if_asked() -> None:  # granian takes hangups from here on
        if hangups:
            signal.raise_signal(hangups[0])

    server.serve()


def make_worker() -> Flask:
    """Take or make the application of a worker process, and work in it behind what it serves.

    No thread survives a fork; and where workers are no forks, nothing does.
    """
    turns.take_whole()
    with collecting.paused():
        app = _ways[0]()
    threading.Thread(target=_work, args=(app,), name="behind").start()
    return app


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


def _take_hangups() -> list[int]:
    """Take every SIGHUP into a list that is returned: by itself, it would end the process."""
    taken: list[int] = []
    if hasattr(signal, "SIGHUP"):  # Windows has none
        signal.signal(signal.SIGHUP, lambda number, _: taken.append(number))
    return taken


def _choose_url(given: str | None, host: str, port: int) -> config.Settings:
    """Let links begin with what the environment has *given*, else the settings, else this host."""
    os.environ.pop("BLOG_URL", None)
    if given is not None:
        os.environ["BLOG_URL"] = given
    settings = config.load()
    if settings.url != config.DEFAULT_URL:
        return settings
    os.environ["BLOG_URL"] = f"http://{_reachable(host)}:{port}"
    return config.load()


def _check(settings: config.Settings) -> None:
    """Refuse what cannot be served, as ``_make_ready`` does, and make no application.

    What Flask and SQLAlchemy take at a start is then taken by the worker alone: a fork copies each
    page of memory that it touches.
    """
    config.flask_settings(settings)
    _expect(health.problem_of(settings.database))


def _make_ready(info: ScriptInfo) -> Flask:
    """Make the application that workers share; leaves no connection to the database.

    One that is carried across a fork can corrupt it (sqlite.org/howtocorrupt.html, 2.6).
    """
    from ..extensions import db  # here: `_check` needs no SQLAlchemy

    with collecting.paused():  # for the collector writes to the memory that they share
        app = info.load_app()
    with app.app_context():
        _expect(health.problem())
        db.engine.dispose()
    return app


def _expect(problem: str | None) -> None:
    """Raise what keeps the blog from being served."""
    if problem:
        raise errors.BlogError(problem)


def _reachable(host: str) -> str:
    """The host under which this machine reaches itself, for links; set BLOG_URL for others."""
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _listen(host: str, port: int) -> socket.socket | None:
    """Listen for the workers to accept; None if it is left to granian, but possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(WAITING)
    except OSError as error:
        listener.close()
        raise errors.BlogError(
            f"cannot serve on {host}:{port}: {error.strerror}. {_other_place(error, port)}"
        ) from error
    if peers.can_be_told():
        return listener
    listener.close()
    return None


def _other_place(error: OSError, port: int) -> str:
    """Say where to serve instead."""
    if error.errno == errno.EADDRINUSE:
        return f"Take another: --port {port + 1}"
    if error.errno == errno.EACCES:
        return "Take one that needs no rights: --port 8000"
    return "Take an address of this machine: --host 127.0.0.1"

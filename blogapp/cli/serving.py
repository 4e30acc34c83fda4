"""The verb that serves."""

from __future__ import annotations

import os
import socket

import click
from flask import Flask
from flask.cli import ScriptInfo, pass_script_info
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from .. import collecting, config, create_app, delivering, drawing, health
from ..errors import BlogError
from ..extensions import db
from .upkeep import purge

THREADS = 4  # that answer requests, in each worker
GRACE = 10  # seconds that requests and letters in flight have after SIGTERM


_made: list[Flask] = []  # before a worker is forked, which then need not make one


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@pass_script_info
def serve(info: ScriptInfo, host: str, port: int, workers: int) -> None:
    """Serve the blog with granian, and deliver; SIGTERM finishes what is in flight."""
    if config.load().url == config.DEFAULT_URL:
        os.environ["BLOG_URL"] = f"http://{_reachable(host)}:{port}"
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
    server.on_reload(_made.clear)  # after SIGHUP, workers read the settings anew
    _made[:] = [app]
    server.serve()


def make_worker() -> Flask:
    """Take or make the application of a worker process, and work in it behind what it serves.

    No thread survives a fork; and where workers are no forks, nothing does.
    """
    with collecting.paused():
        app = _made[0] if _made else create_app()
        delivering.start(app)
        drawing.start(app)
    return app


def _prepare(app: Flask, host: str, port: int) -> None:
    """Do what is to be done once, before the workers; leaves no connection to the database.

    One that is carried across a fork can corrupt it (sqlite.org/howtocorrupt.html, 2.6).
    """
    with app.app_context():
        problem = health.problem()
        if problem:
            raise BlogError(problem)
        _check_free(host, port)
        purge()
        db.session.remove()
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

"""The verb that serves."""

from __future__ import annotations

import os
import socket

import click
from flask import Flask
from flask.cli import with_appcontext
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from .. import config, create_app, delivering, health
from ..errors import BlogError
from .upkeep import purge

THREADS = 4  # that answer requests, in each worker
GRACE = 10  # seconds that requests and letters in flight have after SIGTERM


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@with_appcontext
def serve(host: str, port: int, workers: int) -> None:
    """Serve the blog with granian, and deliver; SIGTERM finishes what is in flight."""
    problem = health.problem()
    if problem:
        raise BlogError(problem)
    _check_free(host, port)
    purge()
    if config.current().url == config.DEFAULT_URL:
        os.environ["BLOG_URL"] = f"http://{_reachable(host)}:{port}"

    click.echo(f"Serving http://{host}:{port} – Ctrl-C stops.", err=True)
    Granian(
        f"{__name__}:{make_worker.__name__}",
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=GRACE,
        log_access=False,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


def make_worker() -> Flask:
    """Make the application of a worker process, and deliver in it: no thread survives a fork."""
    app = create_app()
    delivering.start(app)
    return app


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


COMMANDS = (serve,)

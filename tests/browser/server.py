"""A blog that is really served: `blogapp init`, `blogapp serve`, and the core to fill it with."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import BrowserContext

from blogapp import authors, config, create_app, messages, posts
from blogapp.cli import importing
from blogapp.cli.setup import SAMPLES
from blogapp.extensions import Model, db
from blogapp.models import Session
from blogapp.transfer.storing.storing import Outcome

COMMAND = Path(sys.executable).with_name("blogapp")
STARTS = 3  # tries, for a free port may be taken before the server has it
PATIENCE = 60  # seconds that a server may take to be ready, on a machine that does much else
GRACE = 10  # seconds that it may take to end

NAME = "sam"
PASSWORD = "correct horse battery"
PAST = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
KEPT = {"alembic_version"}


@dataclass(frozen=True, slots=True)
class Blog:
    """A served blog, and the same application in this process to look into it."""

    url: str
    app: Flask
    log: Path

    def clear(self) -> None:
        """Make it as empty as `blogapp init` left it."""
        with self.app.app_context():
            for table in reversed(Model.metadata.sorted_tables):
                if table.name not in KEPT:
                    db.session.execute(sa.delete(table))
            db.session.commit()

    def post(
        self, title: str = "Hello", *, published_at: datetime | None = PAST, **text: Any
    ) -> str:
        """Store a post, published in the past unless told otherwise; returns its slug."""
        with self.app.app_context():
            post = posts.create(posts.Text(title=title, **text))
            if published_at is not None:
                posts.publish(post, published_at)
            db.session.commit()
            return post.slug

    def samples(self) -> None:
        """Store the sample posts that `make run` shows."""
        with self.app.app_context():
            for result in importing.bring_in(SAMPLES):
                assert result.outcome is Outcome.ADDED, result

    def message(self, **words: str) -> int:
        """Store a contact request; returns its id."""
        request = {"name": "Vera", "email": "vera@example.org", "body": "A project."} | words
        with self.app.app_context():
            message, _ = messages.receive(messages.Request(**request))
            db.session.commit()
            return message.id

    def author(self) -> None:
        """Store the author that tests sign in as."""
        with self.app.app_context():
            authors.add(NAME, PASSWORD)
            db.session.commit()

    def sign_in(self, context: BrowserContext) -> None:
        """Make the author and give *context* the cookie of a new session."""
        self.author()
        with self.app.app_context():
            token = authors.sign_in(NAME, PASSWORD, "127.0.0.1")
            db.session.commit()
        client = self.app.test_client()
        with client.session_transaction() as session:
            session["token"] = token
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.url}])

    def end_sessions(self) -> None:
        """Sign everybody out, as time would."""
        with self.app.app_context():
            db.session.execute(sa.delete(Session))
            db.session.commit()


@contextlib.contextmanager
def serve(folder: Path, **settings: str) -> Iterator[Blog]:
    """Serve a new blog from *folder* while the block runs; *settings* as in the environment."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(config.PREFIX)}
    environment |= {"BLOG_INSTANCE": str(folder / "instance")} | settings
    subprocess.run([COMMAND, "init"], env=environment, check=True, capture_output=True)

    log = folder / "server.log"
    process, url = _start(environment, log)
    try:
        app = create_app(config.load(environment | {"BLOG_URL": url}))
        yield Blog(url, app, log)
        with app.app_context():
            db.engine.dispose()
    finally:
        _end(process)


def _start(environment: dict[str, str], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    for _ in range(STARTS):
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(port)],
                env=environment | {"BLOG_URL": url},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if _becomes_ready(process, port):
            return process, url
        _end(process)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _becomes_ready(process: subprocess.Popen[bytes], port: int) -> bool:
    """Ask `/readyz` until it says yes, for as long as the process lives."""
    for _ in range(PATIENCE * 20):
        if _is_ready(port):
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
            return False
    return False


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the server: politely, then with all that it started."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()

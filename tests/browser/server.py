"""A blog that is really served: `blogapp init`, `blogapp serve`, and the core to fill it with."""

from __future__ import annotations

import contextlib
import http.client
import itertools
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
from werkzeug.security import generate_password_hash

from blogapp import authors, config, create_app, messages, models, posts, tallies, texts
from blogapp.cli import importing
from blogapp.cli.setup import SAMPLES
from blogapp.extensions import db
from blogapp.models import Author, Session
from blogapp.search import engine
from blogapp.transfer.storing.storing import Outcome

COMMAND = Path(sys.executable).with_name("blogapp")
STARTS = 3  # tries, for a free port may be taken before the server has it
PATIENCE = 60  # seconds that a server may take to be ready, on a machine that does much else
GRACE = 10  # seconds that it may take to end

NAME = "sam"
PASSWORD = "correct horse battery"
PAST = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
KEPT = {"alembic_version", "site"}
_HOSTS = itertools.cycle(range(1, 255))


@dataclass(slots=True)
class Server:
    """`blogapp serve` as a process, which can be killed and started again at its address."""

    environment: dict[str, str]
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, unless it runs, and wait until it is ready."""
        if self.process is not None:
            return
        for _ in range(STARTS):
            port = self.port or _free_port()
            if self._becomes_ready(port):
                self.port = port
                return
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        """Kill it with all that it started, as a power cut would."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def end(self) -> None:
        """End it: politely, then with all that it started."""
        if self.process is None:
            return
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        self.kill()

    def _becomes_ready(self, port: int) -> bool:
        """Ask `/readyz` until it says yes, for as long as the process lives."""
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [COMMAND, "serve", "--port", str(port)],
                env=self.environment | {"BLOG_URL": f"http://127.0.0.1:{port}"},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        for _ in range(PATIENCE * 20):
            if _is_ready(port):
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
                break
        self.kill()
        return False


@dataclass(frozen=True, slots=True)
class Blog:
    """A served blog, and the same application in this process to look into it."""

    server: Server
    app: Flask

    @property
    def url(self) -> str:
        return self.server.url

    def clear(self) -> None:
        """Make it as empty as `blogapp init` left it."""
        with self.app.app_context():
            index = engine.current()
            index.remove(db.session.scalars(index.ids()).all())
            for table in reversed(models.metadata().sorted_tables):
                if table.name not in KEPT:
                    db.session.execute(sa.delete(table))
            db.session.execute(sa.text("DELETE FROM sqlite_sequence"))  # count from 1 again
            tallies.mend()
            db.session.commit()

    def post(
        self, title: str = "Hello", *, published_at: datetime | None = PAST, **text: Any
    ) -> str:
        """Store a post, published in the past unless told otherwise; returns its slug."""
        with self.app.app_context():
            post = posts.create(texts.Text(title=title, **text))
            if published_at is not None:
                posts.publish(post, published_at)
            db.session.commit()
            return post.slug

    def samples(self) -> None:
        """Store the sample posts that `make run` shows."""
        with self.app.app_context():
            for result in importing.bring_in(SAMPLES):
                assert result.outcome is Outcome.ADDED, result

    def message(self, **words: Any) -> int:
        """Store a contact request; returns its id."""
        network = f"10.0.{next(_HOSTS)}.1"  # each from somewhere else: no limit is meant
        request: dict[str, Any] = {"name": "Vera", "email": "vera@example.org"}
        request |= {"body": "A project.", "network": network} | words
        with self.app.app_context():
            message = messages.receive(messages.Request(**request))
            db.session.commit()
            return message.id

    def author(self, name: str = NAME) -> None:
        """Store the author that tests sign in as."""
        # As quick to check as to make, which is not what is tested here.
        hashed = generate_password_hash(PASSWORD, "scrypt:128:8:1")
        with self.app.app_context():
            db.session.add(Author(name=name, password_hash=hashed))
            db.session.commit()

    def sign_in(self, context: BrowserContext, name: str = NAME) -> None:
        """Make the author and give *context* the cookie of a new session."""
        self.author(name)
        with self.app.app_context():
            token = authors.sign_in(name, PASSWORD, "127.0.0.1")
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

    server = Server(environment, folder / "server.log")
    server.start()
    try:
        app = create_app(config.load(environment | {"BLOG_URL": server.url}))
        yield Blog(server, app)
        with app.app_context():
            db.engine.dispose()
    finally:
        server.end()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

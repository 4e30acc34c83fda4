"""Power cuts: the server is killed between a visitor's click and the answer of the mail server.

``BLOG_TEST_KILLS=100`` kills it that often. Each time at another moment, and the mail server is
by chance down, busy, slow, or breaks off in mid-dialogue. The processes are those of ``blogapp
serve``, but that their leases and pauses are short: what a killed one held is waited for.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import config, create_app, deliveries
from blogapp.deliveries import State
from blogapp.extensions import db
from blogapp.models import Attempt, Delivery, Message

from .mailbox import Mailbox, Mood, free_port

LEASE = 4  # seconds: longer than any dialogue here
SCRIPT = f"""
from datetime import timedelta
from blogapp import claims, cli
claims.LEASE = timedelta(seconds={LEASE})
claims.PAUSES = [timedelta(seconds=0.1)] * 10_000
cli.cli()
"""
PROGRAM = (sys.executable, "-c", SCRIPT)
KILLS = int(os.environ.get("BLOG_TEST_KILLS", "3"))
PATIENCE = 60.0  # seconds for whatever has to happen, on a machine that does much else
LONGEST = 3.0  # seconds after the click until it is killed, if no moment of the dialogue came
MOODS = (*[Mood.WELL] * 4, Mood.BUSY, Mood.SLOW, Mood.SLOW, Mood.CUT_BEFORE, *[Mood.CUT_AFTER] * 2)
TOLD = re.compile(r"<li data-done><span>told to the author</span>")


@dataclass
class Visitor:
    """Somebody with a message, who sends it again until it is acknowledged."""

    number: int
    page: str = ""  # the address of its status, once it is acknowledged

    @property
    def words(self) -> str:
        return f"Project number {self.number} of many."


@dataclass
class Site:
    """A blog that is served by processes which can be killed."""

    app: Flask
    environment: dict[str, str]
    port: int
    log: Path
    workers: int = 1
    process: subprocess.Popen[bytes] | None = None
    cookie: str = ""
    form: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "serve", f"--port={self.port}", f"--workers={self.workers}"],
                env=os.environ | self.environment,
                stderr=log,
                start_new_session=True,
            )
        wait_for(lambda: self.ask("GET", "/readyz")[0] == 200, "the server is ready")
        if not self.form:  # it stays valid: the secret survives
            _, headers, page = self.ask("GET", "/contact")
            self.cookie = headers["Set-Cookie"].partition(";")[0]
            self.form = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', page))

    def kill(self) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Send a request; status 0 if no whole answer came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.headers, response.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, http.client.HTTPMessage(), ""
        finally:
            connection.close()

    def send(self, visitor: Visitor) -> None:
        """Send the form of *visitor*, the same one each time."""
        fields = self.form | {"name": "Vera", "email": "vera@example.org", "stamp": ""}
        fields |= {"key": f"key-of-number-{visitor.number}", "body": visitor.words}
        status, headers, _ = self.ask(
            "POST",
            "/contact",
            urlencode(fields),
            Cookie=self.cookie,
            **{
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Forwarded-For": f"2001:db8:{visitor.number:x}::1",
            },
        )
        if status == 303:
            visitor.page = headers["Location"]
        assert status in {0, 303}, f"refused: {status}"

    def forget_who_wrote(self) -> None:
        """Forget who wrote how often."""
        with self.app.app_context():
            db.session.execute(sa.delete(Attempt))
            db.session.commit()

    def outbox(self) -> dict[str, State]:
        """Tell how the notice of each message stands, by its reference."""
        with self.app.app_context():
            query = sa.select(Delivery, Message.reference).join(Message)
            rows = db.session.execute(query).all()
            return {reference: deliveries.state_of(delivery) for delivery, reference in rows}

    def references(self) -> dict[str, list[str]]:
        """The references of messages, by their words."""
        found: dict[str, list[str]] = {}
        with self.app.app_context():
            for message in db.session.scalars(sa.select(Message)):
                found.setdefault(message.body, []).append(message.reference)
        return found


@dataclass
class Chance:
    """What happens by chance: whether the mail server is up, its moods, the moments of kills."""

    random: random.Random
    box: Mailbox
    awaited: str = ""
    is_here: threading.Event = field(default_factory=threading.Event)

    def prepare(self) -> None:
        """Choose where the next kill is; a server of mail that is down is at no place."""
        down = self.random.random() < 0.15
        self.box.close() if down else self.box.open()
        places = ["click"] if down else ["click", "greeting", "letter", "letter"]
        self.awaited = self.random.choice(places)
        self.is_here.clear()

    def wait(self) -> None:
        """Wait for the moment of the kill, since the click."""
        longest = self.random.uniform(0, 0.1) if self.awaited == "click" else LONGEST
        self.is_here.wait(longest)
        time.sleep(self.random.uniform(0, 0.03))

    def greet(self) -> Mood:
        """Be a mail server that somebody talks to."""
        if self.awaited == "greeting":
            self.is_here.set()
        return self.random.choice(MOODS)

    def accept(self) -> None:
        """Be one that has read a letter and not answered yet."""
        if self.awaited == "letter":
            self.is_here.set()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture
def site(blank_instance: Path, tmp_path: Path, box: Mailbox) -> Iterator[Site]:
    folder = tmp_path / "instance"
    shutil.copytree(blank_instance, folder)
    environment = {
        "BLOG_INSTANCE": str(folder),
        "BLOG_TRUSTED_PROXIES": "1",
        "BLOG_MAIL_URL": f"smtp://127.0.0.1:{box.port}",
        "BLOG_MAIL_FROM": "blog@blog.example",
        "BLOG_MAIL_TO": "sam@blog.example",
    }
    app = create_app(config.load(environment))
    site = Site(app, environment, free_port(), tmp_path / "log")
    try:
        yield site
    finally:
        site.kill()
        with app.app_context():
            db.engine.dispose()


def wait_for(is_so: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


def reference_of(letter: bytes) -> str:
    found = re.search(rb"^Subject: Message (\S+)", letter, re.MULTILINE)
    assert found is not None
    return found[1].decode()


def check_page(site: Site, box: Mailbox, visitor: Visitor) -> None:
    """Compare what an acknowledged visitor is told with what is so, before and after."""
    [reference] = site.references()[visitor.words]
    before = site.outbox()[reference]

    status, _, page = site.ask("GET", visitor.page)

    told = bool(TOLD.search(page))
    arrived = reference in map(reference_of, box.letters)
    assert (status, reference in page) == (200, True)
    assert arrived or not told, "told that it arrived, and it has not"
    assert told or before is not State.DELIVERED, "not told that it arrived"


def lost_answers(site: Site, arrivals: list[tuple[bytes, Mood]]) -> Counter[str]:
    """Count, by reference, letters that came without the server of the blog knowing of it."""
    outbox = site.outbox()
    cut = Counter(reference_of(raw) for raw, mood in arrivals if mood is Mood.CUT_AFTER)
    others = {reference_of(raw) for raw, mood in arrivals if mood is not Mood.CUT_AFTER}
    killed = {each for each in others if outbox[each] is not State.DELIVERED}
    assert len(killed) <= site.workers, "a worker has one dialogue open"
    return cut + Counter(killed)


@pytest.mark.parametrize(("workers", "kills"), [(1, KILLS), (2, KILLS // 2 + 1)])
def test_no_kill_loses_a_message_or_a_letter_or_makes_a_page_lie(
    site: Site, box: Mailbox, workers: int, kills: int
) -> None:
    site.workers = workers
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")  # pytest shows it where this fails
    chance = Chance(random.Random(seed), box)  # noqa: S311 - no secret
    box.moods, box.accept = chance.greet, chance.accept
    unsure: list[Visitor] = []
    sure: list[Visitor] = []
    lost: Counter[str] = Counter()

    for number in range(kills):
        seen = len(box.arrivals)
        chance.prepare()
        site.start()
        if sure:
            check_page(site, box, chance.random.choice(sure))
        unsure.append(Visitor(number))
        kill_while_they_send(site, chance, unsure)
        box.close()
        lost += lost_answers(site, box.arrivals[seen:])
        sure += [each for each in unsure if each.page]
        unsure = [each for each in unsure if not each.page]
        site.forget_who_wrote()

    box.moods = lambda: Mood.WELL
    box.open()
    site.start()
    for each in unsure:
        site.send(each)

    def is_empty() -> bool:
        return set(site.outbox().values()) == {State.DELIVERED}

    wait_for(is_empty, "everything is delivered")
    everybody = sure + unsure
    for visitor in everybody:
        check_page(site, box, visitor)
    copies = Counter(map(reference_of, box.letters))
    ids = {letter["Message-ID"] for letter in box.parsed}
    cut = sum(mood is Mood.CUT_AFTER for _, mood in box.arrivals)
    print(
        f"{kills} kills, {len(box.letters)} letters, {lost.total()} answers lost, {cut} by a cut"
    )
    assert {words: len(found) for words, found in site.references().items()} == {
        visitor.words: 1 for visitor in everybody
    }
    assert set(copies) == set(site.outbox()) and len(copies) == kills == len(ids)
    assert all(copies[each] <= 1 + lost[each] for each in copies), (copies, lost)


def kill_while_they_send(site: Site, chance: Chance, visitors: list[Visitor]) -> None:
    threads = [threading.Thread(target=site.send, args=(each,)) for each in visitors]
    for thread in threads:
        thread.start()
    chance.wait()
    site.kill()
    for thread in threads:
        thread.join()

"""Delivering: from the outbox to a server that takes mail, once, whatever happens on the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from blogapp import claims, deliveries, delivering, dispatching, messages
from blogapp.channels.outcomes import Outcome
from blogapp.claims import Claim
from blogapp.cli import delivering as cli
from blogapp.deliveries import Channel, State
from blogapp.delivering import Report
from blogapp.extensions import db
from blogapp.models import Delivery, DeliveryAttempt, Message, utcnow

from .conftest import MakeApp
from .mailbox import Mailbox, Mood, free_port
from .test_search_postgresql import on_server, schema

COMMAND = Path(sys.executable).with_name("blogapp")


@dataclass
class Post:
    """A blog whose mail goes to a mailbox."""

    app: Flask
    box: Mailbox

    def receive(self, number: int = 0) -> str:
        """Store a message; returns its reference."""
        with self.app.app_context():
            request = messages.Request(
                name="Vera",
                email=f"vera{number}@example.org",
                body=f"A project, number {number}.",
                network=f"2001:db8:{number:x}::1",
            )
            message = messages.receive(request)
            db.session.commit()
            return message.reference

    def deliver(self, stop: delivering.Stop | None = None) -> list[Report]:
        """Send what is due."""
        with self.app.app_context():
            due = delivering.deliver_due(deliveries.configured(), stop or threading.Event())
            return list(due)

    def make_due(self) -> None:
        """Let time pass: pauses and leases end."""
        self.change(due_at=utcnow(), claimed_until=None)

    def change(self, **values: object) -> None:
        with self.app.app_context():
            waiting = Delivery.delivered_at.is_(None)
            db.session.execute(sa.update(Delivery).where(waiting).values(values))
            db.session.commit()

    def states(self) -> list[State]:
        with self.app.app_context():
            found = db.session.scalars(sa.select(Delivery).order_by(Delivery.id))
            return [deliveries.state_of(each) for each in found]

    def answers(self) -> list[str]:
        with self.app.app_context():
            query = sa.select(DeliveryAttempt.answer).order_by(DeliveryAttempt.id)
            return list(db.session.scalars(query))


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture
def post(make_app: MakeApp, box: Mailbox) -> Post:
    return Post(make_app(**mail_to(box)), box)


def mail_to(box: Mailbox) -> dict[str, str]:
    return {
        "mail_url": f"smtp://127.0.0.1:{box.port}",
        "mail_from": "blog@blog.example",
        "mail_to": "sam@blog.example",
    }


def test_a_message_becomes_a_letter_once(post: Post) -> None:
    reference = post.receive()

    [report] = post.deliver()

    assert post.deliver() == []
    assert report == Report(reference, "mail", "received", report.outcome)
    assert [letter["Subject"] for letter in post.box.parsed] == [f"Message {reference}"]
    assert post.states() == [State.DELIVERED]
    assert post.answers() == ["250 2.0.0 queued as 1"]


def test_a_line_that_is_added_becomes_a_letter_of_its_own(post: Post) -> None:
    reference = post.receive()
    post.deliver()
    with post.app.app_context():
        messages.add_line(messages.get(1), "And more.", key="k", network="192.0.2.1")
        db.session.commit()

    post.deliver()

    first, added = post.box.parsed
    assert added["Subject"] == f"Added to {reference}"
    assert added["References"] == first["Message-ID"] != added["Message-ID"]
    assert "> And more." in added.get_content() and "project" not in added.get_content()


@pytest.mark.parametrize("mood", [Mood.BUSY, Mood.REFUSES, Mood.CUT_BEFORE, Mood.FULL])
def test_what_a_server_does_not_take_arrives_when_it_does(post: Post, mood: Mood) -> None:
    post.receive()
    post.box.moods = lambda: mood
    [failed] = post.deliver()
    between = post.states(), len(post.box.letters), post.deliver()

    post.box.moods = lambda: Mood.WELL
    post.make_due()
    [taken] = post.deliver()

    assert between == ([State.WAITING], 0, [])
    assert not failed.outcome.delivered and taken.outcome.delivered
    assert post.answers() == [failed.outcome.answer, taken.outcome.answer]
    assert len(post.box.letters) == 1


def test_a_server_that_is_down_gets_the_letter_when_it_is_back(post: Post) -> None:
    post.box.close()
    post.receive()
    [failed] = post.deliver()

    post.box.open()
    post.make_due()
    post.deliver()

    assert "refuses connections" in failed.outcome.answer
    assert len(post.box.letters) == 1


def test_a_letter_whose_answer_got_lost_comes_again_under_the_same_id(post: Post) -> None:
    post.receive()
    post.box.moods = lambda: Mood.CUT_AFTER
    post.deliver()

    post.box.moods = lambda: Mood.WELL
    post.make_due()
    post.deliver()

    first, second = post.box.parsed
    assert first["Message-ID"] == second["Message-ID"]
    assert post.states() == [State.DELIVERED]


def test_nothing_is_confirmed_whose_page_nobody_could_be_told(
    make_app: MakeApp, box: Mailbox
) -> None:
    post = Post(make_app(**mail_to(box), mail_confirm=True), box)
    post.receive()
    with post.app.app_context():  # as in a message that another installation received
        db.session.execute(sa.update(Message).values(token_hash="0" * 64))
        db.session.commit()

    reports = post.deliver()

    assert [report.channel for report in reports] == ["mail"]
    assert post.states() == [State.DELIVERED]


@pytest.mark.parametrize("lost", ["to another worker", "with its message"])
def test_nothing_is_sent_once_the_claim_is_lost(post: Post, lost: str) -> None:
    reference = post.receive()

    def lose() -> Mood:
        with post.app.app_context():
            if lost == "with its message":
                messages.withdraw(messages.get(1))
            else:
                db.session.execute(sa.update(Delivery).values(claim="another's"))
            db.session.commit()
        return Mood.WELL

    post.box.moods = lose  # the dialogue has begun by then

    assert reference and post.deliver() == []
    assert post.box.names and post.box.letters == []


def test_at_the_end_no_letter_is_begun_and_the_claim_is_given_back(post: Post) -> None:
    post.receive()
    stop = threading.Event()
    post.box.moods = lambda: stop.set() or Mood.WELL  # type: ignore[func-returns-value] # None, then

    assert post.deliver(stop) == []

    assert post.box.names and post.box.letters == []
    assert post.states() == [State.WAITING] and post.answers() == []
    post.box.moods = lambda: Mood.WELL
    assert len(post.deliver()) == 1


def test_a_letter_that_is_on_its_way_at_the_end_is_finished_and_recorded(post: Post) -> None:
    post.receive(1)
    post.receive(2)
    stop = threading.Event()
    post.box.accept = stop.set

    [report] = post.deliver(stop)

    assert report.outcome.delivered
    assert post.states() == [State.DELIVERED, State.WAITING]


def test_a_mistake_of_ours_is_an_attempt_and_holds_up_nothing_else(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = post.receive(1), post.receive(2)
    send = dispatching.send

    def stumble(parcel: dispatching.Parcel, ready: object) -> Outcome:
        assert parcel.notice.reference != first, "a mistake"
        return send(parcel, ready)  # type: ignore[arg-type] # handed on

    monkeypatch.setattr(dispatching, "send", stumble)

    reports = post.deliver()

    assert [report.outcome.delivered for report in reports] == [False, True]
    assert post.answers()[0] == "Something broke on our side: AssertionError."
    assert [letter["Subject"] for letter in post.box.parsed] == [f"Message {second}"]


@pytest.mark.parametrize("cause", [ValueError, sa.exc.OperationalError])
def test_what_cannot_even_be_packed_is_an_attempt_as_well(
    post: Post, monkeypatch: pytest.MonkeyPatch, cause: type[Exception]
) -> None:
    first, second = post.receive(1), post.receive(2)
    pack = dispatching.pack

    def stumble(delivery: Delivery) -> dispatching.Parcel | None:
        if delivery.message.reference == first:
            raise cause(*("", {}, Exception())[: 1 if cause is ValueError else 3])
        return pack(delivery)

    monkeypatch.setattr(dispatching, "pack", stumble)

    reports = post.deliver()

    assert [report.outcome.delivered for report in reports] == [False, True]
    assert post.states() == [State.WAITING, State.DELIVERED]
    assert [letter["Subject"] for letter in post.box.parsed] == [f"Message {second}"]


def test_an_answer_that_the_database_does_not_take_is_an_answer_all_the_same(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = claims.record

    def picky(claim: Claim, outcome: Outcome) -> bool:
        if "queued" in outcome.answer:
            raise sa.exc.DataError("", {}, Exception("not in this encoding"))
        return record(claim, outcome)

    monkeypatch.setattr(claims, "record", picky)
    monkeypatch.setattr(delivering, "RECORD_AFTER", (0, 0))
    post.receive()

    post.deliver()

    assert post.states() == [State.DELIVERED] and post.answers() == [delivering.UNFIT]


def test_an_answer_is_recorded_though_the_database_was_busy_for_a_moment(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, tries = claims.record, []

    def busy(*args: object) -> bool:
        tries.append(args)
        if len(tries) == 1:
            raise sa.exc.OperationalError("", {}, Exception("database is locked"))
        return record(*args)  # type: ignore[arg-type] # handed on

    monkeypatch.setattr(claims, "record", busy)
    monkeypatch.setattr(delivering, "RECORD_AFTER", (0, 0))
    post.receive()

    post.deliver()

    assert len(tries) == 2 and post.states() == [State.DELIVERED]


def test_what_works_in_the_background_survives_a_database_that_fails(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, stop, failures = claims.claim, threading.Event(), iter([True, True])

    def failing(channels: list[Channel]) -> Claim | None:
        if next(failures, False):
            raise sa.exc.OperationalError("", {}, Exception("disk I/O error"))
        return claim(channels)

    monkeypatch.setattr(claims, "claim", failing)
    monkeypatch.setattr(delivering, "PAUSE", 0.01)
    post.box.accept = stop.set
    post.receive()

    for thread in delivering.start(post.app, stop):
        thread.join(30)

    assert len(post.box.letters) == 1 and post.states() == [State.DELIVERED]


def test_an_address_gets_no_second_confirmation_on_a_day_whatever_waits(
    make_app: MakeApp, box: Mailbox
) -> None:
    post = Post(make_app(**mail_to(box), mail_confirm=True), box)
    post.receive()
    with post.app.app_context():
        deliveries.admit_confirmation("vera0@example.org")
        db.session.commit()

    reports = post.deliver()

    assert [report.channel for report in reports] == ["mail"]
    assert [letter["To"] for letter in box.parsed] == ["sam@blog.example"]
    assert sorted(post.states()) == [State.DELIVERED, State.WAITING]
    assert post.deliver() == []


@pytest.mark.parametrize(
    ("mood", "state", "wait"),
    [
        (Mood.FULL, State.WAITING, timedelta()),  # it has not arrived: the day is not used up
        (Mood.CUT_AFTER, State.WAITING, timedelta(hours=23)),
        (Mood.REFUSES, State.GIVEN_UP, timedelta()),
    ],
)
def test_a_confirmation_that_was_not_taken_may_come_on_the_same_day(
    make_app: MakeApp, box: Mailbox, mood: Mood, state: State, wait: timedelta
) -> None:
    post = Post(make_app(**mail_to(box), mail_confirm=True), box)
    post.receive()
    box.moods = lambda: mood if len(box.names) > 1 else Mood.WELL  # the author comes first

    post.deliver()

    assert post.states() == [State.DELIVERED, state]
    with post.app.app_context():
        left = deliveries.admit_confirmation("vera0@example.org")
    assert left >= wait if wait else left == timedelta()


def test_a_confirmation_goes_to_the_visitor_with_the_address_of_the_receipt(
    make_app: MakeApp, box: Mailbox
) -> None:
    post = Post(make_app(**mail_to(box), mail_confirm=True), box)
    post.receive()

    post.deliver()

    with post.app.app_context():
        token = messages.token(messages.get(1))
    [confirmation] = [each for each in box.parsed if each["To"] == "vera0@example.org"]
    assert f"https://blog.example/r/{token}" in confirmation.get_content()


def test_the_command_tells_what_was_sent_and_what_was_not(post: Post) -> None:
    first, second = post.receive(1), post.receive(2)
    moods = iter([Mood.WELL, Mood.FULL])
    post.box.moods = lambda: next(moods)
    deliver = post.app.test_cli_runner()

    told = deliver.invoke(cli.deliver)
    again = deliver.invoke(cli.deliver)

    assert told.stdout.splitlines() == [
        f"{first}: mail delivered: 250 2.0.0 queued as 1",
        f"{second}: mail not delivered: 452 4.3.1 mailbox full: the letter was refused.",
    ]
    assert told.exit_code == 1 and "not delivered: 1" in told.stderr
    assert (again.exit_code, again.stdout) == (0, "")
    assert "Nothing is due now; not delivered so far: 1." in again.stderr


def test_the_command_tells_it_to_machines_as_well(post: Post) -> None:
    reference = post.receive()

    told = post.app.test_cli_runner().invoke(cli.deliver, ["--json"])

    assert json.loads(told.stdout) == {
        "reference": reference,
        "channel": "mail",
        "occasion": "received",
        "delivered": True,
        "answer": "250 2.0.0 queued as 1",
    }


def test_the_command_says_what_to_set_where_nothing_is_set_up(app: Flask) -> None:
    told = app.test_cli_runner().invoke(cli.deliver)

    assert (told.exit_code, told.stdout) == (0, "")
    assert "BLOG_MAIL_URL" in told.stderr and "BLOG_WEBHOOK_URL" in told.stderr


@pytest.mark.parametrize("way", ["command", "thread"])
def test_messages_whose_time_is_over_are_deleted_on_the_way(
    make_app: MakeApp, box: Mailbox, way: str
) -> None:
    post = Post(make_app(messages_kept=30), box)
    post.receive(1)
    kept = post.receive(2)
    with post.app.app_context():
        long_ago = utcnow() - timedelta(days=31)
        old = sa.update(Message).where(Message.reference != kept)
        db.session.execute(old.values(received_at=long_ago, unread=False))
        db.session.commit()

    if way == "command":
        post.app.test_cli_runner().invoke(cli.deliver)
    else:
        ended = threading.Event()
        ended.set()
        for thread in delivering.start(post.app, ended):
            thread.join(30)

    with post.app.app_context():
        assert db.session.scalars(sa.select(Message.reference)).all() == [kept]


def test_a_server_that_is_told_to_end_finishes_the_letter(post: Post) -> None:
    settings = {f"BLOG_{name.upper()}": value for name, value in mail_to(post.box).items()}
    settings["BLOG_INSTANCE"] = str(post.app.config["BLOG"].instance)
    port = free_port()
    server = subprocess.Popen([COMMAND, "serve", "--port", str(port)], env=os.environ | settings)

    def end() -> None:
        server.terminate()
        threading.Event().wait(0.5)  # it would end at once, were there no letter

    post.box.accept = end
    post.receive()

    assert server.wait(60) == 0
    assert len(post.box.letters) == 1 and post.states() == [State.DELIVERED]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=on_server)])
def address(request: pytest.FixtureRequest, make_app: MakeApp) -> Iterator[str]:
    """A database that several processes can work on."""
    if request.param == "sqlite":
        yield make_app().config["SQLALCHEMY_DATABASE_URI"]
        return
    with schema() as address:
        with make_app(database_url=address).app_context():
            upgrade()
        yield address


def test_two_processes_empty_one_outbox_and_nothing_is_sent_twice(
    make_app: MakeApp, box: Mailbox, address: str
) -> None:
    settings = mail_to(box) | {"database_url": address}
    post = Post(make_app(**settings), box)
    references = [post.receive(number) for number in range(60)]
    box.moods = lambda: Mood.SLOW if len(box.letters) < 2 else Mood.WELL  # until both are there
    environment = {f"BLOG_{name.upper()}": value for name, value in settings.items()}
    environment["BLOG_INSTANCE"] = str(post.app.config["BLOG"].instance)

    workers = [
        subprocess.Popen(
            [COMMAND, "deliver"], env=os.environ | environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [worker.communicate(timeout=60)[0].splitlines() for worker in workers]

    assert [worker.returncode for worker in workers] == [0, 0]
    subjects = Counter(letter["Subject"] for letter in box.parsed)
    assert subjects == Counter(f"Message {reference}" for reference in references)
    assert all(told), "one worker did all"
    lines = sorted(line.partition(":")[0] for line in told[0] + told[1])
    assert lines == sorted(references)
    assert set(post.states()) == {State.DELIVERED}

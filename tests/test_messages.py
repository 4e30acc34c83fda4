"""Messages: each stored once and found by its token; released, added to, taken back."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blogapp import messages, throttling
from blogapp.errors import Conflict, Missing, TooManyRequests
from blogapp.extensions import db
from blogapp.messages import Folder, Request
from blogapp.models import Addition, Attempt, Delivery, DeliveryAttempt, Message, Post, SpamWord

from .conftest import MakeApp, MakeMessage, MakePost

REQUEST = Request(
    name="Vera",
    email="Vera@Example.org",
    body="A project.\r\nIt is big.",
    key="key-of-the-form",
    network="192.0.2.1",
)
HOOK = {"webhook_url": "https://hooks.example/", "webhook_secret": "whsec_" + "c2VjcmV0" * 4}

core = pytest.mark.usefixtures("core")


def receive(request: Request = REQUEST) -> Message:
    message = messages.receive(request)
    db.session.commit()
    return message


def count(model: type[Message] | type[Attempt] | type[Addition] | type[Delivery]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """What was announced: ids of messages, and occasions."""
    heard: list[tuple[int, str]] = []

    def announce(message: Message, occasion: str = "received") -> None:
        announce_all([(message, occasion)])

    def announce_all(each: list[tuple[Message, str]]) -> None:
        heard.extend((message.id, occasion) for message, occasion in each)

    monkeypatch.setattr("blogapp.deliveries.announce", announce)
    monkeypatch.setattr("blogapp.deliveries.announce_all", announce_all)
    return heard


@core
def test_a_message_is_found_by_its_token_and_no_other(make_message: MakeMessage) -> None:
    number, token = make_message()
    make_message()

    assert messages.by_token(token).id == number
    for wrong in ("", token[:-1], token.swapcase(), "\0"):
        with pytest.raises(Missing):
            messages.by_token(wrong)


@core
def test_the_token_itself_is_not_stored(make_message: MakeMessage) -> None:
    number, token = make_message()

    row = db.session.get_one(Message, number)
    assert token not in {str(value) for value in vars(row).values()}
    assert len(token) >= 32


@core
def test_an_installation_with_another_secret_does_not_know_the_address(app: Flask) -> None:
    message = receive()
    secret = app.config["SECRET_KEY"]

    app.config["SECRET_KEY"] = "another"
    try:
        known = messages.token(message)
    finally:
        app.config["SECRET_KEY"] = secret

    assert known is None
    assert messages.token(message) is not None


@core
def test_a_message_keeps_its_article_and_outlives_it(
    make_post: MakePost, make_message: MakeMessage
) -> None:
    post = make_post("Hello")
    number, _ = make_message(post="hello")
    assert db.session.get_one(Message, number).post_id == post.id

    db.session.delete(db.session.get_one(Post, post.id))
    db.session.commit()

    assert messages.get(number).post is None


@core
@pytest.mark.parametrize("slug", ["nothing", "draft"])
def test_a_message_about_what_readers_do_not_see_is_about_nothing(
    make_post: MakePost, make_message: MakeMessage, slug: str
) -> None:
    make_post("Draft", None)
    number, _ = make_message(post=slug)

    assert messages.get(number).post is None


@core
def test_the_same_words_of_a_form_are_one_message(announced: list[tuple[int, str]]) -> None:
    first = receive()

    again = receive(replace(REQUEST, body="A project.\nIt is big.", network="198.51.100.9"))

    assert again.id == first.id
    assert messages.token(again) == messages.token(first)
    assert (count(Message), announced) == (1, [(first.id, "received")])
    counted = count(Attempt)
    receive()
    assert count(Attempt) == counted


@core
@pytest.mark.parametrize(
    "other",
    [
        replace(REQUEST, name="Boris"),
        replace(REQUEST, email="boris@example.org"),
        replace(REQUEST, body="Another project."),
        replace(REQUEST, post="hello"),
        replace(REQUEST, key="another"),
        replace(REQUEST, name="VeraVera", email="@Example.org"),  # the same, put together
    ],
)
def test_other_words_or_another_form_are_another_message(other: Request) -> None:
    receive()

    receive(other)

    assert count(Message) == 2


@core
def test_without_a_key_every_request_is_its_own() -> None:
    numbers = {receive(replace(REQUEST, key="")).id for _ in range(2)}

    assert len(numbers) == 2


def together(app: Flask, do: Callable[[int], object], number: int) -> list[object]:
    """Do something in as many threads, all at one moment, as workers would."""
    start = threading.Barrier(number)
    done: list[object] = []

    def work(index: int) -> None:
        with app.app_context():
            start.wait()
            done.append(do(index))
            db.session.remove()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_workers_that_are_sent_the_same_at_one_moment_store_it_once(app: Flask) -> None:
    tokens = together(app, lambda _: messages.token(receive()), 6)

    with app.app_context():
        assert (len(tokens), len(set(tokens)), count(Message)) == (6, 1, 1)
        counted = db.session.scalars(sa.select(Attempt.subject)).all()
        assert counted and len(counted) == len(set(counted))


def test_workers_that_are_sent_the_same_line_at_one_moment_store_it_once(
    app: Flask, make_message: MakeMessage
) -> None:
    number, _ = make_message()

    def add(_: int) -> int:
        line = messages.add_line(messages.get(number), "More.", key="k", network="192.0.2.1")
        db.session.commit()
        return line.id

    lines = together(app, add, 4)

    assert (len(lines), len(set(lines))) == (4, 1)


@core
def test_a_refused_message_is_neither_stored_nor_announced(
    monkeypatch: pytest.MonkeyPatch, announced: list[tuple[int, str]]
) -> None:
    monkeypatch.setattr(throttling, "FROM_NETWORK", (throttling.Quota(1, throttling.KEPT),))
    known = receive()

    with pytest.raises(TooManyRequests):
        messages.receive(replace(REQUEST, body="Another one."))
    db.session.rollback()

    assert (count(Message), len(announced)) == (1, 1)
    assert receive().id == known.id  # a repeat is not refused


@core
def test_a_reference_can_be_said_and_is_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter("2222222222222222CFGHJMPQ")
    monkeypatch.setattr("secrets.choice", lambda _: next(drawn))

    first, second = (receive(replace(REQUEST, key=key)) for key in "ab")

    assert (first.reference, second.reference) == ("2222-2222", "CFGH-JMPQ")


@core
def test_what_a_message_is_found_by_is_folded() -> None:
    message = receive()

    assert message.address == "vera@example.org"
    assert message.email == "Vera@Example.org"
    assert message.digest == messages.digest("a PROJECT. It is\nbig.")
    assert "vera\nvera@example.org\na project." in message.folded


@core
def test_what_looks_like_spam_is_kept_with_its_reasons_and_not_announced(
    announced: list[tuple[int, str]],
) -> None:
    message = receive(replace(REQUEST, trap="x"))

    assert (message.folder, announced) == (Folder.SPAM, [])
    assert message.spam_reasons


@core
def test_a_released_message_is_announced_with_its_lines(
    announced: list[tuple[int, str]],
) -> None:
    message = receive(replace(REQUEST, trap="x"))
    line = messages.add_line(message, "No spam.", key="k", network="192.0.2.1")
    assert announced == []

    messages.release(message)
    messages.release(message)

    assert message.folder == Folder.INBOX
    assert announced == [(message.id, "received"), (message.id, f"added-{line.id}")]
    assert message.spam_reasons  # it has been judged


def test_what_is_put_aside_is_not_delivered_and_after_a_release_once(make_app: MakeApp) -> None:
    with make_app(**HOOK).app_context():
        message = receive()
        assert count(Delivery) == 1

        messages.quarantine(message)
        assert (count(Delivery), message.spam_reasons) == (0, [messages.BY_HAND])
        messages.release(message)
        messages.quarantine(message)
        messages.release(message)

        assert count(Delivery) == 1


@core
def test_the_first_reading_is_remembered(make_message: MakeMessage) -> None:
    message = messages.get(make_message()[0])
    first = datetime(2026, 5, 1, tzinfo=UTC)

    with time_machine.travel(first, tick=False):
        messages.mark_read(message)
    messages.mark_read(message, read=False)
    assert (message.unread, message.read_at) == (True, first)

    messages.mark_read(message)
    assert (message.unread, message.read_at) == (False, first)


@core
def test_an_answered_message_is_read_and_can_be_unanswered(make_message: MakeMessage) -> None:
    message = messages.get(make_message()[0])

    messages.mark_answered(message)
    assert message.answered_at is not None
    assert (message.unread, message.read_at is None) == (False, False)

    messages.mark_answered(message, answered=False)
    assert message.answered_at is None


@core
def test_a_line_brings_a_message_back_to_the_inbox_unread(
    make_message: MakeMessage, announced: list[tuple[int, str]]
) -> None:
    message = messages.get(make_message()[0])
    messages.mark_read(message)
    messages.archive(message)
    announced.clear()

    line = messages.add_line(message, "And a ZEBRA.", key="k", network="192.0.2.1")
    messages.add_line(message, "And a ZEBRA.", key="k", network="192.0.2.1")

    assert [each.body for each in message.additions] == ["And a ZEBRA."]
    assert (message.folder, message.unread) == (Folder.INBOX, True)
    assert "and a zebra." in message.folded
    assert announced == [(message.id, f"added-{line.id}")]


@core
def test_a_line_whose_ends_are_written_in_the_other_way_is_the_same(
    make_message: MakeMessage,
) -> None:
    message = messages.get(make_message()[0])

    for words in ("One.\r\nTwo.", "One.\nTwo."):
        messages.add_line(message, words, key="k", network="192.0.2.1")

    assert count(Addition) == 1


@core
@pytest.mark.parametrize("change", ["add", "withdraw"])
def test_a_message_that_is_deleted_meanwhile_is_missing(
    make_message: MakeMessage, change: str
) -> None:
    message = messages.get(make_message()[0])
    db.session.execute(sa.delete(Message).execution_options(synchronize_session=False))

    with pytest.raises(Missing):
        if change == "add":
            messages.add_line(message, "More.", key="k", network="192.0.2.1")
        else:
            messages.withdraw(message)


@core
def test_a_message_is_known_by_its_form_whatever_it_says() -> None:
    message = receive()
    other = replace(REQUEST, name="Boris", email="boris@example.org", body="Else.")

    assert messages.is_of(message, other)
    assert not messages.is_of(message, replace(other, key="another"))
    assert not messages.is_of(message, replace(other, key=""))


@core
def test_lines_have_the_limits_of_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "FROM_NETWORK", (throttling.Quota(2, throttling.KEPT),))
    message = receive()
    messages.add_line(message, "One.", key="k", network="192.0.2.1")

    with pytest.raises(TooManyRequests):
        messages.add_line(message, "Two.", key="k", network="192.0.2.1")


def test_what_is_taken_back_leaves_no_word_anywhere(make_app: MakeApp) -> None:
    app = make_app(**HOOK)
    with app.app_context():
        db.session.add(SpamWord(word="zebra"))
        message = receive(replace(REQUEST, name="Zebra", email="zebra@example.org", body="zebra"))
        messages.release(message)
        messages.add_line(message, "zebra too", key="k", network="192.0.2.1")
        answer = DeliveryAttempt(delivered=False, answer="550 no zebra@example.org here")
        message.deliveries[0].attempts.append(answer)
        db.session.commit()
        token, reference = messages.token(message), message.reference
        assert token is not None

        messages.withdraw(message)
        db.session.delete(db.session.get_one(SpamWord, "zebra"))
        db.session.commit()

        found = messages.by_token(token)
        assert (found.reference, found.withdrawn_at is None) == (reference, False)
        assert (count(Delivery), messages.token(found)) == (0, None)
        with pytest.raises(Conflict):
            messages.add_line(found, "More.", key="k", network="192.0.2.1")
        assert "zebra" not in dump(app).casefold()


def dump(app: Flask) -> str:
    """All that stands in the database, as text."""
    with db.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        rows = (connection.execute(sa.text(f"SELECT * FROM {table}")) for table in tables)  # noqa: S608 - their own names
        return "\n".join(str(row) for result in rows for row in result)


@core
def test_who_sends_again_what_was_taken_back_sends_a_new_message() -> None:
    first = receive()
    messages.withdraw(first)
    db.session.commit()

    again, repeated = receive(), receive()

    assert again.id == repeated.id != first.id
    assert (again.body, again.withdrawn_at) == (REQUEST.body, None)


@core
def test_a_message_that_is_not_there_is_missing() -> None:
    with pytest.raises(Missing):
        messages.get(1)


def test_the_alphabet_of_references_is_that_of_the_migration() -> None:
    """Messages from before have references like all others."""
    migration = Path(str(messages.__file__)).parent / "migrations/versions/0005_contact.py"
    found = re.search(r'ALPHABET = "(\w+)"', migration.read_text())

    assert found is not None and found[1] == messages.ALPHABET

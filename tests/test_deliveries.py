"""The outbox: what is announced, who may work on it, and when it is tried again."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blogapp import claims, deliveries, messages, steps
from blogapp.channels.outcomes import Outcome
from blogapp.claims import CUT_OFF, LEASE, Claim
from blogapp.deliveries import Channel, State
from blogapp.extensions import db
from blogapp.models import Delivery, Message

from .conftest import MakeApp

NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
ALL = list(Channel)
FAILED = Outcome(False, "451 not now")
TAKEN = Outcome(True, "250 taken")
SETTINGS = {
    "mail_url": "smtp://127.0.0.1:9",
    "mail_from": "blog@blog.example",
    "mail_to": "sam@blog.example",
    "webhook_url": "http://127.0.0.1:9/hook",
}
_NUMBERS = itertools.count()


@pytest.fixture
def blog(make_app: MakeApp) -> Iterator[Flask]:
    """Stand inside a blog that tells its author by mail and webhook, and confirms."""
    app = make_app(**SETTINGS, mail_confirm=True)
    with app.app_context():
        yield app


def receive(email: str = "", *, trap: str = "") -> Message:
    """Store a message, from somewhere else each time."""
    number = next(_NUMBERS)
    request = messages.Request(
        name="Vera",
        email=email or f"vera{number}@example.org",
        body=f"A project, number {number}.",
        network=f"2001:db8:{number:x}::1",
        trap=trap,
    )
    message = messages.receive(request)
    db.session.commit()
    return message


def claimed(*channels: Channel) -> Claim:
    claim = claims.claim(channels or ALL)
    db.session.commit()
    assert claim is not None
    return claim


def fail() -> None:
    claims.record(claimed(), FAILED)
    db.session.commit()


def give_up(*channels: Channel) -> None:
    claims.record(claimed(*channels), Outcome(False, "550 never", final=True))
    db.session.commit()


def only() -> Delivery:
    """The one delivery that there is, as the database has it."""
    return db.session.scalars(sa.select(Delivery).execution_options(populate_existing=True)).one()


def channels_of(message: Message) -> list[str]:
    return [each.channel for each in deliveries.of(message)]


def keep_mail_only(message: Message) -> None:
    db.session.execute(sa.delete(Delivery).where(Delivery.channel != Channel.MAIL))
    db.session.commit()


def test_a_message_is_announced_once_on_each_way_that_is_set_up(blog: Flask) -> None:
    message = receive()

    deliveries.announce(message)

    assert channels_of(message) == ["mail", "webhook", "confirmation"]


def test_a_line_that_is_added_is_told_to_the_author_only(blog: Flask) -> None:
    message = receive()

    messages.add_line(message, "And more.", key="k", network="192.0.2.1")

    added = [each.channel for each in deliveries.of(message) if each.occasion != "received"]
    assert added == ["mail", "webhook"]


def test_nothing_is_announced_where_nothing_is_set_up(core: None) -> None:
    message = receive()

    assert channels_of(message) == []
    assert deliveries.told_at(message) is None and not deliveries.is_on_its_way(message)


def test_spam_is_announced_when_it_is_released_and_not_before(blog: Flask) -> None:
    message = receive(trap="filled in")
    before = channels_of(message)

    messages.release(message)

    assert (before, channels_of(message)) == ([], ["mail", "webhook", "confirmation"])


@pytest.mark.parametrize("email", ["véra@example.org", "=?utf-8?q?a?=@example.org"])
def test_an_address_that_not_every_server_takes_gets_no_confirmation(
    blog: Flask, email: str
) -> None:
    assert channels_of(receive(email)) == ["mail", "webhook"]


def test_an_address_gets_a_confirmation_once_a_day(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        receive("vera@example.org")
        db.session.execute(sa.update(Delivery).values(due_at=None, delivered_at=NOW))
        clock.shift(timedelta(hours=23))
        same_day = channels_of(receive("VERA@example.org"))
        other = channels_of(receive("other@example.org"))
        clock.shift(timedelta(hours=2))
        next_day = channels_of(receive("vera@example.org"))

    assert Channel.CONFIRMATION not in same_day
    assert Channel.CONFIRMATION in other and Channel.CONFIRMATION in next_day


def test_a_confirmation_is_counted_for_its_address_before_it_is_sent(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        first = deliveries.admit_confirmation("vera@example.org")
        clock.shift(timedelta(hours=20))
        again = deliveries.admit_confirmation("Vera@Example.org")
        clock.shift(timedelta(hours=4, seconds=1))
        next_day = deliveries.admit_confirmation("vera@example.org")

    assert (first, again, next_day) == (timedelta(), timedelta(hours=4), timedelta())


def test_a_delivery_is_claimed_by_one_and_comes_free_a_pause_after_the_end_of_its_lease(
    blog: Flask,
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        first = claimed()
        while_held = claims.claim(ALL)
        clock.shift(LEASE + timedelta(seconds=59))
        in_pause = claims.claim(ALL)
        clock.shift(timedelta(seconds=1))
        second = claimed()

        assert (while_held, in_pause) == (None, None)
        assert not claims.renew(first) and claims.renew(second)
        assert not claims.record(first, FAILED)
        assert [each.answer for each in only().attempts] == [CUT_OFF]


def test_what_stops_its_process_each_time_is_given_up_as_well(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        number = 0
        while claims.claim(ALL):
            db.session.commit()
            number += 1
            clock.shift(LEASE + claims.LONGEST_PAUSE)

        assert number == len(claims.PAUSES) + 1 == len(only().attempts)
        assert deliveries.state_of(only()) is State.GIVEN_UP


def test_a_claim_that_is_renewed_stays(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        claim = claimed()
        clock.shift(LEASE - timedelta(seconds=1))
        claims.renew(claim)
        clock.shift(LEASE - timedelta(seconds=1))

        assert claims.claim(ALL) is None


def test_what_arrived_is_delivered_though_the_claim_was_lost_meanwhile(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        slow = claimed()
        clock.shift(LEASE + timedelta(minutes=1))
        quick = claimed()

        assert claims.record(slow, TAKEN)
        assert not claims.renew(quick)
        assert deliveries.state_of(only()) is State.DELIVERED


def test_pauses_double_up_to_half_a_day_and_end_after_a_week(blog: Flask) -> None:
    pauses = []
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        fail()
        while (due := only().due_at) is not None:
            pauses.append((due - datetime.now(UTC)) // timedelta(minutes=1))
            clock.move_to(due)
            fail()
        took = datetime.now(UTC) - NOW

        assert pauses[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 720]
        assert set(pauses[10:]) == {720}
        assert timedelta(days=6) < took <= timedelta(days=7)
        assert deliveries.state_of(only()) is State.GIVEN_UP
        assert len(only().attempts) == len(pauses) + 1
        assert deliveries.undelivered().number == 1
        assert deliveries.undelivered().oldest_seconds == int(took.total_seconds())


def test_nothing_is_given_up_while_the_machine_is_off(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        fail()
        clock.shift(timedelta(days=8))
        fail()

        assert only().due_at == datetime.now(UTC) + timedelta(minutes=2)


def test_what_was_given_up_is_tried_for_another_week_if_the_author_says_so(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False):
        message = receive()
        keep_mail_only(message)
        give_up()
        given_up = deliveries.state_of(only())

        assert deliveries.retry_now(message) == 1
        fail()

        assert given_up is State.GIVEN_UP
        assert only().due_at == datetime.now(UTC) + timedelta(minutes=1)


@pytest.mark.parametrize("by_hand", [True, False])
def test_what_a_clock_that_was_ahead_has_left_behind_goes_on(blog: Flask, by_hand: bool) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        keep_mail_only(receive())
        clock.shift(timedelta(days=1000))
        claimed()
        clock.move_to(NOW)
        if by_hand:
            deliveries.retry_all()
        else:
            assert claims.claim(ALL) is None  # its pause after that failure
            clock.shift(timedelta(minutes=1))
        claim = claimed()
        clock.shift(timedelta(days=1000))
        claims.record(claim, FAILED)
        clock.move_to(NOW + timedelta(minutes=5))

        assert claims.claim(ALL) is not None


def test_an_answer_that_may_not_come_otherwise_ends_the_attempts(blog: Flask) -> None:
    keep_mail_only(receive())

    claims.record(claimed(), Outcome(False, "550 nobody", final=True))

    assert deliveries.state_of(only()) is State.GIVEN_UP


def test_what_was_given_up_can_be_dismissed_and_nothing_else(blog: Flask) -> None:
    keep_mail_only(receive())
    waiting = only().id
    kept = deliveries.dismiss(waiting)
    give_up()

    assert (kept, deliveries.dismiss(waiting)) == (False, True)
    assert db.session.scalar(sa.select(sa.func.count(Delivery.id))) == 0


def test_what_waits_and_what_was_given_up_for_the_author_are_counted_apart(blog: Flask) -> None:
    receive()
    give_up(Channel.MAIL)
    give_up(Channel.CONFIRMATION)

    told = deliveries.undelivered()

    assert (told.number, told.waiting, told.given_up) == (2, 1, 1)


def test_what_is_put_aside_while_it_arrives_is_told_once(blog: Flask) -> None:
    message = receive()
    keep_mail_only(message)
    claim = claimed()
    messages.quarantine(message)
    db.session.commit()
    may_begin = claims.renew(claim)
    said = [step.what for step in steps.of(message)]

    claims.record(claim, TAKEN)
    messages.release(message)
    db.session.commit()

    assert not may_begin and "told to the author" not in said
    assert claims.claim([Channel.MAIL]) is None and deliveries.told_at(message)


def test_what_is_put_aside_and_does_not_arrive_goes_out_if_it_is_released(blog: Flask) -> None:
    message = receive()
    keep_mail_only(message)
    claim = claimed()
    messages.quarantine(message)
    messages.release(message)
    db.session.commit()

    claims.release(claim)

    assert claims.renew(claimed(Channel.MAIL))


@pytest.mark.parametrize("stopped", [True, False])
def test_what_was_put_aside_and_did_not_arrive_is_gone(blog: Flask, stopped: bool) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = receive()
        keep_mail_only(message)
        claim = claimed()
        messages.quarantine(message)
        db.session.commit()

        if stopped:
            clock.shift(LEASE + timedelta(seconds=1))
            outstanding = deliveries.outstanding(9), deliveries.retry_all()
            claims.sweep()
            assert outstanding == ([], 0)
        else:
            assert not claims.record(claim, FAILED)

        assert deliveries.of(message) == []


def test_what_waits_for_its_next_time_is_not_due(blog: Flask) -> None:
    keep_mail_only(receive())

    fail()

    assert claims.claim(ALL) is None
    assert deliveries.state_of(only()) is State.WAITING


def test_a_way_that_is_no_longer_set_up_keeps_its_deliveries_and_says_so(
    blog: Flask, make_app: MakeApp
) -> None:
    keep_mail_only(receive())
    folder = blog.config["BLOG"].instance

    other = make_app(database_url=f"sqlite:///{folder / 'blog.db'}")
    with other.app_context():
        assert deliveries.configured() == []
        assert claims.claim(deliveries.configured()) is None
        assert deliveries.state_of(only()) is State.UNCONFIGURED
        notes = [step.note for step in steps.of(messages.get(1)) if "told" in step.what]
        assert notes == [
            "the way that it was to go is not set up any more; it lies in the author's inbox"
        ]


def test_a_line_that_is_still_to_be_told_is_not_the_message(blog: Flask) -> None:
    message = receive()
    give_up(Channel.MAIL)
    give_up(Channel.WEBHOOK)

    messages.add_line(message, "And more.", key="k", network="192.0.2.1")

    assert not deliveries.is_on_its_way(message)


def test_the_sender_is_told_when_the_author_was_first_told(blog: Flask) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        message = receive()
        waiting = deliveries.is_on_its_way(message), deliveries.told_at(message)
        claims.record(claimed(Channel.CONFIRMATION), TAKEN)
        only_confirmed = deliveries.told_at(message)
        clock.shift(timedelta(minutes=1))
        claims.record(claimed(Channel.WEBHOOK), TAKEN)
        clock.shift(timedelta(minutes=1))
        claims.record(claimed(Channel.MAIL), TAKEN)

        assert waiting == (True, None)
        assert only_confirmed is None
        assert deliveries.told_at(message) == NOW + timedelta(minutes=1)
        assert not deliveries.is_on_its_way(message)


def test_nothing_more_is_told_of_a_message_that_was_taken_back(blog: Flask) -> None:
    message = receive()
    claim = claimed(Channel.MAIL)

    messages.withdraw(message)
    db.session.commit()

    assert not claims.renew(claim) and not claims.record(claim, FAILED)
    assert claims.claim(ALL) is None


def test_a_server_that_talks_much_is_kept_short(blog: Flask) -> None:
    keep_mail_only(receive())

    claims.record(claimed(), Outcome(False, "5" * 100_000))

    assert len(only().attempts[0].answer) == claims.MAX_ANSWER


def test_looking_for_what_is_due_reads_an_index_of_what_is_not_delivered(blog: Flask) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []

    def note(*args: Any) -> None:
        asked.append((args[2], args[3]))

    sa.event.listen(db.engine, "before_cursor_execute", note)
    claims.claim([Channel.MAIL])
    sa.event.remove(db.engine, "before_cursor_execute", note)

    steps = [
        row.detail
        for statement, values in asked
        for row in db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", values
        )
    ]
    assert len(asked) == len(steps) == 2
    assert "INDEX ix_deliveries_undelivered (due_at<" in steps[0]
    assert "INDEX ix_deliveries_undelivered (due_at>" in steps[1]

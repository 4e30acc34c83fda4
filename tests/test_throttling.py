"""Throttling: how many messages come in, from whom, and what a forged address changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from blogapp import create_app, messages, throttling
from blogapp.errors import TooManyRequests
from blogapp.extensions import db
from blogapp.models import Attempt

from .conftest import HTMX, PAST, CheckedClient, MakeApp, MakeMessage, browser

HERE = "192.0.2.1"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PAST, tick=False) as traveller:
        yield traveller


def send(address: str = HERE) -> int:
    """Count a message; returns the seconds to wait instead, if it has to."""
    try:
        throttling.admit_message(address)
    except TooManyRequests as error:
        db.session.rollback()
        return error.seconds
    db.session.commit()
    return 0


def rows() -> int:
    return db.session.query(Attempt).count()


@pytest.mark.usefixtures("core")
def test_five_messages_in_ten_minutes_are_free_and_the_next_waits_for_the_first(
    clock: time_machine.Traveller,
) -> None:
    for _ in range(5):
        assert send() == 0
        clock.shift(timedelta(seconds=60))
    assert send() == 300
    assert send("192.0.2.2") == 0

    clock.shift(timedelta(seconds=299.5))
    assert send() == 1

    clock.shift(timedelta(seconds=0.5))
    assert send() == 0
    assert send() == 60


@pytest.mark.usefixtures("core")
def test_twenty_messages_a_day_are_free(clock: time_machine.Traveller) -> None:
    for _ in range(20):
        assert send() == 0
        clock.shift(timedelta(minutes=3))

    assert send() == 23 * 3600
    clock.shift(timedelta(hours=23))
    assert send() == 0


@pytest.mark.usefixtures("core")
def test_a_hundred_messages_an_hour_are_taken_from_everywhere(
    clock: time_machine.Traveller,
) -> None:
    waits = [send(f"10.{number}.0.1") for number in range(110)]

    assert waits == [0] * 100 + [3600] * 10
    clock.shift(timedelta(hours=1))
    assert send() == 0


@pytest.mark.usefixtures("core")
@pytest.mark.parametrize(
    ("within", "outside"),
    [("192.0.2.{}", "192.0.3.1"), ("2001:db8:1:{}::1", "2001:db8:2::1")],
)
def test_who_has_many_addresses_cannot_use_up_what_all_may_send(
    clock: time_machine.Traveller, within: str, outside: str
) -> None:
    waits = [send(within.format(number)) for number in range(30)]

    assert waits == [0] * 20 + [3600] * 10
    assert send(outside) == 0


@pytest.mark.usefixtures("core")
def test_a_refusal_writes_nothing_and_says_in_words_how_long_it_takes(
    clock: time_machine.Traveller,
) -> None:
    for _ in range(5):
        send()
    before = rows()

    with pytest.raises(TooManyRequests) as refused:
        throttling.admit_message(HERE)

    assert not (db.session.new or db.session.dirty) and rows() == before
    assert refused.value.headers == {"Retry-After": "600"}
    assert "your network" in refused.value.message and "10 minutes" in refused.value.message


@pytest.mark.usefixtures("core")
def test_what_is_too_old_for_every_rule_is_swept_away(clock: time_machine.Traveller) -> None:
    send()
    clock.shift(timedelta(days=1, seconds=1))

    send("192.0.2.2")

    assert rows() == 3  # its network's, its neighbourhood's and everybody's


@pytest.mark.usefixtures("core")
def test_a_clock_that_was_years_ahead_keeps_nobody_out(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=3000))
    for _ in range(5):
        send()

    clock.shift(timedelta(days=-3000))

    assert send() == 0


@pytest.mark.usefixtures("core")
def test_addresses_are_stored_hashed_with_the_blogs_secret(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    before = {row.subject for row in db.session.query(Attempt)}

    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    send()

    after = {row.subject for row in db.session.query(Attempt)}
    assert len(before) == 3 and len(after) == 6
    assert all(re.fullmatch("[0-9a-f]{64}", subject) for subject in after)


@pytest.mark.usefixtures("core")
@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from([1, 30, 200, 700, 5000, 90_000]), st.sampled_from("ab")),
        max_size=50,
    )
)
def test_never_more_than_allowed_and_who_waits_as_told_is_admitted(
    steps: list[tuple[int, str]],
) -> None:
    db.session.query(Attempt).delete()
    admitted: dict[str, list[float]] = {"a": [], "b": []}
    with time_machine.travel(PAST, tick=False) as clock:
        at = 0.0
        for pause, who in steps:
            clock.shift(timedelta(seconds=pause))
            at += pause
            wait = send(f"host-{who}")
            if wait:
                clock.shift(timedelta(seconds=wait))
                at += wait
                assert send(f"host-{who}") == 0
            admitted[who].append(at)

    for times in admitted.values():
        for now in times:
            assert sum(now - 600 < then <= now for then in times) <= 5
            assert sum(now - 86_400 < then <= now for then in times) <= 20


def test_workers_that_ask_at_the_same_moment_share_the_limit(app: Flask) -> None:
    other = create_app(app.config["BLOG"])
    start = Barrier(8)

    def attempt(worker: Flask) -> int:
        with worker.app_context():
            start.wait()
            return send()

    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(attempt, [app, other] * 4))
    with other.app_context():
        db.engine.dispose()

    assert sorted(wait > 0 for wait in waits) == [False] * 5 + [True] * 3


def test_the_same_message_again_is_not_counted(make_message: MakeMessage) -> None:
    numbers = {make_message(key="k", network=HERE)[0] for _ in range(7)}

    assert len(numbers) == 1


@pytest.mark.usefixtures("core")
def test_lines_that_are_added_to_a_message_count_as_well(make_message: MakeMessage) -> None:
    number, _ = make_message(network=HERE)
    other, _ = make_message(network="192.0.2.2")

    for line in "abcd":
        messages.add_line(messages.get(number), line, key="k", network=HERE)
        messages.add_line(messages.get(number), line, key="k", network=HERE)  # no new one

    with pytest.raises(TooManyRequests):
        messages.add_line(messages.get(other), "e", key="k", network=HERE)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::5]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::5]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unknown", "unknown"),
        ("_hidden:80", "_hidden:80"),
    ],
)
def test_a_network_is_what_one_visitor_has(address: str, network: str) -> None:
    assert throttling.network_of(address) == network


@given(st.text())
def test_whatever_a_proxy_says_is_some_network(text: str) -> None:
    assert isinstance(throttling.network_of(text), str)


# Through the public edge


def sender(client: CheckedClient) -> Callable[..., TestResponse]:
    """Fetch the form, to send as many messages with it as a test likes."""
    token = client.token()

    def submit(number: int, **request: Any) -> TestResponse:
        form = {"name": "Vera", "email": "vera@example.org", "body": f"Project {number}."}
        return client.post("/contact", data=form | {"csrf_token": token}, **request)

    return submit


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_has_to_wait_is_told_so_and_keeps_every_word(
    client: CheckedClient, clock: time_machine.Traveller, headers: dict[str, str]
) -> None:
    submit = sender(client)
    sent = [submit(number, headers=headers).status_code for number in range(5)]

    refused = submit(6, headers=headers)

    assert sent == [303] * 5
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "600")
    assert "Project 6." in refused.text and "vera@example.org" in refused.text
    clock.shift(timedelta(seconds=600))
    assert submit(6, headers=headers).status_code == 303


# What visitors put before that which the proxies add.
FORGED = [
    "198.51.100.1",
    "198.51.100.2, 198.51.100.3",
    "2001:db8:5::1",
    '"198.51.100.4',
    'for="198.51.100.5\\',
    "nonsense; 6, ,, ",
    ", ".join(["198.51.100.7"] * 500),
]


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_a_forged_header_changes_nothing(
    make_app: MakeApp, clock: time_machine.Traveller, proxies: int
) -> None:
    submit = sender(browser(make_app(trusted_proxies=proxies)))

    def send_from(host: str, number: int, *forged: str) -> int:
        hops = [host, "10.0.0.2", "10.0.0.1"][: proxies + 1]  # the last is who connects
        headers = [("X-Forwarded-For", value) for value in (*forged, *hops[:-1])]
        of_socket = {"REMOTE_ADDR": hops[-1]}
        return submit(number, headers=headers, environ_overrides=of_socket).status_code

    answers = [send_from("203.0.113.9", number, each) for number, each in enumerate(FORGED)]
    of_itself = send_from("203.0.113.9", 8)
    of_another = send_from("203.0.113.10", 9, "203.0.113.9")

    assert answers == [303] * 5 + [429] * 2
    assert (of_itself, of_another) == (429, 303)


def test_who_comes_past_the_proxies_is_counted_by_the_own_address(
    make_app: MakeApp, clock: time_machine.Traveller
) -> None:
    submit = sender(browser(make_app(trusted_proxies=2)))
    direct = {"REMOTE_ADDR": "203.0.113.9"}
    forged = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(6)]

    answers = [
        submit(number, headers=each, environ_overrides=direct).status_code
        for number, each in enumerate(forged)
    ]

    assert answers == [303] * 5 + [429]

"""Deadlines: connections are opened and cut in time."""

from __future__ import annotations

import socket
import time

import pytest

from blogapp.channels.deadlines import Deadline

from .mailbox import free_port


def test_the_next_address_is_taken_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ports = free_port(), listener.getsockname()[1]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", at)) for at in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

        with Deadline(10) as deadline, deadline.connect("mail.example", 25) as connection:
            assert connection.getpeername()[1] == ports[1]


def test_a_connection_is_cut_at_the_end_of_the_time_that_was_begun_last() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Deadline(0.05) as deadline,
        deadline.connect(*listener.getsockname()) as connection,
    ):
        deadline.begin(0.3)
        connection.settimeout(10)

        began = time.monotonic()
        said = connection.recv(1)

    assert said == b"" and 0.2 < time.monotonic() - began < 5


def test_no_wait_is_longer_than_what_is_left_and_none_is_for_ever() -> None:
    assert Deadline(10).wait(0.5) == 0.5
    assert 9 < Deadline(10).wait(300) <= 10
    assert 0 < Deadline(0).wait(300) < 0.1  # 0 is no timeout of a socket

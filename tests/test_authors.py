"""Authors: passwords, sessions, and what a wrong password costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from blogapp import authors
from blogapp.errors import Invalid, TooManyAttempts
from blogapp.extensions import db
from blogapp.models import Attempt, Author, Session, utcnow

from .conftest import PASSWORD, PAST

pytestmark = pytest.mark.usefixtures("core", "sam")
HERE = "192.0.2.1"


def fail(times: int, *, name: str = "sam", address: str = HERE) -> None:
    for _ in range(times):
        authors.admit(name, address)
        db.session.commit()


def wait(name: str = "sam", address: str = HERE) -> int:
    """Seconds that the next attempt has to wait; does not count as one."""
    try:
        authors.admit(name, address)
    except TooManyAttempts as error:
        return error.seconds
    finally:
        db.session.rollback()
    return 0


def test_a_password_is_stored_as_a_salted_hash() -> None:
    authors.add("kim", PASSWORD)

    hashes = {author.password_hash for author in db.session.query(Author)}
    assert len(hashes) == 2
    assert all(stored.startswith("scrypt:") and PASSWORD not in stored for stored in hashes)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("kim", "too short", "password"), (" ", PASSWORD, "name"), ("SAM ", PASSWORD, "name")],
)
def test_an_author_without_name_or_password_or_with_a_taken_name_is_refused(
    name: str, password: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        authors.add(name, password)

    assert refused.value.field == field


@pytest.mark.parametrize("name", ["sam", " Sam", "SAM"])
def test_an_author_signs_in_by_any_spelling_of_the_name(name: str) -> None:
    token = authors.sign_in(name, PASSWORD, HERE)

    author = authors.of_session(token)
    assert author is not None and author.name == "sam"


def test_an_unknown_name_and_a_wrong_password_say_and_cost_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    checked = []

    def check(stored: str, password: str) -> bool:
        checked.append((stored.split("$")[0], password))
        return False

    monkeypatch.setattr(authors, "check_password_hash", check)
    said = []
    for name in ("sam", "nobody", ""):
        with pytest.raises(Invalid) as refused:
            authors.sign_in(name, "a guess", HERE)
        said.append((refused.value.message, refused.value.field))

    assert len(set(said)) == 1
    assert len(checked) == 3 and len(set(checked)) == 1


def test_each_sign_in_makes_its_own_session_and_stores_no_token() -> None:
    tokens = {authors.sign_in("sam", PASSWORD, HERE) for _ in range(3)}

    stored = {session.token_hash for session in db.session.query(Session)}
    assert len(tokens) == len(stored) == 3
    assert not tokens & stored


def test_signing_out_ends_one_session_and_everywhere_ends_all() -> None:
    first, second, third = (authors.sign_in("sam", PASSWORD, HERE) for _ in range(3))
    other = authors.add("kim", PASSWORD)
    others = authors.sign_in("kim", PASSWORD, HERE)

    authors.sign_out(first)
    assert [authors.of_session(token) is not None for token in (first, second)] == [False, True]

    sam = authors.of_session(second)
    assert sam is not None
    authors.sign_out_everywhere(sam)
    assert [authors.of_session(token) for token in (second, third)] == [None, None]
    assert authors.of_session(others) is other


def test_a_session_ends_after_thirty_days() -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        token = authors.sign_in("sam", PASSWORD, HERE)
        clock.shift(timedelta(days=30) - timedelta(seconds=1))
        assert authors.of_session(token) is not None
        clock.shift(timedelta(seconds=1))
        assert authors.of_session(token) is None


def test_a_sign_in_sweeps_old_sessions_away() -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        authors.sign_in("sam", PASSWORD, HERE)
        clock.shift(timedelta(days=31))
        authors.sign_in("sam", PASSWORD, HERE)

    assert db.session.query(Session).count() == 1


# Throttle


def test_the_first_attempts_are_free_and_then_the_wait_doubles() -> None:
    waits = []
    with time_machine.travel(PAST, tick=False) as clock:
        fail(4)
        assert wait() == 0
        for _ in range(10):
            fail(1)
            waits.append(wait())
            clock.shift(timedelta(seconds=waits[-1]))

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900]


def test_an_attempt_that_has_to_wait_is_not_judged_and_not_counted() -> None:
    with time_machine.travel(PAST, tick=False):
        fail(5)
        before = db.session.query(Attempt).count()
        for _ in range(3):
            with pytest.raises(TooManyAttempts):
                authors.admit("sam", HERE)

        assert db.session.query(Attempt).count() == before


def test_an_account_is_guarded_from_many_addresses_but_its_owner_never_waits_long() -> None:
    waits = []
    with time_machine.travel(PAST, tick=False) as clock:
        for number in range(25):
            fail(1, name=" SAM" if number % 2 else "sam", address=f"192.0.2.{number}")
            waits.append(wait(address="192.0.2.99"))
            clock.shift(timedelta(seconds=waits[-1]))

        assert waits == [0] * 19 + [2, 4, 5, 5, 5, 5]
        assert wait(name="kim", address="192.0.2.99") == 0


def test_an_address_is_guarded_though_it_tries_many_accounts() -> None:
    with time_machine.travel(PAST, tick=False):
        for number in range(20):
            fail(1, name=f"name {number}")

        assert wait(name="another") == 2
        assert wait(name="another", address="192.0.2.2") == 0


def test_an_ipv6_network_counts_as_one_address() -> None:
    with time_machine.travel(PAST, tick=False):
        for number in range(20):
            fail(1, name=f"name {number}", address=f"2001:db8:1:2::{number:x}")

        assert wait(name="another", address="2001:db8:1:2:ffff::1") == 2
        assert wait(name="another", address="2001:db8:1:3::1") == 0


def test_after_an_hour_all_attempts_are_free_again() -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        fail(5)
        clock.shift(timedelta(hours=1))

        assert wait() == 0


def test_the_right_password_forgives() -> None:
    with time_machine.travel(PAST, tick=False):
        fail(4)
        authors.sign_in("sam", PASSWORD, HERE)
        fail(4)

        assert wait() == 0


def test_old_failures_are_swept_away_and_no_name_is_stored() -> None:
    with time_machine.travel(PAST, tick=False) as clock:
        fail(3, name="my-password-typed-as-name")
        clock.shift(timedelta(days=2))
        fail(1)

    rows = db.session.query(Attempt).all()
    assert {row.at for row in rows} == {PAST + timedelta(days=2)}
    assert all(len(row.subject) == 64 and row.at < utcnow() for row in rows)

"""The pace of an import: others wait for a transaction no longer than they should."""

from __future__ import annotations

from blogapp.transfer.storing.pace import FIRST, LONGEST, Pace

MOST = 4 * FIRST


class Clock:
    """Tells the seconds that it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def hold(pace: Pace, clock: Clock, seconds: float) -> None:
    """Hold a transaction open for so long."""
    pace.begin()
    clock.now += seconds
    pace.end()


def test_transactions_grow_to_the_most_while_they_are_short() -> None:
    pace = Pace(MOST, clock=(clock := Clock()))
    sizes = [pace.posts]

    for _ in range(3):
        hold(pace, clock, LONGEST / 10)
        sizes.append(pace.posts)

    assert sizes == [FIRST, 2 * FIRST, MOST, MOST]


def test_a_transaction_that_took_too_long_makes_the_next_one_smaller() -> None:
    pace = Pace(MOST, clock=(clock := Clock()))

    hold(pace, clock, 5 * LONGEST)
    smaller = pace.posts
    hold(pace, clock, 0.8 * LONGEST)

    assert (smaller, pace.posts) == (FIRST // 5, FIRST // 5)


def test_a_post_that_takes_too_long_alone_comes_alone() -> None:
    pace = Pace(MOST, clock=(clock := Clock()))

    hold(pace, clock, 1000 * LONGEST)

    assert pace.posts == 1


def test_what_makes_nobody_wait_changes_nothing() -> None:
    pace = Pace(MOST, clock=Clock())

    pace.end()

    assert pace.posts == FIRST


def test_no_transaction_is_larger_than_the_most() -> None:
    assert Pace(2).posts == 2

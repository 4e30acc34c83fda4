"""The benchmarks themselves: what they make up, and how they judge."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa

from bench import corpus, kinds, results, statements
from bench.kinds import Kind
from bench.lexicon import Lexicon
from blogapp import tags


@pytest.fixture(scope="module")
def author() -> corpus.Author:
    return corpus.Author(1000, Lexicon.of_size(3000))


def result(kind: Kind, few: float, many: float) -> results.Result:
    times = {1000: [few] * 200, 100_000: [many] * 200}
    return results.Result(kind, times, in_sql=times)


def test_the_same_number_gives_the_same_post(author: corpus.Author) -> None:
    assert author.write(7) == author.write(7) != author.write(8)


def test_tags_are_written_as_they_are_stored() -> None:
    assert all(tags.normalise(name) == name for name in corpus.TAGS)


def test_a_post_has_one_to_six_tags(author: corpus.Author) -> None:
    assert {len(author.write(number).tags) for number in range(1, 200)} == {1, 2, 3, 4, 5, 6}


def test_some_posts_are_no_articles_yet(author: corpus.Author) -> None:
    moments = [author.write(number).published_at for number in range(1, 1001)]

    assert 0 < moments.count(None) < 100
    assert any(at and at > corpus.LAST.replace(year=2100) for at in moments)


def test_a_goal_of_growth_compares_the_largest_blog_with_the_smallest() -> None:
    kind = Kind("lists", "everything", kinds.page, most_growth=3)

    [met] = results.verdicts([result(kind, few=1, many=3)])
    [missed] = results.verdicts([result(kind, few=1, many=3.1)])

    assert met.is_met
    assert not missed.is_met


def test_what_statements_take_has_a_goal_of_its_own() -> None:
    kind = Kind("page", "everything", kinds.whole_page, most_in_sql=2)
    times = {1000: [5.0], 100_000: [5.1]}

    [met] = results.verdicts([results.Result(kind, times, {1000: [0.5], 100_000: [1.0]})])
    [missed] = results.verdicts([results.Result(kind, times, {1000: [0.5], 100_000: [1.1]})])

    assert met.is_met
    assert not missed.is_met


def test_what_asks_the_database_nothing_does_not_grow_in_it() -> None:
    kind = Kind("page", "robots", kinds.whole_page, most_in_sql=2)
    result = results.Result(kind, {10: [5.0], 20: [5.1]}, {10: [0.0], 20: [0.0]})

    assert result.growth_in_sql == 1


def test_a_stopwatch_counts_all_that_statements_take_and_nothing_else() -> None:
    ticks = itertools.count()
    engine = sa.create_engine("sqlite://")
    stopwatch = statements.Stopwatch(engine, lambda: float(next(ticks)))

    with engine.connect() as connection:
        stopwatch.seconds = 0
        rows = connection.execute(sa.text("SELECT 1 UNION SELECT 2")).all()
        asked = stopwatch.seconds
    engine.dispose()

    assert rows == [(1,), (2,)]
    assert asked == 2  # a tick for executing, another for fetching


def test_a_goal_of_time_is_about_all_but_two_of_two_hundred() -> None:
    kind = Kind("search", "rare word", kinds.page, most_time=10)

    [met] = results.verdicts([results.Result(kind, {1000: [9] * 198 + [99] * 2}, {})])
    [missed] = results.verdicts([results.Result(kind, {1000: [9] * 197 + [99] * 3}, {})])

    assert met.is_met
    assert not missed.is_met

"""The index in the order of publication: what comes first, where it ends, and how it keeps up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import differences, posts, search, shelves, upkeep
from blogapp.extensions import db
from blogapp.models import MAX_ID, Post
from blogapp.paging import Cursor
from blogapp.search import engine, finding, fts5, places, spelling

from .conftest import PAST

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SECOND = timedelta(seconds=1)
FIRST, LAST = datetime(1834, 1, 1, tzinfo=UTC), datetime(2105, 1, 1, tzinfo=UTC)
MOMENTS = st.floats(0, 1).map(lambda part: FIRST + part * (LAST - FIRST))
IDS = st.integers(1, MAX_ID)
WORD = search.parse("needle ")

slugs = map("post-{}".format, count())


def store(at: datetime | None = PAST, *, shelf: str = "listed", **texts: str) -> Post:
    """Put a post into the blog and its index, without Markdown; it has the needle in its text."""
    post = Post(
        **{"slug": next(slugs), "title": "A title", "plain": "A needle."} | texts,
        **{"shelf": shelf, "minutes": 1, "headings": []},
        **{"published_at": at, "created_at": PAST, "updated_at": PAST},
    )
    db.session.add(post)
    db.session.flush()
    search.index(post)
    return post


def ids(text: str = "needle ") -> list[int]:
    return [*search.found(search.parse(text)).ids]


def out_of_step() -> list[str]:
    db.session.commit()  # another connection looks
    found = [*differences.of_index(), *(each for some in differences.of_posts() for each in some)]
    return [difference.text for difference in found if "index" in difference.text]


@given(MOMENTS, IDS, MOMENTS, IDS)
def test_places_are_in_the_order_of_publication_to_the_second(
    at: datetime, post_id: int, later: datetime, other_id: int
) -> None:
    place, other = places.of(post_id, at), places.of(other_id, later)

    def order(at: datetime, post_id: int) -> tuple[datetime, int]:
        return at.replace(microsecond=0), post_id

    assert (place < other) == (order(at, post_id) < order(later, other_id))
    assert places.ids_of([place, other]) == [post_id, other_id]
    assert place <= places.last(at) < places.of(1, at + SECOND)


@given(st.datetimes().map(lambda at: at.replace(tzinfo=UTC)), IDS)
def test_what_readers_do_not_find_stands_before_all_that_they_do(
    at: datetime, post_id: int
) -> None:
    hidden, listed = places.of(post_id, None), places.of(1, at)

    assert places.NOWHERE <= hidden < places.FIRST <= listed < places.END
    assert places.ids_of([hidden]) == [post_id]


# Where the needle is, and the rank that gives an article, by what is looked for.
WHERE = [{"title": "Needle"}, {"description": "A needle"}, {}, {"plain": "A few needles."}]
RANKS = {"needle ": [1, 3, 4, 0], "needle": [1, 3, 4, 5], "a needle": [4, 3, 4, 5]}


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=8),
    st.sampled_from([*RANKS]),
    st.integers(1, 12),
    st.integers(1, 4),
)
def test_the_best_and_the_newest_of_them_come_first_page_by_page_to_the_last(
    core: None, made: list[tuple[int, int]], text: str, most: int, size: int
) -> None:
    db.session.execute(sa.delete(Post))
    fts5.make()
    stored = [(RANKS[text][at], store(PAST + days * DAY, **WHERE[at])) for at, days in made]

    def order(item: tuple[int, Post]) -> tuple[int, datetime, int]:
        rank, post = item
        return -rank, post.published_at or PAST, post.id

    best = [(post.id, rank) for rank, post in sorted(stored, key=order, reverse=True) if rank]
    pages, cursor = list[tuple[int, int]](), None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "MOST", most)
        found = search.found(search.parse(text))
        while page := found.behind(cursor, size):
            pages += page
            last, rank = page[-1]
            cursor = Cursor(db.session.get_one(Post, last).published_at or PAST, last, rank)
        at_once = found.behind(None, len(made))

    assert [*zip(found.ids, found.ranks, strict=True)] == best[:most]
    assert found.is_all == (len(best) <= most)
    assert pages == at_once == best


def test_a_search_for_what_lacks_a_word_goes_by_date_and_ends_there_too(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, early = store(PAST + DAY, plain="hay"), store(PAST, plain="hay")
    store(PAST + MINUTE)
    store(None, plain="hay")
    newest = store(PAST + 2 * DAY, plain="hay").id

    without = search.found(search.parse("-needle"))
    monkeypatch.setattr(finding, "MOST", 1)
    first = search.found(search.parse("-needle"))

    assert (without.ids, without.ranks) == ((newest, late.id, early.id), (0, 0, 0))
    assert (first.ids, first.is_all, without.is_all) == ((newest,), False, True)


def test_what_readers_do_not_find_takes_no_place_of_what_they_do(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = store(PAST)
    for shelf in ("unlisted", "trash"):
        store(PAST + DAY, shelf=shelf)
    store(None)
    monkeypatch.setattr(finding, "MOST", 1)

    found = search.found(WORD)

    assert (found.ids, found.is_all) == ((post.id,), True)
    assert len(search.everywhere(WORD, 9)) == 4


def test_a_post_that_changes_its_shelf_or_its_date_moves_at_once(core: None) -> None:
    post, other = store(PAST), store(PAST + DAY)
    seen = list[list[int]]()

    posts.unpublish(post)
    seen.append(ids())
    posts.publish(post, PAST + 2 * DAY)
    seen.append(ids())
    shelves.put(post, "unlisted")
    seen.append(ids())
    shelves.put(post, "listed")
    shelves.to_trash(other)
    seen.append(ids())
    shelves.restore(other)
    seen.append(ids())

    both = [post.id, other.id]
    assert seen == [[other.id], both, [other.id], [post.id], both]
    assert out_of_step() == []


def test_what_is_planned_for_this_very_second_waits_for_its_moment(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    titled, post = store(PAST, title="Needle"), store(PAST + SECOND / 2)
    seen = []

    for moment in (PAST + SECOND / 4, PAST + SECOND / 2):
        monkeypatch.setattr(finding, "utcnow", lambda moment=moment: moment)
        for most in (9, 1):
            monkeypatch.setattr(finding, "MOST", most)
            seen.append(search.found(WORD).behind(None, 9))

    before, after = [(titled.id, 1)], [(titled.id, 1), (post.id, 4)]
    assert seen == [before, before, after, after]


def test_what_waits_for_its_moment_hides_nothing_that_stands_behind_it(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = [(store(PAST - days * DAY).id, 4) for days in range(3)]
    for _ in range(4):
        store(PAST + SECOND / 2)
    monkeypatch.setattr(finding, "MOST", 2)
    monkeypatch.setattr(finding, "utcnow", lambda: PAST + SECOND / 4)

    found = search.found(WORD)

    assert (found.ids, found.is_all) == ((old[0][0], old[1][0]), False)
    assert found.behind(None, 9) == old
    assert found.behind(Cursor(PAST + DAY, 1, 4), 2) == old[:2]


def test_a_page_behind_many_better_articles_asks_the_index_once_for_each_rank_that_is_left(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = [(store(PAST - days * DAY, plain="needles").id, 5) for days in range(3)]
    whole = [(store(PAST + days * DAY).id, 4) for days in range(30)]
    monkeypatch.setattr(finding, "MOST", 2)
    found, asked = search.found(search.parse("needle")), list[int]()
    find = fts5.find

    def counted(*args: Any, most: int, **others: Any) -> list[int]:
        asked.append(most)
        return find(*args, most=most, **others)

    monkeypatch.setattr(fts5, "find", counted)
    last = found.behind(Cursor(PAST + 99 * DAY, 1, 5), 2)
    both = found.behind(Cursor(PAST + DAY, MAX_ID, 4), 4)

    assert (last, both) == (begun[:2], [whole[1], whole[0], *begun[:2]])
    assert asked == [2, 4, 2]


def test_a_post_that_was_dated_behind_the_indexs_back_is_told_and_mended(core: None) -> None:
    post = store(PAST)
    post_id, slug = post.id, post.slug
    db.session.execute(sa.update(Post).values(published_at=PAST + DAY))

    told = out_of_step()
    upkeep.index([post_id])

    assert told == [f"{slug}: differs in the index: place"]
    assert out_of_step() == []


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM search_places", "search index: it has rows of which nobody knows"),
        ("UPDATE search_places SET place = 7", "search index: it has rows of which nobody knows"),
        ("DELETE FROM search_spelling", "search index: words that are no spelling: 6"),
    ],
)
def test_tables_beside_the_index_that_are_not_like_it_are_told_and_mended(
    core: None, damage: str, told: str
) -> None:
    post_id = store(PAST, plain="A needle, node.js, 42").id
    db.session.execute(sa.text(damage))

    before = out_of_step()
    fts5.mend()
    db.session.commit()
    upkeep.index([post_id])

    assert before[:1] == [told]
    assert out_of_step() == []
    assert ids() == [post_id]


def test_words_that_no_post_has_any_more_are_forgotten_in_time(core: None) -> None:
    post = store(PAST)
    post.plain = "hay"
    search.index(post)
    like = engine.current().words_like
    before = like("n", range(6, 7), 9)

    for _ in fts5.tidy():
        db.session.commit()

    assert (before, like("n", range(6, 7), 9)) == (["needle"], [])
    assert like("ha", range(3, 4), 9) == ["hay"]


@pytest.mark.parametrize(
    "typed",
    ["neelde", "nedle", "eneedle", "enedle", "nneedle", "neeedle", "nefdle", "needlle"],
)
def test_in_a_crowd_of_words_a_slip_is_still_found(
    core: None, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    store(plain="needle nabob nacho nadir nasal naval nettle edict eerie egret eider elbow")
    monkeypatch.setattr(spelling, "_CROWD", 0)

    assert [*search.corrections(typed)][:1] == ["needle"]


def test_of_too_many_words_those_as_long_as_the_typed_one_are_looked_at(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(plain="contain conta contb contc contd containers containing")
    monkeypatch.setattr(spelling, "_CROWD", 0)
    monkeypatch.setattr(spelling, "_MOST_OF_MORE", 3)

    assert [*search.corrections("contein")][:1] == ["contain"]


def test_an_old_article_whose_title_says_it_comes_before_all_that_only_mention_it(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    titled = store(PAST, title="Needle", plain="hay")
    mentioned = [store(PAST + days * DAY).id for days in range(1, 8)]
    monkeypatch.setattr(finding, "MOST", 3)

    found = search.found(WORD)

    assert found.ids == (titled.id, mentioned[-1], mentioned[-2])
    assert not found.is_all

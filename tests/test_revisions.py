"""Revisions: what was saved, what is kept, and that no text is ever lost between the two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import posts, revisions, texts
from blogapp.errors import Missing
from blogapp.extensions import db
from blogapp.models import Post, Revision, utcnow
from blogapp.revisions import Hand
from blogapp.texts import Text

from .conftest import PAST, MakePost

pytestmark = pytest.mark.usefixtures("core")

HAND = Hand(sitting="sitting-number-one")
OTHER = Hand(sitting="sitting-number-two")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(PAST, tick=False) as traveller:
        yield traveller


def bodies(post: Post) -> list[str]:
    """What was saved of *post*, the newest first."""
    rows, _ = revisions.history(post)
    return [row.body for row in rows]


def imported(body: str = "as it came") -> Post:
    """A post that was never changed since it came: it has no revisions."""
    post = posts.create(Text(title="T", body=body))
    db.session.execute(sa.delete(Revision))
    return post


# What was saved


def test_every_save_that_changes_something_is_a_revision() -> None:
    post = posts.create(Text(title="T", body="one"))
    posts.revise(post, Text(title="T", body="two"))
    posts.revise(post, Text(title="T", body="two"))
    posts.revise(post, Text(title="T", body="two", tags=["a"]))
    posts.publish(post)
    posts.revise(post, Text(title="U", body="two", tags=["a"]))

    rows, more = revisions.history(post)

    assert [(row.title, row.body, row.tags) for row in rows] == [
        ("U", "two", ["a"]),
        ("T", "two", ["a"]),
        ("T", "two", []),
        ("T", "one", []),
    ]
    assert (rows[0].version, more) == (post.version, False)


def test_a_revision_says_how_many_words_came_and_went() -> None:
    post = posts.create(Text(title="T", body="one two three\n\nfour\n"))
    posts.revise(post, Text(title="T", body="one three\n\nfour\n\nfive six\n"))

    newest = revisions.newest(post)

    assert newest is not None
    assert (newest.added, newest.removed) == (2, 1)


def test_the_first_change_records_what_was_there_before(clock: time_machine.Traveller) -> None:
    post = imported()
    clock.shift(timedelta(days=1))

    posts.revise(post, Text(title="T", body="as it is"))

    rows, _ = revisions.history(post)
    assert [(row.body, row.kind, row.saved_at) for row in rows] == [
        ("as it is", "save", utcnow()),
        ("as it came", "begun", PAST),
    ]


def test_an_older_version_can_be_read_whatever_has_moved_since() -> None:
    post = imported("one")
    first = post.version
    posts.publish(post, PAST)
    published = post.version
    posts.revise(post, Text(title="T", body="two"))
    second = post.version
    posts.unpublish(post)

    read = [revisions.at(post, version).body for version in (first, published, second)]

    assert published > first
    assert read == ["one", "one", "two"]
    assert revisions.at(post, post.version).body == "two"


def test_a_post_that_never_changed_is_what_every_version_says() -> None:
    assert revisions.at(imported("one"), 1).body == "one"


def test_restoring_is_a_new_revision_and_leaves_the_address() -> None:
    post = posts.create(Text(title="One", body="one", tags=["a"]))
    posts.publish(post)
    [first], _ = revisions.history(post)
    posts.revise(post, Text(title="Two", slug="two", body="two"))

    posts.revise(post, revisions.restored(post, first))

    assert (post.title, post.slug, post.body) == ("One", "two", "one")
    assert [tag.name for tag in post.tags] == ["a"]
    assert bodies(post) == ["one", "two", "one"]


def test_history_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revisions, "PAGE_SIZE", 2)
    post = posts.create(Text(title="T", body="0"))
    for number in range(1, 5):
        posts.revise(post, Text(title="T", body=str(number)))

    first, more = revisions.history(post)
    second, _ = revisions.history(post, before=first[-1].version or 0)

    assert [row.body for row in [*first, *second]] == ["4", "3", "2", "1"]
    assert more


# What is kept


def test_what_a_sitting_keeps_is_one_text_and_nothing_to_readers(
    clock: time_machine.Traveller,
) -> None:
    post = posts.create(Text(title="T", body="out"))
    posts.publish(post)
    version, changed = post.version, post.updated_at
    for number in range(3):
        clock.shift(timedelta(minutes=1))
        revisions.keep(post, Text(title="T", body=f"draft {number}"), begun_from=version, by=HAND)

    [kept] = revisions.kept(post)
    db.session.refresh(post)

    assert (kept.body, kept.begun_from, kept.saved_at) == ("draft 2", version, utcnow())
    assert (post.body, post.version, post.updated_at) == ("out", version, changed)
    assert bodies(post) == ["out"]


def test_two_sittings_keep_two_texts() -> None:
    post = posts.create(Text(title="T"))
    for hand in (HAND, OTHER):
        revisions.keep(post, Text(title=str(hand.sitting)), begun_from=post.version, by=hand)

    assert {kept.title for kept in revisions.kept(post)} == {HAND.sitting, OTHER.sitting}


def test_a_save_takes_away_what_its_own_sitting_kept() -> None:
    post = posts.create(Text(title="T"))
    for hand in (HAND, OTHER, Hand()):
        revisions.keep(post, Text(title="kept"), begun_from=post.version, by=hand)

    posts.revise(post, Text(title="saved"), by=HAND)

    assert [kept.sitting for kept in revisions.kept(post)] == [OTHER.sitting]


def test_nothing_is_kept_that_the_post_says_already() -> None:
    post = posts.create(Text(title="T", body="x\n", tags=["a", "b"]))
    revisions.keep(post, Text(title="T", body="y"), begun_from=post.version, by=HAND)

    same = Text(title=" T ", body="x\r\n", tags=["B", " a", ""])
    kept = revisions.keep(post, same, begun_from=post.version, by=HAND)

    assert (kept, revisions.kept(post)) == (None, [])


def test_no_field_keeps_a_text_from_being_kept() -> None:
    post = posts.create(Text(title="T"))
    odd = Text(title="", slug="y" * 300, body="words", series="x" * 300, language="z" * 100)

    kept = revisions.keep(post, replace(odd, minutes=10**20), begun_from=1, by=HAND)

    assert kept is not None
    assert (kept.body, len(kept.slug), len(kept.series or "")) == ("words", 200, 200)
    assert (kept.language, kept.minutes) == (None, None)


def test_a_new_editor_takes_over_what_it_was_filled_with_unless_that_went_on(
    clock: time_machine.Traveller,
) -> None:
    post = posts.create(Text(title="T"))
    was = revisions.keep(post, Text(title="kept"), begun_from=post.version, by=HAND)
    assert was is not None
    stamp = was.saved_at
    clock.shift(timedelta(seconds=1))
    revisions.keep(post, Text(title="went on"), begun_from=post.version, by=HAND)
    now = revisions.kept(post)[0]

    revisions.adopt(was.id, stamp, post, OTHER)
    assert [kept.title for kept in revisions.kept(post)] == ["went on"]
    revisions.adopt(now.id, now.saved_at, post, OTHER)
    assert revisions.kept(post) == []


def test_only_what_is_not_saved_can_be_dropped() -> None:
    post = posts.create(Text(title="T"))
    saved = revisions.newest(post)
    kept = revisions.keep(post, Text(title="kept"), begun_from=post.version, by=HAND)
    assert saved is not None and kept is not None

    revisions.drop(kept)
    with pytest.raises(Missing):
        revisions.drop(saved)

    assert revisions.kept(post) == []


def test_a_revision_of_another_post_is_not_found(make_post: MakePost) -> None:
    post, other = posts.create(Text(title="T")), posts.create(Text(title="U"))
    newest = revisions.newest(other)
    assert newest is not None

    with pytest.raises(Missing):
        revisions.get(post, newest.id)


# Bytes


@given(st.text(st.sampled_from(" \t\n\r\0aäあ🎉"), max_size=40))
@settings(max_examples=40)
def test_ten_saves_change_no_byte_but_line_ends_once(body: str) -> None:
    post = posts.create(Text(title="T", body=body))
    once = post.body
    for _ in range(10):
        posts.revise(post, texts.of(post))

    assert once == texts.normalise(body)
    assert post.body == once
    assert bodies(post) == [once]
    db.session.rollback()

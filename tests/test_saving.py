"""Saving: texts that began from one version, one after the other and at the same time."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import (
    authors,
    comparing,
    markdown,
    merging,
    posts,
    revisions,
    saving,
    shelves,
    tags,
    texts,
)
from blogapp.errors import Invalid, Missing
from blogapp.extensions import db
from blogapp.models import Post, Revision, utcnow
from blogapp.revisions import Hand
from blogapp.saving import Overlap
from blogapp.texts import Text

from .conftest import MakePost

BASE = Text(title="T", slug="t", body="one\ntwo\nthree\nfour\nfive\n")
ME = Hand(sitting="sitting-of-mine")
THEM = Hand(sitting="sitting-of-theirs")


def changed(**fields: object) -> Text:
    whole = {"title": "T", "slug": "t", "body": BASE.body} | fields
    return Text(**whole)  # type: ignore[arg-type] # the fields of a text


@pytest.fixture
def post(core: None) -> Post:
    return posts.create(BASE)


def save(post: Post, text: Text, begun_from: int, by: Hand = ME) -> saving.Saved:
    return saving.save(post, text, begun_from=begun_from, by=by)


def test_a_text_that_began_from_the_newest_version_is_saved(post: Post) -> None:
    saved = save(post, changed(body="other\n"), post.version)

    assert (saved.post.body, saved.changed, saved.merged) == ("other\n", True, False)


def test_changes_of_different_lines_and_fields_are_merged(post: Post) -> None:
    begun_from = post.version
    theirs = changed(title="Their title", body="ONE\ntwo\nthree\nfour\nfive\n", tags=["a"])
    save(post, theirs, begun_from, THEM)

    mine = changed(description="mine", body="one\ntwo\nthree\nfour\nFIVE\n", tags=["b"])
    saved = save(post, mine, begun_from)

    assert saved.merged
    assert (post.title, post.description) == ("Their title", "mine")
    assert post.body == "ONE\ntwo\nthree\nfour\nFIVE\n"
    assert [tag.name for tag in post.tags] == ["a", "b"]
    newest = revisions.newest(post)
    assert newest is not None and newest.kind == "merge"


def test_a_save_after_a_publication_is_no_merge(post: Post) -> None:
    begun_from = post.version
    posts.publish(post)

    saved = save(post, changed(body="other\n"), begun_from)

    assert (saved.merged, post.body, post.state()) == (False, "other\n", "published")


def test_what_both_changed_is_refused_with_both_sides_marked(post: Post) -> None:
    begun_from = post.version
    theirs = changed(title="Theirs", body="one\nTHEIRS\nthree\nfour\nfive\n")
    save(post, theirs, begun_from, THEM)

    with pytest.raises(Overlap) as refused:
        save(post, changed(title="Mine", body="one\nMINE\nthree\nfour\nFIVE\n"), begun_from)

    overlap = refused.value
    assert (overlap.fields, overlap.version) == (("body", "title"), post.version)
    assert overlap.merged.title == "Mine"
    assert overlap.merged.body == (
        "one\n<<<<<<< yours\nMINE\n=======\nTHEIRS\n>>>>>>> saved meanwhile\nthree\nfour\nFIVE\n"
    )
    assert (post.title, post.body) == ("Theirs", "one\nTHEIRS\nthree\nfour\nfive\n")


def test_the_same_text_from_two_tabs_is_no_conflict(post: Post) -> None:
    begun_from = post.version
    save(post, changed(body="same\n"), begun_from, THEM)

    again = save(post, changed(body="same\n"), begun_from)

    assert (again.changed, again.merged) == (False, False)


def test_a_slug_that_another_post_has_is_refused_in_a_merge_too(post: Post) -> None:
    posts.create(Text(title="Other", slug="other"))
    begun_from = post.version
    save(post, changed(title="U"), begun_from, THEM)

    with pytest.raises(Invalid):
        save(post, changed(slug="other"), begun_from)


def test_a_sitting_never_collides_with_what_it_has_saved_itself(post: Post) -> None:
    begun_from = post.version
    save(post, changed(body="one\ntwo, and more\n"), begun_from)

    more = changed(body="one\ntwo, and more, and more\n")
    saved = saving.save(post, more, begun_from=begun_from, by=ME, unanswered=True)

    assert (saved.merged, post.body) == (False, "one\ntwo, and more, and more\n")


def test_the_same_form_in_two_tabs_takes_no_line_from_the_first(post: Post) -> None:
    begun_from = post.version
    save(post, changed(body=BASE.body.replace("one", "ONE")), begun_from)

    save(post, changed(body=BASE.body.replace("five", "FIVE")), begun_from)

    assert post.body == "ONE\ntwo\nthree\nfour\nFIVE\n"
    with pytest.raises(Overlap):
        save(post, changed(body=BASE.body.replace("one", "I")), begun_from)


def test_a_text_of_a_version_that_the_post_never_had_replaces_nothing(post: Post) -> None:
    with pytest.raises(Overlap) as refused:
        save(post, changed(title="Foreign", body="one\nforeign\n"), post.version + 1)

    assert refused.value.fields == ("body", "title")
    assert refused.value.begun_from == 0
    kept = saving.keep_mine(refused.value, ME, post.version + 1)
    assert [each.begun_from for each in revisions.kept(kept)] == [0]


def test_a_save_that_changes_nothing_drops_what_its_sitting_kept(post: Post) -> None:
    other = posts.create(Text(title="Other"))
    for each in (post, other):
        saving.keep(each, changed(body="undone\n"), begun_from=each.version, by=ME)

    saved = save(post, BASE, post.version)

    assert not saved.changed
    assert (revisions.kept(post), len(revisions.kept(other))) == ([], 1)


def test_a_slug_that_is_made_of_the_title_goes_with_it_in_a_merge(core: None) -> None:
    post = posts.create(Text(title="First words", body=BASE.body))
    begun_from = post.version
    save(post, Text(title="First words", body=BASE.body.replace("one", "ONE")), begun_from, THEM)

    saved = save(post, Text(title="Other words", body=BASE.body), begun_from)

    assert (saved.merged, post.title, post.slug) == (True, "Other words", "other-words")


def test_a_tag_that_one_side_removed_and_the_other_renamed_is_gone(core: None) -> None:
    post = posts.create(Text(title="T", slug="t", body=BASE.body, tags=["old", "kept"]))
    begun_from = post.version
    theirs = changed(body=BASE.body.replace("one", "ONE"), tags=["old", "kept"])
    save(post, theirs, begun_from, THEM)
    tags.rename(next(tag for tag in post.tags if tag.name == "old"), "new")

    save(post, changed(body=BASE.body.replace("five", "FIVE"), tags=["kept"]), begun_from)

    assert [tag.name for tag in post.tags] == ["kept"]


def test_what_is_over_in_the_trash_takes_no_text_any_more(post: Post) -> None:
    shelves.to_trash(post)
    post.trashed_at = utcnow() - timedelta(days=31)
    db.session.flush()

    for act in (saving.save, saving.keep):
        with pytest.raises(Missing):
            act(post, changed(body="words"), begun_from=post.version, by=ME)


def test_a_tab_goes_on_from_what_another_tab_was_filled_with_and_saved(post: Post) -> None:
    begun_from = post.version
    _, was = saving.keep(post, changed(body="one\ntwo\nmine\n"), begun_from=begun_from, by=ME)
    assert was is not None
    save(post, changed(body="ONE\ntwo\nmine\n"), begun_from, THEM)
    revisions.adopt(was.id, was.saved_at, post, THEM)
    assert revisions.kept(post) == []

    saving.keep(post, changed(body="one\ntwo\nmine!\n"), begun_from=begun_from, by=ME)
    save(post, changed(body="one\ntwo\nmine!!\n"), begun_from)

    assert post.body == "ONE\ntwo\nmine!!\n"
    assert (revisions.kept(post), revisions.adopted(post, ME.sitting)) == ([], None)


def test_nothing_is_rendered_or_counted_while_others_wait(
    app: Flask, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_post("T", None, body=BASE.body)
    database = app.config["BLOG"].instance / "blog.db"
    done: list[str] = []

    def watched(name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def watching(*given: Any, **named: Any) -> Any:
            with closing(sqlite3.connect(database, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")  # fails if anybody writes
            done.append(name)
            return act(*given, **named)

        return watching

    monkeypatch.setattr(markdown, "render", watched("render", markdown.render))
    monkeypatch.setattr(comparing, "change", watched("change", comparing.change))
    monkeypatch.setattr(merging, "merge", watched("merge", merging.merge))
    with app.app_context():
        found = posts.get(post.id)
        first = found.version
        save(found, Text(title="T", body=BASE.body.replace("one", "ONE")), first, THEM)
        db.session.commit()
        save(found, Text(title="T", body=BASE.body.replace("five", "FIVE")), first)
        db.session.commit()
        saving.keep(None, Text(title="", body="new"), begun_from=0, by=Hand(sitting="a" * 20))
        db.session.commit()
        saving.create(Text(title="N", body="x"), by=Hand())
        db.session.commit()
        oldest = revisions.history(found)[0][-1]
        saving.restore(found, oldest.id, "", by=Hand(kind="restore"))
        db.session.commit()

        assert found.body == BASE.body
    assert done.count("render") == 5 and "merge" in done and "change" in done


def test_a_sitting_that_has_not_seen_its_merge_takes_nothing_from_the_others(post: Post) -> None:
    begun_from = post.version
    save(post, changed(body=BASE.body.replace("one", "ONE")), begun_from, THEM)
    save(post, changed(body=BASE.body.replace("five", "FIVE")), begun_from)

    save(post, changed(body="one\ntwo\nTHREE\nfour\nFIVE\n"), begun_from)

    assert post.body == "ONE\ntwo\nTHREE\nfour\nFIVE\n"


def test_what_was_sent_before_a_save_and_comes_after_it_is_not_kept(post: Post) -> None:
    begun_from = post.version
    save(post, changed(body="three\n"), begun_from)
    text = changed(body="two\n")

    _, late = saving.keep(post, text, begun_from=begun_from, by=ME)
    _, meant = saving.keep(post, text, begun_from=begun_from, by=ME, unanswered=True)

    assert late is None
    assert meant is not None and meant.begun_from == post.version


def test_a_new_post_that_is_sent_twice_is_one(core: None) -> None:
    first = saving.create(Text(title="T", body="one"), by=ME)
    again = saving.create(Text(title="T", body="one"), by=ME)
    later = saving.create(Text(title="T", body="one and more"), by=ME, unanswered=True)
    other = saving.create(Text(title="T", body="one"), by=Hand(sitting="another-sitting"))

    assert first.post is again.post is later.post
    assert (later.post.body, again.changed) == ("one and more", False)
    assert other.post is not first.post
    with pytest.raises(Overlap):  # a second tab with the form of the first, for all that is known
        saving.create(Text(title="T", body="two"), by=ME)


def test_an_autosave_and_a_save_at_once_begin_one_post(app: Flask) -> None:
    with app.app_context():
        author = authors.add("sam", "correct horse battery")
        db.session.commit()
        hand = Hand(author_id=author.id, sitting="sitting-of-one-editor")
    together = Barrier(4)

    def send(number: int) -> None:
        text = Text(title="T", body=f"number {number}")
        with app.app_context():
            together.wait(timeout=30)
            if number % 2:
                saving.keep(None, text, begun_from=0, by=hand)
            else:
                with contextlib.suppress(Overlap):
                    saving.create(text, by=hand)
            db.session.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(4)))

    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Post.id))) == 1


def test_a_sitting_that_began_a_post_merges_with_what_others_made_of_it(core: None) -> None:
    post = saving.create(BASE, by=ME).post
    posts.revise(post, changed(body="ONE\ntwo\nthree\nfour\nfive\n"))

    mine = changed(body="one\ntwo\nthree\nfour\nFIVE\n")
    saved = saving.create(mine, by=ME, unanswered=True)

    assert saved.post.body == "ONE\ntwo\nthree\nfour\nFIVE\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (Text(title="", body="\n## A *heading*\n\nText"), "A *heading*"),
        (Text(title="", body=" \n"), saving.UNTITLED),
        (Text(title="Given", body="x"), "Given"),
    ],
)
def test_what_is_kept_of_nothing_begins_a_draft(core: None, text: Text, title: str) -> None:
    post, kept = saving.keep(None, text, begun_from=0, by=ME)
    more = Text(title="", body=f"{text.body} and more")
    same, later = saving.keep(None, more, begun_from=0, by=ME)

    assert (post.title, post.body, kept, post.state()) == (title, text.body, None, "draft")
    assert same is post
    assert later is not None and later.body == more.body


def test_a_hundred_saves_at_once_make_one_line_of_versions_in_which_every_text_is(
    app: Flask, make_post: MakePost
) -> None:
    lines = [f"line {number}\n" for number in range(220)]
    post = make_post("T", None, body="".join(lines))
    begun_from, together = post.version, Barrier(4)

    def send(number: int) -> bool:
        """Save a text that has a line of its own changed, or for every third one the same."""
        mine = list(lines)
        mine[0 if number % 3 == 0 else number * 2] = f"saved by {number}\n"
        text = Text(title="T", slug=post.slug, body="".join(mine))
        hand = Hand(sitting=f"sitting-of-number-{number}")
        with app.app_context():
            if number < 4:
                together.wait(timeout=30)
            found = posts.get(post.id)
            try:
                saving.save(found, text, begun_from=begun_from, by=hand)
            except Overlap as overlap:
                db.session.rollback()
                saving.keep_mine(overlap, hand, begun_from)
                db.session.commit()
                return False
            db.session.commit()
            return True

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(send, range(100)))

    with app.app_context():
        found = posts.get(post.id)
        saved = db.session.scalars(
            sa.select(Revision).where(Revision.version.is_not(None)).order_by(Revision.version)
        ).all()
        kept = revisions.kept(found)
        assert taken.count(True) == len(saved) - 1
        assert taken.count(False) == len(kept) > 20
        assert saved[-1].body == found.body == texts.of(found).body
        for number, was_taken in enumerate(taken):
            mark = f"saved by {number}\n"
            assert (mark in found.body) if was_taken else any(mark in k.body for k in kept)
        for before, after in itertools.pairwise(saved):
            assert after.version is not None and before.version is not None
            assert after.version > before.version
            assert set(_marks(before.body)) < set(_marks(after.body))


def _marks(body: str) -> list[str]:
    return [line for line in body.splitlines() if line.startswith("saved by")]

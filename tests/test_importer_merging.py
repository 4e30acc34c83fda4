"""Import: files that have changed meet posts that an author has changed, too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blogapp import posts, revisions, shelves, texts
from blogapp.extensions import db
from blogapp.models import Post

from .test_importer import BringIn, Run, blog, bring_in, only_post, run

__all__ = ["blog", "bring_in", "run"]  # fixtures

pytestmark = pytest.mark.usefixtures("core")

HEADER = "---\ntitle: Hello\ndate: 2020-05-04\ntags: [a]\n---\n"
LINES = "one\n\ntwo\n\nthree\n"


@pytest.fixture
def post(blog: Path, bring_in: BringIn) -> Post:
    """An article that came from a file."""
    (blog / "hello.md").write_text(HEADER + LINES)
    bring_in(blog)
    return only_post()


def change(post: Post, **fields: object) -> None:
    """Change the post here, as an author does."""
    posts.revise(post, replace(texts.of(post), **fields))  # type: ignore[arg-type] # its fields
    db.session.commit()


def push(blog: Path, before: str, after: str) -> None:
    """Change the file."""
    file = blog / "hello.md"
    file.write_text(file.read_text().replace(before, after))


def test_what_changed_here_and_what_changed_in_the_file_are_merged(
    post: Post, blog: Path, run: Run
) -> None:
    change(post, body=LINES.replace("one", "ONE"), tags=["a", "here"])
    push(blog, "three", "THREE")
    push(blog, "[a]", "[a, there]")

    [result] = run(blog)

    merged = only_post()
    assert result.outcome.value == "updated"
    assert "it was changed here, too" in result.notes[-1].text
    assert merged.body == "ONE\n\ntwo\n\nTHREE\n"
    assert [tag.name for tag in merged.tags] == ["a", "here", "there"]
    kinds = [revision.kind for revision in revisions.history(merged)[0]]
    assert kinds == ["merge", "import", "save", "begun"]


def test_one_merge_after_the_other_loses_nothing(post: Post, blog: Path, run: Run) -> None:
    change(post, body=LINES.replace("one", "ONE"))
    push(blog, "three", "THREE")
    run(blog)
    push(blog, "THREE", "three, again")
    assert [result.outcome.value for result in run(blog)] == ["updated"]
    assert only_post().body == "ONE\n\ntwo\n\nthree, again\n"

    change(only_post(), title="Here")
    push(blog, "two", "TWO")
    run(blog)

    assert (only_post().title, only_post().body) == ("Here", "ONE\n\nTWO\n\nthree, again\n")
    assert [result.outcome.value for result in run(blog)] == ["unchanged"]


def test_where_both_changed_the_same_ours_stays_and_the_report_says_what(
    post: Post, blog: Path, run: Run
) -> None:
    change(post, body=LINES.replace("two", "ours"))
    push(blog, "two", "theirs")

    [result] = run(blog)

    assert (result.outcome.value, "(body)" in result.reason) == ("kept", True)
    assert only_post().body == LINES.replace("two", "ours")


def test_a_file_whose_post_is_in_the_trash_is_not_taken(post: Post, blog: Path, run: Run) -> None:
    shelves.to_trash(post)
    db.session.commit()
    push(blog, "two", "theirs")

    [result] = run(blog)

    assert (result.outcome.value, "in the trash" in result.reason) == ("kept", True)
    assert only_post().body == LINES


def test_an_unlisted_file_is_an_unlisted_article(blog: Path, run: Run) -> None:
    (blog / "hello.md").write_text(HEADER.replace("tags", "unlisted: true\ntags") + LINES)

    [result] = run(blog)

    assert result.state == "published"
    assert (only_post().shelf, posts.visible("hello")) == ("unlisted", only_post())
    assert posts.count(posts.published()) == 0

"""Import: each file becomes one post, however often and from wherever it is repeated."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from blogapp import posts, source, tags
from blogapp.cli.setup import SAMPLES
from blogapp.extensions import db
from blogapp.models import Post
from blogapp.posts import Text
from blogapp.transfer import importer, sources
from blogapp.transfer.importer import Outcome

pytestmark = pytest.mark.usefixtures("core")

FILE = "---\ntitle: Hello\ndate: 2020-05-04\ntags: [a]\n---\nThe *text*.\n"
Import = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """The old blog, with one article in it."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "hello.md").write_text(FILE)
    return folder


@pytest.fixture
def bring_in() -> Import:
    """Import a folder as the command does; returns what became of each file."""

    def bring_in(folder: Path) -> list[tuple[str, str]]:
        zone = ZoneInfo("Europe/Berlin")
        results = []
        for result in importer.bring_in(sources.find(folder), folder, zone=zone):
            results.append((result.path, result.outcome.value))
            db.session.commit()
        return results

    return bring_in


def only_post() -> Post:
    db.session.expire_all()
    return db.session.scalars(sa.select(Post)).one()


def test_a_file_becomes_an_article_of_its_day(blog: Path, bring_in: Import) -> None:
    assert bring_in(blog) == [("hello.md", "added")]

    post = only_post()
    assert (post.title, post.slug, post.body) == ("Hello", "hello", "The *text*.\n")
    assert post.published_at == datetime(2020, 5, 3, 22, tzinfo=UTC)
    assert [tag.name for tag in post.tags] == ["a"]
    assert post.body_html == "<p>The <em>text</em>.</p>"
    assert not post.changed_after_publication


def test_the_same_file_again_changes_nothing(blog: Path, bring_in: Import) -> None:
    bring_in(blog)
    before = only_post().version

    assert bring_in(blog) == [("hello.md", "unchanged")]
    assert only_post().version == before


def test_the_samples_again_change_nothing(bring_in: Import) -> None:
    first = bring_in(SAMPLES)
    second = bring_in(SAMPLES)

    assert {outcome for _, outcome in first} == {"added"}
    assert {outcome for _, outcome in second} == {"unchanged"}
    assert len(first) == len(second) >= 9


def test_a_folder_that_was_moved_is_known_again(
    blog: Path, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(blog)

    assert bring_in(blog.rename(tmp_path / "elsewhere")) == [("hello.md", "unchanged")]


def test_what_changed_in_the_file_is_taken(blog: Path, bring_in: Import) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "new text").replace("[a]", "[b]"))

    assert bring_in(blog) == [("hello.md", "updated")]
    assert only_post().body == "The new text.\n"
    assert [tag.name for tag in only_post().tags] == ["b"]
    assert only_post().slug == "hello"


@pytest.mark.parametrize(
    "change",
    [
        lambda post: posts.revise(
            post, Text(title="Hello", slug="hello", body="mine", tags=["a"])
        ),
        lambda post: posts.revise(post, Text(title="Hello", slug="hello", body=post.body)),
        posts.unpublish,
    ],
)
def test_what_changed_here_stays(
    blog: Path, bring_in: Import, change: Callable[[Post], object]
) -> None:
    bring_in(blog)
    change(only_post())
    db.session.commit()
    here = (only_post().body, only_post().state(), len(only_post().tags))
    assert bring_in(blog) == [("hello.md", "unchanged")]

    (blog / "hello.md").write_text(FILE.replace("*text*", "theirs"))
    assert bring_in(blog) == [("hello.md", "kept")]
    assert (only_post().body, only_post().state(), len(only_post().tags)) == here


@pytest.mark.parametrize("merged", [False, True])
def test_a_tag_that_was_renamed_or_merged_is_no_change_of_the_post(
    blog: Path, bring_in: Import, merged: bool
) -> None:
    bring_in(blog)
    [tag], [new] = only_post().tags, tags.named(["new"] if merged else ["a"])
    db.session.flush()
    if merged:
        tags.merge(tag, new)
    else:
        tags.rename(tag, "new")
    db.session.commit()

    (blog / "hello.md").write_text(FILE.replace("*text*", "theirs"))

    assert bring_in(blog) == [("hello.md", "updated")]
    assert "theirs" in only_post().body
    assert [tag.name for tag in only_post().tags] == ["new"]


def test_a_title_that_another_post_has_gets_its_own_address(blog: Path, bring_in: Import) -> None:
    posts.create(Text(title="Hello"))
    db.session.commit()

    results = list(importer.bring_in(sources.find(blog), blog, zone=ZoneInfo("UTC")))

    assert [(result.outcome, result.slug) for result in results] == [(Outcome.ADDED, "hello-2")]
    assert "another post is at “hello”" in " ".join(results[0].notes)


def test_a_broken_file_fails_and_the_others_are_in(blog: Path, bring_in: Import) -> None:
    (blog / "a-broken.md").write_text("---\ntitle: [\n---\n")
    (blog / "notes.md").write_text("No front matter.\n")

    outcomes = dict(bring_in(blog))

    assert (outcomes["a-broken.md"], outcomes["hello.md"]) == ("failed", "added")
    assert outcomes["notes.md"] == "skipped"


def test_a_draft_stays_one_and_a_date_in_the_future_schedules(
    blog: Path, bring_in: Import
) -> None:
    (blog / "hello.md").write_text(FILE.replace("tags", "draft: true\ntags"))
    (blog / "soon.md").write_text(FILE.replace("Hello", "Soon").replace("2020", "2200"))
    bring_in(blog)

    states = {post.title: post.state() for post in db.session.scalars(sa.select(Post))}
    assert states == {"Hello": "draft", "Soon": "scheduled"}


def test_what_the_blog_writes_it_reads_again(blog: Path, bring_in: Import, tmp_path: Path) -> None:
    text = Text(
        title='A: "title" # with & signs',
        description="It's — short",
        tags=["c#", "日本"],
        body="# One\n\n---\n\n`x`\n",
        minutes=7,
    )
    with time_machine.travel(datetime(2026, 5, 1, tzinfo=UTC), tick=False):
        post = posts.create(text)
        posts.publish(post, datetime(2026, 3, 14, 9, 30, 15, tzinfo=UTC))
    written = source.write(post)
    fields = (post.title, post.description, post.body, post.published_at, post.minutes_by_author)
    names = [tag.name for tag in post.tags]
    db.session.rollback()
    shutil.rmtree(blog)
    blog.mkdir()
    (blog / "again.md").write_text(written, encoding="utf-8")

    bring_in(blog)

    post = only_post()
    read = (post.title, post.description, post.body, post.published_at, post.minutes_by_author)
    assert (read, [tag.name for tag in post.tags]) == (fields, names)
    assert post.updated_at - (post.published_at or post.updated_at) == timedelta(0)


def test_a_file_of_the_same_name_in_another_blog_is_another_article(
    blog: Path, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(blog)
    other = tmp_path / "elsewhere" / blog.name
    other.mkdir(parents=True)
    (other / "hello.md").write_text(FILE.replace("*text*", "other text"))

    assert bring_in(other) == [("hello.md", "added")]

    bodies = {post.slug: post.body for post in db.session.scalars(sa.select(Post))}
    assert bodies == {"hello": "The *text*.\n", "hello-2": "The other text.\n"}


def test_a_single_file_is_known_from_the_import_of_its_folder(
    blog: Path, bring_in: Import
) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "text"))

    results = importer.bring_in([blog / "hello.md"], blog / "hello.md", zone=ZoneInfo("UTC"))

    assert [result.outcome for result in results] == [Outcome.UPDATED]


def test_a_changed_text_counts_as_updated_on_the_day_of_its_import(
    blog: Path, bring_in: Import
) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "text"))

    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        bring_in(blog)

    assert only_post().updated_at == datetime(2026, 6, 1, tzinfo=UTC)


def test_a_new_slug_in_the_file_moves_the_article_and_keeps_its_old_address(
    blog: Path, bring_in: Import
) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("tags:", "slug: other\ntags:"))

    assert bring_in(blog) == [("hello.md", "updated")]

    moved = posts.moved("hello")
    assert moved is not None and moved.slug == "other"

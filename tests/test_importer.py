"""Import: each file becomes one post, however often and from wherever it is repeated."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
import time_machine

from blogapp import markdown, posts, source, tags
from blogapp.batches import Begun
from blogapp.cli.setup import SAMPLES
from blogapp.extensions import db
from blogapp.markdown.convert import convert
from blogapp.markdown.stream import Stream
from blogapp.models import Post
from blogapp.texts import Text
from blogapp.transfer.files import trees
from blogapp.transfer.reading import sources, systems
from blogapp.transfer.rewriting import rewriting
from blogapp.transfer.storing import importer, plans, renderers, storing
from blogapp.transfer.storing.importer import Import, Outcome, Result

pytestmark = pytest.mark.usefixtures("core")

FILE = "---\ntitle: Hello\ndate: 2020-05-04\ntags: [a]\n---\nThe *text*.\n"
Run = Callable[..., list[Result]]
BringIn = Callable[[Path], list[tuple[str, str]]]


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    """The old blog, with one article in it."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "hello.md").write_text(FILE)
    return folder


@pytest.fixture
def run() -> Run:
    """Import a folder as the command does; returns the report."""

    def run(path: Path, *, rehearsal: bool = False, most: int | None = None) -> list[Result]:
        results: list[Result] = []
        with trees.opened(path) as tree:
            system = systems.detect(tree, "plain")
            with Import(
                tree,
                system=system,
                zone=ZoneInfo("Europe/Berlin"),
                language="en",
                rehearsal=rehearsal,
            ) as work:
                for _ in work.read():
                    pass
                for some in work.store():
                    db.session.commit()
                    results += some
                    if most is not None and len(results) >= most:
                        break
        return results

    return run


@pytest.fixture
def bring_in(run: Run) -> BringIn:
    """Import a folder as the command does; returns what became of each file."""
    return lambda folder: [(result.path, result.outcome.value) for result in run(folder)]


def only_post() -> Post:
    db.session.expire_all()
    return db.session.scalars(sa.select(Post)).one()


def slugs() -> dict[str, str]:
    """The slugs of all posts, by their titles."""
    db.session.expire_all()
    return {post.title: post.slug for post in db.session.scalars(sa.select(Post))}


def write(folder: Path, name: str, header: str = "", body: str = "Text.\n") -> Path:
    """Write a file of that *name*, whose title is its stem unless *header* says otherwise."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    title = "" if "title:" in header else f"title: {file.stem}\n"
    date = "" if "date:" in header else "date: 2020-05-04\n"
    file.write_text(f"---\n{title}{date}{header}\n---\n{body}")
    return file


def test_a_file_becomes_an_article_of_its_day(blog: Path, bring_in: BringIn) -> None:
    assert bring_in(blog) == [("hello.md", "added")]

    post = only_post()
    assert (post.title, post.slug, post.body) == ("Hello", "hello", "The *text*.\n")
    assert post.published_at == datetime(2020, 5, 3, 22, tzinfo=UTC)
    assert post.created_at == post.updated_at == post.published_at
    assert [tag.name for tag in post.tags] == ["a"]
    assert post.body_html == "<p>The <em>text</em>.</p>"
    assert not post.changed_after_publication


def test_the_same_file_again_changes_nothing(blog: Path, bring_in: BringIn) -> None:
    bring_in(blog)
    before = only_post().version

    assert bring_in(blog) == [("hello.md", "unchanged")]
    assert only_post().version == before


def test_the_samples_again_change_nothing(bring_in: BringIn) -> None:
    first = bring_in(SAMPLES)
    second = bring_in(SAMPLES)

    assert {outcome for _, outcome in first} == {"added"}
    assert {outcome for _, outcome in second} == {"unchanged"}
    assert len(first) == len(second) >= 9


def test_a_folder_that_was_moved_is_known_again(
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
    bring_in(blog)
    before = only_post().version
    there = blog.rename(tmp_path / "elsewhere")

    assert bring_in(there) == [("hello.md", "unchanged")]
    assert only_post().version == before

    (there / "hello.md").write_text(FILE.replace("*text*", "new text"))
    assert bring_in(there) == [("hello.md", "updated")]
    assert only_post().body == "The new text.\n"


def test_posts_of_one_title_are_known_again_when_they_were_moved(
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
    write(blog, "b.md", "title: Hello", "Other.\n")
    bring_in(blog)
    before = slugs()

    outcomes = bring_in(blog.rename(tmp_path / "elsewhere"))

    assert {outcome for _, outcome in outcomes} == {"unchanged"}
    assert slugs() == before


def test_a_copy_of_a_file_comes_in_once(blog: Path, run: Run) -> None:
    shutil.copytree(blog, blog / "z-backup")

    for outcome in (Outcome.ADDED, Outcome.UNCHANGED):
        results = run(blog)
        assert [result.outcome for result in results] == [outcome, Outcome.SKIPPED]
        assert "says the same as hello.md" in results[1].reason
    assert only_post().slug == "hello"


def test_what_changed_in_the_file_is_taken(blog: Path, bring_in: BringIn) -> None:
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
        posts.unpublish,
    ],
)
def test_what_changed_here_stays(
    blog: Path, bring_in: BringIn, change: Callable[[Post], object]
) -> None:
    bring_in(blog)
    change(only_post())
    db.session.commit()
    here = (only_post().body, only_post().slug, only_post().state(), len(only_post().tags))
    assert bring_in(blog) == [("hello.md", "unchanged")]

    (blog / "hello.md").write_text(FILE.replace("*text*", "theirs"))
    assert bring_in(blog) == [("hello.md", "kept")]
    post = only_post()
    assert (post.body, post.slug, post.state(), len(post.tags)) == here


def test_what_changed_here_while_the_import_ran_stays(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "theirs"))
    store = storing.store

    def late(works: list[storing.Work], begun: list[Begun]) -> list[Result]:
        db.session.execute(sa.update(Post).values(body="mine", version=Post.version + 1))
        return store(works, begun)

    monkeypatch.setattr(storing, "store", late)

    assert [result.outcome for result in run(blog)] == [Outcome.KEPT]
    assert only_post().body == "mine"


@pytest.mark.parametrize("merged", [False, True])
def test_a_tag_that_was_renamed_or_merged_is_no_change_of_the_post(
    blog: Path, bring_in: BringIn, merged: bool
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
    write(blog, "other.md", "tags: [A, new]")

    assert bring_in(blog) == [("hello.md", "updated"), ("other.md", "added")]
    for post in db.session.scalars(sa.select(Post)):
        assert [tag.name for tag in post.tags] == ["new"]


def test_tags_of_many_posts_are_the_same_tags(blog: Path, bring_in: BringIn) -> None:
    for number in range(5):
        write(blog, f"{number}.md", "tags: ['C#', htmx]" if number % 2 else "tags: [HTMX, '#c#']")

    bring_in(blog)

    assert tags.names() == ["a", "c#", "htmx"]


@pytest.mark.parametrize("rehearsal", [False, True])
def test_a_title_that_another_post_has_gets_its_own_address(
    blog: Path, run: Run, rehearsal: bool
) -> None:
    posts.create(Text(title="Hello"))
    db.session.commit()
    write(blog, "later.md", "title: Later\nslug: hello", "Other.\n")

    results = run(blog, rehearsal=rehearsal)

    assert [(result.outcome, result.slug) for result in results] == [
        (Outcome.ADDED, "hello-2"),
        (Outcome.ADDED, "hello-3"),
    ]
    assert "another post is at “hello”" in results[0].notes[0].text
    assert "hello-3" in results[1].notes[0].text
    assert [result.outcome for result in run(blog, rehearsal=True)] == (
        [Outcome.ADDED] * 2 if rehearsal else [Outcome.UNCHANGED] * 2
    )


def test_the_blogs_own_language_has_the_slug_and_the_others_are_called_by_theirs(
    blog: Path, bring_in: BringIn
) -> None:
    write(blog, "a.de.md", "title: Hallo\nslug: greeting\nlang: de")
    write(blog, "b.md", "title: Draft\nslug: greeting\ndraft: true")
    write(blog, "c.md", "title: Greeting\nslug: greeting\nlang: en-GB")

    for _ in range(2):
        bring_in(blog)

        found = slugs()
        assert found["Greeting"] == "greeting"
        assert found["Hallo"] == "greeting-de"
        assert found["Draft"] == "greeting-2"


def test_a_broken_file_fails_and_the_others_are_in(blog: Path, run: Run) -> None:
    (blog / "a-broken.md").write_text("---\ntitle: [\n---\n")
    (blog / "README.md").write_text("No front matter.\n")

    results = {result.path: result for result in run(blog)}

    assert results["a-broken.md"].outcome is Outcome.FAILED
    assert results["a-broken.md"].line is not None
    assert results["hello.md"].outcome is Outcome.ADDED
    assert results["README.md"].outcome is Outcome.SKIPPED


def test_an_import_leaves_the_garbage_collector_as_it_was(blog: Path) -> None:
    own, usual = gc.get_threshold(), (700, 10, 10)
    gc.set_threshold(*usual)
    tree = trees.opened(blog)

    with tree, Import(tree, system=None, zone=ZoneInfo("UTC"), language="en"):
        meanwhile = gc.get_threshold()
    afterwards = gc.get_threshold()
    gc.set_threshold(*own)

    assert meanwhile > usual
    assert afterwards == usual


@pytest.mark.parametrize("where", ["read", "of", "rewrite", "_new"])
def test_a_failure_that_nobody_has_foreseen_takes_no_other_post_with_it(
    blog: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    where: str,
) -> None:
    for name in ("a", "m", "z"):
        write(blog, f"{name}.md")

    def breaks(original: Callable[..., object]) -> Callable[..., object]:
        def broken(*arguments: object, **options: object) -> object:
            if "m.md" in f"{[getattr(a, 'path', '') for a in arguments]} {arguments}":
                raise RuntimeError("the shelf fell")
            return original(*arguments, **options)

        return broken

    owner: object = {
        "read": sources,
        "of": plans,
        "rewrite": rewriting.Rewriter,
        "_new": storing,
    }[where]
    monkeypatch.setattr(owner, where, breaks(getattr(owner, where)))

    results = {result.path: result for result in run(blog)}

    assert results["m.md"].outcome is Outcome.FAILED
    assert results["m.md"].reason == "RuntimeError: the shelf fell"
    assert set(slugs()) == {"Hello", "a", "z"}
    assert "m.md could not be imported" in caplog.text
    monkeypatch.undo()
    assert {result.outcome for result in run(blog)} == {Outcome.ADDED, Outcome.UNCHANGED}


def test_a_database_that_is_gone_ends_the_import(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sa.exc.OperationalError("x", {}, Exception("database or disk is full"))

    monkeypatch.setattr(storing, "store", full)

    with pytest.raises(sa.exc.OperationalError):
        run(blog)


def test_an_import_that_was_interrupted_goes_on(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "GROUP", 2)
    monkeypatch.setattr(importer, "AHEAD", 1)
    for number in range(7):
        write(blog, f"{number}.md", "title: Same", f"Text {number} [next]({number + 1}.md).\n")
    run(blog, most=3)
    first = {post.body for post in db.session.scalars(sa.select(Post))}

    results = run(blog)

    assert len(first) == 4
    outcomes = [result.outcome for result in results]
    assert outcomes == [Outcome.UNCHANGED] * 4 + [Outcome.ADDED] * 4
    assert {result.outcome for result in run(blog)} == {Outcome.UNCHANGED}
    assert len({result.slug for result in results}) == 8


@pytest.mark.parametrize("heavy", [10, 1_000_000])
def test_results_come_in_the_order_of_the_files(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch, heavy: int
) -> None:
    monkeypatch.setattr(importer, "GROUP", 3)
    monkeypatch.setattr(importer, "AHEAD", 2)
    monkeypatch.setattr(importer, "HEAVY", heavy)
    for number in range(12):
        write(blog, f"{number:02}.md", body="[" if number == 5 else "Text.\n")

    paths = [result.path for result in run(blog)]

    assert paths == sorted(paths) and len(paths) == 13


def test_a_draft_stays_one_and_a_date_in_the_future_schedules(blog: Path, run: Run) -> None:
    (blog / "hello.md").write_text(FILE.replace("tags", "draft: true\ntags"))
    (blog / "soon.md").write_text(FILE.replace("Hello", "Soon").replace("2020", "2200"))

    planned = {result.path: result.state for result in run(blog, rehearsal=True)}
    run(blog)

    states = {post.title: post.state() for post in db.session.scalars(sa.select(Post))}
    assert states == {"Hello": "draft", "Soon": "scheduled"}
    assert planned == {"hello.md": "draft", "soon.md": "scheduled"}


def test_an_article_that_became_a_draft_is_taken_back(blog: Path, bring_in: BringIn) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("tags", "draft: true\ntags"))

    assert bring_in(blog) == [("hello.md", "updated")]
    assert only_post().state() == "draft"


def test_language_and_series_come_along_and_make_a_change(blog: Path, bring_in: BringIn) -> None:
    (blog / "hello.md").write_text(FILE.replace("tags", "lang: pt_br\nseries: A  tour\ntags"))
    bring_in(blog)
    assert (only_post().language, only_post().series) == ("pt-BR", "A tour")

    (blog / "hello.md").write_text(FILE)
    assert bring_in(blog) == [("hello.md", "updated")]
    assert (only_post().language, only_post().series) == (None, None)


def test_a_text_that_cannot_be_rendered_is_in_and_the_author_is_told(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(source: str, _answer: object) -> markdown.Rendered:
        return markdown.fallback.as_code(source, notice="Shown as plain code: too slow.")

    monkeypatch.setattr(markdown.answers, "rendered", fails)

    for rehearsal in (True, False):
        [result] = run(blog, rehearsal=rehearsal)
        assert [note.text for note in result.notes] == ["Shown as plain code: too slow."]
    assert only_post().body == "The *text*.\n"


def test_a_text_is_rendered_once_and_only_while_it_is_new(
    blog: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    class Watched(Stream):
        def put(self, source: str) -> None:
            seen.append(source)
            super().put(source)

    monkeypatch.setattr(renderers, "Stream", Watched)
    write(blog, "a.md", "title: A", "[to b](b.md)")
    write(blog, "b.md", "title: B", "Words.")

    run(blog)
    run(blog)

    assert sorted(seen) == ["The *text*.\n", "Words.", "[to b](/blog/b)"]
    assert [post.body_html for post in db.session.scalars(sa.select(Post))] == [
        convert(post.body).html for post in db.session.scalars(sa.select(Post))
    ]


def test_what_the_blog_writes_it_reads_again(
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
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
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
    bring_in(blog)
    other = tmp_path / "elsewhere" / blog.name
    other.mkdir(parents=True)
    (other / "hello.md").write_text(FILE.replace("*text*", "other text"))

    assert bring_in(other) == [("hello.md", "added")]

    bodies = {post.slug: post.body for post in db.session.scalars(sa.select(Post))}
    assert bodies == {"hello": "The *text*.\n", "hello-2": "The other text.\n"}


def test_a_copy_of_a_blog_brings_what_was_edited_to_the_same_posts(
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
    for name in ("t1", "t2", "t3", "t4"):
        write(blog, f"posts/{name}.md", body=f"Text {name}.\n")
    bring_in(blog)
    before = slugs()
    there = shutil.copytree(blog, tmp_path / "download" / "old-main")
    write(there, "posts/t2.md", body="Edited.\n")
    write(there, "posts/t3.md", "slug: other", body="Another post.\n")
    post = db.session.scalars(sa.select(Post).where(Post.slug == "t4")).one()
    posts.revise(post, Text(title="t4", slug="t4", body="mine"))
    db.session.commit()
    write(there, "posts/t4.md", body="theirs\n")

    for edited in ("updated", "unchanged"):
        outcomes = dict(bring_in(there))
        assert outcomes.pop("posts/t2.md") == edited
        assert outcomes.pop("posts/t3.md") in {"added", "unchanged"}
        assert outcomes.pop("posts/t4.md") == "kept"
        assert {*outcomes.values()} == {"unchanged"}
    assert slugs() == before | {"t3": "other"}
    assert db.session.scalar(sa.select(sa.func.count(Post.id))) == len(before) + 1


def test_another_blog_that_has_a_text_in_common_is_another_blog(
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
    write(blog, "a.md")
    write(blog, "b.md")
    bring_in(blog)
    other = shutil.copytree(blog, tmp_path / "theirs")
    write(other, "a.md", body="Other.\n")
    write(other, "b.md", body="Other, too.\n")

    outcomes = bring_in(other)

    assert outcomes == [("a.md", "added"), ("b.md", "added"), ("hello.md", "unchanged")]


def test_a_file_that_was_renamed_moves_its_post(blog: Path, bring_in: BringIn) -> None:
    write(blog, "third.md", "title: Third")
    bring_in(blog)
    (blog / "third.md").rename(blog / "third-renamed.md")

    assert ("third-renamed.md", "updated") in bring_in(blog)

    assert slugs() == {"Hello": "hello", "Third": "third-renamed"}
    moved = posts.moved("third")
    assert moved is not None and moved.title == "Third"
    assert ("third-renamed.md", "unchanged") in bring_in(blog)


def test_one_text_in_two_files_is_two_posts_wherever_they_move(
    blog: Path, bring_in: BringIn, tmp_path: Path
) -> None:
    write(blog, "a.md", "title: Same")
    write(blog, "b.md", "title: Same")
    bring_in(blog)

    outcomes = bring_in(blog.rename(tmp_path / "elsewhere"))

    assert [outcome for _, outcome in outcomes] == ["unchanged"] * 3
    assert set(db.session.scalars(sa.select(Post.slug))) == {"hello", "a", "b"}


@pytest.mark.parametrize("date", ["2200-01-01", "2021-01-01"])
def test_a_post_that_nobody_has_read_yet_has_not_changed(
    blog: Path, bring_in: BringIn, date: str
) -> None:
    (blog / "hello.md").write_text(FILE.replace("2020-05-04", "2200-01-01"))
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("2020-05-04", date).replace("*text*", "words"))

    assert bring_in(blog) == [("hello.md", "updated")]

    assert only_post().updated_at <= datetime.now(UTC)
    assert not only_post().changed_after_publication


def test_a_single_file_is_known_from_the_import_of_its_folder(
    blog: Path, bring_in: BringIn
) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "text"))

    assert bring_in(blog / "hello.md") == [("hello.md", "updated")]


def test_a_changed_text_counts_as_updated_on_the_day_of_its_import(
    blog: Path, bring_in: BringIn
) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "text"))

    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        bring_in(blog)

    assert only_post().updated_at == datetime(2026, 6, 1, tzinfo=UTC)


def test_the_day_of_a_change_is_the_one_that_the_file_names(blog: Path, run: Run) -> None:
    (blog / "hello.md").write_text(FILE.replace("tags:", "updated: 2021-01-02\ntags:"))

    run(blog)

    assert only_post().updated_at == datetime(2021, 1, 1, 23, tzinfo=UTC)
    assert only_post().changed_after_publication


def test_a_new_slug_in_the_file_moves_the_article_and_keeps_its_old_address(
    blog: Path, bring_in: BringIn
) -> None:
    bring_in(blog)
    (blog / "hello.md").write_text(FILE.replace("tags:", "slug: other\ntags:"))

    assert bring_in(blog) == [("hello.md", "updated")]

    moved = posts.moved("hello")
    assert moved is not None and moved.slug == "other"


def test_a_rehearsal_asks_and_writes_nothing(blog: Path, run: Run, written: list[str]) -> None:
    run(blog)
    (blog / "hello.md").write_text(FILE.replace("*text*", "text"))
    write(blog, "new.md")
    (blog / "README.md").write_text("x")
    written.clear()

    results = run(blog, rehearsal=True)

    outcomes = {result.path: result.outcome.value for result in results}
    assert outcomes == {"hello.md": "updated", "new.md": "added", "README.md": "skipped"}
    assert written == []


@pytest.fixture
def written() -> Iterator[list[str]]:
    """All that SQL is asked for but to read."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.split()[0].upper() not in {"SELECT", "PRAGMA", "WITH"}:
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    yield seen
    sa.event.remove(db.engine, "before_cursor_execute", listen)


def test_a_thousand_wishes_for_one_slug_cost_one_query_each_at_most(blog: Path, run: Run) -> None:
    for number in range(30):
        write(blog, f"{number:02}.md", "slug: same", f"Text {number}.\n")
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    results = run(blog, rehearsal=True)
    sa.event.remove(db.engine, "before_cursor_execute", listen)

    assert {result.slug for result in results} >= {"same", "same-2", "same-30"}
    assert len(asked) < 2 * 30

"""Homecoming: an export is merged with what is here, and overwrites nothing."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import (
    addresses,
    images,
    messages,
    posts,
    previews,
    revisions,
    shelves,
    tags,
    texts,
    trash,
)
from blogapp.cli import importing
from blogapp.errors import BlogError
from blogapp.extensions import db
from blogapp.models import OldAddress, Post, Tag, TagRedirect, utcnow
from blogapp.revisions import Hand
from blogapp.transfer.exporting import archive, homecoming
from blogapp.transfer.files import trees
from blogapp.transfer.storing.storing import Outcome

from .conftest import (
    PAST,
    MakeApp,
    MakeMessage,
    MakePost,
    browser,
)
from .exported import (
    Exported,
    add_image,
    bring,
    content,
    copy,
    dump,
    empty,
    export,
    find,
    make_exported,
    of,
    outcomes,
    small,
)

__all__ = ["copy", "empty", "make_exported", "small"]  # fixtures


def test_a_zip_comes_back_also_when_its_folder_was_zipped_again(
    small: Exported, make_app: MakeApp, tmp_path: Path
) -> None:
    export(small.blog.app, tmp_path / "blog.zip")
    shutil.make_archive(str(tmp_path / "again"), "zip", small.export.parent, small.export.name)

    for name in ("blog.zip", "again.zip"):
        app = make_app()
        assert outcomes(bring(app, tmp_path / name)) == {Outcome.ADDED}
        assert browser(app).get("/blog/moved-twice").status_code == 200


def test_a_second_import_changes_nothing(small: Exported, empty: Flask) -> None:
    bring(empty, small.export)
    before = dump(empty)

    results = bring(empty, small.export)

    assert outcomes(results) == {Outcome.UNCHANGED}
    assert dump(empty) == before


def test_a_rehearsal_tells_the_same_and_changes_nothing(small: Exported, empty: Flask) -> None:
    before = dump(empty)

    rehearsed = bring(empty, small.export, rehearsal=True)

    assert dump(empty) == before
    assert not (empty.config["BLOG"].instance / "media").exists()
    assert rehearsed == bring(empty, small.export)


def test_an_interrupted_import_goes_on_where_it_stopped(
    small: Exported, empty: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(homecoming, "GROUP", 1)
    monkeypatch.setattr(homecoming, "AHEAD", 1)
    with empty.app_context(), trees.opened(small.export) as tree:
        work = homecoming.of(tree)
        assert work is not None
        with work:
            stored = 0
            for some in work.store():
                db.session.commit()
                stored += sum(result.path.startswith("posts/") for result in some)
                if stored:
                    break

    results = bring(empty, small.export)

    assert outcomes(results) == {Outcome.ADDED, Outcome.UNCHANGED}
    export(empty, tmp_path / "again")
    assert content(tmp_path / "again") == content(small.export)


def test_what_an_author_changed_here_stays(
    app: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    changed, same = make_post("Changed", body="As it was."), make_post("Same")
    export(app, tmp_path / "export")
    with app.app_context():
        post = db.session.get_one(Post, changed.id)
        posts.revise(post, texts.Text(title="Changed here", slug="changed", body="Anew."))
        db.session.commit()
    before = dump(app)

    results = bring(app, tmp_path / "export")

    kept = of(results, "-changed.md")
    assert kept.outcome is Outcome.KEPT
    assert "differs here in title, text" in kept.reason
    assert f"/admin/posts/{changed.id}" in kept.reason
    assert of(results, f"-{same.slug}.md").outcome is Outcome.UNCHANGED
    assert dump(app) == before


def test_a_history_that_went_on_here_takes_in_nothing_of_another(
    app: Flask, empty: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    post = make_post("Hello", body="One.\n\nTwo.\n")
    export(app, tmp_path / "first")
    bring(empty, tmp_path / "first")
    for there, body in ((app, "One.\n\nForeign.\n"), (empty, "One.\n\nTwo.\n\nThree.\n")):
        with there.app_context():
            found = find("hello")
            if there is empty:
                posts.unpublish(found)  # a version that has no revision
                posts.publish(found, PAST)
            posts.revise(found, texts.Text(title="Hello", slug="hello", body=body))
            kept = texts.Text(title="Hello", slug="hello", body="Kept.")
            revisions.keep(found, kept, begun_from=post.version, by=Hand(sitting=f"{body[6:9]}"))
            db.session.commit()
    export(app, tmp_path / "second")
    before = dump(empty)

    results = bring(empty, tmp_path / "second")

    assert dump(empty) == before
    assert "that was kept and not saved" in str([result.reason for result in results])


def test_what_is_over_in_the_trash_is_not_exported(
    app: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Buried", None, body="Canary.")
    with app.app_context():
        post = find("buried")
        posts.revise(post, texts.Text(title="Buried", slug="buried", body="Canary again."))
        previews.make(post, 7)
        shelves.to_trash(post, utcnow() - trash.TERM)
        db.session.commit()

    work = export(app, tmp_path / "export")

    assert work.number == 0
    assert not [path for path, data in content(tmp_path / "export").items() if b"anary" in data]
    assert outcomes(bring(app, tmp_path / "export")) <= {Outcome.UNCHANGED}


def test_what_is_over_in_the_trash_comes_back_from_an_export(
    app: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Buried", body="Words.")
    export(app, tmp_path / "export")
    with app.app_context():
        shelves.to_trash(find("buried"), utcnow() - trash.TERM)
        db.session.commit()

    results = bring(app, tmp_path / "export")

    assert of(results, "-buried.md").outcome is Outcome.ADDED
    assert "Words." in browser(app).get("/blog/buried").text


@pytest.mark.parametrize("trashed_at", ["2020-01-01T00:00:00+00:00", "9999-12-31T00:00:00+00:00"])
def test_the_trash_of_an_old_export_begins_its_term_anew(
    app: Flask, empty: Flask, make_post: MakePost, tmp_path: Path, trashed_at: str
) -> None:
    make_post("Buried")
    with app.app_context():
        shelves.to_trash(find("buried"))
        db.session.commit()
    export(app, tmp_path / "export")
    rewrite(tmp_path / "export", "posts", {"trashed_at": trashed_at})

    bring(empty, tmp_path / "export")

    with empty.app_context():
        assert shelves.purge(utcnow() + trash.TERM / 2) == 0
        assert shelves.purge(utcnow() + trash.TERM) == 1


def test_a_post_whose_address_is_anothers_stays_out_and_is_told(
    app: Flask, empty: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Hello", body="Theirs.")
    make_post("Second")
    export(app, tmp_path / "export")
    with empty.app_context():
        posts.publish(posts.create(texts.Text(title="Hello", body="Ours.")), PAST)
        db.session.commit()

    results = bring(empty, tmp_path / "export")

    refused = of(results, "-hello.md")
    assert refused.outcome is Outcome.FAILED
    assert "“Hello” here (/admin/posts/1)" in refused.reason and "alone" in refused.reason
    assert of(results, "-second.md").outcome is Outcome.ADDED
    assert browser(empty).get("/blog/hello.md").text.endswith("Ours.")


def test_addresses_that_others_have_here_are_told_and_stay_theirs(
    app: Flask, empty: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Old", body="Theirs.")
    with app.app_context():
        post = find("old")
        posts.revise(post, texts.Text(title="Old", slug="newer", body="Theirs."))
        addresses.keep([(post, ["/2019/old/", "/2019/other/"])])
        db.session.commit()
    export(app, tmp_path / "export")
    with empty.app_context():
        ours = posts.create(texts.Text(title="Old", body="Ours."))
        posts.publish(ours, PAST)
        addresses.keep([(ours, ["/2019/old"])])
        db.session.commit()

    results = bring(empty, tmp_path / "export")

    came = of(results, "-newer.md")
    assert came.outcome is Outcome.ADDED
    assert [note.text for note in came.notes] == [
        "/2019/old leads to another post here",
    ]
    client = browser(empty)
    assert client.get("/blog/old.md").text.endswith("Ours.")
    assert client.get("/2019/old").location == "/blog/old"
    assert client.get("/2019/other").location == "/blog/newer"


def test_addresses_that_a_post_lacks_here_are_added(
    app: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Hello")
    with app.app_context():
        addresses.keep([(find("hello"), ["/2019/hello/"])])
        db.session.commit()
    export(app, tmp_path / "export")
    with app.app_context():
        db.session.execute(sa.delete(OldAddress))
        db.session.commit()

    results = bring(app, tmp_path / "export")

    assert of(results, "-hello.md").outcome is Outcome.UPDATED
    assert browser(app).get("/2019/hello").location == "/blog/hello"


def test_tags_keep_what_they_are_here(app: Flask, empty: Flask, tmp_path: Path) -> None:
    with app.app_context():
        [first, second, third] = tags.named(["first", "second", "third"])
        db.session.flush()
        tags.describe(first, "Theirs.")
        tags.describe(second, "Described there.")
        tags.rename(third, "third-then")
        db.session.commit()
    export(app, tmp_path / "export")
    with empty.app_context():
        [here, _, other] = tags.named(["first", "second", "third"])
        db.session.flush()
        tags.describe(here, "Ours.")
        tags.rename(other, "third-now")
        db.session.commit()

    results = bring(empty, tmp_path / "export")

    with empty.app_context():
        described = dict(db.session.execute(sa.select(Tag.name, Tag.description)).all())
        led = dict(db.session.execute(sa.select(TagRedirect.name, Tag.name).join(Tag)).all())
    assert described == {
        "first": "Ours.",
        "second": "Described there.",
        "third-now": "",
        "third-then": "",
    }
    assert led == {"third": "third-now"}
    said = [result.reason for result in results]
    assert "tags: 1 added, 1 updated, 1 kept" in said
    assert "the tag “first” is described otherwise here, and stays so" in said
    assert any("“third” led to the tag “third-then”, and means “third-now”" in s for s in said)


def test_a_message_finds_its_post_when_that_comes_later(
    app: Flask, empty: Flask, make_post: MakePost, make_message: MakeMessage, tmp_path: Path
) -> None:
    make_post("Hello")
    _, token = make_message(post="hello")
    export(app, tmp_path / "export")
    file = next((tmp_path / "export/posts").iterdir())
    there = file.read_bytes()
    file.unlink()
    bring(empty, tmp_path / "export")
    file.write_bytes(there)

    results = bring(empty, tmp_path / "export")

    assert of(results, "messages-0001.jsonl").outcome is Outcome.UPDATED
    with empty.app_context():
        found = messages.by_token(token).post
        assert found is not None and found.slug == "hello"


def test_new_posts_and_messages_get_ids_behind_those_that_came(
    small: Exported, empty: Flask
) -> None:
    bring(empty, small.export)

    with empty.app_context():
        last = db.session.scalar(sa.select(sa.func.max(Post.id)))
        assert last is not None
        assert posts.create(texts.Text(title="Next")).id == last + 1


def test_the_old_blogs_files_are_known_again_after_the_move(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/hello.md").write_text("---\ntitle: Hello\ndate: 2020-05-04\n---\nText.\n")
    with app.app_context():
        importing.bring_in(tmp_path / "old")
    export(app, tmp_path / "export")
    bring(empty, tmp_path / "export")

    with empty.app_context():
        [result] = importing.bring_in(tmp_path / "old")

    assert result.outcome is Outcome.UNCHANGED


def test_an_image_whose_file_is_gone_is_told_at_both_ends(
    app: Flask, empty: Flask, tmp_path: Path
) -> None:
    with app.app_context():
        name = add_image()
        db.session.commit()
        images.path(name).unlink()

    work = export(app, tmp_path / "export")
    results = bring(empty, tmp_path / "export")

    assert [note.partition(".")[0] for note in work.notes] == [f"media/{name.partition('.')[0]}"]
    assert of(results, name).outcome is Outcome.SKIPPED


def test_an_image_that_is_lost_here_is_put_back(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        name = add_image()
        db.session.commit()
        export(app, tmp_path / "export")
        images.path(name).unlink()

    results = bring(app, tmp_path / "export")

    assert of(results, name).outcome is Outcome.UPDATED
    assert browser(app).get(f"/media/{name}").status_code == 200


@pytest.mark.parametrize(
    "row", [{"name": "../x.png"}, {"name": "x.html"}, {"type": "text/html"}, {"name": ".x.png"}]
)
def test_only_images_become_images(
    app: Flask, empty: Flask, tmp_path: Path, row: dict[str, str]
) -> None:
    with app.app_context():
        add_image()
        db.session.commit()
    export(app, tmp_path / "export")
    rewrite(tmp_path / "export", "images", row)

    results = bring(empty, tmp_path / "export")

    assert of(results, "").outcome is Outcome.FAILED
    assert not (empty.config["BLOG"].instance / "media").exists()


def rewrite(folder: Path, kind: str, change: dict[str, Any]) -> None:
    """Change the first row of a kind, as somebody would who knows the format."""
    manifest = json.loads((folder / "blog.json").read_bytes())
    [part] = [part for part in manifest["parts"] if part["kind"] == kind]
    file = folder / part["path"]
    first, *rest = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(json.dumps(json.loads(first) | change).encode() + b"\n" + b"".join(rest))
    part["sha256"] = archive.digest(file.read_bytes())
    (folder / "blog.json").write_text(json.dumps(manifest))


def lose(folder: Path) -> str:
    next((folder / "posts").glob("*-crlf.md")).unlink()
    return "there is no such file: the export is incomplete"


def edit(folder: Path) -> str:
    with next((folder / "posts").glob("*-crlf.md")).open("ab") as file:
        file.write(b"!")
    return "it was changed since the export"


@pytest.mark.parametrize("damage", [lose, edit])
def test_a_post_that_is_not_as_it_was_stays_out_and_the_others_come(
    copy: Path, empty: Flask, damage: Callable[[Path], str]
) -> None:
    cause = damage(copy)

    results = bring(empty, copy)

    [failed] = [result for result in results if result.outcome is not Outcome.ADDED]
    assert (failed.outcome, failed.path[-8:]) == (Outcome.FAILED, "-crlf.md")
    assert cause in failed.reason
    assert browser(empty).get("/blog/crlf").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        *({"title": 7}, {"slug": "a/b"}, {"uid": "../x"}, {"unknown": 1}, {"version": None}),
        *({"shelf": "attic"}, {"shelf": "trash"}, {"trashed_from": "trash"}),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_its_place(
    copy: Path, empty: Flask, change: dict[str, Any]
) -> None:
    rewrite(copy, "posts", change)

    results = bring(empty, copy)

    failed = [result for result in results if result.outcome is Outcome.FAILED]
    assert [result.line or result.path for result in failed] in [[1], ["posts/2026-03-14-crlf.md"]]


def test_a_file_of_rows_that_is_cut_is_told_and_the_others_come(copy: Path, empty: Flask) -> None:
    file = copy / "data/messages-0001.jsonl"
    file.write_bytes(file.read_bytes()[:-20])

    results = bring(empty, copy)

    [failed] = [result for result in results if result.outcome is Outcome.FAILED]
    assert failed.path == "data/messages-0001.jsonl"
    assert "not as the export wrote it" in failed.reason


@pytest.mark.parametrize(
    ("manifest", "cause"),
    [
        (None, "blog.json is missing: the export is incomplete"),
        ('{"format": "blogapp-export", "version": 99}', "a newer version of this program"),
        ('{"format": "blogapp-export", "version": 1', "not JSON"),
        ('{"format": "blogapp-export", "version": 1}', "settings"),
        (
            '{"format": "blogapp-export", "version": 1, "settings": {}, "parts": [{"path": '
            '"data/../../x", "kind": "posts", "rows": 1, "sha256": ""}]}',
            "no file of rows",
        ),
    ],
)
def test_an_export_without_a_manifest_that_can_be_read_is_refused_whole(
    copy: Path, empty: Flask, manifest: str | None, cause: str
) -> None:
    (copy / "blog.json").unlink()
    if manifest is not None:
        (copy / "blog.json").write_text(manifest)

    with pytest.raises(BlogError, match=cause):
        bring(empty, copy)


@pytest.mark.parametrize("text", ['{"title": "Something else"}', "[]", "nothing"])
def test_what_is_no_export_of_ours_is_left_to_the_other_import(tmp_path: Path, text: str) -> None:
    (tmp_path / "blog.json").write_text(text)
    (tmp_path / "hello.md").write_text("# Hello")

    with trees.opened(tmp_path) as tree:
        assert homecoming.of(tree) is None


def test_one_file_of_an_export_is_a_file_like_any_other(small: Exported) -> None:
    file = next((small.export / "posts").iterdir())

    with trees.opened(file) as tree:
        assert homecoming.of(tree) is None


def test_paths_that_climb_out_of_a_zip_are_refused_by_name(
    small: Exported, empty: Flask, tmp_path: Path
) -> None:
    export(small.blog.app, tmp_path / "blog.zip")
    with zipfile.ZipFile(tmp_path / "blog.zip", "a") as opened:
        opened.writestr("media/../../evil.png", b"x")

    results = bring(empty, tmp_path / "blog.zip")

    assert [result.path for result in results if result.outcome is Outcome.FAILED] == [
        "media/../../evil.png"
    ]


def test_settings_that_differ_are_told(app: Flask, make_app: MakeApp, tmp_path: Path) -> None:
    export(app, tmp_path / "export")

    [result] = bring(make_app(title="Other"), tmp_path / "export")

    assert (result.path, result.outcome) == ("blog.json", Outcome.KEPT)
    assert [note.text for note in result.notes] == ["BLOG_TITLE is “Other” here, and was “blog”"]

"""Export: everything goes out, whole or not at all, and comes back byte for byte."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import stat
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask

from blogapp import authors
from blogapp.errors import BlogError
from blogapp.extensions import db
from blogapp.models import Author, Post, Session
from blogapp.transfer.exporting import exporter, readme, targets
from blogapp.transfer.files import trees
from blogapp.transfer.storing.storing import Outcome

from .conftest import (
    PASSWORD,
    CheckedClient,
    MakePost,
)
from .exported import (
    Exported,
    add_image,
    bring,
    content,
    crawl,
    empty,
    export,
    make_exported,
    nasty,
    outcomes,
    unzipped,
)
from .test_cli import Command, blogapp, instance, kept, ready

__all__ = ["blogapp", "empty", "instance", "kept", "make_exported", "nasty", "ready"]  # fixtures


def test_what_comes_back_is_the_same_blog_to_the_byte(
    nasty: Exported, empty: Flask, tmp_path: Path
) -> None:
    before = crawl(nasty.blog)

    results = bring(empty, nasty.export)

    after = crawl(replace(nasty.blog, app=empty))
    assert outcomes(results) == {Outcome.ADDED}
    assert [path for path in before if after.get(path) != before[path]] == []
    assert after.keys() == before.keys()
    statuses = Counter(status for status, _, _ in before.values())
    assert any("after=" in path for path in before)
    assert statuses[200] > 100 and statuses[301] > 8 and set(statuses) == {200, 301, 404, 410}
    export(empty, tmp_path / "again")
    assert content(tmp_path / "again") == content(nasty.export)


def test_a_zip_and_a_folder_hold_the_same_and_so_does_every_export(
    nasty: Exported, tmp_path: Path
) -> None:
    export(nasty.blog.app, tmp_path / "blog.zip")
    export(nasty.blog.app, tmp_path / "blog2.ZIP")

    assert unzipped(tmp_path / "blog.zip") == content(nasty.export)
    assert (tmp_path / "blog.zip").read_bytes() == (tmp_path / "blog2.ZIP").read_bytes()


def test_nothing_secret_goes_out(app: Flask, sam: None, tmp_path: Path) -> None:
    with app.app_context():
        token = authors.sign_in("sam", PASSWORD, address="192.0.2.1")
        db.session.commit()
        secrets = [*db.session.scalars(sa.select(Author.password_hash)), token]
        secrets += [*db.session.scalars(sa.select(Session.token_hash))]
        secrets += [app.config["SECRET_KEY"]]

    export(app, tmp_path / "export")

    files = content(tmp_path / "export")
    assert len(secrets) == 4
    for secret in secrets:
        assert not any(str(secret).encode() in data for data in files.values())


def test_other_systems_can_read_every_post(nasty: Exported) -> None:
    files = {p: d for p, d in content(nasty.export).items() if p.endswith(".md")}

    with nasty.blog.app.app_context():
        stored = {post.uid: post for post in db.session.scalars(sa.select(Post))}
        for path, data in files.items():
            _, front, body = data.split(b"---\n", 2)
            header = yaml.safe_load(front)
            post = stored.pop(header["id"])
            assert (header["title"], header["slug"]) == (post.title, post.slug)
            assert header.get("tags", []) == [tag.name for tag in post.tags]
            assert header.get("language") == post.language
            assert header.get("date") == post.published_at
            assert header["lastmod"] == post.updated_at
            assert header.get("draft", False) == path.startswith(("drafts/", "trash/"))
            assert body == b"\n" + post.body.encode()
        assert stored == {}


def test_what_is_saved_meanwhile_is_not_in_an_export(
    app: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Before")

    with app.app_context(), exporter.opened() as work:
        make_post("Meanwhile")
        with targets.opened(tmp_path / "export") as target:
            list(work.write(target))

    assert [file.name for file in (tmp_path / "export/posts").iterdir()] == [
        "2026-03-14-before.md"
    ]


def test_a_text_that_packs_very_well_is_no_bomb(tmp_path: Path) -> None:
    with targets.opened(tmp_path / "blog.zip") as target:
        target.add("posts/long.md", b"| x |\n" * 1_000_000)

    with trees.opened(tmp_path / "blog.zip") as tree:
        assert (tree.refused, tree.paths()) == ([], ["posts/long.md"])


def test_nothing_that_is_there_is_overwritten(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/letter.txt").write_text("Dear")
    (tmp_path / "blog.zip").write_text("mine")
    export(app, tmp_path / "export")

    for path, force in [
        *[("home", False), ("home", True), ("home/letter.txt", False), ("blog.zip", False)],
        *[("home/letter.txt", True), ("export", False), ("missing/blog", False)],
    ]:
        with pytest.raises(BlogError):
            export(app, tmp_path / path, force=force)

    assert (tmp_path / "home/letter.txt").read_text() == "Dear"
    assert (tmp_path / "blog.zip").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blog.zip", "export", "home"]


def test_an_export_takes_the_place_of_another_by_force(
    app: Flask, make_post: MakePost, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    export(app, tmp_path / "export")
    export(app, tmp_path / "blog.zip")
    make_post("Hello")

    for name in ("export", "blog.zip", "empty"):
        export(app, tmp_path / name, force=name != "empty")

    for files in (content(tmp_path / "export"), unzipped(tmp_path / "blog.zip")):
        assert "posts/2026-03-14-hello.md" in files
    assert content(tmp_path / "empty") == content(tmp_path / "export")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blog.zip", "empty", "export"]
    assert stat.S_IMODE((tmp_path / "blog.zip").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "export").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["export", "blog.zip"])
def test_an_export_that_breaks_off_leaves_what_was_there(
    app: Flask, tmp_path: Path, name: str
) -> None:
    export(app, tmp_path / name)
    before = (tmp_path / name).stat().st_ino

    with pytest.raises(KeyboardInterrupt), targets.opened(tmp_path / name, force=True) as target:
        target.add("README.txt", b"Half of it.")
        raise KeyboardInterrupt

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).stat().st_ino == before


def test_a_full_disk_is_told(app: Flask, tmp_path: Path) -> None:
    with (
        pytest.raises(BlogError, match="No space left on device"),
        targets.opened(tmp_path / "export"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "file")


def test_the_zip_of_the_authors_side_is_the_commands(
    app: Flask, author_client: CheckedClient, make_post: MakePost, tmp_path: Path
) -> None:
    make_post("Hello")
    make_post("A draft", None)
    with app.app_context():
        add_image()
        db.session.commit()
    export(app, tmp_path / "blog.zip")

    page = author_client.get("/admin/export")
    answer = author_client.get("/admin/export.zip", buffered=False)

    assert "1 post, 1 draft, 0 tags, 1 image, 0 messages" in page.text
    assert 'href="/admin/export.zip"' in page.text and 'href="/admin/export"' in page.text
    assert answer.is_streamed and "Content-Length" not in answer.headers
    assert answer.content_type == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(
        r'attachment; filename="blog-\d{4}-\d\d-\d\d\.zip"', answer.headers["Content-Disposition"]
    )
    (tmp_path / "downloaded.zip").write_bytes(answer.data)
    assert unzipped(tmp_path / "downloaded.zip") == unzipped(tmp_path / "blog.zip")


def test_a_download_that_breaks_off_is_no_zip(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Hello")
    make_post("Second")
    answer = author_client.get("/admin/export.zip", buffered=False)
    pieces = answer.iter_encoded()

    half = next(pieces) + next(pieces)
    answer.close()

    assert half.startswith(b"PK")
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(half))


def test_the_commands_take_a_blog_out_and_bring_it_back(
    ready: Command, tmp_path: Path, instance: Path
) -> None:
    (tmp_path / "hello.md").write_text("---\ntitle: Hello\ndate: 2020-05-04\ntags: a\n---\nText.")
    ready("import", str(tmp_path / "hello.md"))
    path = str(tmp_path / "blog.zip")

    out = ready("export", path)
    again = ready("export", path)
    instance.rename(tmp_path / "before")
    ready("init")
    rehearsed = ready("import", path, "--dry-run", "--json")
    back = ready("import", path)
    twice = ready("import", path)

    assert (out.code, out.out) == (0, "")
    assert "1 post, 0 drafts, 1 tag, 0 images, 0 messages" in out.err
    assert readme.NOT_INCLUDED in out.err
    assert again.code == 1 and "--force" in again.err
    assert [result["outcome"] for result in json.loads(rehearsed.out)] == ["added", "added"]
    assert back.out.splitlines() == [
        "added     data/tags-0001.jsonl: tags: 1 added",
        "added     posts/2020-05-04-hello.md → /blog/hello",
    ]
    assert (rehearsed.code, back.code, twice.code) == (0, 0, 0)
    assert "2 unchanged" in twice.err

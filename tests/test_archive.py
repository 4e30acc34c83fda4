"""The format of exports: rows, documents and file names, read as they were written."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import models
from blogapp.transfer.exporting import archive, documents, filenames, rows
from blogapp.transfer.exporting.archive import Rows
from blogapp.transfer.exporting.rows import Damaged, PostRow, TagRow

from .conftest import (
    MakePost,
)


def test_every_column_is_exported_or_left_out_on_purpose() -> None:
    made = {"excerpt", "renderer_version", "minutes", "headings", "plain"}
    made |= {"pieces_stamp", "card_html", "head_html", "intro_html", "contents_html"}
    in_files = {"body", "body_html"}  # the HTML only as far as it tells “as_code”
    left_out = {"authors", "sessions", "attempts", "post_tags", "deliveries", "delivery_attempts"}
    left_out |= {"site", "series_names", "tag_pairs"}
    by_others = {"redirects": {"slug"}, "old_addresses": {"path"}, "tag_redirects": {"name"}}
    tables = {"previews": "preview_links", "words": "spam_words"}
    exported: dict[str, set[str]] = {
        tables.get(kind, kind): {field.name for field in dataclasses.fields(rows.KINDS[kind])}
        for kind in rows.KINDS
    }
    known = exported["posts"] | made | in_files
    derived = {"address", "digest", "folded"}  # of the words
    rest = {"tags": {"id", "articles"}, "images": {"id", "widths"}}
    rest |= {"messages": {"post_id", *derived}}
    rest |= {"posts": known, "additions": {"id", "message_id"}}
    rest |= {"revisions": {"id", "post_id", "author_id"}, "preview_links": {"id", "post_id"}}

    for table in models.metadata().sorted_tables:
        columns = {column.name for column in table.columns}
        if table.name in left_out:
            continue
        if table.name in by_others:
            ids = {"post_id", "tag_id"}
            assert columns - ids == by_others[table.name], table.name
            continue
        assert columns - rest.get(table.name, set()) <= exported[table.name], table.name


def test_a_file_is_dated_by_the_day_that_readers_see(app: Flask, make_post: MakePost) -> None:
    late = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)

    path = documents.place("hello", "uid", late, ZoneInfo("Asia/Tokyo"))

    assert path == "posts/2026-03-15-hello.md"


UIDS = st.uuids().map(str)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ANY_MOMENT = st.datetimes(timezones=st.just(UTC))
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
ROWS_OF_POSTS = st.builds(
    PostRow,
    id=st.integers(1, 2**31 - 1),
    uid=UIDS,
    file=TEXTS,
    sha256=TEXTS,
    slug=TEXTS,
    title=TEXTS,
    description=TEXTS,
    tags=LISTS,
    language=st.none() | TEXTS,
    series=st.none() | TEXTS,
    minutes_by_author=st.none() | st.integers(1, 1000),
    version=st.integers(1, 99),
    as_code=st.booleans(),
    created_at=ANY_MOMENT,
    published_at=st.none() | ANY_MOMENT,
    updated_at=ANY_MOMENT,
    redirects=LISTS,
    old_addresses=LISTS,
    source=st.none() | TEXTS,
    source_digest=st.none() | TEXTS,
    linked_digest=st.none() | TEXTS,
    imported_digest=st.none() | TEXTS,
    imported_tags=st.none() | LISTS,
)
ENDS = st.sampled_from(["", "---\n", "---\n\n", "\n---\n\n", "+++\n", "\r\n", "\n", "---"])


@given(ROWS_OF_POSTS, ENDS, TEXTS, ENDS)
def test_a_body_is_read_as_it_was_written_whatever_is_in_it(
    row: PostRow, before: str, text: str, after: str
) -> None:
    body = f"{before}{text}{after}"

    data = documents.write(row, body, ZoneInfo("Europe/Berlin"))

    assert documents.body_of(data) == body


@given(ROWS_OF_POSTS)
def test_a_row_is_read_as_it_was_written(row: PostRow) -> None:
    line = rows.encode(row)

    assert line.count(b"\n") == 1
    assert rows.decode(PostRow, line) == row


@given(ROWS_OF_POSTS, st.data())
def test_what_is_no_row_is_refused_and_never_breaks(row: PostRow, data: st.DataObject) -> None:
    document = json.loads(rows.encode(row))
    name = data.draw(st.sampled_from(sorted(document)))
    wrong: st.SearchStrategy[Any] = st.sampled_from(
        [[], {}, 1.5, True, -1, 2**31, "\ud800", [1], "2026-01-01", None]
    )
    document[name] = data.draw(wrong)

    try:
        read = rows.decode(PostRow, json.dumps(document).encode())
    except Damaged as error:
        assert name in str(error)
    else:
        assert json.loads(rows.encode(read)) == document


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b"null", b"{}", b'"x"', b"[" * 100_000, b"\xff", b'{"x": 1}']
)
def test_a_line_that_is_no_row_is_refused(line: bytes) -> None:
    with pytest.raises(Damaged):
        rows.decode(TagRow, line)


SLUGS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@example("hello", "Hello")
@example("straße", "strasse")
@example("a.", "a")
@example("a", "a ")
@example("\u00e9", "e\u0301")
@example("x" * 199, "x" * 200)
@example("🚀" * 100, "🚀" * 101)
@example("a\u200db", "ab")
@given(SLUGS, SLUGS)
def test_no_file_system_takes_two_posts_for_one(one: str, other: str) -> None:
    names = [filenames.make(slug, uid) for slug, uid in [(one, "1" * 36), (other, "2" * 36)]]

    folded = [unicodedata.normalize("NFKD", name.casefold()) for name in names]
    assert (folded[0] == folded[1]) <= (one == other)
    for name in names:
        assert len(f"2026-03-14-{name}.md".encode()) < 143
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f\x7f]', name)
        assert name == name.strip(" .")
        assert name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("slug", ["con", "aux", "nul", "com1", "lpt9", "con.x", "prn"])
def test_windows_can_keep_every_name(slug: str) -> None:
    assert filenames.make(slug, "uid") == f"{slug}~uid"


@pytest.mark.parametrize("slug", ["hello", "console", "🚀-start", "עברית", "日本語", "v1.2"])
def test_the_name_of_most_files_is_the_slug(slug: str) -> None:
    assert filenames.make(slug, "uid") == slug


def test_many_rows_stand_in_several_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PART_SIZE", 200)
    written: dict[str, bytes] = {}
    written_rows = Rows("tags", written.__setitem__)
    for number in range(10):
        written_rows.add(TagRow(name=f"tag-{number}", description="A tag.", former_names=()))
    written_rows.close()

    lines = [
        line for part in written_rows.parts for line in archive.lines(part, written[part.path])
    ]

    assert len(written_rows.parts) > 2 and list(written) == [
        part.path for part in written_rows.parts
    ]
    assert [rows.decode(TagRow, line).name for line in lines] == [
        f"tag-{number}" for number in range(10)
    ]
    assert max(map(len, written.values())) < 400

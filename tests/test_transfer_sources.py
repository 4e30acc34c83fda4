"""Sources: the texts of a blog, each read as a post, or refused with cause and place."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blogapp.transfer.files import trees
from blogapp.transfer.reading import sources
from blogapp.transfer.reading.sources import Note, Skipped, SourcePost

from .old_blogs import BERLIN, POST, OldBlog, header, notes_of

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


def test_texts_are_found_in_all_folders_by_path(tmp_path: Path) -> None:
    names = ("b/c.markdown", "a.md", "b/B.MD", "z.mkd", "y.mdown", "x.mdx", "b/d.txt", "e.html")
    OldBlog(tmp_path, dict.fromkeys(names, POST))

    found = sources.find(trees.opened(tmp_path))

    assert found == ["a.md", "b/B.MD", "b/c.markdown", "x.mdx", "y.mdown", "z.mkd"]


def test_a_post_keeps_what_its_author_wrote(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post(
        "x/y.md",
        "---\n"
        "title: ' Tips &amp; tricks '\n"
        "slug: My-Slug\n"
        "description: |\n  Two\n  lines\n"
        "tags: [Python, 'C++']\n"
        "date: 2020-01-01 13:00\n"
        "lastmod: 2020-02-01T00:00:00Z\n"
        "readTime: 7 min\n"
        "lang: pt_br\n"
        "series: Tips\n"
        "redirect_from: /old/\n"
        "---\n"
        "\n \n    code\n\nText  \n\n",
    )

    assert found == SourcePost(
        path="x/y.md",
        title="Tips &amp; tricks",
        body="    code\n\nText  \n\n",
        slug="My-Slug",
        description="Two lines",
        tags=("Python", "C++"),
        published_at=NOON,
        updated_at=datetime(2020, 2, 1, tzinfo=UTC),
        draft=False,
        unlisted=False,
        minutes=7,
        language="pt-BR",
        series="Tips",
        addresses=("/old/",),
        body_line=17,
        notes=(),
    )


def test_line_ends_become_lf_and_nothing_else_changes(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post(
        "a.md", b"\xef\xbb\xbf---\r\ntitle: T\r\ndate: 2020-01-01\r\n---\r\na  \r\nb\r\tc"
    )

    assert found.body == "a  \nb\n\tc"


# Titles


@pytest.mark.parametrize(
    ("written", "title"),
    [("1.10", "1.10"), ("No", "No"), ("2020-01-01", "2020-01-01"), (">\n  a\n  b", "a b")],
)
def test_a_title_may_be_any_scalar(tmp_path: Path, written: str, title: str) -> None:
    assert OldBlog(tmp_path).post("a.md", f"---\ntitle: {written}\n---\nx").title == title


def test_without_a_title_the_first_heading_is_it(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", "# How to use `x`\n\nText\n")

    assert (found.title, found.body, found.body_line) == ("How to use x", "Text\n", 3)


def test_a_heading_that_repeats_the_title_goes(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", header(body="\n# t\n\nText\n"))

    assert (found.title, found.body, found.body_line) == ("T", "Text\n", 7)


def test_another_heading_stays(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", header(body="# Other\n\nText\n"))

    assert (found.title, found.body) == ("T", "# Other\n\nText\n")


def test_a_comment_in_code_of_the_old_blog_is_no_title(tmp_path: Path) -> None:
    body = "{{< highlight sh >}}\n# install\n{{< /highlight >}}\n\n# Title\n"

    found = OldBlog(tmp_path).post("a.md", f"---\ndate: 2020-01-01\n---\n{body}")

    assert found.title == "Title"
    assert found.body.startswith("```sh\n# install\n```\n")


@pytest.mark.parametrize(
    ("name", "title"), [("2020-01-01-my-post.md", "My post"), ("2020-01-01.md", "2020-01-01")]
)
def test_without_any_title_the_name_is_it(tmp_path: Path, name: str, title: str) -> None:
    found = OldBlog(tmp_path).post(name, "Text\n")

    assert found.title == title
    assert notes_of(found) == ["no title: it is made of the file's name"]


def test_entities_in_titles_are_read_as_the_old_blog_did(tmp_path: Path) -> None:
    blog = OldBlog(tmp_path, {"config.toml": "base_url = '/'"})

    found = blog.post("content/a.md", "---\ntitle: A &quot;B&quot;\ndescription: C &amp; D\n---\n")

    assert (found.title, found.description) == ('A "B"', "C & D")


# Dates


@pytest.mark.parametrize(
    "key",
    ["date", "published_at", "publishDate", "pubDate", "created", "Published", "date_published"],
)
def test_the_date_has_many_names(tmp_path: Path, key: str) -> None:
    found = OldBlog(tmp_path).post("a.md", header(f"{key}: 2020-01-01 12:00:00 +0000"))

    assert (found.published_at, found.draft) == (NOON, False)


def test_mkdocs_keeps_two_dates_under_one_key(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post(
        "a.md", header("date:", "  created: 2020-01-01T12:00Z", "  updated: 2020-01-01T12:00Z")
    )

    assert (found.published_at, found.updated_at) == (NOON, NOON)


def test_an_empty_date_is_no_date(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post(
        "a.md", header("date:", "published: true", "created: 2020-01-01T12:00Z")
    )

    assert found.published_at == NOON


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("2020-01-02-a.md", []),
        ("2020/01/02/a.md", []),
        ("2020/01-02-a.md", []),
        ("a.md", ["path: 2020/01/02/a"]),
        ("a.md", ["permalink: /2020/01/02/a.html"]),
        ("2020-01-02-a.md", ["permalink: /2021/01/02/a.html"]),
    ],
)
def test_without_a_date_the_name_or_the_address_tells(
    tmp_path: Path, name: str, lines: list[str]
) -> None:
    found = OldBlog(tmp_path).post(name, header(*lines))

    assert found.published_at == datetime(2020, 1, 1, 23, tzinfo=UTC)
    assert not found.draft


def test_the_date_in_front_matter_wins_over_the_name(tmp_path: Path) -> None:
    assert OldBlog(tmp_path).post("2021-12-31-a.md").published_at == NOON


def test_short_days_are_read_in_pelicans_names(tmp_path: Path) -> None:
    blog = OldBlog(tmp_path, {"pelicanconf.py": "TIMEZONE = 'Asia/Tokyo'"})

    found = blog.post("content/200101-a.md", "Title: T\nTags: x\n\nText\n")

    assert (found.published_at, found.slug) == (datetime(2019, 12, 31, 15, tzinfo=UTC), "a")


def test_dates_are_local_to_the_zone_that_the_old_blog_names(tmp_path: Path) -> None:
    blog = OldBlog(tmp_path, {"_config.yml": "timezone: Asia/Tokyo"})

    found = blog.post("_posts/2020-01-01-a.md", header("date: 2020-01-01 21:00"))

    assert found.published_at == NOON


def test_what_nothing_dates_is_a_draft_and_told(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", "# Note\n\nText\n")

    assert (found.draft, found.published_at) == (True, None)
    assert notes_of(found) == [
        "no date in it, its name or git: it comes in as a draft; date it, or publish it here"
    ]


def test_git_dates_what_nothing_else_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "blogapp.transfer.files.folders.history.first_commits",
        lambda _: {"a.md": NOON, "b.md": NOON},
    )
    blog = OldBlog(tmp_path)

    undated = blog.post("a.md", "# Note\n\nText\n")
    misdated = blog.post("b.md", header("date: 2021-02-29"))

    assert (undated.published_at, undated.draft, undated.notes) == (NOON, False, ())
    assert (misdated.published_at, misdated.draft) == (None, True)


def test_a_wrong_date_leaves_a_draft(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", header("date: 2021-02-29"))

    assert (found.draft, found.published_at) == (True, None)
    assert notes_of(found) == [
        "line 3: date: “2021-02-29” does not exist in the calendar; correct it (it is left out)",
        "its date is wrong: it comes in as a draft; date it, or publish it here",
    ]


def test_a_wrong_date_is_mended_by_the_name(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("2021-03-01-a.md", header("date: 2021-02-29"))

    assert found.published_at == datetime(2021, 2, 28, 23, tzinfo=UTC)
    assert notes_of(found) == [
        "line 3: date: “2021-02-29” does not exist in the calendar; correct it"
        " (2021-03-01 is taken, from its name)"
    ]


def test_a_wrong_date_in_the_name_leaves_a_draft(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("2021-02-30-a.md", header())

    assert found.draft
    assert notes_of(found)[0].startswith("its name: “2021-02-30” does not exist")


def test_a_wrong_update_time_costs_only_itself(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", header("date: 2020-01-01", "lastmod: soon"))

    assert (found.updated_at, found.draft) == (None, False)
    assert notes_of(found)[0].startswith("line 4: lastmod: “soon” is not a date")


def test_a_date_in_an_unknown_zone_is_taken_as_local_and_told(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", header("date: 2013-04-30 18:05 BST"))

    assert found.published_at == datetime(2013, 4, 30, 16, 5, tzinfo=UTC)
    assert notes_of(found) == [
        "line 3: date: “2013-04-30 18:05 BST” has an unknown time zone; write it as an offset"
        " such as +0200 (it is taken in the zone Europe/Berlin)"
    ]


# Bodies


def test_raw_marks_of_notes_stay(tmp_path: Path) -> None:
    body = "```liquid\n{% raw %}{{ x }}{% endraw %}\n```\n"

    assert OldBlog(tmp_path).post("a.md", header(body=body)).body == body


def test_lines_of_keys_that_are_no_posts_stay_in_the_text(tmp_path: Path) -> None:
    text = "Date: 2024-01-03\nAttendees: Ann, Bob\nDecision: we ship on Friday\n\nrest\n"

    found = OldBlog(tmp_path).post("a.md", text)

    assert (found.body, found.body_line) == (text, 1)
    assert found.published_at == datetime(2024, 1, 2, 23, tzinfo=UTC)
    assert notes_of(found) == ["no title: it is made of the file's name"]


def test_unknown_keys_above_a_title_are_told(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a.md", "Title: T\nDate: 2024-01-03\nAttendees: Ann\n\nrest\n")

    assert found.body == "rest\n"
    assert notes_of(found)[0].startswith("line 3: not taken over: attendees; ")


def test_code_marks_and_excerpts_of_the_old_blog_are_translated(tmp_path: Path) -> None:
    blog = OldBlog(tmp_path, {"_config.yml": "excerpt_separator: <!--cut here-->"})

    found = blog.post(
        "_posts/2020-01-01-a.md",
        header(
            body="# T\n\nShort.\n\n<!--cut here-->\n\n{% highlight go %}\n{% raw %}{{ x }}"
            "{% endraw %}\n{% endhighlight %}\n\n{% youtube x %}\n"
        ),
    )

    assert found.description == "Short."
    assert found.body == "Short.\n\n\n\n```go\n{{ x }}\n```\n\n{% youtube x %}\n"
    assert found.body_line == 6
    assert found.notes == (Note("{% youtube %} stays as text", 14),)


def test_a_description_wins_over_the_excerpt(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post(
        "a.md", header("summary: Mine", "excerpt_separator: '~~'", body="A.\n\n~~\n\nB.\n")
    )

    assert (found.description, found.body) == ("Mine", "A.\n\n\n\nB.\n")


def test_heads_of_indented_code_are_read_in_pelicans_posts(tmp_path: Path) -> None:
    text = "Title: T\nDate: 2020-01-01\n\nText\n\n    :::python\n    x = 1\n"

    found = OldBlog(tmp_path).post("a.md", text)

    assert found.body == "Text\n\n```python\nx = 1\n```\n"


def test_a_plain_note_keeps_what_looks_like_marks(tmp_path: Path) -> None:
    body = "Liquid:\n\n```\n{% raw %}{{ x }}{% endraw %}\n```\n\n    :::python\n    x = 1\n"

    assert OldBlog(tmp_path).post("2020-01-01-a.md", body).body == body


def test_mdx_is_read_with_its_parts_as_text(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post(
        "a.mdx", header("date: 2020-01-01", body="import X from 'x'\n\n<Chart a={1} />\n")
    )

    assert found.body == "import X from 'x'\n\n<Chart a={1} />\n"
    assert notes_of(found) == ["line 5: import … stays as text", "line 7: <Chart> stays as text"]


@pytest.mark.parametrize(
    ("files", "name", "lines", "language"),
    [
        ({}, "a.ru.md", [], "ru"),
        ({}, "a.ru.md", ["lang: de"], "de"),
        ({}, "content/zh-cn/a.md", [], "zh-CN"),
        ({}, "posts/ru/a.md", [], "ru"),
        ({"posts/java/a.md": POST, "posts/go/a.md": POST}, "posts/it/a.md", [], None),
    ],
)
def test_the_language_is_the_posts_the_names_or_the_folders(
    tmp_path: Path, files: dict[str, str], name: str, lines: list[str], language: str | None
) -> None:
    assert OldBlog(tmp_path, files).post(name, header(*lines)).language == language


# What fails


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"---\ntitle: a: b\n---\n", 2, "a colon inside a value"),
        (b"---\ntitle: T\n\nText", 1, "the front matter that starts here never ends"),
        (b"+++\ntitle = 'T'\nx = 2021-02-30\n+++\n", 3, "not TOML"),
        (b'{"title": "T",\n}\n', 2, "not JSON"),
        (b"---\ntitle: [T]\ndate: 2021-02-20\n---\n", 2, "the title is not text"),
        ("---\ntitle: T\n---\nÄ".encode("latin-1"), 4, "not UTF-8; save the file as UTF-8"),
        ("---\ntitle: T\n---\n".encode("utf-16"), 1, "not UTF-8; save the file as UTF-8"),
        ("---\ntitle: T\n---\n".encode("utf-16-le"), None, "zero bytes"),
        (b"---\ntitle: T\n---\n" + b"x" * sources.MAX_BYTES, None, "larger than 2 MB"),
    ],
)
def test_what_is_broken_fails_with_cause_and_place(
    tmp_path: Path, data: bytes, line: int | None, reason: str
) -> None:
    found = OldBlog(tmp_path).refusal("a.md", data)

    assert (found.line, found.failed) == (line, True)
    assert reason in found.reason


def test_a_file_that_vanishes_fails(tmp_path: Path) -> None:
    path = OldBlog(tmp_path).write("a.md")
    tree = trees.opened(tmp_path)
    path.unlink()

    found = sources.read(tree, "a.md", system=None, zone=BERLIN)

    assert found == Skipped("a.md", "cannot be opened: No such file or directory", failed=True)


# Whatever stands in a file


MATTERS = st.lists(
    st.tuples(
        st.sampled_from(
            ["title", "date", "tags", "draft", "slug", "aliases", "permalink", "path", "x-y"]
        ),
        st.one_of(st.text(), st.dates().map(str), st.sampled_from(["[a, ~]", "{a: b}", "|\n x"])),
    )
).map(lambda pairs: "\n".join(f"{key}: {value}" for key, value in pairs))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(), matter=MATTERS, body=st.text(alphabet="`~[]()!<>{}%:/ \n-#\\aé="))
def test_reading_never_raises(tmp_path: Path, data: bytes, matter: str, body: str) -> None:
    blog = OldBlog(tmp_path)
    for content in (
        data,
        b"---\n" + data + b"\n---\n" + data,
        f"---\n{matter}\n---\n{body}".encode(),
        f"{matter}\n\n{body}".encode(),
        f"+++\n{matter.replace(': ', '=')}\n+++\n{body}".encode(),
        body.encode(),
    ):
        blog.write("2020-01-01-a.md", content)
        found = blog.read("2020-01-01-a.md")

        assert isinstance(found, SourcePost | Skipped)
        repr(found).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="ab`~#=\n\t {}%<>!-:*"))
def test_lines_keep_their_numbers(tmp_path: Path, body: str) -> None:
    text = header("date: 2020-01-01", body=f"{body}\nthe end\n")

    found = OldBlog(tmp_path).post("a.md", text)

    last = found.body.split("\n").index("the end")
    assert text.split("\n")[found.body_line - 1 + last] == "the end"


@pytest.mark.parametrize(
    "unit", ["`` `", "![", "<img ", "{{<", "[a](", "<!--", "> ", "1. ", "# ", "=\n", "a: b\n"]
)
def test_no_body_takes_time_that_grows_faster_than_it_does(tmp_path: Path, unit: str) -> None:
    blog = OldBlog(tmp_path)
    started = time.process_time()

    blog.post("a.md", header(body=unit * (100_000 // len(unit))))
    blog.post("b.md", unit * (100_000 // len(unit)))

    assert time.process_time() - started < 2

"""Sources: which files of another blog become posts, with what in them, and why others do not."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blogapp.transfer import sources
from blogapp.transfer.sources import Skipped, SourcePost

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of the old blog: its name, front matter and body, or all its bytes."""

    def write(
        name: str, matter: str = "title: T\ndate: 2020-01-01T12:00Z", body: str = "Text\n",
        *, data: bytes | None = None,
    ) -> Path:  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(f"---\n{matter}\n---\n{body}".encode() if data is None else data)
        return path

    return write


@pytest.fixture
def post(write: Write, tmp_path: Path) -> Callable[..., SourcePost]:
    """Write a file and read it as a post."""

    def post(*content: str, name: str = "a.md") -> SourcePost:
        found = sources.read(write(name, *content), tmp_path, zone=BERLIN)
        assert isinstance(found, SourcePost), found
        return found

    return post


@pytest.fixture
def skipped(write: Write, tmp_path: Path) -> Callable[..., Skipped]:
    """Write a file and read why it is no post."""

    def skipped(*content: str, name: str = "a.md", data: bytes | None = None) -> Skipped:
        found = sources.read(write(name, *content, data=data), tmp_path, zone=BERLIN)
        assert isinstance(found, Skipped), found
        return found

    return skipped


Post = Callable[..., SourcePost]
Refuse = Callable[..., Skipped]


# Finding files


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sources.find(folder)]


def test_markdown_files_are_found_in_all_folders_by_path(tmp_path: Path, write: Write) -> None:
    for name in ("b/c.markdown", "a.md", "b/B.MD", "z.mkd", "y.mdown", "b/d.txt", "e.html"):
        write(name)

    assert names(tmp_path) == ["a.md", "b/B.MD", "b/c.markdown", "y.mdown", "z.mkd"]


def test_hidden_files_and_dependencies_are_left_out(tmp_path: Path, write: Write) -> None:
    for name in (".git/a.md", "x/.cache/b.md", "node_modules/p/README.md", "._c.md", "d.md"):
        write(name)

    assert names(tmp_path) == ["d.md"]


def test_links_out_of_the_folder_and_loops_are_left_out(tmp_path: Path, write: Write) -> None:
    write("outside/secret.md")
    write("blog/post.md")
    write("blog/.store/kept.md")
    blog = tmp_path / "blog"
    (blog / "secret.md").symlink_to(tmp_path / "outside/secret.md")
    (blog / "outside").symlink_to(tmp_path / "outside")
    (blog / "loop").symlink_to(blog)
    (blog / "broken.md").symlink_to(blog / "nothing.md")
    (blog / "again.md").symlink_to(blog / "post.md")
    (blog / "inside.md").symlink_to(blog / ".store/kept.md")

    assert names(blog) == ["inside.md", "post.md"]


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")

    assert sources.find(tmp_path) == []
    assert isinstance(sources.read(tmp_path / "a.md", tmp_path, zone=BERLIN), Skipped)


def test_a_single_file_stands_for_itself(write: Write) -> None:
    path = write("x/2020-01-01-only.md")

    assert sources.find(path) == [path]
    found = sources.read(path, path, zone=BERLIN)
    assert (found.path, isinstance(found, SourcePost)) == ("2020-01-01-only.md", True)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sources.find(tmp_path / "none")


# What becomes a post


def test_a_post_keeps_what_its_author_wrote(post: Post) -> None:
    found = post(
        "title: ' Tips &amp; tricks '\n"
        "slug: My-Slug\n"
        "description: |\n  Two\n  lines\n"
        "tags: [Python, 'C++']\n"
        "date: 2020-01-01 13:00\n"
        "lastmod: 2020-02-01T00:00:00Z\n"
        "readTime: 7 min",
        "\n \n    code\n\nText  \n\n",
        name="x/y.md",
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
        minutes=7,
        notes=(),
    )


def test_line_ends_become_lf_and_nothing_else_changes(write: Write, tmp_path: Path) -> None:
    path = write("a.md", data=b"---\r\ntitle: T\r\ndate: 2020-01-01\r\n---\r\na  \r\nb\r\r\n\tc")

    found = sources.read(path, tmp_path, zone=BERLIN)

    assert isinstance(found, SourcePost)
    assert found.body == "a  \nb\r\n\tc"


@pytest.mark.parametrize(
    ("written", "title"),
    [("1.10", "1.10"), ("No", "No"), ("2020-01-01", "2020-01-01"), (">\n  a\n  b", "a b")],
)
def test_a_title_may_be_any_scalar(post: Post, written: str, title: str) -> None:
    assert post(f"title: {written}\ndate: 2020-01-01").title == title


@pytest.mark.parametrize(
    "key",
    ["date", "published_at", "publishDate", "pubDate", "created", "Published", "date_published"],
)
def test_the_date_has_many_names(post: Post, key: str) -> None:
    assert post(f"title: T\n{key}: 2020-01-01 12:00:00 +0000").published_at == NOON


def test_mkdocs_keeps_two_dates_under_one_key(post: Post) -> None:
    found = post("title: T\ndate:\n  created: 2020-01-01T12:00Z\n  updated: 2020-01-01T12:00Z")

    assert (found.published_at, found.updated_at) == (NOON, NOON)


@pytest.mark.parametrize(
    "name",
    ["2020-01-02-a-name.md", "x/2020-1-2_a-name.markdown", "2020-01-02-a-name/index.md"],
)
def test_date_and_slug_come_from_the_name(post: Post, name: str) -> None:
    found = post("title: T", name=name)

    assert found.slug == "a-name"
    assert found.published_at == datetime(2020, 1, 1, 23, tzinfo=UTC)


def test_the_date_in_front_matter_wins_over_the_name(post: Post) -> None:
    assert post(name="2021-12-31-name.md").published_at == NOON


def test_an_empty_date_is_no_date(post: Post) -> None:
    found = post("title: T\ndate:\npublished: true\ncreated: 2020-01-01T12:00Z")

    assert found.published_at == NOON


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("plain.md", "plain"),
        ("27.nuxt-name.md", "nuxt-name"),
        ("1.0-timeline.md", "1.0-timeline"),
        ("10-tips.md", "10-tips"),
        ("bundle/index.md", "bundle"),
        ("bundle/index.en.md", "bundle"),
        ("3.bundle/_index.md", "bundle"),
        ("README.md", None),
        ("2020-01-01.md", None),
    ],
)
def test_the_slug_comes_from_the_name(post: Post, name: str, slug: str | None) -> None:
    assert post(name=name).slug == slug


def test_the_name_is_the_same_on_every_system(post: Post) -> None:
    found = post(name="cafe\u0301.md")

    assert (found.path, found.slug) == ("caf\u00e9.md", "caf\u00e9")


@pytest.mark.parametrize(
    ("matter", "tags"),
    [
        ("tags: [b, a, b, B]", ("b", "a", "B")),
        ("tags: '#a, b c, '", ("a", "b c")),
        ("tags: a b", ("a", "b")),
        ("tag: web design", ("web design",)),
        ("keywords: a b, c", ("a b", "c")),
        ("category: Web Design", ("Web Design",)),
        ("categories:\n- One\n- two words", ("One", "two words")),
        (
            "tags: [3.10, 2020-01-01, yes, ~, '#x', '#', {a: b}]",
            ("3.10", "2020-01-01", "yes", "x"),
        ),
        ("tags:\ncategories: ~", ()),
        ("category: last\ntags: [first, last]", ("first", "last")),
        ("topics: [zenn]", ("zenn",)),
        ("taxonomies:\n  tags: [zola]", ("zola",)),
    ],
)
def test_tags_are_read_in_every_form(post: Post, matter: str, tags: tuple[str, ...]) -> None:
    assert post(f"title: T\ndate: 2020-01-01\n{matter}").tags == tags


@pytest.mark.parametrize(
    ("matter", "description"),
    [
        ("summary: a  b", "a b"),
        ("description:\nexcerpt: x", "x"),
        ("description: [a]\nsubtitle: 5", "5"),
        ("description: {a: b}", ""),
    ],
)
def test_the_description_has_many_names(post: Post, matter: str, description: str) -> None:
    assert post(f"title: T\ndate: 2020-01-01\n{matter}").description == description


@pytest.mark.parametrize(
    ("matter", "minutes"),
    [
        ("readTime: 7", 7),
        ("reading_time: '7'", 7),
        ("readingTime: 7 min read", 7),
        ("readingTime: 6.2 minutes", 7),
        ("readingTime: 6.0", 6),
        ("readingTime: {text: 4 min read}", 4),
        ("readTime: 0", None),
        ("readTime: 99999", None),
        ("readTime: 1 hour", None),
        ("readTime: [7]", None),
        ("readTime: true", None),
    ],
)
def test_the_authors_reading_time_is_kept(post: Post, matter: str, minutes: int | None) -> None:
    assert post(f"title: T\ndate: 2020-01-01\n{matter}").minutes == minutes


@pytest.mark.parametrize(
    ("matter", "name"),
    [
        ("draft: true", "a.md"),
        ("draft: 'yes'", "a.md"),
        ("draft: for now", "a.md"),
        ("published: false", "a.md"),
        ("status: draft", "a.md"),
        ("a: b", "_drafts/a.md"),
    ],
)
def test_a_draft_needs_no_date(post: Post, matter: str, name: str) -> None:
    found = post(f"title: T\n{matter}", name=name)

    assert (found.draft, found.published_at) == (True, None)


@pytest.mark.parametrize("matter", ["draft: false", "draft:", "published: true", "draft: 'no'"])
def test_what_is_not_said_to_be_a_draft_is_none(post: Post, matter: str) -> None:
    assert not post(f"title: T\ndate: 2020-01-01\n{matter}").draft


def test_a_folder_of_drafts_holds_drafts(write: Write) -> None:
    path = write("_drafts/a.md", "title: T")

    found = sources.read(path, path.parent, zone=BERLIN)

    assert isinstance(found, SourcePost)
    assert found.draft


def test_a_draft_with_a_wrong_date_comes_in_with_a_note(post: Post) -> None:
    found = post("title: T\ndraft: true\ndate: 2021-02-29")

    assert found.published_at is None
    assert found.notes == (
        "line 4: date: “2021-02-29” does not exist in the calendar; correct it;"
        " a draft comes in without it",
    )


def test_a_wrong_update_time_costs_only_itself(post: Post) -> None:
    found = post("title: T\ndate: 2020-01-01\nlastmod: soon")

    assert found.updated_at is None
    assert "line 4: lastmod: “soon” is not a date" in found.notes[0]


# What does not


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"# Heading\n\nText\n", "no front matter: a title and a date are needed"),
        (b"---\n\nA rule, and a text\n", "no front matter"),
        (b"+++\ntitle = 'T'\n+++\n", "TOML"),
        (b'{\n  "title": "T"\n}\n', "JSON"),
        (b"title: T\nslug: t\ndate: 2018-03-04\n\nText\n", "Pelican"),
        (b"Slug: t\nTitle: T\n\nText\n", "Pelican"),
        (b"---\n---\nText\n", "no title"),
        (b"---\ntitle:\ndate: 2020-01-01\n---\n", "no title"),
        (b"---\ntitle: T\n---\n", "no date in its front matter or its name"),
    ],
)
def test_what_is_no_post_is_skipped_with_the_reason(
    skipped: Refuse, data: bytes, reason: str
) -> None:
    found = skipped(data=data)

    assert reason in found.reason
    assert not found.failed


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"---\ntitle: a: b\n---\n", "line 2: a colon inside a value"),
        (b"---\ntitle: T\n\nText", "line 1: the front matter that starts here never ends"),
        (b"---\njust text\n---\n", "line 2: "),
        (b"---\ntitle: T\ndate: 2021-02-29\n---\n", "line 3: date: “2021-02-29” does not exist"),
        (b"---\ntitle: T\ndate: {{ now }}\n---\n", "line 3: date: this is not a date"),
        (b"---\ntitle: [T]\ndate: 2021-02-20\n---\n", "line 2: the title is not text"),
        ("---\ntitle: T\n---\nÄ".encode("latin-1"), "line 4: not UTF-8; save the file as UTF-8"),
        ("---\ntitle: T\n---\n".encode("utf-16"), "UTF-8"),
        ("---\ntitle: T\n---\n".encode("utf-16-le"), "UTF-8"),
        (b"---\ntitle: T\n---\n" + b"x" * sources.MAX_BYTES, "larger than 2 MB"),
    ],
)
def test_what_is_broken_fails_with_cause_and_place(
    skipped: Refuse, data: bytes, reason: str
) -> None:
    found = skipped(data=data)

    assert reason in found.reason
    assert found.failed


def test_a_wrong_date_in_the_name_fails(skipped: Refuse) -> None:
    found = skipped("title: T", name="2021-02-30-a.md")

    assert found.reason == "its name: “2021-02-30” does not exist in the calendar; correct it"
    assert found.failed


def test_templates_of_the_old_blog_are_no_posts(skipped: Refuse) -> None:
    matter = 'title: {{ replace .Name "-" " " }}\ndate: {{ .Date }}\ndraft: true'

    assert not skipped(matter, name="archetypes/default.md").failed


def test_a_file_that_cannot_be_opened_fails(tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()
    for name in ("none.md", "folder.md", "a\0.md", "x" * 300):
        found = sources.read(tmp_path / name, tmp_path, zone=BERLIN)

        assert isinstance(found, Skipped)
        assert found.failed


def test_a_name_that_is_not_utf8_fails(tmp_path: Path) -> None:
    found = sources.read(tmp_path / os.fsdecode(b"\xff.md"), tmp_path, zone=BERLIN)

    assert found == Skipped("?.md", "the file's name is not UTF-8; rename it", failed=True)


# What the author is told

MATTER = "title: T\ndate: 2020-01-01"


def test_images_that_stay_behind_are_named(post: Post) -> None:
    found = post(
        MATTER,
        "![one](a.png) ![](/img/b.png 'title') [![x](c.png)](https://example.com)\n"
        '<img class="x" src="d.png"> ![ref][r] ![again](a.png)\n\n[r]: ../e.png\n'
        "![](https://example.com/f.png) ![](//example.com/g.png) ![](data:image/png;base64,AA)\n"
        "![](/static/h.png) ![](/media/i.png) [no image](j.png) \\![no](k.png)\n"
        "`![](l.png)` <!-- ![](m.png) -->\n\n```\n![](n.png)\n```\n",
    )

    assert found.notes == (
        "5 images stay at their old addresses: a.png, /img/b.png, c.png, ../e.png, d.png",
    )


def test_many_images_are_counted(post: Post) -> None:
    found = post(MATTER, "".join(f"![]({number}.png)\n" for number in range(9)))

    assert found.notes == (
        "9 images stay at their old addresses: 0.png, 1.png, 2.png, 3.png, 4.png and 4 more",
    )


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ('{{< youtube "x" >}}', "{{< youtube >}} stays as text"),
        ("<{{% param url %}}>", "{{% param %}} stays as text"),
        ("{% include a %} {{% b %}} {% if c %}{% endif %}", "{% include %}, {{% b %}}, {% if %}"),
        ("[x]({{ site.url }}/y)", "{{ site.url }} stays as text"),
        ("::note{to=x}\nText\n::\n:::details\n:::", "::note, ::details stay as text"),
        ("- item\n\n  ~~~\n  {{< a >}}\n  ~~~\n  {{< b >}}", "{{< b >}} stays as text"),
        ("````\n```\n{{< a >}}\n````\n{{< b >}}", "{{< b >}} stays as text"),
        ("`` ` {{< a >}} `` {{< b >}} ` {{< c >}}", "{{< b >}}, {{< c >}} stay as text"),
    ],
)
def test_what_the_old_blog_would_replace_is_named(post: Post, body: str, note: str) -> None:
    assert note in post(MATTER, body).notes[0]


@pytest.mark.parametrize(
    "body",
    [
        "`{{< a >}}`",
        "```\n{% a %}\n::note\n```",
        "> ```\n> {{< a >}}\n> ```",
        "{{</* a */>}}",
        "std::vector and {{ x }} and {{< /closed >}}",
        "``\n{{< a >}}\n``",
        "```\nnever closed {{< a >}}",
    ],
)
def test_what_only_looks_like_it_is_not_named(post: Post, body: str) -> None:
    assert post(MATTER, body).notes == ()


@pytest.mark.parametrize(
    ("matter", "body", "note"),
    [
        ("unlisted: true", "x", "unlisted: true: it comes in as a draft"),
        ("aliases: [/a, /b]", "x", "old addresses are not kept yet: /a, /b"),
        ("permalink: /a/", "x", "old addresses are not kept yet: /a/"),
        ("redirect_from: a", "x", "old addresses are not kept yet: a"),
        ("redirect_from: /a", "x", "old addresses are not kept yet: /a"),
        ("tags: a\ntags: b", "x", "line 5: tags stands here again"),
        ("a: b", "", "it has a title and no text"),
    ],
)
def test_what_is_lost_is_told(post: Post, matter: str, body: str, note: str) -> None:
    assert post(f"{MATTER}\n{matter}", body).notes[0].startswith(note)


@pytest.mark.parametrize("matter", ["url: https://example.com", "aliases: a word", "permalink: x"])
def test_what_is_no_old_address_of_ours_is_not_told(post: Post, matter: str) -> None:
    assert post(f"{MATTER}\n{matter}").notes == ()


# Whatever stands in a file


MATTERS = st.lists(
    st.tuples(
        st.sampled_from(["title", "date", "tags", "draft", "slug", "aliases", "readTime", "x-y"]),
        st.one_of(st.text(), st.dates().map(str), st.sampled_from(["[a, ~]", "{a: b}", "|\n x"])),
    )
).map(lambda pairs: "\n".join(f"{key}: {value}" for key, value in pairs))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(), matter=MATTERS, body=st.text(alphabet="`~[]()!<>{}%:/ \n-#\\aé"))
def test_reading_never_raises(tmp_path: Path, data: bytes, matter: str, body: str) -> None:
    path = tmp_path / "2020-01-01-a.md"
    for content in (
        data,
        b"---\n" + data + b"\n---\n" + data,
        f"---\n{matter}\n---\n{body}".encode(),
        f"---\n{MATTER}\n---\n{body}".encode(),
    ):
        path.write_bytes(content)
        found = sources.read(path, tmp_path, zone=BERLIN)

        assert isinstance(found, SourcePost | Skipped)
        repr(found).encode()


@pytest.mark.parametrize("unit", ["`` `", "![", "<img ", "{{<", "[a](", "<!--", "> ", "1. "])
def test_no_body_takes_time_that_grows_faster_than_it_does(post: Post, unit: str) -> None:
    started = time.process_time()

    post(MATTER, unit * (500_000 // len(unit)))

    assert time.process_time() - started < 3

"""Spellings: what blog systems write as an address, read as a path in the old blog."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.transfer.rewriting import spellings
from blogapp.transfer.rewriting.spellings import Base, Home, Target

HOMES = [Home("old.example"), Home("me.example", "/notes")]
HERE, ROOT, POST = Base.HERE, Base.ROOT, Base.POST


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("a.md", Target("a.md", HERE)),
        ("../a%20b.md?x=1#c%20d", Target("../a b.md", HERE, "c d")),
        ("/a/b/", Target("/a/b/", ROOT)),
        ("/notes/a/", Target("/a/", ROOT)),
        ("/notesbook", Target("/notesbook", ROOT)),
        ("https://old.example/a?b#c", Target("/a", ROOT, "c")),
        ("http://www.old.example", Target("/", ROOT)),
        ("//OLD.example/a", Target("/a", ROOT)),
        ("https://me.example/notes/a", Target("/a", ROOT)),
        ("https://me.example/notes", Target("/", ROOT)),
        ("{{ site.baseurl }}/a", Target("/a", ROOT)),
        ("{{site.url}}{{site.baseurl}}/a#b", Target("/a", ROOT, "b")),
        ("{{- site.baseurl -}}a", Target("/a", ROOT)),
        ("{{ '/a.png' | relative_url }}", Target("/a.png", ROOT)),
        ('{{ "a.png" | absolute_url | escape }}', Target("a.png", HERE)),
        ("{{< baseurl >}}a.png", Target("/a.png", ROOT)),
        ('{{< ref "a/b.md#c" >}}', Target("a/b.md", ROOT, "c")),
        ("{{% relref a.md %}}#b", Target("a.md", ROOT, "b")),
        ('{{< relref path="a.md" lang="en" >}}', Target("a.md", ROOT)),
        ("{% post_url 2013-04-30-x %}", Target("2013-04-30-x", POST)),
        (
            "{{ site.baseurl }}{%- post_url a/2013-04-30-x -%}#b",
            Target("a/2013-04-30-x", POST, "b"),
        ),
        ("{% link _posts/2013-04-30-x.md %}#b", Target("_posts/2013-04-30-x.md", ROOT, "b")),
        ("{filename}/a.md", Target("/a.md", ROOT)),
        ("{static}a.png", Target("a.png", HERE)),
        ("|filename|a.md", Target("a.md", HERE)),
        ("@/blog/a.md#b", Target("blog/a.md", ROOT, "b")),
        ("~/assets/a.png", Target("assets/a.png", ROOT)),
    ],
)
def test_an_address_in_the_old_blog_is_read(url: str, target: Target) -> None:
    assert spellings.read(url, HOMES) == target


@pytest.mark.parametrize(
    "url",
    [
        *("", "#a", "?a=1", "https://x.example/a", "https://me.example/other", "//x.example/a"),
        *("mailto:a@b.example", "data:image/png;base64,AA", "javascript:x", "ftp://old.example/a"),
        *("{{ site.repository }}/issues", "{{ page.image }}", "{% include x %}", "a\0b"),
        *("https://[bad/", "https://me.example/notesbook"),
    ],
)
def test_what_leads_elsewhere_is_not_read(url: str) -> None:
    assert spellings.read(url, HOMES) is None


@given(st.text(max_size=50))
def test_any_text_is_read_or_not(url: str) -> None:
    target = spellings.read(url, HOMES)

    assert target is None or target.path


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("https://www.example.org/", Home("example.org")),
        ("example.org/notes/", Home("example.org", "/notes")),
        ("http://localhost:4000", Home("localhost")),
        ("nowhere", None),
        ("https://[x", None),
        ("", None),
    ],
)
def test_where_a_blog_was_is_read(url: str, home: Home | None) -> None:
    assert Home.at(url) == home

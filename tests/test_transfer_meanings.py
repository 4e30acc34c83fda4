"""Meanings: tags, summaries, states and the like, in the ways of many blogs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp.transfer.headers import frontmatter
from blogapp.transfer.reading import meanings, places
from blogapp.transfer.reading.fields import Fields
from blogapp.transfer.reading.settings import UNKNOWN, Site

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = places.of("a.md")


def fields(matter: str) -> Fields:
    return Fields(frontmatter.split(f"---\ntitle: T\n{matter}\n---\nText\n"))


@pytest.mark.parametrize(
    ("matter", "tags"),
    [
        ("tags: [b, a, b, B]", ("b", "a", "B")),
        ("tags: '#a, b c, '", ("a", "b c")),
        ("tags: a b", ("a", "b")),
        ("tags: '[a, \"b c\"]'", ("a", "b c")),
        ("tags: a，b c、d", ("a", "b c", "d")),
        ("tags: '#a #b'", ("a", "b")),
        ("tag: web design", ("web design",)),
        ("tags: [[a], {name: b c}, {x: y}]", ("a", "b c")),
        ("keywords: a b, c", ("a b", "c")),
        ("keywords: [a b, c]", ("a b", "c")),
        ("keywords: a, b\ntags: c", ("c",)),
        ("category: Web Design", ("Web Design",)),
        ("categories: Web Design", ("Web Design",)),
        ("categories:\n- One\n- two words", ("One", "two words")),
        (
            "tags: [3.10, 2020-01-01, yes, ~, '#x', '#', {a: b}]",
            ("3.10", "2020-01-01", "yes", "x"),
        ),
        ("tags:\ncategories: ~", ()),
        ("tags: null", ()),
        ("category: last\ntags: [first, last]", ("first", "last")),
        ("topics: [zenn]", ("zenn",)),
        ("taxonomies:\n  tags: [zola]\n  categories: [x]", ("zola", "x")),
        ("taxonomies:\n  tag: [zola]", ("zola",)),
    ],
)
def test_tags_are_read_in_every_form(matter: str, tags: tuple[str, ...]) -> None:
    assert meanings.tags(fields(matter), UNKNOWN) == tags


@pytest.mark.parametrize(
    ("system", "matter", "tags"),
    [
        ("jekyll", "tags: a b\ncategories: c d", ("a", "b", "c", "d")),
        ("jekyll", "category: c d", ("c d",)),
        ("hugo", "tags: web design", ("web design",)),
        ("hexo", "categories: web design", ("web design",)),
        ("plain", "tags: a b", ("a", "b")),
    ],
)
def test_blanks_part_tags_where_the_system_says_so(
    system: str, matter: str, tags: tuple[str, ...]
) -> None:
    assert meanings.tags(fields(matter), Site(system)) == tags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("tags: web design", ("web design",)),
        ("tags: a, web design", ("a", "web design")),
        ("tags: a; web design", ("a", "web design")),
        ("tags: a\n    web design", ("a", "web design")),
    ],
)
def test_lines_of_keys_part_tags_by_commas_or_lines(text: str, tags: tuple[str, ...]) -> None:
    parts = frontmatter.split(f"title: T\n{text}\n\nText\n")

    assert meanings.tags(Fields(parts), UNKNOWN) == tags


@pytest.mark.parametrize(
    ("matter", "description"),
    [
        ("summary: a  b", "a b"),
        ("description: |\n  Two\n  lines", "Two lines"),
        ("description:\nexcerpt: x", "x"),
        ("description: [a]\nsubtitle: 5", "5"),
        ("description: {a: b}", ""),
        ("excerpt: false\nspoiler: x", "x"),
        ("meta: x", "x"),
        ("abstract: x", "x"),
        ("teaser: x", "x"),
        ("lead: x\nlede: y", "x"),
        ("extra:\n  summary: x", "x"),
        ("params:\n  description: z\nsummary: x", "z"),
        ("extra:\n  title: x", ""),
    ],
)
def test_the_description_has_many_names(matter: str, description: str) -> None:
    assert meanings.description(fields(matter)) == description


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
def test_the_authors_reading_time_is_kept(matter: str, minutes: int | None) -> None:
    assert meanings.minutes(fields(matter)) == minutes


@pytest.mark.parametrize(
    ("matter", "series"),
    [
        ("series: Learning Rust", "Learning Rust"),
        ("series: [Learning Rust, Other]", "Learning Rust"),
        ("serie: {name: Learning Rust, order: 2}", "Learning Rust"),
        ("collection: Learning Rust", "Learning Rust"),
        ("taxonomies: {series: [Learning Rust]}", "Learning Rust"),
        ("extra: {series: Learning Rust}", "Learning Rust"),
        ("series: true", None),
        ("series: 3\nseries_title: Learning Rust", "Learning Rust"),
        ("series:", None),
        (f"series: {'x' * 300}", "x" * 200),
    ],
)
def test_a_series_is_its_name(matter: str, series: str | None) -> None:
    assert meanings.series(fields(matter)) == series


@pytest.mark.parametrize(
    ("matter", "language"),
    [
        ("lang: ru", "ru"),
        ("language: zh_cn", "zh-CN"),
        ("locale: en_US.UTF-8", "en-US"),
        ("lang: ''\nlocale: de", "de"),
        ("lang:", None),
    ],
)
def test_a_language_is_written_as_a_tag(matter: str, language: str | None) -> None:
    assert meanings.language(fields(matter)) == (language, [])


@pytest.mark.parametrize("written", ["Русский", "english", "e", "en_", "12"])
def test_what_is_no_language_is_told(written: str) -> None:
    found, told = meanings.language(fields(f"lang: {written}"))

    assert found is None
    assert [str(note) for note in told] == [
        f"line 3: lang: “{written}” is no language; write it as en or pt-BR"
    ]


@pytest.mark.parametrize(
    "matter",
    [
        "draft: true", "draft: 'yes'", "draft: for now", "published: false", "publish: no",
        "status: draft", "status: Hidden", "visibility: private", "wip: true", "isDraft: true",
    ],
)  # fmt: skip
def test_a_draft_is_said_to_be_one_in_many_ways(matter: str) -> None:
    assert meanings.draft(fields(matter), PLACE, NOW) == (True, [])


@pytest.mark.parametrize(
    "matter",
    [
        "draft: false", "draft:", "published: true", "published: 2020-01-01", "draft: 'no'",
        "status: published", "unlisted: false", "expiryDate: 2030-01-01", "expiryDate: never",
    ],
)  # fmt: skip
def test_what_is_not_said_to_be_a_draft_is_none(matter: str) -> None:
    assert meanings.draft(fields(matter), PLACE, NOW) == (False, [])


@pytest.mark.parametrize(
    ("matter", "note"),
    [
        ("hidden: yes", "line 3: hidden: it comes in as a draft"),
        ("expiryDate: 2020-01-01", "line 3: it has expired: it comes in as a draft"),
    ],
)
def test_what_readers_would_not_expect_to_find_is_a_draft_and_told(matter: str, note: str) -> None:
    is_draft, told = meanings.draft(fields(matter), PLACE, NOW)

    assert is_draft
    assert str(told[0]).startswith(note)


@pytest.mark.parametrize(
    ("matter", "unlisted"),
    [("unlisted: true", True), ("visibility: unlisted", True), ("unlisted: false", False)],
)
def test_what_only_its_address_shows_is_no_draft(matter: str, unlisted: bool) -> None:
    assert meanings.unlisted(fields(matter)) is unlisted
    assert meanings.draft(fields(matter), PLACE, NOW) == (False, [])


def test_what_lies_among_drafts_is_one() -> None:
    assert meanings.draft(fields(""), places.of("_drafts/a.md"), NOW) == (True, [])


@settings(deadline=None)
@given(
    st.sampled_from(["tags", "series", "lang", "draft", "readTime", "summary", "expires"]),
    st.recursive(
        st.one_of(st.none(), st.text()),
        lambda inner: st.one_of(
            st.lists(inner), st.dictionaries(st.sampled_from(["name", "text", "x"]), inner)
        ),
        max_leaves=5,
    ),
)
def test_any_value_means_something_or_nothing(name: str, value: object) -> None:
    parts = frontmatter.Split({name: value}, "", {name: 2}, (), 3, "yaml")
    found = Fields(parts)

    assert all(tag.strip() == tag != "" for tag in meanings.tags(found, UNKNOWN))
    assert len(meanings.series(found) or "") <= 200
    assert "\n" not in meanings.description(found)
    meanings.language(found)
    meanings.minutes(found)
    meanings.draft(found, PLACE, NOW)

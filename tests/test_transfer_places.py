"""Places: the day, the slug and the language that a file's name and folders tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.transfer.reading import places


@pytest.mark.parametrize(
    ("path", "day", "slug"),
    [
        ("2013-04-30-a-name.md", "2013-04-30", "a-name"),
        ("x/2013-4-3_a-name.markdown", "2013-04-03", "a-name"),
        ("2013.04.30 A name.md", "2013-04-30", "A name"),
        ("20130430-name.md", "2013-04-30", "name"),
        ("2013-04-30.md", "2013-04-30", None),
        ("2021-02-29-name.md", "2021-02-29", "name"),
        ("2013-04-30-name/index.md", "2013-04-30", "name"),
        ("2013-04-30-name/README.md", "2013-04-30", "name"),
        ("2013-04-30-trip/part-1.md", "2013-04-30", "part-1"),
        ("2013/04/30/name.md", "2013-04-30", "name"),
        ("blog/2013/04/30/name/index.md", "2013-04-30", "name"),
        ("2013/04/30-name.md", "2013-04-30", "name"),
        ("2013/04-30-name.md", "2013-04-30", "name"),
        ("2013-04/30-name.md", "2013-04-30", "name"),
        ("2013/2013-04-30-name.md", "2013-04-30", "name"),
        ("2013/10/5-things.md", None, "5-things"),
        ("2013/10-tips.md", None, "10-tips"),
        ("2013-04-30/photos/name.md", None, "name"),
        ("2013-13-45-name.md", None, "2013-13-45-name"),
        ("12013-04-30-name.md", None, "12013-04-30-name"),
        ("2013-04-301-name.md", None, "2013-04-301-name"),
        ("160508-name.md", None, "160508-name"),
    ],
)
def test_day_and_slug_come_from_name_and_folders(
    path: str, day: str | None, slug: str | None
) -> None:
    found = places.of(path)

    assert (found.day, found.slug) == (day, slug)


def test_days_of_six_digits_are_read_where_they_are_usual() -> None:
    assert places.of("160508-name.md", short=True).day == "2016-05-08"
    assert places.of("160508-name.md", short=True).slug == "name"
    assert places.of("161358-name.md", short=True).day is None


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("plain.md", "plain"),
        ("27.nuxt-name.md", "nuxt-name"),
        ("1.0-timeline.md", "1.0-timeline"),
        ("10-tips.md", "10-tips"),
        ("Version.2.md", "Version.2"),
        ("bundle/index.md", "bundle"),
        ("bundle/index.en.md", "bundle"),
        ("3.bundle/index.mdx", "bundle"),
        ("bundle/README.md", "bundle"),
        ("index.md", "top"),
        ("README.md", None),
    ],
)
def test_the_slug_is_the_name_of_the_file_or_its_bundle(path: str, slug: str | None) -> None:
    assert places.of(path, top="top").slug == slug


def test_the_page_on_top_of_a_zip_has_no_slug() -> None:
    assert places.of("index.md").slug is None


@pytest.mark.parametrize(
    ("path", "stem", "language"),
    [
        ("name.ru.md", "name", "ru"),
        ("index.zh-cn.md", "index", "zh-CN"),
        ("index.zh-hant.md", "index", "zh-Hant"),
        ("name.pt_BR.markdown", "name", "pt-BR"),
        ("node.js.md", "node.js", None),
        ("v1.0.md", "v1.0", None),
        ("ru.md", "ru", None),
        ("name.MD", "name", None),
    ],
)
def test_the_language_stands_before_the_ending(path: str, stem: str, language: str | None) -> None:
    found = places.of(path)

    assert (found.stem, found.language) == (stem, language)


@pytest.mark.parametrize(
    ("path", "top", "is_draft"),
    [
        ("_drafts/a.md", "", True),
        ("drafts/a/index.md", "", True),
        ("a.md", "_drafts", True),
        ("drafts.md", "", False),
        ("my-drafts/a.md", "", False),
    ],
)
def test_a_folder_of_drafts_holds_drafts(path: str, top: str, is_draft: bool) -> None:
    assert places.of(path, top=top).is_draft == is_draft


@pytest.mark.parametrize(
    ("address", "day"),
    [
        ("/2013/04/30/name/", "2013-04-30"),
        ("2013/04/30/name", "2013-04-30"),
        ("/blog/2013-04-30-name.html", "2013-04-30"),
        ("/2013/04/name/", None),
        ("/releases/1.0/", None),
    ],
)
def test_a_day_is_found_in_an_address(address: str, day: str | None) -> None:
    assert places.day_in(address) == day


def test_a_name_becomes_a_title() -> None:
    assert places.name_in_words("my-first_post") == "My first post"
    assert places.name_in_words("日本語") == "日本語"


@given(st.text(min_size=1), st.text())
def test_any_path_is_read(path: str, top: str) -> None:
    found = places.of(path, top=top)

    assert found.slug != ""
    assert found.day is None or len(found.day) == 10

"""Slugs: readable, stable, never empty."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import slugs


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, World!", "hello-world"),
        ("C# vs C++ vs F#", "c-sharp-vs-cpp-vs-f-sharp"),
        (".NET and node.js & you", "dotnet-and-nodejs-and-you"),
        ("Łódź, Ærø, Straße", "lodz-aero-strasse"),
        ("Час, которого не было", "chas-kotorogo-ne-bylo"),
        ("日本語のタイトル", "日本語のタイトル"),
        ("Café 日本", "cafe-日本"),
        ("हिन्दी भाषा", "हिन्दी-भाषा"),
        ("🎉", "post"),
        ("", "post"),
        ("_-_", "post"),
    ],
)
def test_a_title_becomes_what_its_readers_can_read(title: str, slug: str) -> None:
    assert slugs.make(title) == slug


def test_a_long_title_is_cut_between_words() -> None:
    assert slugs.make("word " * 40) == "-".join(["word"] * 16)
    assert slugs.make("長い " * 60) == "-".join(["長い"] * 27)


def test_a_word_that_is_too_long_is_cut_anyway() -> None:
    assert slugs.make("w" * 200) == "w" * 80
    assert slugs.make("長" * 200) == "長" * 80


@given(st.text(max_size=200) | st.text("aéЖ日हि़#&+.-_ 'C²ª/?%", max_size=200))
@example("ªÀ")
@example("Ꭰ")
def test_a_slug_is_never_empty_fits_and_is_its_own_slug(text: str) -> None:
    slug = slugs.make(text)

    assert 0 < len(slug) <= 80
    assert slugs.make(slug) == slug
    assert not set(slug) & set("/?#%&\\ .\n\0") and slug.strip("-_") == slug
    assert slug == slug.lower()

"""Slugs: readable, stable, never empty."""

from __future__ import annotations

import pytest
from flask import Flask
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


@pytest.mark.parametrize("wish", ["hello", "Hello, World", "C#", ".NET", "node.js", "x" * 80])
@pytest.mark.parametrize("script", ["", "日本-", "カナ漢字-", "हिन्दी-", "עברית-", "فصل5-", "ไทย-"])
def test_a_wish_in_any_script_of_every_day_is_a_slug(wish: str, script: str) -> None:
    assert slugs.refusal((script + wish)[:80]) is None


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        *((name, "the name of a file") for name in ("feed.xml", "Feed.JSON", "robots.txt")),
        *((name, "the name of a file") for name in ("a.md", "ｓｉｔｅｍａｐ．ｘｍｌ", "x.html ")),
        *((name, "an address of the blog") for name in ("admin", "Admin!", "tags", ".well-known")),
        # Cyrillic, full-width, mathematical, and Latin as other languages write it.
        *((name, "an address of the blog") for name in ("аdmin", "ａｄｍｉｎ", "𝐚𝐝𝐦𝐢𝐧", "admın")),
        *((empty, "no letter or digit") for empty in ("🎉", "-_-", "\u200b", "\u3164")),
        ("x" * 81, "at most 80 characters, and this has 81"),
        ("日" * 81, "at most 80 characters, and this has 81"),
        ("סame", "mixes Hebrew and Latin letters"),
        ("日本٣", "mixes Arabic and Han letters"),
        ("hello-ტest", "“ტest” mixes Georgian and Latin"),
        ("ꓮꓓꓟꓲꓠ", "in Lisu letters"),
        ("ꮯꮎ", "in Cherokee letters"),
    ],
)  # fmt: skip
def test_a_wish_that_could_be_taken_for_something_else_is_refused(wish: str, reason: str) -> None:
    assert reason in (slugs.refusal(wish) or "")


def test_letters_that_look_latin_are_read_as_what_they_look_like() -> None:
    read = [slugs.latin(slug) for slug in ("հօս-2", "հօր", "日本", "hou")]

    assert read == ["hou-2", "հօր", "日本", "hou"]


def test_what_nobody_sees_is_in_no_slug() -> None:
    assert slugs.make("日本\ufe0f語\u1160") == slugs.make("日本️語") == "日本-語"


def test_every_address_of_ours_is_refused_as_a_slug(app: Flask) -> None:
    begun = {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}
    words = [word for word in begun if len(word) > 1 and "<" not in word]

    assert {"admin", "series", "feed.xml"} < {*words}
    assert [word for word in words if slugs.refusal(word) is None] == []

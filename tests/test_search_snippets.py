"""Snippets: what is marked is what was looked for, and the text stays as it was."""

from __future__ import annotations

import re
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blogapp import search
from blogapp.search import snippets

from .conftest import CheckedClient, MakePost

LETTERS = "abAé\u0301ßæÆłİıΣς\ufb01日本がガ한न\u093f\u05b8"
TEXTS = st.text(alphabet=LETTERS + " -_.+'\"<&\n", max_size=60) | st.text(max_size=60)
SEARCHES = st.text(alphabet=LETTERS + " -+\"'", min_size=1, max_size=8) | st.text(max_size=8)


def hit_of(text: str, **parts: str) -> snippets.Hit:
    """What the results show of an article with these *parts*."""
    article = SimpleNamespace(**{"id": 7, "title": "", "about": "", "plain": ""} | parts)
    return search.hits(search.parse(search.canonical(text)), [article])[7]


def marked(pieces: list[snippets.Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.hit else piece.text for piece in pieces)


def unmarked(pieces: list[snippets.Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("cache", "The cache, a Cache", "The [cache], a [Cache]"),
        ("cach", "Caching caches", "[Caching] [caches]"),
        ('"cach"', "Cach, caching", "[Cach], caching"),
        ("two words", "Words, two and two", "[Words], [two] and [two]"),
        ('"two words"', "Two words, two\nwords", "[Two words], [two\nwords]"),
        ('"two words"', "two-words, words two", "[two-words], words two"),
        ('"two wo', "Two words", "[Two words]"),
        ("cafe", "Un café, cafe\u0301s", "Un [café], [cafés]"),
        ("strasse", "Die Straße hier", "Die [Straße] hier"),
        ("stra", "Die Straße hier", "Die [Straße] hier"),
        ("aero", "Ærø, aerob", "[Ærø], [aerob]"),
        ("lodz", "Łódź!", "[Łódź]!"),
        ("fi", "ﬁ ﬁn", "[ﬁ] [ﬁn]"),
        ("日本", "ここは日本語", "ここは[日本]語"),
        ("本", "日本語", "日[本]語"),
        ("成", "昭和㍻", "昭和[㍻]"),
        ("平 成", "昭和㍻", "昭和[㍻]"),
        ("flask", "日本Flaskと日本語", "日本[Flask]と日本語"),
        ("हिन", "मैं हिन्दी में", "मैं [हिन्दी] में"),
        ("hangul 한", "\u1112\u1161\u11ab", "[\ud55c]"),
        ("שלום", "שָׁלוֹם", "[שָׁלוֹם]"),
        ("c++", "C, C++ and C++17", "C, [C++] and [C++17]"),
        ("c#", "C# (C++)", "[C#] (C++)"),
        (".net", "ASP.NET, .NET", "ASP.NET, [.NET]"),
        ("hx-push-url", "hx-push-url, hx push url", "[hx-push-url], hx push url"),
        ("__init__", "self.__init__(x), init", "self.[__init__](x), init"),
        ("@app.get", '@app.get("/")', '[@app.get]("/")'),
        ("--dry-run", "--dry-run=1", "[--dry-run]=1"),
        ("(cache)", "A cache", "A [cache]"),
        ("a -cache", "a cache", "[a] cache"),
        ("i", "i is in", "[i] is in"),
        ("soft", "so\u00adft", "[so\u00adft]"),
        ("x <b>", "x <b> &amp;", "[x] <[b]> &amp;"),
        ("हिन्दी", "मैं हिन्दी में", "मैं [हिन्दी] में"),
        ("na", "naïve café", "[naïve] café"),
    ],
)  # fmt: skip
def test_what_was_looked_for_is_marked(text: str, title: str, expected: str) -> None:
    hit = hit_of(text, title=title, about=title, plain=title)

    assert marked(hit.title) == marked(hit.description) == marked(hit.snippet) == expected


@given(SEARCHES, TEXTS)
@example("平 成", "a㍻b")
@example("\u0301", "e\u0301")
@example('"…', "…")
@example("’…", "(…)")
def test_the_text_stays_as_it_is_and_no_mark_is_empty(text: str, title: str) -> None:
    if not search.parse(search.canonical(text)).wanted:
        return
    hit = hit_of(text, title=title, about=title, plain=" ".join(title.split()))

    assert unmarked(hit.title) == unmarked(hit.description) == unicodedata.normalize("NFC", title)
    assert all(piece.text for piece in (*hit.title, *hit.description, *hit.snippet))
    if hit.snippet:
        assert unmarked(hit.snippet) == unicodedata.normalize("NFC", " ".join(title.split()))


def plainly(text: str) -> str:
    """Fold *text*, for letters with one accent at most."""
    return unicodedata.normalize("NFKD", text.casefold()).replace("\u0301", "")


WORDS = st.text(alphabet="abÀéßŁﬁ", min_size=1, max_size=4).map(
    lambda text: text.replace("À", "A").replace("Ł", "L")
)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_marks_are_where_the_word_is_and_nowhere_else(
    names: list[str], data: st.DataObject
) -> None:
    wanted = data.draw(st.sampled_from(names))
    text = ", ".join(names)
    fits = [plainly(name) == plainly(wanted) for name in names]

    hit = hit_of(f'"{wanted}"', title=text)

    expected = [f"[{name}]" if is_hit else name for name, is_hit in zip(names, fits, strict=True)]
    assert marked(hit.title) == unicodedata.normalize("NFC", ", ".join(expected))


# Snippets of long texts

FILLER = "Nothing of note here. " * 60


def test_a_snippet_shows_the_word_with_what_is_around_it() -> None:
    hit = hit_of("comet", plain=f"{FILLER}We saw a comet in the sky. {FILLER}")

    text = marked(hit.snippet)

    assert re.fullmatch(r"… .{20,60} We saw a \[comet\] in the sky\. .{50,200} …", text)
    assert len(unmarked(hit.snippet)) <= snippets.LENGTH + 4


def test_a_snippet_begins_and_ends_with_whole_words() -> None:
    words = [f"w{number}" for number in range(1000)]

    for wanted in ("w0", "w7", "w500", "w999"):
        hit = hit_of(f'"{wanted}"', plain=" ".join(words))

        shown = unmarked(hit.snippet).removeprefix("… ").removesuffix(" …").split()
        at = words.index(shown[0])
        assert shown == words[at : at + len(shown)]
        assert wanted in shown


def test_a_snippet_is_where_most_of_the_words_are() -> None:
    plain = f"A comet. {FILLER} A comet and another. {FILLER} The tail of a comet. {FILLER}"

    hit = hit_of("comet tail", plain=plain)

    assert "The [tail] of a [comet]." in marked(hit.snippet)


def test_without_the_words_in_the_text_there_is_no_snippet() -> None:
    hit = hit_of("comet", title="A comet", plain=FILLER)

    assert hit.snippet == []
    assert marked(hit.description) == ""


def test_a_search_that_only_excludes_marks_nothing() -> None:
    query = search.parse("-comet")

    assert (
        search.hits(query, [SimpleNamespace(id=7, title="Comet", plain="Comet", about="")]) == {}
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a", "a " * 500_000),
        ("日", "日" * 500_000),
        ("a b", "á b " * 250_000),
        ('"a a a a a b"', "a " * 500_000),
        ('"a b"', "a" + "-" * 1_000_000 + "b"),
        ('"a b', "a-" * 500_000),
        ("x", "x" * 1_000_000),
        ('"x x"', "x" + " \u0301" * 300_000 + "x"),
        ("c++ a-b __x__", "c++ a-b __x__ ß " * 60_000),
        ("word", "nothing " * 125_000 + "word"),
        (" ".join("abcdefghij" * 9), "a b c d e f g h i j " * 10_000),
    ],
)
def test_the_longest_texts_have_short_snippets(text: str, plain: str) -> None:
    hit = hit_of(text, title="x", plain=plain)

    assert len(unmarked(hit.snippet)) <= 2 * snippets.LENGTH + 4


# On the page


def test_the_page_marks_what_was_found(client: CheckedClient, make_post: MakePost) -> None:
    make_post(
        "<i>Cache</i> & café",
        description='A "cache" for <b>',
        body="Put `<script>` into the cache & go.",
    )

    page = client.get("/?q=cache").text

    assert "&lt;i&gt;<mark>Cache</mark>&lt;/i&gt; &amp; café</a></h3>" in page
    assert "A &#34;<mark>cache</mark>&#34; for &lt;b&gt;</p>" in page
    assert "Put &lt;script&gt; into the <mark>cache</mark> &amp; go.</p>" in page
    assert "<mark>café</mark></a>" in client.get("/?q=cafe").text
    assert "<mark>" not in client.get("/?q=-other").text + client.get("/").text

"""Inline structure: code, links, images, emphasis, escapes and what is a link by itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.markdown.convert import convert

_OURS = re.compile(r' (?:rel|loading|decoding)="[^"]*"')


def html(source: str) -> str:
    return _OURS.sub("", str(convert(source).html)).removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize("character", "!\"#$%'()*+,-./:;=?@[\\]^_`{|}~")
def test_every_ascii_punctuation_can_be_escaped(character: str) -> None:
    assert html(f"a\\{character}b") == f"a{character}b"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("\\<b>", "&lt;b&gt;"),
        ("\\&amp;", "&amp;amp;"),
        ("\\a \\é", "\\a \\é"),
        ("\\*a* *b\\*", "*a* *b*"),
        ("\\[a](b) \\![c](d)", '[a](b) !<a href="d">c</a>'),
        ("\\:tada:", ":tada:"),
        ("## not an id \\{#a}", None),
        ("a\\\nb", "a<br>\nb"),
        ("a  \nb", "a<br>\nb"),
        ("a \nb", "a\nb"),
        ("&copy; &#169; &#xA9; &nosuch; &", "© © © &amp;nosuch; &amp;"),
        ("&#42;a&#42;", "*a*"),
    ],
)
def test_escapes_breaks_and_characters_by_name(source: str, expected: str | None) -> None:
    if expected is None:
        assert convert(source).headings[0].text == "not an id {#a}"
    else:
        assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("`` a`b ``", "<code>a`b</code>"),
        ("` `` `", "<code>``</code>"),
        ("`  a `", "<code> a</code>"),
        ("` `", "<code> </code>"),
        ("`a\nb`", "<code>a b</code>"),
        ("`a\\`b", "<code>a\\</code>b"),
        ("`a ``b", "`a ``b"),
        ("*a `b*`", "*a <code>b*</code>"),
        ("[a `](b)`", "[a <code>](b)</code>"),
        ("`&amp; <b>`", "<code>&amp;amp; &lt;b&gt;</code>"),
    ],
)
def test_code_spans_end_at_a_run_of_the_same_length_and_bind_closest(
    source: str, expected: str
) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>"),
        ("***a***", "<em><strong>a</strong></em>"),
        ("**a*b*c**", "<strong>a<em>b</em>c</strong>"),
        ("a*b*c a_b_c", "a<em>b</em>c a_b_c"),
        ("* a * **b **", "<ul>\n<li>a * **b **</li>\n</ul>"),
        ("*a*b*", "<em>a</em>b*"),
        ("**中文**字", "<strong>中文</strong>字"),
        ("~~a ~b~ c~~", "<del>a <del>b</del> c</del>"),
        ("~a~~ b", "~a~~ b"),
    ],
)
def test_emphasis_opens_and_closes_as_on_github(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[a [b] c](d)", '<a href="d">a [b] c</a>'),
        ("[a](b(c)d)", '<a href="b(c)d">a</a>'),
        ("[a](<b c>)", '<a href="b%20c">a</a>'),
        ("[a](b 'c \"d\"')", '<a href="b" title="c &quot;d&quot;">a</a>'),
        ("[a](b (c))", '<a href="b" title="c">a</a>'),
        ("[a]()", '<a href="">a</a>'),
        ('[a]( b\n"c" )', '<a href="b" title="c">a</a>'),
        ("[a [b](c) d](e)", '[a <a href="c">b</a> d](e)'),
        ("[![a](b)](c)", '<a href="c"><img alt="a" src="b"></a>'),
        ('![*a* `b` [c](d)](e "f")', '<img alt="a b c" src="e" title="f">'),
        ("[a] (b)", "[a] (b)"),
        ("[a](b c)", "[a](b c)"),
        ("*[a*](b)", '*<a href="b">a*</a>'),
        ("[ä](/ö?x=1&y=%20)", '<a href="/%C3%B6?x=1&amp;y=%20">ä</a>'),
    ],
)
def test_links_and_images(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("[A\nb][]", '<a href="/x">A\nb</a>'),
        ("[a B]", '<a href="/x">a B</a>'),
        ("[c][A  B]", '<a href="/x">c</a>'),
        ("[`c`]", '<a href="/y"><code>c</code></a>'),
        ("![a b]", '<img alt="a b" src="/x">'),
        ("[a b][nowhere]", "[a b][nowhere]"),
        ("[a [b]](", "[a [b]]("),
    ],
)
def test_links_by_label(source: str, expected: str) -> None:
    assert html(f"{source}\n\n[a b]: /x\n[`c`]: /y") == expected


@pytest.mark.parametrize(
    ("text", "address", "rest"),
    [
        ("https://example.org/a_b*c", "https://example.org/a_b*c", ""),
        ("https://example.org/a.", "https://example.org/a", "."),
        ("https://example.org/a(b))", "https://example.org/a(b)", ")"),
        ("https://example.org/?a=b&lt;", "https://example.org/?a=b", "&lt;"),
        ("www.example.org/a", "http://www.example.org/a", ""),
        ("ftp://example.org", "ftp://example.org", ""),
        ("ann@example.org.", "mailto:ann@example.org", "."),
    ],
)
def test_an_address_is_a_link_without_the_punctuation_behind_it(
    text: str, address: str, rest: str
) -> None:
    rendered = html(text)

    link = re.fullmatch(r'<a href="([^"]*)">[^<]*</a>(.*)', rendered)
    if address.startswith("ftp"):  # a scheme that the sanitiser does not let pass
        assert rendered == "<a>ftp://example.org</a>"
    else:
        assert link
        assert (link[1], link[2]) == (address, rest)


@pytest.mark.parametrize(
    "text",
    ["xhttp://example.org", "www.", "http://", "a@b", "@ann", "#12", "http://a_b.c_d"],
)
def test_what_only_looks_like_an_address_is_text(text: str) -> None:
    assert html(text) == text


def test_a_link_holds_no_link() -> None:
    assert html("[ann@example.org](/a) `https://b.example`") == (
        '<a href="/a">ann@example.org</a> <code>https://b.example</code>'
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (":tada: :+1: (:smile:)", "🎉 👍 (😄)"),
        (
            "12:30:45 :nosuch: a:smile:b `:tada:`",
            "12:30:45 :nosuch: a:smile:b <code>:tada:</code>",
        ),
    ],
)
def test_emoji_by_their_names(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a <b>*c*</b>", "a <b><em>c</em></b>"),
        ("a <!-- *b* --> c", "a  c"),
        ('<a href="x"\ntitle="*y*">z</a>', '<a href="x" title="*y*">z</a>'),
        ("a < b > c <3", "a &lt; b &gt; c &lt;3"),
        ("<https://example.org/*a*>", None),
        ("<ann@example.org>", '<a href="mailto:ann@example.org">ann@example.org</a>'),
    ],
)
def test_pointed_brackets(source: str, expected: str | None) -> None:
    address = "https://example.org/*a*"
    assert html(source) == (expected or f'<a href="{address}">{address}</a>')


def test_an_image_may_be_given_its_size() -> None:
    assert 'width="300"' in html("![a](b.png){: width=300 }")


@given(st.text(alphabet="ab*_~`[]()!\\<>&:\"' \n", max_size=60))
def test_letters_stay_in_their_order(source: str) -> None:
    """Nothing is lost or moved, whatever is marked up around it."""
    text = re.sub(r"[<>]|\]\(|\]:|:", " ", source)  # no HTML, no destinations

    shown = re.sub(r"<img alt=\"([^\"]*)\"[^>]*>", r"\1", str(convert(text).html))
    shown = re.sub(r"<[^>]*>|&\w+;", "", shown)

    assert re.findall("[ab]", shown) == re.findall("[ab]", text)

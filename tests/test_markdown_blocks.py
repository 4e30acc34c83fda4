"""Block structure: what GitHub's readers, and the people who write for them, expect."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from blogapp.markdown.blocks import reader
from blogapp.markdown.convert import convert

MARKUP = [
    *("# ", "## ", "- ", "* ", "1. ", "7) ", "> ", "    ", "  ", "   ", "\t", "---", "===", "***"),
    *("```\n", "~~~\n", "|", "|-|", ":-:", "\n", "\n\n", "\n", "*", "**", "_", "~~", "`", "``"),
    *("[", "]", "](", ")", "![", "(", '"', "\\", "\\\n", "  \n", "[ ] ", "[x] ", "[!NOTE]", "!"),
]


def html(source: str) -> str:
    """Render *source* without the boxes and marks around its structure."""
    rendered = re.sub(r"\n", "", str(convert(source).html))
    for tag in ("figure", "figcaption", "pre", "div", "span"):
        rendered = re.sub(rf"</?{tag}\b[^>]*>", "", rendered)
    return rendered


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("text\n- a\n- b", "<p>text</p><ul><li>a</li><li>b</li></ul>"),
        ("- a\n  - b\n   - c", "<ul><li>a<ul><li>b</li><li>c</li></ul></li></ul>"),
        ("1. a\n   - b", "<ol><li>a<ul><li>b</li></ul></li></ol>"),
        ("- a\n\n  b\n\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"),
        ("- a\n  > b", "<ul><li>a<blockquote><p>b</p></blockquote></li></ul>"),
        ("7. a\n8. b", '<ol start="7"><li>a</li><li>b</li></ol>'),
        ("0. a", '<ol start="0"><li>a</li></ol>'),
        ("1) a\n2. b", '<ol><li>a</li></ol><ol start="2"><li>b</li></ol>'),
        ("- a\n* b\n+ c", "<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>"),
        ("text\n2. not a list", "<p>text2. not a list</p>"),
        ("- a\n\n\n  b", "<ul><li><p>a</p><p>b</p></li></ul>"),
        ("> a\nb\n\nc", "<blockquote><p>ab</p></blockquote><p>c</p>"),
        ("> a\n\n> b", "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>"),
    ],
)
def test_lists_and_quotes_nest_as_they_are_indented(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("~~~\na\n~~~", "<code>a</code>"),
        ("````\n```\n````", "<code>```</code>"),
        ("   ```\n   a\n    b\n  ```", "<code>a b</code>"),
        ("```\nnever closed", "<code>never closed</code>"),
        ("```\n```text", "<code>```text</code>"),
        ("```\na\n```\ntext", "<code>a</code><p>text</p>"),
        ("text\n```\na\n```", "<p>text</p><code>a</code>"),
        ("> ```\n> a\nb", "<blockquote><code>a</code></blockquote><p>b</p>"),
        ("- a\n\n      code", "<ul><li><p>a</p><code>code</code></li></ul>"),
        ("text\n    no code", "<p>textno code</p>"),
    ],
)
def test_code_begins_and_ends_where_github_says(source: str, expected: str) -> None:
    assert html(source) == expected


@pytest.mark.parametrize("around", ["{}", "- item\n\n  {}", "> {}", "1. a\n\n   - b\n\n     {}"])
@given(code=st.text(alphabet="a`~\t <&>#|*\\\n{}[]é🎉", max_size=40))
@settings(max_examples=25, deadline=None)
def test_fenced_code_is_kept_byte_for_byte(around: str, code: str) -> None:
    first, _, last = around.rpartition("\n")
    indent = last.replace("{}", "") if ">" in last else " " * last.index("{")
    lines = ["`````", *code.split("\n"), "`````"]
    source = f"{first}\n" + f"\n{indent}".join([last.format(lines[0]), *lines[1:]])

    shown = re.findall(r"<code>(.*?)</code>", convert(source).html, re.DOTALL)

    assert [unescape(text) for text in shown] == [f"{code}\n"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\nb\n===", '<h2 id="ab">a b</h2>'),
        ("a\n---", '<h2 id="a">a</h2>'),
        ("# a #", '<h2 id="a">a</h2>'),
        ("# a#", '<h2 id="a">a#</h2>'),
        ("#a", "<p>#a</p>"),
        ("***", "<hr>"),
        ("- - -", "<hr>"),
    ],
)
def test_headings_and_rules(source: str, expected: str) -> None:
    found = re.sub(
        r'<a class="permalink".*?</a>', "", str(convert(source).html).replace("\n", " ")
    )

    assert re.sub(r"</?div[^>]*>", "", found).replace("a-b", "ab") == expected


def test_a_table_may_follow_a_paragraph_and_hold_an_escaped_pipe() -> None:
    rendered = html("text\n| a | b |\n|---|--:|\n| `x\\|y` | z |\nonly one")

    assert rendered == (
        '<p>text</p><table><thead><tr><th>a</th><th class="align-right">b</th></tr></thead>'
        '<tbody><tr><td><code>x|y</code></td><td class="align-right">z</td></tr>'
        '<tr><td>only one</td><td class="align-right"></td></tr></tbody></table>'
    )


def test_a_row_with_too_many_cells_loses_none() -> None:
    assert "<td>b | c</td>" in html("|x|y|\n|-|-|\n|a|b|c|")


def test_markdown_inside_details_is_read() -> None:
    source = "<details>\n<summary>more</summary>\n\n- *a*\n\n</details>\n\nb"

    assert html(source) == (
        "<details><summary>more</summary><ul><li><em>a</em></li></ul></details><p>b</p>"
    )


def test_of_two_definitions_of_a_link_the_first_counts() -> None:
    rendered = html("[a] [B ][b]\n\n[a]: /1\n[A]: /2\n[`b`]: /3\n[b]:\n  /4\n  'title'")

    assert rendered == '<p><a href="/1">a</a> <a href="/4" title="title">B </a></p>'


@pytest.mark.parametrize(
    "source",
    ["<!-- a *b*", "text <title> b", "<script>\nb", "<style>\n\nb", "text <template> b", "<? b"],
)
def test_html_that_would_swallow_the_rest_is_shown(source: str) -> None:
    rendered = convert(f"{source}\n\n# The end").html

    assert "b" in re.sub("<[^>]*>", "", rendered)
    assert source.split()[0].removeprefix("text") in unescape(rendered)


@pytest.mark.parametrize(
    "source",
    [
        '<Callout kind="tip">\n\n*text*\n\n</Callout>',
        "::: warning\ntext\n:::",
        '{{< figure src="x" >}} text',
        "{% include x.html %} text",
        "import A from 'text'",
        "Vec<T> of text",
    ],
)
def test_the_syntax_of_other_systems_stays_visible(source: str) -> None:
    shown = unescape(re.sub("<[^>]*>", "", convert(source).html))

    assert shown.split() == source.replace("*", "").split()


@pytest.mark.parametrize(
    "source",
    [
        ">" * 5_000 + "a",
        "- " * 5_000 + "a",
        "\n".join(" " * 2 * level + "- a" for level in range(400)),
        "[" * 5_000 + "a",
        "*a " * 300 + "b* " * 300,
        "<pre></b>" * 1_000 + "a",
        "**" * 40 + "a" + "**" * 40,
        "![" * 1_000 + "a" + "](b)" * 1_000,
        "<div>" * 3_000 + "a",
        "<b>" * 3_000 + "a",
        "|" * 3_000 + "a\n" + "|-" * 3_000,
        "|a" * 200 + "\n" + "|-" * 200 + "\n" + "b\n" * 200,
    ],
    ids=lambda source: source[:6],
)
def test_no_depth_or_width_is_too_much(source: str) -> None:
    rendered = convert(source)

    assert re.search(r"a(?=[*\s<]|\")", rendered.html)
    assert rendered.notice is None


HTML = [
    *(
        "<!--",
        "  <!-- ",
        "<?",
        "<!A ",
        "<![CDATA[",
        "<div ",
        '<div title="',
        "<title>",
        "</title>",
    ),
    *("<style>", "<script>", "</script>", "<noscript>", "<svg>", "<math>", "<template>", "<b>"),
    *("<select>", "<table>", "<td>", "<iframe>", "<plaintext>", "<Card>", "İ", "\n\n", "\n"),
]
LINES = [
    *(
        "text",
        "  text",
        "- item",
        "  - sub",
        "1. one",
        "> quote",
        "```",
        "~~~",
        "    code",
        "",
        " ",
    ),
    *("| a | b |", "|---|---|", "===", "---", "# h", "<div>", "</div>", "[a]: /u", "[^1]: note"),
    *("term", ": what", "* * *", "a\\", "x  ", "\ttab", "\x0bz", "```py", "  ```", "[a] [^1]"),
]
_FENCE_HEAD = re.compile(r"(?:~~~|```)[^\n]*w\d")  # what a fence says of its code is not shown


@given(st.lists(st.sampled_from(MARKUP) | st.just("word"), max_size=40))
def test_no_word_is_ever_lost(parts: list[str]) -> None:
    source = _numbered(parts)
    assume(not _FENCE_HEAD.search(source))

    rendered = unquote(unescape(convert(source).html))

    assert [word for word in re.findall(r"w\d+o", source) if word not in rendered] == []


@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_lines_that_are_taken_fast_are_read_as_the_others(source: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        fast = convert(source)
        patch.setattr(reader.Reader, "_takes", lambda *_: False)
        assert fast == convert(source)


@given(st.lists(st.sampled_from([*HTML, "- ", "> ", "*"]) | st.just("word"), max_size=12))
def test_no_html_takes_away_the_words_behind_it(parts: list[str]) -> None:
    source = _numbered(parts)

    rendered = convert(f"{source}\n\nthe end")

    assert "the end" in rendered.plain


def _numbered(parts: list[str]) -> str:
    """Write the parts as a text in which every word is another."""
    return "".join(f"w{n}o " if part == "word" else part for n, part in enumerate(parts))

"""What becomes of an author's code."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import html5lib
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pygments.lexers.special import TextLexer

from blogapp import markdown
from blogapp.markdown import allowance, boxes, fences, highlight, lexers, sanitize
from blogapp.markdown.convert import convert
from blogapp.markdown.fences import Info


def html(source: str) -> str:
    return str(convert(source).html)


def tree(markup: str) -> Any:
    return html5lib.parseFragment(markup, namespaceHTMLElements=False)


def words(element: Any) -> str:
    return "".join(element.itertext())


def shown(code: str, info: str = "") -> str:
    """The figure of *code* as it is stored."""
    return sanitize.ours(boxes.furnish(sanitize.authors(highlight.figure(code, info), nonce="n-")))


# The info string


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ("", Info()),
        ("python", Info("python")),
        ("Python", Info("Python")),
        ("{python}", Info("python")),
        ("{.python}", Info("python")),
        ("c++:main.cpp", Info("c++", "main.cpp")),
        ("rust,ignore", Info("rust")),
        ("{r setup, echo=FALSE}", Info("r")),
        ("{#lst .haskell .numberLines startFrom='7'}", Info("haskell", first=7)),
        ('python title="a b.py"', Info("python", "a b.py")),
        ("python {title='a.py' hl_lines=1}", Info("python", "a.py", (range(1, 2),))),
        ('title="app.py"', Info(title="app.py")),
        ("js title=404.html", Info("js", "404.html")),
        ("js:app.js", Info("js", "app.js")),
        ("js:title=app.js", Info("js", "app.js")),
        ("ts [app.ts]", Info("ts", "app.ts")),
        ("ts{1}[app.ts]", Info("ts", "app.ts", (range(1, 2),))),
        ("vue [pages/[id].vue]", Info("vue", "pages/[id].vue")),
        (r"vue [pages/[slug\].vue]", Info("vue", "pages/[slug].vue")),
        ("js {1,3-5}", Info("js", highlighted=(range(1, 2), range(3, 6)))),
        ("{2}", Info(highlighted=(range(2, 3),))),
        ('py hl_lines="2 4-6"', Info("py", highlighted=(range(2, 3), range(4, 7)))),
        ('go {hl_lines=[2,"4-6"]}', Info("go", highlighted=(range(2, 3), range(4, 7)))),
        ("py hl_lines='9-2 6 5 1-3 2'", Info("py", highlighted=(range(1, 4), range(5, 7)))),
        ("py linenums", Info("py", first=1)),
        ('py linenums="7"', Info("py", first=7)),
        ("py linenostart=7", Info("py", first=7)),
        ("js showLineNumbers", Info("js", first=1)),
        ("js showLineNumbers{7}", Info("js", first=7)),
        ("jsx{numberLines: true}", Info("jsx", first=1)),
        ("ts:line-numbers=7 {1}", Info("ts", "", (range(1, 2),), 7)),
        ("ts:no-line-numbers", Info("ts")),
        ("go {linenos=false,linenostart=7}", Info("go")),
        ("go {linenos=table,linenostart=7}", Info("go", first=7)),
        (
            "rust,linenos,linenostart=7,hl_lines=3-4 8-9 2,name=mod.rs",
            Info("rust", "mod.rs", (range(2, 5), range(8, 10)), 7),
        ),
        ("js frame=none ins={3} /word/ copy", Info("js")),
        ('js title="', Info("js")),
        ("py linenums=12345678901234567890", Info("py", first=1)),
    ],
)
def test_an_info_string_is_read_in_every_ones_way(info: str, expected: Info) -> None:
    assert fences.read(info) == expected


PARTS = st.sampled_from(
    [*"[]{}=:,\"'\\-#. \n19a", "title=", "hl_lines=", "linenums", "1-9", "[a]", "{1}"]
)


@given(st.lists(PARTS, max_size=30).map("".join))
def test_no_info_string_is_an_error(info: str) -> None:
    read = fences.read(info)

    assert all(lines for lines in read.highlighted)
    assert all(one.stop < next_.start for one, next_ in pairwise(read.highlighted))


@pytest.mark.parametrize(
    "part", ["[", "[\\", "][\\", "{1", 'a="', "a=[", "1-[", "hl_lines=1-99999 ", "a ", ":"]
)
def test_an_info_string_is_read_in_step_with_its_length(part: str) -> None:
    info = f"py hl_lines={part * 30_000}"

    began = time.process_time()
    fences.read(info)

    assert time.process_time() - began < 1


# Its names


@pytest.mark.parametrize(
    ("fence", "caption", "label"),
    [
        ("```python", "python", "Code: python"),
        ('```python title="app.py"', "app.py python", "Code: app.py"),
        ('``` {.python title="a <b>"}', "a <b> python", "Code: a <b>"),
        ('```title="a &amp; \\"b\\""', "a &", "Code: a &"),
        ("```klingon", "klingon", "Code: klingon"),
        ("```", None, "Code"),
        ("```js {1,3} foo=bar", "js", "Code: js"),
    ],
)
def test_a_block_of_code_is_named_by_its_title_and_language(
    fence: str, caption: str | None, label: str
) -> None:
    figure = tree(html(f"{fence}\nx = 1\n```")).find("figure")
    caption_shown = figure.find("figcaption")
    pre = figure.find("pre")

    assert (None if caption_shown is None else words(caption_shown)) == caption
    assert (pre.get("aria-label"), pre.get("role"), pre.get("tabindex")) == (label, "group", "0")
    assert words(pre) == "x = 1\n"


@pytest.mark.parametrize(
    ("language", "like"),
    [
        ("Python", "python"),
        ("golang", "go"),
        ("yml", "yaml"),
        ("shell-session", "console"),
        ("jsonc", "json5"),
        ("kt", "kotlin"),
        ("dockerfile", "docker"),
        ("astro", "html"),
        ("svelte", "html"),
        ("vue", "vue"),
        ("mdx", "markdown"),
        ("tsx", "tsx"),
    ],
)
def test_a_language_is_known_by_many_names(language: str, like: str) -> None:
    found = lexers.named(language)

    assert found is not None and found is lexers.named(like)


def test_a_folder_tree_is_marked_for_joined_lines() -> None:
    assert '<figure class="code tree">' in html("```\n├── a\n│   └── b\n```")


# Its lines


def test_lines_are_numbered_and_highlighted_beside_the_text() -> None:
    code = "def f():\n\n    return 1\n"

    pre = tree(shown(code, "python {3} linenums=9")).find("figure/pre")
    lines = pre.findall("code/span")

    assert [line.get("data-line") for line in lines] == [" 9", "10", "11"]
    assert [line.get("class") for line in lines] == ["line", "line", "line hll"]
    assert [words(line) for line in lines] == code.splitlines(keepends=True)


def test_only_the_lines_that_there_are_are_highlighted() -> None:
    code = tree(shown("a\nb\nc", "text {2-999999}")).find(".//code")

    assert [(mark.get("class"), words(mark)) for mark in code] == [("hll", "b\n"), ("hll", "c")]


def test_an_author_numbers_no_lines_by_hand() -> None:
    written = '<code start="x"><span class="line" data-line="7">a</span></code>'

    assert html(written) == '<p><code><span class="line">a</span></code></p>'


# Its text


def test_code_is_coloured_by_class_without_empty_marks() -> None:
    rendered = html("```python\ndef f(): pass\n```")

    assert '<span class="k">def</span> <span class="nf">f</span>' in rendered
    assert "<span></span>" not in rendered
    assert "style=" not in rendered


def test_a_console_is_coloured_whether_its_last_line_ends_or_not() -> None:
    session = "$ ls\na.txt\n$ echo b\nb"

    ended, open_ended = (
        highlight.colour(session + "\n", "console"),
        highlight.colour(session, "console"),
    )

    assert ended == f"{open_ended}\n"
    assert '<span class="gp">$ </span>' in open_ended


def test_indented_code_is_code() -> None:
    figure = tree(html("words\n\n    <b> &amp; *x*\n")).find("figure")

    assert words(figure) == "<b> &amp; *x*\n"


def test_raw_preformatted_text_takes_the_focus_like_code() -> None:
    pre = tree(html("<pre>a  b</pre>")).find("figure/pre")

    assert (pre.get("tabindex"), pre.get("aria-label"), words(pre)) == ("0", "Code", "a  b")


def test_a_tag_in_code_is_text() -> None:
    assert html("`<nuxt-link>`") == "<p><code>&lt;nuxt-link&gt;</code></p>"


LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.just("\t"), max_size=30
).filter(lambda line: not line.lstrip(" \t>").startswith("~~~"))
INFOS = st.sampled_from(
    [
        *("", "python", "html", "console", "diff", "json", "nope", "php", "pycon", "rst", "make"),
        *("python {1,3}", "console linenums", "text linenums=98 hl_lines=2", "c {2} linenums"),
    ]
)


@given(
    lines=st.lists(LINES, min_size=1, max_size=6).filter(lambda lines: lines != [""]),
    info=INFOS,
)
@example(lines=["", "  x", ""], info="python")
@example(lines=["\t<b>&amp;\t"], info="html {1}")
@example(lines=["{{ x }}", "{% raw %}", "\\"], info="")
@example(lines=["$ ls", "a", "", "$ b  "], info="console linenums")
@example(lines=["👩🏽‍💻 \u200b\ufeff", "\u2028 \x85"], info="text {1}")
def test_code_keeps_every_character(lines: list[str], info: str) -> None:
    code = "".join(f"{line}\n" for line in lines)

    page = tree(html(f"before\n\n~~~~{info}\n{code}~~~~\n\nafter"))

    assert words(page.find(".//code")) == code


@given(
    code=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=60),
    info=INFOS,
)
@example(code="\ufeffa", info="python")
@example(code="a\x0b\x0c\x1c\x1d\x85\u2028b", info="python linenums")
@example(code="", info="python linenums {1}")
@example(code="\n\n", info="python linenums {1}")
def test_a_figure_keeps_every_character_with_its_last_line_end_or_without(
    code: str, info: str
) -> None:
    figure = tree(highlight.figure(code, info))

    assert words(figure.find(".//code")) == code


def test_lines_end_the_unix_way() -> None:
    page = tree(html("```python linenums\r\na = 1\r\n\r\nb = 2\r\n```\r\n"))

    assert words(page.find(".//code")) == "a = 1\n\nb = 2\n"


def test_numbers_are_no_words_of_the_text() -> None:
    assert convert("```python linenums=41 {1}\nx = y\n```").plain == "x = y"


def test_lines_with_numbers_are_checked_again_without_a_change() -> None:
    once = markdown.absolute(html("```python linenums {1}\nx\n```"), "https://example.org/a")

    assert markdown.absolute(once, "https://example.org/a") == once
    assert 'data-line="1"' in once


# Its cost


def test_a_huge_block_stays_plain() -> None:
    code = "x = 1\n" * (allowance.BLOCK // 6 + 1)

    rendered = html(f"```python\n{code}```")

    assert "<span" not in rendered
    assert code in rendered


def test_a_lexer_that_does_not_end_is_stopped_and_the_code_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(allowance, "PACE", 1e-6)
    code = "def " + "\n" * 15_000

    began = time.process_time()
    with allowance.shared():
        allowance.current().seconds = 0.05
        figure = highlight.figure(code, "c")

    assert time.process_time() - began < 1
    assert words(tree(figure).find(".//code")) == code


def test_the_blocks_of_a_document_share_what_they_may_cost() -> None:
    with allowance.shared():
        spent = allowance.current()
        spent.characters = 10

        first, second = highlight.colour("if True:", "python"), highlight.colour("if x:", "python")

    assert "<span" in first
    assert second == "if x:"
    assert "<span" in highlight.colour("if x:", "python")


def test_a_document_that_used_up_its_time_is_coloured_no_more() -> None:
    with allowance.shared():
        allowance.current().seconds = 0

        assert highlight.colour("if x:", "python") == "if x:"


def test_a_lexer_that_fails_leaves_the_code_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr(TextLexer, "get_tokens", fail)

    assert highlight.colour("a < b", "text") == "a &lt; b"


def test_a_lexer_that_drops_words_leaves_the_code_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TextLexer, "get_tokens", lambda *_: [("", "a")])

    assert highlight.colour("a < b", "text") == "a &lt; b"

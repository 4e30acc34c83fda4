"""What becomes of an author's Markdown."""

from __future__ import annotations

import re
from typing import Any

import html5lib
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import markdown
from blogapp.markdown import reading
from blogapp.markdown.convert import convert


def html(source: str) -> str:
    return str(convert(source).html)


def tree(markup: str) -> Any:
    return html5lib.parseFragment(markup, namespaceHTMLElements=False)


def words(element: Any) -> str:
    return "".join(element.itertext())


def anchors(source: str) -> list[str]:
    return [heading.id for heading in convert(source).headings]


# Inline


def test_one_or_two_tildes_strike_and_three_are_text() -> None:
    source = "~~old~~ ~older~ ~~~three~~~ 5 ~ 6 ~7"

    assert html(source) == "<p><del>old</del> <del>older</del> ~~~three~~~ 5 ~ 6 ~7</p>"


def test_a_bare_address_is_a_link() -> None:
    assert 'href="https://example.org/a_b"' in html("See https://example.org/a_b.")


def test_an_issue_number_or_a_mention_is_only_text() -> None:
    assert html("Fixed in #12 by @ann") == "<p>Fixed in #12 by @ann</p>"


def test_underscores_inside_a_word_are_no_emphasis() -> None:
    assert html("the_name_of it") == "<p>the_name_of it</p>"


def test_links_to_other_sites_give_them_no_handle_on_ours() -> None:
    rendered = html("[out](https://example.org/) [in](/blog/a)")

    assert '<a href="https://example.org/" rel="noopener noreferrer">' in rendered
    assert '<a href="/blog/a">' in rendered


def test_images_but_the_first_load_late_and_all_have_an_alt() -> None:
    images = tree(html('![A cat](a.png)\n\n<img title="no alt=" src="b.png">')).findall(".//img")

    assert [image.get("alt") for image in images] == ["A cat", ""]
    assert [image.get("loading") for image in images] == [None, "lazy"]
    assert all(image.get("decoding") == "async" for image in images)


# Blocks


def test_a_task_is_a_disabled_checkbox_with_a_name() -> None:
    boxes = tree(html("- [ ] later\n- [x] now")).findall(".//input")

    assert [box.get("checked") is not None for box in boxes] == [False, True]
    assert [box.get("aria-label") for box in boxes] == ["To do", "Done"]
    assert all(box.get("disabled") is not None for box in boxes)


def test_a_table_scrolls_in_a_box_of_its_own_and_aligns_by_class() -> None:
    box = tree(html("| a | b |\n|:-:|--:|\n| 1 | 2 |")).find("div")

    assert (box.get("class"), box.get("tabindex"), box.get("aria-label")) == (
        "table-scroll",
        "0",
        "Table",
    )
    assert [cell.get("class") for cell in box.iter("td")] == ["align-center", "align-right"]


def test_a_table_is_named_by_its_caption() -> None:
    source = '<table><caption>Prices "net"</caption><tr><td align="right">1</td></tr></table>'

    box = tree(html(source)).find("div")

    assert box.get("aria-label") == 'Prices "net"'
    assert box.find(".//td").get("class") == "align-right"


@pytest.mark.parametrize("kind", ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"])
def test_an_alert_is_a_note_with_its_kind_as_title(kind: str) -> None:
    box = tree(html(f"> [!{kind}]\n> Mind the *gap*.")).find("div")

    assert box.get("class") == f"alert alert-{kind.lower()}"
    assert box.get("role") == "note"
    assert [words(p) for p in box.findall("p")] == [kind.title(), "Mind the gap."]


def test_a_quotation_without_a_marker_stays_one() -> None:
    assert "<blockquote>" in html("> NOTE: words")


def test_terms_and_definitions_are_a_list() -> None:
    assert "<dt>Term</dt>\n<dd>What it is</dd>" in html("Term\n: What it is")


def test_a_fence_needs_no_blank_line_after_it() -> None:
    assert html("```\na\n```\nwords").endswith("</figure>\n<p>words</p>")


def test_a_fence_in_a_list_does_not_end_it() -> None:
    page = tree(html("1. a\n\n    ```\n    x\n    ```\n2. b"))

    assert [len(item.findall("figure")) for item in page.findall("ol/li")] == [1, 0]


# Footnotes


def test_footnotes_are_numbered_as_they_are_read_and_link_both_ways() -> None:
    page = tree(html("One[^b] two[^a] three[^b].\n\n[^a]: first\n[^b]: second"))

    marks = [(sup.get("id"), sup.find("a").get("href")) for sup in page.iter("sup")]
    notes = page.findall(".//section/ol/li")
    backs = [[a.get("href") for a in note.iter("a")] for note in notes]

    assert marks == [("fnref-1", "#fn-1"), ("fnref-2", "#fn-2"), ("fnref2-1", "#fn-1")]
    assert [note.get("id") for note in notes] == ["fn-1", "fn-2"]
    assert backs == [["#fnref-1", "#fnref2-1"], ["#fnref-2"]]
    assert "second" in words(notes[0])


def test_the_ways_back_from_a_footnote_have_names() -> None:
    page = tree(html("One[^1] two[^1].\n\n[^1]: first"))

    assert page.find("section").get("aria-label") == "Footnotes"
    assert [back.get("aria-label") for back in page.findall(".//section//a")] == [
        "Back to the text from footnote 1",
        "Back to the text from footnote 1, 2",
    ]


def test_a_footnote_may_be_empty_or_referred_to_by_nobody() -> None:
    page = tree(html("One[^1].\n\n[^1]:\n[^2]: spare"))

    assert [words(note).strip() for note in page.iter("li")] == ["↩\ufe0e", "spare"]


def test_a_footnote_may_stand_in_a_footnote() -> None:
    page = tree(html("One[^a] two[^b].\n\n[^a]: first\n\n    [^b]: second"))

    assert [note.get("id") for note in page.iter("li")] == ["fn-1", "fn-2"]


# Headings


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# A\n\n## B\n\n# C", [2, 3, 2]),
        ("### A\n\n#### B", [2, 3]),
        ("## A\n\n### B", [2, 3]),
        ("# A\n\n###### B", [2, 6]),
        ("<h1>A</h1>\n\n## B", [2, 3]),
        ("# A\n\n<details><summary>s</summary><h1>B</h1></details>", [2, 2]),
        ("A[^1]\n\n## B\n\n[^1]: note\n\n    # C", [3, 2]),
    ],
)
def test_the_highest_heading_becomes_h2_and_the_others_keep_their_distance(
    source: str, levels: list[int]
) -> None:
    rendered = convert(source)

    assert [heading.level for heading in rendered.headings] == levels
    assert [int(n) for n in re.findall(r"<h(\d)", rendered.html)] == levels


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Hello, World!", "hello-world"),
        ("C# & F#", "c--f"),
        ("Über die Straße", "über-die-straße"),
        ("Привет, мир", "привет-мир"),
        ("日本語の見出し", "日本語の見出し"),
        ("हिन्दी", "हिन्दी"),
        ("`snake_case()` *now*", "snake_case-now"),
        ("!!!", "section"),
        ("Title", "title-1"),
        ("field-notes", "section-field-notes"),
    ],
)
def test_a_heading_is_found_by_its_words(heading: str, expected: str) -> None:
    assert anchors(f"## {heading}") == [expected]


def test_equal_headings_are_told_apart() -> None:
    source = "## Setup\n\n## Setup\n\n## Setup 1\n\n## Setup\n\n## !\n\n## ?"

    assert anchors(source) == [
        *("setup", "setup-1", "setup-1-1", "setup-2", "section", "section-1"),
    ]


def test_an_author_names_a_heading_and_has_the_name_before_others() -> None:
    rendered = convert("## Setup\n\n## How to begin {#setup}\n\n[go](#setup)")

    assert [h.id for h in rendered.headings] == ["setup-1", "setup"]
    assert rendered.headings[1].text == "How to begin"
    assert 'href="#setup">go' in rendered.html


def test_an_id_that_is_only_talked_about_is_free() -> None:
    assert anchors('## Setup\n\nUse id="setup" or `<h2 id="setup">`.') == ["setup"]


def test_braces_in_a_heading_are_words() -> None:
    assert convert("## Greet {name}").headings[0].text == "Greet {name}"


def test_no_heading_takes_the_id_of_the_page_or_of_a_footnote() -> None:
    source = "## Main {#main}\n\n## Fn 1\n\n## Nav\n\nA[^1]\n\n[^1]: note"

    assert anchors(source) == ["main-1", "fn-1-1", "nav-1"]


@pytest.mark.parametrize("prefix", ["field-", "error-", "hint-"])
def test_no_heading_looks_like_a_part_of_a_form(prefix: str) -> None:
    assert not anchors(f"## x {{#{prefix}email}}")[0].startswith(prefix)


def test_the_permalink_has_a_name_and_is_no_part_of_the_heading() -> None:
    box = tree(html("## `a` & *b*")).find("div")
    heading, link = list(box)

    assert box.get("class") == "heading"
    assert words(heading) == "a & b"
    assert (link.get("class"), link.get("href")) == ("permalink", "#a--b")
    assert link.get("aria-label") == "Link to section: a & b"


def test_a_heading_inside_a_summary_or_a_link_gets_no_second_link() -> None:
    source = (
        "<details><summary><h1>A</h1></summary></details>\n\n<div><a href='/'><h1>B</h1></a></div>"
    )

    assert "permalink" not in html(source)
    assert anchors(source) == ["a", "b"]


def test_an_image_names_the_heading_that_has_no_words() -> None:
    assert convert("## ![Our logo](logo.png)").headings[0].text == "Our logo"


# Safety


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<p style="color:red" id="x" name="y" class="hero">a</p>',
        '<button hx-get="/admin" data-hx-post="/x" hx-on:click="y">a</button>',
        "[a](javascript:alert(1)) [b](java\tscript:alert(1)) [c](JAVASCRIPT:alert(1))",
        "[a](data:text/html,<script>1</script>) <a href=' data:text/html,x'>b</a>",
        '<a href="d&#97;ta:text/html,x">a</a> <a href="da\nta:text/html,x">b</a>',
        "<iframe src='/'></iframe><form action=/x><input name=a><textarea>t</textarea></form>",
        "<svg onload=alert(1)><a xlink:href='javascript:1'>x</a></svg><math><mi>x</mi></math>",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "*a*{: onclick=alert(1) style=x hx-get=/x data-hx-get=/x id=main }",
        "## a {#x onclick=alert(1)}",
        "<video src=a.mp4></video><object data=x></object><base href=//evil>",
        "<input type=text value=x><input type=checkbox id=y name=z onclick=x>",
        '<div tabindex="5" role="alert" aria-label="x">a</div>',
        """<h2 title="x id=" lang=" onclick=a ">a</h2><td title="x align=" lang="y">b</td>""",
    ],
)
def test_what_an_author_may_not_write_is_gone(source: str) -> None:
    assert_safe(html(source))


def test_an_image_inside_the_page_may_be_a_picture_only() -> None:
    assert "data:image/png;base64,iVBORw0KGgo=" in html("![a](data:image/png;base64,iVBORw0KGgo=)")


def test_an_unknown_tag_goes_and_its_words_stay() -> None:
    assert html('<nuxt-link to="/x">read on</nuxt-link>') == "<p>read on</p>"


def test_markup_that_writers_like_stays() -> None:
    source = "<kbd>Ctrl</kbd> <mark>m</mark> <abbr title='x'>a</abbr> H<sub>2</sub>O <q>q</q>"

    assert html(source) == f"<p>{source}</p>".replace("'", '"')


def test_a_character_that_is_no_text_does_no_harm() -> None:
    assert html("a\0b\ud800c\x02d") == "<p>a\ufffdb\ufffdc\ufffdd</p>"


MARKS = st.sampled_from(
    [
        *("# ", "## ", "> ", "- ", "1. ", "    ", "\t", "\n", "\n\n", " ", "*", "**", "_", "`"),
        *("```", "~~~", "~~", "[", "]", "(", ")", "![", "[^1]", "[^1]: ", "|", "|---|\n", ": "),
        *("[x] ", "> [!NOTE]\n", "{#a}", "{: .b id=a onclick=c }", "&lt;", "&#0;", "\\", '"', "'"),
        *("<div>", "</div>", "<h1>", "</h1>", "<h2 id=a>", "<pre>", "</pre>", "<table>", "<td>"),
        *(
            "<details>",
            "<summary>",
            "<a href=b>",
            "</a>",
            "<svg>",
            "<!--",
            "-->",
            "<![CDATA[",
            "<li>",
        ),
        *(
            "<script>",
            "</script>",
            "<style>",
            "<textarea>",
            "</figure>",
            "<input>",
            "<img",
            "<p id=a>",
        ),
        *(" onclick=a", " style=a", " hx-get=a", "javascript:a", "data:a", "https://a.example/b"),
        *("\x02", "\x03", "\0", "\ud800", "fn-1", "main", "field-", "wzxhzdk:0"),
    ]
)
SOURCES = st.lists(MARKS | st.text(max_size=8), max_size=25).map("".join)


@settings(max_examples=100)
@given(SOURCES)
@example("<h1><div><h1>a</h1></div></h1>")
@example("<pre><pre>a</pre></pre><table><table><td>")
@example("# a {#x}\n\n# b {#x}\n\n<li id=x>\n\na[^x]\n\n[^x]: b {: #fn-1}")
def test_any_text_at_all_gives_safe_html(source: str) -> None:
    rendered = markdown.render(source)

    assert_safe(rendered.html)
    assert rendered.notice is None or "longer" in rendered.notice
    assert rendered.minutes >= 1
    assert "\x02" not in rendered.html and "\x03" not in rendered.html


@given(SOURCES)
@example("a[^1] <b id=x>\n\n# H {#h}\n\n[^1]: n")
def test_the_same_source_gives_the_same_bytes(source: str) -> None:
    assert markdown.render(source) == markdown.render(source)


@given(SOURCES)
@example("# a\n\n- [x] b\n\n| a |\n|---|\n| b |\n\n```python\nx\n```\n\nc[^1]\n\n[^1]: d")
def test_what_was_rendered_is_checked_again_without_a_change(source: str) -> None:
    once = markdown.absolute(markdown.render(source).html, "https://example.org/blog/a")

    assert markdown.absolute(once, "https://example.org/blog/a") == once


TAGS = {"script", "style", "iframe", "form", "svg", "math", "video", "object", "button", "base"}
OURS = {"data-", "hx-", "on", "style", "name", "aria-labelledby"}


def assert_safe(markup: str) -> None:
    """Read *markup* like a browser, and find nothing in it that acts or pretends."""
    elements = [e for e in tree(markup).iter() if isinstance(e.tag, str)]
    ids = [e.get("id") for e in elements if e.get("id") is not None]

    assert not {e.tag for e in elements} & (TAGS | {"h1", "textarea"})
    assert len(ids) == len(set(ids))
    assert not set(ids) & markdown.outline.RESERVED_IDS
    for element in elements:
        assert not [name for name in element.attrib if name.startswith(tuple(OURS))]
        assert element.get("class") != "hero"
        assert element.get("role") in {None, "group", "note"} or "doc-" in element.get("role")
        assert element.get("tabindex") in {None, "0"}
        if element.tag == "input":
            assert element.get("type") == "checkbox" and "disabled" in element.attrib
        for name in ("href", "src"):
            address = re.sub(r"^[\0-\x20]+|[\t\n\r]", "", element.get(name) or "")
            assert not address.lower().startswith(("javascript:", "data:text", "data:image/svg"))


# Around the text


def test_the_plain_text_has_all_words_and_the_lead_those_of_the_paragraphs() -> None:
    source = "# Hi & *hello*\n\nSome `code`[^1].\n\n```python\nx = 1\n```\n\n[^1]: A note."

    rendered = convert(source)

    assert rendered.plain == "Hi & hello Some code. x = 1 A note."
    assert rendered.lead == "Some code."


def test_blocks_are_separate_words_in_the_plain_text() -> None:
    rendered = convert("a\n\n**b**c\n\nd<br>e")

    assert rendered.plain == rendered.lead == "a bc d e"


def test_a_text_without_paragraphs_has_a_lead_nevertheless() -> None:
    assert convert("## a\n\n- **b**c\n- d").lead == "a bc d"


@pytest.mark.parametrize(
    ("prose", "code", "minutes"),
    [
        ("", "", 1),
        ("word " * 230, "", 1),
        ("word " * 230 * 4, "", 4),
        ("字" * 400 * 3, "", 3),
        ("かな" * 200 + "한글" * 200, "", 2),
        ("word " * 230, "word " * 690, 2),
    ],
)
def test_reading_takes_230_words_or_400_characters_a_minute(
    prose: str, code: str, minutes: int
) -> None:
    assert reading.minutes(prose, code=code) == minutes


def test_code_weighs_a_third_of_prose() -> None:
    assert convert("```\n" + "word " * 230 * 6 + "\n```").minutes == 2


def test_a_feed_gets_absolute_addresses() -> None:
    source = "[a](../b) [c](#d) ![e](/media/e.png) [f](https://other.example/)\n\n## D"

    absolute = markdown.absolute(convert(source).html, "https://example.org/blog/post")

    assert 'href="https://example.org/b"' in absolute
    assert 'href="https://example.org/blog/post#d"' in absolute
    assert 'src="https://example.org/media/e.png"' in absolute
    assert 'href="https://other.example/"' in absolute
    assert '<h2 id="d">' in absolute

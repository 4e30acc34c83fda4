"""Destinations: all of them are found where they stand, and nothing else is touched."""

from __future__ import annotations

import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blogapp.transfer.rewriting import destinations, segments
from blogapp.transfer.rewriting.destinations import Destination


def found(markdown: str) -> list[tuple[str, str]]:
    """What is found: how it is written, and where it leads."""
    return [(markdown[each.start : each.end], each.url) for each in destinations.find(markdown)]


def urls(markdown: str) -> list[str]:
    return [each.url for each in destinations.find(markdown)]


@pytest.mark.parametrize(
    ("markdown", "written", "url"),
    [
        ("[a](b.md)", "b.md", "b.md"),
        ("![a](b.png)", "b.png", "b.png"),
        ('[a](b.md "title")', "b.md", "b.md"),
        ("[a]( b.md 'it is' )", "b.md", "b.md"),
        ("[a](b.md (title))", "b.md", "b.md"),
        ("[a](\nb.md\n)", "b.md", "b.md"),
        ("![a](<my file.png>)", "my file.png", "my file.png"),
        ("[a](b_(c).md)", "b_(c).md", "b_(c).md"),
        (r"[a](b\).md)", r"b\).md", "b).md"),
        ("[a](b?c=1&amp;d=2)", "b?c=1&amp;d=2", "b?c=1&d=2"),
        ("[*a* `b]` \\] c](d)", "d", "d"),
        ("**[a](b)**", "b", "b"),
        ("[a [b] c](d)", "d", "d"),
        ("# [a](b)", "b", "b"),
        ("> - [a](b)", "b", "b"),
        ("1. x\n\n   [a](b)", "b", "b"),
        ("| x |\n|---|\n| [a](b) |", "b", "b"),
        ("a[^1]\n\n[^1]: [a](b)", "b", "b"),
        ("Term\n: [a](b)", "b", "b"),
        ("[a]\n\n[a]: b.png 'title'", "b.png", "b.png"),
        ("[a]\n\n[a]:\n  <b c.png>", "b c.png", "b c.png"),
        ("> [a]\n>\n> [a]: b.png", "b.png", "b.png"),
        ('<img src="a.png" alt="x">', "a.png", "a.png"),
        ("text <img alt='<' src='a&amp;b.png'/> text", "a&amp;b.png", "a&b.png"),
        ("<IMG SRC=a.png>", "a.png", "a.png"),
        ("<div>\n<a class=x href='b'>c</a>\n</div>", "b", "b"),
        ("x <!-- [y](z) --> [a](b)", "b", "b"),
        ("<x@y.example> [a](b) <https://c.example>", "b", "b"),
        ("a < b [a](b)", "b", "b"),
        ("`[` [a](b)", "b", "b"),
        ("`` ` [a](b)", "b", "b"),
        ("\\`[a](b)`", "b", "b"),
        ("[a]({% post_url 2013-04-30-x %})", *["{% post_url 2013-04-30-x %}"] * 2),
        ('[a]({{< ref "x.md#y" >}} "t")', *['{{< ref "x.md#y" >}}'] * 2),
        ("![a]({{ site.url }}/b.png)", *["{{ site.url }}/b.png"] * 2),
        ("[a]: {{ site.url }}/b", *["{{ site.url }}/b"] * 2),
        ('<img src="{{ "/a.png" | relative_url }}">', *['{{ "/a.png" | relative_url }}'] * 2),
        ("[a]({filename}../b.md)", *["{filename}../b.md"] * 2),
        ("![a](b.png =300x200)", "b.png =300x200", "b.png"),
        ("![a](b.png =x200 'title')", "b.png =x200", "b.png"),
    ],
)
def test_a_destination_is_found_where_it_stands(markdown: str, written: str, url: str) -> None:
    assert found(markdown) == [(written, url)]


@pytest.mark.parametrize(
    "markdown",
    [
        "`[a](b)`",
        "`` `[a](b)` ``",
        "```\n[a](b)\n```",
        "~~~ md\n![a](b)\n",
        "    [a](b)",
        "- x\n\n      [a](b)",
        "> ```\n> <img src=b>\n> ```",
        "<!-- [a](b) -->",
        "<!--\n\n<img src=b>\n-->",
        "\\[a](b)",
        "[a\\](b)",
        "[a] (b)",
        "a](b)",
        "[a](b c)",
        "[a](b",
        "[^1]: b",
        "<b src=c>",
        "<img data-src=b>",
        "<script>\n'<a href=\"b\">'\n\n'<a href=\"c\">'\n</script>",
        "<div>\n<STYLE>/* <img src=b> */</STYLE>\n</div>",
        "a <textarea>[a](b) <img src=c></textarea>",
        "<script>\n<img src=b>",
        "<https://a.example/[a](b)>",
        "[a]\n\n    [a]: b.png",
        "",
    ],
)
def test_what_is_code_or_text_is_no_destination(markdown: str) -> None:
    assert found(markdown) == []


def test_behind_an_element_that_holds_text_alone_destinations_are_found() -> None:
    assert urls("<div><script src=a><a href=b></script> <a href=c>\n</div>") == ["c"]
    assert urls("a <script><a href=b></Script> [a](c)") == ["c"]
    assert urls("a <textarea> [a](b) <textarea> [a](c)") == ["b", "c"]


def test_a_link_holds_no_link_but_may_hold_an_image() -> None:
    assert urls("[a [b](c) d](e)") == ["c"]
    assert urls("[![a](b.png)](c.png)") == ["b.png", "c.png"]
    assert urls("[a [b](c) d] [e](f)") == ["c", "f"]


def test_a_list_of_sizes_has_an_address_for_each() -> None:
    markdown = '<img srcset="a.png 1x, b,c.png 2x,d.png" src="e.png">'

    assert urls(markdown) == ["a.png", "b,c.png", "d.png", "e.png"]


def test_an_image_is_told_from_a_link() -> None:
    markdown = "[a](b) ![a](c) <a href=d></a> <img src=e>"

    assert [(each.url, each.shows) for each in destinations.find(markdown)] == [
        *(("b", False), ("c", True), ("d", False), ("e", True))
    ]


def test_each_is_on_its_line() -> None:
    markdown = "a\n\n[a](b)\n```\n[a](x)\n```\n![a\nb](c)\n"

    assert [(each.url, each.line) for each in destinations.find(markdown)] == [("b", 3), ("c", 8)]


def test_only_the_destination_is_replaced() -> None:
    markdown = 'é [a]( <b c.md>  "b c.md" )\r\n\t![x](y.png =1x2)  \n<img  src = z.png>'
    new = [(each, f"/media/{at}") for at, each in enumerate(destinations.find(markdown))]

    assert destinations.replace(markdown, new) == (
        'é [a]( </media/0>  "b c.md" )\r\n\t![x](/media/1)  \n<img  src = /media/2>'
    )


@pytest.mark.parametrize(
    ("markdown", "local"),
    [
        ("[a](b)", True),
        ("[a](https://x.example) [b](#c) <a href='//y'>", False),
        ("[a](https://old.example/b)", True),
        ("[a]: b", True),
        ("<img src = 'a'>", True),
        ("[^1]: a note", False),
        ("words", False),
    ],
)
def test_a_text_without_local_destinations_is_known_fast(markdown: str, local: bool) -> None:
    assert destinations.may_be_local(markdown, ["old.example"]) == local


PIECES = st.sampled_from(
    [
        *("[a](", ")", "![", "[", "]", "](", "]: ", "<", ">", '<img src="', "<a href='", '"'),
        *("'", "`", "``", "```", "~~~", "\n", "\n\n", "    ", "> ", "- ", "1. ", "\\", " ", "a"),
        *("b.png", "é", "{{", "}}", "{%", "%}", "<!--", "-->", "=1x2", "|", "---", "\t", "(", "x"),
    ]
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@given(TEXTS)
def test_replacing_by_the_same_changes_nothing(markdown: str) -> None:
    same = [(each, markdown[each.start : each.end]) for each in destinations.find(markdown)]

    assert destinations.replace(markdown, same) == markdown


@given(TEXTS)
def test_what_was_replaced_is_found_again_and_the_rest_is_as_it_was(markdown: str) -> None:
    before = destinations.find(markdown)
    assume(not any("`" in each.url for each in before))  # one may keep a row of them from a fence
    after = destinations.replace(markdown, [(each, "/media/a.png") for each in before])

    again = destinations.find(after)

    assert [each.url for each in again if each.url == "/media/a.png"] == ["/media/a.png"] * len(
        before
    )
    assert _without(after, again) == _without(markdown, before)


def _without(markdown: str, found: list[Destination]) -> str:
    kept, position = [], 0
    for each in found:
        kept.append(markdown[position : each.start])
        position = each.end
    return "\0".join([*kept, markdown[position:]])


@pytest.mark.parametrize(
    "piece",
    [
        *("[", "![", "](", "[a](", "[a](b) ", "`", "<", "<a ", "<!--", "<img src='", "\\", "("),
        *("<style>", "{", "[a]: ", "[a](((", "[a](b 'c", "{{ ", "{% ", "a, ", "> ", "- ", "`` ` "),
        "[a](<",
    ],
)
def test_four_times_the_length_takes_at_most_some_more_than_four_times_the_time(
    piece: str,
) -> None:
    def seconds(length: int) -> float:
        markdown = piece * (length // len(piece))
        times = []
        for _ in range(2):  # the collector of garbage may come in between
            start = time.process_time()
            destinations.find(markdown)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(20_000) < 8 * seconds(5_000) + 0.1


# Lines that begin, go on with and end blocks of all kinds, in any order.
LINES = [
    *("", "", "  ", "Text [a](b).", "[c]: d.png", "more <img src=e> text", "Term", ": [f](g)"),
    *(
        "- x",
        "- [h](i)",
        "  [j](k)",
        "   1. l",
        "    [m](n)",
        "\t[o](p)",
        "> [q](r)",
        ">",
        "  - s",
    ),
    *("```", "``` py", "````", "~~~", "  ```", "   ~~~", "    ```", "> ```", "- ```", "```a`b"),
    *(
        "<div>",
        "</div>",
        "<!-- [t](u) -->",
        "<!--",
        "-->",
        "<pre>",
        "</pre>",
        "<b>v",
        "<?php",
        "?>",
    ),
    *("| [w](x) |", "|---|", "===", "---", "# [y](z)", "[^1]: [a1](b1)", "  <!-- c1", "<script>"),
    *(
        "  <pre>",
        "<a href=d1>",
        "</Script>",
        "*",
        "1) e1",
        "[j1](https://x.example) [k1](//y.example)",
        "1986. [f1](g1)",
        "é [h1](i1)",
    ),
]


def is_local(destination: Destination) -> bool:
    return not destination.is_elsewhere or "y.example" in destination.url


@given(st.lists(st.sampled_from(LINES), max_size=24).map("\n".join))
def test_segments_hold_what_the_whole_text_holds(markdown: str) -> None:
    by_segments = destinations.find(markdown)
    local = destinations.find(markdown, local_to=["y.example"])

    assert {*local} <= {*by_segments}
    assert [each for each in local if is_local(each)] == [*filter(is_local, by_segments)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "of", lambda text: [(0, len(text))])
        assert destinations.find(markdown) == by_segments


def test_most_of_a_long_text_is_left_unread() -> None:
    code = "```\n[a](b)\n```\n"
    markdown = "One\n\n- two\n\n" + code * 9 + "Three [c](d)\n\n> - four\n\nFive\n"

    found = [markdown[start:end] for start, end in segments.of(markdown)]

    assert found == ["One\n\n- two\n\n", "Three [c](d)\n\n> - four\n\n", "Five\n"]

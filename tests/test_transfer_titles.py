"""Titles: the heading on top of a text, and the text without it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp.transfer.reading import prose, titles


def taken(body: str) -> tuple[str, str, int] | None:
    """Find the title, the body without it, and the lines by which that begins later."""
    heading = titles.first(body)
    return (heading.words, *titles.without(body, heading)) if heading else None


@pytest.mark.parametrize(
    ("body", "title", "rest", "later"),
    [
        ("# Title\n\nText\n", "Title", "Text\n", 2),
        ("   # Title ##\nText\n", "Title", "Text\n", 1),
        ("# Title", "Title", "", 1),
        ("# C# and F#\n", "C# and F#", "", 1),
        ("Title\n=====\n\nText\n", "Title", "Text\n", 3),
        ("A long\ntitle\n=\nText\n", "A long title", "Text\n", 3),
        ('<h1 align="center">A <b>title</b></h1>\nText\n', "A title", "Text\n", 1),
        ("# The `--flag` of *one* tool {#id}\n", "The --flag of one tool", "", 1),
        ("# `__init__` \\* &amp; Vec\\<T>\n", "__init__ * & Vec<T>", "", 1),
        ("![badge](b.svg)\n\n# Title\nText\n", "Title", "![badge](b.svg)\n\n\nText\n", 0),
        ("<!-- # no -->\n[TOC]\n---\n# Title\n", "Title", "<!-- # no -->\n[TOC]\n---\n\n", 0),
        ("import X from 'x';\n\n# Title\n", "Title", "import X from 'x';\n\n\n", 0),
        ("A word before.\n\n# Title\n\nText\n", "Title", "A word before.\n\n\n\nText\n", 0),
        ("```\n# no\n```\n\n# Title\n", "Title", "```\n# no\n```\n\n\n", 0),
        ("# One\n\n# Two\n", "One", "# Two\n", 2),
    ],
)
def test_the_first_heading_is_the_title_and_goes(
    body: str, title: str, rest: str, later: int
) -> None:
    assert taken(body) == (title, rest, later)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("# [Project](https://example.org) by me", "Project by me"),
        ("[Project][p]\n===", "Project"),
        ("# A [Project]\n\n[project]: x.md", "A [Project]"),
        ('<h1><a href="x.md">Project</a></h1>', "Project"),
        ("# Claim[^1]", "Claim"),
    ],
)
def test_a_heading_that_leads_somewhere_is_the_title_and_stays(heading: str, title: str) -> None:
    assert taken(f"{heading}\n\nText\n") == (title, f"{heading}\n\nText\n", 0)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Text\n",
        "## Second level\n",
        "#no blank\n",
        "    # code\n",
        "`# code`\n",
        "~~~\n# code\n~~~\n",
        "Before.\n\n# One\n\n# Two\n",
        "#\n",
        "# ![](only-an-image.png)\n",
        "- item\n===\n",
        "\n".join(f"line {number}" for number in range(20)) + "\n\n# Far down\n",
        f"# {'long ' * 100}\n",
    ],
)
def test_no_other_heading_is_a_title(body: str) -> None:
    assert taken(body) is None


@pytest.mark.parametrize(
    ("body", "title", "is_same"),
    [
        ("# “The *Thing*”  3.0\n", "the 'Thing' 3.0", True),
        ("# C++\n", "C", False),
        ("# Announcing: Thing!\n", "Announcing Thing", False),
        ("Title\n===\n", "title", True),
        ("# Announcing\n", "Announcing Thing", False),
        ("Text\n\n# Title\n", "Title", False),
        ("## Title\n", "Title", False),
        ("", "Title", False),
    ],
)
def test_a_heading_that_repeats_the_title_is_found(body: str, title: str, is_same: bool) -> None:
    assert (titles.on_top(body, title) is not None) == is_same


@settings(deadline=None)
@given(st.text(alphabet="# =-\n`<h1>/![]()ab\t~*{}%"))
def test_nothing_but_the_heading_goes(body: str) -> None:
    heading = titles.first(body)
    if heading is None or heading.leads:
        return

    rest, later = titles.without(body, heading)

    lines = body.split("\n")
    lines[heading.start : heading.end] = [""] * (heading.end - heading.start)
    assert not "".join(lines[:later]).strip()
    assert rest.split("\n") == (lines[later:] or [""])


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("**bold** _it_ ~~gone~~", "bold it gone"),
        ("![img](a.png) [a ![b](c)](d) [e][f] <https://x.org>", "a e https://x.org"),
        ("snake_case and 2*3*4", "snake_case and 234"),
        ("`` a`b `` &lt;", "a`b <"),
        ("a[^1] <kbd>b</kbd>", "a b"),
        ("日本語の*題*", "日本語の題"),
    ],
)
def test_plain_words_have_no_markup(markdown: str, words: str) -> None:
    assert prose.words(markdown) == words


@pytest.mark.parametrize("unit", ["[", "![](", "{%%}", "{{}}", "<h1 ", "_a", "`a", "\\", "&nbsp;"])
def test_no_line_takes_time_that_grows_faster_than_it_does(unit: str) -> None:
    started = time.process_time()

    titles.first(unit * 30_000 + "x\n# T\n# U\n")
    titles.first(f"# {unit * 30_000}x\n")
    prose.words(unit * 30_000)

    assert time.process_time() - started < 2

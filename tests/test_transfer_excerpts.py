"""Excerpts: what stands above the mark, and the text without the mark."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.transfer.reading import excerpts


@pytest.mark.parametrize(
    "mark",
    [
        "<!--more-->", "<!-- more -->", "<!-- MORE -->", "<!-- excerpt -->", "<!-- truncate -->",
        "<!-- end excerpt -->", "<!-- excerpt-end -->", "<!--endexcerpt-->", "<!--readmore-->",
        "<!-- PELICAN_END_SUMMARY -->", "{/* truncate */}", "===cut===",
    ],
)  # fmt: skip
def test_what_stands_above_the_mark_is_the_excerpt_and_the_mark_goes(mark: str) -> None:
    body = f"A *word*.\n\n{mark}\n\nThe rest.\n"

    assert excerpts.take_out(body, ("===cut===",)) == ("A *word*.\n\n\n\nThe rest.\n", "A word.")


def test_only_running_text_is_in_the_excerpt() -> None:
    body = (
        "# Heading\n\n![image](a.png)\n\n> A [link](x.md) in a quote.\n\n"
        "- one\n2. two\n\n```\ncode\n```\n\n| a | table |\n\n<!-- no -->\n{% tag %}\n"
        "Last `words`, <!-- more --> and not these.\n"
    )

    found, excerpt = excerpts.take_out(body, ())

    assert excerpt == "A link in a quote. one two Last words,"
    assert found == body.replace("<!-- more -->", "")


def test_a_summary_between_two_marks() -> None:
    body = "<!-- PELICAN_BEGIN_SUMMARY -->\nShort.\n<!-- PELICAN_END_SUMMARY -->\nLong.\n"

    assert excerpts.take_out(body, ()) == ("\nShort.\n\nLong.\n", "Short.")


@pytest.mark.parametrize(
    "body",
    [
        "Text\n",
        "<!-- more to come -->\n",
        "`<!--more-->`\n",
        "```\n<!--more-->\n```\n",
        "The separator is ===cut===.\n",
        "`` <!--more--> ``\n",
        "Text\n\n    <!--more-->\n",
        "a `span\nwith <!--more-->` b\n",
        "<pre>\n\n<!--more--> \n</pre>\n",
        "| `a <!--more-->` | b |\n|---|---|\n",
    ],
)
def test_what_is_no_mark_stays(body: str) -> None:
    assert excerpts.take_out(body, ("", "\n\n")) == (body, "")


@pytest.mark.parametrize(
    ("body", "separator", "rest", "excerpt"),
    [
        ("Intro.\n\nEND\n\nThe end of END.\n", "END", "Intro.\n\n\n\nThe end of END.\n", "Intro."),
        ("One.\n\n---\n\nTwo.\n\n---\n", "---", "One.\n\n\n\nTwo.\n\n---\n", "One."),
        ("a <!--here--> b <!--here-->\n", "<!--here-->", "a  b <!--here-->\n", "a"),
        ("| a | b |\n|---|---|\n", "---", "| a | b |\n|---|---|\n", ""),
        ("Title\n---\n\nText\n", "---", "Title\n---\n\nText\n", "Title"),
        ("In BLENDED words.\n", "END", "In BLENDED words.\n", "In BL"),
        ("```\nEND\n```\nOne.\n\nEND\n", "END", "```\nEND\n```\nOne.\n\n\n", "One."),
    ],
)
def test_an_own_separator_parts_where_it_stands_first(
    body: str, separator: str, rest: str, excerpt: str
) -> None:
    assert excerpts.take_out(body, (separator,)) == (rest, excerpt)


def test_a_mark_on_top_has_nothing_above() -> None:
    assert excerpts.take_out("<!--more-->\nText\n", ()) == ("\nText\n", "")


def test_a_long_excerpt_ends_with_a_sentence_or_a_word() -> None:
    sentences = "This is a sentence. " * 40
    words = "word " * 200
    letters = "字" * 500

    assert excerpts.shortened(sentences) == ("This is a sentence. " * 15).rstrip()
    assert excerpts.shortened(words) == ("word " * 60).rstrip() + "…"
    assert excerpts.shortened(letters) == "字" * 299 + "…"
    assert excerpts.shortened("短い。" * 200) == "短い。" * 100


@given(st.text(alphabet="ab`\n <!-more>\\"))
def test_lines_keep_their_numbers_and_their_words(body: str) -> None:
    found, excerpt = excerpts.take_out(f"{body}\n<!--more-->\n{body}", ())

    assert found.count("\n") == 2 * body.count("\n") + 2
    assert len(excerpt) <= excerpts.LONGEST

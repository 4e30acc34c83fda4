"""Places: the line that an element comes from, beside HTML that knows nothing of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp import markdown
from blogapp.markdown import reading
from blogapp.markdown.convert import convert

from .pages import parse

SOURCE = """\
# Title

Words, and a note[^1].
They go on.

- one
- two

  more of two

> quoted

```python linenums
print(1)
```

    indented

| a | b |
|---|---|
| 1 | 2 |

<p>raw <!-- an author's --></p>

[^1]: The note.

---
"""
# What an author may write between what we mark: tags that stay open, comments, our own signs.
PARTS = st.sampled_from(
    [
        *(
            "words",
            "*a*\nb",
            "# A",
            "A\n===",
            "- a",
            "- [x] a",
            "1. a\n   - b",
            "> a",
            "> [!TIP]-",
        ),
        *("```\nx", "```", "    x", "| a |\n|---|\n| b", "term\n: it", "---", "[^1]", "[^1]: n"),
        *("<div>", "</div>", "<table><tr>", "<!-- c", "<!-- c -->", "<title>", "<p data-place=x>"),
        *("<pre>", "<details>\n", "<b", "{: data-place=n1-2 }", "<select>", "<svg><p>", "a {#x}"),
    ]
)


def test_elements_are_told_with_their_lines() -> None:
    rendered = markdown.render(SOURCE, placed=True)

    elements = list(parse(rendered.html, partial=True))[1:]
    told = [(elements[number].tag, line) for number, line in rendered.places]
    assert told == [
        *(("div", 1), ("p", 3), ("li", 6), ("p", 6), ("li", 7), ("p", 7), ("p", 9)),
        *(("blockquote", 11), ("p", 11), ("figure", 13), ("figure", 17)),
        *(("div", 19), ("tr", 21), ("hr", 27), ("p", 25)),
    ]


@given(st.lists(PARTS, max_size=8).map("\n\n".join) | st.lists(PARTS, max_size=8).map("\n".join))
def test_the_html_is_the_same_with_places_and_without(source: str) -> None:
    placed, plain = convert(source, placed=True), convert(source)

    assert placed.html == plain.html
    assert plain.places == ()
    assert all(1 <= line <= source.count("\n") + 1 for _, line in placed.places)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", 0),
        ("One *two* three-four, it's five.", 5),
        ("## A heading\n\n- [ ] a task\n\n![the alt](a.png)", 4),
        ("Words.\n\n```\nnone of these\n```\n\nMore `code` words.", 4),
        ("日本語 and English", 5),
    ],
)
def test_words_are_counted_as_the_reading_time_counts_them(source: str, words: int) -> None:
    rendered = convert(source)

    assert rendered.words == words
    assert reading.words(" word" * 500) == 500
    assert reading.minutes(" word" * 500) == round(500 / reading.WORDS)

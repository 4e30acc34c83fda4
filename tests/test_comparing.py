"""Comparing: what changed, word by word, and nothing of either text is missing."""

from __future__ import annotations

import random
from itertools import pairwise
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp import comparing
from blogapp.comparing import Change, Comparison

PIECES = [
    "a",
    "b",
    "word",
    "don't",
    " ",
    " ",
    "  ",
    "\t",
    "\n",
    "\n",
    ".",
    "語",
    "é",
    "e\u0301",
    "👩‍💻",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


@given(TEXTS | st.text(max_size=30), TEXTS | st.text(max_size=30))
def test_the_runs_are_both_texts(before: str, after: str) -> None:
    comparison = comparing.compare(before, after, context=None)

    assert _joined(comparison, "same", "removed") == before
    assert _joined(comparison, "same", "added") == after
    assert comparison.same == (before == after)
    assert comparison.change == comparing.change(before, after)


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_what_is_not_folded_stands_at_its_line(before: str, after: str, context: int) -> None:
    blocks = comparing.compare(before, after, context=context).blocks

    lines = after.split("\n")
    for block in blocks:
        shown = "".join(run.text for run in block.runs if run.kind != "removed")
        there = "\n".join(lines[block.line - 1 : block.line - 1 + block.lines])
        assert block.kind == "folded" or shown.removesuffix("\n") == there
    assert all(one.line + one.lines == other.line for one, other in pairwise(blocks))
    assert all(one.kind != other.kind for one, other in pairwise(blocks))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("The red fox runs.", "The quick red fox runs.", "The {+quick +}red fox runs."),
        ("update now", "publish now", "[-update-]{+publish+} now"),
        ("one two three four", "1 two three 4", "[-one-]{+1+} two three [-four-]{+4+}"),
        ("in the house", "on the mouse", "[-in-]{+on+} the [-house-]{+mouse+}"),
        ("a b c is in d", "x y z is in w", "[-a b c-]{+x y z+} is in [-d-]{+w+}"),
        ("a b is c d", "x y is z w", "[-a b is c d-]{+x y is z w+}"),
        ("one\ntwo", "1\n2", "[-one-]{+1+}\n[-two-]{+2+}"),
        ("call(a, b)", "call(a, c)", "call(a, [-b-]{+c+})"),
        ("I don't", "I do", "I [-don't-]{+do+}"),
        ("今日は良い天気", "今日は悪い天気", "今日は[-良-]{+悪+}い天気"),
        ("cafe\u0301 bar", "cafe bar", "[-cafe\u0301-]{+cafe+} bar"),
        ("ok 👩‍💻!", "ok 👨‍💻!", "ok [-👩‍💻-]{+👨‍💻+}!"),
        ("हिन्दी में", "हिन्दू में", "[-हिन्दी-]{+हिन्दू+} में"),
        ("a  b", "a b", "a [- -]b"),
        ("\treturn x", "    return x", "[-\t-]{+    +}return x"),
        ("break  \nhere", "break\nhere", "break[-  -]\nhere"),
        ("one two\nthree", "one\ntwo three", "one[- -]{+\n+}two[-\n-]{+ +}three"),
        ("last", "last\n", "last{+\n+}"),
        ("gone\n", "", "[-gone\n-]"),
    ],
)
def test_a_change_is_shown_by_word(before: str, after: str, shown: str) -> None:
    assert _shown(comparing.compare(before, after)) == shown


def test_a_sentence_written_anew_is_not_shown_as_crumbs() -> None:
    before = "We don't know why this is, but we are looking into it."
    after = "Nobody is sure what is wrong; the team investigates it."

    assert _shown(comparing.compare(before, after)) == f"[-{before[:-4]}-]{{+{after[:-4]}+}} it."


def test_lines_far_from_a_change_are_folded() -> None:
    before = "".join(f"line {number}\n" for number in range(1, 31))
    after = before.replace("line 10\n", "line ten\n").replace("line 20\n", "")

    comparison = comparing.compare(before, after, context=2)

    blocks = [(block.kind, block.line, block.lines) for block in comparison.blocks]
    assert blocks == [
        ("folded", 1, 7),
        ("same", 8, 2),
        ("changed", 10, 1),
        ("same", 11, 2),
        ("folded", 13, 5),
        ("same", 18, 2),
        ("changed", 20, 0),
        ("same", 20, 2),
        ("folded", 22, 8),
    ]
    assert _joined(comparison, "same", "added").startswith("line 8\nline 9\nline ten\nline 11\n")


def test_a_single_line_is_not_folded() -> None:
    before = "a\nb\nc\nd\ne"

    comparison = comparing.compare(before, "A\nb\nc\nd\nE", context=1)
    folded = comparing.compare(before, "A\nb\nc\nd\ne", context=2)

    assert [block.kind for block in comparison.blocks] == ["changed", "same", "changed"]
    assert [block.kind for block in folded.blocks] == ["changed", "same", "folded"]


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("", "three new words", Change(3, 0)),
        ("some words, here", "some here", Change(0, 1)),
        ("don't panic", "don't fear it", Change(2, 1)),
        ("日本語", "日本", Change(0, 1)),
        ("a b\nc", "a\nb  c", Change(0, 0)),
        ("one", "one!", Change(0, 0)),
    ],
)
def test_words_are_counted(before: str, after: str, change: Change) -> None:
    assert comparing.change(before, after) == change


@pytest.mark.parametrize("pieces", [("a\n", "b\n"), ("語", "字")])
def test_hostile_texts_of_a_megabyte_are_compared_in_time(pieces: tuple[str, str]) -> None:
    chance = random.Random(1)  # noqa: S311 - words, no secret
    size = 1_000_000 // len(pieces[0].encode())
    before, after = ("".join(chance.choices(pieces, k=size)) for _ in range(2))

    start = process_time()
    comparison = comparing.compare(before, after)

    assert process_time() - start < 5  # seconds; 1.5 on the machine this was written on
    assert _joined(comparison, "same", "added") == after


def test_of_too_much_only_what_differs_is_shown_as_a_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparing, "_MOST_PIECES", 8)

    comparison = comparing.compare("a b c d e f g\n--\nx y", "a B c d E f g\n--\nx z")

    assert _shown(comparison) == "a [-b c d e-]{+B c d E+} f g\n--\nx [-y-]{+z+}"


def _joined(comparison: Comparison, *kinds: str) -> str:
    runs = (run for block in comparison.blocks for run in block.runs)
    return "".join(run.text for run in runs if run.kind in kinds)


def _shown(comparison: Comparison) -> str:
    """Write the runs as ``git diff --word-diff`` does."""
    forms = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    runs = (run for block in comparison.blocks for run in block.runs)
    return "".join(forms[run.kind].format(run.text) for run in runs)

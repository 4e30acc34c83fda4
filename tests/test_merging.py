"""Merging: as Git does it, and no line is ever lost."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from time import process_time
from typing import Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import alignment, merging

Owner = Literal["nobody", "mine", "theirs", "both"]
Edit = tuple[
    str, Owner, list[str], bool
]  # a line of base, who edits it, what is put there, at end

LINES = st.sampled_from(["", "", "", "a", "a", "b", "c", "- item", "```", "…"])
OWNERS: st.SearchStrategy[Owner] = st.sampled_from(["nobody"] * 5 + ["mine", "theirs", "both"])
ENDS = st.tuples(*[st.sampled_from(["\n", "\n", ""])] * 3)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


def _overlapping_around(*lines: str) -> list[Edit]:
    """Both sides put something else before *lines*, and behind them."""
    differing: list[Edit] = [("", "mine", ["ours"], True), ("", "theirs", ["others"], False)]
    return [*differing, *((line, "nobody", [], False) for line in lines), *differing]


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@settings(max_examples=60)
@given(
    st.lists(st.tuples(LINES, OWNERS, st.lists(LINES, max_size=3), st.booleans()), max_size=30),
    ENDS,
)
@example([("a", "both", [], False), ("a", "nobody", [], False)], ("\n", "\n", "\n"))
@example(_overlapping_around("a", "b"), ("\n", "\n", "\n"))
@example(_overlapping_around("a", "b", "c"), ("\n", "\n", "\n"))
@example([*_overlapping_around("a"), ("b", "mine", ["c"], True)], ("\n", "\n", "\n"))
@example(_overlapping_around("", "", "-", "…", ""), ("\n", "\n", "\n"))
@example([("a", "both", ["b"], True), *[("", "nobody", [], False)] * 3], ("", "\n", ""))
def test_the_result_is_that_of_git(
    tmp_path: Path, edits: list[Edit], ends: tuple[str, str, str]
) -> None:
    """Every byte and the number of overlaps, for any edits: apart, touching, the same, in repeated
    lines, at a last line without an end.
    """
    base, mine, theirs = _edited(edits, ends)

    merged = merging.merge(base, mine, theirs)

    assert (merged.text, merged.overlaps) == _merged_by_git(tmp_path, base, mine, theirs)


@given(st.lists(st.tuples(st.sampled_from(["nobody", "mine", "theirs"]), st.integers(0, 2))))
def test_both_edits_are_in_a_text_if_an_untouched_line_stands_between(
    edits: list[tuple[Owner, int]],
) -> None:
    base, mine, theirs, both = ["start"], ["start"], ["start"], ["start"]
    for number, (owner, length) in enumerate(edits):
        new = [f"new {number}.{at}" for at in range(length)]
        old = [f"old {number}"]
        for side, owners in ((base, ()), (mine, ("mine",)), (theirs, ("theirs",))):
            side += [*(new if owner in owners else old), f"between {number}"]
        both += [*(old if owner == "nobody" else new), f"between {number}"]

    merged = merging.merge("\n".join(base), "\n".join(mine), "\n".join(theirs))

    assert merged.clean
    assert merged.text == "\n".join(both)


@given(TEXTS, TEXTS, TEXTS)
def test_no_line_that_a_side_has_written_is_lost(base: str, mine: str, theirs: str) -> None:
    merged = merging.merge(base, mine, theirs)

    there = Counter(merged.text.split("\n"))
    for side in (mine, theirs):
        written = Counter(side.split("\n"))
        assert all(line in base.split("\n") or there[line] >= written[line] for line in written)


@given(TEXTS, TEXTS, TEXTS)
def test_each_overlap_is_found_by_its_three_markers(base: str, mine: str, theirs: str) -> None:
    merged = merging.merge(base, mine, theirs)

    assert len(merging.conflicts(merged.text)) == 3 * merged.overlaps


@given(TEXTS, TEXTS)
def test_what_only_one_side_or_both_alike_have_changed_is_taken(base: str, new: str) -> None:
    assert merging.merge(base, new, base) == merging.Merged(new, 0)
    assert merging.merge(base, base, new) == merging.Merged(new, 0)
    assert merging.merge(base, new, new) == merging.Merged(new, 0)


def test_an_overlap_shows_both_sides_under_their_labels() -> None:
    merged = merging.merge("a\nb\nc", "a\nB\nc", "a\nβ\nc", mine_label="ink", theirs_label="chalk")

    assert merged.text == "a\n<<<<<<< ink\nB\n=======\nβ\n>>>>>>> chalk\nc"
    assert merged.overlaps == 1 and not merged.clean


def test_markers_are_longer_than_what_looks_like_one() -> None:
    base = "Heading\n=======\n\ntext\n\n>>>>>>>>> deep\n"

    merged = merging.merge(base, base.replace("text", "ours"), base.replace("text", "others"))

    assert merged.text == (
        "Heading\n=======\n\n<<<<<<<< yours\nours\n========\nothers\n>>>>>>>> saved meanwhile\n\n"
        ">>>>>>>>> deep\n"
    )
    assert merging.conflicts(merged.text) == [4, 6, 8]


def test_a_marker_that_was_left_behind_is_found() -> None:
    assert merging.conflicts("one\n=======\ntwo\n>>>>>>> saved meanwhile\n") == [2, 4]
    assert merging.conflicts("<<<<<<< yours\ntext") == [1]


def test_headings_quotes_and_markers_of_others_are_no_conflicts() -> None:
    text = "Heading\n=======\n\n> quote\n\n```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> topic\n```\n"

    assert merging.conflicts(text) == []


@pytest.mark.parametrize(
    "kinds", [["a"], ["a", "b"], ["a", "b", ""], [str(number) for number in range(20_000)]]
)
def test_hostile_texts_of_20_000_lines_are_merged_in_time(kinds: list[str]) -> None:
    chance = random.Random(1)  # noqa: S311 - lines, no secret
    base, mine, theirs = (
        "\n".join(chance.choice(kinds) for _ in range(20_000 - shorter)) for shorter in (0, 9, 99)
    )

    start = process_time()
    merging.merge(base, mine, theirs)

    assert process_time() - start < 3  # seconds; 0.3 on the machine this was written on


def test_too_many_lines_are_one_hunk_between_common_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "MOST", 8)

    small = alignment.hunks("abcde", "aBcDe")
    large = alignment.hunks("-abcdef-", "-AbcdeF-")

    assert small == [(1, 2, 1, 2), (3, 4, 3, 4)]
    assert large == [(1, 7, 1, 7)]


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "value", "overlaps"),
    [
        ("a", "a", "a", "a", False),
        ("a", "b", "a", "b", False),
        ("a", "a", "b", "b", False),
        ("a", "b", "b", "b", False),
        ("a", "b", "c", "b", True),
        (None, None, 5, 5, False),
        (5, None, 7, None, True),
    ],
)
def test_a_value_is_chosen(
    base: object, mine: object, theirs: object, value: object, overlaps: bool
) -> None:
    assert merging.choose(base, mine, theirs) == merging.Choice(value, overlaps)


def test_a_set_keeps_what_either_added_and_loses_what_either_removed() -> None:
    merged = merging.sets(
        ["css", "go", "web"], ["go", "vim", "web"], ["css", "web", "rust", "vim"]
    )

    assert merged == ["vim", "web", "rust"]


def _edited(edits: list[Edit], ends: tuple[str, str, str]) -> tuple[str, str, str]:
    sides: tuple[list[str], list[str], list[str]] = ([], [], [])
    for line, owner, new, is_behind in edits:
        for side, names in zip(sides, ((), ("mine", "both"), ("theirs", "both")), strict=True):
            side += ([line, *new] if is_behind else new) if owner in names else [line]
    base, mine, theirs = (
        "\n".join(side) + (end if side else "") for side, end in zip(sides, ends, strict=True)
    )
    return base, mine, theirs


def _merged_by_git(folder: Path, base: str, mine: str, theirs: str) -> tuple[str, int]:
    for name, text in (("base", base), ("mine", mine), ("theirs", theirs)):
        (folder / name).write_bytes(text.encode())
    labels = [f"-L{label}" for label in (merging.MINE, "base", merging.THEIRS)]
    done = subprocess.run(
        ["git", "merge-file", "-p", *labels, "mine", "base", "theirs"],
        cwd=folder,
        capture_output=True,
    )
    return done.stdout.decode(), done.returncode

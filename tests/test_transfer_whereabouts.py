"""Whereabouts: a file is found by the end of its path, and quickly not found."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from blogapp.transfer.files import trees
from blogapp.transfer.files.folders import SingleFile
from blogapp.transfer.rewriting.spellings import Base, Target
from blogapp.transfer.rewriting.whereabouts import Whereabouts

from .old_blogs import OldBlog


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("/old/B/A.png", None),
        ("/B/A.png", "x/b/a.png"),
        ("/only.png", "x/only.png"),
        ("/a.png", None),  # which of two
        ("/nly.png", None),
        ("/b/", None),
    ],
)
def test_a_file_is_found_by_the_end_of_its_path(
    tmp_path: Path, wanted: str, found: str | None
) -> None:
    blog = OldBlog(tmp_path)
    for name in ("x/b/a.png", "x/c/a.png", "x/only.png", "y/z/b/a.png"):
        blog.write(name)
    whereabouts = Whereabouts(trees.opened(tmp_path), (".png",))

    assert whereabouts.find(Target(wanted, Base.ROOT), "x/post.md") == found


def test_dead_links_between_many_files_of_one_name_take_no_time(tmp_path: Path) -> None:
    class Bundles(SingleFile):
        def paths(self) -> list[str]:
            return [f"p{number}/index.md" for number in range(10_000)]

    tree = Bundles(OldBlog(tmp_path).write("a.md"))
    started = time.process_time()

    whereabouts = Whereabouts(tree, (".md",))
    for source in tree.paths()[:500]:
        assert whereabouts.find(Target("/nowhere/index.md", Base.ROOT), source) is None

    assert time.process_time() - started < 2

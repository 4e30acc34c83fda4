"""Long lines: no text that a stranger wrote takes time that grows faster than it does."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from blogapp.transfer.headers import frontmatter
from blogapp.transfer.reading import shortcodes, titles
from blogapp.transfer.rewriting import spellings

from .old_blogs import OldBlog

LONG = 200_000
HEADER = 95_000  # just below what a header may have


def split(text: str) -> None:
    with contextlib.suppress(frontmatter.FrontMatterError):
        frontmatter.split(text)


def fence(opening: str) -> None:
    shortcodes.as_fences(f"{opening}\n{{{{< /highlight >}}}}", liquid=True, indented=True)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (titles.first, "# a" + " " * LONG + "b"),
        (fence, "{{< highlight" + " " * LONG + "x"),
        (fence, "{% highlight" + " " * LONG + "x\n{% endhighlight %}"),
        (fence, "{{< highlight go " + "hl_lines=[" * (LONG // 10) + " >}}"),
        (spellings.read, "{{ url |" + " " * LONG + "x"),
        (spellings.read, "{% link a" + " " * LONG + "x"),
        (spellings.read, "{{% ref " + "a" * LONG + " }}"),
        (split, "---\n" + "\n" * LONG + "x\n---\n"),
        (split, "+++\n" + "\n" * LONG + "x\n+++\n"),
        (split, "+++\n" + "a." * (HEADER // 2) + "a=1\n+++\n"),
        (split, "+++\n[" + '"a".' * (HEADER // 4) + "a]\n+++\n"),
        (split, "+++\nx = {" + "a." * (HEADER // 2) + "a=1}\n+++\n"),
        (split, "+++\na = 1\n" + " " * HEADER + "\n+++\n"),
        (split, '{"title": "' + '\\"' * (HEADER // 2) + '"}'),
        (split, "title: a\ndate: b\n" + "x\n" * (HEADER // 2) + "tags: a"),
    ],
)
def test_a_long_line_is_read_at_once(read: Callable[[str], object], text: str) -> None:
    started = time.process_time()

    read(text)

    assert time.process_time() - started < 2


@pytest.mark.parametrize("unit", ["{", "<%", "${"])
def test_a_long_title_is_read_at_once(tmp_path: Path, unit: str) -> None:
    text = f"---\ntitle: '{unit * (HEADER // len(unit))}'\ndate: 2020-01-01\n---\nText\n"
    blog = OldBlog(tmp_path)
    blog.write("a.md", text)
    started = time.process_time()

    blog.read("a.md")

    assert time.process_time() - started < 2


def test_only_a_key_of_very_many_parts_is_refused() -> None:
    parts = frontmatter.split(f"+++\ntitle = '{'a.' * 99}'\n{'a.' * 39}a = 1\n+++\n")

    assert parts.values is not None
    assert parts.values["title"] == "a." * 99
    with pytest.raises(frontmatter.FrontMatterError, match="line 3: a key of more than 40 parts"):
        frontmatter.split(f"+++\ntitle = 'T'\n{'a.' * 40}a = 1\n+++\n")

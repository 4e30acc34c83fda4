"""What rendering costs, of text that people write and of text made to be slow.

`python -m bench.texts` renders each kind of text at some length and at twice the length. Exits
with 1 if doubling costs more than `GOAL` times as much, or a megabyte takes longer than `LIMIT`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

from blogapp import markdown
from blogapp.markdown import convert

GOAL = 2.5  # times as much, at most, for twice the text
LIMIT = 3.0  # seconds for a megabyte, shown as plain code at the latest
LEAST = 0.02  # seconds: below, the clock tells more of the machine than of the text

_PROSE = """\
## How it *works*, in short

Some words with `code`, a [link](https://example.org/a_b "title") and **strong** ones that go on
for another line, see https://example.org/ or [^1].

- a list
  - with `another` one in it

    and a paragraph
- [ ] a task

| name | price |
|------|------:|
| a \\| b | 12 |

```python title="app.py"
def total(prices: list[int]) -> int:
    return sum(prices)  # in cents
```

> [!NOTE]
> Mind the gap.

"""


def _nested(length: int) -> str:
    depth = int(length**0.5)
    return "\n".join(f"{'  ' * level}- a" for level in range(depth))


KINDS: dict[str, Callable[[int], str]] = {
    "prose": lambda n: _PROSE * (n // len(_PROSE) + 1) + "\n[^1]: note",
    "one long line": lambda n: "word " * (n // 5),
    "lines": lambda n: "word\n" * (n // 5),
    "blank lines": lambda n: "\n" * n,
    "headings": lambda n: "# a\n" * (n // 4),
    "[": lambda n: "[" * n,
    "![": lambda n: "![" * (n // 2),
    "[…]": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "[a](": lambda n: "[a](" * (n // 4),
    "[a](b 'c": lambda n: "[a](b 'c" * (n // 8),
    "][": lambda n: "][" * (n // 2),
    "images in images": lambda n: "![" * (n // 6) + "a" + "](b)" * (n // 6),
    "`": lambda n: "".join("`" * (i % 300) + "a" for i in range(n // 150)),
    "`a``b": lambda n: "`a``b" * (n // 5),
    "*a": lambda n: "*a " * (n // 3),
    "a*": lambda n: "a* " * (n // 3),
    "*a_": lambda n: "*a_ " * (n // 4),
    "**a *b": lambda n: "**a *b " * (n // 7),
    "a**b c*": lambda n: "a**b" * (n // 8) + "c* " * (n // 6),
    "~": lambda n: "~a " * (n // 3),
    "*a … b*": lambda n: "*a " * (n // 6) + "b* " * (n // 6),
    "_a … b_": lambda n: "_a " * (n // 6) + "b_ " * (n // 6),
    "***": lambda n: "*" * (n // 2) + "a" + "*" * (n // 2),
    "|": lambda n: "|" * (n // 3) + "\n" + "|-" * (n // 3),
    "a wide table": lambda n: "|a" * (n // 6) + "\n" + "|-" * (n // 6) + "\n" + "|b" * (n // 6),
    "short rows": lambda n: "|a" * (n // 8) + "\n" + "|-" * (n // 8) + "\n" + "b\n" * (n // 4),
    "> > >": lambda n: "> " * (n // 2) + "a",
    "- - -": lambda n: "- " * (n // 2) + "a",
    "nested lists": _nested,
    "blank lines in lists": lambda n: _nested(9_000) + "\n" * n,
    "definitions": lambda n: "".join(f"[a{i}]: /b 'c\n" for i in range(n // 12)),
    "footnotes": lambda n: "".join(f"[^{i}]\n\n[^{i}]: a\n" for i in range(n // 20)),
    "terms": lambda n: "a\n: b\n" * (n // 6),
    "<": lambda n: "<" * n,
    "<a": lambda n: "<a " * (n // 3),
    '<a b="': lambda n: '<a b="' * (n // 6),
    "<?": lambda n: "a<?" * (n // 3),
    "<!--": lambda n: "a<!-- " * (n // 6),
    "<![CDATA[": lambda n: "a<![CDATA[" * (n // 10),
    "<pre></b>": lambda n: "<pre></b>" * (n // 9),
    "<style>": lambda n: "<style>" * (n // 7),
    "<div>": lambda n: "<div>\n\na\n\n" * (n // 10),
    "<b>": lambda n: "<b>" * (n // 3),
    "&": lambda n: "&a" * (n // 2),
    "\\": lambda n: "\\" * n,
    "blanks": lambda n: f"# a{' ' * n}b",
    "{#": lambda n: "# a {#" * (n // 6),
    "[!NOTE]": lambda n: f"> [!NOTE] a{' ' * n}b",
    "http://_": lambda n: "http://_" * (n // 8),
    "www.": lambda n: "www." * (n // 4),
    "a.b@c.": lambda n: "a.b@c." * (n // 6),
    "http://…)": lambda n: "http://a.b/" + ")" * n,
    "http://…;": lambda n: "http://a.b/" + "&a;" * (n // 3),
    ":a": lambda n: ":a" * (n // 2),
    "fences": lambda n: "```py\na = 1\n```\n" * (n // 16),
    "an open fence": lambda n: "```py\n" + "a = 1\n" * (n // 6),
}


def _seconds(source: str, repeats: int = 3) -> float:
    times = []
    for _ in range(repeats):
        began = time.process_time()
        convert.convert(source)
        times.append(time.process_time() - began)
    return min(times)


def _doubling(kind: str, length: int) -> tuple[float, float]:
    """Time *kind* at *length* and at twice that; in longer texts, if the clock needs it."""
    once, twice = (_seconds(KINDS[kind](size)) for size in (length, 2 * length))
    if twice < LEAST and length < 1_000_000:
        return _doubling(kind, length * 8)
    return once, twice


@click.command()
@click.option("--only", default="", help="Measure only kinds with this in their name.")
@click.option("--length", default=20_000, show_default=True, help="Characters.")
def main(only: str, length: int) -> None:
    """Measure what rendering costs, in processor time; a megabyte by the clock on the wall."""
    convert.convert(_PROSE)  # what is imported only once
    missed = False
    for kind in (kind for kind in KINDS if only in kind):
        once, twice = _doubling(kind, length)
        if twice > GOAL * once:  # perhaps the machine, and not the text
            once, twice = _doubling(kind, 2 * length)
        ratio = twice / once if once else 1.0
        missed |= (slow := ratio > GOAL)
        click.echo(
            f"{kind:<22} {once * 1000:8.1f} ms {twice * 1000:8.1f} ms {ratio:5.2f} ×"
            f"{'  MISSED' if slow else ''}"
        )
    for kind in (kind for kind in ("prose", "headings", "*a") if only in kind):
        began = time.perf_counter()
        rendered = markdown.render(KINDS[kind](1_000_000))
        seconds = time.perf_counter() - began
        missed |= (slow := seconds > LIMIT)
        how = "plain code" if rendered.notice else "rendered"
        click.echo(f"1 MB {kind:<17} {seconds:8.2f} s, {how}{'  MISSED' if slow else ''}")
    sys.exit(missed)


if __name__ == "__main__":
    main(prog_name="python -m bench.texts")

"""Documents to compare with: generated nests of blocks, indented as people indent them."""

from __future__ import annotations

from hypothesis import strategies as st

Lines = list[str]

_WORDS = st.sampled_from(
    [
        *("one", "two", "Three.", "2024.", "a_b_c", "x * y", "1 < 2", "C#", "\\*", "&amp;"),
        *("*soft*", "**loud**", "***both***", "~~gone~~", "`a - b`", "`` ` ``", "<kbd>K</kbd>"),
        *("[text](/a)", "[*t*](/b 'title')", "![alt](/c.png)", "<https://example.org>"),
        *("https://example.org/a_b", "[ref]", "[ref][]", "[r*e*f]", "[no][such]"),
    ]
)
_LINE = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_BREAK = st.sampled_from(["", "", "", "  ", "\\"])
_CODE = st.lists(
    st.sampled_from(
        ["x = 1", "", "  y", "# z", "- z", "> z", "\tz", "<p>", "&amp;", "*z*", "    z"]
    ),
    max_size=4,
)
_MARKS = st.sampled_from(["-", "*", "+", "1.", "7.", "10.", "1)"])


def documents() -> st.SearchStrategy[str]:
    """Generate texts whose blocks nest up to three deep."""
    deep = st.recursive(_simple(), _around, max_leaves=6)
    # Some stand on top only, where cmark-gfm keeps to its specification: it takes a task for
    # text in a quote or behind another mark, and calls an item tight in spite of a blank line
    # below a rule or an open fence.
    top = st.one_of(deep, deep, deep, _tasks(st.one_of(deep, _tasks(_simple()))), _top())
    return _joined(top, most=4).map(lambda lines: "\n".join([*lines, "", "[ref]: /ref 'R'", ""]))


def _top() -> st.SearchStrategy[Lines]:
    return st.one_of(_rule(), _fence().map(lambda lines: lines[:-1]))


def _simple() -> st.SearchStrategy[Lines]:
    return st.one_of(
        _paragraph(), _paragraph(), _heading(), _fence(), _indented(), _table(), _html()
    )


def _around(blocks: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    return st.one_of(_list(blocks), _list(blocks), _quote(blocks))


@st.composite
def _joined(draw: st.DrawFn, blocks: st.SearchStrategy[Lines], *, most: int) -> Lines:
    """Put blocks one below the other, mostly with an empty line between them."""
    lines: Lines = []
    for block in draw(st.lists(blocks, min_size=1, max_size=most)):
        between = draw(st.sampled_from([1, 1, 1, 0, 2])) if lines else 0
        lines += [""] * between + block
    return lines


@st.composite
def _paragraph(draw: st.DrawFn) -> Lines:
    lines = draw(st.lists(_LINE, min_size=1, max_size=3))
    return [line + draw(_BREAK) for line in lines]


@st.composite
def _heading(draw: st.DrawFn) -> Lines:
    words = draw(_LINE)
    return draw(
        st.sampled_from(
            [[f"# {words}"], [f"### {words} ##"], [words, "==="], [words, "more", "---"]]
        )
    )


@st.composite
def _fence(draw: st.DrawFn) -> Lines:
    mark = draw(st.sampled_from(["```", "~~~", "````"]))
    language = draw(st.sampled_from(["", "python", " text"]))
    return [mark + language, *draw(_CODE), mark + draw(st.sampled_from(["", "", mark[0]]))]


@st.composite
def _indented(draw: st.DrawFn) -> Lines:
    return ["    first", *(f"    {line}" if line else "" for line in draw(_CODE))]


@st.composite
def _table(draw: st.DrawFn) -> Lines:
    cells = st.lists(
        st.sampled_from(["a", "`b`", r"`c \| d`", r"e \| f", "*g*", ""]), min_size=1, max_size=2
    )
    rows = [f"| {' | '.join(row)} |" for row in draw(st.lists(cells, min_size=1, max_size=2))]
    return ["| x | *y* |", draw(st.sampled_from(["|---|:-:|", "| --- | --: |", "-|-"])), *rows]


def _html() -> st.SearchStrategy[Lines]:
    return st.sampled_from(
        [
            ["<div>", "*raw*", "</div>"],
            ["<details>", "<summary>S</summary>", "", "*inside*", "", "</details>"],
            ["<!-- - a -->"],
            ["<b>*bold*</b> text"],
        ]
    )


def _rule() -> st.SearchStrategy[Lines]:
    return st.sampled_from([["---"], ["***"], ["- - -"]])


@st.composite
def _quote(draw: st.DrawFn, blocks: st.SearchStrategy[Lines]) -> Lines:
    mark = draw(st.sampled_from(["> ", "> ", ">"]))
    lines = [(mark + line).rstrip() if line else ">" for line in draw(_joined(blocks, most=3))]
    if len(lines) > 1 and draw(st.integers(0, 9)) == 0:
        lines[-1] = lines[-1].lstrip("> ")  # a line that only follows
    return lines


@st.composite
def _list(draw: st.DrawFn, blocks: st.SearchStrategy[Lines]) -> Lines:
    """Make a list; what an item holds stands below its words, or two to four blanks in."""
    mark = draw(_MARKS) + " " * draw(st.sampled_from([1, 1, 1, 2, 3]))
    inside = draw(st.sampled_from([len(mark), len(mark), len(mark), 2, 3, 4]))
    items = draw(st.lists(_joined(blocks, most=2), min_size=1, max_size=3))
    return _items(items, mark, inside, loose=draw(st.booleans()))


@st.composite
def _tasks(draw: st.DrawFn, blocks: st.SearchStrategy[Lines]) -> Lines:
    """Make a list of tasks, which start with words and may hold more below them."""
    mark = draw(st.sampled_from(["- [ ] ", "- [x] ", "- [X] "]))
    more = st.lists(blocks, max_size=1).map(lambda found: ["", *found[0]] if found else [])
    items = [
        draw(_paragraph()) + draw(more) for _ in range(draw(st.integers(min_value=1, max_value=3)))
    ]
    return _items(items, mark, 2, loose=draw(st.booleans()))


def _items(items: list[Lines], mark: str, inside: int, *, loose: bool) -> Lines:
    lines: Lines = []
    for first, *rest in items:
        lines += ["", mark + first] if lines and loose else [mark + first]
        lines += [" " * inside + line if line else "" for line in rest]
    return lines

"""Our Markdown against GitHub's: its specification, real posts, samples, generated texts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from tests.github import compare, documents, results, sources, spec, structure
from tests.github.__main__ import main

SPEC_FLOOR = 98.0  # percent
CORPUS_FLOOR = 97.0

SAMPLES = Path(__file__).parent / "github" / "samples"
CORPUS = Path(
    os.environ.get("BLOG_TEST_CORPUS") or Path(__file__).resolve().parents[2] / "shared" / "corpus"
)


def seen(wrong: str, right: str) -> set[str]:
    """Name the classes of what differs between two texts, both as GitHub reads them."""
    found = compare.differences(structure.githubs(wrong), structure.githubs(right))
    return {difference.kind for difference in found}


# The figures


def test_the_specifications_examples_are_read_as_it_says() -> None:
    found = [results.of_example(example) for example in spec.examples()]

    assert len(found) == 673
    assert results.share(found) >= SPEC_FLOOR


def test_real_posts_have_the_structure_that_github_gives_them() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"no folder {CORPUS}; BLOG_TEST_CORPUS names another")

    found = [results.of_post(path, CORPUS) for path in sources.find(CORPUS)]

    assert len([r for r in found if not r.foreign]) >= 10
    different = [r.name for r in found if r.differences and not r.foreign]
    assert results.share(found) >= CORPUS_FLOOR, different


@pytest.mark.parametrize("path", sources.find(SAMPLES), ids=lambda path: path.stem)
def test_a_sample_has_the_structure_that_github_gives_it(path: Path) -> None:
    result = results.of_post(path, SAMPLES)

    assert result.differences == ()


@given(documents.documents())
@settings(max_examples=50, derandomize=True)  # cmark-gfm has rare faults of its own
def test_blocks_nest_as_they_do_on_github(source: str) -> None:
    found = compare.differences(structure.ours(source), structure.githubs(source))

    assert found == []


# The yardstick: what it must see


@pytest.mark.parametrize(
    ("wrong", "right", "kind"),
    [
        ("- a\n- b", "- a\n  - b", "list"),
        ("- a\n- b", "- a\n* b", "list"),
        ("1. a", "7. a", "list"),
        ("1. a\n2. b", "- a\n- b", "list"),
        ("a - b", "a\n- b", "list"),
        ("- a\n\n- b", "- a\n- b", "tightness"),
        ("- a\n- b\n\n  c", "- a\n- b c", "tightness"),
        ("- a b", "- a\n\n  b", "tightness"),
        ("a\n\nb", "a\nb", "paragraph"),
        ("> a\n\nb", "> a\n>\n> b", "paragraph"),
        ("> a\n>\n> b", "> a\n\n> b", "quote"),
        ("| a | b |\n|---|---|\n| c |", "| a | b |\n|---|---|\n| c | d |", "table"),
        ("| a |\n|---|\n| b |", "| a |\n|---|\n| b |\n| b |", "table"),
        ("| a |\n|---|\n| b |", "| a |\n|--:|\n| b |", "table"),
        ("| a \\| b |\n|---|", "| a | b |\n|---|---|", "table"),
        ("```python\na\n```", "```\na\n```", "language"),
        ("```python\na\n```", "```pycon\na\n```", "language"),
        ("```\na\n```", "```\na \n```", "code"),
        ("```\na\n```", "```\na\n\n```", "code"),
        ("```\n\ta\n```", "```\n    a\n```", "code"),
        ("```\na\n```", "`a`", "code"),
        ("`a  b`", "`a b`", "code span"),
        ("a `b`", "a b", "code span"),
        ("*a*", r"\*a*", "emphasis"),
        ("*a*", "**a**", "emphasis"),
        ("*a **b***", "*a* **b**", "emphasis"),
        ("~~a~~", "a", "emphasis"),
        ("a *b*c", "a *b* c", "text"),
        ("[a](/b)", "[a](/c)", "link"),
        ("[a](/b 'c')", "[a](/b)", "link"),
        ("[a](/b%20c)", "[a](/b+c)", "link"),
        ("[a](/%d1%84)", "[a](/%D1%85)", "link"),
        ("https://example.org.", "<https://example.org.>", "link"),
        ("![a](/b.png)", "![a](/c.png)", "image"),
        ("![a](/b.png)", "![](/b.png)", "image"),
        ("[a](/b.png)", "![a](/b.png)", "image"),
        ("a\\\nb", "a\nb", "hard break"),
        ("# a\n## b", "# a\n### b", "heading"),
        ("# a", "a", "heading"),
        ("a\n\n---", "a", "rule"),
        ("- [ ] a", "- [x] a", "task"),
        ("- [ ] a", r"- \[ ] a", "task"),
        ("a[^1]\n\n[^1]: b", "a[^1]\n\n[^1]: c", "text"),
        ("a[^1]\n\n[^1]: b", "a", "footnote"),
        ("> [!NOTE]\n> a", "> [!TIP]\n> a", "alert"),
        ("> [!NOTE]\n> a", "> a", "alert"),
        ("<details>\n\na\n\n</details>", "<div>\n\na\n\n</div>", "html"),
        ("<sub>a</sub>", "a", "html"),
        ("<pre>\n a\n  b</pre>", "<pre>\n a\n b</pre>", "text"),
        ("a: b", "a : b", "text"),
        ("ab", "a\N{NO-BREAK SPACE}b", "text"),
    ],
)
def test_a_fault_is_seen_and_named(wrong: str, right: str, kind: str) -> None:
    assert kind in seen(wrong, right)


@pytest.mark.parametrize(
    ("ours", "github", "kind"),
    [
        ("<dl><dt>a</dt><dd>b</dd></dl>", "<p>a\n: b</p>", "definition list"),
        ("<h2>a</h2>", "<h2>a {#b}</h2>", "attributes"),
        ("<p>a</p>", "<p>a {: .b title='c'}</p>", "attributes"),
        ("<p>a 🐛</p>", "<p>a :bug:</p>", "emoji"),
        (
            "<table><tr><td>a | b</td></tr></table>",
            "<table><tr><td>a</td></tr></table>",
            "surplus cells",
        ),
    ],
)
def test_what_we_add_to_githubs_dialect_has_a_class_of_its_own(
    ours: str, github: str, kind: str
) -> None:
    found = compare.differences(structure.read_github(ours), structure.read_github(github))

    assert {difference.kind for difference in found} == {kind}


@given(documents.documents(), documents.documents())
@settings(max_examples=30)
def test_only_equal_structures_have_no_differences(one: str, other: str) -> None:
    left, right = structure.githubs(one), structure.githubs(other)

    assert bool(compare.differences(left, right)) == (left != right)
    assert compare.differences(left, left) == []


def test_a_loose_list_is_one_difference_an_item() -> None:
    found = compare.differences(
        structure.githubs("- *a* b\n- c `d`\n"), structure.githubs("- *a* b\n\n- c `d`\n")
    )

    assert [difference.kind for difference in found] == ["tightness", "tightness"]


def test_a_difference_says_where_it_is_and_what_stands_there() -> None:
    found = compare.differences(
        structure.githubs("# a\n\n- b\n- c *d*"), structure.githubs("# a\n\n- b\n- c d")
    )

    assert [d.path for d in found] == [
        "article > ul[2] > li[2] > text[1]",
        "article > ul[2] > li[2] > em[2]",
    ]
    assert compare.show(found[1].ours, limit=None) == "<em> 'd'"
    assert compare.show(found[1].github, limit=None) == "–"


# The yardstick: what it must not see


@pytest.mark.parametrize(
    "source",
    [
        "# One\n\n### Two `b`\n\nText",  # other levels, permalinks
        "```python\nimport this\n```",  # a figure, a caption, colours
        '```python title="app.py" hl_lines=1\nimport this\n```',  # a name, marked lines
        "```rust,no_run\nfn main() {}\n```",  # words for other programs
        "| a | b |\n|:--|:-:|\n| c | d |",  # alignment by class, a box
        "- [x] a\n- [ ] b\n\n1. [ ] c\n\n2. [x] d",  # labelled boxes, in paragraphs or before
        "a[^x]\n\n[^x]: b",  # ways back
        "> [!CAUTION]\n> a *b*\n>\n> c",  # a box with a title
        "[a](https://example.org/ü?b=c&d=[e]) ![](/f.png)",  # rel, loading, escapes
        "<script>a</script><a onclick='b' href='javascript:c'>d</a>",  # sanitised
        "Shipped :tada: `:tada:`",  # emoji are made of text only
        "**a **b****",  # strong in strong
    ],
)
def test_furniture_makes_no_difference(source: str) -> None:
    assert compare.differences(structure.ours(source), structure.githubs(source)) == []


def test_githubs_own_parser_agrees_with_the_specification() -> None:
    different = [
        example.number
        for example in spec.examples()
        if structure.githubs(example.source) != structure.read_github(example.html)
    ]

    # Bare addresses become links, comments end as in HTML 5, <title> is for the sanitiser.
    assert different == [610, 614, 616, 619, 620, 645, 646, 653]


# The posts


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: A\n---\n",
        '\ufeff---\n# a comment\n"title": A\ntags:\n  - b\n...\n',
        "---\n---\n",
        "+++\ntitle = 'A'\n[extra]\nb = 1\n+++\n",
        '{\n  "title": "A",\n  "b": {\n    "c": 1\n  }\n}\n',
        "Title: A\nSummary: b\n    and more\nDate: 2020-01-01\n",
        "title: A\ndate: 2020-01-01\n---\n",
    ],
)
def test_front_matter_is_no_part_of_the_text(header: str, tmp_path: Path) -> None:
    post = tmp_path / "a.md"
    post.write_text(f"{header}\n# B\n\n---\n\nC: d\n", encoding="utf-8")

    assert sources.body(post).strip() == "# B\n\n---\n\nC: d"


@pytest.mark.parametrize("text", ["---\n\nA\n\n---\n", "Note: a\nb\n", "{a}\n", "# A\n"])
def test_text_on_top_is_no_front_matter(text: str) -> None:
    assert sources.without_front_matter(text) == text


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ('{{< figure src="a.png" >}}', ["Hugo"]),
        ("{{% note %}}", ["Hugo"]),
        ("{% include a.html %}", ["Liquid"]),
        ("by {{ page.author }}", ["template"]),
        (":::tip\na\n:::", ["container"]),
        ("::read-more{to=a}\n::", ["component"]),
        ("import A from './a.astro'", ["MDX"]),
        ("a <Badge>b</Badge>", ["MDX"]),
        ("a\n{: .lead}", ["kramdown"]),
        ('<div markdown="1">', ["kramdown"]),
        ("![a](b.png){width=300}", ["attributes"]),
        ("!!! note\n    a", ["admonition"]),
        ("*[HTML]: HyperText", ["abbreviation"]),
        ("Term\n: what it is", ["definition list"]),
        ("## A {#b}", ["heading attributes"]),
        ("[TOC]", ["contents"]),
        ("see [[Other page]]", ["wiki"]),
        ("    :::python\n    a = 1", ["code head"]),
        ("```js {1,3}\na\n```", ["fence head"]),
        ("a `{{ b }}` c\n\n```\n{% d %}\n:::e\n```\n\n- ~~~\n  <F />\n  ~~~", []),
        ("a: b, 10:30, x::y, a < B > c, [d][e], {f}, # g {h}", []),
    ],
)
def test_syntax_of_other_systems_is_found_outside_of_code(source: str, kinds: list[str]) -> None:
    assert list(sources.foreign(source)) == kinds


# The command


def test_the_command_tells_each_post_and_the_shares(tmp_path: Path) -> None:
    folder = tmp_path / "blog"
    folder.mkdir()
    (folder / "same.md").write_text("---\ntitle: A\n---\n- a\n- b\n", encoding="utf-8")
    (folder / "other.md").write_text("{{< a >}}\n", encoding="utf-8")
    (folder / "lost.md").write_text("Term\n: what it is\n", encoding="utf-8")

    run = CliRunner().invoke(main, [str(tmp_path)])

    assert run.exit_code == 0
    assert "identical  blog/same.md\n" in run.stdout
    assert "identical  blog/other.md  [Hugo]\n" in run.stdout
    assert "different  blog/lost.md  [definition list]\n" in run.stdout
    assert "blog           1    1  100.0 %\n" in run.stdout


def test_the_command_fails_below_the_share_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.md").write_text("a *b*\n", encoding="utf-8")
    monkeypatch.setattr(structure, "our_html", lambda source: f"<p>{source}</p>")

    run = CliRunner().invoke(main, [str(tmp_path), "--at-least", "97"])

    assert run.exit_code == 1
    assert "emphasis, article > p[1] > em[2]" in run.stdout


@pytest.mark.parametrize(
    "arguments", [[], ["--spec", "."], [".", "--only", "nothing-is-named-so"]]
)
def test_the_command_refuses_what_makes_no_sense(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    run = CliRunner().invoke(main, arguments)

    assert run.exit_code == 2


def test_the_command_shows_one_example_of_the_specification() -> None:
    run = CliRunner().invoke(main, ["--spec", "--only", "1"])

    assert "\tfoo\tbaz\t\tbim\n" in run.stdout
    assert "--- the specification\n<pre><code>foo\tbaz\t\tbim\n</code></pre>\n" in run.stdout
    assert "example 1\n" in run.stdout

"""Notes: what the author is told of a text, and on which line it stands."""

from __future__ import annotations

import time

import pytest

from blogapp.transfer.headers import frontmatter
from blogapp.transfer.reading import notes
from blogapp.transfer.reading.fields import Fields


def told(body: str, matter: str = "title: T\n", *, mdx: bool = False) -> list[str]:
    fields = Fields(frontmatter.split(f"---\n{matter}---\n{body}"))
    return [str(note) for note in notes.of(fields, fields.body, fields.body_line, mdx=mdx)]


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ('{{< youtube "x" >}}', "line 4: {{< youtube >}} stays as text"),
        ("a\n\n<{{% param url %}}>", "line 6: {{% param %}} stays as text"),
        ("{% include a %}{% endinclude %}", "line 4: {% include %} stays as text"),
        ("[x]({{ page.url }}/y)", "line 4: {{ page.url }} stays as text"),
        ('{{ youtube(id="x") }}', "line 4: {{ youtube() }} stays as text"),
        ("::note{to=x}\nText\n::", "line 4: ::note stays as text"),
        (":::details\n:::\n:::details\n:::", "line 4: ::details stays as text (2 times)"),
        ("{: .no_toc }", "line 4: {: .no_toc } stays as text"),
        ("* TOC\n{:toc}", "line 5: {:toc} stays as text"),
        ('!!! note "A"\n    b', "line 4: !!! note stays as text"),
        ("???+ tip\n    b", "line 4: ??? tip stays as text"),
        ('=== "Tab"\n\n    b', 'line 4: === "…" stays as text'),
        ("--8<-- 'a.md'", "line 4: --8<-- stays as text"),
        ("[TOC]", "line 4: [TOC] stays as text"),
        ("[[_toc_]]", "line 4: [[_toc_]] stays as text"),
        ("![[a b.png|300]]", "line 4: ![[a b.png|300]] stays as text; write it as ![](a%20b.png)"),
        ("see [[Note]]", "line 4: [[Note]] stays as text; write it as [Note](Note.md)"),
        (
            "see [[A b#c|it]] and [[d]]",
            "line 4: [[A b#c|it]] stays as text; write it as [it](A%20b.md) (2 times)",
        ),
        ("a\n%%my\nsecret%%", "line 5: %%my secret%% would be public; take it out"),
        (
            "a\n\n::read-more\n---\nto: /x\n---\n::",
            "line 6: ::read-more and the lines between --- below it show as text and headings;"
            " write in Markdown what it says",
        ),
        ("a <Chart data={x} /> b", "line 4: <Chart> stays as text"),
        ("- item\n\n  ~~~\n  {{< a >}}\n  ~~~\n  {{< b >}}", "line 9: {{< b >}} stays as text"),
        ("````\n```\n{{< a >}}\n````\n{{< b >}}", "line 8: {{< b >}} stays as text"),
        ("`` ` {{< a >}} `` {{< b >}}", "line 4: {{< b >}} stays as text"),
        ("<script>\n::x\n</script>", "line 4: <script> is taken out"),
        ('a\n<iframe src="x"></iframe>\n<iframe>', "line 5: <iframe> is taken out (2 times)"),
        ("<STYLE>\nb::before {}\n</STYLE>", "line 4: <style> is taken out"),
        ("İİİİİİİİ <pre>::a</pre>\n::b", "line 5: ::b stays as text"),
        ('<input type="text">', "line 4: <input> is taken out"),
        ("", "it has a title and no text"),
    ],
)
def test_what_is_not_shown_as_on_the_old_blog_is_told_with_its_line(body: str, note: str) -> None:
    assert told(f"{body}\n") == [note]


@pytest.mark.parametrize(
    "body",
    [
        "`{{< a >}}`",
        "```\n{% a %}\n::note\n<script>\n```",
        "> ```\n> {{< a >}}\n> ```",
        "{{</* a */>}}",
        "std::vector and {{ x }} and {{< /closed >}} and {% endraw %}",
        "``\n{{< a >}}\n``",
        "```\nnever closed {{< a >}}",
        "<!-- {% a %} <script> -->",
        "<pre>\n::a\n{{< b >}}\n</pre>",
        '<input type="checkbox" checked> <details> <kbd>',
        "[[1]](x) and a[[0]] and [[x]]: y and [[#]]",
        "Vec<T> a < B",
        "{:x",
        "100%% or %d%% of `%%x%%`",
        '[a]({% post_url 2013-04-30-x %}) [b]({{ site.baseurl }}/c) [d]({{< ref "e.md" >}})',
        '[r]: {% link _posts/a.md %}\n<img src="{{ site.url }}/a.png">',
    ],
)
def test_what_only_looks_like_it_is_not_told(body: str) -> None:
    assert told(f"{body}\n") == []


def test_programs_in_mdx_are_told() -> None:
    body = "import X from 'x'\nexport const a = 1\n\n{frontmatter.title}\n"

    assert told(body, mdx=True) == [
        "line 4: import … stays as text",
        "line 5: export … stays as text",
        "line 7: {…} stays as text",
    ]
    assert told(body) == []


def test_a_key_that_stands_twice_is_told() -> None:
    assert told("x\n", "title: T\ntags: a\nTags: b\n") == [
        "line 4: tags stands here again, and this one counts"
    ]


def test_front_matter_that_means_nothing_here_is_named_with_the_line_of_the_first() -> None:
    matter = "title: T\nlayout: post\nAudience: all\nweight: 3\nmy-level: {a: b}\nempty:\n"

    assert told("x\n", matter) == [
        "line 4: not taken over: audience, my-level;"
        " write into the text what readers should know of it"
    ]


@pytest.mark.parametrize(
    ("matter", "body", "note"),
    [
        ("cover: pic.png", "x", ["its cover image pic.png does not come along"]),
        ("image: {path: /a/pic.webp, alt: b}", "x", ["its cover image /a/pic.webp does not come"]),
        ("image: pic.png", "![](img/pic.png)", []),
        ("featured: true", "x", []),
    ],
)
def test_a_cover_that_does_not_come_along_is_told(matter: str, body: str, note: list[str]) -> None:
    found = told(f"{body}\n", f"title: T\n{matter}\n")

    assert [text[: len(f"line 3: {start}")] for text, start in zip(found, note, strict=True)] == [
        f"line 3: {start}" for start in note
    ]


def test_of_many_kinds_only_some_are_named_in_their_order() -> None:
    body = "\n".join(f"{{% tag{number} %}}" for number in range(20))

    found = told(body)

    assert found[0] == "line 4: {% tag0 %} stays as text"
    assert len(found) == notes.NAMED + 1
    assert found[-1] == f"line {4 + notes.NAMED}: {20 - notes.NAMED} more stay as text"


def test_long_names_are_cut() -> None:
    assert len(told(f"{{% {'x' * 10_000} %}}")[0]) < 100


@pytest.mark.parametrize(
    "unit",
    [
        "`` `", "{{<", "{{ a(", "{% a ", "{:a", "::a ", "[[a", "![[", "<A ", "<pre ", "<script",
        "<!--", "> ", "1. ", "import x ", "{a.b", "~~~\n", "=== \"",
        "%%", "%%a ", "::a\n---\n", "::a",
    ],
)  # fmt: skip
def test_no_body_takes_time_that_grows_faster_than_it_does(unit: str) -> None:
    started = time.process_time()

    told(unit * (100_000 // len(unit)), mdx=True)
    told(f"{unit}\n" * (100_000 // len(unit)), mdx=True)

    assert time.process_time() - started < 2

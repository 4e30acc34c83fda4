"""Proofreading: what is odd is found on its line, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from blogapp import images, markdown, merging, posts, proofreading, slugs
from blogapp.extensions import db
from blogapp.markdown import survey, surveyed
from blogapp.models import OldAddress, Post, utcnow
from blogapp.proofreading import Finding
from blogapp.texts import Text

from .conftest import IMAGE, MakePost

pytestmark = pytest.mark.usefixtures("core")


def found(body: str, **text: str) -> list[Finding]:
    """What is found in a text whose fields are as they should be."""
    plain = Text(title="Sorting a list", description="How to sort a list.", body=body)
    html = str(markdown.render(body).html)
    return proofreading.proofread(replace(plain, **text), html=html)  # type: ignore[arg-type] # fields of text


def places(body: str, **text: str) -> list[tuple[int | None, str]]:
    return [(finding.line, finding.kind) for finding in found(body, **text)]


def message(body: str, **text: str) -> str:
    [finding] = found(body, **text)
    return finding.message


def test_a_text_in_good_order_has_no_findings() -> None:
    body = (
        "## One[^n]\n\n[the plan](#two) and ![A cat](https://x.example/a.png)\n\n### Two\n\n"
        '```python\n[here](/nowhere)\n```\n\n    ![](a)\n\n<img src="https://x.example/l" alt="">'
        "\n\n| a | b |\n|---|---|\n| `[this](/x)` | https://blog.example/ |\n\n"
        "[^n]: Back to [its mark](#fnref-1), or to [the note](#fn-1).\n"
    )

    assert found(body) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("## A\n\n#### B\n\n##### C\n\n### D\n", [(3, "heading")]),
        ("### A\n\n#### B\n", []),
        ("### A\n\n## B\n", [(1, "heading")]),
        ("x\n\n# A\n\n## B\n\n# C\n", [(3, "heading")]),
        ("A\n---\n\n> #### B\n", [(4, "heading")]),
        ("## A\n\n<h4>B</h4>\n", [(3, "heading")]),
        ("## A\n\n```md\n#### B\n```\n\n    #### C\n", []),
        ("x\n![](https://x.example/a.png)", [(2, "alt")]),
        ("- a\n  - ![ ](https://x.example/a.png)\n", [(2, "alt")]),
        ("> | a |\n> |---|\n> | ![][1] |\n\n[1]: https://x.example/a.png", [(3, "alt")]),
        ("<p>\n<img src=https://x.example/a.png>\n</p>", [(2, "alt")]),
        ("[![](https://x.example/a.png)](https://x.example)", [(1, "alt")]),
        ("<!--\n<img src=x>\n-->\n\n<script>\n'<img src=x>'\n</script>", []),
        ("a\nsee [*here*](https://x.example).", [(2, "link")]),
        ("[Click\n  here](https://x.example)", [(1, "link")]),
        ("[this link][1]\n\n[1]: https://x.example", [(1, "link")]),
        ("a <a href='https://x.example'>read <b>more</b> …</a>", [(1, "link")]),
        ("Term\n: [Здесь](https://x.example)", [(2, "link")]),
        ("[](https://x.example) [x]()", [(1, "link"), (1, "link")]),
        ("a[^1]\n\n[^1]: x\n\n    [here](https://x.example)", [(5, "link")]),
        ("<https://x.example/here> www.x.example [there](https://x.example)", []),
        ("```\na\n```\n\n- ~~~ {.py}\n  b\n  ~~~", [(1, "language")]),
        ("x\n\n# A\n\n## B\n\n# C\n\n### D", [(3, "heading"), (9, "heading")]),
        ("x\n\n| | |\n|-|-|\n| a | b |\n", [(3, "table")]),
        ("<table>\n<tr><td>a\n\nb</td></tr></table>", [(1, "table")]),
        ("<table><tr><th>a</th></tr>\n\n<tr><td>b</td></tr></table>", []),
    ],
)
def test_what_is_odd_in_the_structure_is_found_on_its_line(
    body: str, expected: list[tuple[int, str]]
) -> None:
    assert places(body) == expected


def test_an_image_that_never_arrived_is_told_on_its_line() -> None:
    [finding] = found("x\n\ny ![uploading a.png 2 …]() `![uploading b …]()`")

    assert finding.line == 3
    assert "upload it again or delete this mark" in finding.message
    assert "no address" in message("![uploading](  )")


def test_a_heading_that_repeats_the_title_is_to_go() -> None:
    assert "repeats the title" in message("# “Sorting” a List\n\n## Why\n")


def test_the_fields_are_looked_at_first(make_post: MakePost) -> None:
    make_post("Sorting a list")

    everything = found("![](https://x.example/a.png)", description=" ")
    [long] = found("", description="x" * 161, slug="other")

    assert [(finding.field, finding.line) for finding in everything] == [
        *(("description", None), ("slug", None), ("body", 1))
    ]
    assert "sorting-a-list-2" in everything[1].message
    assert "161 characters" in long.message


def test_a_slug_that_another_post_has_is_told_with_a_free_one(make_post: MakePost) -> None:
    taken = make_post("Taken")

    assert "Free would be: taken-2" in message("", slug="taken")
    assert proofreading.proofread(Text(title="Taken", description="x"), taken) == []


def test_what_a_merge_left_to_choose_is_told_once() -> None:
    merged = merging.merge("a\nb\nc\n", "a\nX\nc\n", "a\nY\nc\n").text

    assert places(f"x\n\n{merged}") == [(4, "merge")]


def test_links_into_the_blog_must_find_something(make_post: MakePost) -> None:
    out = make_post("Out", tags=["Flask"], body="## Far away\n\nx[^1]\n\n[^1]: y")
    make_post("Draft", published_at=None)
    picture = images.take(IMAGE, "dot.gif")
    db.session.add(OldAddress(path="/2019/out", post_id=out.id))
    post = db.session.get_one(Post, out.id)
    posts.revise(post, Text(title="Out", slug="moved", tags=["Flask"], body=post.body))
    db.session.commit()
    alive = [
        *("/", "/?q=x", "/archive/", "/feed.xml", "/tags/", "/contact?post=out", "#", "#top"),
        *("/blog/moved", "/blog/out", "moved#far-away", "/blog/moved.md", "/blog/Moved/"),
        *("https://blog.example/blog/out#fn-1", "/2019/out.html#far-away", "/tags/flask"),
        *("/tags/Flask/feed.xml", "/tags/new", f"/media/{picture.name}", "../tags/flask"),
        *("https://other.example/blog/nothing", "mailto:a@b.example", "//other.example/x"),
        *("/blog/sorting-a-list#two", "http://[", "data:text/plain,x", "/blog/moved#fnref-1"),
    ]
    dead = [
        *("/blog/draft", "draft", "/blog/nothing", "nothing.md", "/about", "/tags/nothing"),
        *("/media/no.png", "https://blog.example/blog/nothing", "/admin/", "/p/abc", "#Two"),
        *("/blog/moved#far", "out#Far-Away", "/blog/sorting-a-list#three", "/blog/moved#fn-2"),
    ]
    body = "## Two\n\n" + "\n".join(f"[words]({url})" for url in [*alive, *dead])

    told = proofreading.proofread(
        Text(title="Sorting a list", description="x", body=body, tags=["New"]),
        html=str(markdown.render(body).html),
    )

    assert [(finding.line or 0) - 3 - len(alive) for finding in told] == list(range(len(dead)))
    assert all(f"“{url}”" in finding.message for url, finding in zip(dead, told, strict=True))
    assert "Publish it first" in told[0].message
    assert "Write #two." in told[10].message


def test_a_link_to_a_later_article_is_dead_until_then(make_post: MakePost) -> None:
    tomorrow = utcnow() + timedelta(days=1)
    make_post("Later", published_at=tomorrow)
    text = Text(title="x", description="x", body="[the sequel](/blog/later)")

    now = proofreading.proofread(text)
    after = proofreading.proofread(text, at=tomorrow + timedelta(minutes=1))
    planned = proofreading.proofread(text, Post(slug="x", published_at=tomorrow))

    assert [len(now), len(after), len(planned)] == [1, 0, 0]


def test_links_cost_one_query_however_many_there_are(make_post: MakePost) -> None:
    make_post("Out")
    body = "\n".join(
        f"[a](/blog/out#{n}) [b](/tags/{n}) ![c](/media/{n}) [d](/{n})" for n in range(50)
    )
    asked: list[str] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    told = proofreading.proofread(Text(title="", description="x", body=body))

    assert len(asked) == 1
    assert len(told) == proofreading.MOST + 1
    assert told[-1].message.startswith("There are 100 more.")


def test_nothing_that_is_asked_of_links_walks_a_table(make_post: MakePost) -> None:
    make_post("Out", tags=["a"])
    images.take(IMAGE, "dot.gif")
    asked: list[tuple[str, Any]] = []
    sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2:4]))

    found("[a](/blog/out#fn-1) [b](/blog/b) [c](/tags/a) [d](/tags/d) [e](/old) [f](/older)")
    found("![c](/media/0123456789abcdef-c.png) ![d](/media/1123456789abcdef-d.png)")

    for statement, values in asked[:]:
        if "UNION ALL" in statement:
            plan = f"EXPLAIN QUERY PLAN {statement}"
            rows = db.session.connection().exec_driver_sql(plan, values)
            steps = [row.detail for row in rows]
            assert any(step.startswith("SEARCH") for step in steps)
            assert not [step for step in steps if step.startswith(("SCAN", "LIST"))], steps


def test_links_that_name_nothing_at_length_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return "x"

    monkeypatch.setattr(slugs, "make", make)

    found("\n".join(f"[a](/blog/{'%C3%A9' * (n * 4)}-{n})" for n in range(1, 150)))

    assert len(made) < 110 and max(map(len, made)) <= 2 * slugs.MAX_LENGTH


def test_a_text_that_takes_too_long_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofreading, "SECONDS", 0.0)
    body = "[here](x) " * 100_000

    told = proofreading.proofread(Text(title="A title", description="x", body=body))

    assert [(finding.kind, finding.line) for finding in told] == [("unread", None)]


PIECES = st.sampled_from(
    [
        *("[here](https://x.example)", "![](https://x.example)", "<img src=x>", "# a", "#### b"),
        *("\n", "\n\n", "> ", "- ", "1. ", "    ", "```", "~~~", "`", "<!--", "-->", "| | |"),
        *("|-|-|", "[^1]: ", "[^1]", "[x]: y", "[x]", "<table>", "</table>", "<th>", ": ", "---"),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join), st.integers(0, 4))
def test_lines_above_a_text_move_all_that_is_found_in_it(body: str, lines: int) -> None:
    above = "***\n\n" * lines

    plain, moved = survey.take(f"\n{body}"), survey.take(f"{above}\n{body}")

    assert [line + 2 * lines for line in _lines(plain)] == _lines(moved)


def _lines(taken: surveyed.Survey) -> list[int]:
    found = [each[0] for kind in taken[:3] for each in kind]
    return [*found, *taken.bare_fences, *taken.bare_tables]


@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_survey_finds_the_images_that_the_renderer_shows(body: str) -> None:
    html = str(markdown.render(body).html)

    assert len(survey.take(body).images) == html.count("<img")

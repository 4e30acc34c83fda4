"""Shortcodes: the code that other systems mark in their own way becomes fences."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp.transfer.reading import shortcodes


def fenced(body: str, *, liquid: bool = True, indented: bool = True) -> str:
    return shortcodes.as_fences(body, liquid=liquid, indented=indented)


@pytest.mark.parametrize(
    ("opening", "information"),
    [
        ("{{< highlight go >}}", "go"),
        ("{{<highlight c++>}}", "c++"),
        ("{{% highlight sh %}}", "sh"),
        ("{{< highlight >}}", ""),
        (
            '{{< highlight go "linenos=table,hl_lines=8 15-17" >}}',
            'go hl_lines="8 15-17" linenums',
        ),
        ('{{< highlight go "linenos=false" >}}', "go"),
        ('{{< highlight go hl_lines=[1,"3-4"] >}}', 'go hl_lines="1 3-4"'),
        ("{% highlight ruby %}", "ruby"),
        ("{%- highlight ruby linenos -%}", "ruby linenums"),
        ('{% highlight ruby mark_lines="1 2" %}', 'ruby hl_lines="1 2"'),
        ("{% codeblock %}", ""),
        ("{% codeblock lang:js %}", "js"),
        ("{% codeblock My title lang:js https://example.com source %}", 'js title="My title"'),
        ("{% codeblock lang:c a.c %}", 'c title="a.c"'),
    ],
)
def test_a_mark_becomes_the_fence_that_says_the_same(opening: str, information: str) -> None:
    name = "codeblock" if "codeblock" in opening else "highlight"
    closing = f"{{% end{name} %}}" if opening.startswith(("{% ", "{%-")) else "{{< / highlight >}}"

    found = fenced(f"a\n{opening}\n  code\n\n  more\n{closing}\nb\n")

    assert found == f"a\n```{information}\n  code\n\n  more\n```\nb\n"


def test_a_fence_is_longer_than_any_in_its_code() -> None:
    found = fenced(
        "{{< highlight md >}}\n````\nx\n````\n{{< /highlight >}}\n\n{{< highlight a >}}"
    )

    assert found == "`````md\n````\nx\n````\n`````\n\n{{< highlight a >}}"


def test_code_stays_where_it_stood_in_lists_and_quotes() -> None:
    body = (
        "- {% highlight sh %}\n  ls\n  {% endhighlight %}\n"
        "> {% highlight sh %}\n> ls\n> {% endhighlight %}\n"
    )

    assert fenced(body) == "- ```sh\n  ls\n  ```\n> ```sh\n> ls\n> ```\n"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("- {{< highlight go >}}\nx\n\n  y\n{{< /highlight >}}", "- ```go\n  x\n\n    y\n  ```"),
        ("> {{< highlight go >}}\nx\n{{< /highlight >}}", "> ```go\n> x\n> ```"),
        ("- a\n\n  {{< highlight go >}}\nx\n{{< /highlight >}}", "- a\n\n  ```go\n  x\n  ```"),
    ],
)
def test_code_beside_its_item_or_quote_is_put_into_it(body: str, found: str) -> None:
    assert fenced(body) == found


def test_code_that_looks_like_html_hides_no_later_code() -> None:
    code = "{{< highlight html >}}\n<script>\n{{< /highlight >}}\n"

    assert fenced(f"{code}\n{code}") == "```html\n<script>\n```\n\n```html\n<script>\n```\n"


def test_blanks_at_the_ends_of_indented_code_stay() -> None:
    assert fenced("\n    :::python\n    x  \n      \n    y\n") == "\n```python\nx  \n  \ny\n```\n"


def test_marks_on_one_line_are_parted() -> None:
    assert fenced("{% highlight sh %}ls -l{% endhighlight %} after") == "```sh\nls -l\n```\n after"


@pytest.mark.parametrize(
    "body",
    [
        "```\n{{< highlight go >}}\nx\n{{< /highlight >}}\n```\n",
        "{{</* highlight go */>}}\nx\n{{</* /highlight */>}}\n",
        "{{< highlight go >}}\nnever closed\n",
        "{% highlight %} closed {{< /highlight >}} otherwise\n",
        "a {{< highlight go >}} b {{< /highlight >}} c\n",
        "{{< figure src=a >}}\n",
        "Text\n\n    {{< highlight go >}}\n    x\n    {{< /highlight >}}\n",
        "<div>\n{{< highlight go >}}\nx\n\ny\n{{< /highlight >}}\n</div>\n",
    ],
)
def test_what_is_no_code_or_no_mark_stays(body: str) -> None:
    assert fenced(body) == body


def test_indented_code_with_a_head_becomes_a_fence() -> None:
    body = (
        "Text\n\n    :::python\n    if a:\n        b\n\n    c\n\nMore\n\n"
        "*   item\n\n        #!sh\n        ls\n\n    still\n\n"
        "\t:::c\n\tx\ty\n"
    )

    assert fenced(body) == (
        "Text\n\n```python\nif a:\n    b\n\nc\n```\nMore\n\n"
        "*   item\n\n    ```sh linenums\n    ls\n    ```\n    still\n\n"
        "```c\nx\ty\n```\n"
    )


@pytest.mark.parametrize(
    "body",
    [
        "Text\n    :::python\n    no code: a paragraph goes on\n",
        "\n    :::warning\n    no language\n",
        "\n    ::before { }\n",
        "\n    #!/bin/sh\n    ls\n",
        "\n:::python\nx\n",
        "```\n\n    :::python\n    x\n```\n",
    ],
)
def test_only_languages_above_indented_code_are_heads(body: str) -> None:
    assert fenced(body) == body


def test_heads_are_read_only_where_they_are_usual() -> None:
    body = "\n    :::python\n    x\n"

    assert fenced(body, indented=False) == body


def test_raw_marks_go_with_their_ends_only() -> None:
    body = "{% raw %}\n```\n{{ a }}\n```\n{% endraw %}\n`{%- raw -%}{{ b }}{%- endraw -%}`\n"

    assert fenced(body) == "\n```\n{{ a }}\n```\n\n`{{ b }}`\n"
    assert fenced(body, liquid=False) == body
    assert fenced("{% raw %} alone") == "{% raw %} alone"
    assert fenced("{% endraw %}{% raw %}") == "{% endraw %}{% raw %}"


CODE = st.text(alphabet="ab`~\n\t {}%<>/*:", max_size=40)


@settings(deadline=None)
@given(CODE, st.sampled_from(["{{< highlight go >}}", "{% highlight go %}"]))
def test_code_is_kept_byte_for_byte_and_lines_keep_their_numbers(code: str, opening: str) -> None:
    closing = "{{< /highlight >}}" if opening.startswith("{{") else "{% endhighlight %}"

    found = fenced(f"before\n{opening}\n{code}\n{closing}\nafter")

    lines = found.split("\n")
    ticks = lines[1].removesuffix("go")
    assert set(ticks) == {"`"} and len(ticks) >= 3
    assert lines[0] == "before" and lines[-1] == "after"
    assert "\n".join(lines[2:-2]) == code and lines[-2] == ticks
    assert ticks not in code


@settings(deadline=None)
@given(st.text(alphabet="ab`:#! \n\t{%}<>/-hrwlig"))
def test_no_word_is_lost(body: str) -> None:
    found = fenced(body)

    assert [char for char in found if char in "abhrwlig"] == [
        char for char in body if char in "abhrwlig"
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "{{< highlight a >}}\n",
        "{% raw %}",
        "{% highlight\n",
        "\n    :::python\n",
        "```\n{{<",
        "{%",
    ],
)
def test_no_body_takes_time_that_grows_faster_than_it_does(unit: str) -> None:
    started = time.process_time()

    fenced(unit * (100_000 // len(unit)))
    fenced(unit * (100_000 // len(unit)) + "{{< /highlight >}}{% endhighlight %}{% endraw %}")

    assert time.process_time() - started < 2

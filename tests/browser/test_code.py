"""Code in the browser: what a copy takes, and lines that are numbered and highlighted."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .server import Blog

CODE = """\
\tif a < b:\x20\x20

        print("<b> & \\"quotes\\"", '\U0001f469\U0001f3fd\u200d\U0001f4bb')  # é

    after = None
"""
NUMBERED = f"```python {{3,5}} linenums=98\n{CODE}```\n"
WIDE = f"```python {{1}} linenums\n{'wide = ' + ' + '.join(['1'] * 100)}\nx = 1\n```\n"


@pytest.mark.parametrize("body", [f"```python\n{CODE}```\n", NUMBERED], ids=["plain", "numbered"])
def test_copying_takes_exactly_the_code(
    page: Page, context: BrowserContext, blog: Blog, body: str
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    blog.post("Code", body=body.replace("\n", "\r\n"))
    page.goto("/blog/code")

    page.get_by_role("button", name="copy").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#live")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == CODE


def test_what_is_selected_by_hand_has_no_numbers(page: Page, blog: Blog) -> None:
    blog.post("Code", body=NUMBERED)
    page.goto("/blog/code")

    selected = page.locator(".code pre").evaluate(
        "(pre) => { getSelection().selectAllChildren(pre); return getSelection().toString() }"
    )

    assert selected.rstrip("\n") == CODE.rstrip("\n")


@pytest.mark.browser_context_args(viewport={"width": 360, "height": 640})
def test_a_highlighted_line_is_as_wide_as_what_scrolls_and_its_number_stays(
    page: Page, blog: Blog
) -> None:
    blog.post("Wide", body=WIDE)
    page.goto("/blog/wide")
    pre = page.locator(".code pre")

    scrolled = pre.evaluate("(pre) => (pre.scrollLeft = 10_000, pre.scrollLeft)")
    widths = page.locator(".line").evaluate_all("(all) => all.map((line) => line.offsetWidth)")
    height = page.locator(".line").first.bounding_box()

    assert scrolled > 300
    assert widths == [pre.evaluate("(pre) => pre.scrollWidth")] * 2
    assert height and height["height"] < 30
    page.emulate_media(forced_colors="active")
    mark = page.locator(".hll").evaluate("(l) => getComputedStyle(l, '::before').borderLeftWidth")
    assert mark == "3px"

"""On a screen 320 px wide no page scrolls sideways; what is wider scrolls in a box of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .server import Blog

pytestmark = pytest.mark.browser_context_args(viewport={"width": 320, "height": 640})

LONG = "anextremelylongwordthatnobodywouldeverwritebutthatanaddressorahashisoftenenough" * 2
WIDE = f"""\
A [link to {LONG}](https://example.org/{LONG}), `{LONG}` and {LONG}.

## {LONG}

```python title="{LONG}.py"
{"wide = " + " + ".join(["1"] * 200)}
```

| {" | ".join(f"column {n}" for n in range(12))} |
|{"---|" * 12}
| {" | ".join(f"value-{n}" for n in range(12))} |

> [!NOTE]
> - {LONG}
>     - {LONG}
"""
READERS = [
    "/",
    "/?tag=wide",
    f"/?not=wide&q={LONG}",
    f"/?q={LONG[:60]}",
    "/blog/wide",
    "/tags/",
    "/tags/wide",
    "/archive/",
    "/contact",
    "/no",
]
AUTHORS = [
    *("/admin/", "/admin/posts/new", "/admin/posts/1"),
    *("/admin/messages", "/admin/messages/1", "/admin/messages/filter"),
    "/admin/messages/delete?message=1",
]


@pytest.fixture(autouse=True)
def wide(blog: Blog) -> None:
    """Texts that are as wide as they come."""
    blog.post("Wide", body=WIDE, tags=["wide", LONG[:50]])
    blog.post(
        f"A title with {LONG}", description=LONG, tags=["wide", "notes", "python", "testing"]
    )
    blog.message(name=LONG[:90], email=f"{LONG[:60]}@{LONG}.example", body=LONG, post="wide")


def expect_no_sideways(page: Page) -> None:
    wide = """(() => [...document.querySelectorAll("main *, header *, footer *")]
      .filter((part) => part.getBoundingClientRect().right > 320.5)
      .filter((part) => !part.closest(".code pre, .table-scroll, .visually-hidden"))
      .map((part) => part.outerHTML.slice(0, 120)))()"""
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, page.evaluate(wide)


@pytest.mark.parametrize("address", READERS)
def test_readers_pages_do_not_scroll_sideways(page: Page, address: str) -> None:
    page.goto(address)

    expect_no_sideways(page)


@pytest.mark.browser_context_args(has_touch=True, is_mobile=True)
def test_what_a_finger_meets_is_large_enough(page: Page) -> None:
    page.goto("/")
    page.locator(".without summary").click()
    targets = page.locator(":is(.filter, .grep) :is(a, button:not(#slash), summary, input)")
    expect(page.locator("#slash")).to_be_hidden()  # there are no keys to switch

    boxes = {target.inner_text(): target.bounding_box() for target in targets.all()}

    assert len(boxes) > 5
    small = {k: v for k, v in boxes.items() if not v or min(v["width"], v["height"]) < 44}
    assert small == {}


def test_the_form_in_the_article_does_not_scroll_sideways(page: Page) -> None:
    page.goto("/blog/wide")
    page.get_by_role("link", name="get in touch →").click()
    page.get_by_role("button", name="send →").click()
    expect(page.locator("#error-name")).to_be_visible()

    expect_no_sideways(page)


def test_the_sign_in_does_not_scroll_sideways(page: Page) -> None:
    page.goto("/admin/login")
    page.get_by_role("button", name="sign in →").click()
    expect(page.locator("#error-name")).to_be_visible()

    expect_no_sideways(page)


@pytest.mark.parametrize("address", AUTHORS)
def test_authors_pages_do_not_scroll_sideways(author_page: Page, address: str) -> None:
    author_page.goto(address)

    expect_no_sideways(author_page)


def test_the_editor_with_a_wide_preview_does_not_scroll_sideways(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    page.locator("#field-body").focus()
    page.keyboard.insert_text(WIDE)
    expect(page.locator("#post-preview .prose")).to_contain_text("column 11")

    expect_no_sideways(page)


@pytest.mark.parametrize("box", [".code pre", ".table-scroll"])
def test_a_wide_box_is_scrolled_by_keyboard(page: Page, box: str) -> None:
    page.goto("/blog/wide")
    wide = page.locator(box)
    page.locator(".heading .permalink").first.focus()

    for _ in range(4):
        page.keyboard.press("Tab")
        if wide.evaluate("(box) => box === document.activeElement"):
            break
    expect(wide).to_be_focused()
    page.keyboard.press("ArrowRight")

    handle = wide.element_handle()
    page.wait_for_function("(box) => box.scrollLeft > 0", arg=handle)
    assert page.evaluate("scrollX") == 0

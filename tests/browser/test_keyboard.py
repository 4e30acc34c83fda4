"""Everything without a mouse."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from .server import Blog

# What has the focus, and whether one sees it.
FOCUSED = """(() => {
  const part = document.activeElement;
  const style = getComputedStyle(part);
  const box = part.getBoundingClientRect();
  const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return { name: part.outerHTML, shown, inside: box.top >= 0 && box.bottom <= innerHeight };
})()"""


def test_the_skip_link_leads_to_the_text(page: Page, blog: Blog) -> None:
    blog.post("Hello")
    page.goto("/blog/hello")
    skip = page.get_by_role("link", name="skip to the text")

    page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="all articles")).to_be_focused()


def test_everything_around_the_list_is_reached_and_seen(page: Page, blog: Blog) -> None:
    for number in range(8):
        blog.post(f"Note {number}", tags=["notes", "python" if number % 2 else "web"])
    page.goto("/?tag=notes&q=note")
    page.locator(".without summary").click()
    stops = page.locator("main :is(a, button, summary, input:not([type=hidden]))")
    names = stops.evaluate_all("(parts) => parts.map((part) => part.outerHTML)")
    page.locator("#main").focus()

    reached = []
    for _ in names:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))

    assert [stop["name"] for stop in reached] == names
    assert all(stop["shown"] and stop["inside"] for stop in reached), reached


def test_the_focus_is_shown_on_every_field(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    page.locator(".more-fields summary").click()
    fields = page.locator(".post-form :is(input:not([type=hidden]), textarea, button)")

    for field in fields.all():
        field.focus()
        page.keyboard.press("Shift")  # a key, so that focus counts as the keyboard's
        assert page.evaluate(FOCUSED)["shown"], field

"""Not one violation of axe's rules, on any page, in any state, in either theme."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from .server import NAME, Blog

pytestmark = pytest.mark.browser_context_args(reduced_motion="reduce")

# All rules in one theme; in the other one the rules about colours, for nothing else differs.
THEMES: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast", "link-in-text-block"]},
}
_VIOLATIONS = "(options) => axe.run(document, options).then(({ violations }) => violations)"
# An author's headings may begin at any level: the proofreading tells of it, the editor shows it.
BODY = "#### Deep\n\nSome *words*, [away](/nowhere).\n\n```python\nprint(1)\n```\n"


def expect_accessible(page: Page) -> None:
    expect(page.locator("[aria-busy]")).to_have_count(0)  # what waits is dim
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    for scheme, rules in THEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(_VIOLATIONS, {"resultTypes": ["violations"]} | rules)
        broken = [each for each in found if not _is_authors(each)]
        assert broken == [], f"{scheme}: {json.dumps(broken, indent=1)}"


def _is_authors(violation: dict[str, Any]) -> bool:
    """Whether it is the order of headings in a preview, which shows a text as it is written."""
    if violation["id"] != "heading-order":
        return False
    return all("#post-preview" in node["target"][0] for node in violation["nodes"])


@pytest.mark.parametrize(
    "addresses",
    [
        ("/", "/?tag=python", "/?tag=python&tag=testing", "/?tag=python&not=web&q=write"),
        ("/?q=pyhton", "/tags/", "/tags/python", "/archive/", "/blog/no-such-article"),
        ("/blog/sqlite-wal-promises", "/blog/a-contact-form-that-loses-nothing"),
    ],
    ids=["lists", "others", "articles"],
)
def test_readers_pages(page: Page, blog: Blog, addresses: tuple[str, ...]) -> None:
    blog.samples()
    for address in addresses:
        page.goto(address)
        expect_accessible(page)


def test_the_list_after_a_swap(page: Page, blog: Blog) -> None:
    blog.post("One", tags=["python"])
    blog.post("Two", tags=["htmx"])
    page.goto("/")
    page.click("#chip-python")
    expect(page.locator("#live")).to_have_text("1 article tagged python")

    expect_accessible(page)


def test_the_tags_to_leave_out(page: Page, blog: Blog) -> None:
    blog.samples()
    page.goto("/?tag=python")
    page.locator(".without summary").click()
    expect(page.locator("#without-notes")).to_be_visible()

    expect_accessible(page)


def test_an_empty_blog(page: Page) -> None:
    page.goto("/")

    expect_accessible(page)


@pytest.mark.parametrize("address", ["/contact", "/blog/hello"], ids=["page", "article"])
def test_the_contact_form_empty_with_errors_and_sent(page: Page, blog: Blog, address: str) -> None:
    blog.post("Hello")
    page.goto(address)
    if address != "/contact":
        page.get_by_role("link", name="get in touch →").click()
        expect(page.locator("#field-name")).to_be_visible()
    expect_accessible(page)

    page.get_by_role("button", name="send →").click()
    expect(page.locator("#error-name")).to_be_visible()
    expect_accessible(page)

    page.context.clear_cookies()
    page.fill("#field-name", "Vera")
    page.fill("#field-email", "vera@example.org")
    page.fill("#field-body", "Words.")
    page.get_by_role("button", name="send →").click()
    expect(page.locator("#contact-form .notice")).to_be_visible()
    expect_accessible(page)

    page.get_by_role("button", name="send →").click()
    page.get_by_text("add a line").click()
    page.get_by_role("button", name="add →").click()
    expect(page.locator("#contact-sent [aria-invalid]")).to_be_visible()
    expect_accessible(page)

    if address == "/contact":
        page.get_by_role("link", name="take it back").click()
        expect(page.get_by_role("heading", name="Take your message back?")).to_be_visible()
        expect_accessible(page)


def test_the_sign_in(page: Page, blog: Blog) -> None:
    blog.author()
    page.goto("/admin/login")
    expect_accessible(page)

    page.fill("#field-name", NAME)
    page.fill("#field-password", "wrong horse battery")
    page.get_by_role("button", name="sign in →").click()
    expect(page.locator("#error-password")).to_be_visible()
    expect_accessible(page)


def test_the_authors_lists(author_page: Page, blog: Blog) -> None:
    page = author_page
    page.goto("/admin/")
    expect_accessible(page)
    page.goto("/admin/messages")
    expect_accessible(page)

    blog.post("Out")
    blog.post("Draft", published_at=None)
    blog.message(post="out")
    page.goto("/admin/")
    page.locator(".sign-out summary").click()
    expect_accessible(page)
    page.goto("/admin/messages")
    expect_accessible(page)
    page.goto("/admin/messages/1")
    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("link", name="everything of this address").click()
    expect_accessible(page)
    page.get_by_role("link", name="delete all of it …").click()
    expect_accessible(page)
    page.goto("/admin/messages/filter")
    page.fill("#field-words", "project")
    page.get_by_role("button", name="save").click()
    expect(page.get_by_text("1 of the last 1 message holds one")).to_be_visible()
    expect_accessible(page)


def test_the_editor(author_page: Page, blog: Blog) -> None:
    blog.post("Taken", tags=["python"])
    page = author_page
    page.goto("/admin/posts/new")
    page.locator(".more-fields summary").click()
    expect_accessible(page)

    page.fill("#field-slug", "taken")
    page.fill("#field-body", BODY)
    expect(page.locator("#post-preview .prose")).to_contain_text("print(1)")
    page.get_by_role("button", name="save draft").click()
    expect(page.locator("#error-title")).to_be_visible()
    expect_accessible(page)

    page.fill("#field-title", "Title")
    page.fill("#field-slug", "")
    page.get_by_role("button", name="publish →").click()
    expect(page.locator("[data-saved]")).to_be_visible()
    page.locator("#field-findings").click()
    expect_accessible(page)


def test_the_editor_with_what_is_kept_pasted_and_overlaps(author_page: Page, blog: Blog) -> None:
    blog.post("Kept", body=BODY)
    page, other = author_page, author_page.context.new_page()
    for each in (page, other):
        each.goto("/admin/posts/1")
    other.fill("#field-body", "Theirs.")
    other.get_by_role("button", name="update").click()
    expect(other.locator("[data-saved]")).to_be_visible()
    other.close()
    page.fill("#field-body", "---\ntitle: Pasted\n---\nMine.")
    expect(page.locator(".pasted")).to_be_visible()
    expect_accessible(page)

    page.get_by_role("button", name="update").click()
    expect(page.locator(".overlap")).to_be_visible()
    page.locator(".overlap summary").first.click()
    expect_accessible(page)

    page.goto("/admin/posts/1")
    page.locator(".kept-text .sure summary").click()
    expect_accessible(page)
    page.goto("/admin/posts/1/revisions")
    page.locator(".sure summary").first.click()
    expect_accessible(page)


def test_the_editor_with_a_text_of_this_browser_and_a_sign_in(
    author_page: Page, blog: Blog
) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    copy = {"at": "2026-03-14T09:30:00Z", "texts": {"title": "New", "body": "One\ntwo."}}
    page.evaluate(
        """(copy) => {
          const { author } = document.querySelector('[data-editor]').dataset;
          localStorage.setItem(`draft:${author}:new:s`, copy);
        }""",
        json.dumps(copy),
    )
    page.reload()
    page.get_by_role("button", name="show what is different").click()
    expect(page.locator("#copy-comparison ins")).to_have_count(2)
    expect_accessible(page)

    page.get_by_role("button", name="take it").click()
    expect(page.locator("#post-preview .prose")).to_contain_text("two.")
    blog.end_sessions()
    page.keyboard.press("Control+s")
    expect(page.locator("#sign-in")).to_be_visible()
    expect_accessible(page)


def test_a_session_that_ended(author_page: Page, blog: Blog, page: Page) -> None:
    page.goto("/admin/posts/new")
    page.evaluate("document.querySelector('[data-hx-post]').removeAttribute('data-hx-post')")
    page.fill("#field-body", "Kept.")
    expect(page.locator("#post-preview .prose")).to_contain_text("Kept.")
    blog.end_sessions()
    page.on("dialog", lambda dialog: dialog.accept())
    page.evaluate("document.querySelector('.post-form').submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")

    expect_accessible(page)

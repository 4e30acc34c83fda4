"""Pictures of every page: `python -m tests.browser.screenshots [folder]`.

The README's two go to docs/screenshots/, all the others to test-results/screenshots/, or both
to *folder*. The blog in them is served from a temporary folder, with the sample posts.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from . import chromium, server
from .server import Blog

ROOT = Path(__file__).resolve().parent.parent.parent
FOR_README = ROOT / "docs" / "screenshots"
FOR_US = ROOT / "test-results" / "screenshots"
MAX_BYTES = 200_000  # of a picture in the README

SETTINGS = {
    "BLOG_TITLE": "off by one",
    "BLOG_TAGLINE": "Notes on Python, databases and the web, by somebody who measures first.",
    "BLOG_AUTHOR": "Sam Lindqvist",
    "BLOG_TIMEZONE": "Europe/Stockholm",
}
ARTICLE = "/blog/sqlite-wal-promises"
WIDTHS = {360: 740, 800: 1000, 1440: 900}
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
DRAFT = """\
Connection pools hide a queue. This is how to see it.

## Measure the wait

```python title="pool.py"
with timer("wait"):
    connection = pool.get(timeout=2)
```

> [!TIP]
> Count the waits, not the connections.
"""


def main(arguments: list[str]) -> None:
    """Take all pictures."""
    for_readme, for_us = FOR_README, FOR_US
    if arguments:
        for_readme = for_us = Path(arguments[0])
    for_readme.mkdir(parents=True, exist_ok=True)
    for_us.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        server.serve(Path(folder), **SETTINGS) as blog,
        sync_playwright() as playwright,
    ):
        fill(blog)
        browser = playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.QUIET
        )
        pictures = [*take_for_readme(browser, blog, for_readme), *take_all(browser, blog, for_us)]
        browser.close()
    print(f"{len(pictures)} pictures in {for_readme} and {for_us}", file=sys.stderr)


def fill(blog: Blog) -> None:
    """Give the blog posts, and messages that a visitor may have written."""
    blog.samples()
    blog.message(
        name="Vera Holm",
        email="vera@example.org",
        body="Our import takes nine hours and blocks the site.\n\nCould you have a look at it in "
        "December? There is a test system, and I can give you access.",
        post="sqlite-wal-promises",
    )
    blog.message(
        name="Jonas", email="jonas@example.net", body="Would you review our move to HTMX?"
    )


def take_for_readme(browser: Browser, blog: Blog, folder: Path) -> Iterator[Path]:
    """Take the README's two pictures: 1280×800, and small files."""
    shots: tuple[tuple[Scheme, str, str], ...] = (
        ("light", "/", "list-light"),
        ("dark", ARTICLE, "article-dark"),
    )
    for scheme, address, name in shots:
        context = open_context(browser, blog, 1280, 800, scheme)
        page = context.new_page()
        page.goto(address)
        picture = folder / f"{name}.png"
        page.screenshot(path=picture)
        assert picture.stat().st_size < MAX_BYTES, f"{picture} is too large for a README"
        context.close()
        yield picture


def take_all(browser: Browser, blog: Blog, folder: Path) -> Iterator[Path]:
    """Take every page in every width and theme: <page>-<width>-<theme>.png."""
    signed_in = browser.new_context(base_url=blog.url)
    blog.sign_in(signed_in)
    state = signed_in.storage_state()
    signed_in.close()

    for scheme in SCHEMES:
        for width, height in WIDTHS.items():
            context = open_context(browser, blog, width, height, scheme)
            for name, (visit, is_whole) in VISITS.items():
                context.clear_cookies()
                if name in AUTHORS:
                    context.add_cookies(state["cookies"])  # type: ignore[arg-type]
                page = context.new_page()
                visit(page)
                picture = folder / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=picture, full_page=is_whole)
                page.close()
                yield picture
            context.close()


def open_context(
    browser: Browser, blog: Blog, width: int, height: int, scheme: Scheme
) -> BrowserContext:
    """Open a browser of this size and theme, in which nothing moves."""
    return browser.new_context(
        base_url=blog.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
    )


def visit(address: str) -> Callable[[Page], None]:
    """Make the visit that is only an address."""

    def go(page: Page) -> None:
        page.goto(address)

    return go


def visit_filtered(page: Page) -> None:
    page.goto("/")
    page.click("#chip-python")
    expect(page.locator("#chip-python")).to_have_attribute("aria-current", "true")
    page.mouse.move(0, 0)


def visit_tags_to_leave_out(page: Page) -> None:
    page.goto("/?tag=python")
    page.click(".without summary")
    page.mouse.move(0, 0)


def visit_contact_with_errors(page: Page) -> None:
    page.goto("/contact?post=sqlite-wal-promises")
    page.fill("#field-name", "Vera")
    page.fill("#field-email", "vera at example")
    page.get_by_role("button", name="send →").click()
    expect(page.locator("#error-email")).to_be_visible()


def visit_contact_in_article(page: Page) -> None:
    page.goto(ARTICLE)
    page.get_by_role("link", name="get in touch →").click()
    expect(page.locator("#field-name")).to_be_visible()
    page.locator("#contact").scroll_into_view_if_needed()


def visit_thanks(page: Page) -> None:
    visit_contact_in_article(page)
    page.fill("#field-name", "Vera")
    page.fill("#field-email", "vera@example.org")
    page.fill("#field-body", "Could you have a look at our import?")
    page.eval_on_selector("[name=stamp]", "field => { field.value = '' }")  # nobody is as fast
    page.get_by_role("button", name="send →").click()
    expect(page.locator("#contact-sent")).to_be_visible()


def visit_receipt(page: Page) -> None:
    visit_thanks(page)
    page.get_by_role("link", name="The page of your message").click()
    expect(page.get_by_role("heading", name="Your message")).to_be_visible()


def visit_editor(page: Page) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/admin/posts/new")
    page.fill("#field-title", "A pool is a queue")
    page.fill("#field-description", "Connection pools hide a queue. This is how to see it.")
    page.fill("#field-tags", "python, performance")
    page.fill("#field-body", DRAFT)
    expect(page.locator("#post-preview .prose")).to_contain_text("Count the waits")


def visit_message(page: Page) -> None:
    page.goto("/admin/messages/1")
    expect(page.get_by_role("button", name="mark as unread")).to_be_visible()


def visit_editor_with_errors(page: Page) -> None:
    page.goto("/admin/posts/new")
    page.fill("#field-body", DRAFT)
    page.get_by_role("button", name="save draft").click()
    expect(page.locator("#error-title")).to_be_visible()


# Each page, how one gets there, and whether the picture shows all of it or what a screen shows.
VISITS: dict[str, tuple[Callable[[Page], None], bool]] = {
    "list": (visit("/"), False),
    "list-filtered": (visit_filtered, False),
    "list-without": (visit("/?tag=python&not=web"), False),
    "list-tags-to-leave-out": (visit_tags_to_leave_out, False),
    "search": (visit("/?q=write"), False),
    "search-misspelt": (visit("/?q=pyhton"), False),
    "article": (visit(ARTICLE), False),
    "article-whole": (visit(ARTICLE), True),
    "tag": (visit("/tags/python"), False),
    "tags": (visit("/tags/"), False),
    "archive": (visit("/archive/"), False),
    "contact-errors": (visit_contact_with_errors, True),
    "contact-in-article": (visit_contact_in_article, False),
    "contact-thanks": (visit_thanks, False),
    "contact-receipt": (visit_receipt, True),
    "sign-in": (visit("/admin/login"), False),
    "posts": (visit("/admin/"), False),
    "editor": (visit_editor, True),
    "editor-errors": (visit_editor_with_errors, True),
    "messages": (visit("/admin/messages"), False),
    "message": (visit_message, False),
    "missing": (visit("/blog/sqlite-wal-promise"), False),
}
AUTHORS = {"posts", "editor", "editor-errors", "messages", "message"}

if __name__ == "__main__":
    main(sys.argv[1:])

"""What a reader's first view of an article costs, and what its scripts cost each other."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, expect

from .conftest import Watch
from .server import Blog

LONGEST = "/blog/sqlite-wal-promises"  # of the sample posts
MOST_BYTES = 35_000
MOST_REQUESTS = 5
BREAK_THE_FIRST = "window.getComputedStyle = () => { throw new Error('broken') }"


def weigh(address: str) -> int:
    """Ask for a file as browsers do by https; returns the bytes of its body."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.request("GET", parts.path, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    response = connection.getresponse()
    length = len(response.read())
    connection.close()
    assert response.status == 200
    return length


def test_it_is_light(page: Page, blog: Blog) -> None:
    blog.samples()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(LONGEST, wait_until="networkidle")

    icon = page.locator("link[rel=icon]").evaluate("link => link.href")  # no event tells of it
    pictures = page.locator(".prose img").evaluate_all("all => all.map(image => image.src)")
    addresses = {*asked, icon} - {*pictures}
    assert len(addresses) <= MOST_REQUESTS
    assert sum(weigh(address) for address in addresses) <= MOST_BYTES


def test_a_script_that_fails_stops_no_other(
    page: Page, context: BrowserContext, blog: Blog, watch: Watch
) -> None:
    watch.expect("broken")
    blog.post("Tagged", tags=["python"])
    context.add_init_script(BREAK_THE_FIRST)

    page.goto("/")
    expect(page.locator("#theme")).to_be_hidden()  # its script failed
    page.click("#chip-python")

    expect(page.locator("#live")).to_have_text("1 article tagged python")

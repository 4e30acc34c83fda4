"""A served blog for each worker, emptied for each test, and a watch on every page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
)

from . import chromium, server
from .server import Blog
from .windows import Windows

# What htmx asks for may be refused; a page or a file that we link to may not.
_MAY_BE_REFUSED = {"document", "xhr", "fetch"}
_LOADING = re.compile(r"Failed to load resource: the server responded with a status of \d+")

PLAIN = pytest.mark.browser_context_args(java_script_enabled=False)
BOTH = pytest.mark.parametrize(
    "scripts", [True, pytest.param(False, marks=PLAIN)], ids=["scripts", "plain"]
)


class Watch:
    """Notes what must not happen on a page; a test names what it provokes with `expect`."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.url = url
        self.context = context
        self.troubles: list[str] = []
        self.expected: list[str] = []
        self.allowed: list[str] = []
        self._heard: dict[Any, Callable[[Any], None]] = {
            "console": self._hear,
            "weberror": self._see_error,
            "response": self._see_response,
            "requestfailed": self._see_failure,
        }
        for event, hear in self._heard.items():
            context.on(event, hear)

    def expect(self, *patterns: str) -> None:
        """Let these happen, and only these: each must."""
        self.expected += patterns

    def allow(self, *patterns: str) -> None:
        """Let these happen, or not: it depends on who is faster."""
        self.allowed += patterns

    def check(self) -> None:
        """Fail with everything that happened and was not expected, or was and did not."""
        for page in self.context.pages:
            page.evaluate("0")  # an answer comes after whatever the browser had to tell
        missed = [p for p in self.expected if not any(re.search(p, t) for t in self.troubles)]
        assert not missed, f"did not happen: {missed}; what did: {self.troubles}"
        allowed = re.compile("|".join(self.expected + self.allowed) or r"(?!)")
        rest = [trouble for trouble in self.troubles if not allowed.search(trouble)]
        assert not rest, "\n".join(rest)

    def end(self) -> None:
        """Look away: other tests use the same context."""
        for event, hear in self._heard.items():
            self.context.remove_listener(event, hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"} or _LOADING.match(message.text):
            return
        if message.text.startswith("htmx:sendAbort"):  # as below; htmx tells of it twice
            if self.troubles and "htmx:afterRequest" in self.troubles[-1]:
                self.troubles.pop()
            return
        self.troubles.append(f"console: {message.text}")

    def _see_error(self, error: WebError) -> None:
        self.troubles.append(f"script: {error.error}")

    def _see_response(self, response: Response) -> None:
        request = response.request
        may_fail = request.resource_type in _MAY_BE_REFUSED and response.status < 500
        if response.status >= 400 and self._is_ours(request) and not may_fail:
            self.troubles.append(f"response: {response.status} {request.method} {request.url}")

    def _see_failure(self, request: Request) -> None:
        # Aborted is what a newer request, or leaving the page, does to an older one.
        if request.failure != "net::ERR_ABORTED":
            self.troubles.append(f"request: {request.failure} {request.method} {request.url}")

    def _is_ours(self, request: Request) -> bool:
        return urlsplit(request.url).netloc == urlsplit(self.url).netloc


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium of this machine, quietly."""
    found = {"executable_path": path} if (path := chromium.executable()) else {}
    return browser_type_launch_args | {"args": chromium.QUIET} | found


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Blog]:
    """The blog that this worker serves."""
    with server.serve(tmp_path_factory.mktemp("served"), BLOG_TITLE="notes") as blog:
        yield blog


@pytest.fixture(scope="session")
def base_url(served: Blog) -> str:
    """What `page.goto("/")` begins with."""
    return served.url


@pytest.fixture
def blog(served: Blog) -> Blog:
    """The blog, empty."""
    served.server.start()
    served.clear()
    return served


@pytest.fixture(scope="session")
def windows(browser: Browser, base_url: str) -> Windows:
    """The browser's contexts."""
    return Windows(browser, base_url)


@pytest.fixture
def clock_stands() -> bool:
    """Whether time passes in the browser only when a test moves its clock on."""
    return False


@pytest.fixture
def context(
    windows: Windows,
    blog: Blog,
    browser_context_args: dict[str, Any],
    clock_stands: bool,
    request: pytest.FixtureRequest,
) -> Iterator[BrowserContext]:
    """A context as clean as a new one, made with the arguments of the nearest mark."""
    mark = request.node.get_closest_marker("browser_context_args")
    arguments = browser_context_args | (mark.kwargs if mark else {})
    with windows.lent(arguments, clock_stands=clock_stands) as context:
        yield context


@pytest.fixture(autouse=True)
def watch(context: BrowserContext, blog: Blog) -> Iterator[Watch]:
    """Fail the test on errors in scripts, refused policies and broken links to files."""
    seen = Watch(context, blog.url)
    yield seen
    try:
        seen.check()
    finally:
        seen.end()


@pytest.fixture
def author_page(page: Page, context: BrowserContext, blog: Blog) -> Page:
    """The page of an author who is signed in."""
    blog.sign_in(context)
    return page

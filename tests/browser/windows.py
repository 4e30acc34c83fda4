"""Windows: browser contexts that tests use one after the other, each as clean as a new one.

Most of what a test costs is a new context: with it Chromium starts processes of its own. So one is
kept for each set of arguments, with a page on the blog that keeps the process alive, and emptied
between tests. One in which a test did what cannot be undone is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page
from playwright.sync_api._generated import Clock  # its public module does not name it

_TO_STAY = "/robots.txt"  # a page without scripts, on the blog's own origin
# These last as long as the context.
_LASTING = [
    *((Clock, name) for name in ("install", "pause_at", "set_fixed_time", "set_system_time")),
    *((BrowserContext, name) for name in ("add_init_script", "expose_binding", "expose_function")),
]


@dataclass(slots=True)
class _Window:
    context: BrowserContext
    stays: Page
    devtools: CDPSession


class Windows:
    """The contexts of one browser, for pages of the blog at *url*."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._kept: dict[str, _Window] = {}

    @contextmanager
    def lent(
        self, arguments: dict[str, Any], *, clock_stands: bool = False
    ) -> Iterator[BrowserContext]:
        """Give a clean context that was made with *arguments*, for as long as the block runs."""
        key = repr((sorted(arguments.items()), clock_stands))
        window = self._kept.pop(key, None) or self._made(arguments, clock_stands)
        with _spoiled() as spoiled:
            yield window.context
        if spoiled:
            window.context.close()
        else:
            self._clean(window)
            self._kept[key] = window

    def _made(self, arguments: dict[str, Any], clock_stands: bool) -> _Window:
        context = self._browser.new_context(**arguments)
        if clock_stands:
            now = datetime.now(UTC)
            context.clock.install(time=now)
            context.clock.pause_at(now + timedelta(seconds=1))
        stays = context.new_page()
        stays.goto(f"{self._url}{_TO_STAY}")
        return _Window(context, stays, context.new_cdp_session(stays))

    def _clean(self, window: _Window) -> None:
        context = window.context
        for page in context.pages:
            if page is not window.stays:
                page.close()
        context.unroute_all()
        context.set_offline(False)
        context.set_extra_http_headers({})
        context.clear_permissions()
        context.clear_cookies()
        everything = {"origin": self._url, "storageTypes": "all"}
        window.devtools.send("Storage.clearDataForOrigin", everything)
        window.devtools.send("Network.clearBrowserCache")


@contextmanager
def _spoiled() -> Iterator[list[str]]:
    """List what is done while the block runs that a context keeps for good."""
    done: list[str] = []
    with ExitStack() as stack:
        for owner, name in _LASTING:
            stack.enter_context(patch.object(owner, name, _noted(getattr(owner, name), done)))
        yield done


def _noted(method: Any, done: list[str]) -> Any:
    def noted(*args: Any, **named: Any) -> Any:
        done.append(method.__name__)
        return method(*args, **named)

    return noted

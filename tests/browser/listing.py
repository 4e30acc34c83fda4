"""The list of articles as tests look at it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

State = dict[str, Any]
# All that must be the same, however one came to an address.
STATE = """(() => ({
  url: location.href,
  title: document.title,
  text: document.getElementById("article-list").innerText.replace(/\\s+/g, " "),
  chosen: [...document.querySelectorAll("[aria-current=true]")].map((chip) => chip.id),
  field: document.getElementById("field-q").value,
  carried: [...new FormData(document.getElementById("search"))].join("&"),
  links: [...document.head.querySelectorAll("link:not([rel=stylesheet])")]
    .map((link) => [link.rel, link.getAttribute("href"), link.title].join(" ")).sort(),
  busy: document.querySelectorAll("[aria-busy]").length,
  trouble: document.getElementById("trouble").innerText,
}))()"""


def expect_list(page: Page, sentence: str, *names: str) -> None:
    """Expect these articles, under this heading."""
    expect(page.locator("#article-list .sentence")).to_have_text(sentence)
    expect(page.locator(".post-list h3")).to_have_text(names)


def mark(page: Page) -> None:
    """Put something on the window that a reload would take away."""
    page.evaluate("window.marker = 'still here'")


def is_marked(page: Page) -> bool:
    """Tell whether the page is the one that was marked."""
    return bool(page.evaluate("window.marker === 'still here'"))


def loaded(page: Page, url: str) -> State:
    """What a fresh load of *url* shows."""
    fresh = page.context.new_page()
    fresh.goto(url)
    state: State = fresh.evaluate(STATE)
    fresh.close()
    return state


def expect_state(page: Page, state: State) -> None:
    """Expect the page to come to show just this."""
    expect(page).to_have_url(state["url"])
    expect(page).to_have_title(state["title"])
    page.wait_for_function(f"(text) => {STATE}.text === text", arg=state["text"])
    assert page.evaluate(STATE) == state


def forget_nothing(page: Page) -> None:
    """Leave htmx's history cache alone."""


def forget_history(page: Page) -> None:
    """Empty the storage that htmx 2.0.11 keeps its history in."""
    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')")
    page.evaluate("sessionStorage.clear(), localStorage.clear()")


def break_the_server(page: Page) -> None:
    """Let every filter fail."""
    page.route("**/?*", lambda route: route.fulfill(status=500, body="oh"))


def break_the_line(page: Page) -> None:
    """Let nothing reach the server."""
    page.context.set_offline(True)


def mend(page: Page) -> None:
    """Let all be as it was before a failure."""
    page.context.set_offline(False)
    page.unroute_all()


# How to make a request fail, what is said of it, and what the browser notes.
FAILURES = pytest.mark.parametrize(
    ("break_it", "said", "errors"),
    [
        (
            break_the_server,
            "That did not work",
            ["Response Status Error Code 500", "response: 500"],
        ),
        (break_the_line, "cannot be reached", ["request: net::ERR_INTERNET", "console: "]),
    ],
    ids=["500", "offline"],
)

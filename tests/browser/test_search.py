"""The search: live while one types, with every other way to ask, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from .conftest import BOTH, PLAIN, Watch
from .listing import (
    FAILURES,
    expect_list,
    expect_state,
    forget_history,
    forget_nothing,
    is_marked,
    loaded,
    mark,
    mend,
)
from .server import Blog
from .slow import line

TITLE = "notes – Notes on software"
ALL = ("Queues", "Caching views", "Cache and carry")
CACHE = "2 articles about ‘cache’"
FORBID_STORAGE = """
  Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("no", "SecurityError"); },
  });
"""


@pytest.fixture(autouse=True)
def articles(blog: Blog) -> None:
    blog.post("Cache and carry", tags=["web"], body="Not only a shop.")
    blog.post("Caching views", tags=["flask", "web"], body="A cache in front of a view.")
    blog.post("Queues", tags=["flask"], body="What waits is not lost.")


@pytest.fixture
def field(page: Page) -> Locator:
    """The field to search in."""
    return page.get_by_role("searchbox", name="Search the articles")


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the page asked the server for since it was loaded, redirects included."""
    found: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "xhr":
            found.append(request.url.partition("/?")[2])

    page.on("request", note)
    return found


def stop_the_clock(page: Page) -> None:
    """Let time pass only when a test says so."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


# Asking


def test_typing_asks_once_when_it_rests(page: Page, field: Locator, asked: list[str]) -> None:
    stop_the_clock(page)
    page.goto("/")
    mark(page)

    for key in "cache":
        page.clock.run_for(100)
        field.press(key)
    page.clock.run_for(249)
    assert asked == []
    page.clock.run_for(1)
    expect(page.locator(".post-list h3")).to_have_count(2)
    page.clock.run_for(1000)

    expect_list(page, CACHE, "Cache and carry", "Caching views")
    expect(page).to_have_url(re.compile(r"/\?q=cache$"))
    expect(page).to_have_title(f"{CACHE} – notes")
    expect(page.locator("#live")).to_have_text(CACHE)
    expect(field).to_be_focused()
    assert asked == ["q=cache"]
    assert is_marked(page)


def test_enter_asks_at_once_and_only_once(page: Page, field: Locator, asked: list[str]) -> None:
    stop_the_clock(page)
    page.goto("/")
    mark(page)

    field.press_sequentially("cache")
    field.press("Enter")
    expect(page.locator(".post-list h3")).to_have_count(2)
    page.clock.run_for(1000)

    expect_list(page, CACHE, "Cache and carry", "Caching views")
    assert asked == ["q=cache"]
    assert is_marked(page)


def test_what_is_on_its_way_is_not_asked_again(
    page: Page, field: Locator, asked: list[str]
) -> None:
    page.goto("/")
    held: list[Route] = []
    page.route("**/?q=cache", lambda route: held.append(route))
    with page.expect_request("**/?q=cache"):
        field.fill("cache")

    field.press("Enter")
    field.press("Enter")
    held[0].continue_()

    expect_list(page, CACHE, "Cache and carry", "Caching views")
    assert asked == ["q=cache"]


def test_what_is_typed_is_asked_the_one_way(page: Page, field: Locator, asked: list[str]) -> None:
    page.goto("/?tag=web&not=flask")

    field.fill(" Not  ONLY ")

    expect_list(page, "1 article tagged web, without flask, about ‘not only’", "Cache and carry")
    expect(page).to_have_url(re.compile(r"/\?tag=web&not=flask&q=not%20only$"))
    expect(field).to_have_value(" Not  ONLY ")
    assert asked == ["tag=web&not=flask&q=not%20only"]


def test_escape_empties_the_field_then_leaves_it(page: Page, field: Locator) -> None:
    page.goto("/?tag=flask&q=cache")
    expect_list(page, "1 article tagged flask, about ‘cache’", "Caching views")

    field.press("Escape")

    expect(field).to_have_value("")
    expect_list(page, "2 articles tagged flask", "Queues", "Caching views")
    expect(page).to_have_url(re.compile(r"/\?tag=flask$"))
    expect(field).to_be_focused()

    field.press("Escape")

    expect(field).not_to_be_focused()
    expect(page).to_have_url(re.compile(r"/\?tag=flask$"))


@PLAIN
def test_without_scripts_the_form_asks_for_tags_and_words(page: Page, field: Locator) -> None:
    page.goto("/?tag=web&not=flask")
    expect(page.locator("#slash")).to_be_hidden()

    field.fill(" Cache ")
    page.get_by_role("button", name="Search").click()

    expect(page).to_have_url(re.compile(r"/\?tag=web&not=flask&q=cache$"))
    expect_list(page, "1 article tagged web, without flask, about ‘cache’", "Cache and carry")
    expect(field).to_have_value("cache")


def test_without_htmx_typing_goes_nowhere(page: Page, field: Locator, watch: Watch) -> None:
    watch.expect("request: net::ERR_FAILED", "console: Failed to load resource")
    page.route("**/reader.js", lambda route: route.abort())
    visited: list[str] = []
    page.on("request", lambda r: visited.append(r.url) if r.is_navigation_request() else None)
    stop_the_clock(page)
    page.goto("/")

    field.press_sequentially("cac")
    page.clock.run_for(1000)
    field.press_sequentially("he")
    field.press("Enter")

    expect_list(page, CACHE, "Cache and carry", "Caching views")
    assert [url.rpartition("/")[2] for url in visited] == ["", "?q=cache"]


# What is found


@BOTH
def test_words_that_were_found_are_marked(page: Page, field: Locator, scripts: bool) -> None:
    page.goto("/")
    field.fill("front")
    field.press("Enter")
    expect_list(page, "1 article about ‘front’", "Caching views")

    expect(page.locator(".snippet mark")).to_have_text("front")


@BOTH
def test_a_misspelt_search_leads_to_the_right_one(
    page: Page, field: Locator, scripts: bool
) -> None:
    page.goto("/")
    field.fill("cahce")
    field.press("Enter")
    expect_list(page, "no articles about ‘cahce’")
    expect(page.locator(".empty")).to_contain_text("Did you mean ‘cache’ (2 articles)?")

    page.click("#suggestion")

    expect_list(page, CACHE, "Cache and carry", "Caching views")
    expect(field).to_have_value("cache")
    if scripts:
        expect(page.locator("#article-list")).to_be_focused()


@BOTH
def test_where_the_tags_leave_nothing_the_words_alone_may_do(
    page: Page, field: Locator, scripts: bool
) -> None:
    page.goto("/?tag=flask&q=shop")
    expect_list(page, "no articles tagged flask, about ‘shop’")

    page.get_by_role("link", name="1 article about ‘shop’").click()

    expect_list(page, "1 article about ‘shop’", "Cache and carry")
    expect(field).to_have_value("shop")


# Together with the chips


def test_chips_keep_the_words_and_clear_takes_them(page: Page, field: Locator) -> None:
    page.goto("/")
    field.fill("cache")
    expect_list(page, CACHE, "Cache and carry", "Caching views")

    page.click("#chip-flask")
    expect_list(page, "1 article tagged flask, about ‘cache’", "Caching views")
    expect(field).to_have_value("cache")

    field.fill("wait")
    expect_list(page, "1 article tagged flask, about ‘wait’", "Queues")

    page.get_by_role("link", name="clear").click()
    expect_list(page, "3 articles", *ALL)
    expect(field).to_have_value("")


def test_what_is_being_typed_stays(page: Page, field: Locator) -> None:
    page.goto("/")
    held: list[Route] = []
    page.route("**/?q=cache", lambda route: held.append(route))
    with page.expect_request("**/?q=cache"):
        field.fill("Cache")
    stop_the_clock(page)

    field.press_sequentially(" -")
    held[0].continue_()
    expect_list(page, CACHE, "Cache and carry", "Caching views")
    page.clock.run_for(100)

    expect(page.locator("#live")).to_have_text(CACHE)
    expect(field).to_have_value("Cache -")


def test_a_click_is_asked_instead_of_what_was_about_to_be(
    page: Page, field: Locator, asked: list[str]
) -> None:
    stop_the_clock(page)
    page.goto("/")

    field.press_sequentially("cache")
    page.click("#chip-flask")
    expect_list(page, "2 articles tagged flask", "Queues", "Caching views")
    page.clock.run_for(1000)

    expect(field).to_have_value("")
    assert asked == ["tag=flask"]


# Slow and broken lines


def test_an_answer_of_two_seconds_never_replaces_one_of_fifty_milliseconds(
    page: Page, field: Locator, blog: Blog
) -> None:
    with line(blog.url, queues=2, cache=0.05) as slow:
        page.goto(slow.url)
        with page.expect_request("**/?q=queues"):
            field.fill("queues")
        expect(page.locator("#article-list")).to_have_attribute("aria-busy", "true")
        field.fill("cache")
        expect_list(page, CACHE, "Cache and carry", "Caching views")

        assert not slow.over["queues"].is_set()
        assert slow.over["queues"].wait(5)

        expect_state(page, loaded(page, f"{slow.url}/?q=cache"))


def test_back_does_not_wait_for_an_answer(page: Page, field: Locator) -> None:
    page.goto("/")
    page.click("#chip-flask")
    expect_list(page, "2 articles tagged flask", "Queues", "Caching views")
    held: list[Route] = []
    page.route("**/?*q=cache*", lambda route: held.append(route))
    with page.expect_request("**/?*q=cache*"):
        field.fill("cache")

    page.go_back()
    expect_list(page, "3 articles", *ALL)
    held[0].continue_()

    expect_state(page, loaded(page, page.url))


@FAILURES
def test_a_failure_is_told_and_leaves_list_and_words(
    page: Page,
    field: Locator,
    watch: Watch,
    break_it: Callable[[Page], None],
    said: str,
    errors: list[str],
) -> None:
    watch.expect(*errors)
    page.goto("/")
    break_it(page)

    field.fill("cache")

    expect(page.get_by_role("alert")).to_contain_text(said)
    expect_list(page, "3 articles", *ALL)
    expect(page).to_have_url(re.compile(r"[0-9]/$"))
    expect(page).to_have_title(TITLE)
    expect(page.locator("[aria-busy]")).to_have_count(0)
    expect(field).to_have_value("cache")

    mend(page)
    field.press("Enter")

    expect_list(page, CACHE, "Cache and carry", "Caching views")
    expect(page.locator("#trouble")).to_be_hidden()


# Back and Forward


def test_one_back_leaves_all_that_was_typed(page: Page, field: Locator) -> None:
    page.goto("/")
    start = loaded(page, page.url)
    mark(page)
    for words, sentence in [
        (" ", "3 articles"),
        ("cac", "2 articles about ‘cac’"),
        ("cache", CACHE),
        ("queues", "1 article about ‘queues’"),
    ]:
        with page.expect_response(lambda response: response.status == 200):
            field.fill(words)
        expect(page.locator(".sentence")).to_have_text(sentence)

    page.go_back()

    expect_state(page, start)
    assert is_marked(page)


def press_enter(page: Page) -> None:
    page.get_by_role("searchbox").press("Enter")


def click_the_button(page: Page) -> None:
    page.get_by_role("button", name="Search", exact=True).click()


@pytest.mark.parametrize("send", [press_enter, click_the_button])
def test_back_leads_to_each_search_that_was_sent(
    page: Page, field: Locator, send: Callable[[Page], None]
) -> None:
    page.goto("/")
    states = [loaded(page, page.url)]
    for words, sentence in [("cache", CACHE), ("queues", "1 article about ‘queues’")]:
        field.fill(words)
        send(page)
        expect(page.locator("#live")).to_have_text(sentence)
        states.append(loaded(page, page.url))
    field.fill("shop")
    expect(page.locator("#live")).to_have_text("1 article about ‘shop’")

    for state in reversed(states):
        page.go_back()
        expect_state(page, state)


def test_enter_ends_a_search_that_has_its_answer(page: Page, field: Locator) -> None:
    page.goto("/")
    field.fill("cache")
    expect_list(page, CACHE, "Cache and carry", "Caching views")

    with page.expect_response("**/?q=cache"):
        field.press("Enter")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    field.fill("queues")
    expect_list(page, "1 article about ‘queues’", "Queues")

    page.go_back()
    expect_list(page, CACHE, "Cache and carry", "Caching views")


def test_enter_ends_a_search_that_is_on_its_way(page: Page, field: Locator) -> None:
    page.goto("/")
    held: list[Route] = []
    page.route("**/?q=cache", lambda route: held.append(route))
    with page.expect_request("**/?q=cache"):
        field.fill("cache")

    field.press("Enter")
    held[0].continue_()
    expect_list(page, CACHE, "Cache and carry", "Caching views")
    field.fill("queues")
    expect_list(page, "1 article about ‘queues’", "Queues")

    page.go_back()
    expect_list(page, CACHE, "Cache and carry", "Caching views")


def test_going_where_one_is_makes_no_entry(page: Page, field: Locator) -> None:
    page.goto("/")
    entries = page.evaluate("history.length")

    field.fill(" ")
    expect(page.locator("#live")).to_have_text("3 articles")

    assert page.evaluate("history.length") == entries


@pytest.mark.parametrize("forget", [forget_nothing, forget_history])
def test_back_and_forward_show_what_a_fresh_load_shows(
    page: Page, field: Locator, forget: Callable[[Page], None]
) -> None:
    steps: list[tuple[Callable[[], None], str]] = [
        (lambda: field.fill("Cache"), CACHE),
        (lambda: page.click("#chip-flask"), "1 article tagged flask, about ‘cache’"),
        (lambda: field.fill("wait"), "1 article tagged flask, about ‘wait’"),
        (lambda: page.click("#all-articles"), "3 articles"),
    ]
    page.goto("/")
    states = [loaded(page, page.url)]
    for step, sentence in steps:
        step()
        expect(page.locator("#live")).to_have_text(sentence)
        states.append(loaded(page, page.url))
    mark(page)

    forget(page)
    for _ in range(2):
        for state in reversed(states[:-1]):
            page.go_back()
            expect_state(page, state)
        for state in states[1:]:
            page.go_forward()
            expect_state(page, state)
    assert is_marked(page)


def test_the_field_follows_back_even_where_it_has_the_focus(page: Page, field: Locator) -> None:
    page.goto("/")
    field.fill("cache")
    expect_list(page, CACHE, "Cache and carry", "Caching views")

    page.go_back()
    expect_list(page, "3 articles", *ALL)

    expect(field).to_be_focused()
    expect(field).to_have_value("")


def test_two_quick_backs_end_where_the_second_leads(
    page: Page, field: Locator, watch: Watch
) -> None:
    page.goto("/")
    start = loaded(page, page.url)
    field.fill("cache")
    expect_list(page, CACHE, "Cache and carry", "Caching views")
    page.click("#chip-flask")
    expect(page.locator("#live")).to_have_text("1 article tagged flask, about ‘cache’")
    forget_history(page)
    held: list[Route] = []
    page.route("**/?q=cache", lambda route: held.append(route))

    with page.expect_request("**/?q=cache"):
        page.evaluate("history.back()")
    page.go_back()
    expect_list(page, "3 articles", *ALL)
    held[0].continue_()

    expect_state(page, start)


def test_a_page_that_back_cannot_fetch_is_told(page: Page, field: Locator, watch: Watch) -> None:
    watch.expect("request: net::ERR_INTERNET", "console: ")
    page.goto("/")
    field.fill("cache")
    expect_list(page, CACHE, "Cache and carry", "Caching views")
    forget_history(page)
    page.context.set_offline(True)

    page.go_back()

    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    expect(page.locator("[aria-busy]")).to_have_count(0)


# The key


def test_slash_leads_to_the_field_and_takes_its_words(page: Page, field: Locator) -> None:
    page.goto("/?q=cache")

    page.keyboard.press("/")

    expect(field).to_be_focused()
    expect(field).to_have_value("cache")
    assert page.evaluate("getSelection().toString()") == "cache"


def test_slash_in_the_field_is_a_letter(page: Page, field: Locator) -> None:
    page.goto("/")
    field.focus()

    field.press_sequentially("a/b")

    expect(field).to_have_value("a/b")


@pytest.mark.parametrize("keys", ["Control+/", "Alt+/", "Meta+/"])
def test_slash_with_another_key_is_not_ours(page: Page, field: Locator, keys: str) -> None:
    page.goto("/")

    page.keyboard.press(keys)

    expect(field).not_to_be_focused()


def test_slash_can_be_switched_off_for_good(page: Page, field: Locator) -> None:
    page.goto("/")
    switch = page.get_by_role("button", name="Key /")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(field).to_have_attribute("aria-keyshortcuts", "/")

    switch.click()
    page.reload()
    page.keyboard.press("/")

    expect(field).not_to_be_focused()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(field).not_to_have_attribute("aria-keyshortcuts", "/")

    switch.click()
    page.reload()
    page.keyboard.press("/")

    expect(field).to_be_focused()


def test_the_switch_works_where_nothing_may_be_stored(page: Page, field: Locator) -> None:
    page.add_init_script(FORBID_STORAGE)
    page.goto("/")

    page.get_by_role("button", name="Key /").click()
    page.keyboard.press("/")

    expect(field).not_to_be_focused()

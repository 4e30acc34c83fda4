"""No word is lost: the server keeps what is typed, the browser keeps it, and tabs are merged."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from blogapp import posts, shelves, texts
from blogapp.extensions import db
from blogapp.models import Post, Revision

from .conftest import BOTH, Watch
from .editing import (
    FULL_STORAGE,
    copies,
    expect_saved,
    expect_status,
    keep,
    open_post,
    press,
    write,
)
from .server import Blog

LINES = "one\ntwo\nthree\nfour\nfive\n"
UNREACHABLE = ("net::ERR_", "htmx:sendError")


@pytest.fixture
def clock_stands() -> bool:
    """Nothing is kept by itself before the clock is moved on."""
    return True


@pytest.fixture(autouse=True)
def unheard(watch: Watch) -> None:
    """Where the server is gone, htmx tells of each preview twice."""
    watch.allow("htmx:afterRequest")


def body_of(blog: Blog, number: int = 1) -> str:
    with blog.app.app_context():
        return db.session.get_one(Post, number).body


def change(blog: Blog, body: str, number: int = 1) -> None:
    """Save another text of a post, as somebody else."""
    with blog.app.app_context():
        post = posts.get(number)
        posts.revise(post, texts.Text(title=post.title, slug=post.slug, body=body))
        db.session.commit()


def type_at_end(page: Page, text: str) -> None:
    page.locator("#field-body").press("Control+End")
    page.keyboard.insert_text(text)


# On the server


def test_what_is_typed_is_kept_and_in_the_editor_again(author_page: Page, blog: Blog) -> None:
    blog.post("Hello", body="out")
    page = author_page
    open_post(page, "Hello")
    type_at_end(page, " and more")
    page.keyboard.press("ArrowLeft")

    keep(page)

    expect_status(page, r"kept at .+, not published yet")
    expect(page.locator("#live")).to_have_text("Your text is kept on the server.")
    page.keyboard.insert_text("!")
    expect(page.locator("#field-body")).to_have_value("out and mor!e")
    keep(page)
    assert body_of(blog) == "out"

    page.evaluate("localStorage.clear()")
    page.reload()
    expect(page.locator("#field-body")).to_have_value("out and mor!e")
    expect(page.locator(".kept-text")).to_contain_text("not saved yet")
    expect(page.locator("#local-copy")).to_be_hidden()


def test_who_types_on_and_on_is_kept_every_fifteen_seconds(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "save" in request.url else None)

    page.locator("#field-body").focus()
    for _ in range(14):
        page.keyboard.insert_text("word ")
        page.clock.fast_forward(1000)
    assert sent == []
    page.keyboard.insert_text("word ")
    keep(page, 1.5)

    assert len(sent) == 1


def test_a_new_post_begins_a_draft_that_a_save_goes_on_with(author_page: Page, blog: Blog) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    write(page, body="Some words")
    keep(page)
    expect(page).to_have_url(re.compile("/admin/posts/1$"))
    assert [key.split(":")[2] for key in copies(page)] == ["1"]
    write(page, body="Some words more", slug="mine")
    keep(page)

    write(page, title="A title")
    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    assert body_of(blog) == "Some words more"
    assert copies(page) == []
    with blog.app.app_context():
        assert [post.slug for post in db.session.query(Post)] == ["mine"]
        assert db.session.query(Revision).filter(Revision.version.is_(None)).count() == 0


def test_a_page_that_is_put_aside_is_kept_at_once(author_page: Page, blog: Blog) -> None:
    blog.post("Hello", body="out")
    page = author_page
    open_post(page, "Hello")
    type_at_end(page, " and more")

    with page.expect_response("**/admin/autosave"):
        page.evaluate("""() => {
          Object.defineProperty(document, "hidden", { value: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""")

    expect_status(page, "kept at")
    assert len(copies(page)) == 1


def test_a_save_takes_the_place_of_an_autosave_on_its_way(author_page: Page, blog: Blog) -> None:
    held: list[Route] = []
    page = author_page
    page.goto("/admin/posts/new")
    page.route("**/admin/autosave", lambda route: held.append(route), times=1)
    write(page, title="T", body="words")
    with page.expect_request("**/admin/autosave"):
        page.clock.fast_forward(2000)
    expect_status(page, "keeping …")

    page.keyboard.press("Control+s")
    expect_saved(page, "Saved")
    write(page, body="words and more")
    keep(page)

    expect_status(page, "kept at")
    with blog.app.app_context():
        assert db.session.query(Post).count() == 1


def test_a_server_that_is_killed_in_mid_typing_and_comes_back_loses_no_word(
    author_page: Page, blog: Blog, watch: Watch
) -> None:
    watch.expect(*UNREACHABLE)
    blog.post("Hello", body="one")
    page = author_page
    open_post(page, "Hello")
    type_at_end(page, " two")
    keep(page)

    blog.server.kill()
    type_at_end(page, " three")
    page.clock.fast_forward(2000)
    expect_status(
        page,
        "not kept since .+: the server cannot be reached; it is kept in this browser; "
        "trying again in 5 s",
    )
    expect(page.locator("#live")).to_contain_text("Not kept on the server")
    page.keyboard.press("Control+s")
    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    type_at_end(page, " four")

    blog.server.start()
    keep(page, 60)
    expect_status(page, "kept at")
    expect(page.locator("#trouble")).to_be_hidden()
    expect(page.locator("#post-preview .prose")).to_have_text("one two three four")
    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    assert body_of(blog) == "one two three four"


def test_a_save_whose_answer_is_lost_is_gone_on_with(
    author_page: Page, blog: Blog, watch: Watch
) -> None:
    watch.expect(*UNREACHABLE)
    blog.post("Hello", body="one")
    page = author_page
    open_post(page, "Hello")

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/admin/posts/1", lose, times=1)
    type_at_end(page, " two")
    page.keyboard.press("Control+s")
    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    assert body_of(blog) == "one two"
    type_at_end(page, " three")
    keep(page)
    expect_status(page, "kept at")
    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    assert body_of(blog) == "one two three"


def test_offline_the_browser_keeps_it_and_the_server_has_it_once_online(
    author_page: Page, blog: Blog, watch: Watch, context: BrowserContext
) -> None:
    watch.expect("net::ERR_")
    watch.allow("htmx:sendError")
    blog.post("Hello", body="one")
    page = author_page
    open_post(page, "Hello")

    context.set_offline(True)
    type_at_end(page, " two")
    page.clock.fast_forward(2000)
    expect_status(page, "not kept yet: .* in 5 s")
    page.clock.fast_forward(5000)
    expect_status(page, "not kept yet: .* in 10 s")
    assert len(copies(page)) == 1

    with page.expect_response("**/admin/autosave"):
        context.set_offline(False)

    expect_status(page, "kept at")
    expect(page.locator("#live")).to_have_text("Your text is kept on the server again.")


def test_a_refused_save_of_a_new_post_leaves_it_at_the_address_of_its_draft(
    author_page: Page,
) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    type_at_end(page, "Many words")
    keep(page)
    expect_status(page, "kept at")

    page.keyboard.press("Control+s")
    expect(page.locator("#field-title")).to_have_attribute("aria-invalid", "true")
    expect_status(page, "kept at")
    page.reload()

    expect(page.locator("#field-body")).to_have_value("Many words")


def test_what_is_typed_while_a_save_goes_to_the_trash_stays(author_page: Page, blog: Blog) -> None:
    blog.post("Hello", body="one")
    page = author_page
    open_post(page, "Hello")
    held: list[Route] = []
    page.route("**/admin/posts/1", lambda route: held.append(route), times=1)
    type_at_end(page, " two")
    with page.expect_request("**/admin/posts/1"):
        page.keyboard.press("Control+s")
    type_at_end(page, " three")
    with blog.app.app_context():
        shelves.to_trash(posts.get(1))
        db.session.commit()

    held[0].continue_()

    expect(page.locator("#error-body")).to_contain_text("the post is in the trash")
    expect(page.locator("#field-body")).to_have_value("one two three")
    page.keyboard.press("Control+s")
    expect_saved(page, "still in the trash")
    assert body_of(blog) == "one two three"


@pytest.mark.parametrize("by", ["autosave", "save"])
def test_the_text_of_a_post_that_was_deleted_goes_on_as_a_new_one(
    author_page: Page, blog: Blog, watch: Watch, by: str
) -> None:
    watch.allow("404 from /admin/preview")
    blog.post("Hello", published_at=None, body="one")
    page = author_page
    open_post(page, "Hello")
    with blog.app.app_context():
        db.session.delete(posts.get(1))
        db.session.commit()
    type_at_end(page, " two")

    if by == "save":
        page.keyboard.press("Control+s")
    else:
        keep(page)
    expect(page.locator("#error-body")).to_contain_text("deleted elsewhere")
    expect(page).to_have_url(re.compile("/admin/posts/new$"))
    keep(page)
    expect_status(page, "kept at")
    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    with blog.app.app_context():
        assert [post.body for post in db.session.query(Post)] == ["one two"]


def test_an_autosave_leaves_an_input_method_alone(author_page: Page, blog: Blog) -> None:
    blog.post("Hello", published_at=None, body="")
    page = author_page
    open_post(page, "Hello")
    page.locator("#field-body").focus()
    page.evaluate("""() => {
      window.heard = [];
      for (const name of ["compositionstart", "compositionend"]) {
        document.addEventListener(name, () => window.heard.push(name));
      }
    }""")
    keyboard = page.context.new_cdp_session(page)

    def compose(text: str) -> None:
        at = {"selectionStart": len(text), "selectionEnd": len(text)}
        keyboard.send("Input.imeSetComposition", {"text": text, **at})

    compose("に")
    keep(page)
    compose("にほ")
    keep(page)
    compose("にほん")
    keyboard.send("Input.insertText", {"text": "日本"})

    expect(page.locator("#field-body")).to_have_value("日本")
    assert page.evaluate("window.heard") == ["compositionstart", "compositionend"]


# In this browser


@pytest.fixture
def unkept(author_page: Page, context: BrowserContext, blog: Blog, watch: Watch) -> Page:
    """A new tab, when that with a text which only this browser has has been closed."""
    watch.allow("net::ERR_", "htmx:sendError")
    blog.post("Hello", body=LINES)
    open_post(author_page, "Hello")
    context.set_offline(True)
    write(author_page, body=LINES.replace("two", "TWO"), description="new")
    author_page.clock.fast_forward(300)
    assert len(copies(author_page)) == 1
    author_page.close()
    context.set_offline(False)
    return context.new_page()


def test_a_copy_is_offered_with_its_time_and_what_is_different(unkept: Page, blog: Blog) -> None:
    page = unkept
    change(blog, LINES.replace("five", "FIVE"))
    open_post(page, "Hello")

    offer = page.locator("#local-copy")
    expect(offer).to_contain_text(re.compile(rf"a text of .*{datetime.now(UTC).year}"))
    expect(offer).to_contain_text("if you take it, the next save puts both together")
    expect(page.locator("#field-body")).to_have_value(LINES.replace("five", "FIVE"))
    press(page, "show what is different")
    expect(offer.locator("ins")).to_have_text(["new", "TWO", "five"])
    expect(offer.locator("del")).to_have_text(["two", "FIVE"])

    press(page, "take it")
    expect(offer).to_be_hidden()
    expect(page.locator("#field-body")).to_have_value(LINES.replace("two", "TWO"))
    expect(page.locator("#field-description")).to_have_value("new")
    page.keyboard.press("Control+s")

    expect_saved(page, "both changes are in the text now")
    expect(page.locator("#field-body")).to_have_value("one\nTWO\nthree\nfour\nFIVE\n")
    assert copies(page) == []


def test_a_copy_is_offered_that_comes_after_its_tab_is_gone(
    author_page: Page, context: BrowserContext, blog: Blog
) -> None:
    blog.post("Hello", body=LINES)
    open_post(author_page, "Hello")
    author = author_page.locator("[data-editor]").get_attribute("data-author")
    other = context.new_page()
    other.goto("/robots.txt")

    def arrive(at: str, title: str) -> None:
        copy = {"at": at, "texts": {"title": title, "body": LINES}}
        key = f"draft:{author}:1:{title}"
        other.evaluate("([key, copy]) => localStorage.setItem(key, copy)", [key, json.dumps(copy)])

    arrive("2200-01-01T00:00:00.000Z", "being written")
    author_page.wait_for_function("() => localStorage.length === 1")
    expect(author_page.locator("#local-copy")).to_be_hidden()
    other.evaluate("localStorage.clear()")
    arrive("2026-03-14T09:30:00.000Z", "late")

    expect(author_page.locator("#local-copy")).to_be_visible()


def test_taking_a_copy_can_be_undone(unkept: Page) -> None:
    page = unkept
    open_post(page, "Hello")
    press(page, "take it")
    expect(page.locator("#field-body")).to_have_value(LINES.replace("two", "TWO"))

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")

    expect(page.locator("#field-body")).to_have_value(LINES)


def test_a_copy_that_is_dropped_is_gone(unkept: Page) -> None:
    page = unkept
    open_post(page, "Hello")

    press(page, "drop it")

    expect(page.locator("#local-copy")).to_be_hidden()
    expect(page.locator("#field-body")).to_have_value(LINES)
    assert copies(page) == []


def test_dropping_a_copy_leaves_that_of_what_is_typed(unkept: Page) -> None:
    page = unkept
    open_post(page, "Hello")

    type_at_end(page, "new")
    press(page, "drop it")
    page.clock.fast_forward(300)

    assert page.evaluate("Object.values(localStorage).join()").count("five\\nnew") == 1


def test_a_copy_is_offered_to_its_author_only(
    unkept: Page, blog: Blog, context: BrowserContext
) -> None:
    page = unkept
    blog.sign_in(context, "ann")

    open_post(page, "Hello")

    expect(page.locator("#local-copy")).to_be_hidden()
    assert len(copies(page)) == 1


def test_what_one_has_written_is_not_kept_as_another(
    author_page: Page, blog: Blog, context: BrowserContext
) -> None:
    blog.post("Hello", body="one")
    page = author_page
    open_post(page, "Hello")
    blog.sign_in(context, "ann")
    type_at_end(page, " two")

    keep(page)
    expect_status(page, "not kept yet: This was written by sam; you are signed in as ann")
    press(page, "update")

    expect(page.locator(".notice")).to_contain_text("This was written by sam")
    expect(page.locator("#field-body")).to_have_value("one two")
    with blog.app.app_context():
        assert db.session.query(Revision).filter(Revision.version.is_(None)).count() == 0
        assert posts.get(1).body == "one"


def test_a_copy_that_says_nothing_else_is_gone(unkept: Page, blog: Blog) -> None:
    page = unkept
    with blog.app.app_context():
        text = texts.Text(title="Hello", description="new", body=LINES.replace("two", "TWO"))
        posts.revise(posts.get(1), text)
        db.session.commit()

    open_post(page, "Hello")

    expect(page.locator("#local-copy")).to_be_hidden()
    assert copies(page) == []


def test_no_more_than_twenty_copies_are_held(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    old = {
        f"draft:{n}:s": json.dumps({"at": f"2026-01-{n:02}", "texts": {}}) for n in range(1, 26)
    }
    page.evaluate("(old) => Object.assign(localStorage, old)", old)

    write(page, title="T")
    page.clock.fast_forward(300)

    left = copies(page)
    assert len(left) == 20
    assert not {f"draft:{n}:s" for n in range(1, 7)} & set(left)


def test_where_there_is_no_room_the_oldest_copies_go(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    page.evaluate("""() => {
      const texts = { body: "x".repeat(9e5) };
      for (const at of ["2026-01-01", "2026-01-02"]) {
        localStorage.setItem(`draft:9:${at}:s`, JSON.stringify({ at, texts }));
      }
      for (let much = 4e6; much >= 1; much /= 2) {
        try { localStorage.setItem(`rest ${much}`, "x".repeat(much)); } catch {}
      }
    }""")

    write(page, title="T")
    page.clock.fast_forward(300)

    assert sorted(copies(page))[-1] == "draft:9:2026-01-02:s"
    assert len(copies(page)) == 2
    expect(page.locator("[data-no-copy]")).to_have_count(0)


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        (FULL_STORAGE, "its storage is full"),
        (
            """Object.defineProperty(window, "localStorage", {
              get() { throw new DOMException("no", "SecurityError"); },
            });""",
            "it is not allowed to",
        ),
    ],
    ids=["full", "forbidden"],
)
def test_without_storage_writing_goes_on_with_a_notice(
    author_page: Page, script: str, cause: str
) -> None:
    page = author_page
    page.add_init_script(script)
    page.goto("/admin/posts/new")

    page.locator("#field-title").press_sequentially("Title")
    page.clock.fast_forward(300)
    expect(page.locator("[data-no-copy]")).to_have_text(
        f"This browser keeps no copy: {cause}. What you write is still kept on the server."
    )
    type_at_end(page, "Words")
    keep(page)
    expect_status(page, "kept at")
    page.keyboard.press("Control+s")

    expect_saved(page, "Saved")
    expect(page.locator("#field-body")).to_have_value("Words")


def test_where_nobody_keeps_the_text_it_says_so(author_page: Page, watch: Watch) -> None:
    watch.expect("net::ERR_")
    watch.allow("htmx:sendError")
    page = author_page
    page.add_init_script(FULL_STORAGE)
    page.goto("/admin/posts/new")
    page.route("**/admin/autosave", lambda route: route.abort("failed"), times=1)
    type_at_end(page, "Words")

    page.clock.fast_forward(2000)

    notice = page.locator("[data-no-copy]")
    expect(notice).to_contain_text("Nobody keeps what you write now")
    expect_status(page, "^not kept yet: the server cannot be reached; trying again in 5 s")
    keep(page, 5)
    expect(notice).to_contain_text("still kept on the server")


# Two tabs


@pytest.fixture
def tabs(author_page: Page, context: BrowserContext, blog: Blog) -> tuple[Page, Page]:
    """A post in two tabs."""
    blog.post("Hello", published_at=None, body=LINES)
    first, second = author_page, context.new_page()
    for page in (first, second):
        open_post(page, "Hello")
    return first, second


def save_in_both(tabs: tuple[Page, Page], theirs: tuple[str, str], mine: tuple[str, str]) -> Page:
    """Put other words into the text of either tab, and save; returns the second."""
    first, second = tabs
    write(first, body=LINES.replace(*theirs))
    press(first, "save draft")
    expect_saved(first, "Saved")
    write(second, body=LINES.replace(*mine))
    press(second, "save draft")
    return second


@BOTH
def test_two_tabs_that_change_different_lines_are_merged(
    tabs: tuple[Page, Page], blog: Blog, scripts: bool
) -> None:
    second = save_in_both(tabs, ("one", "ONE"), ("five", "FIVE"))

    expect_saved(second, "both changes are in the text now")
    expect(second.locator("#field-body")).to_have_value("ONE\ntwo\nthree\nfour\nFIVE\n")
    write(second, body="all\nnew\n")
    press(second, "save draft")
    expect(second.locator("[data-saved]")).to_have_text("Saved.")
    assert body_of(blog) == "all\nnew\n"


@BOTH
def test_two_tabs_that_change_the_same_line_get_both(
    tabs: tuple[Page, Page], blog: Blog, scripts: bool
) -> None:
    second = save_in_both(tabs, ("two", "THEIRS"), ("two", "MINE"))

    body = second.locator("#field-body")
    expect(second.locator(".notice")).to_contain_text("Nothing is lost")
    expect(body).to_have_value(
        "one\n<<<<<<< yours\nMINE\n=======\nTHEIRS\n>>>>>>> saved meanwhile\nthree\nfour\nfive\n"
    )
    expect(body).to_have_accessible_description(re.compile("Delete the marks"))
    expect(body).to_be_focused()
    assert body_of(blog) == LINES.replace("two", "THEIRS")
    write(second, body=LINES.replace("two", "BOTH"))
    press(second, "save draft")
    expect_saved(second, "Saved")
    assert body_of(blog) == LINES.replace("two", "BOTH")


def test_what_is_typed_while_others_are_merged_in_is_merged_by_the_next_save(
    tabs: tuple[Page, Page], blog: Blog
) -> None:
    page = tabs[0]
    change(blog, LINES.replace("one", "ONE"))
    held: list[Route] = []
    page.route("**/admin/posts/1", lambda route: held.append(route), times=1)
    write(page, body=LINES.replace("five", "FIVE"))
    with page.expect_request("**/admin/posts/1"):
        page.keyboard.press("Control+s")
    late = "one\ntwo\nTHREE\nfour\nFIVE\n"
    write(page, body=late)

    held[0].continue_()

    expect_saved(page, "both changes are in the text now")
    expect(page.locator("#error-body")).to_contain_text("You went on writing")
    expect(page.locator("#field-body")).to_have_value(late)
    keep(page)
    expect_status(page, "kept at")
    page.keyboard.press("Control+s")
    whole = late.replace("one", "ONE")
    expect(page.locator("#field-body")).to_have_value(whole)
    assert body_of(blog) == whole


def test_what_is_typed_while_a_save_is_refused_is_not_mixed_with_the_other_side(
    tabs: tuple[Page, Page], blog: Blog
) -> None:
    page = tabs[0]
    theirs = LINES.replace("two", "THEIRS")
    change(blog, theirs)
    held: list[Route] = []
    page.route("**/admin/posts/1", lambda route: held.append(route), times=1)
    write(page, body=LINES.replace("two", "MINE"))
    with page.expect_request("**/admin/posts/1"):
        page.keyboard.press("Control+s")
    type_at_end(page, "six\n")

    held[0].continue_()

    expect(page.locator("#error-body")).to_contain_text("You went on writing")
    expect(page.locator("#field-body")).to_have_value(LINES.replace("two", "MINE") + "six\n")
    page.keyboard.press("Control+s")
    expect(page.locator("#field-body")).to_have_value(
        re.compile("MINE\n=======\nTHEIRS.*six", re.S)
    )
    assert body_of(blog) == theirs

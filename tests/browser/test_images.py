"""Images in the editor: pasted, dropped, chosen, described; and the library."""

from __future__ import annotations

import base64
import io
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image as Pillow
from playwright.sync_api import Browser, FilePayload, Page, Route, expect

from blogapp import images
from blogapp.extensions import db

from .conftest import PLAIN, Watch
from .server import Blog

FILE_EVENT = """([type, files]) => {
  const transfer = new DataTransfer();
  for (const [name, kind, encoded] of files) {
    const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: kind }));
  }
  const target = document.getElementById("field-body");
  const init = { bubbles: true, cancelable: true };
  const event = type === "paste"
    ? new ClipboardEvent(type, { ...init, clipboardData: transfer })
    : new DragEvent(type, { ...init, dataTransfer: transfer });
  return !target.dispatchEvent(event);
}"""
COMPOSITION = """(type) => document.getElementById("field-body")
  .dispatchEvent(new CompositionEvent(type, { bubbles: true }))"""
SHOWN = re.compile(r"!\[\]\(/media/[0-9a-f]{16}-[\w-]+\.png\)")


class Held:
    """Uploads that are on their way, and stay there until they go on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route("**/admin/images", lambda route: self._routes.append(route))

    def next(self) -> Route:
        """The one that is on its way; a browser tells of it a little after it was sent."""
        for _ in range(1000):
            if self._routes:
                return self._routes.pop()
            self._page.evaluate("0")
        raise AssertionError("nothing was sent")


def picture(width: int = 60, colour: str = "teal") -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", (width, 40), colour).save(file, "PNG")
    return file.getvalue()


def bring(page: Page, event: str, *files: tuple[str, bytes]) -> None:
    """Let files be pasted or dropped on the text."""
    sent = [[name, "image/png", base64.b64encode(data).decode()] for name, data in files]
    assert page.evaluate(FILE_EVENT, [event, sent]), "the browser would open the file"


def write(page: Page, text: str) -> None:
    page.goto("/admin/posts/new")
    page.fill("#field-title", "With images")
    page.fill("#field-body", text)


def caret(page: Page) -> int:
    at: int = page.evaluate("document.getElementById('field-body').selectionStart")
    return at


def text(page: Page) -> str:
    return page.locator("#field-body").input_value()


def add(blog: Blog, data: bytes, name: str, alt: str = "") -> str:
    with blog.app.app_context():
        image = images.take(data, name)
        image.alt = alt
        db.session.commit()
        return image.name


def test_a_pasted_image_is_in_the_text_while_one_writes_on(author_page: Page) -> None:
    page = author_page
    write(page, "Before. After.")
    held = Held(page)
    page.evaluate("document.getElementById('field-body').setSelectionRange(7, 7)")

    bring(page, "paste", ("screen [1].png", picture()))

    expect(page.locator("#field-body")).to_have_value(
        "Before.![uploading screen 1 .png …]() After."
    )
    expect(page.get_by_role("progressbar", name="Upload of screen [1].png")).to_be_visible()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Still writing")
    held.next().continue_()
    expect(page.locator("#field-body")).to_have_value(
        re.compile(r"^Before\." + SHOWN.pattern + r" After\. Still writing$")
    )
    assert caret(page) == len(text(page))
    expect(page.locator("#field-body")).to_be_focused()
    expect(page.locator("#live")).to_contain_text("Say below the text what it shows")

    page.keyboard.type(" on.")
    page.keyboard.press("Control+z")
    assert text(page).startswith("Before.![](/media/")
    page.locator("[data-upload] input[maxlength]").fill("My screen")
    page.keyboard.press("Enter")
    expect(page.locator("#field-body")).to_have_value(re.compile(r"!\[My screen\]\(/media/"))
    expect(page.locator("#uploads")).to_be_hidden()


def test_what_an_image_shows_is_asked_and_answered_by_keyboard(
    author_page: Page, blog: Blog
) -> None:
    page = author_page
    write(page, "")
    page.locator("#field-body").focus()
    bring(page, "drop", ("a.png", picture()), ("a.png", picture(70)))
    expect(page.locator("#field-body")).to_have_value(
        re.compile(SHOWN.pattern + r"\n\n" + SHOWN.pattern)
    )

    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id.startsWith('field-alt')"):
            break
    expect(page.locator("[data-upload]").nth(0).get_by_label("What does it show?")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-upload-problem]").nth(0)).to_contain_text("Say what it shows")
    page.keyboard.type("A [teal] field")
    page.keyboard.press("Enter")
    expect(page.locator("[data-upload]")).to_have_count(1)
    expect(page.get_by_label("What does it show?")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("#field-body")).to_have_value(
        re.compile(r'^!\[A \\\[teal\\\] field\]\(/media/\S+\)\n\n<img src="/media/\S+" alt="">$')
    )
    expect(page.locator("#field-body")).to_be_focused()
    # To leave the page while it asks for the preview would be an error.
    expect(page.locator("#post-preview .prose > img[alt='']")).to_have_count(1)
    page.goto("/admin/images")
    expect(page.get_by_role("img", name="A [teal] field")).to_have_count(1)


def test_a_file_is_chosen_and_its_words_may_come_before_it(author_page: Page) -> None:
    page = author_page
    write(page, "")
    held = Held(page)

    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="add an image…").click()
    chooser.value.set_files({"name": "b.png", "mimeType": "image/png", "buffer": picture()})
    expect(page.get_by_label("What does it show?")).to_be_focused()
    page.keyboard.type("Words first")
    page.keyboard.press("Enter")
    expect(page.locator("[data-upload-state]")).to_have_text("its words wait for it")
    held.next().continue_()

    expect(page.locator("#field-body")).to_have_value(re.compile(r"^!\[Words first\]\(/media/"))


def test_what_is_refused_says_so_and_leaves_the_text(author_page: Page) -> None:
    page = author_page
    write(page, "One.\n\nTwo.")
    page.keyboard.press("Control+End")
    for name, kind in [("words.txt", "text/plain"), ("notes.png", "image/png")]:
        sent = [[name, kind, base64.b64encode(b"only words").decode()]]
        page.evaluate(FILE_EVENT, ["drop", sent])
        item = page.locator("[data-upload]")

        expect(item.locator("[data-upload-problem]")).to_contain_text(f"{name} was not taken")
        expect(page.locator("#field-body")).to_have_value("One.\n\nTwo.")
        expect(item.get_by_role("button", name="try again")).to_be_hidden()
        item.get_by_role("button", name="close this note").click()
        expect(page.locator("#uploads")).to_be_hidden()
        expect(page.locator("#field-body")).to_be_focused()


def test_an_upload_that_fails_can_be_tried_again_or_cancelled(
    author_page: Page, watch: Watch
) -> None:
    page = author_page
    watch.expect("request: net::ERR_INTERNET_DISCONNECTED", "console: Failed to load resource")
    write(page, "x")
    page.keyboard.press("Control+End")
    page.route("**/admin/images", lambda route: route.abort("internetdisconnected"))
    bring(page, "paste", ("c.png", picture()))
    expect(page.locator("[data-upload-problem]")).to_contain_text("cannot be reached")
    page.unroute("**/admin/images")

    page.get_by_role("button", name="try again").click()

    expect(page.locator("#field-body")).to_have_value(re.compile("^x" + SHOWN.pattern))
    page.get_by_role("button", name="later").click()
    page.route("**/admin/images", lambda route: None)
    page.locator("#field-body").focus()
    page.keyboard.press("Control+Home")
    bring(page, "paste", ("d.png", picture()))
    page.get_by_role("button", name="cancel the upload").click()
    expect(page.locator("#field-body")).to_have_value(re.compile("^x" + SHOWN.pattern))
    expect(page.locator("#uploads")).to_be_hidden()


def test_a_busy_server_is_asked_again_and_a_silent_one_given_up(
    author_page: Page, watch: Watch
) -> None:
    page = author_page
    watch.expect("response: 503 POST")
    page.clock.install()
    write(page, "")
    held = Held(page)
    bring(page, "paste", ("e.png", picture()))

    held.next().fulfill(status=503, headers={"Retry-After": "30"}, body="")
    expect(page.locator("[data-upload-state]")).to_have_text("waiting for its turn")
    page.clock.fast_forward(30_000)
    held.next()
    page.clock.fast_forward(61_000)

    expect(page.locator("[data-upload-problem]")).to_contain_text("did not answer")
    page.unroute("**/admin/images")
    page.get_by_role("button", name="try again").click()
    expect(page.locator("#field-body")).to_have_value(SHOWN)


def test_an_upload_waits_for_an_input_method(author_page: Page) -> None:
    page = author_page
    write(page, "")
    held = Held(page)
    bring(page, "paste", ("f.png", picture()))
    page.evaluate(COMPOSITION, "compositionstart")
    held.next().continue_()

    expect(page.locator("[data-upload-thumbnail]")).to_be_visible()
    assert text(page) == "![uploading f.png …]()"
    page.evaluate(COMPOSITION, "compositionend")

    expect(page.locator("#field-body")).to_have_value(SHOWN)


def test_an_upload_waits_for_a_dialog(author_page: Page) -> None:
    page = author_page
    write(page, "Before. ")
    page.keyboard.press("Control+End")
    page.get_by_role("link", name="images that are here already").click()
    search = page.get_by_role("dialog", name="Images").get_by_label("Search the images")
    expect(search).to_be_visible()
    page.keyboard.press("Escape")
    held = Held(page)
    bring(page, "paste", ("a.png", picture()))
    page.evaluate("document.getElementById('library').showModal()")
    search.focus()

    held.next().continue_()
    expect(page.locator("[data-upload-thumbnail]")).to_be_visible()

    expect(search).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#field-body")).to_have_value(re.compile("^Before. " + SHOWN.pattern))


def test_an_image_that_is_taken_out_of_the_text_is_still_at_hand(author_page: Page) -> None:
    page = author_page
    write(page, "Before. ")
    page.keyboard.press("Control+End")
    bring(page, "paste", ("a.png", picture()))
    expect(page.locator("[data-upload-state]")).to_have_text("in the text")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert text(page) == "Before. "

    expect(page.locator("[data-upload-state]")).to_have_text("not in the text")
    page.get_by_label("What does it show?").fill("A field")
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_contain_text("not in the text")
    page.keyboard.press("Enter")

    expect(page.locator("#field-body")).to_have_value(
        re.compile(r"^Before\. !\[A field\]\(/media/\S+\)$")
    )
    expect(page.locator("#uploads")).to_be_hidden()


def test_publishing_waits_for_what_is_on_its_way(author_page: Page) -> None:
    page = author_page
    write(page, "x ")
    page.keyboard.press("Control+End")
    held = Held(page)
    bring(page, "paste", ("g.png", picture()))

    page.get_by_role("button", name="publish →").click()
    expect(page.locator("[data-uploads-hold]")).to_contain_text("Not saved yet")
    held.next().continue_()

    expect(page.locator("[data-saved]")).to_contain_text("Published")
    expect(page.locator("[data-upload-state]")).to_have_text("in the text")
    expect(page.get_by_label("What does it show?")).to_be_visible()
    # What undoing leaves of it does not get out, either.
    page.locator("#field-body").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+End")
    bring(page, "paste", ("h.png", picture(70)))
    page.keyboard.press("Control+s")
    with page.expect_response(re.compile(r"/admin/posts/\d+$")):
        page.get_by_role("button", name="save without").click()
    expect(page.locator("[data-upload]")).to_have_count(1)
    address = page.get_by_role("link", name="read it").get_attribute("href")
    body = page.request.get(f"{address}.md").text()
    assert re.search(r"x " + SHOWN.pattern + "$", body), body


def test_an_image_is_chosen_from_those_that_are_here(author_page: Page, blog: Blog) -> None:
    page = author_page
    add(blog, picture(), "hill.png", "A hill")
    boat = add(blog, picture(90), "boat.png")
    write(page, "Here: ")
    page.keyboard.press("Control+End")

    page.get_by_role("link", name="images that are here already").click()
    dialog = page.get_by_role("dialog", name="Images")
    expect(dialog.get_by_role("button", name="insert")).to_have_count(2)
    dialog.get_by_label("Search the images").fill("boat")
    expect(dialog.get_by_role("button", name="insert")).to_have_count(1)
    dialog.get_by_role("button", name="insert boat.png").click()

    expect(dialog).to_be_hidden()
    expect(page.locator("#field-body")).to_have_value(f"Here: ![](/media/{boat})")
    thumbnail = page.locator("[data-upload-thumbnail]")
    expect(thumbnail).to_have_attribute("src", re.compile(f"/media/{boat}$"))
    expect(page).to_have_url(re.compile("/admin/posts/"))
    expect(page.get_by_label("What does it show?")).to_be_focused()


def test_a_library_that_does_not_come_says_so(author_page: Page, watch: Watch) -> None:
    page = author_page
    watch.expect("net::ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")
    page.goto("/admin/posts/new")
    link = page.get_by_role("link", name="images that are here already")
    page.route("**/admin/images*", lambda route: route.abort("internetdisconnected"))

    link.click()
    expect(page.locator("#trouble")).to_contain_text("cannot be reached")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.unroute("**/admin/images*")
    link.click()
    dialog = page.get_by_role("dialog", name="Images")
    expect(dialog).to_contain_text("No images yet")
    page.route("**/admin/images*", lambda route: route.abort("internetdisconnected"))
    dialog.get_by_label("Search the images").press("Enter")

    expect(dialog.get_by_role("alert")).to_contain_text("cannot be reached")


@PLAIN
def test_without_scripts_an_upload_gives_the_line_to_copy(author_page: Page) -> None:
    page = author_page
    page.goto("/admin/posts/new")
    expect(page.get_by_role("button", name="add an image…")).to_be_hidden()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="images that are here already").click()
    library = opened.value

    files = [
        FilePayload(name="one.png", mimeType="image/png", buffer=picture()),
        FilePayload(name="notes.png", mimeType="image/png", buffer=b"only words"),
    ]
    library.set_input_files("#field-files", files)
    library.get_by_role("button", name="upload").click()

    expect(library.get_by_role("alert")).to_contain_text("notes.png was not taken")
    expect(library.get_by_label("Markdown of one.png")).to_have_value(SHOWN)
    library.get_by_label("Search the images").fill("nothing")
    library.get_by_label("Search the images").press("Enter")
    expect(library.locator("#image-list")).to_contain_text("No image has “nothing”")


@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_use_it(author_page: Page, blog: Blog, width: int) -> None:
    page = author_page
    page.set_viewport_size({"width": width, "height": 800})
    add(
        blog, picture(600), "a-name-that-is-much-longer-than-the-column-it-stands-in.png", "A hill"
    )
    write(page, "")
    bring(page, "paste", ("h.png", picture()), ("notes.png", b"words"))
    expect(page.locator("[data-upload-problem]").nth(1)).to_be_visible()
    found = [Axe().run(page)]
    page.get_by_role("link", name="images that are here already").click()
    expect(page.get_by_role("button", name="insert").first).to_be_visible()
    found.append(Axe().run(page))
    expect(page.locator("#post-preview .prose img")).to_have_count(1)
    for path in ("/admin/images", "/admin/images?q=nothing", "/admin/images/1"):
        page.goto(path)
        found.append(Axe().run(page))
        scrolls = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(scrolls), path

    for each in found:
        assert each.violations_count == 0, each.generate_report()


def test_readers_load_no_more_than_they_see(browser: Browser, blog: Blog) -> None:
    noise = io.BytesIO()
    Pillow.effect_noise((1700, 900), 80).convert("RGB").save(noise, "JPEG")
    name = add(blog, noise.getvalue(), "large.jpg")
    blog.post(body=f"![Noise](/media/{name})\n\nwords")
    context = browser.new_context(viewport={"width": 400, "height": 800}, base_url=blog.url)
    page = context.new_page()

    page.goto("/blog/hello")
    image = page.get_by_role("img", name="Noise")
    page.wait_for_function("() => document.querySelector('.prose img').complete")

    shown = image.evaluate("(image) => [image.currentSrc, image.clientWidth, image.clientHeight]")
    assert shown[0].endswith("-480w.webp")
    assert shown[1] <= 400 and abs(shown[2] / shown[1] - 900 / 1700) < 0.01
    context.close()

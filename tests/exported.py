"""Blogs to be exported: what is hard to take along, and how it is taken and compared."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urldefrag, urljoin

import pytest
import sqlalchemy as sa
from flask import Flask
from jinja2 import BytecodeCache
from PIL import Image as Pillow

from blogapp import (
    addresses,
    images,
    messages,
    posts,
    previews,
    revisions,
    search,
    shelves,
    tags,
    texts,
)
from blogapp.extensions import db
from blogapp.markdown import fallback
from blogapp.models import Post, SpamWord
from blogapp.revisions import Hand
from blogapp.search import engine
from blogapp.transfer.exporting import exporter, homecoming, targets
from blogapp.transfer.files import trees
from blogapp.transfer.storing.storing import Outcome, Result

from .conftest import (
    PAST,
    MakeApp,
    application,
    browser,
)

ADDRESS = re.compile(r"""(?:href|src)="([^"]+)"|<(?:loc|id)>([^<]+)<""")
# What a form has that no other has: its token and its key.
ONCE = re.compile(rb'<input[^>]*name="(?:csrf_token|key)"[^>]*>')
OF_ONE_VISIT = {"Date", "Expires", "Last-Modified", "Set-Cookie"}  # of the answer
QUESTIONS = (
    *("tag=alpha", "not=alpha", "tag=beta&not=alpha&q=words", "q=numbers", "q=-numbers"),
    *("q=%22first+words%22", "q=wrds", "tag=was-alpha", "tag=hebrew"),
)
START = [
    *("/", "/tags/", "/archive/", "/sitemap.xml", "/robots.txt", "/feed.xml", "/feed.json"),
    *("/tags/alpha/feed.xml", "/tags/gamma/feed.xml", "/tags/tables/feed.xml"),
    *(f"{path}?{query}" for path in ("/", "/feed.xml", "/feed.json") for query in QUESTIONS),
    *("/blog/moved-once", "/blog/moved-twice.md", "/blog/there", "/blog/later", "/blog/con"),
    *("/blog/trashed", "/blog/deleted", "/blog/unlisted", "/blog/unlisted.md"),
    *("/2019/05/rules", quote("/старый/путь/"), "/b", "/tags/gamma", "/tags/was-alpha"),
]
ROWS = "".join(f"| {n} | {'x' * 200} |\n" for n in range(5000))
TABLE = f"| a | b |\n|---|---:|\n{ROWS}"
BODIES = {
    "crlf": "# Top\r\n\r\nLines with *CRLF*.\r\n\r\n- one\r\n- two\r\n",
    "rules": "Above\n\n---\n\nbetween\n\n+++\n\nbelow\n---\nsetext\n",
    "front": "---\ntitle: Another\n---\n\nA body that begins with front matter.\n",
    "open-end": "No line end",
    "blank-ends": "\n\n\nBlank lines around\n\n\n",
    "odd-spaces": "nbsp\u00a0 ls\u2028 nel\u0085 bom\ufeff vt\x0b ff\x0c cr\r end",
    "toml": "+++\ntitle = 'x'\n+++\ntext",
    "empty": "",
    "numbers": TABLE[:2000] + " |\n",
    "code": '```python title="a.py" hl_lines="1"\nprint("---")\n---\n```\n',
}


@dataclass(frozen=True, slots=True)
class Blog:
    """An application, the tokens of the status pages that it has, and those of its previews."""

    app: Flask
    tokens: tuple[str, ...]
    previews: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """A blog, and the folder that it was exported to."""

    blog: Blog
    export: Path


MakeExported = Callable[[Callable[[Flask], Blog]], Exported]


def fill(app: Flask) -> Blog:
    """Write a blog with what is hard to take along."""
    with app.app_context():
        for number, (slug, body) in enumerate(BODIES.items()):
            write(slug, body, PAST + timedelta(days=number), tags=["alpha", "Ünï cödé"])
        gone = write("gone", "Its id is nobody's now.", PAST)
        for number in range(14):  # across the end of a page, all at one moment
            write(f"equal-{number}", f"First words of {number}.", PAST, tags=["beta"])
        write("🚀-start", "By rocket.", PAST + timedelta(microseconds=1), title="🚀 Start")
        write("עברית", "שלום", PAST, title="\u202bשלום, עולם!\u202c", language="he")
        write("مرحبا", "## مرحبا\n\nنص", PAST, title="مرحبا: “بالعالم”", series="Одна серия")
        write("con", "Reserved.", None, title="A draft: 'quoted' \"twice\" #no comment")
        write("x" * 200, "Long.", None, title="- not: a list")
        write("later", "Not yet.", datetime(2999, 1, 1, 12, 30, 15, 999_999, tzinfo=UTC))
        write("ancient", "Old.", datetime(1000, 1, 2, tzinfo=UTC), minutes=7, series="Одна серия")
        write("ivrit", "שלום", None, tags=["hebrew"])
        as_code(write("table", "", PAST - timedelta(days=9), tags=["tables"]), TABLE)
        forget(gone)
        change_addresses()
        change_tags()
        write("image", f"![An image](/media/{add_image()})\n", PAST - timedelta(hours=1))
        tokens = write_messages()
        change_shelves()
        change_texts()
        _, preview = previews.make(find("con"), 7)
        db.session.commit()
    return Blog(app, tokens, (preview,))


def fill_a_little(app: Flask) -> Blog:
    """Write a blog with one or two of everything."""
    with app.app_context():
        write("crlf", BODIES["crlf"], PAST, tags=["alpha", "beta"])
        write("rules", BODIES["rules"], PAST)
        write("front", BODIES["front"], PAST)
        change_addresses()
        change_tags()
        write("image", f"![An image](/media/{add_image()})\n", PAST)
        tokens = write_messages()
        db.session.commit()
    return Blog(app, tokens)


def write(slug: str, body: str, at: datetime | None, title: str = "", **text: Any) -> Post:
    """Store a post as an older version may have: no slug and no body is corrected."""
    post = posts.create(texts.Text(title=title or slug, body="-", **text))
    post.slug, post.body = slug, body
    posts.render(post)
    if at:
        posts.publish(post, at)
    db.session.flush()
    search.index(post)
    return post


def as_code(post: Post, body: str) -> None:
    """Keep a text as the renderer does when it takes too long."""
    post.body = body
    posts.render(post, fallback.as_code(body, notice="Shown as plain code."))
    db.session.flush()
    search.index(post)


def forget(post: Post) -> None:
    """Leave a gap in the ids."""
    engine.current().remove([post.id])
    db.session.execute(sa.delete(Post).where(Post.id == post.id))
    db.session.expunge(post)


def find(slug: str) -> Post:
    return db.session.scalars(sa.select(Post).where(Post.slug == slug)).one()


def change_addresses() -> None:
    moved = find("rules")
    for slug in ("moved-once", "moved-twice"):
        posts.revise(moved, texts.Text(title=moved.title, slug=slug, body=moved.body))
    back = find("front")
    for slug in ("there", "front"):
        posts.revise(back, texts.Text(title="and back", slug=slug, body=back.body))
    addresses.keep([(moved, ["/2019/05/rules.html", "/старый/путь"]), (back, ["/?p=12", "/b/"])])
    moved.source, moved.source_digest = "/somewhere/rules.md", "0" * 64
    moved.imported_tags, moved.imported_digest, moved.linked_digest = ["alpha"], "1" * 64, "2" * 64


def change_shelves() -> None:
    for slug in ("trashed", "deleted", "unlisted"):
        write(slug, f"It was {slug}.", PAST, tags=["beta"])
    shelves.put(find("unlisted"), "unlisted")
    for slug in ("trashed", "deleted"):
        shelves.to_trash(find(slug))
    shelves.delete(find("deleted"))


def change_texts() -> None:
    """Have texts that were saved before, and one that is kept and not saved."""
    post = find("open-end")
    for number in range(3):
        text = replace(texts.of(post), body=f"{post.body}\n\nLine {number}")
        posts.revise(post, text, by=Hand(sitting="sitting-that-saved"))
    kept = replace(texts.of(post), title="Kept: “title”", tags=["new", "Ünï cödé"])
    revisions.keep(post, kept, begun_from=post.version, by=Hand(sitting="sitting-that-did-not"))


def change_tags() -> None:
    alpha, beta = tags.named(["alpha", "beta"])
    tags.describe(alpha, "What “alpha” is: everything <b>first</b>.")
    tags.rename(alpha, "gamma")
    tags.rename(alpha, "alpha")
    [other, spare] = tags.named(["was-alpha", "unused"])
    db.session.flush()
    tags.merge(other, alpha)
    tags.describe(spare, "No post has it.")
    assert beta.name == "beta"


def add_image() -> str:
    file = io.BytesIO()
    Pillow.new("RGB", (30, 20), "teal").save(file, "PNG")
    return images.take(file.getvalue(), "Teal thing.png").name


def write_messages() -> tuple[str, ...]:
    tokens = []
    for number, slug in enumerate(["front", "", "con", "", "front"]):
        body = f"Hi,\r\n---\nno. {number}"
        words: dict[str, Any] = {
            "name": "Véra 🚀",
            "email": "Vera@example.org",
            "body": body,
            "post": slug,
        }
        network = f"192.0.2.{number}"
        request = messages.Request(**words, network=network)
        message = messages.receive(request)
        tokens.append(messages.token(message) or "")
        if number:
            messages.mark_read(message)
        if number == 1:
            messages.mark_answered(message)
            messages.add_line(message, "One\r\nmore: “line”", key="k", network="")
        if number == 2:
            messages.archive(message)
        if number == 3:
            messages.quarantine(message)
        if number == 4:
            messages.withdraw(message)
    db.session.add(SpamWord(word="cheap café"))
    return tuple(tokens)


def crawl(blog: Blog) -> dict[str, tuple[int, dict[str, str], bytes]]:
    """Fetch everything that is public; of the filters those to start from, with all pages."""
    client = browser(blog.app, checked=False)
    waiting = [*START, *(f"/r/{token}" for token in blog.tokens)]
    waiting += [f"/p/{token}" for token in blog.previews]
    said: dict[str, tuple[int, dict[str, str], bytes]] = {}
    while waiting:
        path = waiting.pop()
        if path in said or path.startswith(("/static/", "/contact", "/admin")):
            continue
        answer = client.get(path)
        headers = {name: value for name, value in answer.headers if name not in OF_ONE_VISIT}
        said[path] = (answer.status_code, headers, ONCE.sub(b"", answer.data))
        text = "" if path.startswith(("/media/", "/blog/table")) else answer.text
        found = [a or b for a, b in ADDRESS.findall(text)]
        for address in [*found, answer.headers.get("Location", "")]:
            whole = urldefrag(urljoin(f"https://blog.example{path}", unescape(address)))[0]
            if whole.startswith("https://blog.example/") and (
                "?" not in whole or "after=" in whole
            ):
                waiting.append(whole.removeprefix("https://blog.example"))
        if re.fullmatch("/blog/[^/]+", path) and not path.endswith(".md"):
            waiting.append(f"{path}.md")
    return said


def export(app: Flask, path: Path, *, force: bool = False) -> exporter.Export:
    with (
        app.app_context(),
        exporter.opened() as work,
        targets.opened(path, force=force) as target,
    ):
        for _ in work.write(target):
            pass
        return work


def bring(app: Flask, path: Path, *, rehearsal: bool = False) -> list[Result]:
    """Import an export, as the command does."""
    results = []
    with app.app_context(), trees.opened(path) as tree:
        work = homecoming.of(tree, rehearsal=rehearsal)
        assert work is not None
        with work:
            for some in work.store():
                results += some
                if rehearsal:
                    db.session.rollback()
                else:
                    db.session.commit()
    return results


def outcomes(results: list[Result]) -> set[Outcome]:
    return {result.outcome for result in results}


def dump(app: Flask) -> list[str]:
    with closing(sqlite3.connect(app.config["BLOG"].instance / "blog.db")) as connection:
        return list(connection.iterdump())


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def unzipped(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}


def of(results: list[Result], path: str) -> Result:
    """The result of a file, named by what its path ends in."""
    return next(result for result in results if result.path.endswith(path))


@pytest.fixture(scope="module")
def make_exported(
    blank_instance: Path,
    compiled_templates: BytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[MakeExported]:
    """Fill a blog and export it; nobody changes either."""
    made: list[Flask] = []

    def make(fill: Callable[[Flask], Blog]) -> Exported:
        folder = tmp_path_factory.mktemp("exported")
        shutil.copytree(blank_instance, folder / "instance")
        app = application(folder / "instance", compiled_templates)
        made.append(app)
        blog = fill(app)
        export(app, folder / "export")
        return Exported(blog, folder / "export")

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module")
def nasty(make_exported: MakeExported) -> Exported:
    """A blog with what is hard to take along."""
    return make_exported(fill)


@pytest.fixture(scope="module")
def small(make_exported: MakeExported) -> Exported:
    """A blog with one or two of everything."""
    return make_exported(fill_a_little)


@pytest.fixture
def empty(make_app: MakeApp) -> Flask:
    """Another blog, in which nothing is."""
    return make_app()


@pytest.fixture
def copy(small: Exported, tmp_path: Path) -> Path:
    """A copy of the export, to be damaged."""
    return Path(shutil.copytree(small.export, tmp_path / "copy"))

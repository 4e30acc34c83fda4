"""What the tests stand on: a blank blog for each, factories, and a client that checks pages."""

from __future__ import annotations

import gc
import itertools
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

from blogapp import (
    authors,
    config,
    create_app,
    erasing,
    images,
    messages,
    posts,
    previews,
    revisions,
    shelves,
    tags,
    texts,
)
from blogapp.extensions import db
from blogapp.models import Delivery, Post

from .pages import check_page

PASSWORD = "correct horse battery"
IMAGE = b"GIF89a\1\0\1\0\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"  # a pixel
PAST = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)

HTMX = {"HX-Request": "true"}

MakeApp = Callable[..., Flask]
MakePost = Callable[..., Post]
MakeMessage = Callable[..., tuple[int, str]]
Place = Callable[[str], str]

# Few examples each time, other ones each time; --hypothesis-profile=thorough asks for many.
for profile, examples in (("thorough", 1000), ("house", 40)):
    settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
settings.load_profile("house")


@dataclass(frozen=True, slots=True)
class FilledBlog:
    """A database and images to copy from, and the ids of what is in them."""

    database: Path
    media: Path
    ids: dict[str, str]


class CheckedClient(FlaskClient):
    """A test client that looks at every HTML page that it fetches."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.data and response.status_code != 301:
            partial = not response.text.startswith("<!doctype html>")
            asked = dict(kwargs.get("headers") or {}).get("HX-Request") == "true"
            assert asked or not partial, "a partial that nobody asked for"
            check_page(response.text, partial=partial)
        return response

    def token(self, path: str = "/contact") -> str:
        """Fetch a form and return its CSRF token."""
        page = FlaskClient.open(self, path)
        match = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert match is not None, f"no form at {path}"
        return match[1]


class UncheckedClient(CheckedClient):
    """A client for pages that hold what no author would write."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        return FlaskClient.open(self, *args, **kwargs)


def pytest_collection_finish() -> None:
    """Look through new objects for garbage, not again and again through all that stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session", autouse=True)
def cheap_writes() -> Iterator[None]:
    """Let SQLite not wait for the disk: what tests write need not survive a power cut."""
    sa.event.listen(sa.Engine, "connect", _do_not_wait)
    yield
    sa.event.remove(sa.Engine, "connect", _do_not_wait)


@pytest.fixture
def dear_writes() -> Iterator[None]:
    """Let SQLite wait for the disk, as the blog asks it to."""
    sa.event.remove(sa.Engine, "connect", _do_not_wait)
    yield
    sa.event.listen(sa.Engine, "connect", _do_not_wait)


def _do_not_wait(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF").close()


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords by the method that the blog asks for, at a price that tests can pay."""

    def hashed(password: str, method: str) -> str:
        assert method == "scrypt"
        return generate_password_hash(password, "scrypt:128:8:1")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authors, "generate_password_hash", hashed)
        yield


@pytest.fixture(scope="session")
def blank_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with an empty database, made once by the real migrations."""
    folder = tmp_path_factory.mktemp("blank")
    app = create_app(config.Settings(instance=folder))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Keep compiled templates, so that not each of a thousand applications compiles its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(
    blank_instance: Path, compiled_templates: BytecodeCache, tmp_path: Path
) -> Iterator[MakeApp]:
    """Make an application of its own, on a copy of the blank blog, with settings as given."""
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        folder = tmp_path / f"instance-{len(made)}"
        shutil.copytree(blank_instance, folder)
        app = application(folder, compiled_templates, **settings)
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(scope="session")
def standing_app(
    blank_instance: Path,
    compiled_templates: BytecodeCache,
    tmp_path_factory: pytest.TempPathFactory,
) -> Flask:
    """The one application of all tests that need no settings of their own."""
    folder = tmp_path_factory.mktemp("standing") / "instance"
    shutil.copytree(blank_instance, folder)
    return application(folder, compiled_templates)


@pytest.fixture
def app(standing_app: Flask, blank_instance: Path) -> Iterator[Flask]:
    """The application, on a blank blog."""
    folder = standing_app.config["BLOG"].instance
    for old in folder.glob("blog.db*"):
        old.unlink()
    shutil.rmtree(folder / "media", ignore_errors=True)
    shutil.copy(blank_instance / "blog.db", folder)
    standing_app.testing = True
    forget_pages(standing_app)
    yield standing_app
    with standing_app.app_context():
        db.engine.dispose()


def forget_pages(app: Flask) -> None:
    """Let *app* keep no page of a database that is another one now."""
    app.extensions["pagecache"].clear()
    app.extensions["generation"].settle()


@pytest.fixture
def core(app: Flask) -> Iterator[None]:
    """Stand inside the application, for tests of the core that send no request."""
    with app.app_context():
        yield


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A visitor's browser, at https://blog.example."""
    return browser(app)


@pytest.fixture
def sam(app: Flask) -> None:
    """The author “sam”, who is not signed in."""
    with app.app_context():
        authors.add("sam", PASSWORD)
        db.session.commit()


@pytest.fixture
def author_client(app: Flask, sam: None) -> CheckedClient:
    """The browser of the author “sam”, signed in."""
    client = browser(app)
    with app.app_context():
        token = authors.sign_in("sam", PASSWORD, "127.0.0.1")
        db.session.commit()
    with client.session_transaction() as session:
        session["token"] = token
        session.permanent = True
    return client


@pytest.fixture
def make_post(app: Flask) -> MakePost:
    """Store a post; published in the past unless ``published_at`` says otherwise."""

    def make(title: str = "Hello", published_at: datetime | None = PAST, **text: Any) -> Post:
        with app.app_context():
            post = posts.create(texts.Text(title=title, **text))
            if published_at is not None:
                posts.publish(post, published_at)
            db.session.commit()
            db.session.refresh(post)
            _ = post.tags
            db.session.expunge_all()
            return post

    return make


@pytest.fixture
def make_message(app: Flask) -> MakeMessage:
    """Store a contact request, each from somewhere else; returns its id and its page's token."""
    hosts = itertools.count(1)

    def make(**request: Any) -> tuple[int, str]:
        words: dict[str, Any] = {"name": "Vera", "email": "vera@example.org"}
        words |= {"body": "A project.", "network": f"10.0.{next(hosts)}.1"} | request
        with app.app_context():
            message = messages.receive(messages.Request(**words))
            db.session.commit()
            token = messages.token(message)
            assert token is not None
            return message.id, token

    return make


@pytest.fixture(scope="session")
def filled_blog(blank_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> FilledBlog:
    """A database with some of everything, and the ids of what is in it."""
    folder = tmp_path_factory.mktemp("filled") / "instance"
    shutil.copytree(blank_instance, folder)
    app = create_app(config.Settings(instance=folder))
    with app.app_context():
        headings = "## One\n\n## Two\n\n## Three\n"
        post = posts.create(texts.Text(title="Hello", tags=["Flask", "SQLite"], body=headings))
        posts.publish(post, PAST)
        posts.publish(
            posts.create(texts.Text(title="Second", tags=["Flask"], series="Notes")), PAST
        )
        draft, trashed = (posts.create(texts.Text(title=title)) for title in ("Draft", "Trashed"))
        link, preview = previews.make(draft, previews.DAYS[-1])
        shelves.to_trash(trashed)
        request = messages.Request(name="Vera", email="v@example.org", body="Hi.", post="hello")
        message = messages.receive(request)
        undelivered = {"message_id": message.id, "channel": "mail", "occasion": "received"}
        db.session.execute(sa.insert(Delivery).values(due_at=None, **undelivered))
        image = images.take(IMAGE, "dot.gif")
        [spare] = tags.named(["spare"])
        db.session.flush()
        tags.rename(spare, "unused")
        db.session.commit()
        hand = revisions.Hand(sitting="sitting-that-is-kept")
        revised = texts.Text(title="Hello", tags=["Flask", "SQLite"], body=f"{headings}\nMore.\n")
        kept = revisions.keep(post, revised, begun_from=post.version, by=hand)
        saved = revisions.newest(post)
        assert kept is not None and saved is not None
        db.session.commit()
        ids = {"post": str(post.id), "version": str(post.version)}
        ids |= {"revision": str(saved.id), "kept": str(kept.id)}
        ids |= {"kept_at": kept.saved_at.isoformat()}
        ids |= {"draft": str(draft.id), "trashed": str(trashed.id)}
        ids |= {"link": str(link.id), "preview": preview}
        ids |= {"message": str(message.id), "token": str(messages.token(message))}
        ids |= {"asked": str(erasing.content([message.id]).asked)}
        ids |= {"image": image.name, "image_id": str(image.id)}
        ids |= {"tag": str(spare.id), "tag_version": tags.version(spare)}
        db.session.remove()
        db.engine.dispose()
    return FilledBlog(folder / "blog.db", folder / "media", ids)


@pytest.fixture
def place(app: Flask, filled_blog: FilledBlog) -> Place:
    """Fill the blog with some of everything; then fill the ids of it into addresses."""
    connection = sqlite3.connect(app.config["BLOG"].instance / "blog.db")
    connection.execute("ATTACH ? AS filled", [str(filled_blog.database)])
    tables = ("posts", "tags", "post_tags", "tag_redirects", "messages", "images")
    kept = ("tag_pairs", "series_names", "search_places")
    for table in (*tables, *kept, "deliveries", "revisions", "preview_links"):
        connection.execute(f"INSERT INTO main.{table} SELECT * FROM filled.{table}")  # noqa: S608
    connection.execute(
        "UPDATE main.site SET articles = (SELECT articles FROM filled.site)"  # it is one row
    )
    columns = "rowid, title, tags, description, body"
    connection.execute(
        f"INSERT INTO main.search ({columns}) SELECT {columns} FROM filled.search"  # noqa: S608
    )
    connection.commit()
    connection.close()
    shutil.copytree(filled_blog.media, app.config["BLOG"].instance / "media", dirs_exist_ok=True)
    forget_pages(app)
    return lambda address: address.format_map(filled_blog.ids)


def application(folder: Path, templates: BytecodeCache, **settings: Any) -> Flask:
    """Make the application of the blog in *folder*, at https://blog.example unless told else."""
    defaults: dict[str, Any] = {
        "url": "https://blog.example",
        "timezone": ZoneInfo("UTC"),
    }
    app = create_app(config.Settings(instance=folder, **(defaults | settings)))
    app.testing = True
    app.jinja_env.bytecode_cache = templates
    return app


def browser(app: Flask, *, checked: bool = True) -> CheckedClient:
    """Open another browser at https://blog.example; an unchecked one takes any page."""
    client = (CheckedClient if checked else UncheckedClient)(app)
    client.environ_base |= {"wsgi.url_scheme": "https", "HTTP_HOST": "blog.example"}
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def sign_in(
    client: CheckedClient, name: str = "sam", password: str = PASSWORD, **request: Any
) -> TestResponse:
    """Send the sign-in form; *request* is what the test client takes."""
    form = {"name": name, "password": password, "csrf_token": client.token("/admin/login")}
    form |= request.pop("data", {})
    return client.post("/admin/login", data=form, **request)


def main_of(page: TestResponse) -> str:
    """The part of a page that is its own, without the frame around it."""
    return page.text[page.text.index("<main") : page.text.index("</main>")]
